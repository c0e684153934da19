import { namePattern } from '../../manifest/schema/fact.ts'
import { readAs, refused } from '../../manifest/schema/read-as.ts'
import { schemaAt } from '../../manifest/walk-schema.ts'
import {
  isKnown,
  type ElementKind,
  type ImportedEdge,
  type ImportedFact,
  type ImportedSystem,
  type ImportNote,
  type Source,
} from '../system.ts'

/** A value with where it came from. Paths start at the manifest: `['services', 'web', 'replicas']`. */
export interface Stated {
  readonly path: readonly (string | number)[]
  readonly value: unknown
  readonly source: Source
}

/** A line of `calls`, `publishes`, `consumes` or `x-inferred`. */
export interface Line {
  /** The key that names the other side: `from` of what is consumed, `to` of the rest. */
  readonly key: 'to' | 'from'
  readonly other: string
  readonly facts: readonly Stated[]
  readonly source: Source
}

export const lists = ['calls', 'publishes', 'consumes', 'x-inferred'] as const
export type ListName = (typeof lists)[number]

/** An element as the manifest will hold it. */
export interface Entry {
  readonly section: string
  readonly name: string
  readonly facts: readonly Stated[]
  readonly lines: Readonly<Record<ListName, readonly Line[]>>
  readonly source: Source
}

/** What is imported in the shape of a manifest, all of it valid, and what could not be taken along. */
export interface Draft {
  readonly entries: readonly Entry[]
  readonly notes: readonly ImportNote[]
}

export const sectionOf: Readonly<Record<ElementKind, string>> = {
  service: 'services',
  store: 'stores',
  queue: 'queues',
  cache: 'caches',
  external: 'externals',
  job: 'jobs',
}

/**
 * Leaves out what no manifest may hold: names that are none, names that two elements have, facts whose place or value the
 * schema does not know, edges from what calls nobody. Edges that are guessed, and those of which it is not known whether they
 * publish or consume, become lines of `x-inferred`, from which no rule concludes anything.
 */
export function draftOf(system: ImportedSystem): Draft {
  const notes: ImportNote[] = []
  const entries: Entry[] = []
  const kinds = new Map<string, ElementKind>()
  const skip = (message: string, { file, line }: Source) => notes.push({ kind: 'skipped', message, file, line })
  for (const { kind, name, facts, source } of system.elements) {
    const fault = faultOf(name) ?? (kinds.has(name) ? 'is there twice' : undefined)
    if (fault !== undefined) {
      skip(`"${name}" ${fault}; left out`, source)
      continue
    }
    kinds.set(name, kind)
    const mine = system.edges.filter(edge => edge.from === name && edge.to !== name)
    entries.push({
      section: sectionOf[kind],
      name,
      facts: valid([sectionOf[kind], name], facts, skip),
      lines: linesOf(kind, [sectionOf[kind], name], mine, system, skip),
      source,
    })
  }
  for (const { section, name, facts, source } of system.others) {
    if (faultOf(name) !== undefined || schemaAt([section, name]) === undefined)
      skip(`"${name}" of "${section}" cannot be written; left out`, source)
    else if (!entries.some(one => one.section === section && one.name === name))
      entries.push({ section, name, facts: valid([section, name], facts, skip), lines: none, source })
  }
  return { entries, notes }
}

const none: Entry['lines'] = { calls: [], publishes: [], consumes: [], 'x-inferred': [] }

function faultOf(name: string): string | undefined {
  if (name === '__proto__' || !namePattern.test(name))
    return 'is no name for a manifest, which may hold letters, digits, spaces and _ . / - and starts with a letter or digit'
  return undefined
}

type Skip = (message: string, source: Source) => void

/** The facts that the schema takes; the first of two for one place. */
function valid(at: readonly (string | number)[], facts: readonly ImportedFact[], skip: Skip): Stated[] {
  const found: Stated[] = []
  for (const { path, value, source } of facts) {
    const whole = [...at, ...path]
    const key = path.join('.')
    if (found.some(one => one.path.slice(at.length).join('.') === key)) continue
    if (fits(whole, value)) found.push({ path: whole, value, source })
    else skip(`"${key}" of "${String(at[1])}" cannot be ${JSON.stringify(value)} in a manifest; left out`, source)
  }
  return found
}

function fits(path: readonly (string | number)[], value: unknown): boolean {
  if (path.some(step => step === '__proto__')) return false
  if (path.some(step => typeof step === 'string' && step.startsWith('x-'))) return true
  const schema = schemaAt(path)
  return schema !== undefined && readAs(schema, value) !== refused
}

function linesOf(
  kind: ElementKind,
  at: readonly (string | number)[],
  edges: readonly ImportedEdge[],
  { elements }: ImportedSystem,
  skip: Skip,
): Entry['lines'] {
  const lines: Record<ListName, Line[]> = { calls: [], publishes: [], consumes: [], 'x-inferred': [] }
  const kindOf = new Map(elements.map(one => [one.name, one.kind]))
  const seen = new Set<string>()
  for (const edge of edges) {
    const target = kindOf.get(edge.to)
    // A cluster that talks to itself, and servers that follow another one, are no calls of the manifest.
    if (target === undefined || (kind !== 'service' && kind !== 'job')) continue
    const list = listOf(edge, kind, target)
    const key = list === 'consumes' ? 'from' : 'to'
    if (seen.has(`${list} ${edge.to}`)) continue
    seen.add(`${list} ${edge.to}`)
    const optional: ImportedFact[] =
      edge.optional && list === 'calls' ? [{ path: ['optional'], value: true, source: edge.source }] : []
    const facts =
      list === 'x-inferred'
        ? (edge.facts ?? []).map(({ path, value, source }) => ({ path: [...at, list, 0, ...path], value, source }))
        : valid([...at, list, 0], [...optional, ...(edge.facts ?? [])], skip)
    lines[list].push({ key, other: edge.to, facts, source: edge.source })
  }
  return lines
}

function listOf({ kind, source }: ImportedEdge, from: ElementKind, to: ElementKind): ListName {
  if (!isKnown(source) || kind === 'unknown') return 'x-inferred'
  if (kind === 'consume') return to === 'queue' && from === 'service' ? 'consumes' : 'x-inferred'
  return kind === 'publish' && to === 'queue' ? 'publishes' : 'calls'
}

/** The facts below a path as one value. */
export function valueOf(facts: readonly Stated[], depth: number): Record<string, unknown> {
  const root: Record<string, unknown> = {}
  for (const { path, value } of facts) {
    let at: Record<string | number, unknown> = root
    for (const [i, step] of path.slice(depth, -1).entries())
      at = (at[step] ??= typeof path[depth + i + 1] === 'number' ? [] : {}) as Record<string, unknown>
    at[path.at(-1)!] = value
  }
  return root
}

export const sourceValue = ({ file, line, signal, confidence }: Source): Record<string, unknown> => ({
  file,
  line,
  signal,
  confidence,
})

export const lineValue = ({ key, other, facts, source }: Line): Record<string, unknown> => ({
  [key]: other,
  ...valueOf(facts, 4),
  'x-source': sourceValue(source),
})

/** An element as plain data. */
export function entryValue({ facts, lines: all, source }: Entry): Record<string, unknown> {
  const edges = lists.flatMap(list => (all[list].length === 0 ? [] : [[list, all[list].map(lineValue)] as const]))
  return { ...valueOf(facts, 2), ...Object.fromEntries(edges), 'x-source': sourceValue(source) }
}
