import { Command, InvalidArgumentError, Option } from 'commander'
import { resolve } from 'node:path'
import type { ManifestFiles } from '../../manifest/files.ts'
import { readManifest } from '../../manifest/read.ts'
import { pretty } from '../../reporters/pretty.ts'
import type { Run } from '../../reporters/reporter.ts'
import { simulationJson } from '../../reporters/simulate-json.ts'
import { simulationQuestions } from '../../reporters/simulate-questions.ts'
import { simulationSvg } from '../../reporters/simulate-svg.ts'
import { simulationText } from '../../reporters/simulate-text.ts'
import { review } from '../../review.ts'
import { resultsOf, type Simulation } from '../../simulate/results.ts'
import { begin } from '../../simulate/run.ts'
import { shapes, type Shape } from '../../simulate/service-times.ts'
import { prepare, type Prepared } from '../../simulate/simulate.ts'
import { wantsColor } from '../writing/color.ts'
import type { CommandContext } from '../command.ts'
import { findOrLoad } from '../reading/load.ts'
import { progressBar } from '../writing/progress-bar.ts'
import { faultsOf, type Timeline } from './timeline.ts'
import { downAt, flushAt, loadAt, slowAt, timeOf } from './timeline-option.ts'
import { known } from '../reading/known-names.ts'
import { UserError, exitCode, type World } from '../world.ts'
import { writeAtomically } from '../writing/write.ts'

interface Options extends Timeline {
  format: 'pretty' | 'json' | 'svg'
  output?: string
  seed: number
  duration: number
  warmUp: number
  journey: string[]
  times: Shape
  scale: number
  assume: boolean
  maxEvents: number
  color: string
}

export function simulateCommand({ world, tool, exit }: CommandContext): Command {
  return new Command('simulate')
    .argument('[manifest]', 'a manifest; "-" reads standard input; none: scaffold.yaml here or above')
    .option('--down <name@time>', 'this refuses for a time, such as psp@60s..120s; repeatable', downAt, [])
    .option('--slow <name=time@time>', 'this answers late, or never, such as psp=2s@60s..120s; repeatable', slowAt, [])
    .option('--load <factor@time>', 'another load: 3x@60s..120s, checkout=5x@60s or peak@60s; repeatable', loadAt, [])
    .option('--cache-flush <name@time>', 'a cache is empty, or a share of it, such as sessions=10%@60s', flushAt, [])
    .option('--journey <names>', 'show only these journeys; repeatable, or with commas', several, [])
    .option('--duration <time>', 'how long is simulated', time, 300_000)
    .option('--warm-up <time>', 'what is left out before', time, 30_000)
    .option('--seed <number>', 'another seed draws other requests', whole(0), 1)
    .option('--scale <number>', 'simulate one request in so many, with slots and limits to match', whole(1), 1)
    .addOption(
      new Option('--times <shape>', 'the shape of service times; log-normal goes through what is stated')
        .choices(shapes)
        .default('log-normal'),
    )
    .option('--assume', 'take usual values for what is not stated, and say which', false)
    .option('--max-events <number>', 'stop after so many events', whole(1), 200_000_000)
    .addOption(new Option('-f, --format <name>', 'how').choices(['pretty', 'json', 'svg']).default('pretty'))
    .option('-o, --output <path>', 'write a file instead of standard output')
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .action(async (manifest: string | undefined, options: Options) => {
      exit(await run(await findOrLoad(manifest, world), options, world, tool))
    })
}

async function run(files: ManifestFiles, options: Options, world: World, tool: Run['tool']): Promise<number> {
  const { format, output, journey } = options
  const look = {
    color: output === undefined && wantsColor(options.color, world),
    width: Math.max(80, world.stdout.columns ?? 80),
  }
  const { model } = readManifest(files)
  if (!model) {
    const style = { ...look, verbose: false, quiet: false }
    // Who asked for JSON or a drawing must not get text in its place.
    const out = format === 'pretty' && output === undefined ? world.stdout : world.stderr
    out.write(pretty({ tool, rules: [], reports: [review(files, [])] }, style))
    return exitCode.misuse
  }
  for (const name of journey) known(name, 'journey', model)
  const { seed, duration, warmUp, times: shape, scale } = options
  const prepared = prepare(model, { seed, duration, warmUp, shape, scale, faults: faultsOf(options, model) })
  const needed = prepared.missing.filter(({ isNeeded }) => isNeeded)
  if (needed.length > 0 && !options.assume) {
    world.stderr.write(simulationQuestions(needed, Math.min(look.width, 100)))
    return exitCode.misuse
  }
  if (prepared.plan.sources.length === 0)
    throw new UserError('No request comes. Expected a journey with an entry and a load, or a queue with a load')
  const whole = await simulated(prepared, options.maxEvents, world)
  const shown = {
    ...whole,
    journeys: whole.journeys.filter(({ name }) => journey.length === 0 || journey.includes(name)),
  }
  const { file } = files.sources[0]!
  const text =
    format === 'json'
      ? simulationJson(shown, file)
      : format === 'svg'
        ? simulationSvg(shown, file)
        : simulationText(shown, file, look)
  if (output === undefined) world.stdout.write(text)
  else await writeAtomically(resolve(world.cwd, output), text)
  return exitCode.clean
}

/** Events between two looks at the clock and at whoever wants to end the program. */
const slice = 200_000

async function simulated(prepared: Prepared, maxEvents: number, world: World): Promise<Simulation> {
  const running = begin(prepared.plan)
  const bar = progressBar(world, 'Simulating')
  while (!running.go(Math.min(slice, maxEvents - running.events)) && running.events < maxEvents) {
    bar.show(running.progress)
    await new Promise(resolve => setImmediate(resolve))
  }
  bar.clear()
  return resultsOf(prepared, running)
}

const several = (value: string, before: string[]): string[] => [
  ...new Set([...before, ...value.split(',').map(word => word.trim())]),
]

function time(value: string): number {
  const read = timeOf(value)
  if (read === undefined || read === 0) throw new InvalidArgumentError('Expected a time such as 5m.')
  return read
}

const whole =
  (least: number) =>
  (value: string): number => {
    if (!/^\d{1,15}$/.test(value) || Number(value) < least)
      throw new InvalidArgumentError(`Expected a whole number from ${least}.`)
    return Number(value)
  }
