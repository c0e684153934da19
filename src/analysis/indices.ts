import type { Call, Consume, Journey, Model, Publish } from '../manifest/model.ts'
import { perObject } from './memo.ts'

/** Who uses what, by name and in the order of the manifest: looked up, because going through all calls each time is slow. */
export interface Indices {
  callsTo(component: string): readonly Call[]
  /** Calls that use a cache, whether they name it or the origin behind it. */
  callsThrough(cache: string): readonly Call[]
  /** Calls to an origin that say which cache is asked before. */
  callsCachedBy(cache: string): readonly Call[]
  publishesTo(queue: string): readonly Publish[]
  consumesFrom(queue: string): readonly Consume[]
  journeysEntering(component: string): readonly Journey[]
}

/** Made when the first is asked for, and kept as long as the model. */
export const indicesOf = perObject(({ calls, publishes, consumes, journeys }: Model): Indices => {
  const to = groupedByOne(calls, call => call.to)
  const through = groupedBy(calls, ({ to, cachedBy }) =>
    cachedBy === undefined || cachedBy === to ? [to] : [to, cachedBy],
  )
  const cachedBy = groupedByOne(calls, call => call.cachedBy)
  const published = groupedByOne(publishes, publish => publish.to)
  const consumed = groupedByOne(consumes, consume => consume.from)
  const entering = groupedByOne(journeys.values(), journey => journey.entry)
  return {
    callsTo: name => to.get(name) ?? [],
    callsThrough: name => through.get(name) ?? [],
    callsCachedBy: name => cachedBy.get(name) ?? [],
    publishesTo: name => published.get(name) ?? [],
    consumesFrom: name => consumed.get(name) ?? [],
    journeysEntering: name => entering.get(name) ?? [],
  }
})

export function groupedBy<T>(
  items: Iterable<T>,
  keysOf: (item: T) => Iterable<string>,
): ReadonlyMap<string, readonly T[]> {
  const index = new Map<string, T[]>()
  for (const item of items) for (const key of keysOf(item)) file(index, key, item)
  return index
}

/** The same where each has one key at most. */
export function groupedByOne<T>(
  items: Iterable<T>,
  keyOf: (item: T) => string | undefined,
): ReadonlyMap<string, readonly T[]> {
  const index = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    if (key !== undefined) file(index, key, item)
  }
  return index
}

function file<T>(index: Map<string, T[]>, key: string, item: T): void {
  const known = index.get(key)
  if (known) known.push(item)
  else index.set(key, [item])
}
