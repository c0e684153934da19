import { stringify } from 'yaml'
import { structuralPath } from '../engine/fingerprint.ts'
import { formatPath, type Path } from '../finding.ts'
import type { ManifestFiles } from '../manifest/files.ts'
import type { Manifest } from '../manifest/schema/manifest.ts'
import { namedSections } from '../manifest/schema/manifest.ts'

/** What was added to a design, taken out of it and changed in it. */

export interface Named {
  /** `service`, `call`, `store` and so on. */
  readonly kind: string
  /** As people call it, such as `web -> orders`. */
  readonly name: string
  /** By its structural path, such as `services.web.calls.orders`. */
  readonly element: string
}

/** Values as YAML, in the units in which they are written; `undefined`: not stated. */
export interface ChangedFact {
  readonly fact: string
  readonly before: string | undefined
  readonly after: string | undefined
}

export interface ElementChanges {
  readonly added: Named[]
  readonly removed: Named[]
  readonly changed: (Named & { readonly facts: ChangedFact[] })[]
}

interface Element extends Named {
  /** As it is written. */
  readonly text: unknown
  /** As it is read: `1s` and `1000ms` are the same. */
  readonly meaning: unknown
}

/** A manifest that could be read: its text as data, and what that means. */
export interface Stated {
  readonly files: ManifestFiles
  readonly raw: Manifest
}

export function compareElements(before: Stated, after: Stated): ElementChanges {
  const [old, now] = [elementsOf(before), elementsOf(after)]
  const named = ({ kind, name, element }: Element): Named => ({ kind, name, element })
  return {
    added: [...now.values()].filter(({ element }) => !old.has(element)).map(named),
    removed: [...old.values()].filter(({ element }) => !now.has(element)).map(named),
    changed: [...now.values()].flatMap(element => {
      const then = old.get(element.element)
      const facts = then ? [...changes(then, element, [])] : []
      return facts.length > 0 ? [{ ...named(element), facts }] : []
    }),
  }
}

type Values = Readonly<Record<string, unknown>>

const isMap = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Lists of elements that stand under their owner, with the key by which an item names the other end. */
const edges = { calls: ['call', 'to'], publishes: ['publish', 'to'], consumes: ['consume', 'from'] } as const

const kinds: Readonly<Record<string, string>> = {
  services: 'service',
  stores: 'store',
  queues: 'queue',
  caches: 'cache',
  externals: 'external',
  journeys: 'journey',
  slos: 'SLO',
  alerts: 'alert',
  jobs: 'job',
  drills: 'drill',
  decisions: 'decision',
  flags: 'flag',
}

/** Keys of the top level that say nothing about the design. */
const ignored = new Set<string>(['version', 'include', ...namedSections, 'defaults', 'waivers', 'expect'])

/** In the order of the sections, and of names within one. */
function elementsOf({ files, raw }: Stated): Map<string, Element> {
  const text = files.value
  const meaning = raw as Values
  const found: Element[] = []
  const add = (kind: string, name: string, path: Path, content: { text: unknown; meaning: unknown }) =>
    found.push({ kind, name, element: structuralPath(path, files.sources), ...content })

  const top = (values: Values) => Object.fromEntries(Object.entries(values).filter(([key]) => !ignored.has(key)))
  found.push({ kind: 'manifest', name: 'the manifest', element: '', text: top(text), meaning: top(meaning) })
  for (const [kind, content] of entries(text['defaults']))
    add('defaults', `defaults of ${kind}`, ['defaults', kind], {
      text: content,
      meaning: at(meaning, ['defaults', kind]),
    })
  for (const section of namedSections) {
    for (const [name, content] of entries(text[section])) {
      const path = [section, name]
      const lists = Object.keys(edges) as (keyof typeof edges)[]
      const own = { text: without(content, lists), meaning: without(at(meaning, path), lists) }
      add(kinds[section]!, name, path, own)
      for (const list of lists) {
        const items = isMap(content) ? content[list] : undefined
        if (!Array.isArray(items)) continue
        const [kind, key] = edges[list]
        for (const [i, item] of items.entries()) {
          const other = String((item as Values)[key])
          const inner = [...path, list, i]
          add(kind, list === 'consumes' ? `${other} -> ${name}` : `${name} -> ${other}`, inner, {
            text: item,
            meaning: at(meaning, inner),
          })
        }
      }
    }
  }
  for (const [list, kind] of [
    ['waivers', 'waiver'],
    ['expect', 'expectation'],
  ] as const) {
    for (const item of (text[list] as Values[] | undefined) ?? []) {
      const name = list === 'waivers' ? `${String(item['rule'])} on ${String(item['on'])}` : written(item)
      found.push({ kind, name, element: `${list}[${JSON.stringify(name)}]`, text: item, meaning: item })
    }
  }
  return new Map(found.map(element => [element.element, element]))
}

const entries = (map: unknown): [string, unknown][] =>
  isMap(map) ? Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)) : []

const without = (value: unknown, keys: readonly string[]): unknown =>
  isMap(value) ? Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key))) : value

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, step) => (inner as Values | undefined)?.[step as string], value)

interface Sides {
  readonly text: unknown
  readonly meaning: unknown
}

/** Facts that mean something else than before, as deep as both sides have the same shape. */
function* changes(before: Sides, after: Sides, path: Path): Generator<ChangedFact> {
  // What both sides state, and read alike, did not change however it is written.
  const isStated = before.text !== undefined && after.text !== undefined
  if (isStated && before.meaning !== undefined && isSame(before.meaning, after.meaning)) return
  if (isSame(before.text, after.text)) return
  const steps = commonSteps(before.text, after.text)
  if (!steps) {
    yield { fact: formatPath(path), before: writtenOrNot(before.text), after: writtenOrNot(after.text) }
    return
  }
  const inner = (side: Sides, step: string | number): Sides => ({
    text: at(side.text, [step]),
    meaning: typeof side.meaning === 'object' && side.meaning !== null ? at(side.meaning, [step]) : undefined,
  })
  for (const step of steps) yield* changes(inner(before, step), inner(after, step), [...path, step])
}

/** What to go into: the keys of two maps, or the items of two lists of maps. */
function commonSteps(a: unknown, b: unknown): (string | number)[] | undefined {
  if (isMap(a) && isMap(b)) return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()
  if (!Array.isArray(a) || !Array.isArray(b) || !a.every(isMap) || !b.every(isMap)) return undefined
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => i)
}

/** Equal as data; the order of keys does not matter. */
function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => isSame(item, b[i]))
  if (!isMap(a) || !isMap(b)) return Object.is(a, b)
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every(key => Object.hasOwn(b, key) && isSame(a[key], b[key]))
}

/** As people would write it in one line. */
const written = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: true }).trimEnd()

const writtenOrNot = (value: unknown): string | undefined => (value === undefined ? undefined : written(value))
