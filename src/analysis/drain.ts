import type { Path } from '../finding.ts'
import type { Call, Component, Model, Queue } from '../manifest/model.ts'
import { between, distinct, exactly, product, quotient, reaches, scale, stated, sum } from './estimate.ts'
import type { Answer, Estimate } from './estimate.ts'
import { backlogAfter } from './formulas/queues.ts'
import type { Certainty, Graph } from './graph.ts'
import { indicesOf } from './indices.ts'
import type { Load } from './load.ts'
import { groupsOf, type ConsumerGroup } from './queue-flow.ts'
import { perVisit } from './visits.ts'

/** Outages of the consumers for which the recovery is computed, in milliseconds. */
export const outages: readonly number[] = [5, 30, 60, 240].map(minutes => minutes * 60_000)

/** How one group of consumers catches up with what arrived while it was down. */
export interface Drain {
  readonly group: ConsumerGroup
  /** λ: messages per second at steady load. */
  readonly arrivals: Estimate
  /** ρ = λ/μ. */
  readonly utilisation: Estimate
  /** Messages per second that are left for a backlog while others keep arriving; `high` is the favourable end. */
  readonly spare: Estimate
  /** What the consumers call and of which it is stated how much it carries. */
  readonly downstream: readonly Downstream[]
  /** What the consumers surely wait for, and what leaves less for a backlog than they could take. */
  readonly bottleneck: Downstream | undefined
  readonly after: (outage: number) => Recovery
}

export interface Downstream {
  readonly call: Call
  readonly component: Component
  /** Requests per second that it carries, and the fact that says so. */
  readonly limit: number
  readonly at: Path
  /** Requests per second at steady load, from everybody. */
  readonly load: Estimate
  readonly perMessage: Estimate
  /** Messages per second beyond those that arrive, until it is full; `high` is the favourable end. */
  readonly spare: Estimate
  /** Its utilisation while the consumers work at μ and not at λ; above 1 it holds them back, or fails. */
  readonly utilisation: Estimate
  /** Whether a message cannot be handled without it, and the fact that would settle that. */
  readonly hard: Certainty
  readonly hardness: Path
}

export interface Recovery {
  readonly outage: number
  /** λ·N messages. */
  readonly backlog: Estimate
  /** λ·N/(μ − λ) in milliseconds; `Infinity` where it never ends. */
  readonly drain: Estimate
  /** Age of the oldest message, when the consumers are back. From then on it falls, as messages come in order. */
  readonly oldest: number
  /** Whether the oldest message is still there. */
  readonly kept: Answer
}

export interface Sources {
  readonly model: Model
  readonly graph: Graph
  readonly load: Load
}

/** One for each group of consumers that has a limit. */
export function drainsOf(queue: Queue, sources: Sources): Drain[] {
  const arrivals = sources.load.at(queue.name, 'steady')
  const kept = keptFor(queue, arrivals)
  return groupsOf(queue, sources.model).map(group => {
    const consumers = less(group.capacity, arrivals)
    const downstream = downstreamOf(group, consumers, sources)
    const waitedFor = downstream.filter(({ hard, load, limit }) => hard !== 'no' && load.low < limit)
    const spare = waitedFor.reduce(
      (least, { spare, hard, hardness }) =>
        smaller(least, hard === 'yes' ? spare : { low: spare.low, high: undefined, missing: [hardness] }),
      consumers,
    )
    const sure = waitedFor.filter(({ hard }) => hard === 'yes')
    return {
      group,
      arrivals,
      utilisation: quotient(arrivals, group.capacity),
      spare,
      downstream,
      bottleneck: sure.find(
        ({ spare: { high } }) => high !== undefined && high === spare.high && high !== consumers.high,
      ),
      after: outage => ({
        outage,
        backlog: {
          low: backlogAfter(arrivals.low, outage),
          high: arrivals.high === undefined ? undefined : backlogAfter(arrivals.high, outage),
          missing: arrivals.missing,
        },
        drain: drainOf(arrivals, spare, outage),
        oldest: outage,
        kept: reaches(kept, outage),
      }),
    }
  })
}

/** How long a message is kept: by age, and by the room there is at the rate at which messages arrive. */
export function keptFor(queue: Queue, arrivals: Estimate): Estimate {
  const { compacted, retention, retentionSize, messageSize, path } = queue
  if (compacted === true) return exactly(Number.POSITIVE_INFINITY)
  const byAge = stated(retention === 'none' ? Number.POSITIVE_INFINITY : retention, [...path, 'retention'])
  if (retentionSize === undefined) return byAge
  const perSecond = product(arrivals, stated(messageSize, [...path, 'messageSize']))
  return smaller(byAge, scale(quotient(exactly(retentionSize), perSecond), 1000))
}

/** λ·N/(μ − λ): both ends follow from one end of λ and one of μ. Nothing to catch up with takes no time. */
function drainOf(arrivals: Estimate, spare: Estimate, outage: number): Estimate {
  const time = (backlog: number, perSecond: number) => (backlog === 0 ? 0 : (backlog / perSecond) * 1000)
  const [least, most] = [backlogAfter(arrivals.low, outage), arrivals.high && backlogAfter(arrivals.high, outage)]
  return {
    low: spare.high === undefined ? 0 : time(least, spare.high),
    high: most === undefined || (spare.low === 0 && spare.high !== 0) ? undefined : time(most, spare.low),
    missing: distinct([...arrivals.missing, ...spare.missing]),
  }
}

/** Where several services share a group it is not known how they divide a backlog, so nothing is said of what they call. */
function downstreamOf({ members }: ConsumerGroup, consumers: Estimate, sources: Sources): Downstream[] {
  const [member, ...others] = members
  if (member === undefined || others.length > 0) return []
  const { model, graph, load } = sources
  const { by } = member.consume
  // What else comes to the service may take other calls.
  const isEntry = indicesOf(model).journeysEntering(by.name).length > 0
  const alone = !isEntry && (graph.in.get(by.name) ?? []).length === 1
  return (graph.out.get(by.name) ?? []).flatMap(edge => {
    const capacity = limitOf(edge.to)
    if (edge.kind !== 'call' || capacity === undefined) return []
    const per = perVisit(edge, model, graph)
    const sure = alone && edge.serves === undefined
    const perMessage = sure ? per : between(0, per.high, [...per.missing, [...edge.path, 'serves']])
    const at = load.at(edge.to.name, 'steady')
    return {
      call: edge.via as Call,
      component: edge.to,
      ...capacity,
      load: at,
      perMessage,
      spare: quotient(less(exactly(capacity.limit), at), perMessage),
      utilisation: scale(sum([at, product(consumers, perMessage)]), 1 / capacity.limit),
      hard: edge.hard,
      hardness: edge.hardness,
    }
  })
}

function limitOf(component: Component): { limit: number; at: Path } | undefined {
  if (component.kind === 'external' && component.quota !== undefined)
    return { limit: component.quota, at: [...component.path, 'quota'] }
  const rps = component.kind === 'store' || component.kind === 'cache' ? component.capacity?.rps : undefined
  return rps === undefined ? undefined : { limit: rps, at: [...component.path, 'capacity', 'rps'] }
}

/** `a - b`, and nothing where that is less than nothing. */
const less = (a: Estimate, b: Estimate): Estimate => ({
  low: b.high === undefined ? 0 : Math.max(0, a.low - b.high),
  high: a.high === undefined ? undefined : Math.max(0, a.high - b.low),
  missing: distinct([...a.missing, ...b.missing]),
})

function smaller(a: Estimate, b: Estimate): Estimate {
  if (a.high !== undefined && a.high <= b.low) return a
  if (b.high !== undefined && b.high <= a.low) return b
  const highs = [a.high, b.high].filter(high => high !== undefined)
  return {
    low: Math.min(a.low, b.low),
    high: highs.length === 0 ? undefined : Math.min(...highs),
    missing: distinct([...a.missing, ...b.missing]),
  }
}
