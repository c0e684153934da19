import type { Path } from '../finding.ts'
import type { Call, Journey, Model, Service } from '../manifest/model.ts'
import { waitsOnNetwork } from './attempt.ts'
import { worstCase } from './durations.ts'
import { distinct, exceeds, type Estimate } from './estimate.ts'
import { shareOf } from './formulas/log-normal.ts'
import { cacheBefore, type Edge } from './graph.ts'
import type { Facts } from './index.ts'

/** 1 - Π (1 - p)^n: whether one of independent calls is slow. */
export const anySlow = (legs: readonly { share: number; calls: number }[]): number =>
  1 - legs.reduce((fast, { share, calls }) => fast * (1 - share) ** calls, 1)

/** Calls of one service that run at the same time as this one, if it is the first of them. */
export function fanOutFrom(call: Call): readonly Call[] | undefined {
  if (!isLeg(call)) return undefined
  const { parallelGroup: group, from } = call
  if (group === undefined || group === 'none') return [call]
  const legs = (from as Service).calls.filter(other => other.parallelGroup === group && isLeg(other))
  return legs[0] === call ? legs : undefined
}

const isLeg = (call: Call): boolean => call.from.kind === 'service' && waitsOnNetwork(call)

/** Calls at the same time for one request; those that one request makes in turn count once. */
export const callsOf = ({ callsPerRequest = 1, sequential }: Call): number =>
  sequential === true ? Math.min(1, callsPerRequest) : callsPerRequest

export interface Leg {
  readonly call: Call
  readonly edge: Edge
  readonly calls: number
  /** Share of the calls that take longer than the journey may. */
  readonly slow: Estimate
}

/** The calls that a journey surely makes, with how many of them are slower than it may be. */
export function legsOf(calls: readonly Call[], journey: Journey, limit: number, model: Model, facts: Facts): Leg[] {
  const reach = facts.reach.get(journey.name)!
  return calls.flatMap(call => {
    const edge = facts.journeys.edgeOf(call)
    if (!edge || reach.takes(edge) !== 'yes' || isGivenUp(call, edge, limit) === true) return []
    return [{ call, edge, calls: callsOf(call), slow: slowShare(call, edge, limit, model) }]
  })
}

/**
 * Whether the request goes on without the answer before it is late; facts where they are not stated. A fact about the
 * fallback matters only where the call ends in time.
 */
function isGivenUp(call: Call, edge: Edge, limit: number): boolean | readonly Path[] {
  const late = exceeds(worstCase(call), limit)
  if (edge.hard === 'yes' || late === true) return false
  return edge.hard === 'maybe' ? [edge.hardness] : late === false ? true : late
}

/** A percentile above the limit says how many are slower at least; one below it, how many at most. */
function slowShare(call: Call, { to }: Edge, limit: number, model: Model): Estimate {
  const latency = 'latency' in to ? to.latency : undefined
  const key = (name: string): Path => [...to.path, 'latency', ...(latency ? [name] : [])]
  const known = (['p50', 'p90', 'p95', 'p99', 'p999'] as const).flatMap(name =>
    latency?.[name] === undefined ? [] : [{ time: latency[name], tail: 1 - shareOf[name] }],
  )
  const least = Math.max(0, ...known.filter(({ time }) => time > limit).map(({ tail }) => tail))
  const most = Math.min(1, ...known.filter(({ time }) => time <= limit).map(({ tail }) => tail))
  // A p99 above the limit is bad enough; only one below it leaves open how slow the rest is.
  const isNear = latency?.p99 !== undefined && latency.p99 <= limit && latency.p999 === undefined
  const missing = latency?.p99 === undefined ? [key('p99')] : isNear ? [key('p999')] : []
  const cache = cacheBefore(call, model)
  const made = call.probability ?? 1
  if (!cache) return { low: least * made, high: most * made, missing }
  const { hitRatio } = cache
  return {
    low: least * made * (hitRatio === undefined ? 0 : 1 - hitRatio),
    high: most * made * (1 - (hitRatio ?? 0)),
    missing: distinct([...missing, ...(hitRatio === undefined ? [[...cache.path, 'hitRatio']] : [])]),
  }
}

/** A group answers as soon as its quorum has; a hedge goes round a slow answer. */
export function needsNotAll(call: Call): boolean {
  const calls = groupOf(call)
  const { quorum } = calls.find(leg => leg.quorum !== undefined) ?? {}
  const all = calls.reduce((n, leg) => n + callsOf(leg), 0)
  return (quorum !== undefined && quorum < all) || (call.hedge !== undefined && call.hedge !== 'none')
}

const groupOf = (call: Call): readonly Call[] => {
  if (call.from.kind !== 'service' || call.parallelGroup === undefined || call.parallelGroup === 'none') return [call]
  return call.from.calls.filter(other => other.parallelGroup === call.parallelGroup && isLeg(other))
}

/** What might excuse a leg and is not stated, in the order in which to ask. */
export function excusesOf({ call, edge, slow }: Leg, limit: number): Path[] {
  if (slow.low === 0) return []
  const isStated = groupOf(call).some(({ quorum }) => quorum !== undefined)
  const given = isGivenUp(call, edge, limit)
  return [
    ...(isStated ? [] : [[...call.path, 'quorum']]),
    ...(call.hedge === undefined ? [[...call.path, 'hedge']] : []),
    ...(typeof given === 'boolean' ? [] : given.slice(0, 1)),
  ]
}
