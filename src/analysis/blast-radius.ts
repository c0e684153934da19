import type { Path } from '../finding.ts'
import type { Component, Journey, Model } from '../manifest/model.ts'
import { distinct } from './estimate.ts'
import type { Edge } from './graph.ts'
import type { Facts } from './index.ts'
import { groupedBy } from './indices.ts'
import { memo } from './memo.ts'
import { byImportance } from './reach.ts'
import { settle, type Bound, type Reached } from './settle.ts'
import { sharedFate } from './shared-fate.ts'
import {
  effects,
  exhaustionOf,
  overloadOf,
  passesWhenDown,
  standInOf,
  waitsForEver,
  type Effect,
  type Exhaustion,
  type Hazard,
  type Level,
  type Passes,
  type Step,
} from './spread.ts'
import { weightsOf } from './weights.ts'

/** `down`: it refuses or answers with errors. `slow`: it does not answer. `dataLoss`: its data is gone until it is restored. */
export type Mode = 'down' | 'slow' | 'dataLoss'

/** What the loss of a component does to one journey. */
export interface Cell {
  /** `unknown` where facts that are not stated decide. */
  readonly effect: Effect | 'unknown'
  /** With every unstated fact in the author's favour, and with every one against it. */
  readonly least: Effect
  readonly most: Effect
  /** The facts that keep the two apart, from the entry of the journey on. */
  readonly missing: readonly Path[]
  /** How the loss gets to the entry of the journey at the worst, from the entry on. */
  readonly route: readonly Edge[]
}

export interface Blast {
  readonly component: Component
  readonly mode: Mode
  /** By the name of the journey, the most important first. Those that the loss does not affect at all are left out. */
  readonly cells: ReadonlyMap<string, Cell>
  /** `slow`: direct callers all of whose slots wait for it, or may. */
  readonly exhausts: readonly Exhaustion[]
}

export interface BlastRadius {
  of(component: Component, mode: Mode): Blast
  /** Every component that has data to lose, for `dataLoss`, or else every one, the most harmful first. */
  ranking(mode: Mode): readonly Blast[]
  /** Components without which a journey surely fails. */
  fatalFor(journey: Journey): readonly Component[]
}

type Kind = 'error' | 'hang'

/**
 * Walks each journey once from its entry down, strongest effects first, and caps the effect at every edge by what that edge
 * lets through. So all components below a journey get their effect in one pass over its edges, rather than one pass each.
 *
 * A component that hangs is worse than one that fails: where nobody gives up the caller hangs as well, and where its slots
 * run out it does so for all of its journeys, those that never needed the callee included.
 */
export function blastRadiusOf(model: Model, facts: Facts): BlastRadius {
  const edges = edgeFacts(model, facts)
  const journeys = [...model.journeys.values()].sort(byImportance)
  const reached = memo((journey: Journey) => spreadOf(journey, model, facts, edges))
  const known = new Map<string, Blast>()
  /** By the name of what is lost. Where a journey enters is not known, anything may affect it. */
  const affected = memo((kind: Kind) =>
    groupedBy(journeys, journey =>
      journey.entry === undefined ? model.components.keys() : reached(journey)(kind, 'most').keys(),
    ),
  )

  const of = (component: Component, mode: Mode): Blast => {
    const key = `${mode} ${component.name}`
    const found = known.get(key)
    if (found) return found
    const kind = mode === 'slow' ? 'hang' : 'error'
    const cells = new Map(
      (affected(kind).get(component.name) ?? []).map(journey => [
        journey.name,
        cellOf(component.name, journey, kind, reached(journey)),
      ]),
    )
    const inbound = mode === 'slow' ? facts.graph.in.get(component.name)! : []
    const exhausts = inbound.flatMap(edge => edges.exhaustion(edge) ?? [])
    const blast: Blast = { component, mode, cells, exhausts }
    known.set(key, blast)
    return blast
  }

  return {
    of,
    ranking: memo(mode => {
      const weights = weightsOf(journeys)
      return [...(mode === 'dataLoss' ? model.stores : model.components).values()]
        .map(component => [of(component, mode), harmOf(of(component, mode), weights)] as const)
        .sort(([a, x], [b, y]) => compare(y, x) || (a.component.name < b.component.name ? -1 : 1))
        .map(([blast]) => blast)
    }),
    fatalFor: journey =>
      [...reached(journey)('error', 'least')].flatMap(([name, { level }]) =>
        level === 3 ? [model.components.get(name)!] : [],
      ),
  }
}

/** What holds for an edge whoever takes it, computed once. */
interface EdgeFacts {
  passes(edge: Edge): Passes
  waitsForEver(edge: Edge): Hazard
  exhaustion(edge: Edge): Exhaustion | undefined
  /** Steps by which the loss of one component overloads another that is not on the way to it. */
  overloads(component: string): readonly Step[]
}

function edgeFacts(model: Model, facts: Facts): EdgeFacts {
  const busy = memo((caller: string) => facts.busySlots(model.services.get(caller)!, 'peak').low)
  const overload = memo((edge: Edge) => {
    const standIn = standInOf(edge, model)
    return standIn && overloadOf(edge, standIn, model, facts)
  })
  const overloads = new Map<string, Step[]>()
  for (const edge of facts.graph.edges) {
    const { surely, possibly, missing } = overload(edge) ?? { surely: false, possibly: false, missing: [] }
    if (!possibly) continue
    const { name } = standInOf(edge, model)!
    const passes: Passes = { least: surely ? 3 : 0, most: 3, missing }
    const step = { to: edge.to.name, passes, edge }
    const others = overloads.get(name)
    if (others) others.push(step)
    else overloads.set(name, [step])
  }
  return {
    passes: memo(edge => passesWhenDown(edge, overload(edge))),
    waitsForEver: memo(waitsForEver),
    exhaustion: memo(edge => exhaustionOf(edge, facts, busy)),
    overloads: component => overloads.get(component) ?? [],
  }
}

/** What each kind of loss does to one journey, worked out when it is asked for: most reviews ask for one of the four. */
type Spread = (kind: Kind, bound: Bound) => ReadonlyMap<string, Reached>

function spreadOf(journey: Journey, model: Model, facts: Facts, edges: EdgeFacts): Spread {
  const { graph } = facts
  const reach = facts.reach.get(journey.name)!
  const taken = (edge: Edge, passes: Passes): Step[] => {
    const answer = reach.takes(edge)
    if (answer === 'no') return []
    const sure = answer === 'yes'
    const missing = sure ? passes.missing : [[...edge.path, 'serves'], ...passes.missing]
    return [{ to: edge.to.name, edge, passes: { least: sure ? passes.least : 0, most: passes.most, missing } }]
  }
  const shared = sharedFate(journey, model, facts, edge => edges.passes(edge))
  const errors = memo((name: string) => graph.out.get(name)!.flatMap(edge => taken(edge, edges.passes(edge))))
  // Nobody asks something else instead as long as there is an answer, however poor: these follow from whole losses alone.
  const losses = (bound: Bound) => (name: string) => [
    ...errors(name).filter(({ passes }) => passes[bound] === 3),
    ...edges.overloads(name),
    ...(shared.get(name) ?? []),
  ]
  const hangs = (name: string): Step[] =>
    graph.out.get(name)!.flatMap(edge => {
      const exhaustion = edges.exhaustion(edge)
      const waits = edges.waitsForEver(edge)
      return [
        ...(waits.possibly ? taken(edge, whole(waits)) : []),
        ...(exhaustion ? [{ to: edge.to.name, edge, passes: whole(exhaustion) }] : []),
      ]
    })
  const entry = journey.entry !== undefined && graph.out.has(journey.entry) ? journey.entry : undefined
  const start = new Map<string, Reached>(entry === undefined ? [] : [[entry, { level: 3 }]])
  const failing = (bound: Bound) => {
    const [soft, whole] = [settle(start, errors, bound), settle(start, losses(bound), bound)]
    return settle(new Map([...soft, ...whole]), losses(bound), bound)
  }
  const error = memo(failing)
  const hang = memo((bound: Bound) => settle(error(bound), hangs, bound))
  return (kind, bound) => (kind === 'error' ? error(bound) : hang(bound))
}

const whole = ({ surely, missing }: Hazard): Passes => ({ least: surely ? 3 : 0, most: 3, missing })

/** What a cell holds that is left out. */
export const unaffected: Cell = {
  effect: 'unaffected',
  least: 'unaffected',
  most: 'unaffected',
  missing: [],
  route: [],
}

function cellOf(component: string, journey: Journey, kind: Kind, spread: Spread): Cell {
  if (journey.entry === undefined)
    return { effect: 'unknown', least: 'unaffected', most: 'fails', missing: [[...journey.path, 'entry']], route: [] }
  return new Lost(spread(kind, 'most').get(component)!, spread(kind, 'least').get(component)?.level ?? 0)
}

/** How the loss came about is only followed for the few cells of many that are looked at so closely. */
class Lost implements Cell {
  readonly effect: Cell['effect']
  readonly least: Effect
  readonly most: Effect
  readonly #worst: Reached

  constructor(worst: Reached, least: Level) {
    this.#worst = worst
    this.least = effects[least]
    this.most = effects[worst.level]
    this.effect = this.least === this.most ? this.most : 'unknown'
  }

  get missing(): readonly Path[] {
    return this.least === this.most ? [] : distinct(this.#steps().flatMap(({ passes }) => passes.missing))
  }

  get route(): Edge[] {
    return this.#steps().map(({ edge }) => edge)
  }

  #steps(): Step[] {
    const found: Step[] = []
    for (let at: Reached | undefined = this.#worst; at?.step; at = at.from) found.push(at.step)
    return found.reverse()
  }
}

/** What surely fails counts before what may fail, and that before what is degraded or delayed. */
function harmOf({ cells }: Blast, weights: ReadonlyMap<string, number>): number[] {
  const total = (holds: (cell: Cell) => boolean) =>
    [...cells].reduce((sum, [name, cell]) => sum + (holds(cell) ? weights.get(name)! : 0), 0)
  return [
    total(({ least }) => least === 'fails'),
    total(({ most }) => most === 'fails'),
    total(({ least }) => least === 'degraded'),
    total(({ least }) => least === 'delayed'),
  ]
}

const compare = (a: readonly number[], b: readonly number[]): number =>
  a.map((value, i) => value - b[i]!).find(difference => difference !== 0) ?? 0
