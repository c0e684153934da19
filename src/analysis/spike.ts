import type { Path } from '../finding.ts'
import type { Journey, Model, Service } from '../manifest/model.ts'
import { duration } from '../units.ts'
import { distinct, exactly, scale, smallest, stated, sum, type Estimate } from './estimate.ts'
import type { Facts } from './index.ts'

/** The fastest rise of a journey against the time that new instances take. */

export interface Spike {
  readonly journey: Journey
  readonly from: number
  readonly to: number
  /** Time of the rise. */
  readonly over: number
  readonly before: Facts
  readonly after: Facts
}

/** What the rise is not sure without; `undefined` where none is stated, or where the load does not rise. */
export function spikeOf(journey: Journey, facts: Facts): Spike | { readonly missing: Path } | undefined {
  const spike = journey.load?.spike
  if (spike === undefined) return undefined
  const { from, to, over } = spike
  const at = (key: string): { missing: Path } => ({ missing: [...journey.path, 'load', 'spike', key] })
  if (to === undefined) return at('to')
  if (from === undefined) return at('from')
  if (to <= from) return undefined
  if (over === undefined) return at('over')
  return { journey, from, to, over, before: facts.atLoad(journey, from), after: facts.atLoad(journey, to) }
}

/** Time from the load that calls for an instance until that instance serves: T = window + sync + provisioning + startup. */
export function scaleTime(service: Service, model: Model): { total: Estimate; words: string } {
  const { autoscaling, startupTime, path } = service
  const { window, provisioning } = typeof autoscaling === 'object' ? autoscaling : {}
  const sync = model.raw.platform === 'kubernetes' ? controllerSync : 0
  const parts = [
    { name: 'window', time: stated(window, [...path, 'autoscaling', 'window']) },
    { name: 'sync', time: exactly(sync) },
    { name: 'provisioning', time: stated(provisioning, [...path, 'autoscaling', 'provisioning']) },
    { name: 'startup', time: stated(startupTime, [...path, 'startupTime']) },
  ]
  const known = parts.filter(({ time }) => time.low > 0)
  return {
    total: sum(parts.map(({ time }) => time)),
    words: known.map(({ name, time }) => `${duration(time.low)} ${name}`).join(' + '),
  }
}

/** How often the horizontal pod autoscaler looks, unless the cluster says otherwise. */
const controllerSync = 15_000

/** Share of the rise that has happened after a time. A rise of no time has happened. */
export function risen({ over }: Spike, after: Estimate): Estimate {
  if (over === 0) return exactly(1)
  return smallest(scale(after, 1 / over), exactly(1))
}

/** Between two values, as far as the rise has come. */
export const partWay = (from: Estimate, to: Estimate, share: Estimate): Estimate => ({
  low: from.low + (to.low - from.low) * share.low,
  high:
    from.high === undefined || to.high === undefined || share.high === undefined
      ? undefined
      : from.high + (to.high - from.high) * share.high,
  missing: distinct([...from.missing, ...to.missing, ...share.missing]),
})

export type Scaling = Exclude<NonNullable<Service['autoscaling']>, 'none'>

/** What one instance carries, in the unit in which its utilisation is counted. */
export const eachOf = ({ capacity, concurrency, path }: Service): Estimate =>
  capacity?.rps === undefined ? stated(concurrency, [...path, 'concurrency']) : exactly(capacity.rps)

/** What the metric of an autoscaler counts at the peak, and what of it one instance has. */
export interface Metered {
  readonly needed: Estimate
  readonly one: Estimate
  readonly what: string
  readonly target: number
}

/** `undefined` for metrics that say nothing of load, or whose relation to it is not stated. */
export function atTarget(service: Service, { metric, target }: Scaling, facts: Facts): Metered | undefined {
  if (target === undefined || target === 0) return undefined
  const { request = 0, perRequest } = service.cpu ?? {}
  if (metric === 'cpu' && request > 0 && perRequest !== undefined) {
    if (!facts.utilisation(service, 'peak')) return undefined
    const needed = scale(facts.load.requestsAt(service, 'peak'), perRequest / 1000)
    return { needed, one: exactly(request), what: 'CPU', target }
  }
  const counted = metric === 'rps' ? 'requests' : metric === 'concurrency' ? 'slots' : undefined
  if (counted === undefined) return undefined
  const rho = facts.utilisation(service, 'peak')
  return counted === rho?.unit ? { needed: rho.needed, one: eachOf(service), what: counted, target } : undefined
}
