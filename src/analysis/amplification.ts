import type { Call, Consume, Model } from '../manifest/model.ts'
import { between, exactly, product, unknown, type Estimate } from './estimate.ts'
import { attemptsPerRequest } from './formulas/latency.ts'
import type { Edge, Graph } from './graph.ts'
import { distances, stronglyConnected } from './order.ts'

/** How often one request is tried at a component while it fails: the worst path R = Π (1 + r) that leads to it. */
export interface Amplification {
  readonly factor: Estimate
  /** The worst path, from its start. */
  readonly route: readonly Edge[]
  /** Edges of the route that multiply. */
  readonly tiers: readonly Edge[]
}

/**
 * For every component the path with the largest product of attempts, over the graph without cycles: inside a cycle only edges
 * that lead further away from the entries count (`sync-call-cycle` reports it). Deliveries of a queue multiply as well, on a
 * slower clock.
 */
export function amplificationOf(model: Model, graph: Graph): ReadonlyMap<string, Amplification> {
  const worst = new Map<string, Amplification>()
  const start: Amplification = { factor: exactly(1), route: [], tiers: [] }
  const next = (name: string) => graph.out.get(name)!.map(edge => edge.to.name)
  const groups = stronglyConnected(graph.out.keys(), next).reverse()
  const rank = new Map(groups.flatMap((group, i) => group.map(name => [name, i] as const)))
  const entries = [...model.journeys.values()].flatMap(({ entry = '' }) => (graph.out.has(entry) ? [entry] : []))
  const sources = [...graph.in].flatMap(([name, edges]) => (edges.length === 0 ? [name] : []))
  const steps = distances([...entries, ...sources], next)
  const far = (name: string) => steps.get(name) ?? Number.POSITIVE_INFINITY
  const leads = (from: string, to: string) => rank.get(from) !== rank.get(to) || far(from) < far(to)
  for (const name of groups.flatMap(group => group.sort((a, b) => (far(a) < far(b) ? -1 : far(a) > far(b) ? 1 : 0)))) {
    let best = start
    for (const edge of graph.in.get(name)!) {
      if (!leads(edge.from.name, name)) continue
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
