import { availabilityWithout } from '../analysis/composite.ts'
import type { Edge } from '../analysis/graph.ts'
import { guardOf, hangOf } from '../analysis/hang.ts'
import { exactly, type Estimate } from '../analysis/estimate.ts'
import type { Facts } from '../analysis/index.ts'
import { latencyOf } from '../analysis/latency.ts'
import { chainOf, type Ending } from '../analysis/outage.ts'
import type { Saturation } from '../analysis/saturation.ts'
import type { Call, Journey, Model, Queue, Service } from '../manifest/model.ts'
import { waitsOnNetwork } from '../analysis/attempt.ts'

/** Numbers of one journey at one time. `undefined` where the manifest does not say enough, or it does not succeed. */
export interface Numbers {
  /** At most this, as what is not stated counts as always there. */
  readonly availability: number | undefined
  /** Estimate of the 99th percentile in milliseconds; at least this where facts are missing. */
  readonly latency: { readonly p99: number; readonly isLeast: boolean } | undefined
  /** What runs out first when load grows, of what the journey comes through. */
  readonly bottleneck: Bottleneck | undefined
}

export interface Bottleneck {
  readonly component: string
  readonly resource: Saturation['resource']
  /** How many times this load it carries, at most. */
  readonly times: number
}

/** A system at one time, and what has been lost of it. */
export interface Moment {
  readonly model: Model
  readonly facts: Facts
  /** The same with its latencies of the moment. */
  readonly slowed: { readonly model: Model; readonly facts: Pick<Facts, 'graph' | 'reach'> }
  readonly saturation: readonly Saturation[]
  readonly lost: ReadonlySet<string>
  /** Caches that hold nothing; rows of others do not count. */
  readonly isCold: boolean
}

export function numbersOf(journey: Journey, { model, facts, slowed, saturation, lost, isCold }: Moment): Numbers {
  const touches = facts.reach.get(journey.name)!.touches
  const first = saturation.find(
    ({ component, resource, times }) =>
      touches.has(component.name) && times.high !== undefined && (isCold || resource !== 'cache empty'),
  )
  return {
    availability: availabilityWithout(lost, journey, model, facts),
    latency: p99Of(slowed.model.journeys.get(journey.name)!, slowed),
    bottleneck: first && { component: first.component.name, resource: first.resource, times: first.times.high! },
  }
}

function p99Of(journey: Journey, { model, facts }: Moment['slowed']): Numbers['latency'] {
  const latency = latencyOf(journey, model, facts)
  if (!latency) return undefined
  const { read, missing } = latency.tree
  const hasTimes = read.some(path => path.at(-1) === 'latency' || path.at(-1) === 'serviceTime')
  return hasTimes ? { p99: latency.estimate.quantile('p99'), isLeast: missing.length > 0 } : undefined
}

/** Longest time until an answer, by the timeouts, when everything that is called hangs. */
export function worstOf(
  { name, entry }: Journey,
  model: Model,
  { durations, graph, reach }: Facts,
): Estimate | undefined {
  const service = model.services.get(entry ?? '')
  if (!service) return undefined
  const calls = graph.out
    .get(service.name)!
    .flatMap(edge => (edge.kind === 'call' && reach.get(name)!.takes(edge) === 'yes' ? [edge.via as Call] : []))
  return durations.worstAnswer(service, calls)
}

/** Callers that wait for a component which is late: how many requests, of how many slots, and when those are all taken. */
export interface Waiting {
  readonly call: string
  readonly waiting: Estimate
  readonly slots: Estimate
  /** Milliseconds until all slots are taken; `undefined` where they never are, or it is not known. */
  readonly full: number | undefined
  readonly isContained: boolean
}

export function waitingFor(component: string, time: number, facts: Facts): Waiting[] {
  return facts.graph.in.get(component)!.flatMap(edge => {
    const { from: caller, kind } = edge
    const call = edge.via as Call
    if (kind !== 'call' || caller.kind !== 'service' || !waitsOnNetwork(call)) return []
    const hang = hangBy(edge, caller, time, facts)
    if (hang.waiting.low === 0 && hang.waiting.high === undefined) return []
    const isFull = hang.slots.high !== undefined && hang.arrivals.low > 0 && hang.waiting.low >= hang.slots.high
    const full = isFull ? (hang.fills.high ?? hang.fills.low) : undefined
    return [
      {
        call: edge.name,
        waiting: hang.waiting,
        slots: hang.slots,
        full,
        isContained: guardOf(call, caller, hang.fills) === 'contained',
      },
    ]
  })
}

/** Nobody waits longer than until the answer comes. */
function hangBy(edge: Edge, caller: Service, time: number, facts: Facts) {
  const busy = facts.busySlots(caller, 'peak').low
  const hang = hangOf(edge, caller, busy, facts.load, facts.durations)
  return time < hang.wait.low ? hangOf(edge, caller, busy, facts.load, facts.durations, exactly(time)) : hang
}

/** Messages that pile up while what handles them is away. */
export interface Backlog {
  readonly queue: Queue
  /** Messages after one hour, and milliseconds until they are handled once it is back; `Infinity`: never. */
  readonly afterAnHour: Estimate
  readonly drain: Estimate
  readonly isKept: boolean | undefined
}

const hour = 3_600_000

/** Of the queues whose consumers an ending passes through, each once. */
export function backlogsOf(endings: readonly Ending[], facts: Facts): Backlog[] {
  const edges = endings.flatMap(({ reason }) =>
    chainOf(reason).flatMap(({ edge }) => (edge?.kind === 'consume' ? [edge] : [])),
  )
  const found = new Map(edges.map(edge => [`${edge.from.name} ${edge.to.name}`, edge]))
  return [...found.values()].flatMap(edge => {
    const queue = edge.from as Queue
    return facts
      .drains(queue)
      .filter(({ group }) => group.members.some(({ consume }) => consume.by.name === edge.to.name))
      .map(({ after }) => {
        const { backlog, drain, kept } = after(hour)
        return { queue, afterAnHour: backlog, drain, isKept: typeof kept === 'boolean' ? kept : undefined }
      })
  })
}
