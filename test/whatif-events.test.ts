import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { brief, never, outcomesOf, shop } from './whatif-support.ts'

describe('load', () => {
  const times = (factor: number) => ({ load: { buy: factor, read: factor } })

  test('what is beyond its limit fails, what waits in a queue does not', () => {
    expect(brief(shop(), times(1))).toEqual(['buy: ok', 'read: ok'])
    expect(brief(shop(), times(1.99))).toEqual(['buy: ok', 'read: ok'])
    // Ten workers of 50ms handle 200/s, which arrive at twice the load.
    const { buy } = outcomesOf(shop(), times(2))
    expect(buy).toMatchObject({
      outcome: 'delayed',
      steps: [
        '"events" gets 200/s at the peak, and its consumers handle 200/s (200 / 200 = 1)',
        expect.any(String),
        expect.any(String),
      ],
    })
    const five = outcomesOf(shop(), times(5))
    expect(five['buy']!.outcome).toBe('broken')
    expect(five['buy']!.also).toEqual([])
    expect(five['read']).toMatchObject({
      outcome: 'degraded',
      steps: ['"reviews" gets 2000/s at the peak, and carries 2000/s (2000 / 2000 = 1)', expect.any(String)],
    })
  })

  test('a rate limit holds at its value', () => {
    const limited = shop({ web: 'rateLimit: { limit: 1000/s, scope: global }' })
    expect(brief(limited, times(1.9))).toEqual(['buy: ok', 'read: ok'])
    expect(brief(limited, { load: { buy: 1, read: 2.25 } })).toEqual(['buy: ok', 'read: ok'])
    const { read } = outcomesOf(limited, { load: { buy: 1, read: 2.3 } })
    expect(read).toMatchObject({
      outcome: 'broken',
      steps: ['"web" turns away 2% of the requests: 1020/s come, and its limit is 1000/s (1020 / 1000 = 1.02)'],
      containedBy: ['Let "web" accept 1100/s, if what is behind it carries that'],
    })
  })

  test('nobody can say of what has no limit stated', () => {
    const silent =
      'journeys: { read: { entry: web, load: { steady: 1/s, peak: 2/s } } }\nservices: { web: { replicas: 2, concurrency: 10 } }\n'
    expect(brief(silent, { load: { read: 2 } })).toEqual(['read: unknown ? services.web.serviceTime'])
    expect(brief(silent, { down: [], cacheFlush: [] })).toEqual(['read: ok'])
  })
})

describe('the other things that happen', () => {
  test('a zone: too few instances, one node, one zone, people', () => {
    const lost = (text: string) => brief(text, { zoneLoss: true })
    const db = (facts: string) =>
      shop({ db: `zones: 3, ${facts}` })
        .replace('reviews: {', 'reviews: { zones: 2, replicas: 2, failover: { mode: automatic },')
        .replace('events: {', 'events: { zones: 3, replicationFactor: 3, minInsync: 2,')
        .replace('  mailer:\n', '  mailer:\n    zones: 2\n    serviceTime: { mean: 1ms }\n')
    const good = db('replicas: 2, failover: { mode: automatic }')
    expect(lost(good)).toEqual(['buy: ok', 'read: ok'])
    expect(lost(db('replicas: 1'))).toEqual(['buy: broken', 'read: ok'])
    expect(lost(db('replicas: 2, failover: { mode: manual }'))).toEqual(['buy: broken', 'read: ok'])
    expect(lost(db('replicas: 2'))).toEqual(['buy: unknown ? stores.orders-db.failover', 'read: ok'])
    expect(lost(good.replace('minInsync: 2', 'minInsync: 3'))).toEqual(['buy: delayed', 'read: ok'])
    expect(lost(good.replace('zones: 2, replicas: 2', 'zones: 1, replicas: 2'))).toEqual(['buy: ok', 'read: degraded'])
    // 400/s x 200ms are 80 busy slots and some more for calls; 6 of 10 instances have 72.
    const tight = good.replace(
      'concurrency: 40\n    serviceTime: { mean: 5ms }',
      'concurrency: 12\n    serviceTime: { mean: 160ms }',
    )
    expect(outcomesOf(tight, { zoneLoss: true })['read']).toMatchObject({
      outcome: 'broken',
      steps: ['"web" keeps 6 of 10 instances and needs 8 at the peak (survivors = 10 - ceil(10 / 3) = 6)'],
      containedBy: ['Keep at least 12 instances of "web" running'],
    })
  })

  test('a cache that is empty sends its misses on; together they are more', () => {
    const text = (rps: number, more = '') => `
journeys: { read: { entry: web, load: { steady: 100/s, peak: 100/s, coincident: true } } }
services:
  web:
    calls: [{ to: c1, fallback: none }, { to: c2, fallback: none }, { to: db, cachedBy: c1, fallback: none }, { to: db, cachedBy: c2, operation: b, fallback: none }]
caches: { c1: { hitRatio: 75%, inFrontOf: db, holds: cache${more} }, c2: { hitRatio: 75%, inFrontOf: db } }
stores: { db: { capacity: { rps: ${rps} } } }
`
    expect(brief(text(125), { cacheFlush: ['c1'] })).toEqual(['read: ok'])
    expect(brief(text(124), { cacheFlush: ['c1'] })).toEqual(['read: broken'])
    expect(brief(text(199), { cacheFlush: ['c1', 'c2'] })).toEqual(['read: broken'])
    expect(brief(text(200), { cacheFlush: ['c1', 'c2'] })).toEqual(['read: ok'])
    expect(brief(text(60, ', stampedeProtection: singleFlight, originLimit: 50'), { cacheFlush: ['c1'] })).toEqual([
      'read: ok',
    ])
    const { steps } = outcomesOf(text(200).replace('holds: cache', 'holds: sessions'), { cacheFlush: ['c1'] })['read']!
    expect(steps[0]).toBe('the sessions that "c1" is the home of is gone')
  })

  test('a rollout that takes instances away, stops first, or is not stated', () => {
    const deploy = (facts: string) => brief(shop({ web: `deploy: ${facts}` }), { deploy: ['web'] })
    expect(deploy('{ strategy: blueGreen }')).toEqual(['buy: ok', 'read: ok'])
    expect(deploy('{ strategy: rolling, maxUnavailable: 25%, window: none }')).toEqual(['buy: ok', 'read: ok'])
    expect(deploy('{ strategy: recreate }')).toEqual(['buy: broken', 'read: broken'])
    expect(deploy('{ strategy: rolling, maxUnavailable: 10, window: none }')).toEqual(['buy: broken', 'read: broken'])
    expect(deploy('{ strategy: rolling, maxUnavailable: 10 }')).toEqual([
      'buy: unknown ? services.web.deploy.window',
      'read: unknown ? services.web.deploy.window',
    ])
    expect(brief(shop(), { deploy: ['orders'] })).toEqual(['buy: unknown ? services.orders.deploy', 'read: ok'])
  })

  test('data that is gone is as bad as the store being down, for as long as the restore takes', () => {
    const text = shop({ db: 'backup: { lastRestoreTest: { date: 2026-10-01, duration: 40m } }' })
    const { outcome, steps } = outcomesOf(text, { dataLoss: ['orders-db'] })['buy']!
    expect(outcome).toBe('broken')
    expect(steps[0]).toBe(
      'the data of "orders-db" is gone until it is restored (restored in 15m until somebody acts (assumed) + 40m to restore it = 55m)',
    )
  })

  test('the careful shop at night, under load, and with a slow provider', () => {
    const shopOf = readFileSync('examples/web-shop-naive/scaffold.yaml', 'utf8')
    expect(brief(shopOf, { down: ['mailer'] })[0]).toBe('checkout: delayed')
    const { checkout } = outcomesOf(shopOf, { slow: [{ component: 'psp', time: never }] })
    expect(checkout!.containedBy.join('\n')).toContain('"psp" then gets 1.33 attempts for one request instead of 36')
  })
})
