import type { Path } from '../finding.ts'
import type { Cache, Call, Journey, Model, Publish } from '../manifest/model.ts'
import { between, distinct, exactly, product, sum, unknown, type Estimate } from './estimate.ts'
import { cacheBefore, type Edge, type Graph } from './graph.ts'
import { stronglyConnected } from './order.ts'
import type { Reach } from './reach.ts'

export type LoadKind = 'steady' | 'peak'

/** Requests and messages per second at every component and edge, as far as loads are stated. */
export interface Load {
  at(component: string, kind: LoadKind): Estimate
  on(edge: Edge, kind: LoadKind): Estimate
}

const none = exactly(0)

/** @param empty a cache that answers nothing, as after a flush or a restart */
export function loadOf(model: Model, graph: Graph, reach: ReadonlyMap<string, Reach>, empty?: Cache): Load {
  const groups = stronglyConnected(graph.out.keys(), name => graph.out.get(name)!.map(edge => edge.to.name)).reverse()
  const journeys = [...model.journeys.values()]
  const flows = new Map<string | Edge, Flow[]>()
  for (const journey of journeys) {
    for (const [place, ratio] of visitsPerRequest(journey, model, graph, reach.get(journey.name)!, groups, empty)) {
      const list = flows.get(place)
      if (list) list.push({ journey, ratio })
      else flows.set(place, [{ journey, ratio }])
    }
  }
  const flowsAt = (place: string | Edge) => flows.get(place) ?? []
  const total = (place: string | Edge, kind: LoadKind) =>
    kind === 'steady' ? sum(flowsAt(place).map(flow => times(flow, 'steady'))) : peak(flowsAt(place))

  /** Of several journeys that may take an edge without `serves` at least one does, or it would not be there. */
  const guaranteed = (edge: Edge, kind: LoadKind): number => {
    const takers = flowsAt(edge)
    if (takers.length < 2 || takers.some(({ ratio }) => ratio.low > 0)) return 0
    const arriving = flowsAt(edge.from.name).filter(({ journey }) => takers.some(taker => taker.journey === journey))
    const each = perVisit(edge, model, empty).low
    return Math.min(...arriving.map(flow => times(flow, kind).low)) * each
  }
  const raise = (estimate: Estimate, by: number): Estimate =>
    by > 0 ? { ...estimate, low: estimate.low + by } : estimate
  return {
    at: (component, kind) =>
      queueLoad(model, component) ??
      raise(
        total(component, kind),
        (graph.in.get(component) ?? []).reduce((by, edge) => by + guaranteed(edge, kind), 0),
      ),
    on: (edge, kind) => raise(total(edge, kind), guaranteed(edge, kind)),
  }
}

/** A queue may state its arrivals, which then count instead of what follows from the journeys. */
function queueLoad(model: Model, component: string): Estimate | undefined {
  const load = model.queues.get(component)?.load
  return load === undefined ? undefined : exactly(load)
}

/** `ratio`: visits of a component or edge for one request of the journey. */
interface Flow {
  journey: Journey
  ratio: Estimate
}

function times({ journey, ratio }: Flow, kind: LoadKind): Estimate {
  const { load } = journey
  // A manifest without journeys has no place for their load; what it lacks are the journeys.
  const path: Path = journey.implied ? ['journeys'] : [...journey.path, 'load']
  if (!load || (load.steady === undefined && load.peak === undefined)) return product(ratio, unknown([path]))
  const steady = load.steady ?? 0
  if (kind === 'steady')
    return product(ratio, load.steady === undefined ? unknown([[...path, 'steady']]) : exactly(steady))
  return product(ratio, load.peak === undefined ? unknown([[...path, 'peak']], steady) : exactly(load.peak))
}

/**
 * Peaks add up where they fall together. Where that is not stated, at least one journey is at its peak while the others are
 * at their steady load, and at most all are.
 */
function peak(flows: readonly Flow[]): Estimate {
  const all = sum(flows.map(flow => times(flow, 'peak')))
  const apart = flows.filter(({ journey }) => journey.load?.coincident !== true)
  if (flows.length < 2 || apart.length === 0) return all
  // One of those that keep apart is at its peak, the others are at their steady load.
  const one = (bound: 'low' | 'high') => {
    const [high, low] = [apart.map(flow => times(flow, 'peak')[bound]), apart.map(flow => times(flow, 'steady')[bound])]
    const together = sum(flows.filter(flow => !apart.includes(flow)).map(flow => times(flow, 'peak')))[bound]
    if (together === undefined || [...high, ...low].includes(undefined)) return undefined
    const steady = (low as number[]).reduce((a, b) => a + b, 0)
    return together + steady + Math.max(...apart.map((_, i) => high[i]! - low[i]!))
  }
  const undecided = apart.filter(({ journey }) => journey.load?.coincident === undefined)
  if (undecided.length === 0) return { low: one('low')!, high: one('high'), missing: all.missing }
  const coincident = undecided.map(({ journey }): Path => [...journey.path, 'load', 'coincident'])
  return { low: one('low')!, high: all.high, missing: distinct([...all.missing, ...coincident]) }
}

function visitsPerRequest(
  journey: Journey,
  model: Model,
  graph: Graph,
  reach: Reach,
  groups: readonly string[][],
  empty: Cache | undefined,
): Map<string | Edge, Estimate> {
  const visits = new Map<string | Edge, Estimate>()
  if (journey.entry === undefined || !graph.out.has(journey.entry)) return visits
  visits.set(journey.entry, exactly(1))
  for (const group of groups) {
    // Inside a cycle each edge counts once, from the members that were reached before it: a lower bound.
    const members = new Set(group)
    for (const name of group) {
      const here = visits.get(name)
      if (!here) continue
      for (const edge of graph.out.get(name)!) {
        const taken = reach.takes(edge)
        if (taken === 'no') continue
        const per = product(here, perVisit(edge, model, empty))
        const flow = taken === 'yes' ? per : between(0, per.high, [...per.missing, [...edge.path, 'serves']])
        visits.set(edge, flow)
        if (!(members.has(edge.to.name) && visits.has(edge.to.name)))
          visits.set(edge.to.name, sum([visits.get(edge.to.name) ?? none, flow]))
      }
    }
  }
  return visits
}

/** How often an edge is taken for one visit of where it starts. */
function perVisit(edge: Edge, model: Model, empty: Cache | undefined): Estimate {
  if (edge.kind === 'consume') return consumption(edge, model)
  if (edge.kind === 'publish') {
    const { perRequest = 1, probability = 1 } = edge.via as Publish
    return exactly(perRequest * probability)
  }
  const call = edge.via as Call
  const times = exactly((call.callsPerRequest ?? 1) * (call.probability ?? 1))
  const cache = edge.kind === 'miss' ? model.caches.get(call.to) : cacheBefore(call, model)
  if (!cache || cache === empty) return times
  const hitRatio: Path = [...cache.path, 'hitRatio']
  return product(times, cache.hitRatio === undefined ? between(0, 1, hitRatio) : exactly(1 - cache.hitRatio))
}

/** Every consumer group gets all messages; consumers without a group may share them. */
function consumption(edge: Edge, model: Model): Estimate {
  const via = edge.via
  if (via.kind !== 'consume' || via.group !== undefined) return exactly(1)
  const others = model.consumes.filter(consume => consume.from === via.from && consume !== via)
  return others.length === 0 ? exactly(1) : between(0, 1, [...via.path, 'group'])
}
