import type { Path } from '../finding.ts'
import type { Model } from '../manifest/model.ts'
import { manifestSchema } from '../manifest/schema/manifest.ts'
import type { Fields, Type } from '../manifest/schema/type.ts'
import { keyOf } from '../manifest/walk-schema.ts'

/** A place in the manifest that names an element defined elsewhere. */
export interface Reference {
  readonly path: Path
  /** The name as written. */
  readonly name: string
  /** What it may name, in words: `a store or cache`. */
  readonly what: string
  readonly kinds: readonly Kind[]
}

const componentKinds = ['service', 'store', 'queue', 'cache', 'external'] as const
const kinds = [...componentKinds, 'journey', 'slo', 'alert', 'job', 'drill', 'decision', 'flag'] as const
export type Kind = (typeof kinds)[number]

/**
 * Every reference of a manifest, the keys of a map in the order of the schema. They are found by the schema, so that a new
 * key that names an element is covered by being declared as one. Defaults are read where they are written, not once for each
 * element they fill.
 */
export const referencesOf = (model: Model): Reference[] => referencesThat(() => true, model)

/** Those of which something holds: the way to the others is not kept. */
export function referencesThat(holds: (name: string, kinds: readonly Kind[]) => boolean, model: Model): Reference[] {
  const found: Reference[] = []
  // `at`, the way to the value, changes on the way down and back: most values are no references and need no path.
  const collect = (value: unknown, { what, kinds, keys, item }: Place, at: (string | number)[]): void => {
    if (typeof value === 'string') {
      if (what !== undefined && holds(value, kinds)) found.push({ path: [...at], name: value, what, kinds })
    } else if (Array.isArray(value)) {
      if (item) for (let i = 0; i < value.length; i++) below(value[i], item, at, i)
    } else if (typeof value === 'object' && value !== null) {
      const map = value as Record<string, unknown>
      for (const { key, place } of keys) if (map[key] !== undefined) below(map[key], place, at, key)
      // Elements have names of their own.
      if (item && keys.length === 0) for (const name of Object.keys(map)) below(map[name], item, at, name)
    }
  }
  const below = (value: unknown, place: Place, at: (string | number)[], step: string | number) => {
    at.push(step)
    collect(value, place, at)
    at.pop()
  }
  collect(model.raw, root(), [])
  return found
}

/** The keys of all references, such as `calls.to`. */
export function referenceKeys(): string[] {
  return [...new Set(places(root(), []).map(keyOf))].sort()
}

/** The kinds of element that have each name; a journey and a service may share one. */
export function kindsByName(model: Model): ReadonlyMap<string, readonly Kind[]> {
  const { components, journeys, slos, alerts, jobs, drills, decisions, flags } = model
  const found = new Map<string, Kind[]>()
  for (const elements of [components, journeys, slos, alerts, jobs, drills, decisions, flags]) {
    for (const { name, kind } of elements.values()) {
      const known = found.get(name)
      if (known) known.push(kind)
      else found.set(name, [kind])
    }
  }
  return found
}

/** `a service, store or job` -> those kinds; `a component` and `an element` stand for several. */
export function kindsIn(what: string): readonly Kind[] {
  const words = what.split(/[ ,]+/)
  if (words.includes('element')) return kinds
  if (words.includes('component')) return componentKinds
  return kinds.filter(kind => words.includes(kind))
}

/** The part of the schema that leads to references. */
interface Place {
  readonly what: string | undefined
  /** The kinds of element that `what` stands for. */
  readonly kinds: readonly Kind[]
  /** The keys of a map that lead to any: few of those that it may have. */
  readonly keys: readonly Key[]
  readonly item: Place | undefined
}

interface Key {
  readonly key: string
  readonly place: Place
}

const root = (): Place => placeOf(manifestSchema)!

/** Many types stand at several places. */
const known = new WeakMap<Type, { readonly place: Place | undefined }>()

function placeOf(type: Type): Place | undefined {
  let found = known.get(type)
  if (!found) known.set(type, (found = { place: findPlace(type) }))
  return found.place
}

function findPlace(type: Type): Place | undefined {
  if (type.kind === 'field' || type.kind === 'reading' || type.kind === 'held') return placeOf(type.of)
  if (type.kind === 'either') return merged(type.options.map(placeOf))
  if (type.kind === 'map') return placeOfMap(type.fields)
  if (type.kind === 'text') {
    const { names } = type
    return names === undefined ? undefined : { what: names, kinds: kindsIn(names), keys: noKeys, item: undefined }
  }
  const item = type.kind === 'list' || type.kind === 'named' ? placeOf(type.item) : undefined
  return item && { ...nothing, item }
}

const noKeys: Place['keys'] = []
const nothing: Place = { what: undefined, kinds: [], keys: noKeys, item: undefined }

function placeOfMap(fields: Fields): Place | undefined {
  const keys: Key[] = []
  for (const [key, field] of Object.entries(fields)) {
    const place = placeOf(field)
    if (place) keys.push({ key, place })
  }
  return keys.length === 0 ? undefined : { ...nothing, keys }
}

/** Of several forms of a value each may lead to references. */
function merged(options: readonly (Place | undefined)[]): Place | undefined {
  const places = options.filter(place => place !== undefined)
  if (places.length <= 1) return places[0]
  const { what, kinds } = places.find(({ what }) => what !== undefined) ?? nothing
  return {
    what,
    kinds,
    keys: places.flatMap(({ keys }) => keys),
    item: places.find(({ item }) => item)?.item,
  }
}

function places({ what, keys, item }: Place, path: Path): Path[] {
  return [
    ...(what === undefined ? [] : [path]),
    ...keys.flatMap(({ key, place }) => places(place, [...path, key])),
    ...(item ? places(item, [...path, 0]) : []),
  ]
}
