import { describe, expect, test } from 'vitest'
import type { Fault } from '../src/simulate/plan.ts'
import { simulate } from './closed-forms.ts'

/** Caches, queues and pools over time. */

const cached = (cache: string, db = 'capacity: { rps: 600 }') => `
journeys: { read: { entry: web, load: 1000/s } }
services:
  web:
    replicas: 10
    concurrency: 500
    serviceTime: { mean: 1ms }
    calls: [{ to: db, access: read, cachedBy: cache, timeout: 500ms, retries: none, fallback: none }]
caches: { cache: { inFrontOf: db, onFailure: origin, ${cache} } }
stores: { db: { ${db}, latency: { mean: 5ms, p99: 20ms } } }
`
/** Four times the misses of the warm cache, and a fifth of its reads. */
const small = 'capacity: { rps: 200 }'
const flush = (share = 1): Fault => ({ kind: 'flush', cache: 'cache', share, from: 20_000, to: 20_000 })
const at = (values: readonly number[], share: number) => values[Math.floor(values.length * share)]!

describe('a cache', () => {
  test.each([
    ['ttl: 1m, hitRatio: 70%', 0.7],
    ['ttl: 1h, hitRatio: 95%', 0.95],
    ['ttl: none, hitRatio: 90%', 0.9],
    ['ttl: 10m, hitRatio: 80%, keys: 1000', 0.8],
    ['ttl: 5m, hitRatio: 60%, hotKey: 300/s', 0.6],
  ])('answers the stated share of the reads from the beginning to the end: %s', (facts, ratio) => {
    const [cache] = simulate(cached(facts, 'capacity: { rps: 5000 }'), { duration: 120_000, warmUp: 1000 }).caches
    expect(cache!.hitRatio).toBeCloseTo(ratio, 1)
    expect(Math.abs(cache!.hitRatio - ratio)).toBeLessThan(0.015)
    const { hitRatio } = cache!.series
    const third = (i: number) => hitRatio.slice((i * hitRatio.length) / 3, ((i + 1) * hitRatio.length) / 3)
    const means = [0, 1, 2].map(i => third(i).reduce((a, b) => a + b, 0) / third(i).length)
    for (const mean of means) expect(Math.abs(mean - ratio)).toBeLessThan(0.03)
  })

  test('that is empty sends all to an origin that cannot carry it, and is never filled again', () => {
    const { journeys, caches } = simulate(
      cached('ttl: 10m, hitRatio: 95%, stampedeProtection: none, originLimit: none', small),
      {
        faults: [flush()],
        duration: 120_000,
        warmUp: 5000,
      },
    )
    expect(journeys[0]!.verdict).toMatchObject({
      kind: 'stays',
      culprit: { because: 'misses', cache: 'cache', component: 'db' },
    })
    expect(at(caches[0]!.series.hitRatio, 0.95)).toBeLessThan(0.8)
  })

  test.each(['stampedeProtection: singleFlight, originLimit: 150', 'stampedeProtection: none, originLimit: 150'])(
    'that lets only so many misses through fills again: %s',
    facts => {
      const { journeys, caches } = simulate(cached(`ttl: 10m, hitRatio: 95%, ${facts}`, small), {
        faults: [flush()],
        duration: 300_000,
        warmUp: 5000,
      })
      expect(journeys[0]!.verdict.kind).toBe('recovers')
      expect(at(caches[0]!.series.hitRatio, 0.95)).toBeGreaterThan(0.8)
    },
  )

  test('of which a share is lost misses that share, and no more', () => {
    const { caches } = simulate(cached('ttl: 10m, hitRatio: 90%', 'capacity: { rps: 5000 }'), {
      faults: [flush(0.3)],
      duration: 40_000,
      warmUp: 1000,
    })
    const { hitRatio } = caches[0]!.series
    expect(Math.abs(hitRatio[Math.ceil(hitRatio.length / 2)]! - 0.63)).toBeLessThan(0.1)
  })

  test('with one hot key: misses of it wait for the first one, where that is said', () => {
    const asked = (protection: string) => {
      const text = cached(
        `ttl: 5s, hitRatio: 99%, hotKey: 900/s, stampedeProtection: ${protection}`,
        'capacity: { rps: 5000 }',
      ).replace('mean: 5ms, p99: 20ms', 'mean: 50ms, p99: 80ms')
      return simulate(text, { duration: 120_000, warmUp: 1000 }).calls[0]!.calls
    }
    expect(asked('singleFlight')).toBeLessThan(asked('none') * 0.8)
  })

  test('that is down is not asked, and its readers go to the origin', () => {
    const faults: Fault[] = [{ kind: 'down', component: 'cache', from: 10_000, to: 20_000 }]
    const { calls } = simulate(cached('ttl: 10m, hitRatio: 90%', 'capacity: { rps: 5000 }'), {
      faults,
      duration: 30_000,
      warmUp: 1000,
    })
    const { attempts } = calls[0]!.series
    expect(at(attempts, 0.5)).toBeGreaterThan(900)
    expect(at(attempts, 0.1)).toBeLessThan(150)
  })

  test('may answer with what is old while the origin is down', () => {
    const faults: Fault[] = [{ kind: 'down', component: 'db', from: 10_000, to: 50_000 }]
    const success = (facts: string) =>
      simulate(cached(`ttl: 20s, hitRatio: 90%, ${facts}`), { faults, duration: 60_000, warmUp: 30_000 }).journeys[0]!
    expect(success('staleOnError: 1h').success).toBeGreaterThan(success('staleOnError: none').success + 0.05)
    expect(success('staleOnError: 1h').counts.degraded).toBeGreaterThan(1000)
  })
})

describe('a queue', () => {
  const mail = (more = '') => `
journeys: { order: { entry: web, load: 100/s } }
services:
  web: { replicas: 2, concurrency: 50, serviceTime: { mean: 2ms }, publishes: [{ to: events, outbox: true }] }
  mailer:
    replicas: 2
    concurrency: 5
    consumes: [{ from: events, group: mail, concurrency: 5, processing: { mean: 50ms } ${more} }]
queues: { events: { engine: sqs, dlq: { maxReceive: 3 } } }
`
  const outage: Fault = { kind: 'down', component: 'mailer', from: 20_000, to: 60_000 }

  test('grows while its consumer is down, and drains in the time that the fluid model says', () => {
    const { stations, journeys, interval } = simulate(mail(), { faults: [outage], duration: 180_000, warmUp: 5000 })
    expect(journeys[0]!.verdict.kind).toBe('holds')
    const { waiting } = stations.find(({ kind }) => kind === 'consumer')!.series
    expect(Math.max(...waiting) / (100 * 40)).toBeCloseTo(1, 1)
    // 4000 messages, 200/s of which 100/s still come: 40 s.
    const drained = waiting.findIndex((length, i) => i * interval > 60_000 && length < 20)
    expect(Math.abs((drained * interval) / 1000 - 100)).toBeLessThan(6)
  })

  test('hands each group all messages', () => {
    const text = mail()
      .replace(
        'queues:',
        '  audit: { replicas: 1, concurrency: 9, consumes: [{ from: events, group: audit, concurrency: 9, processing: { mean: 10ms } }] }\nqueues:',
      )
      .replace('engine: sqs', 'engine: kafka')
    const { stations } = simulate(text, { duration: 60_000, warmUp: 1000 })
    for (const { arrivals } of stations.filter(({ kind }) => kind === 'consumer'))
      expect(Math.abs(arrivals - 100)).toBeLessThan(5)
  })
})

test('a pool lets wait, a bulkhead refuses', () => {
  const text = (limit: string) => `
journeys: { read: { entry: web, load: 100/s } }
services:
  web:
    replicas: 1
    concurrency: 500
    serviceTime: { mean: 1ms }
    calls: [{ to: psp, ${limit}, timeout: 2s, retries: none, fallback: none }]
externals: { psp: { latency: { mean: 100ms, p99: 200ms } } }
`
  const calm = { duration: 60_000, warmUp: 5000 }
  const [pool, bulkhead, neither] = ['pool: 12', 'bulkhead: 12', 'bulkhead: none'].map(
    limit => simulate(text(limit), calm).journeys[0]!,
  )
  expect(neither!.counts.failed).toBe(0)
  expect(pool!.counts.failed).toBe(0)
  expect(pool!.latency.mean).toBeGreaterThan(neither!.latency.mean + 5)
  // Erlang B with 10 Erlangs on 12 slots refuses 12 %.
  expect(Math.abs(bulkhead!.counts.failed / bulkhead!.counts.arrivals - 0.1197)).toBeLessThan(0.025)
})
