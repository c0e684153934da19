import type { Call, Journey, Model } from '../manifest/model.ts'
import { callersFirst } from './callers-first.ts'
import type { Edge, Graph } from './graph.ts'
import { formatRoute, type Reach } from './reach.ts'

/** The calls of a journey that wait for each other, one inside the other. */
export interface Chain {
  /** From the entry inwards. Hops inside a cycle are left out, so that it is the least that is sure. */
  readonly route: readonly Edge[]
  /** Those that can fail by themselves: not through a gateway, a sidecar or a cache, and not within a process or pod. */
  readonly hops: readonly Edge[]
  /** All journeys that take this route. */
  readonly journeys: readonly Journey[]
}

interface Place {
  readonly hops: number
  readonly last?: Edge
}

/** The longest chain of each journey over edges that `follows` accepts. */
export function longestChains(
  model: Model,
  graph: Graph,
  reach: ReadonlyMap<string, Reach>,
  follows: (edge: Edge, reach: Reach) => boolean,
): ReadonlyMap<Journey, Chain> {
  const { groupOf, from } = callersFirst(graph)
  const takers = new Map<string, Journey[]>()
  return new Map(
    [...model.journeys.values()].flatMap(journey => {
      if (journey.entry === undefined || !graph.out.has(journey.entry)) return []
      const start = groupOf(journey.entry)
      const known = reach.get(journey.name)!
      const places = new Map<number, Place>([[start, { hops: 0 }]])
      let deepest = start
      for (const group of from(journey.entry)) {
        const i = groupOf(group[0]!)
        const here = places.get(i)
        if (!here) continue
        if (here.hops > places.get(deepest)!.hops) deepest = i
        for (const edge of group.flatMap(name => graph.out.get(name)!)) {
          const next = groupOf(edge.to.name)
          if (next === i || edge.kind !== 'call' || (edge.via as Call).mode === 'async' || !follows(edge, known))
            continue
          const hops = here.hops + (isHop(edge) ? 1 : 0)
          if (hops > (places.get(next)?.hops ?? -1)) places.set(next, { hops, last: edge })
        }
      }
      const route: Edge[] = []
      for (let at = places.get(deepest); at?.last; at = places.get(groupOf(at.last.from.name))) route.unshift(at.last)
      const key = formatRoute(route)
      const journeys = takers.get(key) ?? []
      takers.set(key, journeys)
      journeys.push(journey)
      return [[journey, { route, hops: route.filter(isHop), journeys }] as const]
    }),
  )
}

function isHop({ to, via }: Edge): boolean {
  const { transport } = via as Call
  if (to.kind === 'cache' || transport === 'inProcess' || transport === 'localhost') return false
  return to.kind !== 'service' || !(to.role === 'gateway' || to.role === 'edge' || to.role === 'sidecar')
}
