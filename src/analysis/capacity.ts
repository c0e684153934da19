import type { Path } from '../finding.ts'
import type { Component, Service } from '../manifest/model.ts'
import { duration, number, rate } from '../units.ts'
import type { Durations } from './durations.ts'
import { exactly, product, quotient, scale, stated, unknown, type Estimate } from './estimate.ts'

/** What a component can carry at full scale, in requests per second. */
export interface Capacity {
  readonly perSecond: Estimate
  /** The calculation with its numbers, such as `(6 x 10 slots / 120ms)`. Only where `perSecond.high` is known. */
  readonly arithmetic: string
  /** The fact that sets it. */
  readonly at: Path
  readonly evidence: readonly { label: string; at: Path }[]
}

/** `undefined` for what has no capacity of its own: functions, and components whose capacity is not stated. */
export function capacityOf(component: Component, durations: Durations): Capacity | undefined {
  if (component.kind === 'service')
    return component.runtime === 'serverless' ? undefined : serviceCapacity(component, durations)
  if (component.kind !== 'store' && component.kind !== 'cache') return undefined
  const rps = component.capacity?.rps
  return rps === undefined
    ? undefined
    : { perSecond: exactly(rps), arithmetic: rate(rps), at: [...component.path, 'capacity', 'rps'], evidence: [] }
}

/** A load test is believed before a calculation: n_max · μ_instance, else n_max · c / H. */
function serviceCapacity(service: Service, durations: Durations): Capacity {
  const { replicas, concurrency, capacity, path } = service
  const at = [...path, 'replicas', ...(replicas ? ['max'] : [])]
  const instances = stated(replicas?.max, at)
  if (capacity?.rps !== undefined) {
    return {
      perSecond: product(instances, exactly(capacity.rps)),
      arithmetic: `(${number(replicas?.max ?? 0)} x ${rate(capacity.rps)})`,
      at,
      evidence: [{ label: `one replica carries ${rate(capacity.rps)}`, at: [...path, 'capacity', 'rps'] }],
    }
  }
  const slots = product(instances, stated(concurrency, [...path, 'concurrency']))
  // How long a slot is held only matters when the slots are known, so it is asked for afterwards.
  if (slots.high === undefined) return { perSecond: unknown(slots.missing), arithmetic: '', at, evidence: [] }
  const hold = durations.hold(service)
  return {
    perSecond: hold.low > 0 ? quotient(slots, scale(hold, 1 / 1000)) : unknown(hold.missing),
    arithmetic: `(${number(replicas!.max!)} x ${number(concurrency!)} slots / ${duration(hold.low)})`,
    at,
    evidence: [
      { label: `${number(concurrency!)} slots per replica`, at: [...path, 'concurrency'] },
      {
        label: `a request holds its slot for ${hold.high === hold.low ? '' : 'at least '}${duration(hold.low)}`,
        at: [...path, 'serviceTime'],
      },
    ],
  }
}
