import type { Facts } from '../analysis/index.ts'
import { admissionOf } from '../analysis/limits.ts'
import { consumersOf } from '../analysis/queue-flow.ts'
import type { Cache, Consume, External, Model, Queue, Service, Store } from '../manifest/model.ts'
import type { Asked } from './asked.ts'
import type { Station } from './plan.ts'
import { meanTime, shaped, timeOf, withMean, type Shape } from './service-times.ts'

/** Slots, queues and limits of components, as a manifest states them. */

export interface Reading {
  readonly model: Model
  readonly facts: Facts
  readonly asked: Asked
  readonly shape: Shape
  /** One request in so many is simulated, with slots and limits to match. */
  readonly scale: number
}

const endless = Number.POSITIVE_INFINITY

/** Instances at full scale. */
export function instancesOf(service: Service, { asked }: Reading): number {
  const { replicas, runtime, path } = service
  if (runtime === 'serverless') return endless
  return replicas?.max ?? replicas?.min ?? asked.need([...path, 'replicas'], '1', 1)
}

export function serviceStation(service: Service, hasCalls: boolean, reading: Reading): Station {
  const { asked, shape, scale } = reading
  const time = timeOf(service, hasCalls, shape, asked)
  const slots = slotsOf(service, meanTime(time), hasCalls, reading)
  const limit = admissionOf(service.rateLimit, service.path, service)
  return {
    name: service.name,
    kind: 'service',
    components: [service.name],
    time,
    slots: scaled(slots, scale),
    queueLimit: Math.round(queueOf(service, slots, reading) / scale),
    rateLimit: (limit?.most.high ?? limit?.most.low ?? endless) / scale,
    deliveries: 0,
  }
}

/**
 * Instances times concurrency. Where only a load test is stated, as many as carry its rate while each request holds one for
 * its own work and what it waits for on average (Little's law).
 */
function slotsOf(service: Service, own: number, hasCalls: boolean, reading: Reading): number {
  const { concurrency, concurrencyLimit, capacity, runtime, path } = service
  if (runtime === 'serverless') return endless
  const most = typeof concurrencyLimit === 'number' ? concurrencyLimit : endless
  if (concurrency !== undefined) return instancesOf(service, reading) * Math.min(concurrency, most)
  if (capacity?.rps !== undefined) {
    const held = hasCalls ? Math.max(own, reading.facts.durations.hold(service).low) : own
    return Math.max(1, Math.round((instancesOf(service, reading) * capacity.rps * held) / 1000))
  }
  if (most < endless) return instancesOf(service, reading) * most
  return reading.asked.need([...path, 'concurrency'], 'no limit', endless)
}

function queueOf(service: Service, slots: number, reading: Reading): number {
  const { queueLimit, concurrencyLimit, concurrency, loadShedding, path } = service
  if (slots === endless) return endless
  const limits = [typeof queueLimit === 'number' ? queueLimit * instancesOf(service, reading) : endless]
  if (typeof concurrencyLimit === 'number' && concurrency !== undefined)
    limits.push(Math.max(0, concurrencyLimit - concurrency) * instancesOf(service, reading))
  if (concurrencyLimit === 'adaptive' || loadShedding === true)
    limits.push(
      reading.asked.take(
        [...path, concurrencyLimit === 'adaptive' ? 'concurrencyLimit' : 'loadShedding'],
        'at most as many wait as are worked on',
        slots,
      ),
    )
  if (limits.every(limit => limit === endless) && queueLimit === undefined && concurrencyLimit !== 'none')
    reading.asked.take([...path, 'queueLimit'], 'any number may wait', 0)
  return Math.min(...limits)
}

/** Stores and caches: as many slots as carry the stated rate; the time is stretched to make it exact. */
export function storeStation(store: Store | Cache, { asked, shape, scale }: Reading): Station {
  const { capacity, name, path, kind } = store
  const time = timeOf(store, false, shape, asked)
  const common = { name, kind, components: [name], queueLimit: endless, rateLimit: endless, deliveries: 0 }
  const rps = capacity?.rps
  if (rps === undefined) {
    if (kind === 'store') asked.need([...path, 'capacity'], 'no limit', 0)
    else asked.take([...path, 'capacity'], 'no limit', 0)
    return { ...common, time, slots: endless }
  }
  const slots = Math.max(1, Math.round(((rps / scale) * meanTime(time)) / 1000))
  return { ...common, time: withMean(time, (slots * 1000 * scale) / rps), slots }
}

export function externalStation(external: External, { asked, shape, scale }: Reading): Station {
  const { name, quota } = external
  return {
    name,
    kind: 'external',
    components: [name],
    time: timeOf(external, false, shape, asked),
    slots: endless,
    queueLimit: endless,
    rateLimit: (quota ?? endless) / scale,
    deliveries: 0,
  }
}

/** Messages of a queue that one service reads wait here. */
export function consumerStation(queue: Queue, consume: Consume, reading: Reading): Station {
  const { asked, shape, scale, model } = reading
  const { processing, path, by } = consume
  const { workers } = consumersOf(queue, model).find(one => one.consume === consume)!
  const isFunction = consume.runtime === 'lambda' || by.runtime === 'serverless'
  if (workers.high === undefined && !isFunction)
    for (const fact of workers.missing) asked.need(fact, fact.at(-1) === 'ordering' ? 'none' : '1', 0)
  const slots = isFunction ? endless : (workers.high ?? Math.max(1, workers.low))
  return {
    name: `${queue.name} -> ${by.name}`,
    kind: 'consumer',
    components: [queue.name, by.name],
    time: shaped(processing, [...path, 'processing'], shape, asked),
    slots: scaled(slots, scale),
    queueLimit: typeof queue.maxLength === 'number' ? queue.maxLength / scale : endless,
    rateLimit: endless,
    deliveries: deliveriesOf(queue, asked),
  }
}

function deliveriesOf({ dlq, delivery, onPoison, path }: Queue, asked: Asked): number {
  if (delivery === 'atMostOnce' || onPoison === 'skip' || onPoison === 'park') return 1
  if (typeof dlq === 'object') return dlq.maxReceive ?? asked.take([...path, 'dlq', 'maxReceive'], '5', 5)
  if (dlq === undefined) asked.take([...path, 'dlq'], 'a message is delivered until it is handled', 0)
  return endless
}

/** No fewer than one, however few requests are simulated. */
export const scaled = (size: number, scale: number): number =>
  size === endless ? endless : Math.max(1, Math.round(size / scale))
