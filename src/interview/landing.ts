import { formatPath, type Path } from '../finding.ts'
import type { ManifestFiles } from '../manifest/files.ts'
import { namedSections } from '../manifest/schema/manifest.ts'
import { isValues, valueAt } from '../edit/data.ts'
import { longForm, withValue } from './long-form.ts'

/** A value that an answer sets, by its path in the manifest as a whole. */
export interface Setting {
  readonly path: Path
  readonly value: unknown
}

/** An answer that the manifest has no place for; the message says why. */
export class NoPlace extends Error {}

const isSection = (key: unknown) => (namedSections as readonly unknown[]).includes(key)
const edgeLists: readonly unknown[] = ['calls', 'publishes', 'consumes']

/** The element that a fact belongs to: `services.web.calls[0]` of its timeout, `[]` of a key of the manifest itself. */
export function elementOf(fact: Path): Path {
  const [section, , list, index] = fact
  if (!isSection(section) || fact.length < 3) return []
  return edgeLists.includes(list) && typeof index === 'number' ? fact.slice(0, 4) : fact.slice(0, 2)
}

/**
 * What to set so that a fact is stated and nothing else changes. Usually the fact itself; the whole key of the element where
 * that key is written in short, or where the defaults state it: what an element states replaces the default as a whole, so the
 * rest of the default is written beside the answer. A map that says too little for the rules is added to.
 */
export function settingsFor(files: ManifestFiles, fact: Path, value: unknown): Setting[] {
  const [section] = fact
  if (fact.length === 1 && isSection(section) && isValues(value)) return newElements(files, fact, value)
  const top = fact.slice(0, elementOf(fact).length + 1)
  const stated = valueAt(files.value, top)
  const preset = valueAt(files.value, defaultOf(top) ?? ['defaults', ''])
  if (isValues(value)) {
    const held = valueAt(files.value, fact)
    if (isValues(held)) return Object.entries(value).map(([key, inner]) => ({ path: [...fact, key], value: inner }))
    const base = held ?? (fact.length === top.length ? preset : undefined)
    const long = base === undefined ? undefined : longForm(fact, base)
    if (isValues(long)) return [{ path: fact, value: { ...long, ...value } }]
  }
  if (fact.length === top.length) return [{ path: fact, value }]
  if (stated === undefined || stated === null) return [whole(fact, top, preset, value)]
  let at = top
  while (at.length < fact.length - 1) {
    const next = fact.slice(0, at.length + 1)
    if (typeof valueAt(files.value, next) !== 'object') break
    at = next
  }
  const below = fact.slice(0, at.length + 1)
  // A map that is there takes one key more; a short form or nothing is written out.
  return typeof valueAt(files.value, at) === 'object'
    ? [whole(fact, below, valueAt(files.value, below), value)]
    : [whole(fact, at, valueAt(files.value, at), value)]
}

function whole(fact: Path, at: Path, base: unknown, value: unknown): Setting {
  const set = withValue(at, base, fact.slice(at.length), value)
  if (set === undefined)
    throw new NoPlace(
      `${formatPath(at)} is ${JSON.stringify(base)}, which has no "${String(fact.at(-1))}"; change that first`,
    )
  return { path: at, value: set }
}

/** The key of the defaults that fills a key of an element. */
function defaultOf(top: Path): Path | undefined {
  const [section, , list, index, key] = top
  if (edgeLists.includes(list) && typeof index === 'number') return ['defaults', list as string, key!]
  return top.length > 2 ? ['defaults', section!, list!] : undefined
}

/** Elements are added to a section, whatever it holds already. */
function newElements(files: ManifestFiles, section: Path, elements: Readonly<Record<string, unknown>>): Setting[] {
  const present = valueAt(files.value, section)
  if (!isValues(present)) return [{ path: section, value: elements }]
  return Object.entries(elements).map(([name, element]) => {
    if (Object.hasOwn(present, name)) throw new NoPlace(`"${name}" is defined already in ${formatPath(section)}`)
    return { path: [...section, name], value: element }
  })
}

/** What is stated of a fact that is asked for all the same, as it says too little; on the element or by the defaults. */
export function statedSoFar({ value }: ManifestFiles, fact: Path): unknown {
  const top = elementOf(fact).length + 1
  const preset = defaultOf(fact.slice(0, top))
  return valueAt(value, fact) ?? (preset && valueAt(value, [...preset, ...fact.slice(top)]))
}

/** Where a list of the top level grows: behind its last item, in the file that holds it. */
export const nextItem = (files: ManifestFiles, list: string): Path => {
  const items = valueAt(files.value, [list])
  return [list, Array.isArray(items) ? items.length : 0]
}
