import { manifestSchema } from './schema/manifest.ts'
import type { FactMeta, Type } from './schema/type.ts'

/** Finds the type of any path, so that messages, questions and pages take names and texts from one place. */

/** The types that a value may have here once wrappers are taken off; more than one behind a union. */
export function alternatives(type: Type): readonly Type[] {
  let found = unwrapped.get(type)
  if (!found) {
    const isWrapper = type.kind === 'field' || type.kind === 'reading' || type.kind === 'held'
    if (isWrapper) found = alternatives(type.of)
    else found = type.kind === 'either' ? type.options.flatMap(alternatives) : [type]
    unwrapped.set(type, found)
  }
  return found
}

/** What may stand inside a value of a type. */
interface Inside {
  readonly shape: ReadonlyMap<string, Type>
  readonly item: Type | undefined
}

function insideOf(type: Type): Inside {
  let inside = insides.get(type)
  if (!inside) {
    const any = alternatives(type)
    const shape = new Map(any.flatMap(one => (one.kind === 'map' ? Object.entries(one.fields) : [])))
    const holder = any.find(one => one.kind === 'list' || one.kind === 'named')
    insides.set(type, (inside = { shape, item: holder?.item }))
  }
  return inside
}

// Types never change, and every open question walks from the root.
const unwrapped = new WeakMap<Type, readonly Type[]>()
const insides = new WeakMap<Type, Inside>()

/** The keys that a map may have here, with their types. */
export const shapeOf = (type: Type): ReadonlyMap<string, Type> => insideOf(type).shape

/** The type of the items of a list or of the values of a map by name. */
export const itemOf = (type: Type): Type | undefined => insideOf(type).item

/** The type at a path of the manifest, or `undefined` where there is no such place. */
export function schemaAt(path: readonly (string | number)[], root: Type = manifestSchema): Type | undefined {
  let type: Type | undefined = root
  for (const step of path) {
    if (!type) return undefined
    const { shape, item }: Inside = insideOf(type)
    type = shape.get(String(step)) ?? item
  }
  return type
}

export const metaOf = (type: Type): FactMeta | undefined => (type.kind === 'field' ? type.meta : undefined)

/** Whether a map cannot do without the key of this type. */
export const isRequired = (type: Type): boolean => type.kind === 'field' && type.presence === 'required'

/** Whether it is a list, and nothing or little else. */
export const isListType = (type: Type): boolean => alternatives(type).some(({ kind }) => kind === 'list')

/** What a name here may stand for, in words; `undefined` where it names nothing. */
export function namesAt(type: Type): string | undefined {
  for (const one of alternatives(type)) if (one.kind === 'text' && one.names !== undefined) return one.names
  return undefined
}

/** Lists whose items are elements of their own, whoever owns them. */
const ownedElements = new Set(['calls', 'publishes', 'consumes'])

/**
 * The name of a fact whatever element it belongs to: `services.web.calls[0].retries.max` is `calls.retries.max`,
 * and so is `defaults.calls.retries.max`.
 */
export const keyOf = (path: readonly (string | number)[]): string => factAt(path).key

/** What `keyOf` and `schemaAt` say of a path, in one walk. */
export function factAt(path: readonly (string | number)[]): { key: string; type: Type | undefined } {
  let key = ''
  let type: Type | undefined = manifestSchema
  for (const step of path) {
    if (!type) break
    const name = String(step)
    const { shape, item }: Inside = insideOf(type)
    const known = shape.get(name)
    if (known && !(type === manifestSchema && name === 'defaults'))
      key = key === '' || ownedElements.has(name) ? name : `${key}.${name}`
    type = known ?? item
  }
  return { key, type }
}
