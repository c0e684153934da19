import { describe, expect, test } from 'vitest'
import { durationsOf, worstCase } from '../src/analysis/durations.ts'
import { exactly } from '../src/analysis/estimate.ts'
import { buildGraph } from '../src/analysis/graph.ts'
import { yaml } from '../src/rules/define.ts'
import golden from './golden/values.json' with { type: 'json' }
import { modelOf } from './support.ts'

const callOf = (facts: string) =>
  modelOf(`services:\n  shop:\n    calls:\n      - { to: stock${facts && `, ${facts}`} }\n  stock: {}\n`).calls[0]!

describe('durations', () => {
  const worst = (facts: string) => worstCase(callOf(facts))

  test('golden values of waits that double', () => {
    for (const [timeout, max, base, cap, expected] of golden.worstCases) {
      const retries = `{ max: ${max}, backoff: exponential, base: ${base}ms, cap: ${cap}ms, jitter: false }`
      expect(worst(`timeout: ${timeout}ms, retries: ${retries}`)).toEqual(exactly(expected!))
    }
  })

  test.each([
    // 3 attempts of 1 s, and waits of 100 and 200 ms.
    ['timeout: 1s, retries: { max: 2, backoff: exponential, base: 100ms, jitter: false }', 3300, 3300, ''],
    // Jitter may make each wait as short as nothing.
    ['timeout: 1s, retries: { max: 2, backoff: exponential, base: 100ms, jitter: true }', 3000, 3300, ''],
    ['timeout: 1s, retries: { max: 2, backoff: fixed, base: 100ms }', 3000, 3200, 'retries.jitter'],
    ['timeout: 1s, retries: { max: 2, backoff: fixed }', 3000, undefined, 'retries.base'],
    ['timeout: 1s, retries: 2', 3000, undefined, 'retries.backoff'],
    ['timeout: 1s, retries: none', 1000, 1000, ''],
    // A slow callee is not tried again, so nothing waits for that either.
    ['timeout: 1s, retries: { max: 2, retryOn: [connect], backoff: fixed, base: 1s, jitter: false }', 1000, 1000, ''],
    ['timeout: 1s, retries: { max: 2, retryOn: [connect] }', 1000, 1000, ''],
    [
      'timeout: 1s, retries: { max: 2, retryOn: [connect, timeout], backoff: fixed, base: 1s, jitter: false }',
      5000,
      5000,
      '',
    ],
    ['timeout: 1s', 1000, undefined, 'retries'],
    ['timeout: 1s, totalTimeout: 1500ms', 1000, 1500, 'retries'],
    ['timeout: 1s, retries: 2, totalTimeout: 2s', 2000, 2000, 'retries.backoff'],
    ['', 0, undefined, 'timeout'],
    ['totalTimeout: 2s', 0, 2000, 'timeout'],
    ['timeout: none, retries: none', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, ''],
    ['timeout: none, retries: none, totalTimeout: 2s', 2000, 2000, ''],
  ])('worst case of { %s }', (facts, low, high, missing) => {
    const found = worst(facts)
    expect([found.low, found.high]).toEqual([low, high])
    if (low !== high) expect(found.missing.map(path => path.slice(4).join('.')).join()).toBe(missing)
  })

  const answerOf = (text: string) => {
    const model = modelOf(text)
    const shop = model.services.get('shop')!
    return durationsOf(model, buildGraph(model)).worstAnswer(shop, shop.calls)
  }

  test('an answer waits for its own work, for calls one after another, and once for a parallel group', () => {
    const text = (own: string) => `
services:
  shop:
    serviceTime: { ${own} }
    calls:
      - { to: stock, timeout: 300ms, retries: none, parallelGroup: page }
      - { to: prices, timeout: 200ms, retries: { max: 1, backoff: none }, parallelGroup: page }
      - { to: ads, timeout: 50ms, retries: none }
  stock: {}
  prices: {}
  ads: {}
`
    // 90 ms own work + max(300 ms, 2 x 200 ms) + 50 ms; the 99th percentile is known, so the mean does not count.
    expect(answerOf(text('p99: 90ms, mean: 20ms'))).toEqual(exactly(540))
    expect(answerOf(text('mean: 20ms, p50: 15ms'))).toEqual(exactly(470))
    expect(answerOf(text('p50: 15ms'))).toEqual(exactly(465))
    expect(answerOf(text(''))).toEqual({ low: 450, high: undefined, missing: [['services', 'shop', 'serviceTime']] })
  })

  const holds = (text: string) => {
    const model = modelOf(text)
    const durations = durationsOf(model, buildGraph(model))
    return (name: string) => durations.hold(model.services.get(name)!)
  }

  test('a slot is held for the own work and for the mean of what is waited for', () => {
    const hold = holds(yaml`
      services:
        shop:
          serviceTime: { mean: 20ms }
          calls:
            - { to: orders, probability: 50% }
            - { to: db, callsPerRequest: 40, sequential: true }
            - { to: db, callsPerRequest: 40 }
            - { to: mail, mode: async }
        orders: { serviceTime: { mean: 30ms }, calls: [{ to: db, probability: 25% }, { to: psp }] }
        mail: { serviceTime: { p99: 1s } }
      stores: { db: { latency: { mean: 2.5ms } } }
      externals: { psp: { latency: { mean: 400ms } } }
    `)
    // 30 ms + a quarter of 2.5 ms + 400 ms.
    expect(hold('orders')).toEqual(exactly(430.625))
    // 20 ms + half of orders + 40 x 2.5 ms one after another + 2.5 ms for 40 at once; nobody waits for the mail.
    expect(hold('shop')).toEqual(exactly(20 + 215.3125 + 100 + 2.5))
    expect(hold('mail')).toEqual({ low: 0, high: undefined, missing: [['services', 'mail', 'serviceTime', 'mean']] })
  })

  test('what is not known of a callee is asked at the callee, and its known answer time needs no sum', () => {
    const hold = holds(yaml`
      services:
        shop: { serviceTime: { mean: 20ms }, calls: [{ to: orders }] }
        web: { serviceTime: { mean: 5ms }, calls: [{ to: shop }] }
        orders: {}
        edge: { serviceTime: { mean: 1ms }, calls: [{ to: fast }] }
        fast: { latency: { mean: 9ms }, serviceTime: { mean: 3ms }, calls: [{ to: orders }] }
        desk: { serviceTime: { mean: 1ms }, calls: [{ to: mail }] }
        mail: { latency: { p99: 80ms } }
    `)
    expect(hold('web')).toEqual({ low: 25, high: undefined, missing: [['services', 'orders', 'latency']] })
    expect(hold('edge')).toEqual(exactly(10))
    // Of a callee whose other times are stated the mean alone is missing.
    expect(hold('desk').missing).toEqual([['services', 'mail', 'latency', 'mean']])
  })

  test('a cycle of waits ends, with the own work of each as the least', () => {
    const hold = holds(yaml`
      services:
        orders: { serviceTime: { mean: 20ms }, calls: [{ to: stock }] }
        stock: { serviceTime: { mean: 30ms }, calls: [{ to: orders }, { to: stock }] }
    `)
    expect(hold('orders')).toEqual({ low: 50, high: undefined, missing: [] })
    expect(hold('stock')).toEqual({ low: 80, high: undefined, missing: [] })
  })

  test('wide layers take no time', () => {
    // Each of 30 layers calls both services of the next: 60 services, 2^30 paths.
    const calls = (i: number) => (i < 29 ? `{ to: a${i + 1} }, { to: b${i + 1} }` : '')
    const layers = Array.from({ length: 30 }, (_, i) =>
      ['a', 'b'].map(side => `  ${side}${i}: { serviceTime: { mean: 1ms }, calls: [${calls(i)}] }`),
    )
    // One layer alone is 1 ms, and each above waits twice for the one below, one call after the other: 2^30 - 1.
    expect(holds(`services:\n${layers.flat().join('\n')}\n`)('a0')).toEqual(exactly(2 ** 30 - 1))
  })
})
