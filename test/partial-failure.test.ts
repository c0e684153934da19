import { describe, expect, test } from 'vitest'
import { yaml } from '../src/rules/define.ts'
import { findingsOf } from './support.ts'

describe('timeout-inversion', () => {
  const joined = (calls: string) => `
journeys: { a: { entry: shop }, b: { entry: shop } }
services:
  shop: { calls: [{ to: orders, timeout: 1s }${calls}] }
  carts: { calls: [{ to: orders, timeout: 10s }] }
  orders: { calls: [{ to: psp, timeout: 5s, retries: none, serves: [a] }] }
externals: { psp: {} }
`
  test('what can only come through the call stands behind it', () => {
    expect(findingsOf('timeout-inversion', joined(''))).toHaveLength(1)
    expect(findingsOf('timeout-inversion', joined(', { to: carts, timeout: 20s }'))).toEqual([])
  })

  const ladder = (timeout: string, call: string) => `
services:
  gateway: { calls: [{ to: orders, timeout: ${timeout} }] }
  orders: { serviceTime: { p99: 100ms }, calls: [{ to: payments, ${call} }] }
externals: { payments: {} }
`
  const call = 'timeout: 2s, retries: { max: 3, backoff: exponential, base: 200ms, jitter: true }'

  test('says what does not fit, and what would', () => {
    expect(findingsOf('timeout-inversion', ladder('5s', call))).toMatchObject([
      {
        severity: 'warning',
        message: '"gateway -> orders" gives up after 5s, but "orders" may take 9.5s',
        arithmetic:
          'D("orders -> payments") = (1 + 3) x 2s + 200ms + 400ms + 800ms = 9.4s\nown work 100ms + 9.4s = 9.5s',
        fix: 'Raise the timeout of "gateway -> orders" to at least 9.5s, or cut the retries of "orders -> payments" to 1, or let the deadline travel with the request',
      },
    ])
    expect(findingsOf('timeout-inversion', ladder('9500ms', call))).toEqual([])
  })

  test('is an error where not even one attempt fits', () => {
    expect(findingsOf('timeout-inversion', ladder('2s', call))[0]!.severity).toBe('warning')
    expect(findingsOf('timeout-inversion', ladder('1900ms', call))[0]!.severity).toBe('error')
  })

  test('a total timeout cuts the attempts', () => {
    const found = findingsOf('timeout-inversion', ladder('3s', `totalTimeout: 4s, ${call}`))
    expect(found[0]!.arithmetic).toMatch(/800ms, cut at 4s\nown work 100ms \+ 4s = 4\.1s$/)
  })
})

describe('timeout-below-callee-latency', () => {
  const found = (latency: string) =>
    findingsOf(
      'timeout-below-callee-latency',
      `
services: { shop: { calls: [{ to: psp, timeout: 100ms }] } }
externals: { psp: { latency: ${latency} } }
`,
    )

  test.each([
    ['{ p50: 120ms, p99: 900ms }', 'error', '50%'],
    ['{ p50: 60ms, p90: 110ms, p99: 900ms }', 'warning', '10%'],
    ['{ p50: 60ms, p99: 900ms, p999: 1230ms }', 'warning', '1%'],
    ['{ mean: 120ms }', 'warning', 'ordinary length'],
  ])('%s is an %s', (latency, severity, share) => {
    expect(found(latency)).toMatchObject([{ severity, arithmetic: expect.stringContaining(share) }])
  })

  test('a timeout at the 99th percentile is none below it', () => {
    expect(found('{ p99: 100ms }')).toEqual([])
  })

  test('a mean says nothing where a quantile is known', () => {
    expect(found('{ p50: 10ms, mean: 120ms }')).toEqual([])
    expect(found('{ mean: 120ms, p99: 90ms }')).toEqual([])
  })

  test('the 99.9th percentile is the timeout to take', () => {
    expect(found('{ p99: 900ms, p999: 1230ms }')[0]!.fix).toMatch(/at least 1\.3s/)
  })
})

describe('slow-dependency-exhausts-caller', () => {
  const found = (criticality: string) =>
    findingsOf(
      'slow-dependency-exhausts-caller',
      `
journeys:
  checkout: { entry: shop, load: 200/s }
  search: { entry: shop, criticality: ${criticality}, load: 0/s }
services:
  shop:
    { replicas: 8, concurrency: 32, concurrencyLimit: none, serviceTime: { mean: 80ms }, calls: [
      { to: stock, serves: [checkout], timeout: 2s, retries: none, bulkhead: none, circuitBreaker: none }] }
  stock: {}
`,
    )

  test('400 requests wait for 256 slots, which are full in 1.2s', () => {
    expect(found('critical')).toMatchObject([
      {
        severity: 'error',
        message:
          'A hang of "stock" fills all 256 slots of "shop" in 1.2s with 400 waiting requests, and stops "search", which could do without; expected a limit',
        arithmetic: 'D = 2s\nL = 200/s x 2s = 400\nC = 8 x 32 = 256\nT = (256 - 16 busy) / 200/s = 1.2s',
      },
    ])
  })

  test('is a warning where nobody critical could do without', () => {
    expect(found('high')[0]!.severity).toBe('warning')
  })
})

describe('slow-dependency-exhausts-caller, where every request needs the callee', () => {
  const found = (call: string) =>
    findingsOf(
      'slow-dependency-exhausts-caller',
      `
journeys: { browse: { entry: shop, load: 1000/s } }
services:
  shop:
    { replicas: 1, concurrency: 10, concurrencyLimit: none, calls: [
      { to: stock, timeout: 2s, retries: none, bulkhead: none, circuitBreaker: none, fallback: none${call} }] }
  stock: {}
caches: { stock-cache: { hitRatio: 50% } }
`,
    ).length

  test.each([
    ['', 0],
    [', probability: 50%', 1],
    [', callsPerRequest: 0.5', 1],
    [', cachedBy: stock-cache', 1],
  ])('%s: %i', (call, count) => {
    expect(found(call)).toBe(count)
  })
})

describe('sync-call-cycle', () => {
  const found = (back: string) =>
    findingsOf(
      'sync-call-cycle',
      `
journeys: { checkout: { entry: orders } }
services:
  stock: { calls: [${back}] }
  orders: { calls: [{ to: stock, fallback: none }] }
`,
    )

  test('is an error where one request surely goes round', () => {
    expect(found('{ to: orders, fallback: none }')).toMatchObject([
      {
        severity: 'error',
        message: '"orders" waits for its own answer: orders -> stock -> orders; expected no way back',
      },
    ])
  })

  test.each([
    '{ to: orders }',
    '{ to: orders, fallback: static }',
    '{ to: orders, fallback: none, operation: status }',
  ])('is a warning with %s', back => {
    expect(found(back)).toMatchObject([{ severity: 'warning' }])
  })

  test('of two calls to the same service the hard one counts', () => {
    expect(found('{ to: orders, optional: true }, { to: orders, fallback: none }')).toMatchObject([
      { severity: 'error' },
    ])
  })

  test('names the shortest round and says that there are more', () => {
    const text = yaml`
      services:
        stock: { calls: [{ to: prices }, { to: orders }] }
        prices: { calls: [{ to: stock }] }
        orders: { calls: [{ to: prices }, { to: stock }] }
    `
    expect(findingsOf('sync-call-cycle', text)[0]!.message).toMatch(
      /: orders -> stock -> orders \(one of several circles among 3 services\)/,
    )
  })
})
