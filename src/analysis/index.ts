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
import { buildGraph, type Edge, type Graph } from './graph.ts'
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
  /** What an SLO has at stake, its own service first. */
  stakesOf(slo: Slo): readonly Stake[]
  /** What SLOs have at stake in a component, in the order of the manifest. */
  stakesIn(component: string): readonly Stake[]
}

/** @param built the graph, where that of another model is the same because only journeys differ */
export const factsOf = (model: Model, built?: Graph): Facts => new LazyFacts(model, built)

/** Every rule reads these: the getters of a class are found far faster than those that an object is made with. */
class LazyFacts implements Facts {
  readonly #model: Model
  #graph: Graph | undefined
  #reach?: ReadonlyMap<string, Reach>
  #journeys?: Journeys
  #waiting?: Waiting
  #load?: Load
  #durations?: Durations
  #chains?: Facts['chains']
  #amplification?: ReadonlyMap<string, Amplification>
  #retries?: Retries
  #blastRadius?: BlastRadius
  #gateways?: ReadonlyMap<string, readonly string[]>
  #stakes?: ReadonlyMap<Slo, readonly Stake[]>
  #stakesByComponent?: ReadonlyMap<string, readonly Stake[]>
  readonly #slots = byKind((service: Service, kind) => busySlots(service, kind, this))
  readonly #without = new Map<string, Load>()
  readonly #others = new Map<string, Facts>()

  constructor(model: Model, built: Graph | undefined) {
    this.#model = model
    this.#graph = built
  }

  get graph() {
    return (this.#graph ??= buildGraph(this.#model))
  }
  get reach() {
    return (this.#reach ??= reachOf(this.#model, this.graph))
  }
  get journeys() {
    return (this.#journeys ??= journeysOf(this.#model, this.graph, this.reach))
  }
  get waiting() {
    return (this.#waiting ??= waitingOf(this.#model, this.graph, this.reach))
  }
  get load() {
    return (this.#load ??= loadOf(this.#model, this.graph, this.reach))
  }
  get durations() {
    return (this.#durations ??= durationsOf(this.#model, this.graph))
  }
  get chains() {
    const longest = (follows: (edge: Edge, known: Reach) => boolean) =>
      longestChains(this.#model, this.graph, this.reach, follows)
    return (this.#chains ??= {
      sure: longest((edge, known) => edge.hard === 'yes' && known.takes(edge) === 'yes'),
      possible: longest((edge, known) => edge.hard !== 'no' && known.takes(edge) !== 'no'),
    })
  }
  get amplification() {
    return (this.#amplification ??= amplificationOf(this.#model, this.graph, this.reach))
  }
  get retries() {
    return (this.#retries ??= retriesOf(this.#model, this.graph, this.load))
  }
  get blastRadius(): BlastRadius {
    return (this.#blastRadius ??= blastRadiusOf(this.#model, this))
  }
  get #allStakes(): ReadonlyMap<Slo, readonly Stake[]> {
    return (this.#stakes ??= new Map(
      [...this.#model.slos.values()].map(slo => [slo, stakesOf(slo, this.#model, this)]),
    ))
  }

  readonly ledger = memo((store: Store) => ledgerOf(store, this.#model, component => this.callsTo(component)))
  readonly drains = memo((queue: Queue) => drainsOf(queue, { model: this.#model, graph: this.graph, load: this.load }))
  readonly capacity = memo((component: Component) => capacityOf(component, this.durations))
  readonly utilisation = byKind((component: Component, kind) =>
    utilisationOf(component, kind, { load: this.load, busySlots: this.#slots }),
  )
  readonly budget = memo((slo: Slo): BudgetLedger => budgetLedgerOf(slo, this.stakesOf(slo), this.#model, this))

  loadWithout(cache: Cache, share: number, { name }: Component, kind: LoadKind): Estimate {
    const key = `${cache.name}\u0000${share}\u0000${name}`
    let load = this.#without.get(key)
    if (!load) this.#without.set(key, (load = loadOf(this.#model, this.graph, this.reach, { cache, share, at: name })))
    return load.at(name, kind)
  }

  atLoad(journey: Journey, perSecond: number): Facts {
    const key = `${journey.name}\u0000${perSecond}`
    let facts = this.#others.get(key)
    if (!facts) this.#others.set(key, (facts = factsOf(withOneLoad(this.#model, journey, perSecond), this.graph)))
    return facts
  }

  callsTo(component: string): readonly Call[] {
    return indicesOf(this.#model).callsTo(component)
  }

  gatewaysBefore(service: string): readonly string[] {
    return (this.#gateways ??= gatewaysBefore(this.#model, this.graph)).get(service) ?? []
  }

  busySlots(service: Service, kind: LoadKind): Estimate {
    return this.#slots(service, kind).total
  }

  stakesOf(slo: Slo): readonly Stake[] {
    return this.#allStakes.get(slo) ?? []
  }

  stakesIn(component: string): readonly Stake[] {
    return (this.#stakesByComponent ??= stakesByName([...this.#allStakes.values()].flat())).get(component) ?? []
  }
}

const stakesByName = (stakes: readonly Stake[]) => groupedBy(stakes, stake => [stake.component.name])
