import type { Call, Store } from '../manifest/model.ts'
import { attemptLimit } from './attempt.ts'
import { between, exactly, product, scale, smallest, sum, type Estimate } from './estimate.ts'
import type { Facts } from './index.ts'
import { answers } from './replica-reads.ts'

/** Beyond this a lock timeout protects nobody, however large the pools are. */
const longestSensible = 1000

/**
 * The largest lock timeout for which the queries that wait meanwhile stay below the pools of the callers:
 * λ · t < Σ pools, in milliseconds. `undefined` where load or pools are not known.
 */
export function largestHarmlessWait(
  store: Store,
  facts: Facts,
): { perSecond: number; pools: number; wait: number } | undefined {
  const perSecond = facts.load.at(store.name, 'peak').high
  const mine = facts.ledger(store).entries.filter(({ call }) => call.target === store)
  if (perSecond === undefined || perSecond === 0 || mine.some(({ total }) => total.high === undefined)) return undefined
  const pools = mine.reduce((sum, { total }) => sum + total.low, 0)
  const wait = harmlessWait(perSecond, pools)
  return wait < 1 ? undefined : { perSecond, pools, wait: Math.min(wait, longestSensible) }
}

/** Two significant digits, rounded down, and strictly below λ · t = Σ pools. */
export function harmlessWait(perSecond: number, pools: number): number {
  const step = Math.max(1, 10 ** (Math.floor(Math.log10((pools / perSecond) * 1000)) - 1))
  return (Math.ceil((pools / perSecond) * (1000 / step)) - 1) * step
}

/** Queries that queue up behind a schema change while it waits for a lock, if all of them use its table. */
export interface LockQueue {
  readonly queries: Estimate
  readonly perSecond: Estimate
  /** Connections of the pools of all callers. */
  readonly pools: Estimate
  /** Calls of which some surely queue up. */
  readonly parts: readonly { readonly call: Call; readonly perSecond: number; readonly wait: number }[]
}

/** A query waits until the change has its lock or gives up, or until its own caller gives up. */
export function lockQueueOf(store: Store, wait: number, facts: Facts): LockQueue {
  const waits = facts.callsTo(store.name).flatMap(call => {
    const edge = facts.journeys.edgeOf(call)
    if (!edge) return []
    const perSecond = product(facts.load.on(edge, 'steady'), onPrimary(call))
    const time = smallest(exactly(wait), attemptLimit(call).time)
    return [{ call, perSecond, time, queries: product(perSecond, scale(time, 1 / 1000)) }]
  })
  const mine = facts.ledger(store).entries.filter(({ call }) => call.target === store)
  return {
    queries: sum(waits.map(({ queries }) => queries)),
    perSecond: sum(waits.map(({ perSecond }) => perSecond)),
    pools: sum(mine.map(({ total }) => total)),
    parts: waits
      .filter(({ queries }) => queries.low > 0)
      .map(({ call, perSecond, time }) => ({ call, perSecond: perSecond.low, wait: time.low })),
  }
}

/** Share of the queries that the primary answers; a lock that is only waited for is not known to replicas. */
function onPrimary(call: Call): Estimate {
  const node = answers(call)
  if (call.access === 'write' || node === 'primary') return exactly(1)
  if (node === 'replica') return call.access === 'read' ? exactly(0) : between(0, 1, [])
  return between(0, 1, [[...call.path, call.access === undefined ? 'access' : 'readFrom']])
}
