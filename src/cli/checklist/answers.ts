import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { withText } from '../../interview/answer.ts'
import { readAnswers, type Misfit } from '../../interview/answers-file.ts'
import { changeBetween } from '../../interview/change.ts'
import { playAnswers } from '../../interview/play.ts'
import { changeScreen, type Look } from '../../interview/screens.ts'
import type { ManifestFiles } from '../../manifest/files.ts'
import { maxTextLength } from '../../manifest/refusal.ts'
import { Source } from '../../manifest/source.ts'
import { place } from '../../reporters/frame.ts'
import { verdictLine } from '../../reporters/scoreboard.ts'
import { visible, wrap } from '../../reporters/text.ts'
import type { Report } from '../../report.ts'
import type { AnyRule } from '../../rules/define.ts'
import { plural } from '../../units.ts'
import { UserError, exitCode, type World } from '../world.ts'
import type { MinutesFile } from './minutes-file.ts'
import { ChangedOnDisk, save } from './store.ts'

interface Task {
  readonly files: ManifestFiles
  readonly reviewOf: (files: ManifestFiles) => Report
  readonly rules: readonly AnyRule[]
  readonly world: World
  readonly book: MinutesFile | undefined
  readonly look: Look
}

/** Answers from a file: all that can be given are written, or where one is wrong, none. */
export async function answersFrom(path: string, task: Task): Promise<number> {
  const { files, reviewOf, rules, world, book, look } = task
  const source = new Source(path, await textOf(path, world))
  const before = reviewOf(files)
  const read = readAnswers(source, files, before.openQuestions, rules, world.today)
  if (read.misfits) return refuse(read.misfits, world)
  const result = playAnswers(files, read.plan, reviewOf)
  if (result.misfits) return refuse(result.misfits, world)
  const { played } = result
  // Minutes that cannot be written are noticed before an answer is.
  await book?.write({
    session: (date, participants) => ({ date, participants, before, after: before, files, entries: [], openEnds: [] }),
  })
  await write(files, played.files, world)
  for (const misfit of played.left) tell(misfit, world)
  if (book) {
    book.participants = [...book.participants, ...read.plan.participants]
    const { report: after, entries, openEnds } = played
    await book.write({
      session: (date, participants) => ({ date, participants, before, after, files: played.files, entries, openEnds }),
    })
  }
  const { width, c } = look
  const written = played.entries.length === 0 ? 'No answer' : plural(played.entries.length, 'answer')
  world.stdout.write(
    [
      wrap(`${written} written to ${visible(played.report.file)}`, width),
      ...(played.entries.length > 0 ? [changeScreen(changeBetween(before, played.report), look)] : []),
      wrap(verdictLine(played.report, c), width),
      '',
    ].join('\n'),
  )
  return exitCode.clean
}

async function textOf(path: string, world: World): Promise<string> {
  const absolute = resolve(world.cwd, path)
  const problem = (message: string) => new UserError(`The answers in "${path}" cannot be read: ${message}`)
  try {
    if ((await stat(absolute)).size > maxTextLength * 4) throw problem('the file is too large')
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(absolute))
  } catch (error) {
    if (error instanceof UserError) throw error
    if (error instanceof TypeError) throw problem('it is not a text file in UTF-8')
    throw problem(
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message,
    )
  }
}

/** All files that changed; each was checked to be writable before. */
async function write(before: ManifestFiles, after: ManifestFiles, world: World): Promise<void> {
  let now = before
  try {
    for (const { file, text } of after.sources) {
      if (before.sources.find(source => source.file === file)?.text === text) continue
      await save(now, file, text, world)
      now = withText(now, file, text)
    }
  } catch (error) {
    if (error instanceof ChangedOnDisk) throw new UserError(`${error.message}. Run it again`)
    throw error
  }
}

function refuse(misfits: readonly Misfit[], world: World): number {
  for (const misfit of misfits) tell(misfit, world)
  world.stderr.write(`scaffold-review: ${plural(misfits.length, 'answer')} cannot be taken; nothing was written\n`)
  return exitCode.misuse
}

const tell = ({ message, location }: Misfit, world: World) =>
  world.stderr.write(`${visible(`${place(location)}: ${message}`).replaceAll('\n', ' ')}\n`)
