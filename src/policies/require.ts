import { RE2JS } from 're2js'
import { didYouMean } from '../manifest/nearest.ts'
import { Shape, type Kind } from './view.ts'
import { unknownKey, type PolicyFault } from './where.ts'

/**
 * Reads the JSON Schema of a policy: each keyword must exist, each key must be one of the manifest, and values are written as
 * in the manifest, `maximum: 2s`. What is wrong has a place; what comes out is a schema over plain numbers and texts.
 */

type JsonSchema = Record<string, unknown>
type Path = readonly (string | number)[]

/** Keywords by what stands under them. */
const kinds = {
  text: ['title', 'description', '$comment'],
  bound: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  literal: ['const'],
  literals: ['enum'],
  asItIs: [
    ...['type', 'multipleOf', 'minLength', 'maxLength', 'minItems', 'maxItems'],
    ...['minProperties', 'maxProperties'],
  ],
  pattern: ['pattern'],
  names: ['required'],
  schema: ['not', 'if', 'then', 'else'],
  schemas: ['allOf', 'anyOf', 'oneOf'],
  items: ['items', 'contains'],
  values: ['additionalProperties'],
  byKey: ['properties'],
  byPattern: ['patternProperties'],
  keySchema: ['propertyNames'],
} as const

const keywords: ReadonlyMap<string, keyof typeof kinds> = new Map(
  Object.entries(kinds).flatMap(([kind, names]) => names.map(name => [name, kind as keyof typeof kinds])),
)

export interface Requirement {
  readonly schema: JsonSchema
  /** Facts that it reads, as the manifest's reference names them. */
  readonly facts: readonly string[]
  readonly faults: readonly PolicyFault[]
}

export function requirementOf(schema: JsonSchema, kind: Kind): Requirement {
  const reader = new Reader(kind)
  const read = reader.schema(schema, Shape.of(kind), ['require'], []) as JsonSchema
  return { schema: read, facts: [...reader.facts], faults: reader.faults }
}

const isMap = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

class Reader {
  readonly faults: PolicyFault[] = []
  readonly facts = new Set<string>()
  readonly #kind: Kind

  constructor(kind: Kind) {
    this.#kind = kind
  }

  /** @param at the place in the policy; `keys`: the place in the element, as far as it is a chain of keys */
  schema(schema: unknown, shape: Shape, at: Path, keys: readonly string[]): unknown {
    if (typeof schema === 'boolean') return schema
    if (!isMap(schema)) return this.#fault(at, 'A JSON Schema is a map, true or false', schema)
    return Object.fromEntries(
      Object.entries(schema).map(([keyword, value]) => [
        keyword,
        this.#keyword(keyword, value, shape, [...at, keyword], keys),
      ]),
    )
  }

  #keyword(keyword: string, value: unknown, shape: Shape, at: Path, keys: readonly string[]): unknown {
    const below = (inner: unknown, i: number) => this.schema(inner, shape, [...at, i], keys)
    switch (keywords.get(keyword)) {
      case undefined:
        return this.#fault(at, unknownKeyword(keyword), value)
      case 'bound':
        return typeof value === 'string' ? this.#literal(value, shape, at, 'number') : value
      case 'literal':
        return this.#literal(value, shape, at)
      case 'literals':
        return Array.isArray(value) ? value.map((one, i) => this.#literal(one, shape, [...at, i])) : value
      case 'pattern':
        return this.#pattern(value, at)
      case 'names':
        if (Array.isArray(value)) for (const [i, key] of value.entries()) this.#key(key, shape, [...at, i], keys)
        return value
      case 'schema':
        return this.schema(value, shape, at, keys)
      case 'schemas':
        return Array.isArray(value) ? value.map(below) : value
      case 'items':
        return this.schema(value, shape.item, at, keys)
      case 'values':
        return this.schema(value, shape.item, at, keys)
      case 'keySchema':
        return this.schema(value, noShape, at, keys)
      case 'byKey':
        return this.#each(
          value,
          key => (this.#key(key, shape, [...at, key], keys) ? this.#childOf(shape, key) : noShape),
          at,
          keys,
        )
      case 'byPattern':
        return this.#each(value, key => (this.#pattern(key, [...at, key]), shape.item), at, keys)
      default:
        return value
    }
  }

  #each(value: unknown, shapeOf: (key: string) => Shape, at: Path, keys: readonly string[]): unknown {
    if (!isMap(value)) return value
    const entries = Object.entries(value).map(([key, inner]) => [
      key,
      this.schema(inner, shapeOf(key), [...at, key], [...keys, key]),
    ])
    return Object.fromEntries(entries)
  }

  #childOf(shape: Shape, key: string): Shape {
    const child = shape.hasNames ? shape.item : shape.child(key)
    if (child.key !== undefined && child.key !== '') this.facts.add(child.key)
    return child
  }

  /** Whether a key can stand here. Where keys are names that authors choose, every key can. */
  #key(key: unknown, shape: Shape, at: Path, keys: readonly string[]): boolean {
    if (typeof key !== 'string' || shape.hasNames || !shape.isKnown || shape.child(key).isKnown) {
      if (typeof key === 'string' && shape.isKnown) this.#childOf(shape, key)
      return true
    }
    const message =
      keys.length === 0
        ? unknownKey(key, Shape.of(this.#kind), this.#kind)
        : `There is no key "${key}" in "${keys.join('.')}"${didYouMean(key, shape.keys)}`
    this.#fault(at, message, key)
    return false
  }

  /** A value as it is written in the manifest, read as the manifest reads it. */
  #literal(value: unknown, shape: Shape, at: Path, type?: 'number'): unknown {
    const read = shape.isKnown ? shape.read(value) : undefined
    if (read && (type === undefined || typeof read.value === type)) return read.value
    if (!shape.isKnown && type === undefined) return value
    return this.#fault(
      at,
      `${JSON.stringify(value)} cannot be; ${shape.isKnown ? shape.fault(value) : 'expected a number'}`,
      value,
    )
  }

  #pattern(value: unknown, at: Path): unknown {
    if (typeof value !== 'string') return value
    try {
      RE2JS.compile(value)
      return value
    } catch (error) {
      const why = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error)
      return this.#fault(at, `The regular expression cannot be used: ${why}`, value)
    }
  }

  #fault<T>(path: Path, message: string, value: T): T {
    this.faults.push({ path, message })
    return value
  }
}

/** The shape of what the manifest does not describe. */
const noShape = Shape.of('manifest').child('')

function unknownKeyword(keyword: string): string {
  if (keyword === '$ref' || keyword === '$id' || keyword === 'definitions')
    return `"${keyword}" cannot be used here; an anchor of YAML (&name, *name) repeats a schema`
  if (keyword === 'format') return '"format" cannot be used here; use pattern'
  return `There is no keyword "${keyword}" of JSON Schema here${didYouMean(keyword, keywords.keys())}`
}
