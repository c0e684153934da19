import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDynamicPattern } from 'tinyglobby'
import type { ManifestFiles } from '../../manifest/files.ts'
import type { Report } from '../../report.ts'
import { changesText } from '../../reporters/changes.ts'
import { pretty } from '../../reporters/pretty.ts'
import type { Run, Style } from '../../reporters/reporter.ts'
import { plural } from '../../units.ts'
import { globsOf, homeOf } from '../reading/evidence.ts'
import { UserError, exitCode, type Watched, type World } from '../world.ts'

/** One review of all manifests that were asked for. */
export interface Round {
  readonly code: number
  readonly files: readonly ManifestFiles[]
  /** Other files that decide what is said, such as the configuration, as reports call them. */
  readonly others: readonly string[]
  readonly result: Run
  readonly style: Style
}

/** Milliseconds in which several changes are one: an editor that saves, or a branch that is changed. */
const settle = 50

/**
 * Reviews again whenever a file of the manifests changes, and prints what is new and what is fixed, until Ctrl-C.
 * @param round reviews once; what it prints goes to the world that it is given
 */
export async function watch(round: (world: World) => Promise<Round>, world: World): Promise<number> {
  const bell = new Bell()
  let isOver = false
  // A second Ctrl-C is not ours: it ends the program also where files take their time.
  const calm = world.onInterrupt(() => {
    isOver = true
    calm()
    bell.ring()
  })
  // What is new is new since a manifest could last be read.
  const readable = new Map<string, Report>()
  const last = new Map<string, Report>()
  let watched = ''
  let watching: Awaited<ReturnType<World['watch']>> | undefined
  try {
    for (let isFirst = true; ; isFirst = false) {
      const made = await attempt(round, isFirst ? world : muted(world))
      if (made) {
        if (!isFirst) world.stdout.write(news(made, readable, last))
        for (const report of made.result.reports) {
          last.set(report.file, report)
          if (report.verdict !== 'unreadable') readable.set(report.file, report)
        }
        const wanted = watchedBy(made, world.cwd)
        if (JSON.stringify(wanted) !== watched) {
          await watching?.stop()
          watching = await world.watch(wanted, () => {
            bell.ring()
          })
          watched = JSON.stringify(wanted)
          if (isFirst) world.stderr.write(`scaffold-review: watching ${said(wanted)}; Ctrl-C ends it\n`)
          // What changed before anybody watched.
          bell.ring()
        }
      } else if (isFirst) return exitCode.misuse
      await bell.rung()
      if (isOver) return exitCode.interrupted
      await sleep(settle)
      if (isOver) return exitCode.interrupted
      bell.still()
    }
  } finally {
    calm()
    await watching?.stop()
  }

  /** A mistake in the meantime, such as in the configuration, is said and waited out. */
  async function attempt(review: typeof round, where: World): Promise<Round | undefined> {
    try {
      return await review(where)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      world.stderr.write(`scaffold-review: ${error.message}\n`)
      return undefined
    }
  }
}

const said = ({ files, folders }: Watched) =>
  [plural(files.length, 'file'), ...(folders.length > 0 ? [plural(folders.length, 'folder')] : [])].join(' and ')

/** Rings once, however often it is pulled, until it is made still. */
class Bell {
  #ring: () => void = () => undefined
  #rung = new Promise<void>(resolve => (this.#ring = resolve))

  ring(): void {
    this.#ring()
  }
  rung(): Promise<void> {
    return this.#rung
  }
  still(): void {
    this.#rung = new Promise(resolve => (this.#ring = resolve))
  }
}

/** The report was printed once; files that are written with -o are written each time. */
const muted = (world: World): World => ({ ...world, stdout: { ...world.stdout, write: () => true } })

function news({ result, style }: Round, readable: Map<string, Report>, last: Map<string, Report>): string {
  const blocks = result.reports.map(report => {
    const before = readable.get(report.file)
    const alone = pretty({ ...result, reports: [report] }, style)
    if (report.verdict === 'unreadable' || !before) return isSame(report, last.get(report.file)) ? undefined : alone
    const wasUnreadable = last.get(report.file)?.verdict === 'unreadable'
    return (
      changesText(before, report, style) ??
      (wasUnreadable ? `${report.file}: readable again, nothing new\n` : undefined)
    )
  })
  const shown = blocks.filter(block => block !== undefined)
  return shown.length === 0 ? '' : `\n${shown.join('\n')}`
}

const isSame = (report: Report, other: Report | undefined): boolean =>
  other?.verdict === report.verdict && JSON.stringify(other.problems) === JSON.stringify(report.problems)

/** The files of manifests and of what else decides, and the folders in which a wildcard may find more. */
function watchedBy({ files: manifests, others }: Round, cwd: string): Watched {
  const [files, folders] = [new Set(others.map(file => resolve(cwd, file))), new Set<string>()]
  for (const one of manifests) {
    const folder = join(dirname(resolve(cwd, one.sources[0]!.file)), homeOf(one))
    for (const { glob } of globsOf(one)) {
      if (isDynamicPattern(glob)) folders.add(join(folder, fixedPart(glob)))
      else files.add(join(folder, glob))
    }
  }
  for (const { file, value } of manifests.flatMap(({ sources }) => sources)) {
    const path = resolve(cwd, file)
    files.add(path)
    const include = (value as { include?: unknown } | null | undefined)?.include
    for (const pattern of Array.isArray(include) ? include : []) {
      if (typeof pattern !== 'string') continue
      if (isDynamicPattern(pattern)) folders.add(join(dirname(path), fixedPart(pattern)))
      else files.add(join(dirname(path), pattern))
    }
  }
  return { files: [...files].sort(), folders: [...folders].sort() }
}

/** `services/*.yaml` -> `services`: the folders before the first wildcard. */
function fixedPart(pattern: string): string {
  const steps = pattern.split('/')
  return steps
    .slice(
      0,
      steps.findIndex(step => isDynamicPattern(step)),
    )
    .join('/')
}
