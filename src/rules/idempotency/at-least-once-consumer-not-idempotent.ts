import { changesState, redelivers } from '../../analysis/access.ts'
import { engineOf } from '../../analysis/engine.ts'
import type { Answer } from '../../analysis/estimate.ts'
import type { Path } from '../../finding.ts'
import type { Consume, Queue } from '../../manifest/model.ts'
import { ask, defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'at-least-once-consumer-not-idempotent',
  title: 'A message that comes twice is handled twice',
  severity: 'warning',
  question: 'idempotency',
  on: 'consume',
  options: noOptions,
  why: 'Brokers that do not lose messages deliver some of them again: after a crash, a slow handler, a rebalance, a redrive. A consumer that does not recognise the repeat sends the invoice twice. Exactly-once delivery ends where the broker ends.',
  fix: 'Record the id of the message in the same transaction as its effect and skip what is recorded, or make the effect an upsert by business key.',
  sources: [
    {
      title: 'AWS Well-Architected, Reliability: Make mutating operations idempotent',
      id: 'REL04-BP04',
      revision: 'November 2024',
    },
    { title: 'Amazon SQS developer guide: at-least-once delivery' },
    { title: 'Apache Kafka documentation: message delivery semantics', id: 'section 4.6' },
  ],
  reads: [
    'consumes.idempotent',
    'consumes.mutates',
    'consumes.exactlyOnce',
    'queues.delivery',
    'queues.engine',
    'calls.access',
    'calls.mutates',
    'journeys.criticality',
  ],

  appliesTo: ({ source, mutates }) => source !== undefined && redelivers(source) !== false && mutates !== false,

  *check(consume, { facts }) {
    const { idempotent, mutates, path } = consume
    const queue = consume.source!
    if (idempotent === true) return
    const claimed = consume.exactlyOnce === true || queue.delivery === 'exactlyOnce'
    const leaves = claimed ? leavesKafka(consume, queue) : true
    if (leaves === false) return
    if (leaves !== true)
      return yield* ask(
        leaves,
        'exactly-once holds only from Kafka to the same Kafka; what goes elsewhere is done twice',
      )
    const because = `"${queue.name}" may deliver a message again`
    if (idempotent === undefined) return yield { unknown: [...path, 'idempotent'], because }
    if (redelivers(queue) === undefined)
      return yield {
        unknown: [...queue.path, 'delivery'],
        because: `"${consume.by.name}" handles a repeat as if it were new`,
      }
    if (mutates === undefined) return yield { unknown: [...path, 'mutates'], because }
    const journeys = facts.journeys.through(queue.name, 'sure')
    yield {
      at: [...path, 'idempotent'],
      message: claimed
        ? `"${consume.name}" handles a message that comes twice as two; exactly-once ends at the broker, and the work of "${consume.by.name}" does not; expected the repeat to be recognised`
        : `"${consume.name}" handles a message that comes twice as two, and "${queue.name}" delivers at least once; expected the repeat to be recognised`,
      severity: journeys.some(({ criticality }) => criticality === 'critical') ? 'error' : 'warning',
      evidence: [
        queue.delivery === undefined
          ? { label: `${queue.engine} delivers at least once`, at: [...queue.path, 'engine'] }
          : { label: `delivery of "${queue.name}"`, at: [...queue.path, 'delivery'] },
        { label: 'handling changes state', at: [...path, 'mutates'] },
      ],
      journeys,
    }
  },

  examples: [
    {
      title: 'A queue repeats a message, and the customer gets two invoices',
      bad: yaml`
        services:
          invoices:
            consumes:
              - from: order-events
                mutates: true
                idempotent: false # <--
        queues:
          order-events: { engine: sqs }
      `,
    },
    {
      title: 'Kafka transactions do not reach into the payment provider',
      bad: yaml`
        services:
          payments:
            calls: [{ to: psp, mutates: true, idempotencyKey: none }, { to: psp, mutates: false }]
            consumes:
              - from: order-events
                mutates: true
                idempotent: false # <--
                exactlyOnce: true
        queues:
          order-events: { engine: kafka@4 }
        externals:
          psp: {}
      `,
    },
    {
      title: 'Exactly-once ends when the answer goes to another broker, or the broker is not Kafka',
      bad: yaml`
        services:
          enrich:
            publishes: [{ to: mails, outbox: none }]
            consumes:
              - from: order-events
                mutates: true
                idempotent: false # <--
                exactlyOnce: true
          mailer:
            consumes:
              - from: mails
                mutates: true
                idempotent: false # <--
        queues:
          order-events: { engine: kafka@4 }
          mails: { engine: sqs-fifo, delivery: exactlyOnce }
      `,
    },
    {
      title: 'What happens with a repeat, whether it matters, and whether it can come, one after another',
      unclear: yaml`
        services:
          invoices:
            consumes:
              - from: order-events # ?
          mailer:
            consumes:
              - from: order-events # ?
                idempotent: false
          points:
            consumes: [{ from: clicks, idempotent: false }]
        queues:
          order-events: { engine: kafka@4 }
          clicks: {} # ?
      `,
    },
    {
      title: 'Exactly-once is claimed, and what the consumer does elsewhere is not stated',
      unclear: yaml`
        services:
          enrich:
            calls:
              - to: orders-db # ?
              - to: prices # ?
              - to: price-cache
            publishes: [{ to: enriched, outbox: none }]
            consumes: [{ from: order-events, exactlyOnce: true, idempotent: false, mutates: true }]
          prices: {}
          audit:
            consumes: [{ from: clicks, exactlyOnce: true, idempotent: false, mutates: true }]
        stores:
          orders-db: {}
        caches:
          price-cache: {}
        queues:
          order-events: { engine: kafka@4 }
          enriched: {} # ?
          clicks: {} # ?
      `,
    },
    {
      title: 'The consumer recognises a repeat, or handling a message twice harms nobody',
      good: yaml`
        services:
          invoices:
            consumes: [{ from: order-events, mutates: true, idempotent: true }]
          dashboard:
            consumes: [{ from: order-events, mutates: false, idempotent: false }]
        queues:
          order-events: { engine: rabbitmq@4 }
      `,
    },
    {
      title: 'A stream processor stays within Kafka, and a feed of prices that may lose messages repeats none',
      good: yaml`
        services:
          enrich:
            calls:
              - { to: catalogue-db, access: read }
            publishes: [{ to: enriched, outbox: transaction }]
            consumes:
              - { from: order-events, mutates: true, idempotent: false, exactlyOnce: true }
              - { from: ticks, mutates: true, idempotent: false }
        stores:
          catalogue-db: {}
        queues:
          order-events: { engine: kafka@4 }
          enriched: { engine: redpanda }
          ticks: { engine: nats, delivery: atMostOnce }
      `,
    },
  ],
})

const speaksKafka = (queue: Queue): Answer => {
  const { product } = engineOf(queue)
  return product === undefined ? [[...queue.path, 'engine']] : product === 'kafka' || product === 'redpanda'
}

/** Whether the consumer works on anything that a Kafka transaction does not cover. What a cache holds can be made again. */
function leavesKafka({ by }: Consume, queue: Queue): Answer {
  const queues = [queue, ...by.publishes.flatMap(({ target }) => target ?? [])].map(speaksKafka)
  const calls = by.calls.filter(({ target }) => target !== undefined && target.kind !== 'cache')
  if (queues.includes(false) || calls.some(call => changesState(call) === true)) return true
  const missing = [
    ...queues.flatMap(answer => (typeof answer === 'boolean' ? [] : answer)),
    ...calls
      .filter(call => changesState(call) === undefined)
      .map((call): Path => [...call.path, call.target!.kind === 'store' ? 'access' : 'mutates']),
  ]
  return missing.length > 0 && missing
}
