import type { Path } from '../finding.ts'
import type { Call, Component, Journey, Model } from '../manifest/model.ts'
import type { Certainty, Edge, Graph } from './graph.ts'
import { groupedBy } from './indices.ts'
import { memo, perObject } from './memo.ts'

/** How a journey depends on a component. */
export interface Dependency {
  readonly component: Component
  /** Whether the journey surely fails when the component does. Never `no`: such components are not listed. */
  readonly hard: Exclude<Certainty, 'no'>
  /** The edges from the entry to the component; the surest way, and the shortest of those. */
  readonly route: readonly Edge[]
  /** Share of the journey's requests that take this route, as stated; at least this share needs the component. */
  readonly share: number
  /** Facts on the route that would settle `hard`. */
  readonly missing: readonly Path[]
}

export interface Reach {
  readonly journey: Journey
  /** What the journey depends on to succeed, its entry first. A component appears once, however many routes lead to it. */
  readonly hard: ReadonlyMap<string, Dependency>
  /** All components that work is done on, now or later, and whether that is sure. */
  readonly touches: ReadonlyMap<string, Exclude<Certainty, 'no'>>
  /** Whether the journey takes an edge. */
  takes(edge: Edge): Certainty
}

/**
 * Follows every journey through the graph. An edge without `serves` is taken by every journey that comes through its caller;
 * where several do, that is an assumption and counts as `maybe`, so that nothing is called a fault because of it.
 */
export function reachOf(model: Model, graph: Graph): ReadonlyMap<string, Reach> {
  const journeys = [...model.journeys.values()]
  const possible = journeys.map(journey => flood(journey, graph, edge => allows(edge, journey)))
  const visitors = new Map<string, number>()
  for (const nodes of possible) for (const name of nodes) visitors.set(name, (visitors.get(name) ?? 0) + 1)

  return new Map(
    journeys.map((journey, i) => {
      const mine = possible[i]!
      const takes = (edge: Edge): Certainty => {
        if (!mine.has(edge.from.name) || !allows(edge, journey)) return 'no'
        // What a queue holds goes to its consumers; there is no choice between journeys.
        return edge.serves !== undefined || edge.kind === 'consume' || visitors.get(edge.from.name) === 1
          ? 'yes'
          : 'maybe'
      }
      const sure = flood(journey, graph, edge => takes(edge) === 'yes')
      const touches = new Map<string, 'yes' | 'maybe'>()
      for (const name of mine) touches.set(name, sure.has(name) ? 'yes' : 'maybe')
      return [journey.name, { journey, hard: hardDependencies(journey, model, graph, takes), touches, takes }]
    }),
  )
}

/** By what edges each journey may come to a component; journeys in the order in which the edges meet them. */
export const arrivalsAt = (component: string, graph: Graph, reach: ReadonlyMap<string, Reach>) =>
  arrivals(reach)(graph)(component)

const arrivals = perObject((reach: ReadonlyMap<string, Reach>) =>
  perObject((graph: Graph) =>
    memo((component: string): ReadonlyMap<Journey, readonly Edge[]> => {
      const found = new Map<Journey, Edge[]>()
      for (const edge of graph.in.get(component)!) {
        for (const journey of visitorsOf(reach).get(edge.from.name) ?? []) {
          if (reach.get(journey.name)!.takes(edge) === 'no') continue
          const known = found.get(journey)
          if (known) known.push(edge)
          else found.set(journey, [edge])
        }
      }
      return found
    }),
  ),
)

/** The journeys that come through each component, in the order of the manifest. */
export const visitorsOf = perObject((reach: ReadonlyMap<string, Reach>): ReadonlyMap<string, readonly Journey[]> =>
  groupedBy(
    [...reach.values()].map(({ journey }) => journey),
    ({ name }) => reach.get(name)!.touches.keys(),
  ),
)

const allows = ({ serves, except }: Edge, { name }: Journey) =>
  (serves === undefined || serves.includes(name)) && except?.includes(name) !== true

function flood(journey: Journey, graph: Graph, follow: (edge: Edge) => boolean): Set<string> {
  const reached = new Set<string>()
  const todo = journey.entry !== undefined && graph.out.has(journey.entry) ? [journey.entry] : []
  while (todo.length > 0) {
    const name = todo.pop()!
    if (reached.has(name)) continue
    reached.add(name)
    for (const edge of graph.out.get(name)!) if (follow(edge)) todo.push(edge.to.name)
  }
  return reached
}

/** Breadth first over sure edges, then over doubtful ones, so that each component gets its surest and shortest route. */
function hardDependencies(
  journey: Journey,
  model: Model,
  graph: Graph,
  takes: (edge: Edge) => Certainty,
): Map<string, Dependency> {
  const found = new Map<string, Dependency>()
  const entry = journey.entry === undefined ? undefined : model.components.get(journey.entry)
  if (!entry) return found
  found.set(entry.name, { component: entry, hard: 'yes', route: [], share: 1, missing: [] })
  for (const pass of ['yes', 'maybe'] as const) {
    const todo = [...found.values()]
    for (const from of todo) {
      for (const edge of graph.out.get(from.component.name)!) {
        if (found.has(edge.to.name)) continue
        const [taken, hard] = [takes(edge), edge.hard]
        if (taken === 'no' || hard === 'no' || (pass === 'yes' && (taken !== 'yes' || hard !== 'yes'))) continue
        const missing = [
          ...from.missing,
          ...(taken === 'maybe' ? [[...edge.path, 'serves']] : []),
          ...(hard === 'maybe' ? [edge.hardness] : []),
        ]
        const share = from.share * (edge.kind === 'consume' ? 1 : ((edge.via as Call).probability ?? 1))
        const dependency: Dependency = { component: edge.to, hard: pass, route: [...from.route, edge], share, missing }
        found.set(edge.to.name, dependency)
        todo.push(dependency)
      }
    }
  }
  return found
}

const importance = ['critical', 'high', undefined, 'normal', 'best-effort'] as const

/** Most critical first; unstated criticality stands between high and normal. 0 is the most critical. */
export const rankOf = (criticality: Journey['criticality']): number => importance.indexOf(criticality)

/** Journeys whose silence has teeth: critical, high, or of unstated criticality (design §2.8). */
export const isImportant = (journey: Journey): boolean => rankOf(journey.criticality) <= rankOf(undefined)

export const byImportance = (a: Journey, b: Journey): number =>
  rankOf(a.criticality) - rankOf(b.criticality) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)

/** Answers "which journeys?" for components and calls. Lists are sorted by importance. */
export interface Journeys {
  /** Journeys that do work on a component; `sure` leaves out those that may not take a call without `serves`. */
  through(component: string, certainty?: 'sure' | 'possible'): readonly Journey[]
  /** Journeys that take a call of a service. */
  taking(edge: Edge, certainty?: 'sure' | 'possible'): readonly Journey[]
  /** Journeys that fail when the component does. */
  dependingOn(component: string, certainty?: 'sure' | 'possible'): readonly Journey[]
  edgeOf(call: Call): Edge | undefined
}

export function journeysOf(model: Model, graph: Graph, reach: ReadonlyMap<string, Reach>): Journeys {
  const ordered = [...model.journeys.values()].sort(byImportance)
  const edges = new Map(graph.edges.filter(edge => edge.kind === 'call').map(edge => [edge.via, edge]))
  const touching = groupedBy(ordered, journey => reach.get(journey.name)!.touches.keys())
  /** Of the journeys that come through a component, which is all that can hold. */
  const select = (
    name: string,
    holds: (reach: Reach) => Certainty | undefined,
    certainty: 'sure' | 'possible' = 'possible',
  ) =>
    (touching.get(name) ?? []).filter(journey => {
      const answer = holds(reach.get(journey.name)!)
      return answer === 'yes' || (answer === 'maybe' && certainty === 'possible')
    })
  return {
    through: (name, certainty) =>
      certainty === 'sure' ? select(name, r => r.touches.get(name), 'sure') : (touching.get(name) ?? []),
    taking: (edge, certainty) => select(edge.from.name, r => r.takes(edge), certainty),
    dependingOn: (name, certainty) => select(name, r => r.hard.get(name)?.hard, certainty),
    edgeOf: call => edges.get(call),
  }
}

/** `web -> orders -> payments`. */
export const formatRoute = (route: readonly Edge[]): string =>
  route.length === 0 ? '' : [route[0]!.from.name, ...route.map(edge => edge.to.name)].join(' -> ')
