import type { Path } from '../finding.ts'
import type { Consume, Model, Queue } from '../manifest/model.ts'
import { duration, number, plural } from '../units.ts'
import { engineOf } from './engine.ts'
import { between, product, stated, sum, unknown, type Estimate } from './estimate.ts'
import { consumerCapacity } from './formulas/queues.ts'
import { indicesOf } from './indices.ts'
import { memo, perObject } from './memo.ts'

/** What one consumer of a queue can handle at full scale. */
export interface ConsumerCapacity {
  readonly consume: Consume
  /** Messages handled at the same time: instances · concurrency, at most what the partitions allow. */
  readonly workers: Estimate
  /** Messages per second. `high` is the favourable end here: what it can handle at most. */
  readonly capacity: Estimate
  /** True where the partitions, not the instances, set the limit. */
  readonly partitionBound: boolean
  /** How `capacity.high` comes about, where it is known: `20 x 1 / 60ms`. Few of many are put into words. */
  readonly words: () => string
}

/** Consumers that share the messages of a queue between them. */
export interface ConsumerGroup {
  readonly members: readonly ConsumerCapacity[]
  readonly capacity: Estimate
}

/** The consumers of a queue, each a group of its own or the only one. */
export const consumersOf = (queue: Queue, model: Model): readonly ConsumerCapacity[] => flowsOf(model).consumers(queue)

/** Groups that a limit holds for. Of consumers whose group is not stated, each may get all messages, or they share them. */
export const groupsOf = (queue: Queue, model: Model): readonly ConsumerGroup[] => flowsOf(model).groups(queue)

const flowsOf = perObject((model: Model) => {
  const consumers = memo((queue: Queue) =>
    indicesOf(model)
      .consumesFrom(queue.name)
      .map(consume => capacityOf(consume, queue)),
  )
  return { consumers, groups: memo((queue: Queue) => grouped(queue, consumers(queue))) }
})

/** Queues that hand each message to one of all their consumers, whoever those are. */
const isShared = (queue: Queue): boolean => ['sqs', 'sqs-fifo', 'rabbitmq'].includes(engineOf(queue).product ?? '')

/** Functions are as many as there are messages; what shares a queue with them is never too slow. */
const isFunction = ({ consume }: ConsumerCapacity): boolean =>
  consume.runtime === 'lambda' || consume.by.runtime === 'serverless'

function grouped(queue: Queue, consumers: readonly ConsumerCapacity[]): ConsumerGroup[] {
  const shared = isShared(queue)
  const groups = new Map<string | undefined, ConsumerCapacity[]>()
  for (const member of consumers) {
    const group = shared ? '' : member.consume.group
    groups.set(group, [...(groups.get(group) ?? []), member])
  }
  const limited = [...groups].filter(([, members]) => !members.some(isFunction))
  return limited.map(([group, members]) => {
    const together = sum(members.map(({ capacity }) => capacity))
    if (group !== undefined || members.length === 1) return { members, capacity: together }
    const missing = [...together.missing, ...members.map(({ consume }): Path => [...consume.path, 'group'])]
    const least = Math.min(...members.map(({ capacity }) => capacity.low))
    return { members, capacity: between(least, together.high, missing) }
  })
}

function capacityOf(consume: Consume, queue: Queue): ConsumerCapacity {
  const { by, path, processing } = consume
  const instances = stated(by.replicas?.max, [...by.path, 'replicas', ...(by.replicas ? ['max'] : [])])
  const concurrency = stated(consume.concurrency, [...path, 'concurrency'])
  const wanted = product(instances, concurrency)
  const allowed = queue.partitions === undefined ? undefined : queue.partitions * (consume.keyParallel ?? 1)
  const workers = allowed === undefined ? wanted : withinPartitions(queue, instances, concurrency, allowed)
  const mean = stated(processing?.mean, [...path, 'processing', ...(processing ? ['mean'] : [])])
  const partitionBound = allowed !== undefined && wanted.low > allowed && workers.high === allowed
  const slots = () => {
    const keys = (consume.keyParallel ?? 1) > 1 ? ` x ${number(consume.keyParallel!)} keys at once` : ''
    if (partitionBound) return `${plural(queue.partitions!, 'partition')}${keys}`
    const isFull = wanted.high === workers.high && wanted.high !== undefined
    return isFull ? `${number(instances.low)} x ${number(concurrency.low)}` : number(workers.high ?? 0)
  }
  return {
    consume,
    workers,
    capacity: perSecond(workers, mean),
    partitionBound,
    words: () => `${slots()} / ${duration(mean.low)}`,
  }
}

/**
 * In a partition one message is handled at a time, unless the consumer keeps order per key itself, or no order is kept: then
 * an instance that has a partition handles as many at once as it can.
 */
function withinPartitions(queue: Queue, instances: Estimate, concurrency: Estimate, allowed: number): Estimate {
  const atMost = (estimate: Estimate, limit: number): Estimate =>
    between(Math.min(estimate.low, limit), Math.min(estimate.high ?? limit, limit), estimate.missing)
  const inOrder = atMost(product(instances, concurrency), allowed)
  if (queue.ordering === 'perKey' || queue.ordering === 'global') return inOrder
  const unordered = product(atMost(instances, queue.partitions!), concurrency)
  const most = unordered.high === undefined ? undefined : Math.max(unordered.high, inOrder.high!)
  const least = queue.ordering === 'none' ? Math.max(unordered.low, inOrder.low) : inOrder.low
  const open: Path[] = queue.ordering === undefined && most !== inOrder.high ? [[...queue.path, 'ordering']] : []
  return between(least, most, [...unordered.missing, ...inOrder.missing, ...open])
}

/** Workers that are not known could be as many as needed, and processing that is not known could take no time. */
function perSecond(workers: Estimate, mean: Estimate): Estimate {
  const missing = sum([workers, mean]).missing
  if (mean.high === undefined) return unknown(missing)
  const most = workers.high === undefined ? undefined : consumerCapacity(workers.high, mean.high)
  return between(consumerCapacity(workers.low, mean.high), most, missing)
}
