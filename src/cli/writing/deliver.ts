import type { Run, Style } from '../../reporters/reporter.ts'
import type { Report } from '../../report.ts'
import { wantsColor } from './color.ts'
import { judge, type Gate } from './gate.ts'
import { writeOutputs } from './outputs.ts'
import type { ReportOptions } from './report-options.ts'
import { exitCode, type World } from '../world.ts'

export interface Delivery {
  readonly run: Run
  /** What the gate judges, where it is more than what is shown. */
  readonly judged?: readonly Report[]
  readonly gate: Gate
  /** What to tell people besides, one sentence each. */
  readonly notices?: readonly string[]
}

export const styleOf = ({ color, quiet, verbose, ciDetect }: ReportOptions, world: World): Style => ({
  color: wantsColor(color, world, ciDetect),
  width: Math.max(40, world.stdout.columns ?? 80),
  quiet,
  verbose,
})

/** The end of a run: what was found is written in every format that was asked for, and judged once. Returns the exit code. */
export async function deliver(
  { run, judged = run.reports, gate, notices = [] }: Delivery,
  options: ReportOptions,
  world: World,
): Promise<number> {
  const { format, output, ciDetect } = options
  const failures = await writeOutputs(run, styleOf(options, world), { format, files: output, ciDetect }, world)
  const verdict = judge(judged, gate)
  for (const notice of [...failures, ...notices, ...verdict.notices])
    world.stderr.write(`${run.tool.name}: ${notice}\n`)
  // What was asked for and is not there must not pass for it.
  return failures.length > 0 ? exitCode.misuse : verdict.code
}
