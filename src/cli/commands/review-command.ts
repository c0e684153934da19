import { Command } from 'commander'
import { shardOf, type ShardChoice } from '../../delta/shard.ts'
import type { ManifestFiles } from '../../manifest/files.ts'
import type { Report } from '../../report.ts'
import type { Run } from '../../reporters/reporter.ts'
import { review } from '../../review.ts'
import { baselineName, withBaselines } from '../reading/baselines.ts'
import type { CommandContext } from '../command.ts'
import { withConfigOptions } from '../settings/config-options.ts'
import { deliver, styleOf } from '../writing/deliver.ts'
import { evidenceFor } from '../reading/evidence.ts'
import { withLimits } from '../reading/limit-options.ts'
import { cut, type Limits } from '../reading/limits.ts'
import { findOrLoad } from '../reading/load.ts'
import { checkOutputs } from '../writing/outputs.ts'
import { day, shard, withReportOptions, words, type ReportOptions } from '../writing/report-options.ts'
import { settingsFor, type SettingsOptions } from '../settings/settings.ts'
import { Timing, untimed } from '../writing/timing.ts'
import type { Round } from './watch.ts'
import { UserError, exitCode, type World } from '../world.ts'

interface Options extends ReportOptions, Limits, Omit<SettingsOptions, keyof ReportOptions | 'only' | 'skip'> {
  only: string[]
  skip: string[]
  printConfig: boolean
  /** `false`: no baseline. `undefined`: the one beside each manifest, where there is one. */
  baseline?: string | false
  shard?: ShardChoice
  stdinFilename: string
  watch: boolean
  timing: boolean
}

export function reviewCommand({ world, tool, exit }: CommandContext): Command {
  const command = new Command('review').argument(
    '[manifest...]',
    'manifests; "-" reads standard input; none: scaffold.yaml here or above',
  )
  return withConfigOptions(withLimits(withReportOptions(command)))
    .option(
      '--print-config',
      'print the effective configuration and where each value comes from, and review nothing',
      false,
    )
    .option('--no-waivers', 'let no waiver hold')
    .option('--only <names>', 'rules or questions to apply; repeatable, or with commas', words, [])
    .option('--skip <names>', 'rules or questions to leave out; repeatable, or with commas', words, [])
    .option('--baseline <file>', `accepted findings (default: ${baselineName} beside the manifest)`)
    .option('--no-baseline', 'report what is accepted by a baseline as well')
    .option('--shard <k/n>', 'review the k-th of n parts of the manifests; "merge" makes one report of all', shard)
    .option('--stdin-filename <path>', 'what standard input is called, and where its includes start', 'stdin.yaml')
    .option('--today <date>', 'the date by which waivers and ages are judged, such as 2026-11-30', day)
    .option('-w, --watch', 'review again on each change, and say what is new and what is fixed', false)
    .option('--timing', 'where the time went, on standard error', false)
    .action(async (manifests: string[], options: Options) => {
      if (options.printConfig) exit(await printConfig(manifests, options, world))
      else if (options.watch) exit(await keepReviewing(manifests, options, world, tool))
      else exit((await reviewOnce(manifests, options, world, tool)).code)
    })
}

/** Configuration belongs to a place, and standard input is given one. */
const settingsOf = (manifests: readonly string[], options: Options, world: World) =>
  settingsFor(
    manifests.map(path => (path === '-' ? options.stdinFilename : path)),
    options,
    world,
  )

async function printConfig(manifests: readonly string[], options: Options, world: World): Promise<number> {
  const settings = await settingsOf(manifests, options, world)
  const { configJson, configYaml } = await import('../settings/print-config.ts')
  world.stdout.write(options.format === 'json' ? configJson(settings) : configYaml(settings))
  return exitCode.clean
}

async function keepReviewing(
  manifests: readonly string[],
  options: Options,
  world: World,
  tool: Run['tool'],
): Promise<number> {
  if (manifests.includes('-')) throw new UserError('--watch needs files; standard input cannot change')
  if (options.format !== 'pretty')
    throw new UserError(
      '--watch writes text for people; add -o format=path for a file that is written after each change',
    )
  const { watch } = await import('./watch.ts')
  // A manifest that was found once is waited for when it is gone, and no other one above is taken in its place.
  let found = manifests
  const round = async (where: World) => {
    const made = await reviewOnce(found, options, where, tool)
    found = made.result.reports.map(({ file }) => file)
    return made
  }
  return watch(round, world)
}

async function reviewOnce(
  manifests: readonly string[],
  options: Options,
  world: World,
  tool: Run['tool'],
): Promise<Round> {
  const timing = options.timing ? new Timing() : untimed
  const settings = await timing.wait('configure', () => settingsOf(manifests, options, world))
  const all = [...new Set(manifests.length > 0 ? manifests : await settings.included())]
  const part = options.shard && shardOf(all, options.shard)
  const names = part?.names ?? (all.length > 0 ? all : [undefined])
  const files = await timing.wait('read', () => load(names, options, world))
  checkOutputs(
    options.output,
    files.flatMap(({ sources }) => sources.map(({ file }) => file)),
    world,
  )
  const { rules, gate } = settings
  const isPartial = options.only.length + options.skip.length > 0
  const reviewed: Report[] = []
  for (const one of files) {
    const isNamed = settings.wantsEvidence && one.value['evidence'] !== undefined
    const evidence = !isNamed ? {} : await timing.wait('evidence', () => evidenceFor(one, world, options))
    reviewed.push(review(one, rules, { ...settings.review, ...evidence, measure: timing.measure }))
  }
  const { reports, notices } = await withBaselines(
    reviewed,
    { file: options.baseline, appliedRules: isPartial ? new Set(rules.map(({ id }) => id)) : undefined },
    world,
  )
  if (part?.names.length === 0)
    notices.push(
      `shard ${part.shard.index}/${part.shard.count} has nothing to review, as there are ${all.length} manifests`,
    )
  const shown = cut(reports, options)
  const result: Run = { tool, rules, reports: shown.reports, ...(part ? { shard: part.shard } : {}) }
  const delivery = { run: result, judged: reports, gate, notices: [...notices, ...shown.notices] }
  const code = await timing.wait('write', () => deliver(delivery, options, world))
  if (options.timing) world.stderr.write(timing.text())
  return { code, files, others: settings.files, result, style: styleOf(options, world) }
}

async function load(paths: readonly (string | undefined)[], options: Options, world: World): Promise<ManifestFiles[]> {
  const files: ManifestFiles[] = []
  for (const path of paths) files.push(await findOrLoad(path, world, options.stdinFilename, options))
  return files
}
