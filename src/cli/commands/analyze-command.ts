import { Command, InvalidArgumentError, Option } from 'commander'
import { factsOf } from '../../analysis/index.ts'
import { withLoad, type LoadFactors } from '../../analysis/load-factor.ts'
import type { ManifestFiles } from '../../manifest/files.ts'
import type { Model } from '../../manifest/model.ts'
import { didYouMean } from '../../manifest/nearest.ts'
import { readManifest } from '../../manifest/read.ts'
import { pretty } from '../../reporters/pretty.ts'
import type { Run } from '../../reporters/reporter.ts'
import { tablesJson } from '../../reporters/table-json.ts'
import { tablesText } from '../../reporters/table-text.ts'
import { review } from '../../review.ts'
import { tableIds, tablesOf, type TableId } from '../../tables/index.ts'
import { wantsColor } from '../writing/color.ts'
import type { CommandContext } from '../command.ts'
import { withConfigOptions, type ConfigOptions } from '../settings/config-options.ts'
import { findOrLoad } from '../reading/load.ts'
import { loadOption, type LoadOption } from './load-option.ts'
import { settingsFor, type Settings } from '../settings/settings.ts'
import { UserError, exitCode, type World } from '../world.ts'

interface Options extends ConfigOptions {
  format: 'table' | 'json'
  table: TableId[]
  journey: string[]
  load: LoadOption[]
  color: string
  today?: string
}

export function analyzeCommand({ world, tool, exit }: CommandContext): Command {
  const command = new Command('analyze')
    .argument('[manifest]', 'a manifest; "-" reads standard input; none: scaffold.yaml here or above')
    .addOption(new Option('-f, --format <name>', 'how').choices(['table', 'json']).default('table'))
    .option('--table <names>', `tables to print, repeatable or with commas: ${tableIds.join(', ')}`, tables, [])
    .option('--journey <name>', 'only what this journey comes through; repeatable', several, [])
    .option('--load <factor>', 'under another load: 3x, or checkout=5x for one journey; repeatable', loadOption, [])
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .option('--today <date>', 'the date by which ages are judged, such as 2026-11-30')
    .action(async (manifest: string | undefined, options: Options) => {
      const settings = await settingsFor(manifest === undefined ? [] : [manifest], options, world)
      exit(analyze(await findOrLoad(manifest, world), settings, options, world, tool))
    })
  return withConfigOptions(command)
}

function analyze(
  files: ManifestFiles,
  { rules, review: how }: Settings,
  options: Options,
  world: World,
  tool: Run['tool'],
): number {
  const width = Math.max(80, world.stdout.columns ?? 80)
  const color = wantsColor(options.color, world)
  const report = review(files, rules, how)
  const { model: stated } = readManifest(files)
  if (!stated) {
    const style = { color, width, verbose: false, quiet: false }
    // Who asked for JSON must not get text in its place.
    const out = options.format === 'json' ? world.stderr : world.stdout
    out.write(pretty({ tool, rules, reports: [report] }, style))
    return exitCode.misuse
  }
  for (const name of [...options.journey, ...options.load.flatMap(({ journey = [] }) => journey)]) known(name, stated)
  const factors = factorsOf(options.load, stated)
  const model = withLoad(stated, factors)
  const ids = options.table.length > 0 ? options.table : tableIds
  const tables = tablesOf({ model, facts: factsOf(model), today: how.today }, report, {
    ids,
    journeys: options.journey,
  })
  world.stdout.write(
    options.format === 'json' ? tablesJson(tables, report.file, factors) : tablesText(tables, { color, width }),
  )
  return exitCode.clean
}

function known(journey: string, { journeys }: Model): void {
  if (journeys.has(journey)) return
  throw new UserError(
    `There is no journey "${journey}"${didYouMean(journey, [...journeys.keys()])}. The manifest has ${[...journeys.keys()].join(', ') || 'none'}`,
  )
}

/** A factor for all journeys, then those for single ones; the last one counts. */
function factorsOf(options: readonly LoadOption[], { raw }: Model): LoadFactors {
  const names = Object.keys(raw.journeys ?? {})
  return Object.fromEntries(
    options.flatMap(({ journey, factor }) => (journey === undefined ? names : [journey]).map(name => [name, factor])),
  )
}

const several = (value: string, before: string[]) => [...before, ...value.split(',').map(word => word.trim())]

function tables(value: string, before: TableId[]): TableId[] {
  return several(value, before).map(name => {
    if ((tableIds as string[]).includes(name)) return name as TableId
    throw new InvalidArgumentError(
      `There is no table "${name}"${didYouMean(name, tableIds)}; expected some of ${tableIds.join(', ')}.`,
    )
  })
}
