import { changesState } from '../../analysis/access.ts'
import { repeatedByMessage, sharedJourneys, together } from '../../analysis/together.ts'
import type { Call, Publish } from '../../manifest/model.ts'
import { list } from '../../units.ts'
import { ask, defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'dual-write',
  title: 'A write and the message that tells of it can part',
  severity: 'warning',
  question: 'idempotency',
  on: 'publish',
  options: noOptions,
  why: 'Between two separate steps a process can die. The order is stored and nobody hears of it, or everybody hears of an order that was never stored. No retry notices, because nothing remembers that a step is missing.',
  fix: 'Write the message to an outbox table in the same transaction and send it from there, or derive it from the change log of the database.',
  sources: [
    { title: 'AWS Prescriptive Guidance: Transactional outbox pattern' },
    { title: 'Microservices Patterns', id: 'pattern "Transactional outbox"' },
  ],
  reads: [
    'publishes.outbox',
    'publishes.lossTolerated',
    'publishes.serves',
    'calls.access',
    'calls.mutates',
    'calls.serves',
    'stores.lossTolerated',
    'queues.delivery',
    'queues.engine',
    'consumes.idempotent',
    'journeys.criticality',
  ],

  appliesTo: publish =>
    publish.target !== undefined && publish.lossTolerated !== true && storesBeside(publish).length > 0,

  *check(publish, { facts, model }) {
    const { from, outbox, path } = publish
    const beside = storesBeside(publish).filter(call => together(publish, call, facts) !== 'no')
    if (beside.length === 0 || (outbox !== undefined && outbox !== 'none')) return
    const repeated = repeatedByMessage(publish.from, facts, model)
    if (repeated === true) return
    const because = `"${from.name}" also works on ${list(names(beside))}`
    if (outbox === undefined) return yield { unknown: [...path, 'outbox'], because }

    const written = beside.filter(call => changesState(call) === true)
    if (written.length === 0) return yield* ask(beside.map(call => [...call.path, 'access']))
    const sure = written.find(call => together(publish, call, facts) === 'yes')
    if (!sure) {
      const doubtful = publish.serves === undefined ? publish : written.find(call => call.serves === undefined)!
      return yield { unknown: [...doubtful.path, 'serves'], because }
    }
    if (repeated !== false) return yield* ask(repeated, 'a message that comes again would repeat both steps')
    const journeys = sharedJourneys(publish, sure, facts)
    yield {
      at: [...path, 'outbox'],
      message: `"${from.name}" writes "${sure.to}" and publishes to "${publish.to}" in two separate steps; what dies between them leaves one without the other; expected both or neither`,
      severity: journeys.some(({ criticality }) => criticality === 'critical') ? 'error' : 'warning',
      evidence: [{ label: `${sure.name} writes`, at: sure.path }],
      journeys,
    }
  },

  examples: [
    {
      title: 'The order is stored, the process dies, and nobody hears of the order',
      bad: yaml`
        journeys:
          checkout: { entry: orders, criticality: critical }
        services:
          orders:
            calls: [{ to: orders-db, access: write }]
            publishes:
              - { to: order-events, outbox: none } # <--
        stores: { orders-db: {} }
        queues: { order-events: {} }
      `,
    },
    {
      title: 'A nightly job, and a worker that does not recognise a message that comes again',
      bad: yaml`
        services:
          billing:
            consumes: [{ from: order-events, idempotent: false }]
            calls: [{ to: billing-db, access: readWrite }]
            publishes:
              - { to: invoices, outbox: none } # <--
          points:
            consumes: [{ from: ticks, idempotent: true }]
            calls: [{ to: billing-db, mutates: true }]
            publishes:
              - { to: invoices, outbox: none } # <--
        jobs:
          expire-carts:
            calls: [{ to: billing-db, access: write }]
            publishes:
              - { to: invoices, outbox: none } # <--
        stores: { billing-db: {} }
        queues:
          order-events: { engine: kafka@4 }
          ticks: { delivery: atMostOnce }
          invoices: {}
      `,
    },
    {
      title: 'A worker that users call as well has nobody to repeat its two steps for them',
      bad: yaml`
        journeys:
          refund: { entry: web }
          pay: { entry: payments }
        services:
          web: { calls: [{ to: refunds }] }
          refunds:
            consumes: [{ from: order-events, idempotent: true }]
            calls: [{ to: orders-db, access: write }]
            publishes:
              - { to: mails, outbox: none } # <--
          payments:
            consumes: [{ from: order-events, idempotent: true }]
            calls: [{ to: orders-db, access: write }]
            publishes:
              - { to: mails, outbox: none } # <--
        stores: { orders-db: {} }
        queues: { order-events: { engine: sqs }, mails: {} }
      `,
    },
    {
      title: 'How the two stay together is not stated, or whether the database is written at all',
      unclear: yaml`
        services:
          orders:
            calls: [{ to: orders-db }]
            publishes:
              - { to: order-events } # ?
          returns:
            calls:
              - { to: orders-db } # ?
            publishes: [{ to: order-events, outbox: none }]
        stores: { orders-db: {} }
        queues: { order-events: {} }
      `,
    },
    {
      title: 'Two journeys, and whether one of them does both is not stated',
      unclear: yaml`
        journeys: { order: { entry: orders }, track: { entry: orders } }
        services:
          orders:
            calls:
              - { to: orders-db, access: write, serves: [order] }
              - { to: views-db, access: write } # ?
            publishes:
              - { to: order-events, outbox: none } # ?
              - { to: view-events, outbox: none, serves: [track] }
        stores: { orders-db: {}, views-db: {} }
        queues: { order-events: {}, view-events: {} }
      `,
    },
    {
      title: 'A worker, and whether the message that started it comes again is not stated',
      unclear: yaml`
        services:
          billing:
            consumes:
              - { from: order-events } # ?
              - { from: refund-events, idempotent: true }
            calls: [{ to: billing-db, access: write }]
            publishes: [{ to: invoices, outbox: none }]
        stores: { billing-db: {} }
        queues:
          order-events: { engine: kafka@4 }
          refund-events: {} # ?
          invoices: {}
      `,
    },
    {
      title: 'An outbox, the change log, or one transaction keeps the two together',
      good: yaml`
        services:
          orders:
            calls: [{ to: orders-db, access: write }]
            publishes:
              - { to: order-events, outbox: true }
              - { to: stock-events, outbox: cdc }
              - { to: audit-events, outbox: transaction }
        stores: { orders-db: {} }
        queues: { order-events: {}, stock-events: {}, audit-events: {} }
      `,
    },
    {
      title: 'A hint that may be lost; a service that only reads; data that may be lost itself',
      good: yaml`
        services:
          orders:
            calls: [{ to: orders-db, access: write }]
            publishes: [{ to: hints, outbox: none, lossTolerated: true }]
          catalogue:
            calls:
              - { to: catalogue-db, access: read }
              - { to: last-seen, access: write }
              - { to: catalogue-cache, access: write }
            publishes: [{ to: views, outbox: none }]
        stores:
          orders-db: {}
          catalogue-db: {}
          last-seen: { lossTolerated: true }
        caches: { catalogue-cache: {} }
        queues: { hints: {}, views: {} }
      `,
    },
    {
      title: 'One journey writes, another publishes',
      good: yaml`
        journeys: { order: { entry: orders }, track: { entry: orders } }
        services:
          orders:
            calls: [{ to: orders-db, access: write, serves: [order] }]
            publishes: [{ to: view-events, outbox: none, serves: [track] }]
        stores: { orders-db: {} }
        queues: { view-events: {} }
      `,
    },
    {
      title: 'A worker that dies half-way gets its message again and does both steps again',
      good: yaml`
        journeys: { checkout: { entry: orders } }
        services:
          orders: { publishes: [{ to: order-events, outbox: true }] }
          billing:
            consumes: [{ from: order-events, idempotent: true }]
            calls: [{ to: billing-db, access: write }]
            publishes: [{ to: invoices, outbox: none }]
        stores: { billing-db: {} }
        queues: { order-events: { engine: kafka@4 }, invoices: {} }
      `,
    },
  ],
})

const names = (calls: readonly Call[]) => [...new Set(calls.map(({ to }) => `"${to}"`))]

/** Stores that the publisher writes or may write, and whose data others learn of by messages. */
const storesBeside = ({ from }: Publish): Call[] =>
  from.calls.filter(
    call => call.target?.kind === 'store' && call.target.lossTolerated !== true && changesState(call) !== false,
  )
