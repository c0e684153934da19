import type { FactMeta, Field, Fields, Literal, MapOutput, MapType, Output, Type } from './type.ts'

/** An optional key. Absent means "not stated", never "no". */
export function fact<T>(type: Type<T>, doc: string, more: Omit<FactMeta, 'doc'> = {}): Field<T, 'optional'> {
  return { kind: 'field', of: type, meta: { doc, ...more }, presence: 'optional' }
}

/** A key without which the element says nothing, such as where a call goes. */
export function required<T>(type: Type<T>, doc: string): Field<T, 'required'> {
  return { kind: 'field', of: type, meta: { doc }, presence: 'required' }
}

/** A key that is read as `value` where it is absent. */
export function preset<T>(type: Type<T>, value: T, doc: string): Field<T, 'preset'> {
  return { kind: 'field', of: type, meta: { doc }, presence: 'preset', preset: value }
}

/** A union whose failure says what was expected instead of listing the branches. */
export function oneOf<const T extends readonly [Type, Type, ...Type[]]>(
  options: T,
  expected: string,
): Type<Output<T[number]>> {
  return { kind: 'either', options, error: `expected ${expected}` }
}

/** A value that is read as something else; what `refuse` is told is wrong with it. */
export function reading<T, R>(type: Type<T>, as: (value: T, refuse: (message: string) => void) => R): Type<R> {
  return { kind: 'reading', of: type, as }
}

/** A value of which something must hold once it is read. */
export function held<T>(type: Type<T>, test: (value: T) => boolean, error: string): Type<T> {
  return { kind: 'held', of: type, test, error }
}

/** One of a few values that mean the same or nearly. */
export function literal<const T extends Literal>(values: readonly T[], error?: string): Type<T> {
  return { kind: 'literal', values, ...(error === undefined ? {} : { error }) }
}

const denied = literal(['none', false])

/** The type, or `none` (also `false`): the author says that there is none. Read as the string `none`. */
export function orNone<T>(type: Type<T>, expected: string): Type<'none' | T> {
  return oneOf([reading(denied, () => 'none' as const), type], `${expected}, or none`)
}

/** A mechanism that is off (`none`, `false`), on (`true`) or on with details (a map). `true` is read as an empty map. */
export function mechanism<F extends Fields>(details: MapType<F>, expected: string): Type<'none' | MapOutput<F>> {
  return oneOf(
    [reading(denied, () => 'none' as const), reading(literal([true]), () => ({}) as MapOutput<F>), details],
    `none, true or ${expected}`,
  )
}

/** A list of items. */
export function listOf<T>(item: Type<T>, expected: string): Type<T[]> {
  return { kind: 'list', item, error: `expected a list of ${expected}` }
}

/** A map of elements by name. Names may hold letters, digits, space and `_ . / -`. */
export const namePattern = /^[\p{L}\p{N}_][\p{L}\p{N}_./ -]{0,127}$/u

const name = {
  is: namePattern,
  error: 'expected a name of at most 128 letters, digits, spaces and _ . / - that starts with a letter or digit',
}

export function named<T>(element: Type<T>, expected: string): Type<Record<string, T>> {
  return { kind: 'named', name, item: element, error: `expected a map from name to ${expected}` }
}

/** A map from whatever texts to values. */
export function record<T>(item: Type<T>, expected: string): Type<Record<string, T>> {
  return { kind: 'named', item, error: `expected ${expected}` }
}

/** A map with known keys only; keys that start with `x-` are taken out before. */
export function element<const F extends Fields>(fields: F, what: string): MapType<F> {
  return { kind: 'map', fields, error: `expected ${what}` }
}

/** The same map without some of its keys. */
export function without<F extends Fields, K extends keyof F & string>(
  { fields, error }: MapType<F>,
  ...keys: readonly K[]
): MapType<Omit<F, K>> {
  const kept = Object.entries(fields).filter(([key]) => !(keys as readonly string[]).includes(key))
  return { kind: 'map', fields: Object.fromEntries(kept) as unknown as Omit<F, K>, error } as MapType<Omit<F, K>>
}

/** The name of an element defined elsewhere in the manifest; the words of `what` say which kinds it may name. */
export function reference(what: string): Type<string> {
  return { kind: 'text', error: `expected the name of ${what}`, least: { length: 1 }, names: what }
}

export const anything: Type = { kind: 'anything' }
