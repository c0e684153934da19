import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { EditError, addText } from '../../edit/edit.ts'
import { importKinds, type ImportKind } from '../../import/index.ts'
import type { ImportedSystem, ImportNote } from '../../import/system.ts'
import { additionsTo } from '../../import/write/into.ts'
import { draftOf, type Draft } from '../../import/write/manifest-of.ts'
import { draftText } from '../../import/write/text.ts'
import { readManifest } from '../../manifest/read.ts'
import { readAs, refused } from '../../manifest/schema/read-as.ts'
import { positiveDuration } from '../../manifest/schema/scalars.ts'
import { bytes, plural } from '../../units.ts'
import type { CommandContext } from '../command.ts'
import { gather, type Gathered } from './import-files.ts'
import { noteLines } from './import-notes.ts'
import { countOf, sizeOf } from '../reading/limit-options.ts'
import { defaultLimits } from '../reading/limits.ts'
import { loadManifest, shown } from '../reading/load.ts'
import { readText } from '../reading/read-text.ts'
import { rewrite } from '../writing/rewrite.ts'
import { UserError, exitCode, type World } from '../world.ts'
import { writeAtomically } from '../writing/write.ts'

interface Options {
  output?: string
  force: boolean
  into?: string
  system?: string
  envFile?: string
  profile: string[]
  window?: number
  maxInput: number
  maxFiles: number
}

export function importCommand({ world, exit }: CommandContext): Command {
  const kinds = importKinds.map(({ name, reads }) => `  ${name.padEnd(11)} ${reads}`)
  return new Command('import')
    .addArgument(new Argument('<kind>', 'what the files are').choices(importKinds.map(({ name }) => name)))
    .argument('<paths...>', 'files, folders, or "-" for standard input')
    .option('-o, --output <path>', 'write the draft to a file instead of standard output')
    .option('--force', 'write over a file that is there', false)
    .addOption(
      new Option('--into <manifest>', 'add what is new to a manifest; what stands in it stays as it is').conflicts(
        'output',
      ),
    )
    .option('--system <name>', 'what the system is called (default: the name of the folder)')
    .option('--env-file <path>', 'Compose: values of variables, in place of .env beside the file')
    .option('--profile <name>', 'Compose: a profile that is on, "*" for all; may be repeated', collect, [])
    .addOption(
      new Option('--window <duration>', 'traces: time over which counters counted, such as 1h').argParser(durationOf),
    )
    .addOption(
      new Option('--max-input <size>', 'most that all files may hold')
        .argParser(sizeOf)
        .default(defaultLimits.maxInput, bytes(defaultLimits.maxInput)),
    )
    .addOption(
      new Option('--max-files <number>', 'most files that are read').argParser(countOf).default(defaultLimits.maxFiles),
    )
    .addHelpText(
      'after',
      `\nKinds:\n${kinds.join('\n')}\n\nExit codes: 0 written, 2 nothing could be read, or a wrong use. Variables come from files, never from the environment.`,
    )
    .action(async (name: string, paths: string[], options: Options) => {
      exit(
        await importFiles(
          importKinds.find(kind => kind.name === name)!,
          paths,
          options,
          world,
        ),
      )
    })
}

const collect = (value: string, before: readonly string[]) => [...before, value]

function durationOf(value: string): number {
  const read = readAs(positiveDuration(), value)
  if (read === refused) throw new InvalidArgumentError('Expected a duration such as 1h.')
  return read
}

async function importFiles(
  kind: ImportKind,
  paths: readonly string[],
  options: Options,
  world: World,
): Promise<number> {
  const target = options.output === undefined ? undefined : resolve(world.cwd, options.output)
  if (target !== undefined) await refuseToOverwrite(target, options, world)
  const gathered = await gather(paths, kind.pick, options, world)
  const system = await systemOf(kind, gathered, options, world)
  const draft = draftOf(system)
  const notes = [...gathered.notes, ...system.notes, ...draft.notes]
  const say = (text: string) => world.stderr.write(`${text}\n`)
  const isNothing = draft.entries.length === 0
  for (const line of noteLines(notes)) say(line)
  // A file of which all is left out on purpose was read.
  if (isNothing && !notes.some(({ kind: one }) => one === 'ignored')) {
    say(
      `scaffold-review: there is nothing to import${options.into === undefined ? '' : `; "${options.into}" stays as it is`}`,
    )
    return exitCode.misuse
  }
  const what = summary(system, draft)
  if (options.into !== undefined) say(`scaffold-review: ${what}; ${await addInto(options.into, draft, world)}`)
  else {
    const text = textOf(kind, paths, draft, notes, options, world)
    if (target === undefined) world.stdout.write(text)
    else await writeAtomically(target, text)
    say(`scaffold-review: ${what}${target === undefined ? '' : `, written to ${shown(target, world)}`}`)
  }
  return exitCode.clean
}

async function refuseToOverwrite(target: string, { force }: Options, world: World): Promise<void> {
  const isThere = await stat(target).then(
    () => true,
    () => false,
  )
  const name = shown(target, world)
  if (isThere && !force)
    throw new UserError(`"${name}" is there already; --into ${name} adds what is new to it, --force writes over it`)
}

async function systemOf(
  kind: ImportKind,
  { files, read }: Gathered,
  { envFile, profile, window }: Options,
  world: World,
): Promise<ImportedSystem> {
  const text = envFile === undefined ? undefined : await readText(resolve(world.cwd, envFile), envFile)
  if (text?.problem) throw new UserError(text.problem.message)
  if (files.length === 0) return { elements: [], edges: [], others: [], notes: [] }
  const reader = await kind.load()
  return reader({
    files,
    read,
    profiles: profile,
    ...(text ? { envFile: { name: envFile!, text: text.text } } : {}),
    ...(window === undefined ? {} : { window }),
  })
}

function textOf(
  kind: ImportKind,
  paths: readonly string[],
  draft: Draft,
  notes: readonly ImportNote[],
  options: Options,
  world: World,
): string {
  const [first = '.'] = paths
  const absolute = first === '-' ? world.cwd : resolve(world.cwd, first)
  const folder = first !== '-' && kind.pick && !/\.(?:ya?ml|json)$/i.test(first) ? absolute : dirname(absolute)
  const system = options.system ?? (basename(first === '-' ? world.cwd : folder) || 'my-system')
  return draftText(
    draft,
    { by: `scaffold-review import ${kind.name}`, system, platform: kind.platform },
    noteLines(notes),
  )
}

/** Adds to a manifest, and says in words what was added. */
async function addInto(path: string, draft: Draft, world: World): Promise<string> {
  const files = await loadManifest(path, world)
  const [problem] = readManifest(files).problems ?? []
  if (problem) {
    const { file, start } = problem.location
    throw new UserError(
      `${file}:${start.line}:${start.column}: ${problem.message}. Mend the manifest first; nothing was added`,
    )
  }
  const [root] = files.sources
  const { file, text } = root!
  const changes = additionsTo(root!.value, files.value, draft)
  if (changes.length === 0) return `"${file}" has it all, nothing was added`
  try {
    const after = addText(text, changes)
    await rewrite([{ file, before: text, after }], world)
  } catch (error) {
    if (error instanceof EditError) throw new UserError(`${file}: ${error.message}; nothing was added`)
    throw error
  }
  return `${plural(changes.length, 'addition')} to ${file}`
}

function summary({ edges }: ImportedSystem, { entries }: Draft): string {
  const components = entries.filter(
    ({ lines, section }) => section !== 'journeys' && section !== 'slos' && lines,
  ).length
  const guesses = entries.reduce((sum, { lines }) => sum + lines['x-inferred'].length, 0)
  const written = entries.reduce(
    (sum, { lines }) => sum + lines.calls.length + lines.publishes.length + lines.consumes.length,
    0,
  )
  const open = guesses === 0 || edges.length === 0 ? '' : `, ${plural(guesses, 'edge')} to confirm`
  return `${plural(components, 'component')}, ${plural(written, 'edge')}${open}`
}
