import { describe, expect, test } from 'vitest'
import { exactly } from '../src/analysis/estimate.ts'
import { buildGraph } from '../src/analysis/graph.ts'
import { loadOf, type LoadKind } from '../src/analysis/load.ts'
import { reachOf } from '../src/analysis/reach.ts'
import { formatPath } from '../src/finding.ts'
import { yaml } from '../src/rules/define.ts'
import { modelOf } from './support.ts'

function loads(text: string, lost?: string, share = 1) {
  const model = modelOf(text)
  const cache = lost === undefined ? undefined : model.caches.get(lost)
  const graph = buildGraph(model)
  const load = loadOf(model, graph, reachOf(model, graph), cache && { cache, share })
  return {
    at: (name: string, kind: LoadKind = 'steady') => load.at(name, kind),
    on: (name: string, kind: LoadKind = 'steady') =>
      load.on(
        graph.edges.find(edge => edge.name === name)!,
        kind,
      ),
  }
}

/** `100 to 300, asks journeys.buy.load.peak`; `100` where it is known exactly. */
const told = ({ low, high, missing }: ReturnType<ReturnType<typeof loads>['at']>) => {
  const asks = missing.length > 0 ? `, asks ${missing.map(formatPath).join(' ')}` : ''
  return low === high && !asks ? String(low) : `${low} to ${high ?? 'any'}${asks}`
}

describe('requests', () => {
  test('calls per request and probability multiply along the way, and several ways to one place add up', () => {
    const { at, on } = loads(yaml`
      journeys:
        buy: { entry: web, load: { steady: 100/s, peak: 400/s } }
      services:
        web: { calls: [{ to: orders, probability: 50% }, { to: stock, callsPerRequest: 3 }] }
        orders: { calls: [{ to: stock, callsPerRequest: 2 }] }
        stock: { calls: [{ to: db, callsPerRequest: 4, probability: 25% }] }
        idle: {}
      stores: { db: {} }
    `)
    expect([at('web'), at('orders'), at('idle')]).toEqual([exactly(100), exactly(50), exactly(0)])
    // 3 x 100/s directly, 2 x 50/s through orders; 4 x 25 % = 1 query for each.
    expect([at('stock'), at('db')]).toEqual([exactly(400), exactly(400)])
    expect([on('web -> stock'), on('orders -> stock')]).toEqual([exactly(300), exactly(100)])
    expect(at('db', 'peak')).toEqual(exactly(1600))
  })

  test('a call that serves a journey carries only that one', () => {
    const { at } = loads(yaml`
      journeys:
        buy: { entry: web, load: 10/s }
        browse: { entry: web, load: 90/s }
      services:
        web: { calls: [{ to: orders, serves: [buy] }, { to: pages, serves: [browse] }, { to: users, serves: [buy, browse] }] }
        orders: {}
        pages: {}
        users: {}
    `)
    expect(['web', 'orders', 'pages', 'users'].map(name => at(name).low)).toEqual([100, 10, 90, 100])
  })

  test('of several journeys that may take a call at least one does', () => {
    const { at, on } = loads(yaml`
      journeys:
        buy: { entry: web, load: 10/s }
        browse: { entry: web, load: 90/s }
      services:
        web: { calls: [{ to: stock, callsPerRequest: 2 }] }
        stock: { calls: [{ to: db }] }
      stores: { db: {} }
    `)
    // The smaller of the two journeys, twice a request; at most both.
    expect(told(on('web -> stock'))).toBe('20 to 200, asks services.web.calls[0].serves')
    expect(told(at('stock'))).toBe('20 to 200, asks services.web.calls[0].serves')
    // What is behind is not sure for either journey, so nothing is promised.
    expect(at('db').low).toBe(0)
    expect(at('db').high).toBe(200)
  })

  test('two calls that somebody takes for sure need not be at their peak at the same time', () => {
    const text = (coincident: boolean) => `
journeys:
  buy: { entry: web, load: { steady: 10/s, peak: 100/s, coincident: ${coincident} } }
  browse: { entry: web, load: { steady: 20/s, peak: 200/s, coincident: ${coincident} } }
services:
  web: { calls: [{ to: stock }, { to: stock, operation: reserve }] }
  stock: {}
`
    // Apart: one call at the peak of the smaller journey, the other at its steady load. Together: both at that peak.
    expect(loads(text(false)).at('stock', 'peak').low).toBe(110)
    expect(loads(text(true)).at('stock', 'peak').low).toBe(200)
  })

  test('an unstated load is asked for, whole or in part', () => {
    const { at } = loads(yaml`
      journeys:
        buy: { entry: web }
        sell: { entry: shop, load: { steady: 10/s } }
        browse: { entry: pages, load: { peak: 50/s } }
      services: { web: {}, shop: {}, pages: {} }
    `)
    expect(told(at('web'))).toBe('0 to any, asks journeys.buy.load')
    expect(told(at('shop', 'peak'))).toBe('10 to any, asks journeys.sell.load.peak')
    expect(told(at('pages', 'steady'))).toBe('0 to any, asks journeys.browse.load.steady')
    expect(told(at('pages', 'peak'))).toBe('50')
  })

  test('a cycle ends, whoever is written first, and what is behind it is reached', () => {
    const services = ['orders: { calls: [{ to: stock }, { to: db }] }', 'stock: { calls: [{ to: orders }] }']
    for (const order of [services, [...services].reverse()]) {
      const { at, on } = loads(`
journeys: { buy: { entry: stock, load: 10/s } }
services:
  ${order.join('\n  ')}
stores: { db: {} }
`)
      expect([at('stock'), at('orders'), at('db'), on('orders -> stock')]).toEqual(Array(4).fill(exactly(10)))
    }
  })
})

describe('peaks', () => {
  const text = (...coincident: (boolean | undefined)[]) => `
journeys:
${coincident.map((c, i) => `  j${i}: { entry: web, load: { steady: ${10 ** i}/s, peak: ${3 * 10 ** i}/s${c === undefined ? '' : `, coincident: ${c}`} } }`).join('\n')}
services: { web: {} }
`
  test.each([
    // 3 + 30 + 300.
    [[true, true, true], '333'],
    // The largest is at its peak, the others are steady: 1 + 10 + 300.
    [[false, false, false], '311'],
    // The first two together, or the third alone: max(3 + 30 + 100, 1 + 10 + 300).
    [[true, true, false], '311'],
    // The last two together, or the first alone: max(1 + 30 + 300, 3 + 10 + 100).
    [[false, true, true], '331'],
    [[undefined, undefined], '31 to 33, asks journeys.j0.load.coincident journeys.j1.load.coincident'],
    [[true, undefined], '31 to 33, asks journeys.j1.load.coincident'],
    [[undefined], '3'],
  ])('coincident: %s make %s', (coincident, expected) => {
    expect(told(loads(text(...coincident)).at('web', 'peak'))).toBe(expected)
  })

  test('a peak below the steady load is no relief', () => {
    expect(
      loads('journeys: { a: { entry: web, load: { steady: 9/s, peak: 2/s } } }\nservices: { web: {} }\n').at(
        'web',
        'peak',
      ),
    ).toEqual(exactly(9))
  })
})

describe('caches', () => {
  const aside = (cache: string) => `
journeys: { browse: { entry: shop, load: 2000/s } }
services:
  shop: { calls: [{ to: prices }, { to: db }, { to: db, access: write, probability: 1% }] }
stores: { db: {} }
caches: { prices: { inFrontOf: db${cache} } }
`
  test('only misses reach the origin: 5 % of 2000/s, and 1 % writes that no cache answers', () => {
    const { at } = loads(aside(', hitRatio: 95%'))
    expect(at('prices')).toEqual(exactly(2000))
    expect(at('db').low).toBeCloseTo(120, 9)
    expect(at('db').high).toBeCloseTo(120, 9)
    expect(loads(aside(', hitRatio: 95%'), 'prices').at('db')).toEqual(exactly(2020))
    expect(told(loads(aside('')).at('db'))).toBe('20 to 2020, asks caches.prices.hitRatio')
  })

  test('a read-through cache fetches what it misses, on behalf of its caller', () => {
    const text = yaml`
      journeys: { browse: { entry: shop, load: 2000/s } }
      services: { shop: { calls: [{ to: prices, callsPerRequest: 2 }] } }
      stores: { db: {} }
      caches: { prices: { inFrontOf: db, hitRatio: 95% } }
    `
    expect(loads(text).on('shop -> prices -> db').low).toBeCloseTo(200, 9)
    expect(loads(text, 'prices').at('db')).toEqual(exactly(4000))
    // Who asks the origin itself, for one journey, has the misses of the other fetched.
    const mixed = yaml`
      journeys: { browse: { entry: shop, load: 100/s }, buy: { entry: shop, load: 10/s } }
      services: { shop: { calls: [{ to: prices, serves: [browse, buy] }, { to: db, serves: [buy] }] } }
      stores: { db: {} }
      caches: { prices: { inFrontOf: db, hitRatio: 50% } }
    `
    expect([loads(mixed).on('shop -> prices -> db'), loads(mixed).at('db')]).toEqual([exactly(50), exactly(55)])
  })
})

describe('messages', () => {
  const text = (first: string, second: string, queue = '') => `
journeys: { buy: { entry: shop, load: 100/s } }
services:
  shop: { publishes: [{ to: orders, perRequest: 3, probability: 50% }] }
  mail: { consumes: [{ from: orders${first} }], calls: [{ to: smtp, callsPerRequest: 2 }] }
  billing: { consumes: [{ from: orders${second} }] }
queues: { orders: {${queue}} }
externals: { smtp: {} }
`
  test('each consumer group gets all messages', () => {
    const { at } = loads(text(', group: mail', ', group: billing'))
    expect(['orders', 'mail', 'billing', 'smtp'].map(name => at(name))).toEqual([150, 150, 150, 300].map(exactly))
  })

  test('consumers of one group share them, and without a group they may', () => {
    expect(told(loads(text(', group: all', ', group: all')).at('mail'))).toBe('0 to 150')
    const open = loads(text('', ', group: billing'))
    expect(told(open.at('mail'))).toBe('0 to 150, asks services.mail.consumes[0].group')
    expect(told(open.at('billing'))).toBe('0 to 150, asks services.mail.consumes[0].group')
  })

  test('arrivals that the queue states count instead, for the queue and for all behind it', () => {
    const { at } = loads(text(', group: mail', ', group: billing', ' load: 400/s '))
    expect(['orders', 'mail', 'smtp'].map(name => at(name, 'peak'))).toEqual([400, 400, 800].map(exactly))
    const alone = loads('services: { mail: { consumes: [{ from: orders }] } }\nqueues: { orders: { load: 5/min } }\n')
    expect(alone.at('mail')).toEqual(exactly(5 / 60))
  })
})

test('of journeys whose peaks do not fall together the one that rises most counts, wherever it stands', () => {
  const { at } = loads(`
journeys:
  a: { entry: web, load: { steady: 10/s, peak: 20/s, coincident: false } }
  b: { entry: web, load: { steady: 10/s, peak: 60/s, coincident: false } }
  c: { entry: web, load: { steady: 10/s, peak: 15/s, coincident: false } }
services: { web: {} }
`)
  expect(at('web', 'peak')).toMatchObject({ low: 80, high: 80 })
})
