import type { Call, Journey, Model } from '../manifest/model.ts'
import type { Edge, Graph } from './graph.ts'
import { byImportance, type Reach } from './reach.ts'

/** Which users wait while a service works, or for one of its calls and messages. Nobody waits for what came through a queue. */
export interface Waiting {
  at(service: string, certainty?: 'sure' | 'possible'): readonly Journey[]
  /** `sure`: journeys that surely take the edge, at a service where their users surely wait. */
  on(edge: Edge, certainty?: 'sure' | 'possible'): readonly Journey[]
}

export function waitingOf(model: Model, graph: Graph, reach: ReadonlyMap<string, Reach>): Waiting {
  const journeys = [...model.journeys.values()].sort(byImportance)
  const waits = {
    sure: indexOf(journeys, graph, (edge, journey) => reach.get(journey.name)!.takes(edge) === 'yes'),
    possible: indexOf(journeys, graph, (edge, journey) => reach.get(journey.name)!.takes(edge) !== 'no'),
  }
  const at: Waiting['at'] = (service, certainty = 'possible') => waits[certainty].get(service) ?? []
  return {
    at,
    on: (edge, certainty = 'possible') =>
      at(edge.from.name, certainty).filter(({ name }) => {
        const taken = reach.get(name)!.takes(edge)
        return taken === 'yes' || (taken === 'maybe' && certainty === 'possible')
      }),
  }
}

function indexOf(
  journeys: readonly Journey[],
  graph: Graph,
  takes: (edge: Edge, journey: Journey) => boolean,
): ReadonlyMap<string, Journey[]> {
  const index = new Map<string, Journey[]>()
  for (const journey of journeys) {
    const reached = new Set(journey.entry !== undefined && graph.out.has(journey.entry) ? [journey.entry] : [])
    // A set takes new members while it is walked.
    for (const name of reached) {
      const known = index.get(name)
      if (known) known.push(journey)
      else index.set(name, [journey])
      for (const edge of graph.out.get(name)!) {
        if (edge.kind === 'call' && (edge.via as Call).mode !== 'async' && takes(edge, journey))
          reached.add(edge.to.name)
      }
    }
  }
  return index
}
