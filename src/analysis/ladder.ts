import type { Path } from '../finding.ts'
import type { Call, Component, Journey, Service } from '../manifest/model.ts'
import { attemptLimit, waitsOnNetwork } from './attempt.ts'
import { exceeds, reaches, stated, sum, type Answer, type Estimate } from './estimate.ts'
import type { Edge, Graph } from './graph.ts'
import { longestWait } from './longest.ts'
import { arrivalsAt, visitorsOf, type Reach } from './reach.ts'

/** The timeout ladder: what a callee may wait for while its caller waits for it. */

/** Calls that the callee makes for one request of a call. */
export interface Rung {
  readonly calls: readonly Call[]
  readonly journeys: readonly Journey[]
  /** Facts without which it is not sure that one request makes the call and all of these. */
  readonly missing: readonly Path[]
}

/**
 * What may stand behind a call, journey by journey. Calls that nothing ends are left out: they are a fault of their own, and
 * no timeout above them would be long enough.
 */
export function rungsBehind(inbound: Edge, graph: Graph, reach: ReadonlyMap<string, Reach>): Rung[] {
  const outbound = graph.out
    .get(inbound.to.name)!
    .filter(edge => edge.kind === 'call' && waitsOnNetwork(edge.via as Call) && isBounded(edge.via as Call))
  const may = (edge: Edge, journey: Journey) => reach.get(journey.name)!.takes(edge) !== 'no'
  const arrivals = arrivalsAt(inbound.to.name, graph, reach)
  const journeys = through(inbound.from, reach).filter(journey => may(inbound, journey))
  /** Whether everything the journey does at the callee comes through this call. */
  const only = (journey: Journey) => arrivals.get(journey)?.every(edge => edge === inbound) === true

  const rungs = journeys.flatMap(journey => {
    const operations = arrivals.get(journey)!.filter(rival => rival !== inbound && isOtherOperation(rival, inbound))
    if (operations.some(rival => isLonger(rival, inbound))) return []
    const sure = (edge: Edge) => reach.get(journey.name)!.takes(edge) === 'yes'
    const missing = (edges: readonly Edge[]): Path[] => [
      ...(sure(inbound) || only(journey) ? [] : [[...inbound.path, 'serves']]),
      ...edges.filter(edge => !sure(edge)).map(edge => [...edge.path, 'serves']),
    ]
    const rung = (edges: readonly Edge[]): Rung => ({
      calls: edges.map(edge => edge.via as Call),
      journeys: [journey],
      missing: missing(edges),
    })
    const possible = outbound.filter(edge => may(edge, journey))
    // Nothing says which operation makes which call, so they are not added up.
    if (operations.length > 0) return possible.map(edge => rung([edge]))
    return [rung(possible.filter(sure)), ...(possible.every(sure) ? [] : [rung(possible)])]
  })
  // A call that may belong to several journeys belongs to one of them; where all come this way, so does that one.
  const shared = outbound.flatMap((edge): Rung[] => {
    const takers = through(inbound.to, reach).filter(journey => may(edge, journey))
    return takers.length > 1 && takers.every(only) ? [{ calls: [edge.via as Call], journeys: [], missing: [] }] : []
  })
  return [...rungs, ...shared].filter(({ calls }) => calls.length > 0)
}

const through = ({ name }: Component, reach: ReadonlyMap<string, Reach>) => visitorsOf(reach).get(name) ?? []

const isBounded = ({ timeout, totalTimeout }: Call) => timeout !== 'none' || totalTimeout !== undefined

/** Messages, streams and calls that nobody waits for are work of another kind, which may take its time. */
const isDetached = ({ kind, via }: Edge) =>
  kind !== 'call' || (via as Call).mode === 'async' || (via as Call).transport === 'streaming'

const isOtherOperation = (rival: Edge, edge: Edge) =>
  isDetached(rival) || (rival.via as Call).operation !== (edge.via as Call).operation

/** Of two operations with the same timeout the first counts as the longer one. */
function isLonger(rival: Edge, edge: Edge): boolean {
  if (isDetached(rival)) return true
  const time = ({ via }: Edge) => attemptLimit(via as Call).time.high ?? Number.POSITIVE_INFINITY
  return time(rival) > time(edge) || (time(rival) === time(edge) && rival.path.join() < edge.path.join())
}

/** A rung held against the time that the caller waits. */
export interface Fit {
  readonly rung: Rung
  readonly waits: Estimate
  /** Own work of the callee and its waits. */
  readonly needs: Estimate
  readonly isLate: Answer
}

/** Own work takes some time, even where it is not stated how much: waits that last as long as the caller's leave none. */
export function fitOf(rung: Rung, callee: Service, limit: Estimate): Fit {
  const { serviceTime, path } = callee
  const own = serviceTime?.p99 ?? serviceTime?.mean ?? serviceTime?.p50
  const waits = longestWait(rung.calls)
  const needs = sum([waits, stated(own, [...path, 'serviceTime'])])
  return { rung, waits, needs, isLate: reaches(waits, limit) === true || exceeds(needs, limit) }
}

/** The most retries of one of the calls with which all of them fit; beyond a few nobody cuts them one by one. */
export function fittingRetries(calls: readonly Call[], of: Call, time: number): number | undefined {
  const withRetries = (max: number) =>
    longestWait(calls.map(call => (call === of ? { ...call, retries: { ...call.retries, max } } : call))).low
  return [3, 2, 1, 0].find(max => max < (of.retries?.max ?? 0) && withRetries(max) < time)
}
