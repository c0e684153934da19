import { expect, test } from 'vitest'
import { findingsOf } from './support.ts'

test('sync-over-async: what the target leaves room for', () => {
  const text = `
journeys: { checkout: { entry: gateway, latency: { p50: 100ms, p99: 500ms }, load: { steady: 20/s, peak: 90/s } } }
services:
  gateway: { publishes: [{ to: commands, awaitsReply: true }] }
  orders: { replicas: 10, consumes: [{ from: commands, concurrency: 1, processing: { mean: 100ms } }] }
queues: { commands: {} }
`
  expect(findingsOf('sync-over-async', text)).toEqual([
    {
      severity: 'warning',
      message:
        '"checkout" has to answer in 500ms and waits for a reply that comes through "commands"; expected an answer that does not wait in a queue',
      arithmetic:
        'wait = backlog / mu + 100ms\nrho = 90/s / 100/s = 0.9\n(500ms - 100ms) x 100/s = room for a backlog of 40 messages',
      fix: 'Answer at once that the work is accepted (202) and let the client ask for the outcome or be told of it; or make it a call with a timeout below 500ms',
    },
  ])
})
