import type { Edge } from '../analysis/graph.ts'
import type { Component } from '../manifest/model.ts'
import type { Reading } from './stations.ts'

/** Where requests begin, and which ways they take. */
export interface Origin {
  readonly name: string
  readonly entry: Component
  /** Per second. */
  readonly rate: number
  readonly isJourney: boolean
  takes(edge: Edge): boolean
}

/** Journeys, and queues that state what arrives there. By name, as the model keeps them. */
export function originsOf({ model, facts, scale }: Reading): Origin[] {
  const journeys = [...model.journeys.values()].flatMap((journey): Origin[] => {
    const entry = model.components.get(journey.entry ?? '')
    const rate = journey.load?.steady ?? journey.load?.peak ?? 0
    // An edge without `serves` is taken by every journey that comes through its caller: that is what the key means.
    const takes = (edge: Edge) => facts.reach.get(journey.name)!.takes(edge) !== 'no'
    return entry && rate > 0 ? [{ name: journey.name, entry, rate: rate / scale, isJourney: true, takes }] : []
  })
  const queues = [...model.queues.values()].flatMap((queue): Origin[] => {
    // Of messages that follow no journey it is not known whose calls they take.
    const takes = ({ serves }: Edge) => serves === undefined
    return queue.load === undefined || queue.load === 0
      ? []
      : [{ name: queue.name, entry: queue, rate: queue.load / scale, isJourney: false, takes }]
  })
  return [...journeys, ...queues]
}
