import type { Cache, Call, Component, Journey, Model, Queue, Service, Slo, Store } from '../manifest/model.ts'
import { amplificationOf, type Amplification } from './amplification.ts'
import { blastRadiusOf, type BlastRadius } from './blast-radius.ts'
import { budgetLedgerOf, type BudgetLedger } from './budget-ledger.ts'
import { busySlots, capacityOf, utilisationOf, type Capacity, type Utilisation } from './capacity.ts'
import { longestChains, type Chain } from './chains.ts'
import { ledgerOf, type Ledger } from './connections.ts'
import { drainsOf, type Drain } from './drain.ts'
import { durationsOf, type Durations } from './durations.ts'
import type { Estimate } from './estimate.ts'
import { gatewaysBefore } from './gateways.ts'
import { buildGraph, type Graph } from './graph.ts'
import { groupedBy, indicesOf } from './indices.ts'
import { withOneLoad } from './load-factor.ts'
import { byKind, loadOf, type Load, type LoadKind } from './load.ts'
import { memo } from './memo.ts'
import { journeysOf, reachOf, type Journeys, type Reach } from './reach.ts'
import { retriesOf, type Retries } from './retry-storm.ts'
import { stakesOf, type Stake } from './stakes.ts'
import { waitingOf, type Waiting } from './waiting.ts'

/** What follows from a manifest and several rules need. Each part is computed once, when it is first asked for. */
export interface Facts {
  readonly graph: Graph
  readonly reach: ReadonlyMap<string, Reach>
  readonly journeys: Journeys
  readonly waiting: Waiting
  readonly load: Load
  readonly durations: Durations
  /** Calls that wait for each other: those that surely do, and those that may. */
  readonly chains: { readonly sure: ReadonlyMap<Journey, Chain>; readonly possible: ReadonlyMap<Journey, Chain> }
  readonly amplification: ReadonlyMap<string, Amplification>
  /** Attempts for one request on each edge while the callee is overloaded, as far as nothing ends them. */
  readonly retries: Retries
  /** What each journey loses when a component is lost. */
  readonly blastRadius: BlastRadius
  /** Load of a component when one cache answers nothing, or a share of it does not. */
  loadWithout(cache: Cache, share: number, component: Component, kind: LoadKind): Estimate
  /** The same system while one journey has a load of its own, and the others their steady one. */
  atLoad(journey: Journey, perSecond: number): Facts
  /** Calls of services and jobs to a component, in the order of the manifest. */
  callsTo(component: string): readonly Call[]
  /** Gateways that lead to a service by calls, the nearest only. */
  gatewaysBefore(service: string): readonly string[]
  ledger(store: Store): Ledger
  /** How the consumers of a queue catch up after an outage, one for each group that has a limit. */
  drains(queue: Queue): readonly Drain[]
  /** `undefined` for what has no capacity of its own. */
  capacity(component: Component): Capacity | undefined
  /** Slots of a service that are held at a load, in Erlangs. */
  busySlots(service: Service, kind: LoadKind): Estimate
  /** What it needs at a load against what it has at full scale; `undefined` for what has no capacity of its own. */
  utilisation(component: Component, kind: LoadKind): Utilisation | undefined
  /** What an SLO may lose, and what each expected event takes of it. */
  budget(slo: Slo): BudgetLedger
  /** What SLOs have at stake in a component, in the order of the manifest. */
  stakesIn(component: string): readonly Stake[]
}

/** @param built the graph, where that of another model is the same because only journeys differ */
export function factsOf(model: Model, built?: Graph): Facts {
  const graph = once(() => built ?? buildGraph(model))
  const reach = once(() => reachOf(model, graph()))
  const journeys = once(() => journeysOf(model, graph(), reach()))
  const waiting = once(() => waitingOf(model, graph(), reach()))
  const load = once(() => loadOf(model, graph(), reach()))
  const durations = once(() => durationsOf(model, graph()))
  const amplification = once(() => amplificationOf(model, graph(), reach()))
  const retries = once(() => retriesOf(model, graph(), load()))
  const chains = once(() => ({
    sure: longestChains(model, graph(), reach(), (edge, known) => edge.hard === 'yes' && known.takes(edge) === 'yes'),
    possible: longestChains(model, graph(), reach(), (edge, known) => edge.hard !== 'no' && known.takes(edge) !== 'no'),
  }))
  const slots = byKind((service: Service, kind) =>
    busySlots(service, kind, { graph: graph(), load: load(), durations: durations() }),
  )
  const gateways = once(() => gatewaysBefore(model, graph()))
  const without = new Map<string, Load>()
  const stakes = once(() => new Map([...model.slos.values()].map(slo => [slo, stakesOf(slo, model, facts)])))
  const stakesByComponent = once(() => stakesByName([...stakes().values()].flat()))
  const budgets = new Map<Slo, BudgetLedger>()
  const others = new Map<string, Facts>()
  const facts: Facts = {
    get graph() {
      return graph()
    },
    get reach() {
      return reach()
    },
    get journeys() {
      return journeys()
    },
    get waiting() {
      return waiting()
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
    get retries() {
      return retries()
    },
    get blastRadius() {
      return blastRadius()
    },
    loadWithout: (cache, share, { name }, kind) => {
      const key = `${cache.name}\u0000${share}\u0000${name}`
      if (!without.has(key)) without.set(key, loadOf(model, graph(), reach(), { cache, share, at: name }))
      return without.get(key)!.at(name, kind)
    },
    atLoad: (journey, perSecond) => {
      const key = `${journey.name}\u0000${perSecond}`
      if (!others.has(key)) others.set(key, factsOf(withOneLoad(model, journey, perSecond), graph()))
      return others.get(key)!
    },
    callsTo: component => indicesOf(model).callsTo(component),
    gatewaysBefore: service => gateways().get(service) ?? [],
    ledger: memo(store => ledgerOf(store, model, component => indicesOf(model).callsTo(component))),
    drains: memo(queue => drainsOf(queue, { model, graph: graph(), load: load() })),
    capacity: memo(component => capacityOf(component, durations())),
    busySlots: (service, kind) => slots(service, kind).total,
    utilisation: byKind((component, kind) => utilisationOf(component, kind, { load: load(), busySlots: slots })),
    budget: slo => {
      if (!budgets.has(slo)) budgets.set(slo, budgetLedgerOf(slo, stakes().get(slo) ?? [], model, facts))
      return budgets.get(slo)!
    },
    stakesIn: component => stakesByComponent().get(component) ?? [],
  }
  const blastRadius = once(() => blastRadiusOf(model, facts))
  return facts
}

function once<T>(compute: () => T): () => T {
  let known: { value: T } | undefined
  return () => (known ??= { value: compute() }).value
}

const stakesByName = (stakes: readonly Stake[]) => groupedBy(stakes, stake => [stake.component.name])
