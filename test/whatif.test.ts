import { describe, expect, test } from 'vitest'
import { brief, never, outcomesOf, shop } from './whatif-support.ts'

describe('down', () => {
  test('whoever cannot do without it fails, and the path says how', () => {
    const { buy, read } = outcomesOf(shop(), { down: ['orders-db'] })
    expect(buy).toMatchObject({
      outcome: 'broken',
      path: 'web -> orders -> orders-db',
      steps: ['"orders-db" is down', '"orders" cannot do without "orders-db"', '"web" cannot do without "orders"'],
      containedBy: ['Let "orders" answer without "orders-db" (fallback on "orders -> orders-db")'],
      before: { availability: 0.999 },
      after: { availability: 0, latency: undefined },
    })
    expect(read).toMatchObject({ outcome: 'ok', path: '', steps: [] })
    expect(read!.after.latency).toEqual(read!.before.latency)
  })

  test('a fallback is named, and so is what waits in a queue', () => {
    expect(outcomesOf(shop(), { down: ['reviews'] })['read']).toMatchObject({
      outcome: 'degraded',
      by: '"web" answers with a fallback (empty) instead of "reviews"',
      containedBy: [],
    })
    expect(outcomesOf(shop(), { down: ['mailer'] })['buy']).toMatchObject({
      outcome: 'delayed',
      steps: [
        '"mailer" is down',
        'Messages in "events" wait until "mailer" is back',
        'What "orders" hands to "events" is done later',
        expect.any(String),
      ],
    })
    expect(outcomesOf(shop(), { down: ['events'] })['buy']!.steps[1]).toBe(
      '"orders" keeps its messages until "events" is back',
    )
  })

  test('what is not stated decides, and the answer says which fact, and how to state it', () => {
    const text = shop({ reviewCall: 'timeout: 200ms' })
    expect(brief(text, { down: ['reviews'] })).toEqual(['buy: ok', 'read: unknown ? services.web.calls.1.fallback'])
    const { missing, least, most } = outcomesOf(text, { down: ['reviews'] })['read']!
    expect({ least, most }).toEqual({ least: 'delayed', most: 'broken' })
    expect(missing[0]).toMatchObject({
      ask: 'What does the caller answer when this call fails?',
      example: 'fallback: none',
    })
  })

  test('two at once: the fallback is lost as well, or the other provider', () => {
    const text = shop({ reviewCall: 'timeout: 200ms, fallback: { to: orders-db, maxRps: 100 }' })
    expect(brief(text, { down: ['reviews'] })).toEqual(['buy: ok', 'read: degraded'])
    expect(brief(text, { down: ['reviews', 'orders-db'] })).toEqual(['buy: broken', 'read: broken'])
    const { steps, containedBy } = outcomesOf(text, { down: ['reviews', 'orders-db'] })['read']!
    expect(steps.at(-1)).toBe('"web" has neither "reviews" nor "orders-db"')
    expect(containedBy).toContain('Let "web -> reviews" fall back to what does not need "reviews"')
    const pay = `
journeys: { pay: { entry: shop } }
services: { shop: { calls: [{ to: psp, fallback: none }] } }
externals: { psp: { alternative: other-psp }, other-psp: {} }
`
    expect(brief(pay, { down: ['psp'] })).toEqual(['pay: degraded'])
    expect(brief(pay, { down: ['other-psp'] })).toEqual(['pay: ok'])
    expect(brief(pay, { down: ['psp', 'other-psp'] })).toEqual(['pay: broken'])
  })

  test('two fallbacks that one component carries alone, but not together', () => {
    const text = (maxRps: number) => `
journeys: { read: { entry: web, load: { steady: 100/s, peak: 100/s, coincident: true } } }
services:
  web:
    calls:
      - { to: a, fallback: { to: spare, maxRps: ${maxRps} } }
      - { to: b, fallback: { to: spare, maxRps: ${maxRps} } }
stores: { a: {}, b: {}, spare: { capacity: { rps: 110 } } }
`
    expect(brief(text(60), { down: ['a'] })).toEqual(['read: degraded'])
    expect(brief(text(60), { down: ['a', 'b'] })).toEqual(['read: broken'])
    expect(brief(text(55), { down: ['a', 'b'] })).toEqual(['read: degraded'])
  })
})

describe('slow', () => {
  const slow = (component: string, time: number) => ({ slow: [{ component, time }] })

  test('in time, then later than the breaker or the timeout allows, then never', () => {
    expect(brief(shop(), slow('orders-db', 100))).toEqual(['buy: ok', 'read: ok'])
    expect(outcomesOf(shop(), slow('orders-db', 499))['buy']).toMatchObject({
      outcome: 'ok',
      steps: [
        '"orders-db" answers after 499ms',
        '"orders" waits for "orders-db" and answers after 519ms',
        '"web" waits for "orders" and answers after 524ms',
      ],
    })
    const gone = outcomesOf(shop(), slow('orders-db', 500))['buy']!
    expect(gone.outcome).toBe('broken')
    expect(gone.steps[1]).toBe('"orders" gives up on "orders-db" after 500ms; "orders" cannot do without the answer')
    expect(gone.containedBy[0]).toBe(
      'Raise the timeout of "orders -> orders-db" above 500ms, if users may wait that long',
    )
    expect(brief(shop(), slow('orders-db', never))).toEqual(['buy: broken', 'read: ok'])
  })

  test('the caller of the caller gives up first', () => {
    const text = shop({ checkoutCall: 'timeout: 300ms' })
    expect(brief(text, slow('orders-db', 279))).toEqual(['buy: ok', 'read: ok'])
    const { outcome, steps } = outcomesOf(text, slow('orders-db', 280))['buy']!
    expect(outcome).toBe('broken')
    expect(steps.at(-1)).toBe('"web" gives up on "orders" after 300ms; "web" cannot do without the answer')
  })

  test('slots: 400/s x 1s = 400 of 400, whoever they are for; a bulkhead keeps the others out of it', () => {
    const patient = (more: string) => shop({ reviewCall: `timeout: 3s, fallback: empty${more}` })
    expect(brief(patient(''), slow('reviews', 999))).toEqual(['buy: ok', 'read: degraded'])
    const { buy } = outcomesOf(patient(''), slow('reviews', 1000))
    expect(buy).toMatchObject({ outcome: 'broken', path: 'web -> reviews' })
    expect(buy!.steps[1]).toMatch(/^All slots of "web" wait for "reviews" after 9\d\dms: 400\/s x 1s = 400 of 400$/)
    const contained = patient('').replace(
      'bulkhead: none, parallelGroup: none }\n  orders:',
      'bulkhead: 20, parallelGroup: none }\n  orders:',
    )
    expect(brief(contained, slow('reviews', 1000))).toEqual(['buy: ok', 'read: degraded'])
    expect(outcomesOf(contained, slow('reviews', 1000))['read']!.steps[1]).toMatch(
      /^More calls of "web -> reviews" wait at once than its limit lets through; /,
    )
  })

  test('slower than the target is degraded, and the estimate shows it', () => {
    const { read } = outcomesOf(
      shop({ reviewCall: 'timeout: 3s, fallback: empty' })
        .replace('bulkhead: none, parallelGroup: none }\n  orders:', 'bulkhead: 39, parallelGroup: none }\n  orders:')
        .replace('steady: 200/s, peak: 400/s', 'peak: 40/s'),
      slow('reviews', 2000),
    )
    expect(read).toMatchObject({
      outcome: 'degraded',
      steps: ['"reviews" answers after 2s', '"web" waits for "reviews" and answers after 2s'],
    })
    expect(read!.after.latency!.p99).toBeGreaterThan(2000)
    expect(read!.before.latency!.p99).toBeLessThan(100)
  })

  test('a timeout that is not stated is asked for', () => {
    expect(brief(shop({ checkoutCall: 'mutates: true' }), slow('orders-db', 100))).toEqual([
      'buy: unknown ? services.web.calls.0.timeout',
      'read: ok',
    ])
  })
})

describe('details that decide', () => {
  const slow = (component: string, time: number) => ({ slow: [{ component, time }] })

  test('a breaker opens at its threshold, not above it', () => {
    const text = shop().replace(
      'fallback: none, circuitBreaker: none, bulkhead: none, parallelGroup: none }\n    publishes',
      'fallback: none, circuitBreaker: { slowCallDuration: 100ms }, bulkhead: none, parallelGroup: none }\n    publishes',
    )
    expect(brief(text, slow('orders-db', 99))).toEqual(['buy: ok', 'read: ok'])
    expect(brief(text, slow('orders-db', 100))).toEqual(['buy: broken', 'read: ok'])
  })

  test('what is called in turn adds up, what runs side by side does not', () => {
    const text = (group: string) => `
journeys: { read: { entry: web } }
services:
  web: { calls: [{ to: api, timeout: 150ms, retries: none, fallback: none, parallelGroup: none }] }
  api:
    serviceTime: { mean: 10ms }
    calls:
      - { to: a, timeout: 1s, retries: none, fallback: none, parallelGroup: ${group} }
      - { to: b, timeout: 1s, retries: none, fallback: none, parallelGroup: ${group} }
stores: { a: { latency: { mean: 60ms } }, b: {} }
`
    expect(brief(text('none'), slow('b', 90))[0]).toMatch(/^read: broken/)
    expect(brief(text('both'), slow('b', 90))[0]).toMatch(/^read: unknown/)
  })

  test('a wait without end is that of the journeys that make the call, where the others keep their slots', () => {
    const text = shop({ checkoutCall: 'timeout: none' })
    expect(brief(text, slow('orders', never))).toEqual(['buy: broken', 'read: broken'])
    const contained = text.replace('bulkhead: none', 'bulkhead: 20')
    expect(brief(contained, slow('orders', never))).toEqual(['buy: broken', 'read: ok'])
    expect(outcomesOf(contained, slow('orders', never))['buy']!.steps.at(-1)).toBe(
      '"web" waits for "orders" for ever: nothing ends the wait',
    )
  })

  test('later than promised is worse than done later, and no better than what is degraded anyway', () => {
    const text = shop().replace('p99: 2s', 'p99: 500ms')
    const both = { down: ['mailer'], ...slow('orders-db', 499) }
    expect(brief(shop(), both)).toEqual(['buy: delayed', 'read: ok'])
    expect(brief(text, { down: ['mailer'] })).toEqual(['buy: delayed', 'read: ok'])
    const { outcome, steps } = outcomesOf(text, both)['buy']!
    expect(outcome).toBe('degraded')
    expect(steps.at(-1)).toBe('"web" waits for "orders" and answers after 524ms')
    expect(brief(text, { down: ['orders'], ...slow('orders-db', 499) })).toEqual(['buy: broken', 'read: ok'])
  })

  test('a caller that may give up sooner may keep its slots, or lose them all', () => {
    // 100/s x 4s are all 400 slots.
    expect(brief(shop({ checkoutCall: 'timeout: 5s' }), slow('orders', 4000))).toEqual(['buy: broken', 'read: broken'])
    const open = outcomesOf(shop({ checkoutCall: 'mutates: true' }), slow('orders', 4000))
    expect(open['read']).toMatchObject({ outcome: 'unknown', least: 'ok', most: 'broken' })
    expect(open['read']!.missing.map(({ fact }) => fact.join('.'))).toEqual(['services.web.calls.0.timeout'])
    expect(open['buy']).toMatchObject({ outcome: 'unknown', most: 'broken' })
  })

  test('messages that are too many wait, even where none may be lost', () => {
    const text = shop().replace('outbox: true', 'outbox: none')
    expect(brief(text, { load: { buy: 2, read: 1 } })).toEqual(['buy: delayed', 'read: ok'])
  })
})
