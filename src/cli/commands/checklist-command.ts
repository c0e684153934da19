import { Command, InvalidArgumentError, Option } from 'commander'
import { Chalk } from 'chalk'
import { questionKeys, type QuestionKey } from '../../finding.ts'
import { agenda } from '../../interview/agenda.ts'
import { listFormats, listed, type ListFormat } from '../../interview/lists.ts'
import type { Look } from '../../interview/screens.ts'
import type { ManifestFiles } from '../../manifest/files.ts'
import { didYouMean } from '../../manifest/nearest.ts'
import { pretty } from '../../reporters/pretty.ts'
import type { Run } from '../../reporters/reporter.ts'
import { verdictLine } from '../../reporters/scoreboard.ts'
import { visible, wrap } from '../../reporters/text.ts'
import type { Report } from '../../report.ts'
import { review } from '../../review.ts'
import type { AnyRule } from '../../rules/define.ts'
import { plural } from '../../units.ts'
import { answersFrom } from '../checklist/answers.ts'
import { Interrupted, askerFor } from '../checklist/asker.ts'
import { MinutesFile } from '../checklist/minutes-file.ts'
import type { Room } from '../checklist/room.ts'
import { Sitting } from '../checklist/sitting.ts'
import { writable } from '../checklist/store.ts'
import { walk } from '../checklist/walk.ts'
import { wantsColor } from '../writing/color.ts'
import type { CommandContext } from '../command.ts'
import { withConfigOptions, type ConfigOptions } from '../settings/config-options.ts'
import { findOrLoad } from '../reading/load.ts'
import { settingsFor } from '../settings/settings.ts'
import { UserError, exitCode, type World } from '../world.ts'

interface Options extends ConfigOptions {
  list: boolean
  format?: ListFormat
  answers?: string
  minutes?: string
  participant: string[]
  question?: QuestionKey
  color: string
  today?: string
}

export function checklistCommand({ world, tool, exit }: CommandContext): Command {
  const command = new Command('checklist')
    .argument('[manifest]', 'a manifest; none: scaffold.yaml here or above')
    .option('--list', 'print the open questions instead of asking them', false)
    .addOption(
      new Option('-f, --format <name>', 'of --list; yaml: a file to fill in for --answers').choices(listFormats),
    )
    .option('--answers <file>', 'take the answers from a file instead of asking')
    .option('--minutes <file>', 'write down what was decided, as Markdown; added to what the file holds')
    .option('--participant <name>', 'who takes part, for the minutes; repeatable', names, [])
    .option('--question <key>', `only one of the eight: ${questionKeys.join(', ')}`, question)
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .option('--today <date>', 'the date of the minutes, by which waivers and ages are judged', day)
    .action(async (manifest: string | undefined, options: Options) => {
      exit(await run(manifest, options, options.today === undefined ? world : { ...world, today: options.today }, tool))
    })
  return withConfigOptions(command)
}

async function run(manifest: string | undefined, options: Options, world: World, tool: Run['tool']): Promise<number> {
  const { list, format, answers, minutes } = options
  if (format !== undefined && !list) throw new UserError('--format is about --list; add it')
  if (list && answers !== undefined) throw new UserError('Choose one of --list and --answers')
  if (list && minutes !== undefined) throw new UserError('--list decides nothing, so there are no minutes of it')
  if (manifest === '-' && !list)
    throw new UserError('Answers are written into the manifest, so it has to be a file; standard input has only --list')
  if (!list && answers === undefined && !world.terminal)
    throw new UserError(
      'There is no terminal to ask at. Use --list to see the open questions, --list -f yaml for a file to fill in, and --answers FILE to answer from it',
    )
  const files = await findOrLoad(manifest, world)
  const { rules, review: how } = await settingsFor(manifest === undefined ? [] : [manifest], options, world)
  const reviewOf = (now: ManifestFiles): Report => review(now, rules, how)
  const report = reviewOf(files)
  if (report.verdict === 'unreadable') {
    const style = { color: wantsColor(options.color, world), width: columns(world), verbose: false, quiet: false }
    world.stdout.write(pretty({ tool, rules, reports: [report] }, style))
    return exitCode.misuse
  }
  if (list) {
    world.stdout.write(listing(report, files, rules, options, world))
    return exitCode.clean
  }
  // Before anybody is asked: an answer that cannot be saved is worse than none.
  for (const { file } of files.sources) await writable(file, report.file, world)
  const book = minutes === undefined ? undefined : await MinutesFile.open(minutes, options.participant, world)
  return answers === undefined
    ? interview(files, { rules, reviewOf }, options, world, book)
    : answersFrom(answers, { files, reviewOf, rules, world, book, look: look(options, world) })
}

function listing(
  report: Report,
  files: ManifestFiles,
  rules: readonly AnyRule[],
  { format = 'text', question }: Options,
  world: World,
): string {
  const items = agenda(report, files, question)
  const open = items.flatMap(item => (item.kind === 'question' ? [item.question] : []))
  return listed[format]({ report, open, rules, width: columns(world) })
}

async function interview(
  files: ManifestFiles,
  { rules, reviewOf }: { rules: readonly AnyRule[]; reviewOf: (files: ManifestFiles) => Report },
  options: Options,
  world: World,
  book: MinutesFile | undefined,
): Promise<number> {
  const terminal = world.terminal!
  const asker = await askerFor(terminal, world, wantsColor(options.color, world))
  const sitting = new Sitting(files, world, reviewOf, noted)
  const room: Room = {
    sitting,
    asker,
    rules,
    world,
    say: text => terminal.output.write(`${text}\n`),
    look: () => look(options, world),
  }
  // An answer that is saved stays saved, also where the minutes cannot be written any more.
  async function noted(now: Sitting): Promise<void> {
    try {
      await book?.write(now)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      terminal.output.write(`> ${visible(error.message)}\n`)
    }
  }
  // Before anybody is asked: minutes that cannot be written are noticed now.
  await book?.write(sitting)
  let code: number = exitCode.clean
  try {
    if (book && book.participants.length === 0) {
      const text = await asker.type('Who takes part? (names, with commas)', () => undefined)
      book.participants = names(text, [])
    }
    await walk(room, options.question, book !== undefined)
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    code = exitCode.interrupted
  }
  goodbye(room, book)
  return code
}

/** What is kept, and how to go on. */
function goodbye({ sitting, say, look }: Room, book: MinutesFile | undefined): void {
  const { report, entries, files } = sitting
  const { width, c } = look()
  const answered =
    entries.length === 0 ? 'Nothing was changed' : `${plural(entries.length, 'answer')} saved in ${report.file}`
  const open = agenda(report, files).filter(({ kind }) => kind === 'question').length
  const rest = open === 0 ? '' : ` ${plural(open, 'question')} open: run the same command to go on.`
  say(`\n${wrap(verdictLine(report, c), width)}`)
  say(wrap(`${answered}.${rest}${book ? ` Minutes: ${book.path}` : ''}`, width))
}

const columns = (world: World): number =>
  Math.max(
    40,
    (world.terminal?.output as Partial<NodeJS.WriteStream> | undefined)?.columns ?? world.stdout.columns ?? 80,
  )

const look = ({ color }: Options, world: World): Look => ({
  width: columns(world),
  c: new Chalk({ level: wantsColor(color, world) ? 1 : 0 }),
})

const names = (value: string, before: string[]): string[] => [
  ...before,
  ...value
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== ''),
]

function question(value: string): QuestionKey {
  if ((questionKeys as string[]).includes(value)) return value as QuestionKey
  throw new InvalidArgumentError(
    `There is no question "${value}"${didYouMean(value, questionKeys)}; expected one of ${questionKeys.join(', ')}.`,
  )
}

function day(value: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(value) || Number.isNaN(Date.parse(value)))
    throw new InvalidArgumentError('Expected a date such as 2026-11-30.')
  return value
}
