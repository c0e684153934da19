import { dirname, join, relative, resolve, sep } from 'node:path'
import type { Baseline, Section } from '../../delta/baseline-schema.ts'
import type { Entry } from '../../delta/entry.ts'
import type { Report } from '../../report.ts'
import { list, plural } from '../../units.ts'
import { access } from '../at-once.ts'
import { readJsonText } from './read-json.ts'
import { UserError, type World } from '../world.ts'

/** What knows baselines is read only where there is one. */
const known = {
  delta: () => import('../../delta/baseline.ts'),
  parser: () => import('./parse-baseline.ts'),
}

export const baselineName = '.scaffold-review-baseline.json'

/** A baseline as it lies on the disk. */
export interface BaselineFile {
  readonly absolute: string
  /** As messages call it. */
  readonly shown: string
  /** `undefined` where there is no such file. */
  readonly baseline: Baseline | undefined
  /** What it says about a manifest, by the name that a report gives to it. */
  sectionOf(report: Report): Section | undefined
  /** The name of a manifest in it. */
  nameOf(report: Report): string
}

/** The baseline that was named, or the one beside the manifest. One that cannot be read is never taken for an empty one. */
export async function readBaseline(named: string | undefined, manifest: string, world: World): Promise<BaselineFile> {
  const absolute = resolve(world.cwd, named ?? join(dirname(manifest), baselineName))
  const shown = slashes(relative(world.cwd, absolute) || absolute)
  const text = await readJsonText(absolute, shown, 'a baseline')
  const baseline = text === undefined ? undefined : (await known.parser()).parseBaseline(text, shown)
  const sectionOf = baseline && (await known.delta()).sectionOf
  const gone = new Set<string>()
  for (const { file } of baseline?.manifests ?? []) if (!(await exists(join(dirname(absolute), file)))) gone.add(file)
  const nameOf = ({ file }: Report) => slashes(relative(dirname(absolute), resolve(world.cwd, file)))
  return {
    absolute,
    shown,
    baseline,
    nameOf,
    sectionOf: report => baseline && sectionOf?.(baseline, nameOf(report), report.system, file => gone.has(file)),
  }
}

const slashes = (path: string) => path.split(sep).join('/')

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )

export interface BaselineOptions {
  /** `false`: none. `undefined`: the one beside each manifest, where there is one. */
  readonly file: string | false | undefined
  /** Ids of the rules, where only some were applied: nothing can be said of the entries of others. */
  readonly appliedRules: ReadonlySet<string> | undefined
}

/** The reports without what is accepted, and what to tell people of entries that accept nothing any more. */
export async function withBaselines(
  reports: readonly Report[],
  { file, appliedRules }: BaselineOptions,
  world: World,
): Promise<{ reports: Report[]; notices: string[] }> {
  if (file === false) return { reports: [...reports], notices: [] }
  const read = new Map<string, BaselineFile>()
  const [results, notices]: [Report[], string[]] = [[], []]
  for (const report of reports) {
    // What could not be read has nothing to accept, and what is wrong with it must be said whatever lies beside it.
    if (report.verdict === 'unreadable') {
      results.push(report)
      continue
    }
    const key = file ?? dirname(resolve(world.cwd, report.file))
    const beside = read.get(key) ?? (await readBaseline(file, report.file, world))
    read.set(key, beside)
    if (file !== undefined && !beside.baseline)
      throw new UserError(`There is no baseline "${beside.shown}". "scaffold-review baseline write" writes one`)
    const section = beside.sectionOf(report)
    if (!section) {
      results.push(report)
      continue
    }
    const { applyBaseline } = await known.delta()
    const applied = applyBaseline(report, section.accepted, ({ rule }) => appliedRules?.has(rule) ?? true)
    results.push(applied.report)
    if (applied.stale.length > 0)
      notices.push(
        `${beside.shown}: ${plural(applied.stale.length, 'entry is', 'entries are')} stale: ${briefly(applied.stale)}; "scaffold-review baseline prune" takes ${applied.stale.length === 1 ? 'it' : 'them'} out`,
      )
  }
  return { reports: results, notices }
}

const mostNamed = 3

/** `ttl-missing on caches.flags`, of many the first. */
function briefly(entries: readonly Entry[]): string {
  const more = entries.length - mostNamed
  const names = entries.slice(0, mostNamed).map(({ rule, element }) => `${rule} on ${element}`)
  return list([...names, ...(more > 0 ? [`${more} more`] : [])])
}
