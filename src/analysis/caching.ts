import type { Path } from '../finding.ts'
import type { Cache, Call, Component, Journey, Model } from '../manifest/model.ts'
import { rate } from '../units.ts'
import { capped, stated, type Estimate } from './estimate.ts'
import { cacheBefore, type Edge } from './graph.ts'
import type { Facts } from './index.ts'
import { indicesOf } from './indices.ts'
import type { LoadKind } from './load.ts'
import type { Journeys } from './reach.ts'

/** What the rules on caches need to know of one: what is in it, what it stands before, and who reads it. */

/** Copies of what lives elsewhere, unlike sessions or locks that a "cache" is the home of. */
export const holdsCopies = (cache: Cache): boolean => cache.holds === undefined || cache.holds === 'cache'

/** What replaces an entry before it expires. A write-through cache does so by what it is. */
export function invalidationOf({ invalidation, pattern }: Cache): Cache['invalidation'] {
  if (invalidation !== undefined) return invalidation
  return pattern === 'writeThrough' || pattern === 'writeBehind' ? 'onWrite' : undefined
}

/** What answers on a miss: the stated origin, and whatever calls say that it is asked before. */
export function originsOf(cache: Cache, model: Model): Component[] {
  const asked = indicesOf(model)
    .callsCachedBy(cache.name)
    .map(call => call.target)
  const origin = cache.inFrontOf === undefined ? undefined : model.components.get(cache.inFrontOf)
  return [...new Set([origin, ...asked])].filter(found => found !== undefined)
}

/** Calls that use the cache, whether they name it or the origin behind it. */
export const usersOf = (cache: Cache, model: Model): readonly Call[] => indicesOf(model).callsThrough(cache.name)

/** Journeys that surely use the cache. A call to the origin takes its journeys past the cache before it. */
export function journeysReading(cache: Cache, model: Model, journeys: Journeys): Journey[] {
  const edges = usersOf(cache, model).map(call => journeys.edgeOf(call))
  return [...new Set(edges.flatMap(edge => (edge ? journeys.taking(edge, 'sure') : [])))]
}

/** Whether an edge to the origin only carries what the cache could not answer. */
export const isBehind = ({ kind, via }: Edge, cache: Cache, model: Model): boolean =>
  via.kind === 'call' && (kind === 'miss' ? via.to === cache.name : cacheBefore(via, model) === cache)

export interface Carries {
  readonly most: Estimate
  /** The calculation with its numbers, as of a capacity. */
  readonly text: string
  readonly at: Path
}

/** What an origin carries, also where that is not stated yet; `undefined` for what has no number of its own. */
export function carriedBy(origin: Component, facts: Facts): Carries | undefined {
  if (origin.kind === 'external') {
    const at = [...origin.path, 'quota']
    return { most: stated(origin.quota, at), text: rate(origin.quota ?? 0), at }
  }
  const capacity = facts.capacity(origin)
  if (capacity) return { most: capacity.perSecond, text: capacity.arithmetic, at: capacity.at }
  if (origin.kind === 'service' || origin.kind === 'queue') return undefined
  const at = [...origin.path, 'capacity', 'rps']
  return { most: stated(undefined, at), text: '', at }
}

/**
 * What an origin gets while a cache is empty, or while a share of it is. Misses that share their answers send no more than
 * the cap lets through.
 */
export function coldLoad(cache: Cache, origin: Component, kind: LoadKind, facts: Facts, share = 1): Estimate {
  const all = facts.loadWithout(cache, share, origin, kind)
  const { originLimit: cap, stampedeProtection: shared } = cache
  if (typeof cap !== 'number' || shared === undefined || shared === 'none') return all
  return capped(all, cap)
}

/** The fact that is denied or too weak, or the one that decides and is not stated. */
export type Weakness = { readonly at: Path } | { readonly unknown: Path }

/** What is wrong with the defence of an origin against misses that are too many. */
export function weakness({
  path,
  onFailure,
  stampedeProtection,
  originLimit,
}: Cache): { at: Path } | { unknown: Path } {
  const key = (name: string): Path => [...path, name]
  if (onFailure === undefined) return { unknown: key('onFailure') }
  if (originLimit === 'none') return { at: key('originLimit') }
  if (stampedeProtection === 'none') return { at: key('stampedeProtection') }
  if (stampedeProtection === undefined) return { unknown: key('stampedeProtection') }
  return originLimit === undefined ? { unknown: key('originLimit') } : { at: key('originLimit') }
}

/** What keeps a node from being replaced by a replica at once; nothing where one takes over by itself. */
export function takeover({ replicas, managedStandby, failover, path }: Cache): Weakness | undefined {
  if (managedStandby !== true) {
    if (replicas === undefined) return { unknown: [...path, 'replicas'] }
    if (replicas < 2) return { at: [...path, 'replicas'] }
  }
  const at = [...path, 'failover']
  if (failover === undefined) return { unknown: at }
  if (failover === 'none') return { at }
  if (failover.mode === undefined) return { unknown: [...at, 'mode'] }
  return failover.mode === 'automatic' ? undefined : { at: [...at, 'mode'] }
}

/** Connections that all callers of a cache can open to its origin; `undefined` where that is not stated. */
export function poolsBehind(cache: Cache, model: Model): number | undefined {
  const fills = originsOf(cache, model).flatMap(({ name }) => indicesOf(model).callsTo(name))
  const pools = fills.map(({ pool, from }) => {
    const instances = from.kind === 'job' ? 1 : from.replicas?.max
    return pool === undefined || instances === undefined ? undefined : pool * instances * (from.processes ?? 1)
  })
  if (pools.length === 0 || pools.includes(undefined)) return undefined
  return (pools as number[]).reduce((sum, pool) => sum + pool, 0)
}
