import { Option, InvalidArgumentError, type Command } from 'commander'
import { severities, type Severity } from '../../finding.ts'
import type { ShardChoice } from '../../delta/shard.ts'
import { readAs, refused } from '../../manifest/schema/read-as.ts'
import { share } from '../../manifest/schema/scalars.ts'
import { formats, type Format } from '../../reporters/index.ts'
import { outputOption, type Output } from './outputs.ts'

/** Options about what is written and when it fails. */
export interface ReportOptions {
  format: Format
  output: Output[]
  ciDetect: boolean
  /** `undefined`: what the configuration says. */
  failOn?: Severity
  strict?: boolean
  /** From 0 to 1. */
  minCoverage?: number
  exitZero: boolean
  color: string
  quiet: boolean
  verbose: boolean
}

export function withReportOptions(command: Command): Command {
  return command
    .addOption(
      new Option('-f, --format <name>', 'what is written to standard output').choices(formats).default('pretty'),
    )
    .option('-o, --output <format=path>', 'write a file as well; repeatable', outputOption, [])
    .option('--no-ci-detect', 'no step summary and no colours just because GitHub Actions runs this')
    .addOption(new Option('--fail-on <severity>', 'exit 1 from this severity up (default: error)').choices(severities))
    .option('--strict', 'exit 1 also when something that must be stated is not')
    .option('--no-strict', 'do not, whatever the configuration says')
    .option('--min-coverage <share>', 'exit 1 when fewer of the checks can be decided, such as 80%', coverage)
    .option('--exit-zero', 'exit 0 whatever is found; unreadable input still exits 2', false)
    .addOption(
      new Option('--color <when>', 'colours on standard output').choices(['auto', 'always', 'never']).default('auto'),
    )
    .option('-q, --quiet', 'only errors and the verdict', false)
    .option('-v, --verbose', 'all open questions and all evidence', false)
}

/** Names with commas, or the option repeated. */
export const words = (value: string, before: string[]): string[] => [
  ...before,
  ...value.split(',').map(word => word.trim()),
]

export function shard(value: string): ShardChoice {
  const [, index, count] = (/^(\d{1,4})\/(\d{1,4})$/.exec(value) ?? []).map(Number)
  if (!index || !count || index > count)
    throw new InvalidArgumentError('Expected which of how many, such as 2/5, counted from 1.')
  return { index, count }
}

export function coverage(value: string): number {
  const read = readAs(share(), /^\d+(\.\d+)?$/.test(value) ? Number(value) : value)
  if (read === refused) throw new InvalidArgumentError('Expected a share such as 80%.')
  return read
}

export function day(value: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(value) || Number.isNaN(Date.parse(value)))
    throw new InvalidArgumentError('Expected a date such as 2026-11-30.')
  return value
}
