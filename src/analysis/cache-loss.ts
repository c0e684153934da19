import type { Path } from '../finding.ts'
import type { Cache, Component, Model } from '../manifest/model.ts'
import { carriedBy, coldLoad, holdsCopies, isBehind, originsOf, type Carries } from './caching.ts'
import { between, exactly, quotient, scale, stated, type Estimate } from './estimate.ts'
import { lossMultiplier, nodeLossMultiplier } from './formulas/caching.ts'
import type { Facts } from './index.ts'
import type { LoadKind } from './load.ts'

/** What the loss of a cache, or of one of its nodes, does to one origin behind it. */
export interface CacheLoss {
  readonly cache: Cache
  readonly origin: Component
  /** What the origin carries; `undefined` for what has no number of its own. */
  readonly carries: Carries | undefined
  /** How many times more of the reads that it caches go on to the origin when it is empty. */
  readonly multiplier: Estimate
  /** The same when one node is lost; `undefined` where the cache is not spread over several nodes. */
  readonly nodeMultiplier: Estimate | undefined
  /** Load of the origin, per second: with the whole cache, without it, and without one of its nodes. */
  readonly warm: Estimate
  readonly cold: Estimate
  readonly oneNodeLost: Estimate | undefined
  /** Milliseconds until every entry has been fetched once more, if the origin answers all misses. */
  readonly refill: Estimate
}

/** One for each origin that gets the misses of the cache. */
export function cacheLossOf(cache: Cache, kind: LoadKind, model: Model, facts: Facts): CacheLoss[] {
  if (!holdsCopies(cache)) return []
  const isFed = (origin: Component) => facts.graph.in.get(origin.name)!.some(edge => isBehind(edge, cache, model))
  return originsOf(cache, model).flatMap(origin => (isFed(origin) ? [lossBehind(cache, origin, kind, facts)] : []))
}

function lossBehind(cache: Cache, origin: Component, kind: LoadKind, facts: Facts): CacheLoss {
  const share = lostShare(cache)
  const cold = coldLoad(cache, origin, kind, facts)
  const keys = stated(cache.keys, [...cache.path, 'keys'])
  return {
    cache,
    origin,
    carries: carriedBy(origin, facts),
    multiplier: multiplierOf(cache, 1),
    nodeMultiplier: share === undefined ? undefined : multiplierOf(cache, share),
    warm: facts.load.at(origin.name, kind),
    cold,
    oneNodeLost: share === undefined ? undefined : coldLoad(cache, origin, kind, facts, share),
    refill: scale(quotient(keys, cold), 1000),
  }
}

/**
 * Share of the keys that are not found when one node is lost. Consistent hashing moves only the keys of that node, which is
 * also assumed where it is not stated; with modulo hashing only one key in n stays where it was.
 */
export function lostShare({ nodes, hashing }: Cache): number | undefined {
  if (nodes === undefined || nodes < 2) return undefined
  return hashing === 'modulo' ? 1 - 1 / nodes : 1 / nodes
}

/** One node of n is lost under consistent hashing: a share of 1/n, so any share is one of 1/share nodes. */
function multiplierOf({ hitRatio, path }: Cache, share: number): Estimate {
  const fact: Path = [...path, 'hitRatio']
  if (hitRatio === undefined) return between(1, undefined, fact)
  const times = share === 1 ? lossMultiplier(hitRatio) : nodeLossMultiplier(hitRatio, 1 / share)
  return times === undefined ? { low: 1, high: undefined, missing: [] } : exactly(times)
}
