import { describe, expect, test } from 'vitest'
import type { Fault } from '../src/simulate/plan.ts'
import { verdictWords } from '../src/simulate/verdict-words.ts'
import { simulate } from './closed-forms.ts'

/** Retry storms: what the rule `metastable-vulnerable` says of them is what happens. */

/** A database that carries 1000/s, and users who try four times: beyond 1000 / 4 = 250/s it does not come back. */
const shop = (load: number, more: string) => `
journeys: { browse: { entry: shop, load: ${load}/s } }
services:
  shop:
    replicas: 10
    concurrency: 1000
    serviceTime: { mean: 2ms, p99: 8ms }
    calls: [{ to: prices-db, timeout: 500ms, fallback: none, retries: { max: 3, backoff: none, ${more} } }]
stores: { prices-db: { capacity: { rps: 1000 }, latency: { mean: 5ms, p99: 20ms } } }
`
const slow: Fault = { kind: 'slow', component: 'prices-db', time: 200, from: 30_000, to: 50_000 }
const verdict = (text: string, faults: readonly Fault[] = [slow], seed = 1) =>
  simulate(text, { faults, duration: 180_000, warmUp: 10_000, seed }).journeys[0]!.verdict

describe('a database that is slow for 20 seconds, and attempts of four', () => {
  test.each([1, 2, 3])('at 400/s it does not come back, seed %i', seed => {
    const found = verdict(shop(400, 'budget: none'), [slow], seed)
    expect(found).toMatchObject({
      kind: 'stays',
      culprit: { kind: 'overload', component: 'prices-db', because: 'retries' },
    })
    expect(found.last).toBeLessThan(0.05)
    expect(verdictWords(found)).toMatch(
      /^does not recover within 130s: retries hold "prices-db" at 1\.[56]x its capacity; goodput is \d%$/,
    )
  })

  test.each([1, 2, 3])('with a budget of 10 %% it does, seed %i', seed => {
    const found = verdict(shop(400, 'budget: 10%'), [slow], seed)
    expect(found.kind).toBe('recovers')
    // A backlog of at most 440/s for 20 s is worked off with 560/s.
    expect(found.after).toBeLessThan(20_000)
  })

  test('below the hidden capacity of 250/s it comes back without a budget', () => {
    expect(verdict(shop(200, 'budget: none')).kind).toBe('recovers')
    expect(verdict(shop(300, 'budget: none')).kind).toBe('stays')
  })

  test('nothing happens without the trigger', () => {
    expect(verdict(shop(400, 'budget: none'), []).kind).toBe('holds')
  })

  test('a breaker ends the retries as well', () => {
    const text = shop(400, 'budget: none').replace(
      'fallback: none',
      'fallback: none, circuitBreaker: { failureRate: 50%, minimumCalls: 20, window: 10s, openDuration: 5s }',
    )
    expect(verdict(text).kind).toBe('recovers')
  })

  test('a short queue does, too, as what cannot be served is refused at once', () => {
    const text = shop(400, 'budget: none')
      .replace('to: prices-db', 'to: prices')
      .replace(
        'stores: { prices-db: { capacity: { rps: 1000 }, latency: { mean: 5ms, p99: 20ms } } }',
        '  prices: { replicas: 1, concurrency: 5, queueLimit: 20, serviceTime: { mean: 5ms, p99: 20ms } }',
      )
    const fault: Fault = { ...slow, component: 'prices' } as Fault
    expect(verdict(text, [fault]).kind).toBe('recovers')
    expect(verdict(text.replace('queueLimit: 20', 'queueLimit: none'), [fault]).kind).toBe('stays')
  })

  test('a callee that stops at the deadline of its caller wastes no work', () => {
    const text = shop(400, 'budget: none').replace('timeout: 500ms', 'timeout: 500ms, deadlinePropagation: true')
    expect(verdict(text).kind).toBe('recovers')
  })
})

test('retries of two tiers multiply: 2 x 2 attempts of 400/s are more than 1000/s, one tier of two is not', () => {
  const tiers = (outer: number) => `
journeys: { search: { entry: gateway, load: 400/s } }
services:
  gateway:
    replicas: 10
    concurrency: 1000
    serviceTime: { mean: 1ms }
    calls: [{ to: search, timeout: 1200ms, fallback: none, retries: { max: ${outer}, backoff: none, budget: none } }]
  search:
    replicas: 10
    concurrency: 1000
    serviceTime: { mean: 1ms }
    calls: [{ to: index, timeout: 500ms, fallback: none, retries: { max: 1, backoff: none, budget: none } }]
stores: { index: { capacity: { rps: 1000 }, latency: { mean: 5ms, p99: 20ms } } }
`
  const fault: Fault = { kind: 'slow', component: 'index', time: 200, from: 30_000, to: 50_000 }
  expect(verdict(tiers(1), [fault]).kind).toBe('stays')
  expect(verdict(tiers(0), [fault]).kind).toBe('recovers')
})

test('attempts in the storm are those that the analysis counts: four for each request', () => {
  const { calls } = simulate(shop(400, 'budget: none'), {
    faults: [{ kind: 'down', component: 'prices-db', from: 0, to: Number.POSITIVE_INFINITY }],
    duration: 60_000,
    warmUp: 5000,
  })
  expect(calls[0]!.attempts / calls[0]!.calls).toBeCloseTo(4, 1)
  const capped = simulate(shop(400, 'budget: 10%'), {
    faults: [{ kind: 'down', component: 'prices-db', from: 0, to: Number.POSITIVE_INFINITY }],
    duration: 60_000,
    warmUp: 5000,
  }).calls[0]!
  // What was saved up before the outage comes on top: 10 s of 10 %.
  expect(capped.attempts / capped.calls).toBeGreaterThan(1.09)
  expect(capped.attempts / capped.calls).toBeLessThan(1.13)
})
