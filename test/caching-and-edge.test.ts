import { describe, expect, test } from 'vitest'
import { cacheLossOf } from '../src/analysis/cache-loss.ts'
import { factsOf } from '../src/analysis/index.ts'
import { findingsOf, modelOf } from './support.ts'

describe('cache-node-loss', () => {
  const shop = (cache: string, carries = 400, load = '{ steady: 2000/s, peak: 2000/s }') => `
journeys: { browse: { entry: shop, load: ${load} } }
services: { shop: { calls: [{ to: prices }] } }
stores: { price-db: { capacity: { rps: ${carries} } } }
caches:
  prices: { inFrontOf: price-db, hitRatio: 95%, nodes: 3, replicas: 1, onFailure: origin, originLimit: none${cache} }
`
  test('one of three nodes at 95 % is 7.33 times the load, for which seven nodes would be enough', () => {
    expect(findingsOf('cache-node-loss', shop(''))).toEqual([
      {
        severity: 'warning',
        message:
          'The loss of one of the 3 nodes of "prices" sends 733/s to "price-db" at steady load, which carries 400/s; expected a replica that takes over',
        arithmetic:
          'multiplier = 1 + 95% / (3 x (1 - 95%)) = 7.33\nload with all nodes = 100/s\nrho with one node lost = 733/s / (400/s) = 1.83',
        fix: 'Give each node a replica and an automatic failover, or spread the keys over at least 7 nodes by consistent hashing, or make "price-db" carry 733/s',
      },
    ])
    expect(findingsOf('cache-node-loss', shop(', nodes: 7').replace('nodes: 3, ', ''))).toEqual([])
    expect(findingsOf('cache-node-loss', shop(', nodes: 6').replace('nodes: 3, ', ''))).toHaveLength(1)
  })

  test('names the load at which it is too much', () => {
    const [found] = findingsOf('cache-node-loss', shop('', 800, '{ steady: 1000/s, peak: 3000/s }'))
    expect(found!.message).toMatch(/sends 1100\/s to "price-db" at peak load/)
  })

  test('with modulo hashing two of three keys move', () => {
    const [found] = findingsOf('cache-node-loss', shop(', hashing: modulo'))
    expect(found!.message).toMatch(/sends 1367\/s/)
    expect(found!.arithmetic).toMatch(/^multiplier = 1 \+ 2 x 95% \/ \(3 x \(1 - 95%\)\) = 13\.7\n/)
  })
})

describe('the loss of a cache', () => {
  const lossOf = (cache: string) => {
    const model = modelOf(`
journeys: { browse: { entry: shop, load: 2000/s } }
services: { shop: { calls: [{ to: prices }, { to: price-db, callsPerRequest: 0.01, access: write }] } }
stores: { price-db: { capacity: { rps: 400 } }, other: {} }
caches: { prices: { inFrontOf: price-db, ${cache} }, idle: { inFrontOf: other } }
`)
    const facts = factsOf(model)
    expect(cacheLossOf(model.caches.get('idle')!, 'steady', model, facts)).toEqual([])
    return cacheLossOf(model.caches.get('prices')!, 'steady', model, facts)
  }
  const of = (low: number, high = low) => ({ low, high })

  test('reads are multiplied, writes are not, and every entry is fetched again', () => {
    expect(lossOf('hitRatio: 90%, nodes: 6, keys: 2020000')).toMatchObject([
      {
        carries: { most: of(400) },

        cold: of(2020),
        refill: of(1_000_000),
      },
    ])
    const [loss] = lossOf('hitRatio: 90%, nodes: 6')
    expect(loss!.multiplier.high).toBeCloseTo(10, 6)
    expect(loss!.nodeMultiplier!.high).toBeCloseTo(2.5, 6)
    expect(loss!.warm.low).toBeCloseTo(220, 6)
    expect(loss!.oneNodeLost!.low).toBeCloseTo(520, 6)
    expect(loss!.refill.missing).toEqual([['caches', 'prices', 'keys']])
  })

  test('what is not stated stays open, and a cache on one node cannot lose one of several', () => {
    expect(lossOf('nodes: 2')).toMatchObject([
      { multiplier: { low: 1, high: undefined }, warm: of(20, 2020), oneNodeLost: of(1020, 2020), cold: of(2020) },
    ])
    expect(lossOf('hitRatio: 100%, nodes: 2')).toMatchObject([{ multiplier: { low: 1, missing: [] } }])
    for (const nodes of ['hitRatio: 90%, nodes: 1', 'hitRatio: 90%'])
      expect(lossOf(nodes)[0]).toMatchObject({ nodeMultiplier: undefined, oneNodeLost: undefined })
    expect(lossOf('holds: locks')).toEqual([])
  })

  test('misses that share their answers send no more than the cap', () => {
    const [loss] = lossOf('hitRatio: 90%, nodes: 2, stampedeProtection: lease, originLimit: 300')
    expect([loss!.oneNodeLost!.high, loss!.cold.high]).toEqual([300, 300])
  })
})

describe('eviction-policy-mismatch', () => {
  const found = (cache: string) =>
    findingsOf('eviction-policy-mismatch', `caches: { prices: { ${cache} } }`).map(
      ({ severity, message }) => `${severity} ${message}`,
    )
  test('copies that expire may leave room in time', () => {
    expect(found('pattern: cacheAside, ttl: none, eviction: noeviction')).toEqual([
      'error "prices" holds copies, but drops none, so writes to it fail once its memory is full; expected that the oldest go',
    ])
    expect(found('pattern: cacheAside, ttl: 1h, eviction: NoEviction')[0]).toMatch(/^warning/)
    expect(found('pattern: cacheAside, eviction: noeviction')[0]).toMatch(/^warning/)
    expect(found('pattern: cacheAside, ttl: none, eviction: volatile-lfu')).toEqual([
      'error "prices" drops only entries that expire, but none does, so writes to it fail once its memory is full; expected a time to live, or a policy for all keys',
    ])
  })
  test('what has no other home is named', () => {
    expect(found('holds: idempotencyKeys, ttl: 7d, eviction: volatile-lru')).toEqual([
      'error "prices" keeps idempotency keys, but drops those that expire when its memory is full; expected none to be dropped',
    ])
    expect(found('holds: locks, ttl: 7d, eviction: allkeys-lru')).toEqual([
      'error "prices" keeps locks, but drops any when its memory is full; expected none to be dropped',
    ])
  })
})

describe('cache-failure-mode-undeclared', () => {
  const found = (text: string) => findingsOf('cache-failure-mode-undeclared', text)
  test('a slow cache is worse than none', () => {
    const shop = (timeout: string) => `
services: { shop: { calls: [{ to: prices, timeout: ${timeout}, circuitBreaker: none }] } }
stores: { price-db: { latency: { mean: 5ms, p99: 30ms } } }
caches: { prices: { inFrontOf: price-db, onFailure: origin } }
`
    expect(found(shop('2s'))).toMatchObject([
      {
        severity: 'warning',
        message:
          '"shop -> prices" waits up to 2s for the cache, but "price-db" behind it mostly answers within 30ms; expected to give up sooner than that',
        arithmetic: '2s >= 30ms: a slow cache is worse than none',
      },
    ])
    expect([found(shop('30ms')).length, found(shop('29ms')).length, found(shop('none')).length]).toEqual([1, 0, 0])
  })
  test('names the journeys that end with the cache', () => {
    const shop = (journeys: string) => `
journeys: { ${journeys} }
services: { shop: { calls: [{ to: logins, fallback: none }] } }
caches: { logins: { holds: sessions, replicas: 1, onFailure: error } }
`
    const both = 'pay: { entry: shop, criticality: critical }, send: { entry: shop, criticality: high }'
    expect(found(shop(both))).toEqual([])
    expect(found(shop('pay: { entry: shop, criticality: critical }'))[0]!.message).toBe(
      'Readers get an error while "logins" is down, so the critical "pay" cannot do without it, and no replica takes over; expected another answer',
    )
  })
})

describe('personalised-response-public-cache', () => {
  test('says what is in the key', () => {
    const text = `
services:
  shop:
    routes: [{ path: /me/orders, data: personal, cache: { scope: public, ttl: 1m, vary: [accept-encoding] } }]
caches: { edge: { layer: cdn, personalised: true, keyedBy: [path, query] } }
`
    expect(
      findingsOf('personalised-response-public-cache', text).map(({ message, arithmetic }) => [message, arithmetic]),
    ).toEqual([
      [
        '"shop" lets shared caches keep the personal answers of /me/orders under its path and accept-encoding alone; expected only the user\'s own browser to keep them',
        'key = its path + accept-encoding: the same for every user',
      ],
      [
        '"edge" is shared and keeps what belongs to one user under path and query alone; expected a key that tells users apart',
        'key = path + query: the same for every user',
      ],
    ])
  })
})
