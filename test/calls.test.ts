import { expect, test } from 'vitest'
import { findingsOf } from './support.ts'

test('breaker-cannot-trip: counts the calls of one instance', () => {
  const text = (breaker: string) => `
journeys: { checkout: { entry: checkout, load: { steady: 1/s, peak: 2/s } } }
services: { checkout: { replicas: { min: 20, max: 40 }, processes: 2, calls: [{ to: tax, retries: { max: 1, budget: none }, circuitBreaker: ${breaker} }] } }
externals: { tax: {} }
`
  expect(findingsOf('breaker-cannot-trip', text('{ window: 100s, minimumCalls: 20 }'))).toEqual([
    {
      severity: 'warning',
      message:
        'The circuit breaker of "checkout -> tax" wants to see 20 calls in 100s, and sees 10 at the peak; expected a minimum that is reached',
      arithmetic: '2/s x 2 attempts x 100s / 40 breakers = 10 calls',
      fix: 'Lower the minimum to 10 calls or fewer, or count over 200s or more',
    },
  ])
  expect(findingsOf('breaker-cannot-trip', text('{ window: 200s, minimumCalls: 20 }'))).toEqual([])
})

test('hedge-without-guard: the share of calls that are sent twice', () => {
  const found = (hedge: string, latency = '{ p50: 20ms, p90: 40ms, p99: 200ms }') =>
    findingsOf(
      'hedge-without-guard',
      `
services: { search: { calls: [{ to: index, hedge: ${hedge} }] } }
externals: { index: { latency: ${latency} } }
`,
    )
  expect(found('{ delay: 5ms }')).toEqual([
    {
      severity: 'warning',
      message:
        '"search -> index" sends a second request after 5ms, which at least 50% of the calls take; expected at most 10%',
      arithmetic: 'extra load >= P(T > 5ms) > P(T > 20ms) = 50%',
      fix: 'Send the second request after 200ms, the p99 of "index", or cap hedges with a budget of 5%',
    },
  ])
  expect(found('{ delay: 0s }', '{ p50: 20ms }')).toMatchObject([{ arithmetic: 'extra load = P(T > 0s) = 100%' }])
  expect(found('{ delay: 40ms }')).toEqual([])
  expect(found('{ delay: 5ms, budget: 10% }')).toEqual([])
})

test('retry-without-budget: what an outage makes of the load', () => {
  const text = (rate: string) => `
journeys: { checkout: { entry: orders, load: { steady: 50/s, peak: ${rate} } } }
services: { orders: { calls: [{ to: psp, retries: { max: 3, budget: none } }] } }
externals: { psp: { quota: 200/s } }
`
  expect(findingsOf('retry-without-budget', text('100/s'))).toEqual([
    {
      severity: 'warning',
      message:
        'In an outage of "psp" every request of "orders" is tried up to 4 times; expected a budget for all retries together',
      arithmetic: 'orders -> psp: 100/s x (1 + 3) = 400/s; with a budget of 10% 110/s',
      fix: 'Cap retries at 10% of the requests (`budget: 10%`), or retry once behind a circuit breaker',
    },
  ])
  expect(findingsOf('retry-without-budget', text('99/s'))).toEqual([])
})
