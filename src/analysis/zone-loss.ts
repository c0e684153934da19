import type { Path } from '../finding.ts'
import type { Service } from '../manifest/model.ts'
import { distinct, exactly, quotient, stated, unknown, type Estimate } from './estimate.ts'
import type { Facts } from './index.ts'
import type { LoadKind } from './load.ts'

/** What the loss of one availability zone leaves of a service, before anything can be started elsewhere. */
export interface ZoneLoss {
  readonly zones: number | undefined
  /** Instances that run at this load before the zone is lost. */
  readonly instances: Estimate
  /** Instances that the load keeps busy: the least whole number whose utilisation is at most 1. */
  readonly needed: Estimate
  /** Instances in the other zones; `undefined` where zones or instances are not known. */
  readonly survivors: number | undefined
  /** Instances that are missing even with every unstated fact in the author's favour; 0 where it fits. */
  readonly shortfall: number
  /** Instances before the loss that would leave enough: needed · z / (z - 1). */
  readonly enough: number | undefined
  /** Facts that decide whether it fits; empty where that is sure. */
  readonly missing: readonly Path[]
}

/** Whether a service has instances and zones to lose, unlike functions and what runs in one zone. */
export const losesZones = (service: Service, kind: LoadKind, facts: Facts): boolean =>
  service.zones !== 1 && facts.utilisation(service, kind) !== undefined

/** `undefined` for what has no zones to lose. */
export function zoneLossOf(service: Service, kind: LoadKind, facts: Facts): ZoneLoss | undefined {
  const { zones, path } = service
  const needed = neededInstances(service, kind, facts)
  if (!needed || zones === 1) return undefined
  const least = running(service, needed.low)
  const most = needed.high === undefined ? undefined : running(service, needed.high)
  const instances = least
  if (zones === undefined) {
    // Two zones leave the least, so a service that would survive that needs no answer.
    const fits = least.high !== undefined && afterLoss(least.high, 2) >= needed.low
    const missing = least.high === undefined || fits ? [] : [[...path, 'zones']]
    return { zones, instances, needed, survivors: undefined, shortfall: 0, enough: undefined, missing }
  }
  const survivors = least.high === undefined ? undefined : afterLoss(least.high, zones)
  const shortfall = survivors === undefined ? 0 : Math.max(0, needed.low - survivors)
  const fits = most !== undefined && needed.high !== undefined && afterLoss(most.low, zones) >= needed.high
  const missing = shortfall > 0 || fits ? [] : [...needed.missing, ...least.missing]
  return { zones, instances, needed, survivors, shortfall, enough: sizeFor(needed.low, zones), missing }
}

/** The fullest zone is lost, as spreading over zones rounds up somewhere. */
export const afterLoss = (instances: number, zones: number): number => instances - Math.ceil(instances / zones)

/** The least number of instances of which enough survive: n · z / (z - 1), rounded up. */
export const sizeFor = (needed: number, zones: number): number => Math.ceil((needed * zones) / (zones - 1))

/**
 * Instances that run at a load before anything goes wrong: all of a fixed number, or what the autoscaler keeps for it.
 * `undefined` for what has no instances to count.
 */
export function instancesAt(service: Service, kind: LoadKind, facts: Facts): Estimate | undefined {
  const needed = neededInstances(service, kind, facts)
  if (!needed) return undefined
  const { replicas, autoscaling, path } = service
  if (replicas?.min !== undefined && replicas.max === undefined && autoscaling !== 'none')
    return unknown([...path, 'replicas', 'max'], replicas.min)
  const least = running(service, needed.low)
  const { high } =
    needed.high === undefined ? running(service, Number.POSITIVE_INFINITY) : running(service, needed.high)
  return { low: least.low, high, missing: least.low === high ? [] : distinct([...least.missing, ...needed.missing]) }
}

function neededInstances(service: Service, kind: LoadKind, facts: Facts): Estimate | undefined {
  const utilisation = facts.utilisation(service, kind)
  if (!utilisation) return undefined
  const { capacity, concurrency, path } = service
  const one =
    utilisation.unit === 'requests' && capacity?.rps !== undefined
      ? exactly(capacity.rps)
      : stated(concurrency, [...path, 'concurrency'], 1)
  const { low, high, missing } = quotient(utilisation.needed, one)
  // Without the noise of binary fractions, of which a hair would cost an instance.
  const whole = (value: number) => Math.ceil(Number(value.toPrecision(12)))
  return { low: whole(low), high: high === undefined ? undefined : whole(high), missing }
}

/**
 * Instances that run while a load needs `needed` of them. What an autoscaler would add after the loss does not count, because
 * starting instances takes minutes and a control plane that everybody asks at once; what it keeps running before does.
 */
function running({ replicas, autoscaling, path }: Service, needed: number): Estimate {
  const { min, max } = replicas ?? {}
  const at = [...path, 'replicas']
  if (min === undefined) return { low: 0, high: max, missing: [replicas ? [...at, 'min'] : at] }
  if (max === undefined || autoscaling === 'none' || min >= max) return exactly(min)
  if (autoscaling === undefined) return { low: min, high: max, missing: [[...path, 'autoscaling']] }
  if (autoscaling.target === undefined) return { low: min, high: max, missing: [[...path, 'autoscaling', 'target']] }
  // A target of nothing wants all that there may be, except for no work.
  const wanted = needed === 0 ? 0 : Math.ceil(Number((needed / autoscaling.target).toPrecision(12)))
  return exactly(Math.min(max, Math.max(min, wanted)))
}
