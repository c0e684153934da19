import type { Change } from '../../edit/edit.ts'
import { isList, isValues, valueAt } from '../../edit/data.ts'
import type { Path } from '../../finding.ts'
import { componentSections } from '../../manifest/schema/manifest.ts'
import {
  entryValue,
  lists,
  lineValue,
  sourceValue,
  valueOf,
  type Draft,
  type Entry,
  type ListName,
} from './manifest-of.ts'

/**
 * What an import adds to a manifest that is there. Nothing that is written is changed or taken out: an element, a fact, a
 * default or an edge that is there stays as it is, in whichever list or section a person has put it. Names in the list `x-ignore`
 * at the top are not added again.
 * @param value the data of the file that is added to, keys that start with `x-` included
 * @param whole the manifest with the files it includes
 */
export function additionsTo(value: unknown, whole: unknown, { entries }: Draft): Change[] {
  const ignored = valueAt(value, ['x-ignore'])
  const isIgnored = (name: string) => isList(ignored) && ignored.includes(name)
  const fresh = new Map<string, Entry[]>()
  const changes: Change[] = []
  for (const entry of entries.filter(({ name }) => !isIgnored(name))) {
    const { section, name } = entry
    const lines = withoutIgnored(entry, isIgnored)
    if (valueAt(value, [section, name]) !== undefined) changes.push(...addedTo(lines, value))
    else if (!isDefined(section, name, value, whole)) fresh.set(section, [...(fresh.get(section) ?? []), lines])
  }
  const added = [...fresh].flatMap(([section, some]): Change[] =>
    isValues(valueAt(value, [section])) && Object.keys(valueAt(value, [section]) as object).length > 0
      ? some.map(entry => ({ path: [section, entry.name], value: entryValue(entry) }))
      : [{ path: [section], value: Object.fromEntries(some.map(entry => [entry.name, entryValue(entry)])) }],
  )
  return [...changes, ...added]
}

function withoutIgnored(entry: Entry, isIgnored: (name: string) => boolean): Entry {
  const kept = lists.map(list => [list, entry.lines[list].filter(({ other }) => !isIgnored(other))] as const)
  return { ...entry, lines: Object.fromEntries(kept) as unknown as Entry['lines'] }
}

/** A component's name is one for all sections of components: a person may have found that a store is a cache. */
function isDefined(section: string, name: string, value: unknown, whole: unknown): boolean {
  const sections = (componentSections as readonly string[]).includes(section) ? componentSections : [section]
  return sections.some(one => [value, whole].some(root => valueAt(root, [one, name]) !== undefined))
}

function addedTo(entry: Entry, value: unknown): Change[] {
  const at: Path = [entry.section, entry.name]
  const there = valueAt(value, at)
  if (there === null) return [{ path: at, value: entryValue(entry) }]
  if (!isValues(there)) return []
  const defaults = valueAt(value, ['defaults', entry.section])
  const facts = missing(valueOf(entry.facts, 2), there, at, defaults)
  const changes = [...facts, ...lists.flatMap(list => linesFor(list, entry, there, value))]
  if (changes.length === 0 || there['x-source'] !== undefined) return changes
  return [...changes, { path: [...at, 'x-source'], value: sourceValue(entry.source) }]
}

type Values = Readonly<Record<string, unknown>>

/** What is wanted and neither there nor among the defaults. */
function missing(wanted: Values, there: Values, at: Path, defaults: unknown): Change[] {
  return Object.entries(wanted).flatMap(([key, value]): Change[] => {
    const held = there[key]
    if (held === undefined) {
      const isDefault = valueAt(defaults, [key]) !== undefined
      return isDefault ? [] : [{ path: [...at, key], value }]
    }
    return isValues(held) && isValues(value) ? missing(value, held, [...at, key], undefined) : []
  })
}

function linesFor(list: ListName, entry: Entry, there: Values, value: unknown): Change[] {
  const at: Path = [entry.section, entry.name, list]
  const held = there[list]
  // Something that is no list is wrong, and not for an import to mend.
  if (held !== undefined && !isList(held)) return []
  const fresh = entry.lines[list].filter(({ other }) => !lists.some(one => indexIn(there[one], other) !== -1))
  const additions = entry.lines[list].flatMap(line => {
    const index = indexIn(held, line.other)
    const item = isList(held) ? held[index] : undefined
    if (!isValues(item)) return []
    return missing(valueOf(line.facts, 4), item, [...at, index], valueAt(value, ['defaults', list]))
  })
  if (fresh.length === 0) return additions
  const items = fresh.map(lineValue)
  if (!isList(held) || held.length === 0) return [...additions, { path: at, value: items }]
  return [...additions, ...items.map((item, i) => ({ path: [...at, held.length + i], value: item }))]
}

/** Where a list has an edge to or from another element; -1 where it has none. */
function indexIn(held: unknown, other: string): number {
  if (!isList(held)) return -1
  return held.findIndex(item => isValues(item) && (item['to'] === other || item['from'] === other))
}
