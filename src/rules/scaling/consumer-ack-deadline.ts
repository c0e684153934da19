import { engineOf } from '../../analysis/engine.ts'
import type { Path } from '../../finding.ts'
import type { Consume, Queue } from '../../manifest/model.ts'
import { duration, number, plural } from '../../units.ts'
import { defineRule, noOptions, yaml, type Outcome } from '../define.ts'

const minute = 60_000

/** What the brokers do when nobody configures them. Good enough to ask because of it, not to accuse. */
const usual = { consumerTimeout: 30 * minute, maxPollInterval: 5 * minute, batchSize: 500 }

export default defineRule({
  id: 'consumer-ack-deadline',
  title: 'Handling outlasts the deadline of the broker',
  severity: 'error',
  question: 'scaling',
  on: 'consume',
  options: noOptions,
  why: 'A broker takes a consumer that has not answered for too long for dead. RabbitMQ closes its channel and delivers everything again; Kafka gives its partitions to others, who start the same batch from the beginning and lose them in turn. Nothing is ever finished, and from outside it looks busy.',
  formula:
    'RabbitMQ: ceil(prefetch / concurrency) x S < consumer timeout; Kafka: ceil(records of a poll / concurrency) x S < max.poll.interval',
  fix: 'Take less at once, or give the consumer more time.',
  sources: [
    { title: 'RabbitMQ documentation: Consumers, delivery acknowledgement timeout', id: 'consumer_timeout' },
    { title: 'Apache Kafka documentation: Consumer configuration', id: 'max.poll.interval.ms, max.poll.records' },
  ],
  reads: [
    'queues.engine',
    'queues.consumerTimeout',
    'consumes.processing',
    'consumes.concurrency',
    'consumes.keyParallel',
    'consumes.prefetch',
    'consumes.batchSize',
    'consumes.maxPollInterval',
    'consumes.keepsPolling',
  ],

  appliesTo: ({ source, processing: { mean, p99, timeout } = {}, keepsPolling }) => {
    const product = source && engineOf(source).product
    if (product === 'rabbitmq') return [mean, p99, timeout].some(time => typeof time === 'number')
    return (product === 'kafka' || product === 'redpanda') && (mean ?? p99) !== undefined && keepsPolling !== true
  },

  *check(consume, { facts }) {
    const queue = consume.source
    if (queue === undefined) return
    const outcome = engineOf(queue).product === 'rabbitmq' ? ofRabbit(consume, queue) : ofKafka(consume)
    if (outcome && 'message' in outcome)
      yield { about: consume.path, journeys: facts.journeys.through(queue.name, 'sure'), ...outcome }
    else if (outcome) yield outcome
  },

  examples: [
    {
      title: 'A poll of 500 records that take a second each, and five minutes until the next poll is due',
      bad: yaml`
        services:
          invoices:
            consumes:
              - from: order-events
                batchSize: 500
                concurrency: 1
                processing: { mean: 1s, p99: 2s }
                maxPollInterval: 5m # <--
                keepsPolling: false
          search-index:
            consumes:
              - { from: order-events, batchSize: 500, concurrency: 1, processing: { mean: 100ms, p99: 600ms }, maxPollInterval: 5m, keepsPolling: false } # <--
        queues:
          order-events: { engine: kafka@4 }
      `,
    },
    {
      title: 'A report that takes three quarters of an hour, and messages that wait for those before them',
      bad: yaml`
        services:
          reports:
            consumes: [{ from: report-requests, processing: { timeout: 45m } }]
          render:
            consumes: [{ from: videos, concurrency: 1, prefetch: 10, processing: { mean: 4m } }]
        queues:
          report-requests:
            engine: rabbitmq@4
            consumerTimeout: 30m # <--
          videos:
            engine: rabbitmq@4
            consumerTimeout: 30m # <--
      `,
    },
    {
      title: 'What would have to be configured for it is not stated',
      unclear: yaml`
        services:
          reports:
            consumes:
              - { from: report-requests, processing: { p99: 45m } }
          render:
            consumes:
              - { from: videos, prefetch: 10, processing: { mean: 4m } } # ?
          invoices:
            consumes:
              - { from: order-events, concurrency: 1, processing: { mean: 1s } } # ?
          stock:
            consumes:
              - { from: order-events, batchSize: 500, processing: { mean: 1s } } # ?
          audit:
            consumes:
              - { from: order-events, batchSize: 500, concurrency: 1, processing: { mean: 1s } } # ?
          points:
            consumes:
              - { from: order-events, batchSize: 500, concurrency: 1, processing: { mean: 1s }, maxPollInterval: 6m } # ?
        queues:
          report-requests: { engine: rabbitmq@4 } # ?
          videos: { engine: rabbitmq@4, consumerTimeout: 30m }
          order-events: { engine: kafka@4 }
      `,
    },
    {
      title: 'Handled in time, several at once, or handled aside while the consumer keeps polling',
      good: yaml`
        services:
          invoices:
            consumes:
              - { from: order-events, processing: { mean: 60ms, p99: 500ms } }
              - { from: stock-events, batchSize: 500, concurrency: 4, processing: { p99: 1s }, maxPollInterval: 5m }
              - { from: stock-events, batchSize: 500, keyParallel: 2, concurrency: 1, processing: { mean: 1s }, maxPollInterval: 6m }
              - { from: stock-events, batchSize: 500, concurrency: 1, processing: { mean: 1s }, maxPollInterval: 5m, keepsPolling: true }
          reports:
            consumes:
              - { from: report-requests, processing: { timeout: 45m } }
              - { from: videos, prefetch: 10, concurrency: 5, processing: { mean: 4m, timeout: 20m } }
              - { from: mails, prefetch: 250, processing: { p99: 7s, timeout: none } }
          resize:
            consumes:
              - { from: images, batchSize: 500, processing: { mean: 1h } }
              - { from: videos }
              - { from: order-events, processing: { timeout: 1h } }
        queues:
          order-events: { engine: kafka@4 }
          stock-events: { engine: redpanda }
          report-requests: { engine: rabbitmq@4, consumerTimeout: none }
          videos: { engine: rabbitmq@4, consumerTimeout: 30m }
          mails: { engine: rabbitmq@4 }
          images: { engine: sqs }
      `,
    },
  ],
})

interface Wait {
  readonly time: number
  /** `ceil(500 / 1) x 1s`. */
  readonly words: string
}

/** The last of what was taken waits for what is handled before it. */
function waitFor(taken: number, atOnce: number, each: number): Wait {
  const rounds = Math.ceil(taken / atOnce)
  return { time: rounds * each, words: `ceil(${number(taken)} / ${number(atOnce)}) x ${duration(each)}` }
}

const atOnceOf = ({ concurrency = 1, keyParallel = 1 }: Consume): number => Math.max(concurrency, keyParallel)

/** The deadline runs for each message from when it was delivered, so what was prefetched waits with it running. */
function ofRabbit(consume: Consume, queue: Queue): Outcome | undefined {
  const { processing: { mean, p99, timeout } = {}, prefetch = 1, concurrency, by, path } = consume
  const slow = p99 ?? mean ?? 0
  const alone = typeof timeout === 'number' ? timeout : slow
  const behind = waitFor(prefetch, atOnceOf(consume), slow)
  const wait: Wait = alone >= behind.time ? { time: alone, words: 'one message' } : behind
  const deadline = queue.consumerTimeout
  if (deadline === 'none' || wait.time < (deadline ?? usual.consumerTimeout)) return undefined
  if (wait === behind && concurrency === undefined)
    return { unknown: [...path, 'concurrency'], because: `${plural(prefetch, 'message')} wait at "${by.name}" at once` }
  if (deadline === undefined)
    return {
      unknown: [...queue.path, 'consumerTimeout'],
      because: `"${by.name}" may take ${duration(wait.time)}, and without it RabbitMQ waits for ${duration(usual.consumerTimeout)}`,
    }
  const typical = waitFor(prefetch, atOnceOf(consume), mean ?? p99 ?? 0).time
  return {
    at: [...queue.path, 'consumerTimeout'],
    message: `"${by.name}" may need ${duration(wait.time)} until it acknowledges a message of "${queue.name}", which delivers it again after ${duration(deadline)}; expected less`,
    arithmetic: `${wait.words} = ${duration(wait.time)} >= ${duration(deadline)}`,
    fix: `Raise the consumer timeout of "${queue.name}" to more than ${duration(wait.time)}${wait === behind ? `, or prefetch at most ${plural(fitting(deadline, slow, consume), 'message')}` : ', or end the handling of a message sooner'}`,
    severity: wait !== behind || typical >= deadline ? 'error' : 'warning',
    evidence: evidenceOf(path, wait === behind ? ['prefetch', 'concurrency', 'processing'] : ['processing']),
  }
}

/** The next poll is due when all records of the last one are handled, at the least by a thread for each. */
function ofKafka(consume: Consume): Outcome | undefined {
  const { processing: { mean, p99 } = {}, batchSize, concurrency, maxPollInterval, keepsPolling, by, path } = consume
  const slow = p99 ?? mean ?? 0
  const wait = waitFor(batchSize ?? usual.batchSize, atOnceOf(consume), slow)
  if (wait.time < (maxPollInterval ?? usual.maxPollInterval)) return undefined
  const because = `${wait.words} = ${duration(wait.time)}, and the next poll is due after ${duration(maxPollInterval ?? usual.maxPollInterval)}`
  const open = Object.entries({ batchSize, concurrency, maxPollInterval, keepsPolling }).find(
    ([, fact]) => fact === undefined,
  )
  if (open) return { unknown: [...path, open[0]], because }
  if (batchSize === undefined || maxPollInterval === undefined) return undefined
  const typical = waitFor(batchSize, atOnceOf(consume), mean ?? slow).time
  return {
    at: [...path, 'maxPollInterval'],
    message: `"${by.name}" may need ${duration(wait.time)} for the records of one poll of "${consume.from}", and loses its partitions after ${duration(maxPollInterval)}; expected less`,
    arithmetic: `${wait.words} = ${duration(wait.time)} >= ${duration(maxPollInterval)}`,
    fix: `Poll at most ${plural(fitting(maxPollInterval, slow, consume), 'record')} at once, or raise the poll interval to more than ${duration(wait.time)}`,
    // All records at their slowest is what a slow database makes of them.
    severity: typical >= maxPollInterval ? 'error' : 'warning',
    evidence: evidenceOf(path, ['batchSize', 'concurrency', 'processing']),
  }
}

/** How many can be taken at once and still be handled before the deadline, one at the least. */
const fitting = (deadline: number, each: number, consume: Consume): number =>
  Math.max(1, (Math.ceil(deadline / each) - 1) * atOnceOf(consume))

const evidenceOf = (path: Path, keys: readonly string[]) => keys.map(key => ({ label: key, at: [...path, key] }))
