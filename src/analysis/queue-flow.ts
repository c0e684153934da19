import type { Consume, Model, Queue } from '../manifest/model.ts'
import { exactly, product, stated, sum, type Estimate } from './estimate.ts'
import { consumerCapacity } from './formulas/queues.ts'

/** What one consumer of a queue can handle at full scale. */
export interface ConsumerCapacity {
  readonly consume: Consume
  /** Messages handled at the same time: instances · concurrency, at most what the partitions allow. */
  readonly workers: Estimate
  /** Messages per second. `high` is the favourable end here: what it can handle at most. */
  readonly capacity: Estimate
  /** True where the partitions, not the instances, set the limit. */
  readonly partitionBound: boolean
}

/** The consumers of a queue, each a group of its own or the only one. */
export function consumersOf(queue: Queue, model: Model): ConsumerCapacity[] {
  return model.consumes.filter(consume => consume.source === queue).map(consume => capacityOf(consume, queue))
}

function capacityOf(consume: Consume, queue: Queue): ConsumerCapacity {
  const { by, path, processing } = consume
  const instances = stated(by.replicas?.max, [...by.path, 'replicas', ...(by.replicas ? ['max'] : [])])
  const concurrency = stated(consume.concurrency, [...path, 'concurrency'])
  const wanted = product(instances, concurrency)
  // In a partition one message is handled at a time, unless the consumer keeps order per key itself.
  const allowed = queue.partitions === undefined ? undefined : queue.partitions * (consume.keyParallel ?? 1)
  const partitionBound = allowed !== undefined && wanted.low > allowed
  const workers =
    allowed === undefined
      ? wanted
      : {
          ...wanted,
          low: Math.min(wanted.low, allowed),
          high: wanted.high === undefined ? allowed : Math.min(wanted.high, allowed),
        }
  const mean = stated(processing?.mean, [...path, 'processing', ...(processing ? ['mean'] : [])])
  return { consume, workers, capacity: perSecond(workers, mean), partitionBound }
}

/** Workers that are not known could be as many as needed, and processing that is not known could take no time. */
function perSecond(workers: Estimate, mean: Estimate): Estimate {
  const missing = sum([workers, mean]).missing
  if (workers.high === undefined || mean.high === undefined) return { low: 0, high: undefined, missing }
  return exactly(consumerCapacity(workers.high, mean.high))
}
