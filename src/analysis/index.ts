import type { Cache, Call, Component, Journey, Model, Service, Store } from '../manifest/model.ts'
import { amplificationOf, type Amplification } from './amplification.ts'
import { busySlots, capacityOf, utilisationOf, type Capacity, type Utilisation } from './capacity.ts'
import { longestChains, type Chain } from './chains.ts'
import { ledgerOf, type Ledger } from './connections.ts'
import { durationsOf, type Durations } from './durations.ts'
import type { Estimate } from './estimate.ts'
import { buildGraph, type Graph } from './graph.ts'
import { loadOf, type Load, type LoadKind } from './load.ts'
import { journeysOf, reachOf, type Journeys, type Reach } from './reach.ts'

/** What follows from a manifest and several rules need. Each part is computed once, when it is first asked for. */
export interface Facts {
  readonly graph: Graph
  readonly reach: ReadonlyMap<string, Reach>
  readonly journeys: Journeys
  readonly load: Load
  readonly durations: Durations
  /** Calls that wait for each other: those that surely do, and those that may. */
  readonly chains: { readonly sure: ReadonlyMap<Journey, Chain>; readonly possible: ReadonlyMap<Journey, Chain> }
  readonly amplification: ReadonlyMap<string, Amplification>
  /** Load when one cache answers nothing. */
  loadWithout(cache: Cache): Load
  /** Calls of services and jobs to a component, in the order of the manifest. */
  callsTo(component: string): readonly Call[]
  ledger(store: Store): Ledger
  /** `undefined` for what has no capacity of its own. */
  capacity(component: Component): Capacity | undefined
  /** Slots of a service that are held at a load, in Erlangs. */
  busySlots(service: Service, kind: LoadKind): Estimate
  /** What it needs at a load against what it has at full scale; `undefined` for what has no capacity of its own. */
  utilisation(component: Component, kind: LoadKind): Utilisation | undefined
}

export function factsOf(model: Model): Facts {
  const graph = once(() => buildGraph(model))
  const reach = once(() => reachOf(model, graph()))
  const journeys = once(() => journeysOf(model, graph(), reach()))
  const load = once(() => loadOf(model, graph(), reach()))
  const durations = once(() => durationsOf(model, graph()))
  const amplification = once(() => amplificationOf(model, graph(), reach()))
  const chains = once(() => ({
    sure: longestChains(model, graph(), reach(), (edge, known) => edge.hard === 'yes' && known.takes(edge) === 'yes'),
    possible: longestChains(model, graph(), reach(), (edge, known) => edge.hard !== 'no' && known.takes(edge) !== 'no'),
  }))
  const calls = once(() => byTarget(model.calls))
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
    get chains() {
      return chains()
    },
    get amplification() {
      return amplification()
    },
    loadWithout: cache => {
      if (!cold.has(cache)) cold.set(cache, loadOf(model, graph(), reach(), cache))
      return cold.get(cache)!
    },
    callsTo: component => calls().get(component) ?? [],
    ledger: store => ledgerOf(store, model, component => calls().get(component) ?? []),
    capacity: component => capacityOf(component, durations()),
    busySlots: (service, kind) => {
      return busySlots(service, kind, { model, graph: graph(), load: load(), durations: durations() }).total
    },
    utilisation: (component, kind) => {
      return utilisationOf(component, kind, { model, graph: graph(), load: load(), durations: durations() })
    },
  }
}

function once<T>(compute: () => T): () => T {
  let known: { value: T } | undefined
  return () => (known ??= { value: compute() }).value
}

function byTarget(calls: readonly Call[]): ReadonlyMap<string, Call[]> {
  const index = new Map<string, Call[]>()
  for (const call of calls) {
    const known = index.get(call.to)
    if (known) known.push(call)
    else index.set(call.to, [call])
  }
  return index
}
