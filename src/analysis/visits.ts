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
  /**
   * The only component whose load is asked for, and only all of it: journeys that never come there need not be followed, nor
   * what somebody waits for.
   */
  readonly at?: string
}

/** Visits for one request of a journey: all of them, and those that a user waits for, as nothing of them came through a queue. */
export interface Visits {
  readonly all: Map<string | Edge, Estimate>
  readonly waited: Map<string | Edge, Estimate>
}

/** @param isWaited whether to tell apart what a user waits for, where one does at the entry */
export function visitsPerRequest(
  journey: Source,
  isWaited: boolean,
  graph: Graph,
  takes: (edge: Edge) => Certainty,
  groups: readonly (readonly string[])[],
  perVisit: (edge: Edge) => Estimate,
): Visits {
  const all: Visits['all'] = new Map()
  const waited: Visits['waited'] = new Map()
  if (journey.entry === undefined || !graph.out.has(journey.entry)) return { all, waited }
  all.set(journey.entry, exactly(1))
  if (isWaited) waited.set(journey.entry, exactly(1))
  const add = (visits: Visits['all'], place: string, more: Estimate) => {
    const before = visits.get(place)
    visits.set(place, before ? sum([before, more]) : more)
  }
  /** Whether something goes over an edge; where it leads back, it counts on the edge and not again where it arrives. */
  const follow = (edge: Edge, leadsBack: boolean): boolean => {
    const { from, to } = edge
    const taken = takes(edge)
    // What a queue states counts instead of what comes to it.
    if (taken === 'no' || (from.kind === 'queue' && from.load !== undefined && from.name !== journey.entry))
      return false
    const each = perVisit(edge)
    const per = product(all.get(from.name)!, each)
    const flow = taken === 'yes' ? per : between(0, per.high, [...per.missing, [...edge.path, 'serves']])
    all.set(edge, flow)
    if (leadsBack) return true
    add(all, to.name, flow)
    const waiting = waited.get(from.name)
    if (!waiting || edge.kind === 'consume') return true
    const held = taken === 'yes' ? product(waiting, each) : between(0, product(waiting, each).high, flow.missing)
    waited.set(edge, held)
    add(waited, to.name, held)
    return true
  }
  for (const group of groups) {
    const [name] = group
    if (group.length > 1) circle(group, graph, all, follow)
    else if (all.has(name!)) for (const edge of graph.out.get(name!)!) follow(edge, edge.to.name === name)
  }
  return { all, waited }
}

/** Inside a cycle requests spread in waves from where they come in; an edge that leads back counts once: a lower bound. */
function circle(
  group: readonly string[],
  graph: Graph,
  visited: Visits['all'],
  follow: (edge: Edge, leadsBack: boolean) => boolean,
): void {
  const members = new Set(group)
  const reached = new Set<string>()
  let wave = group.filter(name => visited.has(name))
  while (wave.length > 0) {
    for (const name of wave) reached.add(name)
    const next = new Set<string>()
    for (const edge of wave.flatMap(name => graph.out.get(name)!)) {
      const { name } = edge.to
      const leadsBack = reached.has(name)
      if (follow(edge, leadsBack) && !leadsBack && members.has(name)) next.add(name)
    }
    wave = [...next]
  }
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
function consumption({ via, from }: Edge, { out }: Graph): Estimate {
  const mine = via as Consume
  const groups: Path[] = mine.group === undefined ? [[...mine.path, 'group']] : []
  let isShared = false
  for (const edge of out.get(from.name)!) {
    const other = edge.via as Consume
    if (other === mine || (mine.group !== undefined && other.group !== undefined && other.group !== mine.group))
      continue
    isShared = true
    if (other.group === undefined) groups.push([...other.path, 'group'])
  }
  return isShared ? between(0, 1, groups) : exactly(1)
}

/** A queue may state its arrivals, which then count instead of what follows from the journeys. */
export function queueLoad(model: Model, component: string): Estimate | undefined {
  const load = model.queues.get(component)?.load
  return load === undefined ? undefined : exactly(load)
}
