import type { ChalkInstance } from 'chalk'
import { severityRank, type Finding, type QuestionKey } from '../finding.ts'
import { notStated, type Report } from '../report.ts'
import { plural } from '../units.ts'
import { byKey, paints, type Page } from './page.ts'
import type { Style } from './reporter.ts'
import { scoreRow, scoreHead, verdictLine } from './scoreboard.ts'
import { visible, wrap } from './text.ts'

/**
 * A long report in a limited number of lines: the causes that matter most in full, then every other finding in one line of its
 * question, one line for all elements of a rule. Nothing is left out but what `--verbose` says about it.
 */
export function digest(report: Report, page: Page, style: Style, c: ChalkInstance, lines: number): string[] {
  const { width } = style
  const close = [
    ...waived(report, page, width, c),
    ...page.baselined(),
    ...page.evidence(),
    ...unstated(report, width, c),
    verdictWithHint(report, width, c),
  ]
  const full: Finding[] = []
  const compose = () => {
    const rest = report.findings.filter(finding => !full.includes(finding))
    const others = full.length > 0 ? [c.bold(`The ${plural(rest.length, 'other finding')}, by question`)] : []
    return [
      ...report.problems.map(problem => page.problem(problem)),
      ...full.map(finding => page.finding(finding)),
      [...others, board(report, rest, width, c)].join('\n'),
      ...close,
    ]
  }
  const length = (blocks: readonly string[]) => blocks.join('\n\n').split('\n').length
  for (const finding of worstFirst(report.findings)) {
    full.push(finding)
    if (length(compose()) <= lines) continue
    full.pop()
    break
  }
  full.sort((a, b) => report.findings.indexOf(a) - report.findings.indexOf(b))
  return compose()
}

/** One of each rule, those first that cause most and that most journeys meet. */
function worstFirst(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>()
  const weight = ({ severity, alsoImplies, journeys }: Finding) =>
    alsoImplies.length * 2 + journeys.length - 1000 * severityRank(severity)
  return [...findings]
    .sort((a, b) => weight(b) - weight(a))
    .filter(({ ruleId }) => !seen.has(ruleId) && seen.add(ruleId))
}

/** Each question with its answer, and what speaks against it. */
function board(report: Report, findings: readonly Finding[], width: number, c: ChalkInstance): string {
  const blocks = report.scoreboard.map(score => [
    scoreRow(score, report, width, c),
    ...groups(findings, score.key).map(group => groupLine(group, report.file, width, c)),
  ])
  return [scoreHead(report, width, c), ...blocks.flat()].filter(line => line !== '').join('\n')
}

function groups(findings: readonly Finding[], question: QuestionKey): Finding[][] {
  const byRule = new Map<string, Finding[]>()
  for (const finding of findings.filter(one => one.question === question))
    byRule.set(finding.ruleId, [...(byRule.get(finding.ruleId) ?? []), finding])
  return [...byRule.values()]
}

const mostElements = 3

/** `error    dual-write  103 orders -> order-events`; the elements by line, with the file where it is another one. */
function groupLine(group: readonly Finding[], file: string, width: number, c: ChalkInstance): string {
  const [first] = group
  const { severity, ruleId } = first!
  const places = group.map(finding => {
    const { location } = finding
    return `${location.file === file ? '' : `${location.file}:`}${location.start.line} ${elementOf(finding)}`
  })
  const more = places.length - mostElements
  const shown = [...places.slice(0, mostElements), ...(more > 0 ? [`${more} more`] : [])].join(', ')
  const label = `  ${severity.padEnd(7)}  ${ruleId}`
  const painted = `  ${c[paints[severity]](severity.padEnd(7))}  ${c.bold(ruleId)}`
  const indent = ' '.repeat(11)
  // Where little room is left beside the rule, its elements have a line of their own.
  if (label.length + 25 > width) return [painted, wrap(visible(shown), width, indent)].join('\n')
  const lines = wrap(visible(shown), width, indent, `${label}  `).split('\n')
  return [painted + lines[0]!.slice(label.length), ...lines.slice(1)].join('\n')
}

/** Messages begin with the element that they are about, in quotes. */
const elementOf = ({ message }: Finding): string => /"([^"]*)"/.exec(message)?.[1] ?? ''

const mostWaived = 10

/** Who accepted what until when; how many there are, where that would be a list of its own. */
function waived(report: Report, page: Page, width: number, c: ChalkInstance): string[] {
  if (report.waived.length <= mostWaived) return page.waived()
  const first = report.waived.map(({ until }) => until).toSorted()[0]!
  return [c.bold(wrap(`Waived: ${plural(report.waived.length, 'finding')}, the first until ${first}`, width))]
}

/** One line for each fact: which elements lack it is said by `--verbose`. */
function unstated(report: Report, width: number, c: ChalkInstance): string[] {
  const groups = byKey(notStated(report))
  const others = report.openQuestions.length - notStated(report).length
  if (groups.length === 0 && others === 0) return []
  const facts = groups.map(group => `${group[0].key} (${group.length})`)
  const text = [
    ...(facts.length > 0 ? [`Not stated, though it must be: ${facts.join(', ')}.`] : []),
    ...(others > 0 ? [`${plural(others, 'open question')} more.`] : []),
  ].join(' ')
  return [c.cyan(wrap(visible(text), width, '  ', ''))]
}

const verdictWithHint = (report: Report, width: number, c: ChalkInstance): string =>
  [
    wrap(verdictLine(report, c), width),
    c.dim(
      wrap(
        'All of it, with arithmetic, places and fixes: --verbose. What a rule means: scaffold-review explain RULE',
        width,
      ),
    ),
  ].join('\n')
