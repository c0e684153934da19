import type * as z from 'zod'
import { factRegistry, type FactMeta } from './schema/fact.ts'
import { manifestSchema } from './schema/manifest.ts'

/** Finds the schema of any path, so that messages, questions and pages take names and texts from one place. */

type Schema = z.core.$ZodType

interface Definition {
  type: string
  innerType?: Schema
  in?: Schema
  options?: Schema[]
  shape?: Record<string, Schema>
  element?: Schema
  valueType?: Schema
}

const definition = (schema: Schema) => schema._zod.def as unknown as Definition

/** The schemas that a value may have here once wrappers are taken off; more than one behind a union. */
export function alternatives(schema: Schema): Schema[] {
  const def = definition(schema)
  if (def.type === 'optional' || def.type === 'default' || def.type === 'readonly') return alternatives(def.innerType!)
  if (def.type === 'pipe') return alternatives(def.in!)
  if (def.type === 'union') return def.options!.flatMap(alternatives)
  return [schema]
}

/** The keys that a map may have here, with their schemas. */
export function shapeOf(schema: Schema): ReadonlyMap<string, Schema> {
  let shape = shapes.get(schema)
  if (!shape) {
    shape = new Map(alternatives(schema).flatMap(one => Object.entries(definition(one).shape ?? {})))
    shapes.set(schema, shape)
  }
  return shape
}

/** Schemas never change, and every open question walks from the root. */
const shapes = new WeakMap<Schema, ReadonlyMap<string, Schema>>()

/** The schema of the items of a list or of the values of a map by name. */
export function itemOf(schema: Schema): Schema | undefined {
  for (const one of alternatives(schema)) {
    const { element, valueType } = definition(one)
    if (element ?? valueType) return element ?? valueType
  }
  return undefined
}

/** The schema at a path of the manifest, or `undefined` where there is no such place. */
export function schemaAt(path: readonly (string | number)[], root: Schema = manifestSchema): Schema | undefined {
  let schema: Schema | undefined = root
  for (const step of path) {
    if (!schema) return undefined
    schema = shapeOf(schema).get(String(step)) ?? itemOf(schema)
  }
  return schema
}

export const metaOf = (schema: Schema): FactMeta | undefined => factRegistry.get(schema as z.ZodType)

/** Lists whose items are elements of their own, whoever owns them. */
const ownedElements = new Set(['calls', 'publishes', 'consumes'])

/**
 * The name of a fact whatever element it belongs to: `services.web.calls[0].retries.max` is `calls.retries.max`,
 * and so is `defaults.calls.retries.max`.
 */
export function keyOf(path: readonly (string | number)[]): string {
  const inDefaults = path[0] === 'defaults'
  const keys: string[] = []
  let schema: Schema | undefined = inDefaults ? schemaAt(['defaults']) : manifestSchema
  for (const step of inDefaults ? path.slice(1) : path) {
    const known: Schema | undefined = schema && shapeOf(schema).get(String(step))
    if (known && ownedElements.has(String(step))) keys.length = 0
    if (known) keys.push(String(step))
    schema = known ?? (schema && itemOf(schema))
  }
  return keys.join('.')
}
