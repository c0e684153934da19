import { stringify } from 'csv-stringify/sync'
import { formatPath, type Location, type Severity } from '../finding.ts'
import type { Report } from '../report.ts'
import { fingerprints } from '../engine/fingerprint.ts'
import { issuesOf, steps, type Issue } from './issues.ts'
import { pathOf } from './paths.ts'
import type { Reporter } from './reporter.ts'
import { clip, visibleLine } from './text.ts'

/** Spreadsheets hold no more in a cell. */
const longestCell = 32_000

const columns = [
  'severity',
  'kind',
  'rule',
  'question',
  'manifest',
  'file',
  'line',
  'column',
  'element',
  'message',
  'arithmetic',
  'fix',
  'journeys',
  'waived by',
  'waived until',
  'waived because',
  'fingerprint',
] as const

type Row = Partial<Record<(typeof columns)[number], string | number>>

/**
 * A line for each result, for spreadsheets: also what is waived and every open question, which have no severity. Cells are one
 * line each, and what a spreadsheet would take for a formula begins with an apostrophe.
 */
export const csv: Reporter = ({ reports }) => {
  const rows = reports.flatMap(report => [
    ...issuesOf(report).map(issue => issueRow(issue, report)),
    ...waivedRows(report),
    ...questionRows(report),
  ])
  const cells = rows.map(row => columns.map(column => cell(row[column])))
  return stringify([[...columns], ...cells], { escape_formulas: true })
}

const cell = (value: string | number = '') =>
  typeof value === 'number' ? String(value) : clip(visibleLine(value).trim(), longestCell)

function issueRow(issue: Issue, report: Report): Row {
  const { kind, severity, ruleId, message, reasons, fix, element, location, fingerprint } = issue
  const row = rowAt(report, location, severity)
  const common = { ...row, kind, rule: ruleId, message, fingerprint }
  if (kind === 'problem') return common
  const { question, journeys } =
    kind === 'finding'
      ? issue.finding
      : { question: issue.question.questions.join(', '), journeys: issue.question.journeys }
  return {
    ...common,
    question,
    element: formatPath(element),
    arithmetic: steps(reasons.join('\n')),
    ...(fix === undefined ? {} : { fix }),
    journeys: journeys.join(', '),
  }
}

function waivedRows(report: Report): Row[] {
  const identities = fingerprints(report)
  return report.waived.map(({ finding, reason, owner, until }) => ({
    ...rowAt(report, finding.location),
    kind: 'waived',
    rule: finding.ruleId,
    question: finding.question,
    element: formatPath(finding.subject),
    message: finding.message,
    arithmetic: steps(finding.arithmetic ?? ''),
    fix: finding.fix,
    journeys: finding.journeys.join(', '),
    'waived by': owner,
    'waived until': until,
    'waived because': reason,
    fingerprint: identities.get(finding)!,
  }))
}

const questionRows = (report: Report): Row[] =>
  report.openQuestions
    .filter(({ mustBeStated }) => !mustBeStated)
    .map(({ fact, ask, because, example, element, ruleIds, questions, journeys, location }) => ({
      ...rowAt(report, location),
      kind: 'open question',
      rule: ruleIds.join(', '),
      question: questions.join(', '),
      element: formatPath(fact),
      message: `${ask} ("${element}")`,
      arithmetic: steps(because ?? ''),
      fix: `State it in the manifest, for example as "${example}"`,
      journeys: journeys.join(', '),
    }))

const rowAt = (report: Report, { file, start }: Location, severity?: Severity): Row => ({
  severity: severity ?? '',
  manifest: pathOf(report.file),
  file: pathOf(file),
  line: start.line,
  column: start.column,
})
