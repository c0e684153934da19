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

/** The keys that a map may have here, with their types. */
export function shapeOf(type: Type): ReadonlyMap<string, Type> {
  let shape = shapes.get(type)
  if (!shape) {
    shape = new Map(alternatives(type).flatMap(one => (one.kind === 'map' ? Object.entries(one.fields) : [])))
    shapes.set(type, shape)
  }
  return shape
}

// Types never change, and every open question walks from the root.
const unwrapped = new WeakMap<Type, readonly Type[]>()
const shapes = new WeakMap<Type, ReadonlyMap<string, Type>>()

/** The type of the items of a list or of the values of a map by name. */
export function itemOf(type: Type): Type | undefined {
  for (const one of alternatives(type)) {
    if (one.kind === 'list' || one.kind === 'named') return one.item
  }
  return undefined
}

/** The type at a path of the manifest, or `undefined` where there is no such place. */
export function schemaAt(path: readonly (string | number)[], root: Type = manifestSchema): Type | undefined {
  let type: Type | undefined = root
  for (const step of path) {
    if (!type) return undefined
    type = shapeOf(type).get(String(step)) ?? itemOf(type)
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
    const known = shapeOf(type).get(name)
    if (known && !(type === manifestSchema && name === 'defaults'))
      key = key === '' || ownedElements.has(name) ? name : `${key}.${name}`
    type = known ?? itemOf(type)
  }
  return { key, type }
}
