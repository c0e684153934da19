import { describe, expect, test } from 'vitest'
import { rules } from '../src/rules/index.ts'
import { yaml } from '../src/rules/define.ts'
import { reviewText } from './support.ts'

/** Numbers and severities, which the examples of the rules do not show. */
function findings(id: string, text: string) {
  const rule = rules.find(rule => rule.id === id)!
  return reviewText(text, [rule]).findings.map(({ severity, message, arithmetic = '', fix }) => ({
    severity,
    message,
    arithmetic,
    fix,
  }))
}

const chain = (first: string, second: string, third: string) => `
defaults: { calls: { fallback: none } }
services:
  gateway: { calls: [{ to: shop, retries: ${first} }] }
  shop: { calls: [{ to: orders, retries: ${second} }] }
  orders: { calls: [{ to: orders-db, retries: ${third} }] }
stores: { orders-db: {} }
`
const retries = (max: number, budget = 'none') => `{ max: ${max}, budget: ${budget} }`

describe('retry-amplification', () => {
  test.each([
    [3, 2, 2, 36],
    [3, 3, 3, 64],
  ])('%i, %i and %i retries make %i attempts, reported once for the chain', (a, b, c, attempts) => {
    const found = findings('retry-amplification', chain(retries(a), retries(b), retries(c)))
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({
      severity: 'error',
      message: `"orders-db" gets up to ${attempts} attempts for one request while it fails, until a breaker opens; expected fewer than 4`,
      arithmetic: `R = (1 + ${a}) x (1 + ${b}) x (1 + ${c}) = ${attempts}`,
    })
    expect(found[0]!.fix).toMatch(/1\.33/)
  })

  test('is a warning below the limit of errors, also where a budget caps one tier', () => {
    const found = findings('retry-amplification', chain(retries(3), retries(3, '20%'), retries(0)))
    expect(found).toMatchObject([{ severity: 'warning', arithmetic: 'R = (1 + 3) x (1 + 20%) = 4.8' }])
  })

  test('deliveries of a message come on top, later', () => {
    const text = yaml`
      journeys: { checkout: { entry: shop } }
      services:
        shop: { publishes: [{ to: orders, outbox: none }] }
        billing: { consumes: [{ from: orders }], calls: [{ to: psp, fallback: none, retries: { max: 9, budget: none } }] }
      queues: { orders: { dlq: { to: dead, maxReceive: 5 } }, dead: {} }
      externals: { psp: {} }
    `
    expect(findings('retry-amplification', text)[0]!.arithmetic).toMatch(
      /^R = \(1 \+ 9\) = 10\n5 deliveries.* 50 in all/,
    )
  })
})

describe('timeout-inversion', () => {
  const ladder = (timeout: string, call: string) => `
services:
  gateway: { calls: [{ to: orders, timeout: ${timeout} }] }
  orders: { serviceTime: { p99: 100ms }, calls: [{ to: payments, ${call} }] }
externals: { payments: {} }
`
  const call = 'timeout: 2s, retries: { max: 3, backoff: exponential, base: 200ms, jitter: true }'

  test('says what does not fit, and what would', () => {
    expect(findings('timeout-inversion', ladder('5s', call))).toMatchObject([
      {
        severity: 'warning',
        message: '"gateway -> orders" gives up after 5s, but "orders" may take 9.5s',
        arithmetic:
          'D("orders -> payments") = (1 + 3) x 2s + 200ms + 400ms + 800ms = 9.4s\nown work 100ms + 9.4s = 9.5s',
        fix: 'Raise the timeout of "gateway -> orders" to at least 9.5s, or cut the retries of "orders -> payments" to 1, or let the deadline travel with the request',
      },
    ])
    expect(findings('timeout-inversion', ladder('9500ms', call))).toEqual([])
  })

  test('is an error where not even one attempt fits', () => {
    expect(findings('timeout-inversion', ladder('2s', call))[0]!.severity).toBe('warning')
    expect(findings('timeout-inversion', ladder('1900ms', call))[0]!.severity).toBe('error')
  })

  test('a total timeout cuts the attempts', () => {
    const found = findings('timeout-inversion', ladder('3s', `totalTimeout: 4s, ${call}`))
    expect(found[0]!.arithmetic).toMatch(/800ms, cut at 4s\nown work 100ms \+ 4s = 4\.1s$/)
  })
})

describe('timeout-below-callee-latency', () => {
  const found = (latency: string) =>
    findings(
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
    findings(
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
          'a hang of "stock" fills all 256 slots of "shop" in 1.2s with 400 waiting requests, and stops "search", which could do without; expected a limit',
        arithmetic: 'D = 2s\nL = 200/s x 2s = 400\nC = 8 x 32 = 256\nT = (256 - 16 busy) / 200/s = 1.2s',
      },
    ])
  })

  test('is a warning where nobody critical could do without', () => {
    expect(found('high')[0]!.severity).toBe('warning')
  })
})

describe('sync-call-cycle', () => {
  const found = (back: string) =>
    findings(
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

  test('names the shortest round and says that there are more', () => {
    const text = yaml`
      services:
        stock: { calls: [{ to: prices }, { to: orders }] }
        prices: { calls: [{ to: stock }] }
        orders: { calls: [{ to: prices }, { to: stock }] }
    `
    expect(findings('sync-call-cycle', text)[0]!.message).toMatch(
      /: orders -> stock -> orders \(one of several circles among 3 services\)/,
    )
  })
})
