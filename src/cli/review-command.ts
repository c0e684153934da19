import { Command, InvalidArgumentError, Option } from 'commander'
import { resolve } from 'node:path'
import { severities, type Severity } from '../finding.ts'
import { didYouMean } from '../manifest/nearest.ts'
import { shardOf, type ShardChoice } from '../delta/shard.ts'
import type { ManifestFiles } from '../manifest/files.ts'
import { share } from '../manifest/schema/scalars.ts'
import { formats, reporterFor, type Format } from '../reporters/index.ts'
import type { Run, Style } from '../reporters/reporter.ts'
import { review } from '../review.ts'
import { rules } from '../rules/index.ts'
import { baselineName, withBaselines } from './baselines.ts'
import { wantsColor } from './color.ts'
import { judge } from './gate.ts'
import { findOrLoad } from './load.ts'
import { selectRules } from './select.ts'
import type { CommandContext } from './commands.ts'
import type { World } from './world.ts'
import { writeAtomically } from './write.ts'

interface Output {
  format: Format
  path: string
}

/** Options about what is written and when it fails: those of `review` and of `merge`. */
export interface ReportOptions {
  format: Format
  output: Output[]
  failOn: Severity
  strict: boolean
  minCoverage?: number
  exitZero: boolean
  color: string
  quiet: boolean
  verbose: boolean
}

interface Options extends ReportOptions {
  only: string[]
  skip: string[]
  /** `false`: no baseline. `undefined`: the one beside each manifest, where there is one. */
  baseline?: string | false
  shard?: ShardChoice
  stdinFilename: string
  today?: string
}

const words = (value: string, before: string[]) => [...before, ...value.split(',').map(word => word.trim())]

export function withReportOptions(command: Command): Command {
  return command
    .addOption(
      new Option('-f, --format <name>', 'what is written to standard output').choices(formats).default('pretty'),
    )
    .option('-o, --output <format=path>', 'write a file as well; repeatable', output, [])
    .addOption(new Option('--fail-on <severity>', 'exit 1 from this severity up').choices(severities).default('error'))
    .option('--strict', 'exit 1 also when something that must be stated is not', false)
    .option('--min-coverage <share>', 'exit 1 when fewer of the checks can be decided, such as 80%', coverage)
    .option('--exit-zero', 'exit 0 whatever is found; unreadable input still exits 2', false)
    .addOption(
      new Option('--color <when>', 'colours on standard output').choices(['auto', 'always', 'never']).default('auto'),
    )
    .option('-q, --quiet', 'only errors and the verdict', false)
    .option('-v, --verbose', 'all open questions and all evidence', false)
}

export function reviewCommand({ world, tool, exit }: CommandContext): Command {
  return withReportOptions(
    new Command('review').argument(
      '[manifest...]',
      'manifests; "-" reads standard input; none: scaffold.yaml here or above',
    ),
  )
    .option('--only <names>', 'rules or questions to apply; repeatable, or with commas', words, [])
    .option('--skip <names>', 'rules or questions to leave out; repeatable, or with commas', words, [])
    .option('--baseline <file>', `accepted findings (default: ${baselineName} beside the manifest)`)
    .option('--no-baseline', 'report what is accepted by a baseline as well')
    .option('--shard <k/n>', 'review the k-th of n parts of the manifests; "merge" makes one report of all', shard)
    .option('--stdin-filename <path>', 'what standard input is called, and where its includes start', 'stdin.yaml')
    .option('--today <date>', 'the date by which waivers and ages are judged, such as 2026-11-30', day)
    .action(async (manifests: string[], options: Options) => {
      exit(await run(manifests, options, world, tool))
    })
}

async function run(manifests: readonly string[], options: Options, world: World, tool: Run['tool']): Promise<number> {
  const applied = selectRules(rules, options.only, options.skip)
  const all = [...new Set(manifests)]
  const part = options.shard && shardOf(all, options.shard)
  const files = await load(part?.names ?? (all.length > 0 ? all : [undefined]), options, world)
  const today = options.today ?? world.today
  const isPartial = options.only.length + options.skip.length > 0
  const { reports, notices } = await withBaselines(
    files.map(one => review(one, applied, { today })),
    { file: options.baseline, appliedRules: isPartial ? new Set(applied.map(({ id }) => id)) : undefined },
    world,
  )
  if (part?.names.length === 0)
    notices.push(
      `shard ${part.shard.index}/${part.shard.count} has nothing to review, as there are ${all.length} manifests`,
    )
  return deliver({ tool, rules: applied, reports, ...(part ? { shard: part.shard } : {}) }, options, world, notices)
}

/** The end of a run: what was found is written in every format that was asked for, and judged. */
export async function deliver(
  result: Run,
  options: ReportOptions,
  world: World,
  before: readonly string[] = [],
): Promise<number> {
  const { quiet, verbose } = options
  const style: Style = {
    color: wantsColor(options.color, world),
    width: Math.max(40, world.stdout.columns ?? 80),
    quiet,
    verbose,
  }
  world.stdout.write((await reporterFor(options.format))(result, style))
  for (const { format, path } of options.output) {
    const text = (await reporterFor(format))(result, { ...style, color: false, width: 80 })
    await writeAtomically(resolve(world.cwd, path), text)
  }
  const { failOn, strict, minCoverage, exitZero } = options
  const { code, notices } = judge(result.reports, { failOn, strict, minCoverage, exitZero })
  for (const notice of [...before, ...notices]) world.stderr.write(`scaffold-review: ${notice}\n`)
  return code
}

async function load(
  paths: readonly (string | undefined)[],
  { stdinFilename }: Options,
  world: World,
): Promise<ManifestFiles[]> {
  const files: ManifestFiles[] = []
  for (const path of paths) files.push(await findOrLoad(path, world, stdinFilename))
  return files
}

function shard(value: string): ShardChoice {
  const [, index, count] = (/^(\d{1,4})\/(\d{1,4})$/.exec(value) ?? []).map(Number)
  if (!index || !count || index > count)
    throw new InvalidArgumentError('Expected which of how many, such as 2/5, counted from 1.')
  return { index, count }
}

function output(value: string, before: Output[]): Output[] {
  const [format = '', ...rest] = value.split('=')
  const path = rest.join('=')
  if (!path) throw new InvalidArgumentError('Expected format=path, such as sarif=review.sarif.')
  if (!(formats as string[]).includes(format)) {
    throw new InvalidArgumentError(
      `There is no format "${format}"${didYouMean(format, formats)}; expected one of ${formats.join(', ')}.`,
    )
  }
  return [...before, { format: format as Format, path }]
}

function coverage(value: string): number {
  const parsed = share().safeParse(/^\d+(\.\d+)?$/.test(value) ? Number(value) : value)
  if (!parsed.success) throw new InvalidArgumentError('Expected a share such as 80%.')
  return parsed.data
}

export function day(value: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(value) || Number.isNaN(Date.parse(value)))
    throw new InvalidArgumentError('Expected a date such as 2026-11-30.')
  return value
}
