import { visible } from '../reporters/text.ts'
import type { Found } from './changed-findings.ts'
import type { Diff } from './diff.ts'
import { factText, nameOf, shownMeasures, standing, summary, valueText, whereText } from './diff-words.ts'
import type { Named } from './elements.ts'
import type { JourneyChange } from './journeys.ts'

/** A comment on a pull request holds 65 536 characters; of long lists the first items say enough. */
const most = 40

/** A diff for a pull request, as GitHub and GitLab render it. */
export function diffMarkdown(diff: Diff): string {
  const { before, after, findings } = diff
  const blocks = [
    `## Design review: ${plain(nameOf(diff))}`,
    `${plain(summary(diff))}.`,
    `Before: ${plain(standing(before))}, ${code(before.file)}  \nAfter: ${plain(standing(after))}, ${code(after.file)}`,
    found('Introduced', findings.introduced, ({ fix }) => `<br>Fix: ${plain(fix)}`),
    found('Worse than before', findings.worsened, ({ before: then, fix }) => `<br>Was ${then}. Fix: ${plain(fix)}`),
    found('Fixed', findings.fixed),
    found('Waived now', findings.waived),
    journeys(diff.journeys),
    elements(diff),
  ]
  return `${blocks.filter(block => block !== '').join('\n\n')}\n`
}

function found<F extends Found>(title: string, list: readonly F[], more: (one: F) => string = () => ''): string {
  if (list.length === 0) return ''
  const items = list.map(one => {
    const { severity, rule, message, location } = one
    return `- **${severity}** ${code(rule)} ${plain(message)} (${code(`${location.file}:${location.start.line}`)})${more(one)}`
  })
  return [`### ${title} (${list.length})`, '', ...bounded(items)].join('\n')
}

function journeys(list: readonly JourneyChange[]): string {
  const rows = list.flatMap(one =>
    shownMeasures(one).map(measure => {
      const { title, before, after, move } = measure
      const where = whereText(measure)
      const name = `${plain(one.journey)}${one.change === 'kept' ? '' : ` (${one.change})`}`
      return [
        name,
        `${title}${where && ` ${plain(where)}`}`,
        plain(valueText(before, measure)),
        plain(valueText(after, measure)),
        one.change === 'kept' ? move : '',
      ]
    }),
  )
  if (rows.length === 0) return ''
  const head = ['journey', 'number', 'before', 'after', '']
  const lines = [head, head.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`)
  return ['### What users get', '', ...lines].join('\n')
}

function elements({ elements: { added, removed, changed } }: Diff): string {
  const item = (sign: string, { kind, name }: Named) => `- ${sign} ${kind} ${code(name)}`
  const items = [
    ...added.map(one => item('added', one)),
    ...removed.map(one => item('removed', one)),
    ...changed.map(one =>
      [
        item('changed', one),
        ...one.facts.map(({ fact, before, after }) => `  - ${code(factText(fact, before, after))}`),
      ].join('\n'),
    ),
  ]
  if (items.length === 0) return ''
  return ['<details><summary>Design</summary>', '', ...bounded(items), '', '</details>'].join('\n')
}

const bounded = (items: readonly string[]): string[] =>
  items.length <= most ? [...items] : [...items.slice(0, most), `- and ${items.length - most} more`]

/** Longer texts are cut: names and messages of ordinary length are not. */
const longest = 600

const cut = (text: string) => (text.length > longest ? `${text.slice(0, longest)}...` : text)

/** Text that stays text: no markup, no link, and nobody is notified by it. */
const plain = (text: string): string =>
  visible(cut(text))
    .replaceAll(/[\\`*_[\]|~]/g, String.raw`\$&`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[@#](?=\w)|:(?=\/\/)|www(?=\.)/g, '$&<!-- -->')
    .replaceAll('\n', ' ')

/** A code span, outside of tables. Its fence is longer than any run of backticks in it. */
function code(text: string): string {
  const shown = visible(cut(text)).replaceAll('\n', ' ')
  const runs = [...shown.matchAll(/`+/g)].map(([run]) => run.length)
  const fence = '`'.repeat(Math.max(0, ...runs) + 1)
  const pad = shown.startsWith('`') || shown.endsWith('`') || shown.trim() === '' ? ' ' : ''
  return `${fence}${pad}${shown}${pad}${fence}`
}
