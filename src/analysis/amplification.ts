import type { Call, Consume, Model } from '../manifest/model.ts'
import { between, exactly, product, unknown, type Estimate } from './estimate.ts'
import { attemptsPerRequest } from './formulas/latency.ts'
import type { Edge, Graph } from './graph.ts'
import { stronglyConnected } from './order.ts'

/** How often one request is tried at a component while it fails: the worst path R = Π (1 + r) that leads to it. */
export interface Amplification {
  readonly factor: Estimate
  /** The worst path, from its start. */
  readonly route: readonly Edge[]
  /** Edges of the route that multiply. */
  readonly tiers: readonly Edge[]
}

/**
 * For every component the path with the largest product of attempts, over the graph without cycles (an edge that closes a
 * cycle is left out: `sync-call-cycle` reports it). Deliveries of a queue multiply as well, on a slower clock.
 */
export function amplificationOf(model: Model, graph: Graph): ReadonlyMap<string, Amplification> {
  const worst = new Map<string, Amplification>()
  const start: Amplification = { factor: exactly(1), route: [], tiers: [] }
  const groups = stronglyConnected(graph.out.keys(), name => graph.out.get(name)!.map(edge => edge.to.name)).reverse()
  const rank = new Map(groups.flat().map((name, i) => [name, i]))
  for (const name of groups.flat()) {
    let best = start
    for (const edge of graph.in.get(name)!) {
      if (rank.get(edge.from.name)! >= rank.get(name)!) continue
      const before = worst.get(edge.from.name)!
      const attempts = attemptsOn(edge, model)
      const factor = product(before.factor, attempts)
      const multiplies = attempts.low > 1 || attempts.high !== 1
      const candidate = {
        factor,
        route: [...before.route, edge],
        tiers: multiplies ? [...before.tiers, edge] : before.tiers,
      }
      if (worse(candidate, best)) best = candidate
    }
    worst.set(name, best)
  }
  return worst
}

function worse(a: Amplification, b: Amplification): boolean {
  if (a.factor.low !== b.factor.low) return a.factor.low > b.factor.low
  const high = ({ factor }: Amplification) => factor.high ?? Number.POSITIVE_INFINITY
  return high(a) > high(b)
}

function attemptsOn(edge: Edge, model: Model): Estimate {
  if (edge.kind === 'call') return attemptsOf(edge.via as Call)
  if (edge.kind !== 'consume') return exactly(1)
  const queue = model.queues.get((edge.via as Consume).from)
  const dlq = queue?.dlq
  if (dlq === undefined || dlq === 'none') return exactly(1)
  return exactly(dlq.maxReceive ?? 1)
}

/** Attempts for one request while the callee hangs or fails. Retries of refused connections do not answer a slow callee. */
export function attemptsOf(call: Call): Estimate {
  const { retries, path } = call
  if (retries === undefined) return unknown([[...path, 'retries']], 1)
  if (retries.max === 0 || retries.retryOn?.every(failure => failure === 'connect')) return exactly(1)
  if (retries.budget === undefined) return between(1, 1 + retries.max, [[...path, 'retries', 'budget']])
  return exactly(attemptsPerRequest(retries.max, retries.budget === 'none' ? undefined : retries.budget))
}
