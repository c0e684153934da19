import type { AnyRule } from '../rules/define.ts'

/** What an editor shows of a rule. */
export type RuleText = Pick<AnyRule, 'id' | 'title' | 'why' | 'fix'>

export const textOfRules = (rules: readonly AnyRule[]): RuleText[] =>
  rules.map(({ id, title, why, fix }) => ({ id, title, why, fix }))
