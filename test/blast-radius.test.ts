import { describe, expect, test } from 'vitest'
import { yaml } from '../src/rules/define.ts'
import { blastOf, effectsOf } from './blast-support.ts'

/** One journey through a shop that makes one call. */
const calling = (call: string, more = '') => `
journeys: { browse: { entry: shop } }
services: { shop: { calls: [{ to: prices, ${call} }] } }
externals: { prices: {} }
${more}`

describe('down', () => {
  test.each([
    ['fallback: none', 'browse: fails'],
    ['mustSucceed: true', 'browse: fails'],
    ['fallback: static', 'browse: degraded'],
    ['fallback: queued', 'browse: delayed'],
    ['optional: true', 'browse: degraded'],
    ['optional: true, fallback: queued', 'browse: degraded'],
    ['mode: async', 'browse: degraded'],
    ['', 'browse: unknown ? services.shop.calls[0].fallback'],
    ['fallback: none, serves: []', 'browse: unaffected'],
  ])('the end of a call with { %s }', (call, effect) => {
    expect(effectsOf(calling(call), 'prices')).toEqual([effect])
  })

  test('an external with an alternative degrades, as another one takes over', () => {
    const text = calling('fallback: none').replace('prices: {}', 'prices: { alternative: rates }, rates: {}')
    expect(effectsOf(text, 'prices')).toEqual(['browse: degraded'])
  })

  test('the weakest edge of a route caps the effect, the worst of several routes counts', () => {
    const text = yaml`
      journeys: { browse: { entry: web }, buy: { entry: web } }
      services:
        web:
          calls:
            - { to: catalogue, fallback: none, serves: [browse] }
            - { to: reviews, fallback: empty, serves: [browse] }
            - { to: orders, fallback: none, serves: [buy] }
        catalogue: { calls: [{ to: prices, fallback: static }] }
        orders: { calls: [{ to: prices, fallback: none }] }
        reviews: { calls: [{ to: reviews-db, fallback: none }] }
        prices: {}
      stores: { reviews-db: {} }
    `
    expect(effectsOf(text, 'web')).toEqual(['browse: fails', 'buy: fails'])
    expect(effectsOf(text, 'prices')).toEqual(['browse: degraded', 'buy: fails'])
    expect(effectsOf(text, 'reviews-db')).toEqual(['browse: degraded', 'buy: unaffected'])
    const [cell] = blastOf(text)('reviews-db', 'down').cells.values()
    expect(cell!.route.map(({ name }) => name)).toEqual(['web -> reviews', 'reviews -> reviews-db'])
  })

  test.each([
    ['outbox: true', 'browse: delayed'],
    ['outbox: cdc', 'browse: delayed'],
    ['outbox: none', 'browse: fails'],
    ['lossTolerated: true', 'browse: degraded'],
    ['', 'browse: unknown ? services.shop.publishes[0].outbox'],
  ])('a queue that is published to with { %s }', (publish, effect) => {
    const text = `
journeys: { browse: { entry: shop } }
services:
  shop: { publishes: [{ to: events, ${publish} }] }
  mails: { consumes: [{ from: events }], calls: [{ to: mailer, fallback: none }] }
queues: { events: {} }
externals: { mailer: {} }
`
    expect(effectsOf(text, 'events')).toEqual([effect])
    for (const behind of ['mails', 'mailer'])
      expect(effectsOf(text, behind)[0]).toMatch(publish === '' ? /^browse: delayed/ : 'browse: delayed')
  })

  test('where nobody says which journey takes a call, its effect is unknown', () => {
    const text = yaml`
      journeys: { browse: { entry: web }, buy: { entry: web } }
      services: { web: { calls: [{ to: orders, fallback: none }] }, orders: {} }
    `
    expect(effectsOf(text, 'orders')).toEqual([
      'browse: unknown ? services.web.calls[0].serves',
      'buy: unknown ? services.web.calls[0].serves',
    ])
  })

  test('a journey without an entry is unknown everywhere', () => {
    expect(effectsOf('journeys: { browse: {} }\nservices: { web: {} }\n', 'web')).toEqual([
      'browse: unknown ? journeys.browse.entry',
    ])
  })
})

describe('what answers instead', () => {
  const stale = (cache: string, call: string, db: string) => `
journeys: { browse: { entry: shop, load: { peak: 1000/s, coincident: true } }, buy: { entry: orders, load: { peak: 10/s, coincident: true } } }
services:
  shop:
    calls:
      - { to: copies, ${call} }
      - { to: db, cachedBy: copies, fallback: none }
  orders: { calls: [{ to: db, fallback: none }] }
caches: { copies: { inFrontOf: db, hitRatio: 90%, ${cache} } }
stores: { db: { ${db} } }
`
  test.each([
    ['onFailure: origin', '', 'capacity: { rps: 2000 }', ['browse: degraded', 'buy: unaffected']],
    ['onFailure: origin', '', 'capacity: { rps: 500 }', ['browse: fails', 'buy: fails']],
    [
      'onFailure: origin',
      '',
      '',
      ['browse: unknown ? stores.db.capacity.rps', 'buy: unknown ? stores.db.capacity.rps'],
    ],
    ['onFailure: stale', '', 'capacity: { rps: 500 }', ['browse: degraded', 'buy: unaffected']],
    ['onFailure: error', '', 'capacity: { rps: 500 }', ['browse: fails', 'buy: unaffected']],
    ['onFailure: error', 'fallback: { to: db }', 'capacity: { rps: 500 }', ['browse: fails', 'buy: fails']],
    [
      'onFailure: error',
      'fallback: { to: db, maxRps: 200 }',
      'capacity: { rps: 500 }',
      ['browse: degraded', 'buy: unaffected'],
    ],
    [
      'onFailure: origin, originLimit: 300, stampedeProtection: lease',
      '',
      'capacity: { rps: 500 }',
      ['browse: degraded', 'buy: unaffected'],
    ],
  ])('a cache with { %s } is lost, called with { %s }, before { %s }', (cache, call, db, effects) => {
    expect(effectsOf(stale(cache, call, db), 'copies')).toEqual(effects)
  })

  const two = (calls: string, more = '') => `
journeys: { browse: { entry: shop, load: 100/s } }
services:
  shop: { calls: [${calls}] }
  prices: { calls: [{ to: db, fallback: none }] }
  rates: { calls: [{ to: db, fallback: none }] }
stores: { db: {} }
${more}`
  test('shares the fate of what it stands in for, where both need the same', () => {
    const text = two('{ to: prices, fallback: { to: rates } }')
    expect(effectsOf(text, 'prices')).toEqual([
      'browse: unknown ? journeys.browse.load.peak ? services.rates.replicas ? services.rates.concurrency',
    ])
    expect(effectsOf(text.replace('rates: {', 'rates: { runtime: serverless,'), 'prices')).toEqual(['browse: degraded'])
    expect(effectsOf(text, 'rates')).toEqual(['browse: unaffected'])
    expect(effectsOf(text, 'db')).toEqual(['browse: fails'])
    expect(effectsOf(text.replace('to: db, fallback: none', 'to: db, fallback: empty'), 'db')).toEqual([
      'browse: degraded',
    ])
    expect(effectsOf(text.replace('to: db, fallback: none', 'to: db'), 'db')).toEqual([
      'browse: unknown ? services.prices.calls[0].fallback',
    ])
  })

  test('is not asked as long as there is an answer, however poor', () => {
    const text = `
journeys:
  browse: { entry: shop, load: { peak: 100/s, coincident: true } }
  list: { entry: lists, load: { peak: 100/s, coincident: true } }
services:
  shop: { calls: [{ to: rates, fallback: queued }, { to: prices, fallback: none }] }
  lists: { calls: [{ to: rates, fallback: { to: prices } }] }
  prices: { capacity: { rps: 110 }, replicas: 1 }
  rates: { calls: [{ to: copies, serves: [browse, list], fallback: empty }] }
caches: { copies: {} }
`
    expect(effectsOf(text, 'rates')).toEqual(['browse: fails', 'list: fails'])
    expect(effectsOf(text, 'copies')).toEqual(['browse: delayed', 'list: degraded'])
    expect(effectsOf(text.replace('empty', 'none'), 'copies')).toEqual(['browse: fails', 'list: fails'])
  })

  test('carries what a load test found, where its slots bound that from both sides', () => {
    const text = (more: string) => `
journeys: { browse: { entry: shop, load: { peak: 100/s, coincident: true } } }
services:
  shop: { calls: [{ to: prices, fallback: { to: rates, maxRps: 100 } }] }
  prices: { calls: [{ to: db, fallback: none }] }
  rates: { replicas: 1, concurrency: 4, serviceTime: { mean: 5ms }, ${more}calls: [{ to: db, timeout: 1s, fallback: none, serves: [] }] }
stores: { db: { latency: { mean: 95ms } } }
`
    expect(effectsOf(text(''), 'prices')).toEqual(['browse: unknown ? services.rates.capacity.rps'])
    expect(effectsOf(text('capacity: { rps: 99 }, '), 'prices')).toEqual(['browse: fails'])
    expect(effectsOf(text('capacity: { rps: 100 }, '), 'prices')).toEqual(['browse: degraded'])
  })

  test('is not asked where nobody waits for the answer', () => {
    expect(effectsOf(two('{ to: prices, mode: async, fallback: { to: rates } }'), 'db')).toEqual(['browse: degraded'])
    expect(effectsOf(two('{ to: prices, optional: true, fallback: { to: rates } }'), 'db')).toEqual([
      'browse: degraded',
    ])
  })
})
