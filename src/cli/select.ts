import { questionKeys } from '../finding.ts'
import { didYouMean } from '../manifest/nearest.ts'
import type { AnyRule } from '../rules/define.ts'
import { UserError } from './world.ts'

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
  const names = new Set([...all.map(({ id }) => id), ...questionKeys])
  for (const name of [...only, ...skip]) {
    if (!names.has(name))
      throw new UserError(
        `There is no rule or question "${name}"${didYouMean(name, names)}. "scaffold-review rules" lists them`,
      )
  }
  const matches = (rule: AnyRule, chosen: readonly string[]) =>
    chosen.includes(rule.id) || chosen.includes(rule.question)
  return rules.filter(rule => (only.length === 0 || matches(rule, only)) && !matches(rule, skip))
}
