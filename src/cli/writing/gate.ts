import { severityRank, type Severity } from '../../finding.ts'
import { notStated, type Report } from '../../report.ts'
import { percent } from '../../units.ts'
import { exitCode } from '../world.ts'

export interface Gate {
  readonly failOn: Severity
  /** Facts that must be stated count as well. */
  readonly strict: boolean
  /** Least share of the checks that must be decided, from 0 to 1. */
  readonly minCoverage: number | undefined
  readonly exitZero: boolean
}

/** The exit code, whatever the format, and what to tell people who see no finding that explains it. */
export function judge(reports: readonly Report[], gate: Gate): { code: number; notices: string[] } {
  if (reports.some(({ problems }) => problems.length > 0)) return { code: exitCode.misuse, notices: [] }
  const notices = reports.flatMap(report => shortfalls(report, gate))
  const failed = notices.length > 0 || reports.some(report => hasFailure(report, gate))
  return { code: failed && !gate.exitZero ? exitCode.findings : exitCode.clean, notices }
}

function hasFailure(report: Report, { failOn }: Gate): boolean {
  const limit = severityRank(failOn)
  // What must be stated and is not weighs as a warning.
  return (
    report.findings.some(({ severity }) => severityRank(severity) <= limit) ||
    (limit >= severityRank('warning') && notStated(report).length > 0)
  )
}

function shortfalls(report: Report, { strict, minCoverage }: Gate): string[] {
  const unstated = notStated(report).length
  const notices: string[] = []
  if (strict && unstated > 0) notices.push(`${report.file}: --strict: ${unstated} facts that must be stated are not`)
  if (minCoverage !== undefined && report.coverage !== null && report.coverage < minCoverage) {
    notices.push(
      `${report.file}: ${percent(Math.floor(report.coverage * 1000) / 1000)} of the checks are decided, --min-coverage asks for ${percent(minCoverage)}`,
    )
  }
  return notices
}
