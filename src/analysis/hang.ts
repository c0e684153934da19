import type { Path } from '../finding.ts'
import type { Call, Journey, Model, Service } from '../manifest/model.ts'
import { attemptLimit } from './attempt.ts'
import type { Durations } from './durations.ts'
import { product, quotient, scale, stated, type Estimate } from './estimate.ts'
import { cacheBefore, type Edge } from './graph.ts'
import type { Load } from './load.ts'
import { visitorsOf, type Reach } from './reach.ts'

/** What a callee that hangs, rather than fails, does to its caller at the peak. */
export interface Hang {
  /** Requests per second that come to wait. */
  readonly arrivals: Estimate
  /** How long each of them waits. */
  readonly wait: Estimate
  /** Requests that wait at the same time when nothing stops them: L = λ · D (Little's law). */
  readonly waiting: Estimate
  /** Slots of the caller at full scale. */
  readonly slots: Estimate
  /** Slots that are surely taken before. */
  readonly busy: number
  /** Milliseconds until all slots are taken: (C - λS) / λ. */
  readonly fills: Estimate
}

/**
 * @param busy slots of the caller that its ordinary work takes at the peak
 * @param wait how long each request waits, where the callee does answer in the end
 */
export function hangOf(
  edge: Edge,
  caller: Service,
  busy: number,
  load: Load,
  durations: Durations,
  wait: Estimate = durations.worstCase(hanging(edge.via as Call)),
): Hang {
  const call = edge.via as Call
  // A request holds one slot, however many calls it makes.
  const perRequest = Math.max(1, call.callsPerRequest ?? 1)
  const arrivals = scale(load.requestsOn(edge, 'peak'), 1 / perRequest)
  const { replicas, concurrency, path } = caller
  const instances = stated(replicas?.max, [...path, 'replicas', ...(replicas ? ['max'] : [])])
  const slots = product(instances, stated(concurrency, [...path, 'concurrency']))
  const waiting = product(arrivals, scale(wait, 1 / 1000))
  const left = slots.high === undefined ? undefined : Math.max(0, slots.high - busy)
  const free: Estimate = { low: slots.low, high: left, missing: slots.missing }
  return { arrivals, wait, waiting, slots, busy, fills: scale(quotient(free, arrivals), 1000) }
}

/** No attempt fails before its timeout, so only a retry of timeouts adds to the wait. */
function hanging(call: Call): Call {
  const { retries } = call
  const again = retries?.retryOn?.includes('timeout') ?? true
  return again || !retries ? call : { ...call, retries: { ...retries, max: 0 } }
}

/** What lets other requests of the caller go on while the callee hangs. */
export type Guard = 'contained' | 'open' | { readonly ask: Path }

/** Looks for one guard after another; the first that is not stated is asked for. */
export function guardOf(call: Call, caller: Service, fills: Estimate): Guard {
  const { bulkhead, pool, circuitBreaker, path } = call
  const { concurrency = Number.POSITIVE_INFINITY, processes = 1 } = caller
  const most = (limit: number | 'none' | undefined) => (typeof limit === 'number' ? limit : Number.POSITIVE_INFINITY)
  const limit = Math.min(most(bulkhead), most(pool) * processes)
  if (limit < concurrency || caller.concurrencyLimit === 'adaptive') return 'contained'
  if (circuitBreaker !== undefined && circuitBreaker !== 'none') {
    const { slowCallDuration } = circuitBreaker
    if (slowCallDuration !== undefined && slowCallDuration !== 'none') return 'contained'
    // A hang becomes an error when its attempt times out; a breaker that counts errors helps if that is soon enough.
    const { time, at } = attemptLimit(call)
    const soon = fills.high ?? Number.POSITIVE_INFINITY
    if (time.high !== undefined && time.high < soon) return 'contained'
    if (time.missing.length > 0) return { ask: at }
    if (time.low < soon) return 'contained'
    if (slowCallDuration === undefined) return { ask: [...path, 'circuitBreaker', 'slowCallDuration'] }
  }
  if (bulkhead === undefined) return { ask: [...path, 'bulkhead'] }
  if (circuitBreaker === undefined) return { ask: [...path, 'circuitBreaker'] }
  return caller.concurrencyLimit === undefined ? { ask: [...caller.path, 'concurrencyLimit'] } : 'open'
}

/** Who stops although the answer of the callee is not needed. */
export interface Bystanders {
  readonly journeys: readonly Journey[]
  /** Facts that decide whether there are any, where none is sure. */
  readonly missing: readonly Path[]
}

/** Requests that need the callee fail when it hangs, whatever the slots; those that could do without it are the loss. */
export function bystandersOf(edge: Edge, model: Model, reach: ReadonlyMap<string, Reach>): Bystanders {
  const call = edge.via as Call
  const rare = (call.probability ?? 1) < 1 || (call.callsPerRequest ?? 1) < 1 || cacheBefore(call, model) !== undefined
  const all = (visitorsOf(reach).get(edge.from.name) ?? []).filter(
    ({ name }) => reach.get(name)!.touches.get(edge.from.name) === 'yes',
  )
  const journeys = all.filter(({ name }) => rare || edge.hard === 'no' || reach.get(name)!.takes(edge) === 'no')
  if (journeys.length > 0) return { journeys, missing: [] }
  const isShared = all.some(({ name }) => reach.get(name)!.takes(edge) === 'maybe')
  const missing = [...(isShared ? [[...edge.path, 'serves']] : []), ...(edge.hard === 'maybe' ? [edge.hardness] : [])]
  return { journeys, missing: missing.slice(0, 1) }
}
