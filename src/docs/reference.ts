import { questionKeys, type QuestionKey } from '../finding.ts'
import type { AnyRule } from '../rules/define.ts'
import { tableIds, type TableId } from '../tables/index.ts'
import { analysesPage, analysisPage } from './analyses-page.ts'
import { checklistPage } from './checklist-page.ts'
import { manifestPage } from './manifest-page.ts'
import { pseudoRules, type PseudoRule } from '../reporters/pseudo-rules.ts'
import { page } from './markdown.ts'
import { questionPage, ruleIndex } from './question-page.ts'
import { rulePage } from './rule-page.ts'

const pages: Readonly<Record<string, (rules: readonly AnyRule[]) => string>> = {
  manifest: rules => manifestPage(rules),
  checklist: rules => checklistPage(rules),
  analyses: () => analysesPage(),
}

/** Everything that `explain` knows a page about. */
export const topics = (rules: readonly AnyRule[]): string[] => [
  ...Object.keys(pages),
  ...questionKeys,
  ...tableIds,
  ...rules.map(({ id }) => id),
  ...pseudoRules.map(({ id }) => id),
]

export function topicPage(topic: string, rules: readonly AnyRule[]): string | undefined {
  if (Object.hasOwn(pages, topic)) return pages[topic]?.(rules)
  if ((questionKeys as string[]).includes(topic)) return questionPage(topic as QuestionKey, rules)
  if ((tableIds as string[]).includes(topic)) return analysisPage(topic as TableId)
  const rule = rules.find(({ id }) => id === topic)
  const pseudo = pseudoRules.find(({ id }) => id === topic)
  return rule ? rulePage(rule) : pseudo && pseudoRulePage(pseudo)
}

/** What is reported without a rule file behind it. */
const pseudoRulePage = ({ id, title, severity, why, fix }: PseudoRule): string =>
  page(`# ${id}`, `> ${title}. **${severity}**.`, `## Why\n\n${why}`, `## What to do\n\n${fix}`)

export const overviewPage = (rules: readonly AnyRule[], to = ''): string => page('# Rules', ruleIndex(rules, to))
