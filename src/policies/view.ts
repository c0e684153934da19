import type { Path } from '../finding.ts'
import { componentSections, manifestSchema } from '../manifest/schema/manifest.ts'
import { readAs, refused } from '../manifest/schema/read-as.ts'
import { issuesOf } from '../manifest/schema/to-zod.ts'
import type { Type } from '../manifest/schema/type.ts'
import { isListType, itemOf, keyOf, schemaAt, shapeOf } from '../manifest/walk-schema.ts'
import type { Subjects } from '../rules/define.ts'

/** What a policy sees of an element: plain values, as the review reads them, and nothing that is not stated. */

export type Kind = keyof Subjects

const at = (...path: (string | number)[]): { path: Path; schema: Type } => ({ path, schema: schemaAt(path)! })
const section = (kind: Kind): string => `${kind === 'journey' ? 'journey' : kind}s`
const edges = { call: 'calls', publish: 'publishes', consume: 'consumes' } as const

/** The schemas of a kind, with a path at which each holds; a component is any of five. */
function rootsOf(kind: Kind): { path: Path; schema: Type }[] {
  if (kind === 'manifest') return [{ path: [], schema: manifestSchema }]
  if (kind === 'component') return componentSections.map(name => at(name, 'x'))
  if (kind in edges) return [at('services', 'x', edges[kind as keyof typeof edges], 0)]
  return [at(section(kind), 'x')]
}

const componentKind: Type = { kind: 'choice', values: ['service', 'store', 'queue', 'cache', 'external'] }
const someName: Type = { kind: 'text' }

/** Keys that are not written on the element itself, but say what it is. */
const given: Partial<Record<Kind, Readonly<Record<string, Type>>>> = {
  component: { kind: componentKind },
  call: { from: someName, targetKind: componentKind },
  publish: { from: someName },
  consume: { by: someName },
}
const name: Readonly<Record<string, Type>> = { name: someName }

/** A schema that may hold at a place, with the path of the manifest that it stands for; what is not written has none. */
interface Place {
  readonly schema: Type
  readonly path: Path | undefined
}

/** What can be known at a path of an element: the schemas that may hold there. None: there is no such key. */
export class Shape {
  readonly #places: readonly Place[]
  readonly #given: Readonly<Record<string, Type>>

  private constructor(places: readonly Place[], own: Readonly<Record<string, Type>> = {}) {
    this.#places = places
    this.#given = own
  }

  static of(kind: Kind): Shape {
    return new Shape(rootsOf(kind), kind === 'manifest' ? {} : { ...name, ...given[kind] })
  }

  get isKnown(): boolean {
    return this.#places.length > 0
  }

  /** The keys that are known here; none where keys are names, or where a value has none. */
  get keys(): string[] {
    return [
      ...new Set([...this.#places.flatMap(({ schema }) => [...shapeOf(schema).keys()]), ...Object.keys(this.#given)]),
    ]
  }

  /** Whether values here are lists, so that a condition is about their items. */
  get isList(): boolean {
    return this.#places.some(({ schema }) => isListType(schema))
  }

  /** Whether keys here are names that the author chose. */
  get hasNames(): boolean {
    return this.#places.some(({ schema }) => shapeOf(schema).size === 0 && itemOf(schema) !== undefined)
  }

  /** The name of the fact in the manifest's reference; `undefined` for what is not written. */
  get key(): string | undefined {
    const path = this.#places[0]?.path
    return path && keyOf(path)
  }

  /** The schema whose documentation tells the default, where there is one. */
  get schema(): Type | undefined {
    return this.#places[0]?.schema
  }

  child(key: string): Shape {
    const own = Object.hasOwn(this.#given, key) ? this.#given[key] : undefined
    if (own) return new Shape([{ schema: own, path: undefined }])
    return new Shape(
      this.#places.flatMap(({ schema, path }) => {
        const below = shapeOf(schema).get(key)
        return below ? [{ schema: below, path: path && [...path, key] }] : []
      }),
    )
  }

  /** The items of a list, or the elements of a map from name to element. */
  get item(): Shape {
    return new Shape(
      this.#places.flatMap(({ schema, path }) => {
        const item = itemOf(schema)
        return item ? [{ schema: item, path: path && [...path, this.isList ? 0 : 'x'] }] : []
      }),
    )
  }

  at(path: readonly string[]): Shape {
    return path.reduce<Shape>((shape, key) => shape.child(key), this)
  }

  /** What a value means here, as the manifest would read it; `undefined` where it cannot stand here. */
  read(literal: unknown): { value: unknown } | undefined {
    for (const { schema } of this.#places) {
      const value = readAs(schema, literal)
      if (value !== refused) return { value: plain(value) }
    }
    return undefined
  }

  /** What was expected here, in the words of the manifest. */
  fault(literal: unknown): string {
    const [issue] = this.schema ? issuesOf(this.schema, literal) : []
    const said = issue?.message ?? 'not a value that the manifest can have here'
    return said.replace(/^[A-Z]/, first => first.toLowerCase())
  }
}

const views = new WeakMap<object, unknown>()

/** The element as plain data. Facts that are not stated are not there; `none` is the text `none`. */
export function viewOf(subject: Subjects[Kind]): unknown {
  let view = views.get(subject)
  if (view === undefined) views.set(subject, (view = 'raw' in subject ? plain(subject.raw) : ofElement(subject)))
  return view
}

function ofElement(subject: Exclude<Subjects[Kind], { raw: unknown }>): unknown {
  const values: Record<string, unknown> = { ...subject }
  for (const key of ['path', 'implied', 'target', 'source']) Reflect.deleteProperty(values, key)
  if (subject.kind === 'call') values['targetKind'] = subject.target?.kind
  if (subject.kind === 'call' || subject.kind === 'publish') values['from'] = subject.from.name
  if (subject.kind === 'consume') values['by'] = subject.by.name
  for (const key of ['calls', 'publishes', 'consumes'] as const) {
    const list = (values[key] as Subjects['call'][] | undefined)?.map(viewOf)
    // A service that states no calls has an empty list in the model.
    if (list && list.length > 0) values[key] = list
    else Reflect.deleteProperty(values, key)
  }
  return plain(values)
}

/** Without what is `undefined`. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const stated = Object.entries(value).filter(([, inner]) => inner !== undefined)
  return Object.fromEntries(stated.map(([key, inner]) => [key, plain(inner)]))
}

/** The value at a path of a view; `undefined`: not stated. */
export function valueAt(root: unknown, path: readonly string[]): unknown {
  let value = root
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string, unknown>)[key]
  }
  return value
}
