import { again, refused, timedOut, totalTimedOut } from './calls.ts'
import type { Deadlines } from './deadlines.ts'
import type { Plan } from './plan.ts'
import { beginFault, endFault } from './upsets.ts'
import { exponential } from './random.ts'
import type { Recorder } from './recorder.ts'
import { flag } from './rows.ts'
import { event, stateOf, type State } from './state.ts'
import { area, arrive, goOn } from './visits.ts'

/** A simulation that can be run a part at a time, so that its caller can say how far it is. */
export interface Running {
  /** Goes on for about so many events; true when it has come to its end. */
  go(events: number): boolean
  /** From 0 to 1. */
  readonly progress: number
  readonly events: number
  readonly recorder: Recorder
  /** What is under way at this moment. */
  inside(): Inside
}

export interface Inside {
  /** Requests of users that have no answer yet. */
  readonly users: number
  /** Those, messages and attempts, also those that nobody listens to any more. */
  readonly requests: number
  readonly calls: number
  readonly busy: number
  readonly waiting: number
  readonly connections: number
}

/** Seconds of requests whose unused share of the retry budget may be kept (as Finagle's budget does). */
const budgetMemory = 10

export function begin(plan: Plan): Running {
  const s = stateOf(plan)
  const { warmUp, duration } = plan
  const end = warmUp + duration
  for (let source = 0; source < plan.sources.length; source++) drawArrival(s, source, 1)
  for (const [i, { from, to }] of plan.faults.entries()) {
    s.heap.add(warmUp + from, event.fault, i)
    if (Number.isFinite(to)) s.heap.add(warmUp + to, event.faultEnd, i)
  }
  s.heap.add(warmUp, event.tick, 0)
  let isOver = false
  return {
    go: events => (isOver = isOver || advance(s, end, events)),
    get progress() {
      return Math.min(1, s.now / end)
    },
    get events() {
      return s.events
    },
    recorder: s.recorder,
    inside: () => ({
      users: s.users,
      requests: s.requests.live,
      calls: s.instances.live,
      busy: total(s.stations.busy),
      waiting: total(s.stations.waiting),
      connections: total(s.poolsBusy),
    }),
  }
}

const total = (counts: Int32Array): number => counts.reduce((sum, count) => sum + count, 0)

/** The loop. @returns whether the end was reached */
function advance(s: State, end: number, events: number): boolean {
  const { heap } = s
  const last = s.events + events
  while (s.events < last) {
    if (!heap.take() || heap.time > end) {
      s.now = end
      return true
    }
    s.events++
    s.now = heap.time
    const { id } = heap
    switch (heap.kind) {
      case event.arrival:
        if (s.arrivalAt[id] === s.now) arrival(s, id)
        break
      case event.done:
        goOn(s, id)
        break
      case event.timeout:
        pass(s, s.calls.timeouts[id]!, false, id)
        break
      case event.total:
        pass(s, s.calls.totals[id]!, true, id)
        break
      case event.again:
        again(s, id)
        break
      case event.refused:
        refused(s, id)
        break
      case event.fault:
        beginFault(s, s.plan.faults[id]!)
        break
      case event.faultEnd:
        endFault(s, s.plan.faults[id]!)
        break
      default:
        tick(s, id)
    }
  }
  return false
}

function arrival(s: State, source: number): void {
  const { station, isJourney } = s.plan.sources[source]!
  s.recorder.sources.now.arrivals[source]!++
  const flags = isJourney ? flag.user : flag.message
  if (!arrive(s, station, source, -1, flags, s.now, Number.POSITIVE_INFINITY)) s.recorder.sources.now.failed[source]!++
  else if (isJourney) s.users++
  drawArrival(s, source, exponential(s.streams, source))
}

/** @param wait in units of the mean time between arrivals */
export function drawArrival(s: State, source: number, wait: number): void {
  const at = s.now + wait / (s.rate[source]! * s.factor[source]!)
  s.arrivalAt[source] = at
  if (Number.isFinite(at)) s.heap.add(at, event.arrival, source)
}

/** The first deadlines of a call have come; those of what has ended before are passed over. */
function pass(s: State, deadlines: Deadlines, isTotal: boolean, call: number): void {
  const { instances } = s
  while (deadlines.size > 0) {
    const row = deadlines.call
    const isVoid = (isTotal ? instances.life : instances.generation)[row] !== deadlines.generation
    if (!isVoid && deadlines.time > s.now) break
    // It stays first while it is acted on, so that what begins meanwhile does not ask for an event of its own.
    if (!isVoid) (isTotal ? totalTimedOut : timedOut)(s, row)
    deadlines.drop()
  }
  if (deadlines.size > 0) s.heap.add(deadlines.time, isTotal ? event.total : event.timeout, call)
}

/** @param kept intervals before this one; the first one ends the warm-up */
function tick(s: State, kept: number): void {
  const { plan, recorder, calls } = s
  for (let station = 0; station < plan.stations.length; station++) area(s, station)
  if (kept > 0) {
    for (let call = 0; call < plan.calls.length; call++) {
      const { budget } = plan.calls[call]!
      const perSecond = (recorder.calls.now.first[call]! * 1000) / plan.interval
      calls.budgetMost[call] = Math.max(1, budget * perSecond * budgetMemory)
    }
    recorder.keep()
  } else recorder.begin()
  if (kept < recorder.intervals) s.heap.add(plan.warmUp + (kept + 1) * plan.interval, event.tick, kept + 1)
}
