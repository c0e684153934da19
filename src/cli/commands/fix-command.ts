import { Chalk } from 'chalk'
import { Command, Option } from 'commander'
import { FILE_HEADERS_ONLY, createTwoFilesPatch } from 'diff'
import { EditError } from '../../edit/edit.ts'
import type { EditedFile } from '../../edit/files.ts'
import { mend, type Mended } from '../../edit/fixes.ts'
import type { Location } from '../../finding.ts'
import type { ManifestFiles } from '../../manifest/files.ts'
import { readManifest } from '../../manifest/read.ts'
import { plural } from '../../units.ts'
import { wantsColor } from '../writing/color.ts'
import type { CommandContext } from '../command.ts'
import { findOrLoad } from '../reading/load.ts'
import { rewrite } from '../writing/rewrite.ts'
import { UserError, exitCode, type World } from '../world.ts'

interface Options {
  write: boolean
  color: string
  today?: string
}

export function fixCommand({ world, exit }: CommandContext): Command {
  return new Command('fix')
    .argument('[manifest]', 'a manifest; "-" reads standard input; none: scaffold.yaml here or above')
    .option('-w, --write', 'write the changes to the files; without it they are only shown', false)
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .option('--today <date>', 'the date by which waivers are over, such as 2026-11-30')
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing to mend or all written, 1 something to mend, 2 what is left cannot be read.',
    )
    .action(async (manifest: string | undefined, options: Options) => {
      if (manifest === '-' && options.write) throw new UserError('Standard input cannot be written to; name a file')
      exit(await fix(await findOrLoad(manifest, world), options, world))
    })
}

async function fix(before: ManifestFiles, options: Options, world: World): Promise<number> {
  const { files, fixes } = mended(before, options.today ?? world.today)
  const say = (text: string) => world.stderr.write(`${text}\n`)
  for (const { location, title } of fixes) say(`${place(location)}: ${title}`)
  const edited = before.sources.flatMap(({ file, text }, i): EditedFile[] => {
    const after = files.sources[i]!.text
    return after === text ? [] : [{ file, before: text, after }]
  })
  world.stdout.write(edited.map(one => patch(one, wantsColor(options.color, world))).join(''))
  if (options.write) await rewrite(edited, world)

  const { problems = [] } = readManifest(files)
  for (const { location, message } of problems) say(`${place(location)}: ${message}`)
  say(`scaffold-review: ${summary(fixes.length, edited.length, options.write, problems.length)}`)
  if (problems.length > 0) return exitCode.misuse
  return fixes.length > 0 && !options.write ? exitCode.findings : exitCode.clean
}

function mended(files: ManifestFiles, today: string): Mended {
  try {
    return mend(files, { today })
  } catch (error) {
    if (error instanceof EditError) throw new UserError(error.message)
    throw error
  }
}

const place = ({ file, start }: Location) => `${file}:${start.line}:${start.column}`

function summary(fixes: number, files: number, isWritten: boolean, left: number): string {
  const faults = `${plural(fixes, 'fault')} in ${plural(files, 'file')}`
  const done = fixes === 0 ? 'nothing to mend' : isWritten ? `mended ${faults}` : `can mend ${faults} with --write`
  return left === 0 ? done : `${done}; ${plural(left, 'problem')} left for you`
}

/** A unified diff, as `git apply` and `patch` take it. */
function patch({ file, before, after }: EditedFile, isColored: boolean): string {
  const text = createTwoFilesPatch(`a/${file}`, `b/${file}`, before, after, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  })
  if (!isColored) return text
  const c = new Chalk({ level: 1 })
  const paint = (line: string) =>
    /^(?:---|\+\+\+) /.test(line)
      ? c.bold(line)
      : line.startsWith('@@')
        ? c.cyan(line)
        : line.startsWith('+')
          ? c.green(line)
          : line.startsWith('-')
            ? c.red(line)
            : line
  return text.split('\n').map(paint).join('\n')
}
