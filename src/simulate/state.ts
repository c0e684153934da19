import { Deadlines } from './deadlines.ts'
import { EventHeap } from './event-heap.ts'
import { CacheEntries } from './cache-entries.ts'
import type { Plan } from './plan.ts'
import { streamsOf, type Streams } from './random.ts'
import { Recorder } from './recorder.ts'
import { Instances, Requests } from './rows.ts'

/**
 * All that changes while a simulation runs. Requests and calls are rows of typed arrays that are used again, so that no event
 * allocates. Times in milliseconds from the beginning of the warm-up.
 */
export interface State {
  readonly plan: Plan
  now: number
  events: number
  /** Requests of users that have no answer yet. */
  users: number
  readonly heap: EventHeap
  readonly streams: Streams
  readonly stationStream: number
  readonly callStream: number
  readonly cacheStream: number
  readonly stations: Stations
  readonly calls: Calls
  readonly poolsBusy: Int32Array
  readonly poolsFirst: Int32Array
  readonly poolsLast: Int32Array
  readonly caches: readonly CacheEntries[]
  /** Of each source: requests per millisecond, the factor of the moment, and which drawn arrival still holds. */
  readonly rate: Float64Array
  readonly factor: Float64Array
  readonly arrivalAt: Float64Array
  /** Programs as ranges: steps of a program, calls of a step. */
  readonly programs: Programs
  readonly requests: Requests
  readonly instances: Instances
  readonly recorder: Recorder
}

/** Kinds of events. */
export const event = {
  arrival: 0,
  done: 1,
  timeout: 2,
  total: 3,
  again: 4,
  refused: 5,
  fault: 6,
  faultEnd: 7,
  tick: 8,
} as const

export class Stations {
  readonly busy: Int32Array
  readonly waiting: Int32Array
  readonly slots: Float64Array
  readonly queueLimit: Float64Array
  readonly first: Int32Array
  readonly last: Int32Array
  /** Faults that keep it down. */
  readonly down: Int32Array
  /** Raised when it goes down: what began before fails when it ends. */
  readonly epoch: Int32Array
  /** Milliseconds that it takes while it is slow; NaN otherwise, `Infinity` while it hangs. */
  readonly slow: Float64Array
  /** When a hang ends. */
  readonly hangEnd: Float64Array
  /** 0 log-normal, 1 exponential, 2 constant. */
  readonly timeKind: Uint8Array
  readonly a: Float64Array
  readonly b: Float64Array
  readonly rateLimit: Float64Array
  readonly tokens: Float64Array
  readonly tokensAt: Float64Array
  readonly deliveries: Int32Array

  constructor({ stations }: Plan) {
    const n = stations.length
    const floats = (of: (station: Plan['stations'][number]) => number) => Float64Array.from(stations, of)
    this.busy = new Int32Array(n)
    this.waiting = new Int32Array(n)
    this.slots = floats(({ slots }) => slots)
    this.queueLimit = floats(({ queueLimit }) => queueLimit)
    this.first = new Int32Array(n).fill(-1)
    this.last = new Int32Array(n).fill(-1)
    this.down = new Int32Array(n)
    this.epoch = new Int32Array(n)
    this.slow = new Float64Array(n).fill(Number.NaN)
    this.hangEnd = new Float64Array(n).fill(Number.POSITIVE_INFINITY)
    this.timeKind = Uint8Array.from(stations, ({ time }) => ['logNormal', 'exponential', 'constant'].indexOf(time.kind))
    this.a = floats(({ time }) => (time.kind === 'logNormal' ? time.mu : time.mean))
    this.b = floats(({ time }) => (time.kind === 'logNormal' ? time.sigma : 0))
    this.rateLimit = floats(({ rateLimit }) => rateLimit / 1000)
    this.tokens = floats(({ rateLimit }) => burstOf(rateLimit))
    this.tokensAt = new Float64Array(n)
    this.deliveries = Int32Array.from(stations, ({ deliveries }) => Math.min(deliveries, 2 ** 30))
  }
}

/** A limit lets through what has gathered within a second. */
export const burstOf = (perSecond: number): number => Math.max(1, perSecond)

/** Buckets into which the window of a breaker is divided. */
export const buckets = 10

export class Calls {
  readonly inFlight: Int32Array
  readonly timeouts: readonly Deadlines[]
  readonly totals: readonly Deadlines[]
  /** Tokens of the retry budget, and the most that there may be. */
  readonly budget: Float64Array
  readonly budgetMost: Float64Array
  readonly tokens: Float64Array
  readonly tokensAt: Float64Array
  /** 0 closed, 1 open, 2 one call is trying. */
  readonly breaker: Uint8Array
  readonly openUntil: Float64Array
  /** Calls and failures by part of the window; `part` is the number of the part that was counted last. */
  readonly counted: Int32Array
  readonly failures: Int32Array
  readonly part: Float64Array

  constructor({ calls }: Plan) {
    const n = calls.length
    this.inFlight = new Int32Array(n)
    this.timeouts = calls.map(() => new Deadlines())
    this.totals = calls.map(() => new Deadlines())
    this.budget = new Float64Array(n)
    this.budgetMost = new Float64Array(n).fill(1)
    this.tokens = Float64Array.from(calls, ({ rateLimit }) => burstOf(rateLimit))
    this.tokensAt = new Float64Array(n)
    this.breaker = new Uint8Array(n)
    this.openUntil = new Float64Array(n)
    this.counted = new Int32Array(n * buckets)
    this.failures = new Int32Array(n * buckets)
    this.part = new Float64Array(n)
  }
}

export interface Programs {
  readonly firstStep: Int32Array
  readonly endStep: Int32Array
  readonly firstCall: Int32Array
  readonly endCall: Int32Array
  readonly calls: Int32Array
}

function programsOf({ programs }: Plan): Programs {
  const firstStep = new Int32Array(programs.length)
  const endStep = new Int32Array(programs.length)
  const [firstCall, endCall, calls]: [number[], number[], number[]] = [[], [], []]
  for (const [i, program] of programs.entries()) {
    firstStep[i] = firstCall.length
    for (const step of program?.steps ?? []) {
      firstCall.push(calls.length)
      calls.push(...step)
      endCall.push(calls.length)
    }
    endStep[i] = firstCall.length
  }
  return {
    firstStep,
    endStep,
    firstCall: Int32Array.from(firstCall),
    endCall: Int32Array.from(endCall),
    calls: Int32Array.from(calls),
  }
}

export function stateOf(plan: Plan): State {
  const { sources, stations, calls, caches, pools } = plan
  const streams = streamsOf(plan.seed, [
    ...sources.map(({ name }) => `source ${name}`),
    ...stations.map(({ kind, name }) => `${kind} ${name}`),
    ...calls.map(({ name }) => `call ${name}`),
    ...caches.map(({ name }) => `entries ${name}`),
  ])
  const cacheStream = sources.length + stations.length + calls.length
  return {
    plan,
    now: 0,
    events: 0,
    users: 0,
    heap: new EventHeap(),
    streams,
    stationStream: sources.length,
    callStream: sources.length + stations.length,
    cacheStream,
    stations: new Stations(plan),
    calls: new Calls(plan),
    poolsBusy: new Int32Array(pools.length),
    poolsFirst: new Int32Array(pools.length).fill(-1),
    poolsLast: new Int32Array(pools.length).fill(-1),
    caches: caches.map((cache, i) => new CacheEntries(cache, streams, cacheStream + i)),
    rate: Float64Array.from(sources, ({ rate }) => rate / 1000),
    factor: new Float64Array(sources.length).fill(1),
    arrivalAt: new Float64Array(sources.length).fill(Number.POSITIVE_INFINITY),
    programs: programsOf(plan),
    requests: new Requests(),
    instances: new Instances(),
    recorder: new Recorder(plan),
  }
}
