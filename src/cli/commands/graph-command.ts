import { Command, InvalidArgumentError, Option } from 'commander'
import { resolve } from 'node:path'
import { factsOf } from '../../analysis/index.ts'
import { didYouMean } from '../../manifest/nearest.ts'
import { readManifest } from '../../manifest/read.ts'
import { dotOf } from '../../picture/dot.ts'
import { mermaidOf } from '../../picture/mermaid.ts'
import { pictureOf, type Picture } from '../../picture/picture.ts'
import { around, ofJourney } from '../../picture/select.ts'
import { reporterFor } from '../../reporters/index.ts'
import { review } from '../../review.ts'
import type { CommandContext } from '../command.ts'
import { withConfigOptions, type ConfigOptions } from '../settings/config-options.ts'
import { findOrLoad } from '../reading/load.ts'
import { settingsFor } from '../settings/settings.ts'
import { UserError, exitCode } from '../world.ts'
import { writeAtomically } from '../writing/write.ts'

interface Options extends ConfigOptions {
  format: 'svg' | 'mermaid' | 'dot'
  output?: string
  journey?: string
  focus?: string
  depth: number
  plain: boolean
  today?: string
}

export function graphCommand(context: CommandContext): Command {
  const command = new Command('graph')
    .argument('[manifest]', 'a manifest; "-" reads standard input; none: scaffold.yaml here or above')
    .addOption(
      new Option('-f, --format <name>', 'what is written').choices(['svg', 'mermaid', 'dot']).default('mermaid'),
    )
    .option('-o, --output <path>', 'write a file instead of standard output')
    .option('--journey <name>', 'only what this journey comes through')
    .option('--focus <component>', 'only this component and what is around it')
    .option('--depth <lines>', 'how many lines away from --focus', depth, 1)
    .option('--plain', 'without what was found', false)
    .option('--today <date>', 'the date by which waivers and ages are judged, such as 2026-11-30')
    .action(async (manifest: string | undefined, options: Options) => {
      context.exit(await draw(manifest, options, context))
    })
  return withConfigOptions(command)
}

async function draw(manifest: string | undefined, options: Options, { world, tool }: CommandContext): Promise<number> {
  const { rules, review: how } = await settingsFor(manifest === undefined ? [] : [manifest], options, world)
  const files = await findOrLoad(manifest, world)
  const report = review(files, rules, how)
  const { model } = readManifest(files)
  if (!model) {
    const style = { color: false, width: world.stdout.columns ?? 80, verbose: false, quiet: false }
    const pretty = await reporterFor('pretty')
    // Who asked for a drawing must not get text in its place.
    world.stderr.write(await pretty({ tool, rules, reports: [report] }, style))
    return exitCode.misuse
  }
  const whole = pictureOf(model, factsOf(model), options.plain ? undefined : report)
  const picture = selected(whole, options, [...model.journeys.keys()])
  const text = await written(picture, options.format, model.raw.system ?? report.file)
  if (options.output === undefined) world.stdout.write(text)
  else await writeAtomically(resolve(world.cwd, options.output), text)
  return exitCode.clean
}

function selected(whole: Picture, { journey, focus, depth }: Options, journeys: readonly string[]): Picture {
  if (journey !== undefined && !journeys.includes(journey)) throw unknown('journey', journey, journeys)
  const names = whole.nodes.map(({ name }) => name)
  if (focus !== undefined && !names.includes(focus)) throw unknown('component', focus, names)
  const taken = journey === undefined ? whole : ofJourney(whole, journey)
  return focus === undefined ? taken : around(taken, focus, depth)
}

const unknown = (what: string, name: string, names: readonly string[]) =>
  new UserError(
    `There is no ${what} "${name}"${didYouMean(name, names)}. The manifest has ${names.join(', ') || 'none'}`,
  )

async function written(picture: Picture, format: Options['format'], title: string): Promise<string> {
  if (format === 'dot') return dotOf(picture)
  if (format === 'mermaid') return mermaidOf(picture)
  const { svgOf } = await import('../../picture/svg.ts')
  return `${await svgOf(picture, `Architecture of ${title}`)}\n`
}

function depth(value: string): number {
  if (!/^[1-9]\d*$/.test(value)) throw new InvalidArgumentError('Expected a whole number from 1.')
  return Number(value)
}
