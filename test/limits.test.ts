import { describe, expect, test } from 'vitest'
import { findingsOf } from './support.ts'

describe('external-quota-exceeded', () => {
  const psp = (peak: string, call: string) =>
    findingsOf(
      'external-quota-exceeded',
      `
journeys: { pay: { entry: shop, load: { steady: 50/s, peak: ${peak} } } }
services: { shop: { calls: [{ to: psp, circuitBreaker: none, retries: ${call} }] } }
externals: { psp: { quota: 100/s } }
`,
    )
  test('is an error where ordinary load is too much, and a warning where only retries are', () => {
    expect(psp('151/s', 'none')).toMatchObject([
      {
        severity: 'error',
        message: '"psp" gets 151/s at the peak, but accepts 100/s; expected a quota above the peak',
        arithmetic: '151/s / 100/s = 1.51 of the quota',
      },
    ])
    expect(psp('151/s', 'none')[0]!.fix).toMatch(/^Agree on a quota of at least 160\/s/)
    expect(psp('90/s', '{ max: 2, budget: none }')).toMatchObject([
      {
        severity: 'warning',
        message:
          '"psp" gets up to 270/s while it fails and callers try again, but accepts 100/s; expected retries that stay below the quota',
        arithmetic: '90/s x 3 attempts = 270/s, of 100/s',
        fix: 'Give the retries a budget of at most 11%, or let a breaker stop the calls while it fails, or agree on a quota of at least 270/s',
      },
    ])
    expect(psp('90/s', '{ max: 2, budget: 11% }')).toEqual([])
    expect(psp('90/s', '{ max: 2, budget: 12% }')).toHaveLength(1)
    expect(psp('100/s', '{ max: 2, budget: none }')[0]!.fix).toMatch(/^Leave out the retries/)
  })
  test('of two callers only what both repeat is sure', () => {
    const text = (other: string) => `
defaults: { calls: { circuitBreaker: none }, journeys: { load: { steady: 30/s, peak: 30/s, coincident: true } } }
journeys: { pay: { entry: shop }, refund: { entry: desk } }
services:
  shop: { calls: [{ to: psp, retries: { max: 3, budget: none } }] }
  desk: { calls: [{ to: psp, retries: ${other} }] }
externals: { psp: { quota: 100/s } }
`
    expect(findingsOf('external-quota-exceeded', text('none'))).toEqual([])
    expect(findingsOf('external-quota-exceeded', text('{ max: 1, budget: none }'))[0]!.arithmetic).toBe(
      '60/s x 2 attempts = 120/s, of 100/s',
    )
  })
})

describe('rate-limit-below-peak', () => {
  const found = (text: string) => findingsOf('rate-limit-below-peak', text)
  test('says what is refused, and what comes on top', () => {
    const [service, route] = found(`
journeys: { browse: { entry: web, load: { steady: 400/s, peak: 1400/s } } }
services:
  web: { calls: [{ to: shop, retries: { max: 1, budget: none } }] }
  shop:
    replicas: { min: 4, max: 10 }
    rateLimit: { limit: 100/s, scope: perInstance }
    routes: [{ path: /search, share: 30%, rateLimit: { limit: 280/s, scope: global } }]
`)
    expect(service).toEqual({
      severity: 'error',
      message: '"shop" gets 1400/s at the peak, but lets in 1000/s; expected a limit above the peak',
      arithmetic:
        'limit = 100/s x 10 instances = 1000/s\nrefused = 1 - 1000/s / 1400/s = 28.57%\nwith callers that try again up to 2 x 1400/s = 2800/s arrive',
      fix: 'Raise the limit to at least 140/s per instance, as far as what is behind it carries that',
    })
    expect(route!.arithmetic).toMatch(/^peak = 1400\/s x 30% = 420\/s\nlimit = 280\/s\nrefused = 1 - 280\/s \/ 420\/s/)
    expect(route!.fix).toMatch(/at least 420\/s, as far/)
  })
})

test('internal-service-exposed names the nearest gateways and what is lacking', () => {
  const text = `
services:
  a: { role: gateway, calls: [{ to: stock }, { to: inner }] }
  b: { role: edge, calls: [{ to: stock }] }
  inner: { calls: [{ to: stock }] }
  stock: { role: api, public: true, authentication: none, rateLimit: none }
`
  expect(findingsOf('internal-service-exposed', text)).toMatchObject([
    {
      severity: 'warning',
      message:
        '"stock" is reached from outside, past "a" and "b", and has no authentication and no rate limit of its own; expected only the gateway to reach it',
    },
  ])
})

describe('rate-limit-above-capacity', () => {
  const found = (limit: string, gateway = 'replicas: 10') =>
    findingsOf(
      'rate-limit-above-capacity',
      `
journeys: { order: { entry: gateway, load: { steady: 100/s, peak: 600/s } } }
defaults: { services: { concurrencyLimit: none, loadShedding: false } }
services:
  gateway: { ${gateway}, rateLimit: ${limit}, calls: [{ to: orders, fallback: none, callsPerRequest: 2 }] }
  orders: { replicas: 9, capacity: { rps: 200 } }
`,
    )
  test('a limit per instance grows with the instances, what is behind does not', () => {
    expect(found('{ limit: 200/s, scope: perInstance }')).toEqual([
      {
        severity: 'warning',
        message: '"gateway" lets in 2000/s, but "orders" behind it carries 900/s; expected a limit below that',
        arithmetic:
          'limit = 200/s x 10 instances = 2000/s\nrho of "orders" at 600/s = 1200/s / (9 x 200/s); full at 900/s\n2000/s / 900/s = 2.22',
        fix: 'Lower the limit to at most 90/s per instance, or let "orders" refuse what is too much',
      },
    ])
    expect(found('{ limit: 90/s, scope: perInstance }')).toEqual([])
  })
  test('a limit per client is fair, but protects nothing', () => {
    expect(found('{ limit: 10/s, scope: perClient, clients: 400 }')).toMatchObject([
      {
        severity: 'info',
        message:
          '"gateway" lets in 4000/s of all clients together, but "orders" behind it carries 900/s; expected a limit below that for all clients',
      },
    ])
  })
  test('the narrowest part counts, also where that is the service itself', () => {
    const [itself] = found('{ limit: 1000/s, scope: global }', 'replicas: 4, capacity: { rps: 200 }')
    expect(itself!.message).toMatch(/^"gateway" lets in 1000\/s, but itself carries 800\/s/)
    expect(itself!.arithmetic).toBe('limit = 1000/s\ncapacity = (4 x 200/s) = 800/s\n1000/s / 800/s = 1.25')
  })
})
