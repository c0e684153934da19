import { factsOf } from '../analysis/index.ts'
import type { Claim, Finding, Problem, Severity } from '../finding.ts'
import { ManifestFiles } from '../manifest/files.ts'
import { readManifest } from '../manifest/read.ts'
import { mermaidOf } from '../picture/mermaid.ts'
import { pictureOf } from '../picture/picture.ts'
import { atFault } from '../picture/select.ts'
import { notStated, type Report } from '../report.ts'
import { list, plural } from '../units.ts'
import { place } from './frame.ts'
import { claimCounts, placesOf, wordOf } from './evidence-words.ts'
import { code, details, fence, inline, item, table } from './markdown-text.ts'
import { byKey, type Group } from './page.ts'
import { pathOf } from './paths.ts'
import type { Reporter } from './reporter.ts'
import { countsOf, nameOf, share } from './scoreboard.ts'
import { clip } from './text.ts'

/**
 * A comment of GitHub holds 65 536 characters, and a summary of a step 1 MiB; the rest is left to whoever puts a line of their
 * own around it. In UTF-16 units, of which no character has less than one and none more than three bytes.
 */
const longestComment = 60_000

/** Findings of a severity that are open; the others are behind a click. */
const mostOpen = 10

/** Components in a graph: more is no picture. */
const mostDrawn = 30

/** Manifests that the overview names. */
const mostManifests = 100

/** By this line a program finds the comment that it wrote before. */
const marker = '<!-- scaffold-review -->'

const closing = `What a rule means: ${code('scaffold-review explain RULE')}`

/** For a comment on a pull request, or the summary of a step: the answer, then what to do, the worst first. */
export const markdown: Reporter = ({ reports }) => {
  const blocks = [marker, ...(reports.length === 1 ? [] : overview(reports))]
  const room = longestComment - lengthOf(blocks) - 500
  const whole = reports.map(report => section(report, room))
  const most = fairShare(whole.map(lengthOf), room)
  const fitting = reports
    .map((report, i) => (lengthOf(whole[i]!) > most ? section(report, most) : whole[i]!))
    .filter(said => lengthOf(said) <= most)
  const skipped = reports.length - fitting.length
  return `${[
    ...blocks,
    ...fitting.flat(),
    ...(skipped > 0 ? [`There is no room here for the details of ${plural(skipped, 'manifest')}.`] : []),
    closing,
  ].join('\n\n')}\n`
}

/** The most that anybody may take: those who want less get it, and the others share alike what is left. */
function fairShare(wanted: readonly number[], all: number): number {
  let left = all
  for (const [i, size] of wanted.toSorted((a, b) => a - b).entries()) {
    const share = left / (wanted.length - i)
    if (size > share) return share
    left -= size
  }
  return all
}

const lengthOf = (blocks: readonly string[]) => blocks.reduce((sum, block) => sum + block.length + 2, 0)

function overview(reports: readonly Report[]): string[] {
  const rows = reports
    .slice(0, mostManifests)
    .map(report => [
      inline(clip(pathOf(report.file), 100)),
      report.verdict,
      ...(['error', 'warning'] as const).map(severity => String(of(report, severity).length)),
      String(notStated(report).length),
    ])
  const more = reports.length - rows.length
  return [
    `## Design review of ${plural(reports.length, 'manifest')}`,
    ...(rows.length > 0
      ? [table(['manifest', 'verdict', 'errors', 'warnings', 'not stated'], rows, ['errors', 'warnings', 'not stated'])]
      : []),
    ...(more > 0 ? [`And ${more} more.`] : []),
  ]
}

const of = ({ findings }: Report, severity: Severity) => findings.filter(finding => finding.severity === severity)

/** Blocks that together are no longer than `room`, but for the first two, which are short. */
function section(report: Report, room: number): string[] {
  const { verdict, problems, waived, openQuestions } = report
  const blocks = [
    `## ${inline(clip(nameOf(report), 100))}: ${verdict}`,
    `${code(clip(pathOf(report.file), 200))}: ${countsOf(report).join(', ')}`,
  ]
  let leftOut = 0
  const left = () => room - lengthOf(blocks) - 200
  const add = (block: string | undefined) => {
    if (block !== undefined && block.length + 2 <= left()) blocks.push(block)
  }
  const addList = (title: string, items: readonly string[], open: number) => {
    const fitting = fit(items, left() - 2 * title.length - 100)
    leftOut += items.length - fitting.length
    blocks.push(...listed(title, fitting, open, items.length))
  }
  const errors = of(report, 'error')
  if (verdict !== 'unreadable') add(scoreboard(report))
  add(graph(report))
  addList(plural(problems.length, 'problem'), problems.map(problemItem), mostOpen)
  addList(plural(errors.length, 'error'), errors.map(findingItem), mostOpen)
  // Behind a click where something worse stands.
  const warnings = of(report, 'warning')
  addList(plural(warnings.length, 'warning'), warnings.map(findingItem), errors.length === 0 ? mostOpen : 0)
  const unstated = byKey(notStated(report))
  addList('Not stated, though it must be', unstated.map(unstatedItem), mostOpen)
  const notes = of(report, 'info')
  addList(plural(notes.length, 'note'), notes.map(findingItem), 0)
  const open = openQuestions.filter(({ mustBeStated }) => !mustBeStated)
  addList(plural(open.length, 'open question'), byKey(open).map(unstatedItem), 0)
  const evidence = claimCounts(report)
  if (evidence !== undefined) addList(`Evidence with ${evidence}`, report.evidence!.claims.map(claimItem), 0)
  addList(`${waived.length} waived`, waived.map(waivedItem), 0)
  if (leftOut > 0) blocks.push(`${plural(leftOut, 'entry', 'entries')} more found no room here.`)
  return blocks
}

/** As many of the first as there is room for. */
function fit(items: readonly string[], room: number): string[] {
  let used = 0
  const isOver = (one: string) => (used += one.length + 2) > room
  const over = items.findIndex(isOver)
  return over === -1 ? [...items] : items.slice(0, over)
}

/** The first `open` of them, and the others behind a click. */
function listed(title: string, items: readonly string[], open: number, all: number): string[] {
  if (all === 0) return []
  const [shown, folded] = [items.slice(0, open), items.slice(open)]
  return [
    ...(open > 0 ? [`### ${title}`] : []),
    ...(shown.length > 0 ? [shown.join('\n')] : []),
    ...(folded.length > 0 ? [details(open > 0 ? `${folded.length} more` : title, folded.join('\n'))] : []),
    ...(open === 0 && folded.length === 0 ? [`${title}.`] : []),
  ]
}

function scoreboard({ scoreboard: scores }: Report): string {
  const rows = scores.map(({ answer, question, passed, failed, open, coverage }) => {
    return [answer, question, ...[passed, failed, open].map(String), coverage === null ? '-' : share(coverage)]
  })
  const numbers = ['pass', 'fail', 'open', 'known']
  return table(['answer', 'question', ...numbers], rows, numbers)
}

function graph(report: Report): string | undefined {
  const [first, ...others] = report.sources
  if (first === undefined || !report.findings.some(({ severity }) => severity !== 'info')) return undefined
  const { model } = readManifest(new ManifestFiles([first, ...others]))
  if (model === undefined) return undefined
  const { picture, more } = atFault(pictureOf(model, factsOf(model), report), mostDrawn)
  if (picture.nodes.length === 0) return undefined
  const rest = more > 0 ? [`And ${plural(more, 'component')} more.`] : []
  return details('What the errors and warnings are about', fence('mermaid', mermaidOf(picture).trimEnd()), ...rest)
}

const at = (location: Finding['location']) => code(clip(`${pathOf(location.file)}:${location.start.line}`, 200))

const said = (text: string) => inline(clip(text, 600))

const problemItem = ({ ruleId, message, location, related }: Problem): string =>
  item(
    `**${inline(ruleId)}** at ${code(place({ ...location, file: clip(pathOf(location.file), 200) }))}: ${said(message)}`,
    ...related.map(({ label, location: other }) => `Also at ${at(other)}: ${said(label)}`),
  )

function findingItem(finding: Finding): string {
  const { ruleId, message, location, arithmetic, fix, evidence, alsoImplies, journeys, note } = finding
  const places = evidence.slice(0, 10).map(({ label, location: other }) => `${label} (line ${other.start.line})`)
  const why = [
    ...(arithmetic === undefined ? [] : [arithmetic]),
    ...places,
    ...(evidence.length > places.length ? [`and ${evidence.length - places.length} more places`] : []),
    ...(journeys.length > 1 ? [`journeys: ${list(journeys)}`] : []),
    ...alsoImplies.map(implied => `also ${implied.ruleId}: ${implied.message}`),
  ].join('\n')
  return item(
    `**${inline(ruleId)}** at ${at(location)}: ${said(message)}`,
    ...(note === undefined ? [] : [`Note: ${said(note)}`]),
    `Fix: ${said(fix)}`,
    ...(why === '' ? [] : [details('Why', fence('text', clip(why, 2000)))]),
  )
}

/** One for each fact: thirty missing timeouts are one thing to do. */
function unstatedItem(group: Group): string {
  const [{ key, ask, because, example, location }] = group
  const names = group.slice(0, 5).map(({ element }) => `"${element}"`)
  const others = group.length - names.length
  const elements = list([...names, ...(others > 0 ? [`${others} more`] : [])])
  return item(
    `**${inline(key)}** of ${said(elements)}, first at ${at(location)}: ${said(ask)}`,
    ...(because === undefined ? [] : [`Why: ${said(because)}`]),
    `For example ${code(clip(example, 300))}`,
  )
}

const claimItem = (claim: Claim): string =>
  item(`**${wordOf(claim.state)}**: ${said(claim.message)}`, code(clip(placesOf(claim), 300)))

const waivedItem = ({ finding: { ruleId, message, location }, owner, until, reason }: Report['waived'][number]) =>
  item(
    `**${inline(ruleId)}** at ${at(location)}: ${said(message)}`,
    `Until ${inline(until)}, by ${said(owner)}: ${said(reason)}`,
  )
