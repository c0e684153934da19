import { emptyLike } from '../own-map.ts'
import type { Bound, Fields, Output, Type } from './type.ts'

/** What a value is that its type does not take. `issuesOf` says why. */
export const refused = Symbol('refused')

type Values = Record<string, unknown>

/** What a value means by its type, in the long form and with numbers in one unit. Equal to what zod makes of it, and much faster. */
export function readAs<S extends Type>(type: S, value: unknown): Output<S> | typeof refused {
  return read(type, value) as Output<S> | typeof refused
}

export const accepts = (type: Type, value: unknown): boolean => read(type, value) !== refused

function read(type: Type, value: unknown): unknown {
  switch (type.kind) {
    case 'field':
      if (value === undefined && type.presence !== 'required') return type.preset
      return read(type.of, value)
    case 'text':
      return typeof value === 'string' &&
        (!type.pattern || type.pattern.is.test(value)) &&
        (!type.least || value.length >= type.least.length)
        ? value
        : refused
    case 'reading':
      return converted(type.of, type.as, value)
    case 'held': {
      const inner = read(type.of, value)
      return inner !== refused && type.test(inner as never) ? inner : refused
    }
    case 'either':
      for (const option of type.options) {
        const inner = read(option, value)
        if (inner !== refused) return inner
      }
      return refused
    case 'number':
      return typeof value === 'number' && isWithin(value, type.isWhole === true, type.bounds) ? value : refused
    case 'flag':
      return typeof value === 'boolean' ? value : refused
    case 'choice':
      return typeof value === 'string' && type.values.includes(value) ? value : refused
    case 'literal':
      return (type.values as readonly unknown[]).includes(value) ? value : refused
    case 'list':
      return Array.isArray(value) ? listed(type.item, value) : refused
    case 'map':
      return isMap(value) ? keyed(type.fields, value) : refused
    case 'named':
      return isMap(value) && isPlain(value) ? byName(type.item, type.name?.is, value) : refused
    case 'anything':
      return value
  }
}

const isMap = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Data, and not something with a life of its own that only looks like a map without keys. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

function converted(of: Type, as: (value: never, refuse: () => void) => unknown, value: unknown): unknown {
  const inner = read(of, value)
  if (inner === refused) return refused
  let isRefused = false
  const meant = as(inner as never, () => {
    isRefused = true
  })
  return isRefused ? refused : meant
}

function isWithin(value: number, isWhole: boolean, bounds: readonly Bound[] = []): boolean {
  if (!(isWhole ? Number.isSafeInteger(value) : Number.isFinite(value))) return false
  for (const { is, than } of bounds) {
    if (is === 'least' ? value < than : is === 'most' ? value > than : is === 'above' ? value <= than : value >= than)
      return false
  }
  return true
}

function listed(item: Type, list: readonly unknown[]): unknown {
  const items: unknown[] = []
  for (const one of list) {
    const inner = read(item, one)
    if (inner === refused) return refused
    items.push(inner)
  }
  return items
}

function byName(item: Type, pattern: RegExp | undefined, map: Values): unknown {
  const elements: Values = {}
  for (const name of Object.keys(map)) {
    const inner = read(item, map[name])
    if (inner === refused || (pattern && !pattern.test(name)) || name === '__proto__') return refused
    elements[name] = inner
  }
  return elements
}

/** Keys come out in the order of the schema, whatever the order in the text, so that no result can depend on that. */
function keyed(fields: Fields, map: Values): unknown {
  const { ranks, needed } = orderOf(fields)
  const keys = Object.keys(map)
  let last = -1
  let isInOrder = true
  for (const key of keys) {
    const rank = ranks.get(key)
    if (rank === undefined) return refused
    if (rank < last) isInOrder = false
    last = rank
  }
  for (const key of needed) {
    if (Object.hasOwn(map, key)) continue
    keys.push(key)
    isInOrder = false
  }
  if (!isInOrder) keys.sort((a, b) => ranks.get(a)! - ranks.get(b)!)
  const found = emptyLike(map)
  for (const key of keys) {
    const inner = read(fields[key]!, map[key])
    if (inner === refused) return refused
    found[key] = inner
  }
  return found
}

interface Order {
  readonly ranks: ReadonlyMap<string, number>
  /** Keys that are read also where they are absent. */
  readonly needed: readonly string[]
}

const orders = new WeakMap<Fields, Order>()

function orderOf(fields: Fields): Order {
  let order = orders.get(fields)
  if (!order) {
    const keys = Object.keys(fields)
    order = {
      ranks: new Map(keys.map((key, i) => [key, i])),
      needed: keys.filter(key => fields[key]!.presence !== 'optional'),
    }
    orders.set(fields, order)
  }
  return order
}
