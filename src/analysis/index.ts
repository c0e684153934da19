import type { Cache, Component, Model, Store } from '../manifest/model.ts'
import { amplificationOf, type Amplification } from './amplification.ts'
import { capacityOf, type Capacity } from './capacity.ts'
import { ledgerOf, type Ledger } from './connections.ts'
import { durationsOf, type Durations } from './durations.ts'
import { buildGraph, type Graph } from './graph.ts'
import { loadOf, type Load } from './load.ts'
import { journeysOf, reachOf, type Journeys, type Reach } from './reach.ts'

/** What follows from a manifest and several rules need. Each part is computed once, when it is first asked for. */
export interface Facts {
  readonly graph: Graph
  readonly reach: ReadonlyMap<string, Reach>
  readonly journeys: Journeys
  readonly load: Load
  readonly durations: Durations
  readonly amplification: ReadonlyMap<string, Amplification>
  /** Load when one cache answers nothing. */
  loadWithout(cache: Cache): Load
  ledger(store: Store): Ledger
  /** `undefined` for what has no capacity of its own. */
  capacity(component: Component): Capacity | undefined
}

export function factsOf(model: Model): Facts {
  const graph = once(() => buildGraph(model))
  const reach = once(() => reachOf(model, graph()))
  const journeys = once(() => journeysOf(model, graph(), reach()))
  const load = once(() => loadOf(model, graph(), reach()))
  const durations = once(() => durationsOf(graph()))
  const amplification = once(() => amplificationOf(model, graph(), reach()))
  const cold = new Map<Cache, Load>()
  return {
    get graph() {
      return graph()
    },
    get reach() {
      return reach()
    },
    get journeys() {
      return journeys()
    },
    get load() {
      return load()
    },
    get durations() {
      return durations()
    },
    get amplification() {
      return amplification()
    },
    loadWithout: cache => {
      if (!cold.has(cache)) cold.set(cache, loadOf(model, graph(), reach(), cache))
      return cold.get(cache)!
    },
    ledger: store => ledgerOf(store, model),
    capacity: component => capacityOf(component, durations()),
  }
}

function once<T>(compute: () => T): () => T {
  let known: { value: T } | undefined
  return () => (known ??= { value: compute() }).value
}
