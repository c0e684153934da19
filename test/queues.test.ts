import { describe, expect, test } from 'vitest'
import { findingsOf } from './support.ts'

/** Numbers, severities and words of the rules about queues, which the marks in their examples do not show. */

test('retention-below-outage: by age and by size', () => {
  const queues = `
queues:
  order-events: { retention: 1h, toleratedOutage: 4h }
  clicks: { load: 1000/s, messageSize: 2kB, retention: 7d, retentionSize: 100GB, toleratedOutage: 1d }
`
  expect(findingsOf('retention-below-outage', queues)).toEqual([
    {
      severity: 'error',
      message:
        '"order-events" keeps messages for 1h, but its consumers may be down for 4h; expected to keep them for longer than that',
      arithmetic: 'oldest message at the restart = 4h > 1h',
      fix: 'Raise the retention to more than 4h, or have the consumers running again within 1h',
    },
    {
      severity: 'error',
      message:
        '"clicks" has room for the messages of 13.9h, but its consumers may be down for 1d; expected room for those of that time',
      arithmetic: 'needed = 1000/s x 2kB x 86 400s = 173GB > 100GB\nfull after 100GB / (1000/s x 2kB) = 13.9h',
      fix: 'Raise the size to at least 180GB, or have the consumers running again within 13.9h',
    },
  ])
})

test('dlq-receive-count-extreme: how many deliveries are expected', () => {
  const queues = `
services:
  invoices: { consumes: [{ from: order-events, runtime: lambda }] }
queues:
  payments: { engine: sqs, dlq: { maxReceive: 1 } }
  mails: { engine: sqs, dlq: { maxReceive: 51 } }
  order-events: { engine: sqs, dlq: { maxReceive: 2 } }
`
  const found = findingsOf('dlq-receive-count-extreme', queues)
  expect(found.map(({ message, fix }) => [message.replace(/.*; /, ''), fix])).toEqual([
    ['expected at least 3', 'Raise `maxReceive` of "payments" to 3'],
    ['expected at most 50', 'Lower `maxReceive` of "mails" to 5'],
    ['expected at least 5', 'Raise `maxReceive` of "order-events" to 5'],
  ])
})

describe('dlq-retention-not-longer', () => {
  test('shows what is left', () => {
    const queues = 'queues: { order-events: { engine: sqs, retention: 5d, dlq: { retention: 4d } } }'
    const [found] = findingsOf('dlq-retention-not-longer', queues)
    expect(found!.arithmetic).toMatch(/^time left = 4d - 5d <= 0s/)
    expect(found!.fix).toBe('Raise the retention of the dead-letter queue to 14d')
  })
})

test('consumer-ack-deadline: an error where an ordinary batch is too long, a warning where a slow one is', () => {
  const services = `
services:
  invoices:
    consumes:
      - { from: a, batchSize: 500, concurrency: 1, processing: { mean: 1s }, maxPollInterval: 5m, keepsPolling: false }
      - { from: a, batchSize: 500, concurrency: 1, processing: { mean: 100ms, p99: 1s }, maxPollInterval: 5m, keepsPolling: false }
      - { from: b, prefetch: 10, concurrency: 2, processing: { mean: 1m, p99: 6m } }
      - { from: b, prefetch: 10, concurrency: 2, processing: { mean: 6m } }
queues: { a: { engine: kafka@4 }, b: { engine: rabbitmq@4, consumerTimeout: 30m } }
`
  const found = findingsOf('consumer-ack-deadline', services)
  expect(found.map(({ severity, arithmetic }) => `${severity} ${arithmetic}`).sort()).toEqual([
    'error ceil(10 / 2) x 6m = 30m >= 30m',
    'error ceil(500 / 1) x 1s = 500s >= 5m',
    'warning ceil(10 / 2) x 6m = 30m >= 30m',
    'warning ceil(500 / 1) x 1s = 500s >= 5m',
  ])
  expect(found.map(({ fix }) => fix)).toContainEqual(expect.stringContaining('prefetch at most 8 messages'))
  expect(found.map(({ fix }) => fix)).toContainEqual(expect.stringContaining('Poll at most 299 records'))
})
