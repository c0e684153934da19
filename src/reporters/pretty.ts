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
  const maySumUp = !style.verbose && !style.quiet && report.verdict !== 'unreadable'
  const whole = within(maySumUp ? twoScreens : Infinity, wholePage(report, page, style, c))
  return `${(whole ?? digest(report, page, style, c, twoScreens)).join('\n\n')}\n`
}

/** The blocks, unless they have more lines with an empty one after each; what follows is not composed then. */
function within(lines: number, blocks: Iterable<string>): string[] | undefined {
  const taken: string[] = []
  for (const block of blocks) {
    lines -= block.split('\n').length + 1
    if (lines < 0) return undefined
    taken.push(block)
  }
  return taken
}

function* wholePage(report: Report, page: Page, { quiet, width }: Style, c: ChalkInstance): Generator<string> {
  for (const problem of report.problems) yield page.problem(problem)
  for (const finding of report.findings) if (!quiet || finding.severity === 'error') yield page.finding(finding)
  if (!quiet) {
    yield* page.unstated()
    yield* page.waived()
    yield* page.baselined()
    yield* page.evidence()
    yield* page.questions()
    if (report.verdict !== 'unreadable') yield scoreboardLines(report, width, c)
  }
  yield wrap(verdictLine(report, c), width)
}
