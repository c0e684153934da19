import { redelivers } from '../../analysis/access.ts'
import { engineOf } from '../../analysis/engine.ts'
import type { Queue } from '../../manifest/model.ts'
import { duration } from '../../units.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'dlq-missing',
  title: 'A message that cannot be handled has nowhere to go',
  severity: 'warning',
  question: 'scaling',
  on: 'queue',
  options: noOptions,
  why: 'Sooner or later one message cannot be handled: a field is missing, a record cannot be decoded. Without a place to put it aside it comes again for ever and takes capacity from the others, holds up everything behind it, or is dropped without a word.',
  fix: 'Move a message to a dead-letter queue after a few deliveries, and tell somebody of the first one that arrives there.',
  sources: [
    { title: 'Amazon SQS developer guide: Using dead-letter queues' },
    { title: 'RabbitMQ documentation: Quorum queues, poison message handling', revision: '4.0' },
    { title: 'Apache Kafka documentation: Consumer position and delivery', id: 'section 4.5' },
  ],
  reads: [
    'queues.dlq',
    'queues.onPoison',
    'queues.delivery',
    'queues.engine',
    'queues.queueType',
    'queues.ordering',
    'queues.retention',
    'queues.lossTolerated',
    'journeys.criticality',
  ],

  appliesTo: queue => queue.lossTolerated !== true && redelivers(queue) !== false,

  *check(queue, { facts }) {
    const { dlq, onPoison, path } = queue
    // Stopping, with an alert, keeps a strict order; putting aside by the consumer itself is a dead-letter queue of its own.
    if (onPoison === 'halt' || onPoison === 'park') return
    if (dlq === undefined) return yield { unknown: [...path, 'dlq'], because: `otherwise ${consequence(queue)}` }
    if (dlq !== 'none') return
    if (redelivers(queue) === undefined)
      return yield { unknown: [...path, 'delivery'], because: `"${queue.name}" has no dead-letter queue` }
    const journeys = facts.journeys.through(queue.name, 'sure')
    const evidence = queue.onPoison === undefined ? [] : [{ label: 'what is done with it', at: [...path, 'onPoison'] }]
    yield {
      at: [...path, 'dlq'],
      message: `"${queue.name}" has no dead-letter queue: ${consequence(queue)}; expected a place where it is put aside and seen`,
      ...(isOrdered(queue) ? { fix: keepingOrder } : {}),
      severity: journeys.some(({ criticality }) => criticality === 'critical') ? 'error' : 'warning',
      evidence,
      journeys,
    }
  },

  examples: [
    {
      title: 'One record that cannot be decoded stops a partition of the payments',
      bad: yaml`
        queues:
          payments:
            engine: kafka@4
            dlq: none # <--
      `,
    },
    {
      title: 'A poison message comes again, or is dropped, depending on the broker',
      bad: yaml`
        queues:
          invoices:
            engine: sqs
            retention: 4d
            dlq: none # <--
          mails:
            engine: rabbitmq@4
            queueType: quorum
            dlq: none # <--
          stock:
            delivery: atLeastOnce
            onPoison: retryForever
            dlq: none # <--
          points:
            engine: pubsub
            onPoison: skip
            dlq: none # <--
      `,
    },
    {
      title: 'Nothing is said of messages that cannot be handled',
      unclear: yaml`
        queues:
          payments: { engine: kafka@4 } # ?
          mails: {} # ?
      `,
    },
    {
      title: 'No dead-letter queue, and whether a message comes again is not stated',
      unclear: yaml`
        queues:
          mails: { dlq: none } # ?
      `,
    },
    {
      title: 'Poison is put aside, by the broker or by the consumer',
      good: yaml`
        queues:
          payments: { engine: sqs, dlq: { to: payments-dead, maxReceive: 5, alert: true } }
          clicks: { engine: kafka@4, dlq: none, onPoison: park }
      `,
    },
    {
      title: 'Changes of an account must keep their order, so the stream stops and calls somebody',
      good: yaml`
        queues:
          account-changes: { engine: kafka@4, ordering: global, onPoison: halt }
      `,
    },
    {
      title: 'Measurements may be lost, and a broker that never repeats a message has no poison',
      good: yaml`
        queues:
          telemetry: { engine: kafka@4, lossTolerated: true, dlq: none }
          ticks: { engine: nats, delivery: atMostOnce, dlq: none }
      `,
    },
  ],
})

const isOrdered = (queue: Queue): boolean =>
  queue.ordering === 'global' || queue.ordering === 'perKey' || engineOf(queue).product === 'sqs-fifo'

const keepingOrder =
  'Decide what order is worth: stop and call somebody (`onPoison: halt`), or put the message and those of the same key aside, where a redrive handles them late'

/** What becomes of a message that can never be handled. */
function consequence(queue: Queue): string {
  if (queue.onPoison === 'skip') return 'a message that cannot be handled is dropped'
  const { product, major } = engineOf(queue)
  const until = typeof queue.retention === 'number' ? ` for ${duration(queue.retention)}` : ' until it expires'
  switch (product) {
    case 'kafka':
    case 'redpanda':
    case 'kinesis':
      return 'a message that cannot be handled stops its partition, while the others look healthy'
    case 'sqs':
      return `a message that cannot be handled comes again${until}`
    case 'sqs-fifo':
      return `a message that cannot be handled holds up its message group${until}`
    case 'rabbitmq':
      if (queue.queueType === 'classic' || (major !== undefined && major < 4))
        return 'a message that cannot be handled comes again for ever'
      return 'a message that cannot be handled comes again for ever, or is dropped after 20 deliveries by a quorum queue of RabbitMQ 4'
    default:
      return 'a message that cannot be handled comes again and again'
  }
}
