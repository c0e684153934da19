import { evidenceRuleIds } from '../../engine/evidence-rules.ts'
import { questionKeys } from '../../finding.ts'
import { didYouMean } from '../../manifest/nearest.ts'
import type { AnyRule } from '../../rules/define.ts'
import { UserError } from '../world.ts'

/**
 * The rules that `--only` and `--skip` leave; both take ids of rules and keys of questions.
 * @param all the rules that there are, turned off or not, which both may name
 */
export function selectRules(
  rules: readonly AnyRule[],
  only: readonly string[],
  skip: readonly string[],
  all: readonly AnyRule[] = rules,
): AnyRule[] {
  const names = new Set<string>([...all.map(({ id }) => id), ...evidenceRuleIds, ...questionKeys])
  for (const name of [...only, ...skip]) {
    if (!names.has(name))
      throw new UserError(
        `There is no rule or question "${name}"${didYouMean(name, names)}. "scaffold-review rules" lists them`,
      )
  }
  return rules.filter(({ id, question }) => isChosen([id, question], only, skip))
}

export const isQuestion = (name: string): boolean => (questionKeys as readonly string[]).includes(name)

/** Whether what has these names is left by `--only` and `--skip`. */
export function isChosen(names: readonly string[], only: readonly string[], skip: readonly string[]): boolean {
  const isNamed = (list: readonly string[]) => names.some(name => list.includes(name))
  return (only.length === 0 || isNamed(only)) && !isNamed(skip)
}
