import type { Path } from '../finding.ts'
import type { Cache, Call, Consume, Journey, Model, Publish } from '../manifest/model.ts'
import { between, exactly, product, sum, type Estimate } from './estimate.ts'
import { cacheBefore, type Certainty, type Edge, type Graph } from './graph.ts'

/** Where requests or messages begin: a journey, or a queue that states its arrivals. */
export type Source = Pick<Journey, 'path' | 'entry' | 'load'>

/** A cache of which a share does not answer: all of it after a flush or a restart, a part when one of its nodes is lost. */
export interface LostCache {
  readonly cache: Cache
  readonly share: number
  /** The only component whose load is asked for: journeys that never come there need not be followed. */
  readonly at?: string
}

/** Visits for one request of a journey: all of them, and those that a user waits for, as nothing of them came through a queue. */
export interface Visits {
  readonly all: Map<string | Edge, Estimate>
  readonly waited: Map<string | Edge, Estimate>
}

export function visitsPerRequest(
  journey: Source,
  model: Model,
  graph: Graph,
  takes: (edge: Edge) => Certainty,
  groups: readonly (readonly string[])[],
  perVisit: (edge: Edge) => Estimate,
): Visits {
  const all: Visits['all'] = new Map()
  const waited: Visits['waited'] = new Map()
  if (journey.entry === undefined || !graph.out.has(journey.entry)) return { all, waited }
  all.set(journey.entry, exactly(1))
  if (model.services.has(journey.entry)) waited.set(journey.entry, exactly(1))
  const add = (visits: Visits['all'], place: string, more: Estimate) => {
    const before = visits.get(place)
    visits.set(place, before ? sum([before, more]) : more)
  }
  for (const group of groups) {
    // Inside a cycle requests spread in waves from where they come in; an edge that leads back counts once: a lower bound.
    const members = new Set(group)
    const reached = new Set<string>()
    let wave = group.filter(name => all.has(name))
    while (wave.length > 0) {
      for (const name of wave) reached.add(name)
      const next = new Set<string>()
      for (const edge of wave.flatMap(name => graph.out.get(name)!)) {
        const taken = takes(edge)
        if (taken === 'no' || (edge.from.name !== journey.entry && queueLoad(model, edge.from.name))) continue
        const each = perVisit(edge)
        const per = product(all.get(edge.from.name)!, each)
        const flow = taken === 'yes' ? per : between(0, per.high, [...per.missing, [...edge.path, 'serves']])
        all.set(edge, flow)
        if (reached.has(edge.to.name)) continue
        add(all, edge.to.name, flow)
        const waiting = waited.get(edge.from.name)
        if (waiting && edge.kind !== 'consume') {
          const held = taken === 'yes' ? product(waiting, each) : between(0, product(waiting, each).high, flow.missing)
          waited.set(edge, held)
          add(waited, edge.to.name, held)
        }
        if (members.has(edge.to.name)) next.add(edge.to.name)
      }
      wave = [...next]
    }
  }
  return { all, waited }
}

/** How often an edge is taken for one visit of where it starts. */
export function perVisit(edge: Edge, model: Model, graph: Graph, lost?: LostCache): Estimate {
  if (edge.kind === 'consume') return consumption(edge, graph)
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
function consumption(edge: Edge, { out }: Graph): Estimate {
  const via = edge.via as Consume
  const sharing = out
    .get(edge.from.name)!
    .map(({ via }) => via as Consume)
    .filter(
      other => other !== via && (other.group === undefined || via.group === undefined || other.group === via.group),
    )
  if (sharing.length === 0) return exactly(1)
  const open = [via, ...sharing].filter(consume => consume.group === undefined)
  const groups = open.map(({ path }): Path => [...path, 'group'])
  return between(0, 1, groups)
}

/** A queue may state its arrivals, which then count instead of what follows from the journeys. */
export function queueLoad(model: Model, component: string): Estimate | undefined {
  const load = model.queues.get(component)?.load
  return load === undefined ? undefined : exactly(load)
}
