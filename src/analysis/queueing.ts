import type { Path } from '../finding.ts'
import type { Journey, Service } from '../manifest/model.ts'
import { duration } from '../units.ts'
import { waitsOnNetwork } from './attempt.ts'
import { waitQuantile } from './formulas/waiting.ts'
import type { Facts } from './index.ts'

/** Waiting for a slot of a service: how long that takes, and how long it may take. */

/** What is left for waiting of a time that somebody is ready to wait. */
export interface Allowance {
  readonly time: number
  /** `the 380ms that "checkout" may take`, or the timeout of a caller. */
  readonly whose: string
  readonly limit: number
  readonly at: Path
}

/**
 * The least that a user or a caller leaves for waiting, after the mean time that a request holds its slot; the time that the
 * other hops take is left out, in favour of the author. Limits that are shorter than that time are broken without any wait.
 */
export function allowanceOf(service: Service, hold: number, facts: Facts): Allowance | undefined {
  const promised = usersOf(service, facts).flatMap(({ name, path, latency }): Omit<Allowance, 'time'>[] => {
    const limit = latency?.p99
    return limit === undefined
      ? []
      : [{ limit, whose: `the ${duration(limit)} that "${name}" may take`, at: [...path, 'latency', 'p99'] }]
  })
  const timeouts = facts.callsTo(service.name).flatMap((call): Omit<Allowance, 'time'>[] => {
    const edge = facts.journeys.edgeOf(call)
    if (!waitsOnNetwork(call) || typeof call.timeout !== 'number' || !edge) return []
    if (facts.load.requestsOn(edge, 'peak').high === 0) return []
    const whose = `the ${duration(call.timeout)} after which "${call.from.name}" gives up`
    return [{ limit: call.timeout, whose, at: [...call.path, 'timeout'] }]
  })
  const left = [...promised, ...timeouts].map(one => ({ ...one, time: one.limit - hold }))
  return left.filter(({ time }) => time > 0).sort((a, b) => a.time - b.time)[0]
}

/** Journeys of which every request waits for the service, so that its slowest percent are their slowest percent. */
export const usersOf = (service: Service, facts: Facts): Journey[] =>
  facts.waiting.at(service.name, 'sure').filter(journey => isOnEveryWay(service, journey, facts))

function isOnEveryWay(service: Service, journey: Journey, facts: Facts): boolean {
  const dependency = facts.reach.get(journey.name)?.hard.get(service.name)
  return dependency?.hard === 'yes' && dependency.share === 1
}

/**
 * 99th percentile of the wait when all slots of all instances are one pool (M/M/c): the best that any balancing can do.
 * `undefined` where the slots do not suffice and the wait has no end.
 */
export const pooledWait = (busy: number, slots: number, hold: number, variability: number): number | undefined =>
  busy < slots ? variability * waitQuantile(busy, slots, hold) : undefined

/** The least number of instances with which the wait is no longer than `time`. */
export function instancesForWait(busy: number, each: number, hold: number, variability: number, time: number): number {
  let instances = Math.floor(busy / each) + 1
  // From twice the busy slots on hardly anybody waits, which bounds the search for small pools as well.
  while ((pooledWait(busy, instances * each, hold, variability) ?? Number.POSITIVE_INFINITY) > time) instances++
  return instances
}
