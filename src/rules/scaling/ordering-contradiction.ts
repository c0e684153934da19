import { engineOf } from '../../analysis/engine.ts'
import { exceeds, stated, sum, type Answer } from '../../analysis/estimate.ts'
import type { Path } from '../../finding.ts'
import type { Consume, Publish, Queue } from '../../manifest/model.ts'
import { plural } from '../../units.ts'
import { ask, defineRule, noOptions, yaml, type Outcome } from '../define.ts'
import { indicesOf } from '../../analysis/indices.ts'

export default defineRule({
  id: 'ordering-contradiction',
  title: 'The order that is promised cannot be kept',
  severity: 'error',
  question: 'scaling',
  on: 'queue',
  options: noOptions,
  why: 'Order holds from end to end or not at all. A broker that does not promise it, consumers that compete, messages without a key: each works in every test, and under load a cancellation is handled before the order that it cancels.',
  fix: 'Give up the order where it is not needed, or keep it all the way: a key, a broker that orders by it, one consumer for each key at a time.',
  sources: [
    { title: 'Amazon SQS developer guide: Standard queues, at-least-once delivery and best-effort ordering' },
    { title: 'Amazon SQS developer guide: Using dead-letter queues', id: 'FIFO queues and exact order' },
    { title: 'RabbitMQ documentation: Consumers, single active consumer' },
    { title: 'Apache Kafka documentation: Producer configuration', id: 'enable.idempotence' },
  ],
  reads: [
    'queues.ordering',
    'queues.engine',
    'queues.queueType',
    'queues.partitions',
    'queues.dlq',
    'queues.onPoison',
    'publishes.key',
    'publishes.idempotentProducer',
    'consumes.singleActiveConsumer',
    'consumes.keyParallel',
    'services.replicas',
  ],

  appliesTo: ({ ordering }) => ordering === 'perKey' || ordering === 'global',

  *check(queue, { model, facts }) {
    const journeys = facts.journeys.through(queue.name, 'sure')
    const publishes = indicesOf(model).publishesTo(queue.name)
    const consumes = indicesOf(model).consumesFrom(queue.name)
    const outcomes = [
      ...bestEffort(queue),
      ...competing(queue, consumes),
      ...severalKeysAtOnce(queue, consumes),
      ...keyless(queue, publishes),
      ...reordered(queue, publishes),
      ...putAside(queue),
    ]
    for (const outcome of outcomes) yield 'message' in outcome ? { journeys, about: queue.path, ...outcome } : outcome
  },

  examples: [
    {
      title: 'A standard queue, workers that compete, and messages without a key',
      bad: yaml`
        services:
          orders:
            publishes:
              - { to: order-events, key: orderId }
              - to: stock-events
                key: none # <--
              - to: returns
                key: orderId
                idempotentProducer: false # <--
          invoices: { replicas: 6, consumes: [{ from: account-changes }] }
          stock: { replicas: 1, consumes: [{ from: moves }] }
          audit: { replicas: 1, consumes: [{ from: moves }] }
          ledger:
            consumes:
              - from: bookings
                keyParallel: 8 # <--
        queues:
          order-events:
            engine: sqs
            ordering: perKey # <--
          stock-events: { ordering: perKey }
          returns: { engine: kafka@4, ordering: perKey }
          account-changes:
            engine: rabbitmq@4
            queueType: quorum
            ordering: global # <--
          moves:
            engine: rabbitmq@4
            queueType: classic
            ordering: global # <--
          bookings:
            engine: kafka@4
            ordering: global
            dlq: { to: bookings-dead } # <--
      `,
    },
    {
      title: 'The key, the number of workers, or a queue for each key, is not stated',
      unclear: yaml`
        services:
          orders:
            publishes:
              - { to: order-events } # ?
          invoices: # ?
            consumes: [{ from: account-changes }]
          stock: { replicas: 2, consumes: [{ from: moves }, { from: entries }] }
        queues:
          order-events: { ordering: perKey }
          entries: { engine: rabbitmq@4, ordering: global } # ?
          account-changes: { engine: rabbitmq@4, ordering: global }
          moves: { engine: rabbitmq@4, ordering: perKey } # ?
      `,
    },
    {
      title: 'Order by key in partitions, one active consumer, or no order at all',
      good: yaml`
        services:
          orders:
            publishes:
              - { to: order-events, key: orderId, idempotentProducer: true }
              - { to: clicks, key: none }
              - { to: account-changes, key: none, idempotentProducer: false }
          invoices:
            replicas: 12
            consumes:
              - { from: order-events, keyParallel: 8 }
              - { from: account-changes, singleActiveConsumer: true }
              - { from: moves }
              - { from: changes }
              - { from: bookings }
          ledger: { replicas: 1, consumes: [{ from: entries }] }
        queues:
          order-events: { engine: kafka@4, ordering: perKey, partitions: 12, dlq: { to: order-events-dead } }
          clicks: { engine: sqs }
          account-changes: { engine: rabbitmq@4, ordering: global }
          moves: { engine: rabbitmq@4, ordering: perKey, partitions: 8 }
          changes: { engine: rabbitmq@4, queueType: stream, ordering: global }
          entries: { engine: rabbitmq@4, ordering: global }
          bookings: { engine: kafka@4, ordering: global, partitions: 1, onPoison: halt, dlq: { to: bookings-dead } }
      `,
    },
  ],
})

const words = ({ ordering }: Queue): string =>
  ordering === 'global' ? 'one order over all messages' : 'an order per key'

function* bestEffort(queue: Queue): Iterable<Outcome> {
  if (engineOf(queue).product !== 'sqs') return
  yield {
    at: [...queue.path, 'ordering'],
    message: `"${queue.name}" keeps ${words(queue)}, but is a standard queue of SQS, which may deliver in any order; expected a FIFO queue`,
    fix: 'Use a FIFO queue with the key as message group, or state `ordering: none` and handle messages in any order',
  }
}

/** RabbitMQ hands the messages of a queue to all of its consumers in turn. */
function* competing(queue: Queue, consumes: readonly Consume[]): Iterable<Outcome> {
  if (engineOf(queue).product !== 'rabbitmq' || queue.queueType === 'stream' || consumes.length === 0) return
  if (consumes.every(({ singleActiveConsumer }) => singleActiveConsumer === true)) return
  // Order per key survives where each key has a queue of its own behind one name.
  if (queue.ordering === 'perKey' && queue.partitions !== undefined) return
  const instances = sum(
    consumes.map(({ by }) => stated(by.replicas?.max, [...by.path, 'replicas', ...(by.replicas ? ['max'] : [])], 1)),
  )
  const several: Answer = exceeds(instances, 1)
  if (several === false) return
  if (several !== true) return yield* ask(several, `"${queue.name}" keeps ${words(queue)}`)
  // A stream gives every consumer all of its messages.
  const open = queue.ordering === 'perKey' ? 'partitions' : queue.queueType === undefined ? 'queueType' : undefined
  if (open !== undefined) {
    yield {
      unknown: [...queue.path, open],
      because: `consumers of one queue compete for the messages of "${queue.name}"`,
    }
    return
  }
  yield {
    at: [...queue.path, 'ordering'],
    message: `"${queue.name}" keeps ${words(queue)}, but ${plural(instances.low, 'consumer')} compete for its messages; expected one at a time`,
    fix: 'Turn on the single active consumer, or give up the order',
    evidence: consumes.map(({ by, path }): { label: string; at: Path } => ({
      label: `${by.name} consumes`,
      at: path,
    })),
  }
}

function* severalKeysAtOnce(queue: Queue, consumes: readonly Consume[]): Iterable<Outcome> {
  const parallel = queue.ordering === 'global' ? consumes.filter(({ keyParallel = 1 }) => keyParallel > 1) : []
  for (const { path, by, keyParallel = 1 } of parallel)
    yield {
      at: [...path, 'keyParallel'],
      message: `"${by.name}" handles ${plural(keyParallel, 'key')} of "${queue.name}" at once, which keeps one order over all messages; expected one message at a time`,
      fix: 'Handle one message at a time, or state `ordering: perKey`',
      evidence: [{ label: 'one order over all messages', at: [...queue.path, 'ordering'] }],
    }
}

function* keyless(queue: Queue, publishes: readonly Publish[]): Iterable<Outcome> {
  if (queue.ordering !== 'perKey') return
  for (const { path, key, from } of publishes) {
    if (key === undefined) yield { unknown: [...path, 'key'], because: `"${queue.name}" keeps an order per key` }
    if (key === 'none')
      yield {
        at: [...path, 'key'],
        message: `"${from.name}" publishes to "${queue.name}" without a key, which keeps an order per key; expected a key`,
        fix: 'Publish with the key whose messages must keep their order, such as the id of the order',
      }
  }
}

/** Several requests are under way at once; the one that is tried again arrives after those that followed it. */
function* reordered(queue: Queue, publishes: readonly Publish[]): Iterable<Outcome> {
  if (!['kafka', 'redpanda'].includes(engineOf(queue).product ?? '')) return
  for (const { path, from } of publishes.filter(({ idempotentProducer }) => idempotentProducer === false))
    yield {
      at: [...path, 'idempotentProducer'],
      message: `"${from.name}" publishes to "${queue.name}" without an idempotent producer: a message that is sent again arrives after its successors, but ${words(queue)} is kept there; expected an idempotent producer`,
      fix: 'Turn on the idempotent producer, which keeps the order over retries',
      severity: 'warning',
    }
}

function* putAside({ name, path, ordering, dlq, onPoison }: Queue): Iterable<Outcome> {
  if (ordering !== 'global' || typeof dlq !== 'object' || onPoison === 'halt') return
  yield {
    at: [...path, 'dlq'],
    message: `"${name}" keeps one order over all messages, but puts aside what cannot be handled and goes on with what came after it; expected it to stop`,
    fix: 'Stop and call somebody (`onPoison: halt`), or state that an order per key is enough',
    severity: 'warning',
  }
}
