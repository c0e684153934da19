import { Chalk, type ChalkInstance } from 'chalk'
import type { Report } from '../report.ts'
import { digest } from './digest.ts'
import { Page } from './page.ts'
import type { Reporter, Style } from './reporter.ts'
import { scoreboardLines, verdictLine } from './scoreboard.ts'
import { wrap } from './text.ts'

/** Two screens: what is longer is read by nobody, so it is summed up, and `--verbose` shows all of it. */
const twoScreens = 100

/** For people at a terminal: each finding with its line, its arithmetic and what to do; then what is not known; then the answer. */
export const pretty: Reporter = (run, style) => {
  const chalk = new Chalk({ level: style.color ? 1 : 0 })
  return run.reports.map(report => one(report, style, chalk)).join('\n')
}

function one(report: Report, style: Style, c: ChalkInstance): string {
  const page = new Page(report, style, c)
  const whole = textOf(wholePage(report, page, style, c))
  const isLong = whole.split('\n').length > twoScreens
  return isLong && !style.verbose && !style.quiet && report.verdict !== 'unreadable'
    ? textOf(digest(report, page, style, c, twoScreens))
    : whole
}

const textOf = (blocks: readonly string[]) => `${blocks.join('\n\n')}\n`

function wholePage(report: Report, page: Page, { quiet, width }: Style, c: ChalkInstance): string[] {
  const { problems, findings } = report
  const shown = quiet ? findings.filter(({ severity }) => severity === 'error') : findings
  const blocks = [...problems.map(problem => page.problem(problem)), ...shown.map(finding => page.finding(finding))]
  if (!quiet) {
    blocks.push(...page.unstated(), ...page.waived(), ...page.baselined(), ...page.evidence(), ...page.questions())
    if (report.verdict !== 'unreadable') blocks.push(scoreboardLines(report, width, c))
  }
  return [...blocks, wrap(verdictLine(report, c), width)]
}
