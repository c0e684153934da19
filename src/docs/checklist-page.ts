import { questionKeys, questions } from '../finding.ts'
import type { AnyRule } from '../rules/define.ts'
import { principles, type Principle } from './checklist.ts'
import { bullet, madeBy, page } from './markdown.ts'

/** Which rules judge which question of the checklist, and which principle behind it; `to` is where their pages are. */
export function checklistPage(rules: readonly AnyRule[], to = 'rules/'): string {
  const titles = new Map(rules.map(({ id, title }) => [id, title]))
  const rule = (id: string) => bullet(`[${id}](${to}${id}.md): ${titles.get(id) ?? ''}`)
  const section = ({ name, asks, rules, tables = [] }: Principle) =>
    [
      `### ${name}`,
      asks,
      rules.length > 0 ? rules.map(rule).join('\n') : 'No rule judges this yet.',
      ...(tables.length > 0 ? [`Numbers: ${tables.map(id => `[${id}](analyses.md#${id})`).join(', ')}`] : []),
    ].join('\n\n')
  return page(
    '# The checklist',
    `Eight questions, the principles behind each, and the rules that judge them. A rule belongs to one question, by which it is
counted (\`scaffold-review rules\`), but may judge principles of several. "Numbers" are tables of \`scaffold-review analyze\`.`,
    ...questionKeys.flatMap(key => [`## ${questions[key]}`, ...principles[key].map(section)]),
    madeBy('src/docs/checklist*.ts'),
  )
}
