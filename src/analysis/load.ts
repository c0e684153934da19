import type { Path } from '../finding.ts'
import type { Cache, Call, Component, Consume, Journey, Model, Publish, Queue } from '../manifest/model.ts'
import { between, distinct, exactly, product, sum, unknown, type Estimate } from './estimate.ts'
import { cacheBefore, type Certainty, type Edge, type Graph } from './graph.ts'
import { stronglyConnected } from './order.ts'
import type { Reach } from './reach.ts'

export type LoadKind = 'steady' | 'peak'

/** Requests and messages per second at every component and edge, as far as loads are stated. */
export interface Load {
  at(component: string, kind: LoadKind): Estimate
  /** Requests that a user waits for: what came through a queue is left out, because a queue holds it back at a peak. */
  requestsAt(component: Component, kind: LoadKind): Estimate
  requestsOn(edge: Edge, kind: LoadKind): Estimate
  on(edge: Edge, kind: LoadKind): Estimate
}

const none = exactly(0)

/** A cache of which a share does not answer: all of it after a flush or a restart, a part when one of its nodes is lost. */
export interface LostCache {
  readonly cache: Cache
  readonly share: number
}

export function loadOf(model: Model, graph: Graph, reach: ReadonlyMap<string, Reach>, lost?: LostCache): Load {
  const groups = stronglyConnected(graph.out.keys(), name => graph.out.get(name)!.map(edge => edge.to.name)).reverse()
  const flows = new Map<string | Edge, Flow[]>()
  const trace = (journey: Source, takes: (edge: Edge) => Certainty) => {
    for (const [place, ratio] of visitsPerRequest(journey, model, graph, takes, groups, lost)) {
      const list = flows.get(place)
      if (list) list.push({ journey, ratio })
      else flows.set(place, [{ journey, ratio }])
    }
  }
  for (const journey of model.journeys.values()) trace(journey, edge => reach.get(journey.name)!.takes(edge))
  for (const queue of model.queues.values()) {
    if (queue.load !== undefined) trace(sourceOf(queue, queue.load), edge => takesFromQueue(edge, reach))
  }
  // What a cycle leads back counts on the edge but not again where it arrives.
  const cycle = new Map(groups.flatMap((group, i) => group.map(name => [name, i] as const)))
  const flowsAt = (place: string | Edge) => flows.get(place) ?? []
  const total = (place: string | Edge, kind: LoadKind) =>
    kind === 'steady' ? sum(flowsAt(place).map(flow => times(flow, 'steady'))) : peak(flowsAt(place))

  /** Of several journeys that may take an edge without `serves` at least one does, or it would not be there. */
  const guaranteed = (edge: Edge, kind: LoadKind): number => {
    const takers = flowsAt(edge)
    if (takers.length < 2 || takers.some(({ ratio }) => ratio.low > 0)) return 0
    const arriving = flowsAt(edge.from.name).filter(({ journey }) => takers.some(taker => taker.journey === journey))
    const each = perVisit(edge, model, lost).low
    return Math.min(...arriving.map(flow => times(flow, kind).low)) * each
  }
  const raise = (estimate: Estimate, to: number): Estimate => (to > estimate.low ? { ...estimate, low: to } : estimate)
  /** `place`: what of the component's load is meant, all of it or what someone waits for. */
  const at = (component: string, kind: LoadKind, place = component): Estimate => {
    const estimate = total(place, kind)
    const edges = (graph.in.get(component) ?? []).filter(
      edge => cycle.get(edge.from.name) !== cycle.get(component) && (place === component || edge.kind !== 'consume'),
    )
    const least = edges.map(edge => guaranteed(edge, kind))
    const sumOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
    if (kind === 'steady' || flowsAt(place).every(({ journey }) => journey.load?.coincident === true))
      return raise(estimate, estimate.low + sumOf(least))
    // The journeys that take two edges for sure need not be at their peak at the same time, so one edge is.
    const calm = edges.map(edge => guaranteed(edge, 'steady'))
    const rise = Math.max(0, ...least.map((peak, i) => peak - calm[i]!))
    return raise(estimate, sumOf(calm) + Math.max(estimate.low, total(place, 'steady').low + rise))
  }
  return {
    at: (component, kind) => queueLoad(model, component) ?? at(component, kind),
    requestsAt: (component, kind) => at(component.name, kind, waited(component)),
    requestsOn: (edge, kind) => raise(total(waited(edge), kind), guaranteed(edge, kind)),
    on: (edge, kind) => raise(total(edge, kind), guaranteed(edge, kind)),
  }
}

/** The place under which those visits of a component or edge are kept that a user waits for: nothing of it came through a queue. */
const waited = (place: Component | Edge) => `\u0000${place.path.join('\u0000')}\u0000${place.kind}`

/** Where requests or messages begin: a journey, or a queue that states its arrivals. */
type Source = Pick<Journey, 'path' | 'entry' | 'load'>

const sourceOf = ({ name, path }: Queue, load: number): Source => ({
  path,
  entry: name,
  load: { steady: load, peak: load, coincident: true },
})

/** Messages whose journey is not known take what every request takes; of several journeys they need not be this one's. */
const takesFromQueue = (edge: Edge, reach: ReadonlyMap<string, Reach>): Certainty =>
  edge.kind === 'consume' ||
  (edge.serves === undefined && [...reach.values()].filter(({ touches }) => touches.has(edge.from.name)).length < 2)
    ? 'yes'
    : 'maybe'

/** A queue may state its arrivals, which then count instead of what follows from the journeys. */
function queueLoad(model: Model, component: string): Estimate | undefined {
  const load = model.queues.get(component)?.load
  return load === undefined ? undefined : exactly(load)
}

/** `ratio`: visits of a component or edge for one request of the journey. */
interface Flow {
  journey: Source
  ratio: Estimate
}

function times({ journey, ratio }: Flow, kind: LoadKind): Estimate {
  const { load } = journey
  const path: Path = [...journey.path, 'load']
  if (!load || (load.steady === undefined && load.peak === undefined)) return product(ratio, unknown([path]))
  const { steady = 0, peak = steady } = load
  if (kind === 'steady')
    return product(ratio, load.steady === undefined ? unknown([[...path, 'steady']]) : exactly(steady))
  return product(
    ratio,
    load.peak === undefined ? unknown([[...path, 'peak']], steady) : exactly(Math.max(peak, steady)),
  )
}

/**
 * Peaks add up where they fall together. Otherwise those that do are at their peak, or one of the others is, while the rest
 * is at its steady load. Where it is not stated, that is the least and the sum of all peaks the most.
 */
function peak(flows: readonly Flow[]): Estimate {
  const all = sum(flows.map(flow => times(flow, 'peak')))
  const apart = flows.filter(({ journey }) => journey.load?.coincident !== true)
  if (flows.length < 2 || apart.length === 0) return all
  const groups = [flows.filter(flow => !apart.includes(flow)), ...apart.map(flow => [flow])]
  const steady = sum(flows.map(flow => times(flow, 'steady')))
  const worst = (bound: 'low' | 'high') => {
    if (all[bound] === undefined || steady[bound] === undefined) return undefined
    const rise = (flow: Flow) => times(flow, 'peak')[bound]! - times(flow, 'steady')[bound]!
    return steady[bound] + Math.max(...groups.map(group => group.reduce((by, flow) => by + rise(flow), 0)))
  }
  const undecided = apart.filter(({ journey }) => journey.load?.coincident === undefined)
  if (undecided.length === 0) return { low: worst('low')!, high: worst('high'), missing: all.missing }
  if (worst('low') === all.high) return all
  const coincident = undecided.map(({ journey }): Path => [...journey.path, 'load', 'coincident'])
  return { low: worst('low')!, high: all.high, missing: distinct([...all.missing, ...coincident]) }
}

function visitsPerRequest(
  journey: Source,
  model: Model,
  graph: Graph,
  takes: (edge: Edge) => Certainty,
  groups: readonly string[][],
  lost: LostCache | undefined,
): Map<string | Edge, Estimate> {
  const visits = new Map<string | Edge, Estimate>()
  if (journey.entry === undefined || !graph.out.has(journey.entry)) return visits
  visits.set(journey.entry, exactly(1))
  if (model.services.has(journey.entry)) visits.set(waited(model.services.get(journey.entry)!), exactly(1))
  for (const group of groups) {
    // Inside a cycle requests spread in waves from where they come in; an edge that leads back counts once: a lower bound.
    const members = new Set(group)
    const reached = new Set<string>()
    let wave = group.filter(name => visits.has(name))
    while (wave.length > 0) {
      for (const name of wave) reached.add(name)
      const next = new Set<string>()
      for (const edge of wave.flatMap(name => graph.out.get(name)!)) {
        const taken = takes(edge)
        if (taken === 'no' || (edge.from.name !== journey.entry && queueLoad(model, edge.from.name))) continue
        const each = perVisit(edge, model, lost)
        const per = product(visits.get(edge.from.name)!, each)
        const flow = taken === 'yes' ? per : between(0, per.high, [...per.missing, [...edge.path, 'serves']])
        visits.set(edge, flow)
        if (reached.has(edge.to.name)) continue
        const add = (place: string, more: Estimate) => visits.set(place, sum([visits.get(place) ?? none, more]))
        add(edge.to.name, flow)
        const waiting = visits.get(waited(edge.from))
        if (waiting && edge.kind !== 'consume') {
          const held = taken === 'yes' ? product(waiting, each) : between(0, product(waiting, each).high, flow.missing)
          visits.set(waited(edge), held)
          add(waited(edge.to), held)
        }
        if (members.has(edge.to.name)) next.add(edge.to.name)
      }
      wave = [...next]
    }
  }
  return visits
}

/** How often an edge is taken for one visit of where it starts. */
export function perVisit(edge: Edge, model: Model, lost?: LostCache): Estimate {
  if (edge.kind === 'consume') return consumption(edge, model)
  if (edge.kind === 'publish') {
    const { perRequest = 1, probability = 1 } = edge.via as Publish
    return exactly(perRequest * probability)
  }
  const call = edge.via as Call
  const times = exactly((call.callsPerRequest ?? 1) * (call.probability ?? 1))
  const cache = edge.kind === 'miss' ? model.caches.get(call.to) : cacheBefore(call, model)
  if (!cache) return times
  const left = cache === lost?.cache ? 1 - lost.share : 1
  const hitRatio: Path = [...cache.path, 'hitRatio']
  return product(
    times,
    cache.hitRatio === undefined ? between(1 - left, 1, hitRatio) : exactly(1 - left * cache.hitRatio),
  )
}

/** Every consumer group gets all messages; consumers of one group, or without a group, may share them. */
function consumption(edge: Edge, model: Model): Estimate {
  const via = edge.via as Consume
  const sharing = model.consumes.filter(
    other =>
      other.from === via.from &&
      other !== via &&
      (other.group === undefined || via.group === undefined || other.group === via.group),
  )
  if (sharing.length === 0) return exactly(1)
  const open = [via, ...sharing].filter(consume => consume.group === undefined)
  const groups = open.map(({ path }): Path => [...path, 'group'])
  return between(0, 1, groups)
}
