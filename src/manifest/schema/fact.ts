import * as z from 'zod'

/** What the documentation, the open questions and the editor need to know about a key. */
export interface FactMeta {
  /** One sentence: what the key means. */
  doc: string
  /** YAML that states it, without its key when the key is obvious from the place. */
  example?: string
  /** The question to the author when it is missing, in plain words. */
  ask?: string
  /** Design §2.8: its absence on an important journey is surfaced as a warning "not stated". */
  must?: boolean
  /** What is assumed where it is absent, if that is a definition and not a guess. */
  default?: string
}

/** Metadata by schema instance, apart from zod's own registry so that it stays out of the published JSON Schema. */
export const factRegistry = z.registry<FactMeta>()

/** An optional key. Absent means "not stated", never "no". */
export function fact<S extends z.ZodType>(schema: S, doc: string, more: Omit<FactMeta, 'doc'> = {}): z.ZodOptional<S> {
  const optional = schema.optional().meta({ description: more.default ? `${doc} Default: ${more.default}.` : doc })
  factRegistry.add(optional, { doc, ...more })
  return optional
}

/** A key without which the element says nothing, such as where a call goes. */
export function required<S extends z.ZodType>(schema: S, doc: string): S {
  const described = schema.meta({ description: doc })
  factRegistry.add(described, { doc })
  return described
}

/** A union whose failure says what was expected instead of listing the branches. */
export function oneOf<const T extends readonly [z.ZodType, z.ZodType, ...z.ZodType[]]>(
  schemas: T,
  expected: string,
): z.ZodUnion<T> {
  return z.union(schemas, { error: `expected ${expected}` })
}

const denied = z.literal(['none', false])

/** The schema, or `none` (also `false`): the author says that there is none. Read as the string `none`. */
export function orNone<S extends z.ZodType>(schema: S, expected: string) {
  return oneOf([denied.transform(() => 'none' as const), schema], `${expected}, or none`)
}

/** A mechanism that is off (`none`, `false`), on (`true`) or on with details (a map). `true` is read as an empty map. */
export function mechanism<S extends z.ZodObject>(details: S, expected: string) {
  return oneOf(
    [denied.transform(() => 'none' as const), z.literal(true).transform(() => ({}) as z.output<S>), details],
    `none, true or ${expected}`,
  )
}

/** One item, or a list of them; read as a list. */
export function listOf<S extends z.ZodType>(item: S, expected: string) {
  return z.array(item, { error: `expected a list of ${expected}` })
}

/** A map of elements by name. Names may hold letters, digits, space and `_ . / -`. */
export const namePattern = /^[\p{L}\p{N}_][\p{L}\p{N}_./ -]{0,127}$/u

export function named<S extends z.ZodType>(element: S, expected: string) {
  const name = z.string().regex(namePattern, {
    error: 'expected a name of at most 128 letters, digits, spaces and _ . / - that starts with a letter or digit',
  })
  return z.record(name, element, { error: `expected a map from name to ${expected}` })
}

/** A map with known keys only; keys that start with `x-` are taken out before. */
export function element<S extends z.ZodRawShape>(shape: S, what: string) {
  return z.strictObject(shape, { error: issue => (issue.code === 'invalid_type' ? `expected ${what}` : undefined) })
}

/** What a text names that stands for an element defined elsewhere: `a store or cache`. */
export const referenceRegistry = z.registry<{ what: string }>()

/** The name of an element defined elsewhere in the manifest; the words of `what` say which kinds it may name. */
export function reference(what: string) {
  const schema = z.string({ error: `expected the name of ${what}` }).min(1)
  referenceRegistry.add(schema, { what })
  return schema
}
