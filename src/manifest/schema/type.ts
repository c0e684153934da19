/**
 * What a value may be and what it is read as, as plain data. `readAs` (`read-as.ts`) reads values by it, and `zodOf`
 * (`to-zod.ts`) makes the zod schema of it that explains what is wrong and becomes JSON Schema. Zod takes longer to load than
 * a review takes, so it is loaded only for those.
 */

/** What was expected, for people; some say more about what was written. */
export type Words = string | ((written: unknown) => string)

interface Text {
  readonly kind: 'text'
  readonly error?: Words
  readonly pattern?: { readonly is: RegExp; readonly error: Words }
  /** Least length. */
  readonly least?: { readonly length: number; readonly error?: Words }
  /** In words, which kinds of element it may name: `a store or cache`. */
  readonly names?: string
}

export interface Bound {
  readonly is: 'least' | 'above' | 'most' | 'below'
  readonly than: number
  readonly error?: Words
}

interface Numeric {
  readonly kind: 'number'
  readonly isWhole?: boolean
  readonly error?: Words
  readonly bounds?: readonly Bound[]
}

interface Flag {
  readonly kind: 'flag'
  readonly error?: Words
}

interface Choice {
  readonly kind: 'choice'
  readonly values: readonly string[]
  readonly error?: Words
}

export type Literal = string | number | boolean

interface Literals {
  readonly kind: 'literal'
  readonly values: readonly Literal[]
  readonly error?: Words
}

interface Anything {
  readonly kind: 'anything'
}

interface List {
  readonly kind: 'list'
  readonly item: Type
  readonly error: Words
}

/** A map from names that the author chose. */
interface Named {
  readonly kind: 'named'
  readonly name?: { readonly is: RegExp; readonly error: Words }
  readonly item: Type
  readonly error: Words
}

/** A map with known keys only. */
interface Keyed {
  readonly kind: 'map'
  readonly fields: Fields
  readonly error: string
}

/** The first that takes the value. */
interface Either {
  readonly kind: 'either'
  readonly options: readonly Type[]
  readonly error?: Words
}

/** Read as something else. What `refuse` is told is wrong with the value. */
interface Reading {
  readonly kind: 'reading'
  readonly of: Type
  readonly as: (value: never, refuse: (message: string) => void) => unknown
}

/** Something must hold of what was read. */
interface Held {
  readonly kind: 'held'
  readonly of: Type
  readonly test: (value: never) => boolean
  readonly error: string
}

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

/** What stands at a key of a map. */
interface Keyhole<P extends Presence = Presence> {
  readonly kind: 'field'
  readonly of: Type
  readonly meta: FactMeta
  readonly presence: P
  /** What is read where a `preset` key is absent. */
  readonly preset?: unknown
}

type Presence = 'optional' | 'required' | 'preset'

type Node =
  Text | Numeric | Flag | Choice | Literals | Anything | List | Named | Keyed | Either | Reading | Held | Keyhole

declare const means: unique symbol

/** Carries what values are read as, for TypeScript alone. */
interface Means<out T> {
  readonly [means]?: T
}

export type Type<T = unknown> = Node & Means<T>
export type Field<T = unknown, P extends Presence = Presence> = Keyhole<P> & Means<T>
export type Fields = Readonly<Record<string, Field>>
export type MapType<F extends Fields = Fields> = Keyed & Means<MapOutput<F>> & { readonly fields: F }

/** What values of a type are read as. */
export type Output<S> = S extends Means<infer T> ? T : never

type Optional<F extends Fields> = { [K in keyof F]: F[K] extends Keyhole<'optional'> ? K : never }[keyof F]

export type MapOutput<F extends Fields> = Flat<
  { [K in Exclude<keyof F, Optional<F>>]: Output<F[K]> } & { [K in Optional<F>]?: Output<F[K]> | undefined }
>
type Flat<T> = { [K in keyof T]: T[K] } & {}
