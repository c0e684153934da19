import { expect, test } from 'vitest'
import { yaml } from '../src/rules/define.ts'
import { rules } from '../src/rules/index.ts'
import { reviewText } from './support.ts'

/** `error` and `warning` of one rule, which its examples do not tell apart. */
test.each<[string, string, string[]]>([
  [
    'dlq-missing',
    yaml`
      journeys:
        checkout: { entry: orders, criticality: critical }
        track: { entry: tracking, criticality: normal }
      services:
        orders: { publishes: [{ to: order-events }, { to: views }] }
        tracking: { publishes: [{ to: views }, { to: mails }] }
      queues:
        order-events: { engine: sqs, dlq: none }
        views: { engine: sqs, dlq: none }
        mails: { engine: sqs, dlq: none }
    `,
    ['error order-events', 'error views', 'warning mails'],
  ],
  [
    'dlq-missing',
    yaml`
      queues:
        a: { engine: kafka@4, dlq: none }
        b: { engine: sqs-fifo, retention: 4d, dlq: none }
        c: { engine: sqs, dlq: none }
        d: { engine: rabbitmq@3, queueType: quorum, dlq: none }
        e: { engine: rabbitmq@4, dlq: none }
        f: { engine: rabbitmq@4, queueType: classic, dlq: none }
        g: { engine: sqs, dlq: none, onPoison: skip }
    `,
    [
      'warning stops its partition, while',
      'warning holds up its message group for 4d;',
      'warning comes again until it expires;',
      'warning comes again for ever;',
      'warning dropped after 20 deliveries by a quorum queue',
      'warning comes again for ever;',
      'warning is dropped;',
    ],
  ],
  [
    'shared-datastore',
    yaml`
      services:
        orders: { calls: [{ to: main-db, access: write, schema: public }] }
        billing: { calls: [{ to: main-db, access: write, schema: public }] }
        returns: { calls: [{ to: main-db, access: write, schema: returns }] }
        stock: { calls: [{ to: main-db, schema: public }] }
      stores: { main-db: {} }
    `,
    ['warning "billing" and "orders" both write the schema "public" of "main-db"'],
  ],
  [
    'at-least-once-consumer-not-idempotent',
    yaml`
      journeys:
        checkout: { entry: orders, criticality: critical }
        track: { entry: tracking, criticality: normal }
      services:
        orders: { publishes: [{ to: order-events }, { to: views }] }
        tracking: { publishes: [{ to: views }, { to: mails }] }
        worker:
          consumes:
            - { from: order-events, mutates: true, idempotent: false }
            - { from: views, mutates: true, idempotent: false }
            - { from: mails, mutates: true, idempotent: false }
      queues:
        order-events: { engine: sqs }
        views: { engine: sqs }
        mails: { engine: sqs }
    `,
    ['error order-events -> worker', 'error views -> worker', 'warning mails -> worker'],
  ],
  [
    'dual-write',
    yaml`
      journeys:
        checkout: { entry: orders, criticality: critical }
        track: { entry: orders, criticality: normal }
      services:
        orders:
          calls: [{ to: orders-db, access: write, serves: [checkout, track] }]
          publishes:
            - { to: order-events, outbox: none, serves: [checkout, track] }
            - { to: views, outbox: none, serves: [track] }
      stores: { orders-db: {} }
      queues: { order-events: {}, views: {} }
    `,
    ['error order-events', 'warning views'],
  ],
  [
    'retried-mutation-not-idempotent',
    yaml`
      journeys:
        checkout: { entry: orders, movesMoney: true }
      services:
        orders:
          calls:
            - { to: psp, mutates: true, retries: 1, idempotencyKey: none }
            - { to: stock, mutates: true, retries: 0, idempotencyKey: none }
      externals: { psp: {}, stock: {} }
    `,
    ['error orders -> psp', 'warning orders -> stock'],
  ],
  [
    'visibility-timeout-too-short',
    yaml`
      services:
        worker:
          runtime: container
          consumes:
            - { from: images, batchSize: 1, processing: { p99: 5s, timeout: 31s }, extendsVisibility: false }
            - { from: mails, batchSize: 1, processing: { p99: 31s, timeout: 30s }, extendsVisibility: false }
        function:
          consumes:
            - { from: slow, runtime: lambda, functionTimeout: 31s }
            - { from: fast, runtime: lambda, functionTimeout: 30s }
      queues:
        images: { engine: sqs, visibilityTimeout: 30s }
        mails: { engine: sqs, visibilityTimeout: 30s }
        slow: { engine: sqs, visibilityTimeout: 30s }
        fast: { engine: sqs, visibilityTimeout: 30s }
    `,
    ['error images', 'error slow', 'warning mails', 'warning fast'],
  ],
  [
    'read-your-writes-on-replica',
    yaml`
      services:
        orders:
          calls:
            - { to: stock-db, readFrom: replica, consistency: strong, sessionConsistency: false }
            - { to: carts-db, readFrom: replica, consistency: readYourWrites, sessionConsistency: false }
      stores:
        stock-db: { replication: async }
        carts-db: { replication: async }
    `,
    ['error orders -> stock-db', 'warning orders -> carts-db'],
  ],
  [
    'queue-unstable',
    yaml`
      journeys:
        checkout: { entry: orders, load: { steady: 10/s, peak: 20/s } }
        track: { entry: tracking, load: { steady: 5/s, peak: 20/s } }
      services:
        orders: { publishes: [{ to: order-events }] }
        tracking: { publishes: [{ to: views }] }
        worker:
          replicas: 1
          consumes:
            - { from: order-events, concurrency: 1, processing: { mean: 100ms } }
            - { from: views, concurrency: 1, processing: { mean: 100ms } }
      queues: { order-events: {}, views: {} }
    `,
    ['error order-events', 'warning views'],
  ],
])('%s', (id, text, expected) => {
  const { findings, problems } = reviewText(
    text,
    rules.filter(rule => rule.id === id),
  )
  expect(problems).toEqual([])
  expect(findings).toHaveLength(expected.length)
  for (const [i, finding] of findings.entries()) {
    const [severity, ...name] = expected[i]!.split(' ')
    expect(finding.severity).toBe(severity)
    expect(finding.message).toContain(name.join(' '))
  }
})
