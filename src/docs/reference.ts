import { questionKeys, type QuestionKey } from '../finding.ts'
import type { AnyRule } from '../rules/define.ts'
import { manifestPage } from './manifest-page.ts'
import { page } from './markdown.ts'
import { questionPage, ruleIndex } from './question-page.ts'
import { rulePage } from './rule-page.ts'

/** Everything that `explain` knows a page about. */
export const topics = (rules: readonly AnyRule[]): string[] => [
  'manifest',
  ...questionKeys,
  ...rules.map(({ id }) => id),
]

export function topicPage(topic: string, rules: readonly AnyRule[]): string | undefined {
  if (topic === 'manifest') return manifestPage(rules)
  if ((questionKeys as string[]).includes(topic)) return questionPage(topic as QuestionKey, rules)
  const rule = rules.find(({ id }) => id === topic)
  return rule && rulePage(rule)
}

export const overviewPage = (rules: readonly AnyRule[], to = ''): string => page('# Rules', ruleIndex(rules, to))
