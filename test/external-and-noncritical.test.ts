import { expect, test } from 'vitest'
import { findingsOf, reviewText } from './support.ts'

const checkout = (more: string, call = '') => `
journeys: { checkout: { entry: checkout, load: { steady: 20/s, peak: 50/s } } }
services:
  checkout: { replicas: 5, concurrency: 8, concurrencyLimit: none, calls: [{ to: tax-api, timeout: 10s, retries: none, circuitBreaker: none, bulkhead: none, fallback: none${call} }] }
externals: { tax-api: { latency: { mean: 100ms, p99: 400ms } } }
${more}
`

test('external-call-unprotected: a third party without defence: how many wait for it, and the cap that would do', () => {
  expect(findingsOf('external-call-unprotected', checkout(''))).toEqual([
    {
      severity: 'warning',
      message:
        '"checkout -> tax-api" waits up to 10s for what others run, with no circuit breaker, no bulkhead and no fallback; expected one of them',
      arithmetic: 'D = 10s\nL = 50/s x 10s = 500 waiting requests',
      fix: 'Let at most 4 requests of each instance wait for "tax-api" (bulkhead), open a breaker on its slow and failed calls, or answer without it',
    },
  ])
})

test('external-call-unprotected: one missing defence is one finding, whichever rules see it', () => {
  const text = checkout('', ', serves: [checkout], probability: 50%')
  const found = reviewText(text).findings.filter(({ message }) => message.includes('tax-api'))
  expect(found.map(({ ruleId, alsoImplies }) => [ruleId, alsoImplies.map(({ ruleId }) => ruleId)])).toEqual([
    ['slow-dependency-exhausts-caller', ['external-call-unprotected']],
  ])
})

test('external-call-unprotected: a call without a timeout, or of which none is stated', () => {
  const message = (timeout: string) =>
    findingsOf('external-call-unprotected', checkout('').replace('timeout: 10s, ', timeout))[0]!.message
  expect(message('timeout: none, ')).toContain('waits without end for')
  expect(message('')).toContain('waits however long it takes for')
})

test('noncritical-work-on-critical-path: says who waits, and for how long', () => {
  const found = (call: string) =>
    findingsOf(
      'noncritical-work-on-critical-path',
      `
journeys: { checkout: { entry: shop }, browse: { entry: shop } }
services:
  shop: { calls: [{ to: mails, resultUsed: false, ${call} }] }
  mails: { purpose: notification }
`,
    )
  expect(found('timeout: 2s, retries: { max: 1, backoff: none }, serves: [checkout]')).toMatchObject([
    {
      severity: 'info',
      message:
        '"shop -> mails" makes users of "checkout" wait up to 4s for notifications, whose result they do not need; expected it to be done afterwards',
      arithmetic: 'D = (1 + 1) x 2s = 4s',
    },
  ])
  expect(found('timeout: none')).toMatchObject([
    { message: expect.stringContaining('makes users wait for notifications') as string, arithmetic: '' },
  ])
})
