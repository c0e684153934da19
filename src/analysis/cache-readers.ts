import type { Path } from '../finding.ts'
import type { Cache, Component, Journey, Model } from '../manifest/model.ts'
import { usersOf } from './caching.ts'
import type { Facts } from './index.ts'

/** Who fails with a cache. */
export interface CacheReaders {
  readonly critical: readonly Journey[]
  /** Facts that decide whether a critical journey cannot do without it. */
  readonly doubts: readonly Path[]
}

/** Journeys that get nothing else where readers get an error from the cache. */
export function criticalReaders(cache: Cache, model: Model, facts: Facts): CacheReaders {
  const critical = new Set<Journey>()
  const doubts: Path[] = []
  for (const call of usersOf(cache, model)) {
    const edge = facts.journeys.edgeOf(call)
    if (!edge || call.mustSucceed === true || call.optional === true || call.mode === 'async') continue
    if (call.fallback !== undefined && call.fallback !== 'none') continue
    for (const journey of facts.journeys.taking(edge)) {
      const caller = facts.reach.get(journey.name)?.hard.get(call.from.name)
      if (!caller || (journey.criticality !== 'critical' && journey.criticality !== undefined)) continue
      const open: Path[] = [
        ...(journey.criticality === undefined ? [[...journey.path, 'criticality']] : []),
        ...caller.missing,
        ...(facts.reach.get(journey.name)?.takes(edge) === 'yes' ? [] : [[...call.path, 'serves']]),
        ...(call.fallback === undefined && call.optional === undefined ? [[...call.path, 'fallback']] : []),
      ]
      if (open.length === 0) critical.add(journey)
      else doubts.push(...open.slice(0, 1))
    }
  }
  return { critical: [...critical], doubts }
}

/** The origin that takes longest, in the slowest time that is stated; `fact` would say how slow another one is. */
export function slowestOf(origins: readonly Component[]): {
  readonly origin: Component
  readonly slow: number
  readonly fact: Path | undefined
} {
  const slow = ({ latency = {} }: Component) =>
    Math.max(0, ...Object.values(latency).filter(value => value !== undefined))
  const open = origins.find(({ latency = {} }) => latency.p99 === undefined && latency.p999 === undefined)
  const origin = origins.reduce((a, b) => (slow(b) > slow(a) ? b : a))
  const fact = open && [...open.path, 'latency', ...(open.latency ? ['p99'] : [])]
  return { origin, slow: slow(origin), fact }
}
