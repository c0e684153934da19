import type { Path } from '../finding.ts'
import type { Call, Component, External, Model, Publish } from '../manifest/model.ts'
import { attemptLimit, waitsOnNetwork } from './attempt.ts'
import { carriedBy, coldLoad, isBehind } from './caching.ts'
import { capped, exactly, exceeds, reaches, smallest, sum, type Answer, type Estimate } from './estimate.ts'
import { decidedBy } from './faults.ts'
import type { Edge } from './graph.ts'
import { guardOf, hangOf, type Hang } from './hang.ts'
import type { Facts } from './index.ts'

/** What happens to the requests of a journey, from nothing to the worst. */
export const effects = ['unaffected', 'delayed', 'degraded', 'fails'] as const
export type Effect = (typeof effects)[number]

/** An effect as a number, to compare and to cap. */
export type Level = 0 | 1 | 2 | 3
const [delayed, degraded, fails] = [1, 2, 3] as const

/** The most that reaches the start of an edge when its end is lost: with every unstated fact in the author's favour, and against. */
export interface Passes {
  readonly least: Level
  readonly most: Level
  /** The facts that keep the two apart. */
  readonly missing: readonly Path[]
}

/** One step of a failure: when `to` is lost, the component it starts from is too, or suffers, as far as `passes` says. */
export interface Step {
  readonly to: string
  readonly passes: Passes
  readonly edge: Edge
}

/** Whether something holds, or the facts that decide it. */
export interface Hazard {
  readonly surely: boolean
  readonly possibly: boolean
  readonly missing: readonly Path[]
}

const passes = (least: Level, most: Level, missing: readonly Path[]): Passes => ({
  least,
  most,
  missing: least === most ? [] : missing,
})
const hazard = (answer: Answer): Hazard =>
  typeof answer === 'boolean'
    ? { surely: answer, possibly: answer, missing: [] }
    : { surely: false, possibly: true, missing: answer }

/**
 * What crosses an edge when its end answers with errors, or not at all to a caller that gives up.
 * @param overload of what answers instead
 * @param isAlone what could do the same as an external is lost as well
 */
export function passesWhenDown(edge: Edge, overload: Hazard | undefined, isAlone = false): Passes {
  // Messages wait until their consumer is back.
  if (edge.kind === 'consume') return passes(delayed, delayed, [])
  if (edge.kind === 'publish') return publishPasses(edge)
  // Another provider takes over, where there is one; that takes a while, or costs something.
  if (edge.to.kind === 'external' && hasAlternative(edge.to) && !isAlone) return passes(degraded, degraded, [])
  if (edge.hard === 'yes') return passes(fails, fails, [])
  return edge.hard === 'no' ? softPasses(edge, overload) : passes(softPasses(edge).least, fails, [edge.hardness])
}

const hasAlternative = ({ alternative }: External): boolean => alternative !== undefined

/** With an outbox the messages are sent later; without one the request fails, unless it does no harm to lose them. */
function publishPasses({ via, hard, hardness }: Edge): Passes {
  if ((via as Publish).lossTolerated === true) return passes(degraded, degraded, [])
  if (hard === 'maybe') return passes(delayed, fails, [hardness])
  return hard === 'yes' ? passes(fails, fails, []) : passes(delayed, delayed, [])
}

/** The caller does without the answer, as long as what answers instead can carry that. */
function softPasses(edge: Edge, overload: Hazard = hazard(false)): Passes {
  const call = edge.via as Call
  if (call.mode !== 'async' && call.optional !== true) {
    if (overload.possibly) return passes(overload.surely ? fails : degraded, fails, overload.missing)
    const { fallback } = call
    const isKept = fallback !== undefined && fallback !== 'none' && fallback.answer === 'queued'
    // What is queued is done later. A fallback that is not stated may do that, but a cache that fails cannot.
    const mayBeKept = edge.hard === 'maybe' && edge.kind === 'call' && edge.to.kind !== 'cache'
    if (isKept || mayBeKept) return passes(delayed, delayed, [])
  }
  return passes(degraded, degraded, [])
}

/** What answers when the end of an edge does not: the fallback, or the origin behind a cache. */
export function standInOf({ kind, via, to }: Edge, model: Model): Component | undefined {
  if (kind !== 'call') return undefined
  const { fallback } = via as Call
  if (fallback !== undefined) return fallback === 'none' ? undefined : model.components.get(fallback.to ?? '')
  const asksOrigin = to.kind === 'cache' && (to.onFailure === undefined || to.onFailure === 'origin')
  return asksOrigin ? model.components.get(to.inFrontOf ?? '') : undefined
}

/** Whether what answers instead gets more at the peak than it carries. `undefined` where that has no limit of its own. */
export function overloadOf(edge: Edge, standIn: Component, model: Model, facts: Facts): Hazard | undefined {
  const carries = carriedBy(standIn, facts)
  return carries && beyond(answeredInstead(edge, standIn, model, facts), carries.most, standIn)
}

/** Whether a load is more than a component carries. */
export function beyond(load: Estimate, most: Estimate, component: Component): Hazard {
  const answer = exceeds(load, most)
  return hazard(typeof answer === 'boolean' ? answer : decidedBy(answer, component))
}

/** Load of what answers instead at the peak, its own included. */
export function answeredInstead(edge: Edge, standIn: Component, model: Model, facts: Facts): Estimate {
  const own = facts.load.at(standIn.name, 'peak')
  const { fallback } = edge.via as Call
  const cap = typeof fallback === 'object' ? fallback.maxRps : undefined
  const most = cap === 'none' ? undefined : cap
  const extra = atMost(facts.load.on(edge, 'peak'), most)
  const { to } = edge
  const isOrigin = to.kind === 'cache' && (to.inFrontOf === standIn.name || isBehind(edge, to, model))
  // What the cache missed went to its origin before as well, so it does not count twice.
  const all = sum([own, extra])
  return isOrigin ? smallest(coldLoad(to, standIn, 'peak', facts), all) : all
}

const atMost = (estimate: Estimate, limit: number | undefined): Estimate =>
  limit === undefined ? estimate : capped(estimate, limit)

/** Whether a request waits for ever at the start of an edge whose end hangs: nothing gives up, and no breaker opens. */
export function waitsForEver({ kind, via }: Edge): Hazard {
  if ((kind !== 'call' && kind !== 'miss') || !waitsOnNetwork(via as Call)) return hazard(false)
  const { circuitBreaker, path } = via as Call
  const { time, at } = attemptLimit(via as Call)
  if (time.high === undefined) return hazard([at])
  if (time.low !== Number.POSITIVE_INFINITY) return hazard(false)
  if (circuitBreaker === undefined) return hazard([[...path, 'circuitBreaker']])
  if (circuitBreaker === 'none' || circuitBreaker.slowCallDuration === 'none') return hazard(true)
  return hazard(
    circuitBreaker.slowCallDuration === undefined ? [[...path, 'circuitBreaker', 'slowCallDuration']] : false,
  )
}

/** A caller whose slots all wait for one callee that hangs: from then on it answers nobody. */
export interface Exhaustion extends Hazard {
  readonly edge: Edge
  readonly hang: Hang
}

/**
 * Whether a hang at the end of an edge takes all slots at its start; `undefined` where none can wait, or it cannot come to that.
 * @param time milliseconds after which it does answer; such an answer opens no breaker that counts errors
 */
export function exhaustionOf(
  edge: Edge,
  facts: Facts,
  busy: (caller: string) => number,
  time?: number,
): Exhaustion | undefined {
  const { from: caller, kind } = edge
  if ((kind !== 'call' && kind !== 'miss') || caller.kind !== 'service' || caller.runtime === 'serverless')
    return undefined
  const call = edge.via as Call
  if (!waitsOnNetwork(call)) return undefined
  const wait = time === undefined ? undefined : exactly(time)
  const hang = hangOf(edge, caller, busy(caller.name), facts.load, facts.durations, wait)
  const guard = guardOf(wait ? { ...call, circuitBreaker: 'none' } : call, caller, hang.fills)
  const full = reaches(hang.waiting, hang.slots)
  if (full === false || guard === 'contained') return undefined
  const missing = [...(full === true ? [] : full), ...(guard === 'open' ? [] : [guard.ask])]
  return { surely: missing.length === 0, possibly: true, missing, edge, hang }
}
