import { Chalk } from 'chalk'
import { Command, Option } from 'commander'
import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { draftText, type Draft } from '../../edit/draft.ts'
import type { OpenQuestion } from '../../finding.ts'
import { byKey } from '../../reporters/page.ts'
import { scoreboardLines, verdictLine } from '../../reporters/scoreboard.ts'
import { visible, wrap } from '../../reporters/text.ts'
import { review } from '../../review.ts'
import type { Report } from '../../report.ts'
import { wantsColor } from '../writing/color.ts'
import type { CommandContext } from '../command.ts'
import { withConfigOptions, type ConfigOptions } from '../settings/config-options.ts'
import { askForDraft } from './init-questions.ts'
import { loadManifest } from '../reading/load.ts'
import { settingsFor } from '../settings/settings.ts'
import { UserError, exitCode, type World } from '../world.ts'
import { writeAtomically } from '../writing/write.ts'

interface Options extends ConfigOptions {
  output?: string
  yes: boolean
  force: boolean
  color: string
}

export function initCommand({ world, exit }: CommandContext): Command {
  const command = new Command('init')
    .argument('[path]', 'the file to write, or the folder to write it in (default: scaffold.yaml here)')
    .option('-o, --output <path>', 'the same as the argument')
    .option('-y, --yes', 'ask nothing and write an example to change', false)
    .option('--force', 'write over a file that is there', false)
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .action(async (path: string | undefined, options: Options) => {
      exit(await init(path ?? options.output ?? '.', options, world))
    })
  return withConfigOptions(command)
}

async function init(path: string, options: Options, world: World): Promise<number> {
  const target = await targetOf(path, world)
  const shown = relative(world.cwd, target).split(sep).join('/')
  await refuseToOverwrite(target, shown, options)
  if (!options.yes && !world.terminal)
    throw new UserError('There is no terminal to ask questions in. Use --yes to write an example, and change it')
  // Before anybody is asked, so that a configuration that cannot be used costs nobody their answers.
  const { rules, review: how } = await settingsFor([target], options, world)
  const draft = await draftFor(target, options, world)
  if (!draft) {
    world.stderr.write('scaffold-review: nothing was written\n')
    return exitCode.interrupted
  }
  await refuseToOverwrite(target, shown, options)
  await writeAtomically(target, draftText(draft))
  const report = review(await loadManifest(target, world), rules, how)
  world.stdout.write(farewell(report, wantsColor(options.color, world), Math.max(40, world.stdout.columns ?? 80)))
  return exitCode.clean
}

/** A folder means the manifest in it; a link means what it points to. */
async function targetOf(path: string, { cwd }: World): Promise<string> {
  const named = resolve(cwd, path)
  const isFolder = await stat(named).then(
    found => found.isDirectory(),
    () => false,
  )
  const file = isFolder ? join(named, 'scaffold.yaml') : named
  return realpath(file).catch(() => file)
}

async function refuseToOverwrite(target: string, shown: string, { force }: Options): Promise<void> {
  const exists = await stat(target).then(
    () => true,
    () => false,
  )
  if (exists && !force) throw new UserError(`"${shown}" is there already; --force writes over it`)
}

/** `undefined` where the person that was asked has gone. */
async function draftFor(target: string, { yes }: Options, { terminal }: World): Promise<Draft | undefined> {
  const folder = basename(dirname(target))
  const schema = await schemaFor(dirname(target))
  if (yes || !terminal) return { ...example, schema, system: folder || 'my-system' }
  try {
    const asked = await askForDraft(folder, terminal)
    return {
      ...asked,
      schema,
      note: 'What is not known yet stays out: the review asks for it.',
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError') return undefined
    throw error
  }
}

/** The schema of the package that is installed here or in a folder above. */
async function schemaFor(folder: string): Promise<string | undefined> {
  for (let [up, at] = ['.', folder]; ; [up, at] = [`${up}/..`, dirname(at)]) {
    const inPackage = 'node_modules/scaffold-review/schemas/manifest.schema.json'
    const isThere = await stat(join(at, inPackage)).then(
      () => true,
      () => false,
    )
    if (isThere) return up === '.' ? `./${inPackage}` : `${up.slice(2)}/${inPackage}`
    if (dirname(at) === at) return undefined
  }
}

const plain = { uses: [], readers: [] }

const example: Omit<Draft, 'schema' | 'system'> = {
  note: 'An example to start from: put your own names and numbers in the place of these.',
  journeys: [
    {
      name: 'checkout',
      criticality: 'critical',
      through: ['web', 'orders'],
      facts: { load: { steady: '120/s', peak: '600/s' }, latency: { p99: '1s' } },
    },
  ],
  components: [
    { ...plain, name: 'web', kind: 'service', facts: { replicas: 3 }, callFacts: { orders: { timeout: '1s' } } },
    {
      ...plain,
      name: 'orders',
      kind: 'service',
      facts: { replicas: 3, state: 'none' },
      uses: ['psp', 'orders-db', 'order-events'],
      callFacts: { psp: { timeout: '2s', mutates: true }, 'orders-db': { timeout: '200ms', access: 'readWrite' } },
    },
    { ...plain, name: 'mailer', kind: 'service' },
    { ...plain, name: 'orders-db', kind: 'store', facts: { engine: 'postgres@16', role: 'systemOfRecord' } },
    {
      ...plain,
      name: 'order-events',
      kind: 'queue',
      readers: ['mailer'],
      facts: { engine: 'kafka@4', retention: '7d' },
    },
    { ...plain, name: 'psp', kind: 'external', facts: { availability: '99.9%' } },
  ],
}

const mostFindings = 3

/** The worst that was found, the answers to the eight questions so far, and what to state next. */
function farewell(report: Report, color: boolean, width: number): string {
  const c = new Chalk({ level: color ? 1 : 0 })
  const next = byKey(report.openQuestions)
    .slice(0, 3)
    .map(([first], i) => nextStep(first, i + 1, width))
  return `${[
    `${c.bold('Written:')} ${report.file}`,
    ...report.findings
      .slice(0, mostFindings)
      .map(({ severity, ruleId, message, location: { start } }) =>
        wrap(visible(`${severity}[${ruleId}] line ${start.line}: ${message}`), width, '  ', ''),
      ),
    scoreboardLines(report, width, c),
    wrap(verdictLine(report, c), width),
    ...(next.length > 0 ? [[c.bold('State next'), ...next].join('\n')] : []),
    wrap(`Then: scaffold-review ${report.file}`, width),
  ].join('\n\n')}\n`
}

function nextStep({ ask, element, because, example, location }: OpenQuestion, count: number, width: number): string {
  const indent = '   '
  return [
    wrap(visible(`${ask} (${element})`), width, indent, `${count}. `),
    ...(because === undefined ? [] : [wrap(visible(because), width, indent)]),
    wrap(`at ${location.file}:${location.start.line}, for example  ${example}`, width, indent),
  ].join('\n')
}
