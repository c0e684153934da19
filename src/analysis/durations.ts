import type { Path } from '../finding.ts'
import type { Call, Component, Model, Service } from '../manifest/model.ts'
import { between, capped, exactly, largest, product, scale, stated, sum, unknown, type Estimate } from './estimate.ts'
import { backoffTotal, worstCaseDuration } from './formulas/latency.ts'
import type { Edge, Graph } from './graph.ts'
import { stronglyConnected } from './order.ts'

/** How long calls take in the worst case, and how long work holds a slot. Milliseconds; `Infinity` where nothing ends a wait. */
export interface Durations {
  /** Longest time that the caller waits for one call, all attempts and waits between them: D(e). */
  worstCase(call: Call): Estimate
  /** Longest time a service may take to answer: its own work and D of the calls it makes, those in parallel counted once. */
  worstAnswer(service: Service, calls: readonly Call[]): Estimate
  /**
   * Mean time that one request holds a slot of a service: its own work and the mean of all that it may wait for. Where
   * journeys take different calls it is more than most requests need; `busySlots` counts each call with its own rate.
   */
  hold(service: Service): Estimate
  /** Mean time until a component answers, as its callers see it. */
  answer(component: Component): Estimate
}

export function durationsOf(model: Model, graph: Graph): Durations {
  let holds: ReadonlyMap<string, Estimate> | undefined
  return {
    worstCase,
    worstAnswer: (service, calls) => sum([ownWork(service), inSequence(calls.map(call => [call, worstCase(call)]))]),
    hold: service => (holds ??= holdsOf(model, graph)).get(service.name)!,
    answer: component => meanLatency(component, (holds ??= holdsOf(model, graph))),
  }
}

/** For every service, callees first. Of a callee that leads back to its caller only its own work is known to be waited for. */
function holdsOf(model: Model, graph: Graph): ReadonlyMap<string, Estimate> {
  const holds = new Map<string, Estimate>()
  const waits = (name: string) =>
    graph.out.get(name)!.filter(edge => edge.kind === 'call' && (edge.via as Call).mode !== 'async')
  const hold = ({ name, path, serviceTime }: Service) =>
    sum([
      meanOf(serviceTime, [...path, 'serviceTime']),
      inSequence(waits(name).map(edge => [edge.via as Call, meanWait(edge, holds)])),
    ])
  for (const group of stronglyConnected(model.services.keys(), name => waits(name).map(edge => edge.to.name))) {
    const services = group.map(name => model.services.get(name)).filter(service => service !== undefined)
    const found = services.map(service => [service.name, hold(service)] as const)
    for (const [name, estimate] of found) holds.set(name, estimate)
  }
  return holds
}

/** Own work at its slowest that is known: the 99th percentile, else the mean. */
function ownWork({ serviceTime, path }: Service): Estimate {
  const known = serviceTime?.p99 ?? serviceTime?.mean ?? serviceTime?.p50
  return stated(known, [...path, 'serviceTime'])
}

export function worstCase(call: Call): Estimate {
  const { timeout, totalTimeout = Number.POSITIVE_INFINITY, path } = call
  const retries = retriesWhenSlow(call)
  if (timeout === undefined)
    return between(0, Number.isFinite(totalTimeout) ? totalTimeout : undefined, [[...path, 'timeout']])
  const perAttempt = timeout === 'none' ? Number.POSITIVE_INFINITY : timeout
  if (retries === undefined) {
    const once = Math.min(totalTimeout, perAttempt)
    return between(once, Number.isFinite(totalTimeout) ? totalTimeout : undefined, [[...path, 'retries']])
  }
  const wait = backoffOf(retries, path)
  const attempts = worstCaseDuration(retries.max, perAttempt, { kind: 'none', base: 0 })
  const all = sum([exactly(attempts), wait])
  return Number.isFinite(totalTimeout) ? capped(all, totalTimeout) : all
}

/** Only failures that a slow callee causes, in the end, are tried again while it is slow. */
export function retriesWhenSlow({ retries }: Call): Call['retries'] {
  const again = retries?.retryOn?.some(failure => failure === 'timeout' || failure === '5xx') ?? true
  return again || !retries ? retries : { ...retries, max: 0 }
}

/** Waits between attempts; jitter may make each as short as nothing. */
function backoffOf(retries: NonNullable<Call['retries']>, path: Path): Estimate {
  const at: Path = [...path, 'retries']
  if (retries.max === 0 || retries.backoff === 'none') return exactly(0)
  if (retries.backoff === undefined) return unknown([[...at, 'backoff']])
  if (retries.base === undefined) return unknown([[...at, 'base']])
  const most = backoffTotal(retries.max, { kind: retries.backoff, base: retries.base, cap: retries.cap })
  return retries.jitter === false
    ? exactly(most)
    : { low: 0, high: most, missing: retries.jitter === undefined ? [[...at, 'jitter']] : [] }
}

/** Calls of one parallel group wait for the slowest; groups and single calls wait one after another. */
function inSequence(waits: readonly (readonly [Call, Estimate])[]): Estimate {
  const groups = new Map<string, Estimate[]>()
  const alone: Estimate[] = []
  for (const [call, wait] of waits) {
    if (call.parallelGroup === undefined || call.parallelGroup === 'none') alone.push(wait)
    else groups.set(call.parallelGroup, [...(groups.get(call.parallelGroup) ?? []), wait])
  }
  return sum([...alone, ...[...groups.values()].map(largest)])
}

/** Mean time that one request of the caller waits on an edge. Several calls are taken to run at once unless said otherwise. */
function meanWait(edge: Edge, holds: ReadonlyMap<string, Estimate>): Estimate {
  const call = edge.via as Call
  const once = meanLatency(edge.to, holds)
  const rounds = call.sequential === true ? (call.callsPerRequest ?? 1) : 1
  return scale(product(once, exactly(call.probability ?? 1)), rounds)
}

/** Mean time until a component answers, as its callers see it. */
function meanLatency(component: Component, holds: ReadonlyMap<string, Estimate>): Estimate {
  const latency = component.latency
  if (latency?.mean !== undefined) return exactly(latency.mean)
  const own = component.kind === 'service' ? component.serviceTime?.mean : undefined
  if (own !== undefined) return holds.get(component.name) ?? unknown([], own)
  // Where other times are stated the mean alone is missing.
  return unknown([[...component.path, 'latency', ...(latency === undefined ? [] : ['mean'])]])
}

function meanOf(time: { mean?: number | undefined } | undefined, at: Path): Estimate {
  return stated(time?.mean, time === undefined ? at : [...at, 'mean'])
}
