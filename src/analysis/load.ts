import type { Path } from '../finding.ts'
import type { Component, Journey, Model, Queue } from '../manifest/model.ts'
import { callersFirst } from './callers-first.ts'
import { distinct, exactly, product, sum, unknown, withLow, type Estimate } from './estimate.ts'
import type { Certainty, Edge, Graph } from './graph.ts'
import { memo } from './memo.ts'
import { visitorsOf, type Reach } from './reach.ts'
import { perVisit, queueLoad, visitsPerRequest, type LostCache, type Source } from './visits.ts'

export type LoadKind = 'steady' | 'peak'

/** Requests and messages per second at every component and edge, as far as loads are stated. */
export interface Load {
  at(component: string, kind: LoadKind): Estimate
  /** Requests that a user waits for: what came through a queue is left out, because a queue holds it back at a peak. */
  requestsAt(component: Component, kind: LoadKind): Estimate
  requestsOn(edge: Edge, kind: LoadKind): Estimate
  on(edge: Edge, kind: LoadKind): Estimate
}

/** What comes of the journeys, or of those alone that reach where something is lost. */
export function loadOf(model: Model, graph: Graph, reach: ReadonlyMap<string, Reach>, lost?: LostCache): Load {
  const all: Flows = new Map()
  const waited: Flows = new Map()
  const order = callersFirst(graph)
  const leading = lost?.at === undefined ? undefined : order.leadingTo(lost.at)
  const each = memo((edge: Edge) => perVisit(edge, model, graph, lost))
  const trace = (journey: Source, takes: (edge: Edge) => Certainty) => {
    const groups = order.from(journey.entry ?? '')
    const followed = leading ? groups.filter(([name]) => leading.has(name!)) : groups
    const isWaited = leading === undefined && model.services.has(journey.entry ?? '')
    const visits = visitsPerRequest(journey, isWaited, graph, takes, followed, each)
    const arrivals = arrivalsOf(journey)
    collect(visits.all, { journey, arrivals }, all)
    collect(visits.waited, { journey, arrivals }, waited)
  }
  const visitors = visitorsOf(reach)
  const journeys = lost?.at === undefined ? [...model.journeys.values()] : (visitors.get(lost.at) ?? [])
  for (const journey of journeys) {
    const known = reach.get(journey.name)!
    trace(journey, edge => known.takes(edge))
  }
  for (const queue of model.queues.values()) {
    if (queue.load !== undefined) trace(sourceOf(queue, queue.load), edge => takesFromQueue(edge, visitors))
  }
  const total = (flows: readonly Flow[], kind: LoadKind) => {
    if (flows.length === 1) return times(flows[0]!, kind)
    return kind === 'steady' ? sum(flows.map(flow => times(flow, 'steady'))) : peak(flows)
  }

  /** Of several journeys that may take an edge without `serves` at least one does, or it would not be there. */
  const isShared = (edge: Edge): boolean => {
    const takers = all.get(edge) ?? none
    return takers.length > 1 && takers.every(({ ratio }) => ratio.low === 0)
  }
  const leastShared = byKind((edge: Edge, kind) => {
    const journeys = new Set(all.get(edge)!.map(({ journey }) => journey))
    const arriving = (all.get(edge.from.name) ?? none).filter(({ journey }) => journeys.has(journey))
    return Math.min(...arriving.map(flow => times(flow, kind).low)) * each(edge).low
  })
  /** `flows`: what of the component's load is meant, all of it or what someone waits for. */
  const at = (component: string, kind: LoadKind, flows: Flows): Estimate => {
    const here = flows.get(component) ?? none
    const estimate = total(here, kind)
    const edges = (graph.in.get(component) ?? []).filter(
      // What a cycle leads back counts on the edge but not again where it arrives.
      edge =>
        isShared(edge) &&
        order.groupOf(edge.from.name) !== order.groupOf(component) &&
        (flows === all || edge.kind !== 'consume'),
    )
    if (edges.length === 0) return estimate
    const least = edges.map(edge => leastShared(edge, kind))
    const sumOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
    if (kind === 'steady' || here.every(({ journey }) => journey.load?.coincident === true))
      return raise(estimate, estimate.low + sumOf(least))
    // The journeys that take two edges for sure need not be at their peak at the same time, so one edge is.
    const calm = edges.map(edge => leastShared(edge, 'steady'))
    const rise = Math.max(0, ...least.map((peak, i) => peak - calm[i]!))
    return raise(estimate, sumOf(calm) + Math.max(estimate.low, total(here, 'steady').low + rise))
  }
  const on = (edge: Edge, kind: LoadKind, flows: Flows) => {
    const estimate = total(flows.get(edge) ?? none, kind)
    return isShared(edge) ? raise(estimate, leastShared(edge, kind)) : estimate
  }
  const waitedAt = byKind((name: string, kind) => at(name, kind, waited))
  return {
    at: byKind((name: string, kind) => queueLoad(model, name) ?? at(name, kind, all)),
    requestsAt: ({ name }, kind) => waitedAt(name, kind),
    requestsOn: byKind((edge: Edge, kind) => on(edge, kind, waited)),
    on: byKind((edge: Edge, kind) => on(edge, kind, all)),
  }
}

/** Computes for each key once, at either load. */
export function byKind<K, V>(compute: (key: K, kind: LoadKind) => V): (key: K, kind: LoadKind) => V {
  const known = { steady: new Map<K, V>(), peak: new Map<K, V>() }
  return (key, kind) => {
    const values = known[kind]
    const found = values.get(key)
    if (found !== undefined || values.has(key)) return found as V
    const value = compute(key, kind)
    values.set(key, value)
    return value
  }
}

const raise = (estimate: Estimate, to: number): Estimate => (to > estimate.low ? withLow(estimate, to) : estimate)

const sourceOf = ({ name, path }: Queue, load: number): Source => ({
  path,
  entry: name,
  load: { steady: load, peak: load, coincident: true },
})

/** Messages whose journey is not known take what every request takes; of several journeys they need not be this one's. */
const takesFromQueue = (edge: Edge, visitors: ReadonlyMap<string, readonly Journey[]>): Certainty =>
  edge.kind === 'consume' || (edge.serves === undefined && (visitors.get(edge.from.name) ?? none).length < 2)
    ? 'yes'
    : 'maybe'

/** What comes in at a source, per second. */
interface Arrivals {
  readonly journey: Source
  readonly arrivals: Readonly<Record<LoadKind, Estimate>>
}

/** `ratio`: visits of a component or edge for one request of the journey. */
interface Flow extends Arrivals {
  readonly ratio: Estimate
}

/** What comes through each component, by its name, and over each edge. */
type Flows = Map<string | Edge, Flow[]>

const none: readonly never[] = []

function collect(visits: ReadonlyMap<string | Edge, Estimate>, { journey, arrivals }: Arrivals, into: Flows): void {
  for (const [place, ratio] of visits) {
    const list = into.get(place)
    if (list) list.push({ journey, arrivals, ratio })
    else into.set(place, [{ journey, arrivals, ratio }])
  }
}

function arrivalsOf({ load, path }: Source): Arrivals['arrivals'] {
  const at = [...path, 'load']
  if (!load || (load.steady === undefined && load.peak === undefined))
    return { steady: unknown([at]), peak: unknown([at]) }
  const { steady = 0, peak = steady } = load
  return {
    steady: load.steady === undefined ? unknown([[...at, 'steady']]) : exactly(steady),
    peak: load.peak === undefined ? unknown([[...at, 'peak']], steady) : exactly(Math.max(peak, steady)),
  }
}

const times = ({ ratio, arrivals }: Flow, kind: LoadKind): Estimate => product(ratio, arrivals[kind])

/**
 * Peaks add up where they fall together. Otherwise those that do are at their peak, or one of the others is, while the rest
 * is at its steady load. Where it is not stated, that is the least and the sum of all peaks the most.
 */
function peak(flows: readonly Flow[]): Estimate {
  const isCoincident = ({ journey }: Flow) => journey.load?.coincident === true
  if (flows.every(isCoincident)) return sum(flows.map(flow => times(flow, 'peak')))
  const at = flows.map(flow => ({ flow, peak: times(flow, 'peak'), steady: times(flow, 'steady') }))
  const all = sum(at.map(({ peak }) => peak))
  const steady = sum(at.map(({ steady }) => steady))
  const worst = (bound: 'low' | 'high') => {
    if (all[bound] === undefined || steady[bound] === undefined) return undefined
    // Peaks that fall together rise by as much as all of them; of the others one does.
    let [together, most] = [0, -Infinity]
    for (const { flow, peak, steady } of at) {
      const rise = peak[bound]! - steady[bound]!
      if (isCoincident(flow)) together += rise
      else most = Math.max(most, rise)
    }
    return steady[bound] + Math.max(together, most)
  }
  const undecided = flows.filter(({ journey }) => journey.load?.coincident === undefined)
  const low = worst('low')!
  if (undecided.length === 0) return { low, high: worst('high'), missing: all.missing }
  if (low === all.high) return all
  const coincident = undecided.map(({ journey }): Path => [...journey.path, 'load', 'coincident'])
  return { low, high: all.high, missing: distinct([...all.missing, ...coincident]) }
}
