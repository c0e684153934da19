import { Command, InvalidArgumentError, Option } from 'commander'
import { resolve } from 'node:path'
import { severities, type Severity } from '../finding.ts'
import { didYouMean } from '../manifest/nearest.ts'
import type { ManifestFiles } from '../manifest/files.ts'
import { share } from '../manifest/schema/scalars.ts'
import { formats, reporterFor, type Format } from '../reporters/index.ts'
import type { Run, Style } from '../reporters/reporter.ts'
import { review } from '../review.ts'
import { rules } from '../rules/index.ts'
import { wantsColor } from './color.ts'
import { judge } from './gate.ts'
import { findOrLoad } from './load.ts'
import { selectRules } from './select.ts'
import { Timing } from './timing.ts'
import type { CommandContext } from './commands.ts'
import type { World } from './world.ts'
import { writeAtomically } from './write.ts'

interface Output {
  format: Format
  path: string
}

interface Options {
  format: Format
  output: Output[]
  failOn: Severity
  strict: boolean
  minCoverage?: number
  only: string[]
  skip: string[]
  exitZero: boolean
  color: string
  quiet: boolean
  verbose: boolean
  stdinFilename: string
  today?: string
  timing: boolean
}

const words = (value: string, before: string[]) => [...before, ...value.split(',').map(word => word.trim())]

export function reviewCommand({ world, tool, exit }: CommandContext): Command {
  return new Command('review')
    .argument('[manifest...]', 'manifests; "-" reads standard input; none: scaffold.yaml here or above')
    .addOption(
      new Option('-f, --format <name>', 'what is written to standard output').choices(formats).default('pretty'),
    )
    .option('-o, --output <format=path>', 'write a file as well; repeatable', output, [])
    .addOption(new Option('--fail-on <severity>', 'exit 1 from this severity up').choices(severities).default('error'))
    .option('--strict', 'exit 1 also when something that must be stated is not', false)
    .option('--min-coverage <share>', 'exit 1 when fewer of the checks can be decided, such as 80%', coverage)
    .option('--only <names>', 'rules or questions to apply; repeatable, or with commas', words, [])
    .option('--skip <names>', 'rules or questions to leave out; repeatable, or with commas', words, [])
    .option('--exit-zero', 'exit 0 whatever is found; unreadable input still exits 2', false)
    .addOption(
      new Option('--color <when>', 'colours on standard output').choices(['auto', 'always', 'never']).default('auto'),
    )
    .option('-q, --quiet', 'only errors and the verdict', false)
    .option('-v, --verbose', 'all open questions and all evidence', false)
    .option('--stdin-filename <path>', 'what standard input is called, and where its includes start', 'stdin.yaml')
    .option('--timing', 'where the time went, on standard error', false)
    .option('--today <date>', 'the date by which waivers and ages are judged, such as 2026-11-30', day)
    .action(async (manifests: string[], options: Options) => {
      exit(await run(manifests, options, world, tool))
    })
}

async function run(manifests: readonly string[], options: Options, world: World, tool: Run['tool']): Promise<number> {
  const applied = selectRules(rules, options.only, options.skip)
  const timing = new Timing()
  const files = await timing.wait('read', () => load(manifests, options, world))
  const today = options.today ?? world.today
  const result: Run = {
    tool,
    rules: applied,
    reports: files.map(one => review(one, applied, { today, measure: timing.measure })),
  }
  const { quiet, verbose } = options
  const style: Style = {
    color: wantsColor(options.color, world),
    width: Math.max(40, world.stdout.columns ?? 80),
    quiet,
    verbose,
  }

  await timing.wait('write', async () => {
    world.stdout.write((await reporterFor(options.format))(result, style))
    for (const { format, path } of options.output) {
      const text = (await reporterFor(format))(result, { ...style, color: false, width: 80 })
      await writeAtomically(resolve(world.cwd, path), text)
    }
  })
  if (options.timing) world.stderr.write(timing.text())
  const { failOn, strict, minCoverage, exitZero } = options
  const { code, notices } = judge(result.reports, { failOn, strict, minCoverage, exitZero })
  for (const notice of notices) world.stderr.write(`scaffold-review: ${notice}\n`)
  return code
}

async function load(manifests: readonly string[], { stdinFilename }: Options, world: World): Promise<ManifestFiles[]> {
  const files: ManifestFiles[] = []
  for (const path of new Set(manifests.length > 0 ? manifests : [undefined]))
    files.push(await findOrLoad(path, world, stdinFilename))
  return files
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

function day(value: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(value) || Number.isNaN(Date.parse(value)))
    throw new InvalidArgumentError('Expected a date such as 2026-11-30.')
  return value
}
