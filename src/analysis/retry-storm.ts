import type { Path } from '../finding.ts'
import type { Call, Component, Model } from '../manifest/model.ts'
import { answersFailuresBelow, attemptsOf, outwards } from './amplification.ts'
import { distinct, exactly, product, type Estimate } from './estimate.ts'
import type { Edge, Graph } from './graph.ts'
import type { Facts } from './index.ts'
import type { Load, LoadKind } from './load.ts'

/** A retry budget up to this adds too little load to keep a component down. */
export const harmlessBudget = 0.2

/** What arrives on an edge for one request that its caller takes in. */
interface Repeated {
  readonly attempts: Estimate
  /** Edges that surely try again. */
  readonly tiers: readonly Edge[]
}

export type Retries = ReadonlyMap<Edge, Repeated>

const once: Repeated = { attempts: exactly(1), tiers: [] }

/**
 * How often each edge carries one request while its end is overloaded, for as long as nothing stops the retries: a breaker
 * ends them and a small budget caps them. `low` holds for every request on the edge, whichever way it came.
 */
export function retriesOf(model: Model, graph: Graph, load: Load): Retries {
  const { order, leads } = outwards(model, graph)
  const entries = new Set([...model.journeys.values()].map(({ entry }) => entry))
  const found = new Map<Edge, Repeated>()
  /** The same for a component that fails because of something below it. */
  const passing = new Map<string, Repeated>()
  for (const name of order) {
    const edges = graph.in.get(name)!.filter(edge => leads(edge) && load.requestsOn(edge, 'peak').high !== 0)
    const above = edges.map(edge => ({ edge, before: fromAbove(edge, passing.get(edge.from.name) ?? once) }))
    for (const { edge, before } of above) found.set(edge, repeat(edge, before))
    const passed = above.map(({ edge, before }) => (answersFailuresBelow(edge) ? repeat(edge, before) : before))
    passing.set(name, common(entries.has(name) ? [once, ...passed] : passed))
  }
  return found
}

/** A failure travels up only while it makes the request fail. */
function fromAbove({ hard, hardness }: Edge, { attempts, tiers }: Repeated): Repeated {
  if (hard === 'no' || attempts.high === 1) return once
  if (hard === 'yes') return { attempts, tiers }
  return { attempts: { low: 1, high: attempts.high, missing: distinct([...attempts.missing, hardness]) }, tiers: [] }
}

function repeat(edge: Edge, { attempts, tiers }: Repeated): Repeated {
  const own = lastingAttempts(edge)
  return { attempts: product(attempts, own), tiers: own.low > 1 ? [...tiers, edge] : tiers }
}

/** What is sure and what is possible for a request that came on any of these ways. */
function common(ways: readonly Repeated[]): Repeated {
  const [first = once, ...others] = ways
  return others.reduce(
    (a, b) => ({
      attempts: {
        low: Math.min(a.attempts.low, b.attempts.low),
        high:
          a.attempts.high === undefined || b.attempts.high === undefined
            ? undefined
            : Math.max(a.attempts.high, b.attempts.high),
        missing: distinct([...a.attempts.missing, ...b.attempts.missing]),
      },
      tiers: a.attempts.low <= b.attempts.low ? a.tiers : b.tiers,
    }),
    first,
  )
}

/** Attempts of one tier that go on for as long as the callee is overloaded. A lost race and a refused connection are no load. */
function lastingAttempts({ kind, via }: Edge): Estimate {
  const call = via as Call
  if (kind !== 'call' || call.mode === 'async') return exactly(1)
  const { retries, circuitBreaker, path } = call
  if (retries?.retryOn?.every(failure => failure === 'connect' || failure === 'conflict')) return exactly(1)
  if (typeof retries?.budget === 'number' && retries.budget <= harmlessBudget) return exactly(1)
  if (circuitBreaker !== undefined && circuitBreaker !== 'none') return exactly(1)
  const attempts = attemptsOf(call)
  if (circuitBreaker === 'none' || attempts.high === 1) return attempts
  const breaker: Path = [...path, 'circuitBreaker']
  return { low: 1, high: attempts.high, missing: distinct([...attempts.missing, breaker]) }
}

export interface RetryStorm {
  /** Requests per second without any retry, as far as they are sure. */
  readonly load: number
  /** How many times that arrives while every request is tried as often as it may be. */
  readonly growth: Estimate
  /** Edges on which requests surely come more than once. */
  readonly ways: readonly { readonly edge: Edge; readonly attempts: number; readonly tiers: readonly Edge[] }[]
}

/** What a component gets at a load once it is overloaded. */
export function retryStormAt(component: Component, kind: LoadKind, facts: Facts): RetryStorm {
  const load = facts.load.requestsAt(component, kind).low
  const ways = facts.graph.in.get(component.name)!.flatMap(edge => {
    const repeated = facts.retries.get(edge)
    return repeated
      ? [{ edge, attempts: repeated.attempts.low, tiers: repeated.tiers, possible: repeated.attempts }]
      : []
  })
  const most = ways.map(({ possible }) => possible.high ?? Number.POSITIVE_INFINITY)
  const high = Math.min(
    Math.max(1, ...most),
    facts.amplification.get(component.name)!.factor.high ?? Number.POSITIVE_INFINITY,
  )
  const repeated = ways.filter(({ attempts }) => attempts > 1)
  const more = (edge: Edge, at: LoadKind, attempts: number) => facts.load.requestsOn(edge, at).low * (attempts - 1)
  // Whatever is at its peak, everything else is at its steady load at least.
  const calm = repeated.reduce((sum, { edge, attempts }) => sum + more(edge, 'steady', attempts), 0)
  const steady = facts.load.requestsAt(component, 'steady').low
  const bounds = repeated.map(({ edge, attempts }) => {
    const rise = facts.load.requestsOn(edge, kind).low - facts.load.requestsOn(edge, 'steady').low
    return steady + calm + rise * attempts
  })
  // Where nobody comes but on these edges, each request is tried as often as the least repeated of them.
  const isEntered = facts.journeys.through(component.name).some(({ entry }) => entry === component.name)
  const all = isEntered || ways.length === 0 ? 0 : load * Math.min(...ways.map(({ attempts }) => attempts))
  const total = Math.max(load + calm, all, ...bounds)
  const low = load > 0 ? Math.max(1, total / load) : 1
  const missing = distinct(ways.flatMap(({ possible }) => possible.missing))
  return {
    load,
    growth: { low, high: Number.isFinite(high) ? Math.max(high, low) : undefined, missing },
    ways: repeated,
  }
}
