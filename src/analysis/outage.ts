import type { Path } from '../finding.ts'
import type { Component, Journey, Model } from '../manifest/model.ts'
import { distinct } from './estimate.ts'
import type { Fault } from './faults.ts'
import type { Edge } from './graph.ts'
import type { Facts } from './index.ts'
import { outageEdges } from './outage-edges.ts'
import { OutageRun, type End } from './outage-run.ts'
import { latenessOf } from './outage-time.ts'
import { byImportance } from './reach.ts'
import { effects, type Effect, type Exhaustion, type Level } from './spread.ts'

/** How a fault gets one component further on its way to the users. */
export type How =
  /** It began here. */
  | 'fault'
  /** The callee fails, and so does the caller, as far as nothing answers instead. */
  | 'fails'
  /** Both the callee and what answers instead are lost. */
  | 'both'
  /** What answers instead gets more than it carries. */
  | 'overload'
  /** Nothing ends the wait. */
  | 'hangs'
  /** All slots of the caller wait. */
  | 'slots'
  /** The caller gives up before the answer comes. */
  | 'gives up'
  /** More calls wait at once than the caller's limit lets through. */
  | 'refused'
  /** The caller waits longer than usual, and answers. */
  | 'waits'

/** Why a component is in its state: a chain that leads to the fault. */
export interface Reason {
  readonly component: Component
  readonly how: How
  readonly level: Level
  /** The edge by which it came; none where it began here. */
  readonly edge?: Edge
  readonly from?: Reason
  /** For `both`: why the stand-in is lost. */
  readonly other?: Reason
  readonly fault?: Fault
  readonly exhaustion?: Exhaustion
  /** Milliseconds that the component takes to answer. */
  readonly time?: number
  readonly missing: readonly Path[]
}

/** What a scenario does to one journey. */
export interface Ending {
  readonly journey: Journey
  /** `unknown` where facts that are not stated decide. */
  readonly effect: Effect | 'unknown'
  readonly least: Effect
  readonly most: Effect
  /** The facts that keep the two apart, from the entry of the journey on. */
  readonly missing: readonly Path[]
  /** How it comes to the surest of what is known: to `least` where that is an effect, else to `most`. */
  readonly reason: Reason | undefined
}

/** Runs scenarios on one system under one load. */
export interface Outages {
  of(faults: readonly Fault[], journey: Journey): Ending
  /** All journeys, the most important first. */
  all(faults: readonly Fault[]): Ending[]
}

export function outagesOf(model: Model, facts: Facts): Outages {
  const edges = outageEdges(model, facts)
  const journeys = [...model.journeys.values()].sort(byImportance)
  const lateness = latenessOf(model, facts)
  const of: Outages['of'] = (faults, journey) => {
    const [least, most] = (['least', 'most'] as const).map(bound =>
      new OutageRun(journey, bound, faults, facts, edges, lateness).end(),
    )
    return ending(journey, least!, most!)
  }
  return { of, all: faults => journeys.map(journey => of(faults, journey)) }
}

/** A fault that does as much alone as all of them together. */
export interface Culprit {
  readonly fault: Fault
  readonly ending: Ending
}

/** In the order of the faults; none where it takes several of them. Of what is not decided those that may do the worst. */
export function culpritsOf(whole: Ending, faults: readonly Fault[], outages: Outages): Culprit[] {
  if (whole.most === 'unaffected') return []
  return faults.flatMap(fault => {
    const ending = outages.of([fault], whole.journey)
    const isEnough = whole.least === 'unaffected' ? ending.most === whole.most : ending.least === whole.least
    return isEnough ? [{ fault, ending }] : []
  })
}

function ending(journey: Journey, least: End, most: End): Ending {
  if (journey.entry === undefined) {
    const missing = [[...journey.path, 'entry']]
    return { journey, effect: 'unknown', least: 'unaffected', most: 'fails', missing, reason: undefined }
  }
  const [low, high] = [effects[least.level], effects[most.level]]
  return {
    journey,
    effect: low === high ? low : 'unknown',
    least: low,
    most: high,
    missing: low === high ? [] : missingOf(most.reason),
    reason: least.level === most.level ? least.reason : most.reason,
  }
}

/** From the entry of the journey down to the fault. */
export function chainOf(reason: Reason | undefined): Reason[] {
  const found: Reason[] = []
  for (let at = reason; at; at = at.from) found.push(at)
  return found
}

function missingOf(reason: Reason | undefined): readonly Path[] {
  const collect = (at: Reason | undefined): Path[] =>
    chainOf(at).flatMap(({ missing, fault, other }) => [...missing, ...(fault?.missing ?? []), ...collect(other)])
  return distinct(collect(reason))
}
