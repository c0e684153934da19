import type { Path } from '../finding.ts'
import type { Call, Component, Service } from '../manifest/model.ts'
import { duration, number, rate } from '../units.ts'
import type { Durations } from './durations.ts'
import {
  distinct,
  exactly,
  largest,
  product,
  quotient,
  scale,
  stated,
  sum,
  unknown,
  type Estimate,
} from './estimate.ts'
import type { Graph } from './graph.ts'
import type { Load, LoadKind } from './load.ts'

/**
 * What a component needs at a load against what it has at full scale; the quotient is its utilisation ρ. Few of
 * many are put into words.
 */
export interface Utilisation {
  readonly needed: Estimate
  readonly available: Estimate
  /** What is counted: busy slots (Erlangs), or requests per second where a capacity is stated. */
  readonly unit: 'slots' | 'requests'
  /** The fact that sets what is available. */
  readonly at: Path
  /** `600/s x 20ms own work + 600/s x 300ms for payments` for the least that is needed. */
  readonly need: () => string
  /** `6 x 20` for what is available. */
  readonly supply: () => string
  readonly evidence: readonly { label: string; at: Path }[]
}

interface Sources {
  readonly load: Load
  busySlots(service: Service, kind: LoadKind): BusySlots
}

/** Slots that are held at a load, and how that comes about. */
interface BusySlots {
  readonly total: Estimate
  readonly words: () => string
}

/** `undefined` for what has no capacity of its own: functions, queues, externals, stores whose capacity is not stated. */
export function utilisationOf(component: Component, kind: LoadKind, sources: Sources): Utilisation | undefined {
  if (component.kind === 'service') {
    if (component.runtime === 'serverless') return undefined
    return component.capacity?.rps === undefined
      ? bySlots(component, kind, sources)
      : byLoadTest(component, component.capacity.rps, kind, sources)
  }
  const rps = component.kind === 'store' || component.kind === 'cache' ? component.capacity?.rps : undefined
  if (rps === undefined) return undefined
  const needed = sources.load.requestsAt(component, kind)
  const at = [...component.path, 'capacity', 'rps']
  return {
    needed,
    available: exactly(rps),
    unit: 'requests',
    at,
    need: () => rate(needed.low),
    supply: () => rate(rps),
    evidence: [],
  }
}

/** A load test of one instance is believed before a calculation: n_max · μ_instance. */
function byLoadTest(service: Service, rps: number, kind: LoadKind, { load }: Sources): Utilisation {
  const { max, at } = instances(service)
  const needed = load.requestsAt(service, kind)
  return {
    needed,
    available: scale(max, rps),
    unit: 'requests',
    at,
    need: () => rate(needed.low),
    supply: () => `(${number(max.low)} x ${rate(rps)})`,
    evidence: [{ label: `one replica carries ${rate(rps)}`, at: [...service.path, 'capacity', 'rps'] }],
  }
}

/** n_max · c slots against the requests that hold one at the same time. */
function bySlots(service: Service, kind: LoadKind, sources: Sources): Utilisation {
  const { concurrency, path } = service
  const { max, at } = instances(service)
  const available = product(max, stated(concurrency, [...path, 'concurrency']))
  const parts = sources.busySlots(service, kind)
  // How long slots are held only matters when their number is known, so it is asked for afterwards.
  const needed =
    available.high === undefined && sources.load.requestsAt(service, kind).high !== 0 ? unknown([]) : parts.total
  return {
    needed,
    available,
    unit: 'slots',
    at,
    need: parts.words,
    supply: () => `(${number(max.low)} x ${number(concurrency ?? 0)})`,
    evidence:
      concurrency === undefined
        ? []
        : [{ label: `${number(concurrency)} slots per replica`, at: [...path, 'concurrency'] }],
  }
}

function instances({ replicas, path }: Service): { max: Estimate; at: Path } {
  const at = [...path, 'replicas', ...(replicas ? ['max'] : [])]
  return { max: stated(replicas?.max, at), at }
}

/** Slots that are held at a load: λ·S for its own work, and λ_call·latency for each call while it waits (Little's law). */
export function busySlots(
  service: Service,
  kind: LoadKind,
  { graph, load, durations }: { readonly graph: Graph; readonly load: Load; readonly durations: Durations },
): BusySlots {
  const arrivals = load.requestsAt(service, kind)
  const own = stated(service.serviceTime?.mean, [
    ...service.path,
    'serviceTime',
    ...(service.serviceTime ? ['mean'] : []),
  ])
  const held = [product(arrivals, scale(own, 1 / 1000))]
  const waits: { calls: Estimate; wait: Estimate; to: string }[] = []
  const groups = new Map<string, Estimate[]>()
  for (const edge of graph.out.get(service.name)!) {
    const call = edge.via as Call
    if (edge.kind !== 'call' || call.mode === 'async') continue
    // Several calls of one request run at the same time unless they are said to follow each other.
    const rounds = call.sequential === true ? 1 : 1 / Math.max(1, call.callsPerRequest ?? 1)
    const [calls, wait] = [scale(load.requestsOn(edge, kind), rounds), durations.answer(edge.to)]
    const busy = product(calls, scale(wait, 1 / 1000))
    if (busy.low > 0) waits.push({ calls, wait, to: edge.to.name })
    if (call.parallelGroup === undefined || call.parallelGroup === 'none') held.push(busy)
    else groups.set(call.parallelGroup, [...(groups.get(call.parallelGroup) ?? []), busy])
  }
  return {
    total: sum([...held, ...[...groups.values()].map(largest)]),
    words: () => {
      const work = own.low > 0 ? [`${rate(arrivals.low)} x ${duration(own.low)} own work`] : []
      const waited = waits.map(({ calls, wait, to }) => `${rate(calls.low)} x ${duration(wait.low)} for ${to}`)
      return [...work, ...waited].join(' + ')
    },
  }
}

/** What a component can carry at full scale, in requests per second. */
export interface Capacity {
  readonly perSecond: Estimate
  /** The calculation with its numbers, such as `(6 x 10 slots / 120ms)`. Only where `perSecond.high` is known. */
  readonly arithmetic: string
  readonly at: Path
}

/**
 * `undefined` for what has no capacity of its own. For slots the favourable bound counts only own work, because callers that
 * take other paths hold a slot for less time.
 */
export function capacityOf(component: Component, durations: Durations): Capacity | undefined {
  if (component.kind === 'service')
    return component.runtime === 'serverless' ? undefined : serviceCapacity(component, durations)
  if (component.kind !== 'store' && component.kind !== 'cache') return undefined
  const rps = component.capacity?.rps
  return rps === undefined
    ? undefined
    : { perSecond: exactly(rps), arithmetic: rate(rps), at: [...component.path, 'capacity', 'rps'] }
}

function serviceCapacity(service: Service, durations: Durations): Capacity {
  const { concurrency, capacity, serviceTime, path } = service
  const { max, at } = instances(service)
  if (capacity?.rps !== undefined)
    return { perSecond: scale(max, capacity.rps), arithmetic: `(${number(max.low)} x ${rate(capacity.rps)})`, at }
  const slots = product(max, stated(concurrency, [...path, 'concurrency']))
  if (slots.high === undefined) return { perSecond: unknown(slots.missing), arithmetic: '', at }
  const own = serviceTime?.mean
  if (own === undefined) return { perSecond: unknown([[...path, 'serviceTime']]), arithmetic: '', at }
  const least = quotient(slots, scale(durations.hold(service), 1 / 1000))
  const perSecond = { low: least.low, high: (slots.high * 1000) / own, missing: distinct(least.missing) }
  return { perSecond, arithmetic: `(${number(max.low)} x ${number(concurrency!)} slots / ${duration(own)})`, at }
}
