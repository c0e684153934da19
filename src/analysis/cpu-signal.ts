import type { Path } from '../finding.ts'
import type { Model, Service } from '../manifest/model.ts'
import { duration, number } from '../units.ts'
import { between, distinct, product, quotient, scale, stated, sum, type Estimate } from './estimate.ts'
import { cpuAtSaturation } from './formulas/capacity.ts'
import type { Facts } from './index.ts'
import { isWorker } from './together.ts'

/** Slots of one instance that fill together: those for requests, or those for the messages of one queue. */
interface Slots {
  readonly slots: Estimate
  /** Mean time that one of them is held, in milliseconds. */
  readonly hold: Estimate
  /** Slots of all instances that are held at the peak. */
  readonly busy: Estimate
}

/** What an autoscaler that watches CPU can see of a service whose slots run out. */
export interface CpuSignal {
  /** Most CPU that the slots of an instance can burn when all are busy, as a share of what is requested for it. */
  readonly saturated: Estimate
  /** `10 x 4ms / (100ms x 1)`, for the most that it can be. */
  readonly words: string
  /** The slots that are short first at the peak while the fewest instances run. */
  readonly first: { readonly busy: Estimate; readonly available: Estimate; readonly words: string }
}

/** `undefined` where nothing says what a request costs, and where requests and messages, which cost differently, are mixed. */
export function cpuSignalOf(service: Service, model: Model, facts: Facts): CpuSignal | undefined {
  const { cpu, path, replicas } = service
  const cost = cpu?.perRequest
  const parts = slotsOf(service, model, facts)
  if (cost === undefined || parts.length === 0) return undefined
  const cores = stated(cpu?.request, [...path, 'cpu', 'request'])
  const each = parts.map(({ slots, hold }) => saturation(slots, cost, hold, cores))
  const words = parts.map(
    ({ slots, hold }) => `${number(slots.low)} x ${duration(cost)} / (${duration(hold.low)} x ${number(cores.low)})`,
  )
  const fewest = stated(replicas?.min, [...path, 'replicas', ...(replicas ? ['min'] : [])])
  const short = parts.map(({ slots, busy }) => ({
    busy,
    available: product(fewest, slots),
    words: `${number(fewest.low)} x ${number(slots.low)}`,
  }))
  const load = (part: { busy: Estimate; available: Estimate }) => part.busy.low / (part.available.high ?? Infinity)
  return {
    saturated: sum(each),
    words: words.join(' + '),
    first: short.reduce((worst, part) => (load(part) > load(worst) ? part : worst)),
  }
}

/** Slots that are held for long burn least. */
function saturation(slots: Estimate, cost: number, hold: Estimate, cores: Estimate): Estimate {
  const bounded = slots.high !== undefined && hold.low > 0 && cores.low > 0
  const known = hold.high !== undefined && cores.high !== undefined
  return {
    low: known ? cpuAtSaturation(slots.low, cost, hold.high, cores.high) : 0,
    high: bounded ? cpuAtSaturation(slots.high, cost, hold.low, cores.low) : undefined,
    missing: distinct([...slots.missing, ...hold.missing, ...cores.missing]),
  }
}

function slotsOf(service: Service, model: Model, facts: Facts): Slots[] {
  if (service.consumes.length === 0) return [requestSlots(service, facts)]
  return isWorker(service, facts.graph, model) ? messageSlots(service, facts) : []
}

function requestSlots(service: Service, facts: Facts): Slots {
  const { concurrency, path } = service
  return {
    slots: stated(concurrency, [...path, 'concurrency']),
    hold: meanHold(service, facts),
    busy: facts.busySlots(service, 'peak'),
  }
}

/** Where journeys take different calls, each counts with its load; otherwise every request makes all of them. */
function meanHold(service: Service, facts: Facts): Estimate {
  const { durations, journeys, load } = facts
  const longest = durations.hold(service)
  if (journeys.through(service.name).length < 2) return longest
  const arrivals = load.requestsAt(service, 'steady')
  const mean = scale(quotient(facts.busySlots(service, 'steady'), arrivals), 1000)
  if (mean.high !== undefined && mean.low === mean.high) return mean
  const least = Math.max(mean.low, service.serviceTime?.mean ?? 0)
  return between(Math.min(least, longest.low), longest.high, [...longest.missing, ...mean.missing])
}

const messageSlots = ({ consumes, name }: Service, { graph, load }: Facts): Slots[] =>
  consumes.flatMap(consume => {
    const edge = graph.in.get(name)?.find(({ via }) => via === consume)
    if (!edge) return []
    const { concurrency, processing, path } = consume
    const at: Path = [...path, 'processing', ...(processing ? ['mean'] : [])]
    const hold = stated(processing?.mean, at)
    return [
      {
        slots: stated(concurrency, [...path, 'concurrency']),
        hold,
        busy: product(load.on(edge, 'peak'), scale(hold, 1 / 1000)),
      },
    ]
  })
