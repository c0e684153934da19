import { Chalk, type ChalkInstance } from 'chalk'
import { notStated, type Answer, type QuestionScore, type Report, type Verdict } from '../report.ts'
import { plural } from '../units.ts'
import { visibleLine } from './text.ts'

const answerPaint: Record<Answer, 'green' | 'red' | 'yellow' | 'cyan' | 'dim'> = {
  yes: 'green',
  no: 'red',
  partly: 'yellow',
  unknown: 'cyan',
  'n/a': 'dim',
}

const verdictPaint: Record<Verdict, 'green' | 'red' | 'cyan'> = {
  ready: 'green',
  'not ready': 'red',
  incomplete: 'cyan',
  unreadable: 'red',
}

/** The eight questions with their counts; without counts where the terminal is narrower than 76 columns. */
export function scoreboardLines(report: Report, columns: number, c: ChalkInstance): string {
  const rows = report.scoreboard.map(score => scoreRow(score, report, columns, c))
  return [scoreHead(report, columns, c), ...rows].filter(line => line !== '').join('\n')
}

const widthOf = ({ scoreboard }: Report) => Math.max(...scoreboard.map(({ question }) => short(question).length))
const cells = (values: readonly (string | number)[]) => values.map(value => String(value).padStart(6)).join('')
const isNarrow = (columns: number) => columns < 76

export function scoreHead(report: Report, columns: number, c: ChalkInstance): string {
  if (isNarrow(columns)) return ''
  return c.dim(`${''.padEnd(8 + widthOf(report))}${cells(['pass', 'fail', 'open'])}${'known'.padStart(7)}`)
}

export function scoreRow(score: QuestionScore, report: Report, columns: number, c: ChalkInstance): string {
  const { answer, question, passed, failed, open, coverage } = score
  const said = c[answerPaint[answer]](answer.padEnd(8))
  if (isNarrow(columns)) return said + short(question)
  const known = coverage === null ? '-' : share(coverage)
  return `${said}${short(question).padEnd(widthOf(report))}${cells([passed, failed, open])}${c.dim(known.padStart(7))}`
}

/** As the question stands in the checklist, as far as 80 columns allow. */
const short = (question: string) => question.replace(/(?: where appropriate)?\?$/, '')

/** Never "100%" while something is open. */
export const share = (coverage: number) => `${Math.floor(coverage * 100)}%`

/** How many of each: `2 errors`, `1 waived`. What there is none of is left out. */
export function countsOf(report: Report): string[] {
  const { verdict, problems, findings, openQuestions, waived, baselined, coverage } = report
  const count = (severity: string) => findings.filter(finding => finding.severity === severity).length
  const unstated = notStated(report).length
  const accepted = baselined.findings.length + baselined.notStated.length
  return [
    ...(problems.length > 0 ? [plural(problems.length, 'problem')] : []),
    ...(count('error') > 0 ? [plural(count('error'), 'error')] : []),
    ...(count('warning') > 0 ? [plural(count('warning'), 'warning')] : []),
    ...(count('info') > 0 ? [plural(count('info'), 'note')] : []),
    ...(unstated > 0 ? [`${plural(unstated, 'fact')} not stated`] : []),
    ...(openQuestions.length > unstated ? [plural(openQuestions.length - unstated, 'open question')] : []),
    ...(verdict === 'incomplete' && openQuestions.length + problems.length + accepted === 0
      ? ['no service or journey to follow']
      : []),
    ...(waived.length > 0 ? [`${waived.length} waived`] : []),
    ...(accepted > 0 ? [`${accepted} accepted by the baseline`] : []),
    ...(coverage === null ? [] : [`${share(coverage)} of the checks decided`]),
  ]
}

/** What the system is called, else its file, in one line. */
export const nameOf = ({ system, file }: Report): string => visibleLine(system ?? file)

export function verdictLine(report: Report, c: ChalkInstance): string {
  const { verdict } = report
  const parts = countsOf(report)
  return `${c.bold(`${nameOf(report)}: `)}${c.bold[verdictPaint[verdict]](verdict)}${parts.length > 0 ? ` (${parts.join(', ')})` : ''}`
}

/** The verdict with its counts, for logs: `web-shop: not ready (2 errors, 1 waived)`. */
export const plainVerdict = (report: Report): string => verdictLine(report, new Chalk({ level: 0 }))
