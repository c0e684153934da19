import { describe, expect, test } from 'vitest'
import type { Mode } from '../src/analysis/blast-radius.ts'
import { factsOf } from '../src/analysis/index.ts'
import { yaml } from '../src/rules/define.ts'
import { blastOf, effectsOf } from './blast-support.ts'
import { modelOf } from './support.ts'

describe('slow', () => {
  /** A service with 10 slots, and a second journey that does not need the callee. */
  const hanging = (call: string, service = '') => `
journeys: { buy: { entry: web, load: { peak: 100/s } }, browse: { entry: web, load: { peak: 100/s } } }
services:
  web: { calls: [{ to: shop, fallback: none, timeout: 5s, bulkhead: 5 }] }
  shop:
    replicas: 1
    concurrency: 10
    ${service}
    calls: [{ to: prices, serves: [buy], retries: none, ${call} }]
externals: { prices: {} }
`
  const one = (call: string, service?: string) =>
    effectsOf(hanging(call, service).replace('to: shop,', 'to: shop, serves: [buy, browse],'), 'prices', 'slow')
  const open = 'bulkhead: none, circuitBreaker: none'

  test.each([
    ['a short timeout', 'fallback: empty, timeout: 50ms', '', ['browse: unaffected', 'buy: degraded']],
    [
      'a long one takes all slots',
      `fallback: empty, timeout: 1s, ${open}`,
      'concurrencyLimit: none',
      ['browse: fails', 'buy: fails'],
    ],
    ['a bulkhead keeps some', 'fallback: empty, timeout: 1s, bulkhead: 5', '', ['browse: unaffected', 'buy: degraded']],
    [
      'a bulkhead, without a fallback',
      'fallback: none, timeout: 1s, bulkhead: 5',
      '',
      ['browse: unaffected', 'buy: fails'],
    ],
    [
      'no timeout: the fallback is never asked',
      'fallback: empty, timeout: none, bulkhead: 5, circuitBreaker: none',
      '',
      ['browse: unaffected', 'buy: fails'],
    ],
    [
      'no timeout, but a breaker',
      'fallback: empty, timeout: none, circuitBreaker: { slowCallDuration: 1s }',
      '',
      ['browse: unaffected', 'buy: degraded'],
    ],
    ['nobody waits', 'mode: async', '', ['browse: unaffected', 'buy: degraded']],
    [
      'functions',
      `fallback: empty, timeout: 1s, ${open}`,
      'runtime: serverless',
      ['browse: unaffected', 'buy: degraded'],
    ],
    [
      'no guard is stated',
      'fallback: empty, timeout: 1s',
      '',
      ['browse: unknown ? services.shop.calls[0].bulkhead', 'buy: unknown ? services.shop.calls[0].bulkhead'],
    ],
    [
      'no timeout is stated',
      'fallback: empty, bulkhead: 5',
      '',
      ['browse: unaffected', 'buy: unknown ? services.shop.calls[0].timeout'],
    ],
    [
      'no breaker is stated',
      'fallback: empty, bulkhead: 5, timeout: none',
      '',
      ['browse: unaffected', 'buy: unknown ? services.shop.calls[0].circuitBreaker'],
    ],
    [
      'no limit of the breaker is stated',
      'fallback: empty, bulkhead: 5, timeout: none, circuitBreaker: { failureRate: 50% }',
      '',
      ['browse: unaffected', 'buy: unknown ? services.shop.calls[0].circuitBreaker.slowCallDuration'],
    ],
  ])('%s', (_title, call, service, effects) => {
    expect(one(call, service).sort()).toEqual(effects)
  })

  test('a caller whose slots are taken hangs for its own callers', () => {
    const text = yaml`
      journeys: { buy: { entry: web, load: { peak: 100/s } }, read: { entry: web, load: { peak: 1/s } } }
      defaults:
        services: { replicas: 1, concurrency: 10, concurrencyLimit: none }
        calls: { timeout: 1s, retries: none, bulkhead: none, circuitBreaker: none, fallback: empty, serves: [buy] }
      services:
        web: { calls: [{ to: shop }, { to: news, serves: [read] }] }
        shop: { calls: [{ to: prices }] }
        news: {}
      externals: { prices: {} }
    `
    expect(effectsOf(text, 'prices', 'down')).toEqual(['buy: degraded', 'read: unaffected'])
    expect(effectsOf(text, 'prices', 'slow')).toEqual(['buy: fails', 'read: fails'])
    expect(effectsOf(text, 'news', 'slow')).toEqual(['buy: unaffected', 'read: degraded'])
    const [exhaustion, ...others] = blastOf(text)('prices', 'slow').exhausts
    expect(others).toEqual([])
    expect([exhaustion!.edge.name, exhaustion!.surely, exhaustion!.hang.fills.low]).toEqual([
      'shop -> prices',
      true,
      100,
    ])
  })
})

describe('ranking', () => {
  const text = yaml`
    journeys:
      buy: { entry: web, criticality: critical, load: 10/s }
      read: { entry: web, criticality: normal, load: 30/s }
    services:
      web:
        calls:
          - { to: orders-db, serves: [buy], fallback: none }
          - { to: news-db, serves: [read], fallback: none }
          - { to: adverts, serves: [buy, read], fallback: empty }
    stores: { orders-db: {}, news-db: {} }
    externals: { adverts: {} }
  `
  const order = (manifest: string, mode: Mode) =>
    factsOf(modelOf(manifest))
      .blastRadius.ranking(mode)
      .map(({ component }) => component.name)

  test('by criticality times load; degraded after failed; only stores lose data', () => {
    expect(order(text, 'down')).toEqual(['web', 'orders-db', 'news-db', 'adverts'])
    expect(order(text.replace('30/s', '100/s'), 'down')).toEqual(['web', 'news-db', 'orders-db', 'adverts'])
    expect(order(text.replace(', load: 30/s', '').replace('10/s', '1/h'), 'down')).toEqual([
      'web',
      'orders-db',
      'news-db',
      'adverts',
    ])
    expect(order(text, 'dataLoss')).toEqual(['orders-db', 'news-db'])
  })
})
