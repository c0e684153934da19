import type { Cache, Call, Component, Journey, Model } from '../manifest/model.ts'
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
  const asked = model.calls.filter(call => call.cachedBy === cache.name).map(call => call.target)
  const origin = cache.inFrontOf === undefined ? undefined : model.components.get(cache.inFrontOf)
  return [...new Set([origin, ...asked])].filter(found => found !== undefined)
}

/** Calls that get their answer from the cache, whether they name it or the origin behind it. */
export function readersOf(cache: Cache, model: Model): Call[] {
  return model.calls.filter(call => call.access !== 'write' && (call.to === cache.name || call.cachedBy === cache.name))
}

/** Journeys that surely read the cache. A call to the origin takes its journeys past the cache before it. */
export function journeysReading(cache: Cache, model: Model, journeys: Journeys): Journey[] {
  const edges = readersOf(cache, model).map(call => journeys.edgeOf(call))
  return [...new Set(edges.flatMap(edge => (edge ? journeys.taking(edge, 'sure') : [])))]
}
