import type { Path } from '../finding.ts'
import type { Cache, Call, Component, Model, Service, Store } from '../manifest/model.ts'
import { invalidationOf, usersOf } from './caching.ts'
import {
  between,
  capped,
  distinct,
  exactly,
  largest,
  stated,
  sum,
  unknown,
  withLow,
  type Estimate,
} from './estimate.ts'
import { cacheBefore } from './graph.ts'
import { indicesOf } from './indices.ts'

/** How old a value may be when it leaves a cache: what each place on its way adds, in milliseconds. */
export interface Staleness {
  readonly age: Estimate
  /** What is surely added, for the arithmetic. */
  readonly terms: readonly { readonly label: string; readonly age: number }[]
}

const fresh: Staleness = { age: exactly(0), terms: [] }

/** Follows `inFrontOf` down to where the value is kept. Only independent layers add up. */
export function stalenessOf(cache: Cache, model: Model, seen: ReadonlySet<Component> = new Set()): Staleness {
  const layers: Cache[] = []
  let origin: Component | undefined = cache
  while (origin?.kind === 'cache' && !layers.includes(origin)) {
    layers.push(origin)
    origin = origin.inFrontOf === undefined ? undefined : model.components.get(origin.inFrontOf)
  }
  const own = layersTogether(layers)
  const below = belowOf(origin, layers, model, seen)
  return { age: sum([own.age, below.age]), terms: [...own.terms, ...below.terms] }
}

function belowOf(
  origin: Component | undefined,
  layers: readonly Cache[],
  model: Model,
  seen: ReadonlySet<Component>,
): Staleness {
  if (origin?.kind === 'store') return lagOf(origin, fillsOf(origin, layers, model))
  if (origin?.kind !== 'service' || seen.has(origin)) return fresh
  return throughService(origin, model, new Set([...seen, origin]))
}

/** Browser and CDN share one lifetime through the `Age` header, so the longest of them counts; others add. */
function layersTogether(layers: readonly Cache[]): Staleness {
  const parts = layers.map(cache => ({ cache, age: ageOf(cache) }))
  const shared = parts.filter(({ cache }) => cache.layer === 'browser' || cache.layer === 'cdn')
  const unclear = parts.filter(({ cache }) => cache.layer === undefined)
  const apart = parts.filter(({ cache }) => cache.layer === 'application')
  const ages = (some: typeof parts) => some.map(({ age }) => age)
  const least = sum([...ages(apart), largest(ages([...shared, ...unclear]))])
  const most = sum([...ages(apart), ...ages(unclear), largest(ages(shared))])
  const chain = [...shared, ...unclear].sort((a, b) => b.age.low - a.age.low)
  const missing = chain.length > 1 ? unclear.map(({ cache }): Path => [...cache.path, 'layer']) : []
  const terms = [...chain.slice(0, 1), ...apart].map(({ cache, age }) => ({ label: cache.name, age: age.low }))
  return {
    age: { low: least.low, high: most.high, missing: distinct([...most.missing, ...missing]) },
    terms: terms.filter(({ age }) => age > 0),
  }
}

/** How long one cache may keep an old value: its time to live, or less where a change removes the entry. */
export function ageOf(cache: Cache): Estimate {
  if (cache.immutable === true) return exactly(0)
  const at = (key: string): Path => [...cache.path, key]
  const ttl = cache.ttl === 'none' ? exactly(Number.POSITIVE_INFINITY) : stated(cache.ttl, at('ttl'))
  const removedBy = invalidationOf(cache)
  if (removedBy === 'none' || removedBy === 'manual') return ttl
  if (removedBy === undefined) return between(0, ttl.high, [at('invalidation'), ...ttl.missing])
  // To write through a cache is to change it at once; a removal takes as long as it takes.
  const delay = cache.invalidationDelay ?? (cache.invalidation === undefined ? 0 : undefined)
  if (delay === undefined) return between(0, ttl.high, at('invalidationDelay'))
  return capped(ttl, delay)
}

/** Calls that bring values into the caches from a store. */
function fillsOf(store: Store, layers: readonly Cache[], model: Model): Call[] {
  const users = layers.flatMap(cache => usersOf(cache, model))
  const owners = new Set(users.map(({ from }) => from))
  const own = indicesOf(model)
    .callsTo(store.name)
    .filter(call => owners.has(call.from))
  return [...new Set([...users, ...own])]
}

function lagOf(store: Store, fills: readonly Call[]): Staleness {
  const { replicationLag, path, name } = store
  const lag = replicationLag?.p99 ?? replicationLag?.mean
  if (fills.some(({ readFrom }) => readFrom === 'replica')) {
    if (lag === undefined) return { age: unknown([...path, 'replicationLag']), terms: [] }
    return { age: exactly(lag), terms: [{ label: `replicas of ${name}`, age: lag }] }
  }
  const unclear = fills.filter(call => call.target === store && call.access !== 'write' && call.readFrom !== 'primary')
  if (lag === undefined || unclear.length === 0) return fresh
  return { age: between(0, lag, [...unclear[0]!.path, 'readFrom']), terms: [] }
}

/** An answer may come from any of the sources of a service, so it is surely no fresher than the freshest of them. */
function throughService(service: Service, model: Model, seen: ReadonlySet<Component>): Staleness {
  const reads = service.calls.filter(call => call.access !== 'write' && call.mode !== 'async' && call.target)
  const ages = reads.map(call => {
    const before = call.target!.kind === 'cache' ? call.target! : cacheBefore(call, model)
    return (before ? stalenessOf(before, model, seen) : belowSource(call, model, seen)).age
  })
  if (ages.length === 0) return fresh
  const low = Math.min(...ages.map(age => age.low))
  const age = withLow(largest(ages), low)
  return { age, terms: low > 0 ? [{ label: `what ${service.name} reads`, age: low }] : [] }
}

const belowSource = (call: Call, model: Model, seen: ReadonlySet<Component>): Staleness =>
  call.target!.kind === 'store' ? lagOf(call.target!, [call]) : belowOf(call.target, [], model, seen)
