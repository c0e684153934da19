import type { Path } from '../finding.ts'
import type { Component, External, Model, Service, Store } from '../manifest/model.ts'
import { coldLoad, originsOf } from './caching.ts'
import type { LedgerEntry } from './connections.ts'
import { quotient, type Estimate } from './estimate.ts'
import type { Facts } from './index.ts'
import { admissionOf, quotaUseOf } from './limits.ts'
import { groupsOf } from './queue-flow.ts'

/** What runs out when load grows, and at how many times the declared peak. */
export interface Saturation {
  readonly component: Component
  readonly resource: 'slots' | 'requests' | 'consumers' | 'connections' | 'quota' | 'rate limit' | 'cache empty'
  /** At the declared peak, in what the resource is counted in. */
  readonly used: Estimate
  readonly available: Estimate
  /** How many times the peak it carries: available / used. An upper bound, as work slows down before. */
  readonly times: Estimate
  /** Turning requests away is what it is for; nothing behind it sees more. */
  readonly isLimit: boolean
  /** The fact that sets what is available. */
  readonly at: Path
}

/** Every resource whose limit is stated and that is used, the first to run out first. */
export function saturationOf(model: Model, facts: Facts): Saturation[] {
  const found = [...model.components.values()].flatMap(component => resourcesOf(component, model, facts))
  const known = found.filter(({ used, available }) => used.low > 0 && available.high !== undefined)
  const order = ({ times }: Saturation) => times.high ?? Number.POSITIVE_INFINITY
  const names = (a: Saturation, b: Saturation) => (a.component.name < b.component.name ? -1 : 1)
  return known.sort((a, b) => order(a) - order(b) || names(a, b))
}

function resourcesOf(component: Component, model: Model, facts: Facts): Saturation[] {
  switch (component.kind) {
    case 'service':
      return [...ownCapacity(component, facts), ...rateLimit(component, facts)]
    case 'store':
      return [...ownCapacity(component, facts), ...connections(component, facts)]
    case 'cache':
      return [...ownCapacity(component, facts), ...emptied(component, model, facts)]
    case 'queue':
      return groupsOf(component, model).map(({ capacity, members }) =>
        resource(component, 'consumers', facts.load.at(component.name, 'peak'), capacity, members[0]!.consume.path),
      )
    case 'external':
      return quota(component, facts)
  }
}

function resource(
  component: Component,
  name: Saturation['resource'],
  used: Estimate,
  available: Estimate,
  at: Path,
  isLimit = false,
): Saturation {
  return { component, resource: name, used, available, times: quotient(available, used), isLimit, at }
}

function ownCapacity(component: Component, facts: Facts): Saturation[] {
  const rho = facts.utilisation(component, 'peak')
  if (!rho) return []
  return [resource(component, rho.unit, rho.needed, rho.available, rho.at)]
}

/** A limit of each client keeps clients apart, but says little about their sum. */
function rateLimit(service: Service, facts: Facts): Saturation[] {
  const admission = admissionOf(service.rateLimit, service.path, service)
  if (!admission || admission.scope === 'perClient') return []
  const used = facts.load.requestsAt(service, 'peak')
  return [resource(service, 'rate limit', used, admission.most, admission.at, true)]
}

function quota(external: External, facts: Facts): Saturation[] {
  const { quota, normal, at } = quotaUseOf(external, facts)
  return [resource(external, 'quota', normal, quota, at)]
}

/** The origins of a cache when that holds nothing: the load of a bad day. */
function emptied(cache: Extract<Component, { kind: 'cache' }>, model: Model, facts: Facts): Saturation[] {
  return originsOf(cache, model).flatMap(origin => {
    const capacity = facts.capacity(origin)
    if (!capacity) return []
    const cold = coldLoad(cache, origin, 'peak', facts)
    return [resource(origin, 'cache empty', cold, capacity.perSecond, capacity.at)]
  })
}

/** Connections grow with instances, which grow with load from the least to the most that a service may have. */
function connections(store: Store, facts: Facts): Saturation[] {
  const { entries, total, limit } = facts.ledger(store)
  if (limit.high === undefined || entries.length === 0) return []
  const now = entries.reduce((sum, entry) => sum + openAt(1, entry, facts), 0)
  const missing = [...total.missing, ...limit.missing]
  const used: Estimate = { low: now, high: total.missing.length === 0 ? now : undefined, missing }
  // Beyond full scale no more connections are opened, so a ledger that fits there never runs out.
  const times = total.high !== undefined && total.high <= limit.low ? undefined : overflowAt(entries, limit.high, facts)
  return [
    {
      ...resource(store, 'connections', used, limit, [...store.path, 'maxConnections']),
      times: { low: times ?? 0, high: times, missing },
    },
  ]
}

const steps = Array.from({ length: 91 }, (_, i) => 1 + i / 10)

/** The first tenth of the peak load at which they are too many; `undefined` where that is beyond ten times the peak. */
const overflowAt = (entries: readonly LedgerEntry[], limit: number, facts: Facts): number | undefined =>
  steps.find(times => entries.reduce((sum, entry) => sum + openAt(times, entry, facts), 0) > limit)

/** Connections of one client at a multiple of the peak: ⌈k · busy slots / (c · target)⌉ instances, within their bounds. */
function openAt(times: number, { client, processes, pool }: LedgerEntry, facts: Facts): number {
  if (client.kind === 'job') return processes * pool.low
  const { min = 1, max = min } = client.replicas ?? {}
  const target = typeof client.autoscaling === 'object' ? (client.autoscaling.target ?? 1) : 1
  const perInstance = (client.concurrency ?? Number.POSITIVE_INFINITY) * target
  const needed = Math.ceil((times * facts.busySlots(client, 'peak').low) / perInstance)
  return Math.min(max, Math.max(min, needed)) * processes * pool.low
}
