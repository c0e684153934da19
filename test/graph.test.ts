import { describe, expect, test } from 'vitest'
import { buildGraph, cacheBefore } from '../src/analysis/graph.ts'
import { formatRoute, journeysOf, reachOf } from '../src/analysis/reach.ts'
import { formatPath } from '../src/finding.ts'
import { yaml } from '../src/rules/define.ts'
import { modelOf } from './support.ts'

const graphOf = (text: string) => buildGraph(modelOf(text))
/** `shop -> stock: yes`, for every edge. */
const hardness = (text: string) => graphOf(text).edges.map(({ name, kind, hard }) => `${kind} ${name}: ${hard}`)

describe('hardness', () => {
  test.each([
    ['', 'maybe'],
    ['fallback: none', 'yes'],
    ['fallback: static', 'no'],
    ['fallback: { to: prices }', 'no'],
    ['optional: true', 'no'],
    ['optional: false', 'yes'],
    ['mustSucceed: true', 'yes'],
    ['mode: async', 'no'],
    ['mode: async, mustSucceed: true', 'no'],
    ['mustSucceed: false', 'maybe'],
  ])('a call with { %s } fails its request: %s', (facts, hard) => {
    const { edges } = graphOf(`services:\n  shop: { calls: [{ to: stock, ${facts} }] }\n  stock: {}\n`)
    expect(edges.map(edge => [edge.hard, formatPath(edge.hardness)])).toEqual([
      [hard, 'services.shop.calls[0].fallback'],
    ])
  })

  test.each([
    ['onFailure: error', '', 'yes'],
    ['onFailure: shed', '', 'yes'],
    ['onFailure: origin', '', 'no'],
    ['onFailure: stale', '', 'no'],
    ['', '', 'maybe'],
    ['onFailure: error', 'optional: true', 'no'],
    ['onFailure: origin', 'fallback: none', 'yes'],
  ])('a call to a cache { %s } with { %s }: %s', (cache, call, hard) => {
    const text = `services:\n  shop: { calls: [{ to: prices, ${call} }] }\ncaches:\n  prices: { ${cache} }\n`
    expect(graphOf(text).edges.map(edge => edge.hard)).toEqual([hard])
  })

  test.each([
    ['', '', 'maybe'],
    ['staleOnError: none', '', 'yes'],
    ['staleOnError: 1h', '', 'no'],
    // Who can do without the cache can do without what the cache fetches.
    ['staleOnError: none', 'optional: true', 'no'],
    ['staleOnError: none', 'fallback: static', 'no'],
    ['staleOnError: none', 'mode: async', 'no'],
    ['staleOnError: none, onFailure: origin', 'fallback: none', 'yes'],
  ])('misses of a read-through cache { %s }, called with { %s }: %s', (cache, call, hard) => {
    const text = `
services: { shop: { calls: [{ to: prices, ${call} }] } }
stores: { db: {} }
caches: { prices: { inFrontOf: db, ${cache} } }
`
    const miss = graphOf(text).edges.find(({ kind }) => kind === 'miss')!
    expect([miss.name, miss.hard]).toEqual(['shop -> prices -> db', hard])
    expect(formatPath(miss.hardness)).toBe('caches.prices.staleOnError')
  })

  test('who asks the origin itself has no misses beside it, and a stale value stands in for the origin', () => {
    const text = (stale: string) => `
services: { shop: { calls: [{ to: prices, optional: true }, { to: db, cachedBy: prices }] } }
stores: { db: {} }
caches: { prices: { inFrontOf: db${stale} } }
`
    expect(hardness(text(', staleOnError: 1h'))).toEqual(['call shop -> prices: no', 'call shop -> db: no'])
    expect(hardness(text(', staleOnError: none'))).toEqual(['call shop -> prices: no', 'call shop -> db: maybe'])
  })

  test('misses stay where the caller only writes to the origin, or reads from it for another journey', () => {
    const model = modelOf(yaml`
      journeys: { buy: { entry: shop }, browse: { entry: shop } }
      services:
        shop: { calls: [{ to: prices, fallback: none }, { to: db, access: write }] }
        pages: { calls: [{ to: prices, fallback: none }, { to: db, serves: [buy] }] }
      stores: { db: {} }
      caches: { prices: { inFrontOf: db } }
    `)
    const misses = buildGraph(model).edges.filter(({ kind }) => kind === 'miss')
    expect(misses.map(({ from, except }) => [from.name, except])).toEqual([
      ['pages', ['buy']],
      ['shop', []],
    ])
  })

  test.each([
    ['', 'maybe'],
    ['outbox: true', 'no'],
    ['outbox: cdc', 'no'],
    // The store and the broker commit together, so both must be there.
    ['outbox: transaction', 'yes'],
    ['outbox: none', 'yes'],
    ['outbox: none, lossTolerated: true', 'no'],
  ])('publishing with { %s } needs the broker: %s; consuming never holds up the producer', (facts, hard) => {
    const text = `
services:
  shop: { publishes: [{ to: orders, ${facts} }] }
  mail: { consumes: [{ from: orders }] }
queues: { orders: {} }
`
    expect(hardness(text)).toEqual(['consume orders -> mail: no', `publish shop -> orders: ${hard}`])
  })

  test('a name that nothing has makes no edge, and the work of a job is part of no journey', () => {
    const text = yaml`
      services:
        shop: { calls: [{ to: nobody }], publishes: [{ to: nothing }], consumes: [{ from: nowhere }] }
      jobs:
        report: { calls: [{ to: shop }] }
    `
    expect(graphOf(text).edges).toEqual([])
  })

  test('the cache before a call is the stated one, or the one that the caller asks as well', () => {
    const { calls, caches } = modelOf(yaml`
      services:
        shop:
          calls: [{ to: prices }, { to: db }, { to: db, access: write }, { to: stock, cachedBy: stocks }]
      stores: { db: {}, stock: {} }
      caches: { prices: { inFrontOf: db }, stocks: {} }
    `)
    const model = { calls, caches } as ReturnType<typeof modelOf>
    expect(calls.map(call => cacheBefore(call, model)?.name)).toEqual([undefined, 'prices', undefined, 'stocks'])
  })
})

describe('reach', () => {
  const shop = modelOf(yaml`
    journeys:
      checkout: { entry: web, criticality: critical }
      browse: { entry: web, criticality: normal }
      login: { entry: accounts, criticality: high }
    services:
      web:
        calls:
          - { to: orders, serves: [checkout], fallback: none, probability: 50% }
          - { to: pages, serves: [browse], fallback: none }
          - { to: stock }
      orders: { calls: [{ to: stock, fallback: none }, { to: db, fallback: none, probability: 20% }] }
      pages: { calls: [{ to: stock, fallback: static }, { to: ads, optional: true }] }
      stock: { calls: [{ to: db, fallback: none }] }
      ads: {}
      accounts: { calls: [{ to: db }] }
    stores: { db: {} }
  `)
  const graph = buildGraph(shop)
  const reach = reachOf(shop, graph)
  const hard = (journey: string) =>
    [...reach.get(journey)!.hard.values()].map(
      ({ component, hard, route, share, missing }) =>
        [component.name, hard, formatRoute(route), share, missing.map(formatPath).join(' ')] as const,
    )

  test('what a journey needs to succeed: each component once, by its surest and shortest route', () => {
    // Stock and the database are shared by several routes. Stock is needed through orders for sure, and only perhaps directly.
    expect(hard('checkout')).toEqual([
      ['web', 'yes', '', 1, ''],
      ['orders', 'yes', 'web -> orders', 0.5, ''],
      ['stock', 'yes', 'web -> orders -> stock', 0.5, ''],
      // 50 % of requests reach orders, 20 % of those ask the database.
      ['db', 'yes', 'web -> orders -> db', 0.1, ''],
    ])
    // Nobody said whether browsing takes the direct call, nor what happens when it fails; the way through pages has a fallback.
    const asked = 'services.web.calls[2].serves services.web.calls[2].fallback'
    expect(hard('browse').slice(2)).toEqual([
      ['stock', 'maybe', 'web -> stock', 1, asked],
      ['db', 'maybe', 'web -> stock -> db', 1, `${asked} services.stock.calls[0].serves`],
    ])
    // One journey alone comes through accounts, so its calls are taken by it; only the fallback is open.
    expect(hard('login').at(-1)).toEqual(['db', 'maybe', 'accounts -> db', 1, 'services.accounts.calls[0].fallback'])
  })

  test('which journeys work on a component, take a call, or fail with it', () => {
    const journeys = journeysOf(shop, graph, reach)
    const names = (found: readonly { name: string }[]) => found.map(({ name }) => name)
    const direct = journeys.edgeOf(shop.calls.find(({ name }) => name === 'web -> stock')!)!
    expect(names(journeys.through('stock'))).toEqual(['checkout', 'browse'])
    expect(names(journeys.through('db'))).toEqual(['checkout', 'login', 'browse'])
    expect(names(journeys.through('ads', 'sure'))).toEqual(['browse'])
    expect(names(journeys.taking(direct))).toEqual(['checkout', 'browse'])
    expect(names(journeys.taking(direct, 'sure'))).toEqual([])
    expect(names(journeys.dependingOn('db'))).toEqual(['checkout', 'login', 'browse'])
    expect(names(journeys.dependingOn('db', 'sure'))).toEqual(['checkout'])
    expect(names(journeys.through('nobody'))).toEqual([])
  })
})
