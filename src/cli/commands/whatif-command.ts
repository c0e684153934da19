import { Command, InvalidArgumentError, Option } from 'commander'
import { factsOf } from '../../analysis/index.ts'
import { outcomeRank } from '../../analysis/outcomes.ts'
import { calm, factorsOf, isCalm, type Scenario, type Slowdown } from '../../analysis/scenario.ts'
import type { ManifestFiles } from '../../manifest/files.ts'
import type { Model } from '../../manifest/model.ts'
import { readManifest } from '../../manifest/read.ts'
import { readAs, refused } from '../../manifest/schema/read-as.ts'
import { duration } from '../../manifest/schema/scalars.ts'
import { pretty } from '../../reporters/pretty.ts'
import type { Run } from '../../reporters/reporter.ts'
import { singleFaultsJson, whatIfJson } from '../../reporters/whatif-json.ts'
import { matrixText } from '../../reporters/whatif-matrix.ts'
import { whatIfText } from '../../reporters/whatif-text.ts'
import { review } from '../../review.ts'
import { plural } from '../../units.ts'
import { asExpectation } from '../../whatif/as-expectation.ts'
import { singleFaults } from '../../whatif/single-faults.ts'
import { whatIf, type WhatIf } from '../../whatif/what-if.ts'
import { wantsColor } from '../writing/color.ts'
import type { CommandContext } from '../command.ts'
import { known } from '../reading/known-names.ts'
import { findOrLoad } from '../reading/load.ts'
import { loadOption, type LoadOption } from './load-option.ts'
import { UserError, exitCode, type World } from '../world.ts'

interface Options {
  format: 'text' | 'json'
  down: string[]
  slow: Slowdown[]
  dataLoss: string[]
  cacheFlush: string[]
  /** An empty name where none is given: all services. */
  deploy: string[]
  loseZone: boolean
  load: LoadOption[]
  journey: string[]
  allSingleFaults: boolean
  asExpectation: boolean
  failOn?: 'broken' | 'degraded'
  strict: boolean
  color: string
}

export function whatifCommand({ world, tool, exit }: CommandContext): Command {
  return new Command('whatif')
    .argument('[manifest]', 'a manifest; "-" reads standard input; none: scaffold.yaml here or above')
    .option('--down <names>', 'these refuse, or answer with errors; repeatable, or with commas', several, [])
    .option('--slow <name=time>', 'this answers after a time, such as psp=2s, or without one not at all', slow, [])
    .option('--load <factor>', 'under another load: 3x, or checkout=5x for one journey; repeatable', loadOption, [])
    .option('--lose-zone', 'one availability zone is lost', false)
    .option('--cache-flush <names>', 'these caches hold nothing', several, [])
    .option('--data-loss <names>', 'the data of these stores is gone until it is restored', several, [])
    .addOption(
      new Option('--deploy [names]', 'these services are rolled out; without a name, all of them')
        .argParser(several)
        .default([])
        .preset(''),
    )
    .option('--journey <names>', 'only these journeys; repeatable, or with commas', several, [])
    .addOption(
      new Option(
        '--all-single-faults',
        'each component alone, down and slow, and the pairs that break what matters most',
      )
        .default(false)
        .conflicts(['failOn', 'asExpectation']),
    )
    .addOption(new Option('-f, --format <name>', 'how').choices(['text', 'json']).default('text'))
    .option('--as-expectation', 'print what was found as YAML for the manifest', false)
    .addOption(
      new Option('--fail-on <outcome>', 'exit 1 when a journey ends like this, or worse').choices([
        'broken',
        'degraded',
      ]),
    )
    .option('--strict', 'with --fail-on: exit 1 also when it may end like this, as facts are not stated', false)
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .action(async (manifest: string | undefined, options: Options) => {
      exit(run(await findOrLoad(manifest, world), options, world, tool))
    })
}

function run(files: ManifestFiles, options: Options, world: World, tool: Run['tool']): number {
  const look = { color: wantsColor(options.color, world), width: Math.max(80, world.stdout.columns ?? 80) }
  const { model } = readManifest(files)
  if (!model) {
    const style = { ...look, verbose: false, quiet: false }
    // Who asked for JSON or YAML must not get text in its place.
    const out = options.format === 'json' || options.asExpectation ? world.stderr : world.stdout
    out.write(pretty({ tool, rules: [], reports: [review(files, [])] }, style))
    return exitCode.misuse
  }
  const { file } = files.sources[0]!
  const isJson = options.format === 'json'
  const facts = factsOf(model)
  for (const name of options.journey) known(name, 'journey', model)
  if (options.allSingleFaults) {
    const found = singleFaults(model, facts, options.journey)
    world.stdout.write(isJson ? singleFaultsJson(found, file) : matrixText(found, look))
    return exitCode.clean
  }
  const result = whatIf(scenarioOf(options, model), model, facts, options.journey)
  world.stdout.write(
    options.asExpectation ? asExpectation(result, model) : isJson ? whatIfJson(result, file) : whatIfText(result, look),
  )
  return judge(result, options, world)
}

/** The exit code; what is not decided fails only when it was asked for, but never goes unsaid. */
function judge({ journeys }: WhatIf, { failOn, strict }: Options, world: World): number {
  if (failOn === undefined) return exitCode.clean
  const limit = outcomeRank(failOn)
  if (journeys.some(({ least }) => outcomeRank(least) >= limit)) return exitCode.findings
  const open = journeys.filter(({ most }) => outcomeRank(most) >= limit).length
  if (open === 0) return exitCode.clean
  world.stderr.write(
    `scaffold-review: ${plural(open, 'journey', 'journeys')} may be ${failOn}: facts that decide are not stated\n`,
  )
  return strict ? exitCode.findings : exitCode.clean
}

function scenarioOf(options: Options, model: Model): Scenario {
  const { down, slow, dataLoss, cacheFlush, deploy, load, loseZone } = options
  for (const name of [...down, ...slow.map(({ component }) => component)]) known(name, 'component', model)
  for (const name of dataLoss) known(name, 'store', model)
  for (const name of cacheFlush) known(name, 'cache', model)
  for (const { journey } of load) if (journey !== undefined) known(journey, 'journey', model)
  const all = deploy.includes('')
  for (const name of all ? [] : deploy) known(name, 'service', model)
  const scenario: Scenario = {
    ...calm,
    down,
    slow,
    dataLoss,
    cacheFlush,
    deploy: all ? [...model.services.keys()] : deploy,
    zoneLoss: loseZone,
    load: load.length === 0 ? undefined : factorsOf(load, model),
  }
  if (isCalm(scenario))
    throw new UserError('Nothing happens. Say what does, such as --down psp, --slow psp=2s, --load 3x or --lose-zone')
  return scenario
}

function several(value: string, before: string[]): string[] {
  return [...new Set([...before, ...value.split(',').map(word => word.trim())])]
}

/** Milliseconds; `undefined` for what is no duration. */
function msOf(text: string): number | undefined {
  const read = readAs(duration(), text)
  return read === refused ? undefined : read
}

function slow(value: string, before: Slowdown[]): Slowdown[] {
  const [component = '', text] = value.split('=').map(word => word.trim())
  const time = text === undefined ? Number.POSITIVE_INFINITY : msOf(text)
  if (component === '' || time === undefined || time === 0)
    throw new InvalidArgumentError(
      'Expected a name and a time such as psp=2s, or a name alone for what does not answer.',
    )
  return [...before.filter(other => other.component !== component), { component, time }]
}
