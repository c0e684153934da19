import type { Path } from '../finding.ts'
import type { Call, Component, Journey, Model } from '../manifest/model.ts'
import { attemptLimit } from './attempt.ts'
import { carriedBy } from './caching.ts'
import { exactly, exceeds, product, reaches, scale, stated, sum, type Answer, type Estimate } from './estimate.ts'
import type { Certainty, Edge } from './graph.ts'
import type { Facts } from './index.ts'
import { memo } from './memo.ts'
import { stronglyConnected } from './order.ts'
import {
  answeredInstead,
  beyond,
  exhaustionOf,
  passesWhenDown,
  standInOf,
  waitsForEver,
  type Exhaustion,
  type Hazard,
  type Passes,
} from './spread.ts'

/** What edges do in an outage, whichever journey comes; each thing is computed once for all scenarios under one load. */
export interface OutageEdges {
  /** What answers when the end of the edge does not. */
  standIn(edge: Edge): Component | undefined
  /** Edges that lean on a component when something else is lost: as their stand-in, or as the alternative of an external. */
  leaningOn(component: string): readonly Edge[]
  passes(edge: Edge, isAlone: boolean): Passes
  waitsForEver(edge: Edge): Hazard
  /** Whether a hang at the end takes all slots at the start. */
  exhaustion(edge: Edge): Exhaustion | undefined
  /** The same for an answer that comes, but late. */
  lateExhaustion(edge: Edge, time: number): Exhaustion | undefined
  /** Whether the stand-in of all these edges gets more than it carries when all of them are lost. */
  overload(standIn: Component, lost: readonly Edge[]): Hazard
  /** Whether the caller has given up, or a breaker that counts slow calls has opened, when an answer takes this long. */
  givesUp(edge: Edge, time: number): Hazard
  /** Whether a limit of the calls that wait at the same time turns others away, when each takes this long. */
  refuses(edge: Edge, time: number): boolean
  takes(edge: Edge, journey: Journey): Certainty
  /** Whether the journey does not come to the start of the edge, but others do that surely take it. */
  isTakenByOthers(edge: Edge, journey: Journey): boolean
  /** All components, what is leant on before who leans on it. */
  readonly order: { readonly names: readonly string[]; readonly indexOf: ReadonlyMap<string, number> }
}

export function outageEdges(model: Model, facts: Facts): OutageEdges {
  const busy = memo((caller: string) => facts.busySlots(model.services.get(caller)!, 'peak').low)
  const standIn = memo((edge: Edge) => standInOf(edge, model))
  const leaning = new Map<string, Edge[]>()
  for (const edge of facts.graph.edges) {
    for (const name of new Set([standIn(edge)?.name, edge.to.kind === 'external' ? edge.to.alternative : undefined])) {
      if (name !== undefined) leaning.set(name, [...(leaning.get(name) ?? []), edge])
    }
  }
  const names = stronglyConnected(model.components.keys(), name =>
    facts.graph.out.get(name)!.flatMap(edge => [edge.to.name, ...(standIn(edge) ? [standIn(edge)!.name] : [])]),
  ).flat()
  const own = memo((standIn: Component) => facts.load.at(standIn.name, 'peak'))
  const carries = memo((standIn: Component) => carriedBy(standIn, facts))
  const instead = memo((edge: Edge) => answeredInstead(edge, standIn(edge)!, model, facts))
  const passes = { alone: memo((edge: Edge) => passesWhenDown(edge, undefined, true)), backed: memo(passesFirst) }
  return {
    standIn,
    leaningOn: name => leaning.get(name) ?? [],
    passes: (edge, isAlone) => passes[isAlone ? 'alone' : 'backed'](edge),
    waitsForEver: memo(waitsForEver),
    exhaustion: memo(edge => exhaustionOf(edge, facts, busy)),
    lateExhaustion: (edge, time) => exhaustionOf(edge, facts, busy, time),
    overload: (component, lost) => {
      const most = carries(component)?.most
      return most ? overloadOf(component, own(component), lost.map(instead), most) : decided(false)
    },
    givesUp,
    refuses: (edge, time) => refuses(edge, time, facts),
    takes: (edge, journey) => takes(edge, journey, facts),
    isTakenByOthers: (edge, { name }) =>
      !facts.reach.get(name)!.touches.has(edge.from.name) && facts.journeys.taking(edge, 'sure').length > 0,
    order: { names, indexOf: new Map(names.map((name, i) => [name, i])) },
  }
}

const passesFirst = (edge: Edge): Passes => passesWhenDown(edge, undefined)

/** Nothing leads a journey to what only stands in for something, so what that calls is judged by the author's word. */
function takes(edge: Edge, { name }: Journey, { reach, journeys }: Facts): Certainty {
  const known = reach.get(name)!
  if (known.touches.has(edge.from.name)) return known.takes(edge)
  if (edge.except?.includes(name) === true || edge.serves?.includes(name) === false) return 'no'
  return edge.serves !== undefined || journeys.through(edge.from.name).length === 0 ? 'yes' : 'maybe'
}

const decided = (answer: Answer): Hazard =>
  typeof answer === 'boolean'
    ? { surely: answer, possibly: answer, missing: [] }
    : { surely: false, possibly: true, missing: answer }

/** Each lost edge adds what its callers ask the stand-in for instead. */
function overloadOf(standIn: Component, own: Estimate, instead: readonly Estimate[], most: Estimate): Hazard {
  if (instead.length < 2) return beyond(instead[0] ?? own, most, standIn)
  return beyond(sum([own, ...instead.map(all => added(all, own))]), most, standIn)
}

/** What comes on top of the ordinary load, which is part of both. */
export const added = (all: Estimate, own: Estimate): Estimate => ({
  low: Math.max(0, all.low - own.low),
  high: all.high === undefined ? undefined : Math.max(0, all.high - own.low),
  missing: all.missing,
})

function givesUp({ via }: Edge, time: number): Hazard {
  const call = via as Call
  const { circuitBreaker, path } = call
  const limit = attemptLimit(call)
  const late = reaches(exactly(time), limit.time)
  if (late === true) return decided(true)
  const { slowCallDuration } = typeof circuitBreaker === 'object' ? circuitBreaker : {}
  if (typeof slowCallDuration === 'number' && time >= slowCallDuration) return decided(true)
  const doubts: Path[] = late === false ? [] : [limit.at]
  if (typeof circuitBreaker === 'object' && slowCallDuration === undefined && Number.isFinite(time))
    doubts.push([...path, 'circuitBreaker', 'slowCallDuration'])
  return decided(doubts.length > 0 && doubts)
}

/** L = rate x time calls wait at once (Little's law). A limit that is not stated turns nobody away. */
function refuses(edge: Edge, time: number, { load }: Facts): boolean {
  const { from, kind } = edge
  const { bulkhead, pool } = edge.via as Call
  if (kind !== 'call' || from.kind !== 'service') return false
  const each = Math.min(
    typeof bulkhead === 'number' ? bulkhead : Number.POSITIVE_INFINITY,
    typeof pool === 'number' ? pool * (from.processes ?? 1) : Number.POSITIVE_INFINITY,
  )
  if (each === Number.POSITIVE_INFINITY) return false
  const instances = stated(from.replicas?.max, [...from.path, 'replicas'])
  const waiting = scale(load.requestsOn(edge, 'peak'), time / 1000)
  return exceeds(waiting, product(instances, exactly(each))) === true
}
