import { questionKeys, questions, type QuestionKey } from '../finding.ts'
import type { AnyRule } from '../rules/define.ts'
import { madeBy, page, table } from './markdown.ts'

const row = ({ id, severity, title }: AnyRule, to: string) => [`[${id}](${to}${id}.md)`, severity, title]

/** What one question of the checklist asks, as the rules that answer it. */
export function questionPage(key: QuestionKey, rules: readonly AnyRule[]): string {
  const mine = rules.filter(({ question }) => question === key)
  return page(
    `# ${questions[key]}`,
    `\`${key}\`: ${mine.length} rules`,
    table(
      ['rule', 'severity', 'finding'],
      mine.map(rule => row(rule, '../rules/')),
    ),
    madeBy('src/rules'),
  )
}

/** All rules by question; `to` is where their pages are. */
export function ruleIndex(rules: readonly AnyRule[], to: string): string {
  return questionKeys
    .map(
      key =>
        `**${questions[key]}**\n\n${table(
          ['rule', 'severity', 'finding'],
          rules.filter(({ question }) => question === key).map(rule => row(rule, to)),
        )}`,
    )
    .join('\n\n')
}
