import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { frechet, kOfN, logShares, parallel, series } from '../src/analysis/formulas/availability.ts'
import { lossMultiplier, nodeLossMultiplier, simultaneousMisses } from '../src/analysis/formulas/caching.ts'
import * as capacity from '../src/analysis/formulas/capacity.ts'
import * as budget from '../src/analysis/formulas/error-budget.ts'
import { attemptsPerRequest, backoffTotal, worstCaseDuration } from '../src/analysis/formulas/latency.ts'
import * as queues from '../src/analysis/formulas/queues.ts'
import golden from './golden/values.json' with { type: 'json' }

const minutes = 60_000
const hours = 60 * minutes
const days = 24 * hours

/** Equal to twelve significant digits, so that a slip in the last bit is none and a slip in the formula is one. */
const same = (actual: number, expected: number, digits = 12) => {
  expect(Number(actual.toPrecision(digits))).toBe(Number(expected.toPrecision(digits)))
}

const fraction = fc.double({ min: 0, max: 1, noNaN: true })
const parts = fc.array(fraction, { minLength: 1, maxLength: 8 })
const positive = fc.double({ min: 1e-3, max: 1e6, noNaN: true })
const retries = fc.integer({ min: 0, max: 20 })
const backoff = fc.record({
  kind: fc.constantFrom('none', 'fixed', 'exponential'),
  base: fc.integer({ min: 0, max: 5000 }),
  cap: fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined }),
})
const check = <T>(arbitrary: fc.Arbitrary<T>, holds: (value: T) => void) => {
  fc.assert(fc.property(arbitrary, holds), { numRuns: 200 })
}

describe('availability', () => {
  test('golden values', () => {
    for (const [of, expected] of golden.series) same(series(of as number[]), expected as number)
    for (const [of, expected] of golden.parallel) same(parallel(of as number[]), expected as number)
    for (const [k, n, a, expected] of golden.kOfN) same(kOfN(k!, n!, a!), expected!)
    // A request that waits for n answers is as slow as the slowest: no slow answer is a series of n.
    for (const [n, p, expected] of golden.tails) same(1 - series(Array<number>(n!).fill(1 - p!)), expected!, 9)
    const { parts, lower, upper, product, logShares: shares } = golden.frechet
    same(frechet(parts).lower, lower)
    same(frechet(parts).upper, upper)
    same(series(parts), product)
    logShares(parts).forEach((share, i) => {
      same(share, shares[i]!)
    })
  })

  test('a further part makes a series worse and a redundancy better, within the weakest and the best part', () => {
    check(fc.tuple(parts, fraction), ([of, more]) => {
      expect(series([...of, more])).toBeLessThanOrEqual(series(of))
      expect(parallel([...of, more])).toBeGreaterThanOrEqual(parallel(of) - 1e-15)
      expect(series(of)).toBeLessThanOrEqual(Math.min(...of))
      expect(parallel(of)).toBeGreaterThanOrEqual(Math.max(...of) - 1e-15)
    })
  })

  test('the product of independent parts lies inside the Frechet interval', () => {
    check(parts, of => {
      const { lower, upper } = frechet(of)
      expect(lower).toBeLessThanOrEqual(series(of) + 1e-12)
      expect(series(of)).toBeLessThanOrEqual(upper)
      expect(lower).toBeGreaterThanOrEqual(0)
    })
  })

  test('k of n: all is a series, one is a redundancy, needing more never helps, better parts never harm', () => {
    const sizes = fc.integer({ min: 1, max: 12 }).chain(n => fc.tuple(fc.constant(n), fc.integer({ min: 1, max: n })))
    check(fc.tuple(sizes, fraction, fraction), ([[n, k], a, b]) => {
      expect(kOfN(n, n, a)).toBeCloseTo(series(Array<number>(n).fill(a)), 12)
      expect(kOfN(1, n, a)).toBeCloseTo(parallel(Array<number>(n).fill(a)), 12)
      expect(kOfN(k + 1, n, a)).toBeLessThanOrEqual(kOfN(k, n, a) + 1e-12)
      expect(kOfN(k, n, Math.min(a, b))).toBeLessThanOrEqual(kOfN(k, n, Math.max(a, b)) + 1e-12)
    })
  })

  test('k of n holds for none, for all, and for fleets whose binomials fit no number', () => {
    expect([kOfN(0, 3, 0.5), kOfN(3, 3, 1), kOfN(1, 3, 0), kOfN(4, 3, 0.9)]).toEqual([1, 1, 0, 0])
    // Of an odd number of fair coins more than half show heads in half of all throws.
    expect(kOfN(1001, 2001, 0.5)).toBeCloseTo(0.5, 9)
    expect(kOfN(1900, 2000, 0.99)).toBeCloseTo(1, 12)
    expect(kOfN(1, 1_000_000, 0.999)).toBeCloseTo(1, 9)
  })

  test('shares of the unavailability add up to 1, whatever never fails or never works', () => {
    check(parts, of => {
      const total = logShares(of).reduce((a, b) => a + b, 0)
      expect(total).toBeCloseTo(of.every(a => a === 1) ? 0 : 1, 9)
    })
    expect(logShares([0, 0.9, 0])).toEqual([0.5, 0, 0.5])
  })
})

describe('error budgets', () => {
  test('golden values', () => {
    for (const [objective, window, expected] of golden.budgetMinutes)
      same(budget.errorBudget(objective!, window! * days) / minutes, expected!, 9)
    for (const [share, window, slo, expected] of golden.burnRates)
      expect(budget.burnRateFor(share!, window! * hours, slo! * days)).toBeCloseTo(expected!, 4)
    for (const [objective, expected] of golden.maxBurnRates)
      expect(budget.maxBurnRate(objective!)).toBeCloseTo(expected!, 3)
    for (const [burn, expected] of golden.lowestObjectives) same(budget.lowestObjective(burn!), expected!)
    for (const [burn, long, slo, expected] of golden.budgetSpent)
      same(budget.budgetSpent(burn!, long!, slo!), expected!)
    for (const [burn, long, objective, share, expected] of golden.detectionMinutes)
      same(budget.detectionTime(long!, burn!, objective!, share!), expected!)
    // The smallest share of broken requests that burns 14.4 times too fast; a smaller canary stays unseen.
    for (const [objective, expected] of golden.smallestVisibleShare)
      same(14.4 / budget.maxBurnRate(objective!), expected!)
    for (const [seconds, objective, window, expected] of golden.budgetShare)
      same((seconds! * 1000) / budget.errorBudget(objective!, window! * days), expected!, 9)
  })

  test('burn rate, its share of the budget and its limits agree with each other', () => {
    const objective = fc.double({ min: 0, max: 0.99999, noNaN: true })
    check(fc.tuple(fraction, positive, positive, objective), ([share, window, slo, o]) => {
      const burn = budget.burnRateFor(share, window, slo)
      expect(budget.budgetSpent(burn, window, slo)).toBeCloseTo(share, 9)
      expect(budget.lowestObjective(budget.maxBurnRate(o))).toBeCloseTo(o, 9)
      // Errors at exactly the alert's rate are noticed when the long window is over, twice as many in half of it.
      expect(budget.detectionTime(window, 2, o, 2 * (1 - o)) / window).toBeCloseTo(1, 9)
      expect(budget.detectionTime(window, 2, o, 4 * (1 - o)) / window).toBeCloseTo(0.5, 9)
    })
  })

  test('an objective of 100% has no budget, and everything spends it at once', () => {
    expect(budget.errorBudget(1, 30 * days)).toBe(0)
    expect(budget.maxBurnRate(1)).toBe(Number.POSITIVE_INFINITY)
    expect(budget.detectionTime(hours, 14.4, 1, 1)).toBe(0)
  })
})

describe('waiting and trying again', () => {
  test('golden values', () => {
    for (const [tiers, expected] of golden.attempts)
      expect((tiers as number[]).reduce((product, r) => product * attemptsPerRequest(r), 1)).toBe(expected)
    const [tiers, share, capped] = golden.attemptsInBudget as [number[], number, number]
    expect(tiers.reduce((product, r) => product * attemptsPerRequest(r, share), 1)).toBeCloseTo(capped, 12)
    for (const [timeout, r, base, cap, expected] of golden.worstCases)
      expect(worstCaseDuration(r!, timeout!, { kind: 'exponential', base: base!, cap })).toBe(expected)
    const [limit, r, hidden] = golden.hiddenCapacity
    expect(limit! / attemptsPerRequest(r!)).toBe(hidden)
  })

  test('a retry more never lowers attempts, and a budget never raises them', () => {
    check(fc.tuple(retries, fraction), ([r, share]) => {
      expect(attemptsPerRequest(r + 1)).toBeGreaterThan(attemptsPerRequest(r))
      expect(attemptsPerRequest(r + 1, share)).toBeGreaterThanOrEqual(attemptsPerRequest(r, share))
      expect(attemptsPerRequest(r, share)).toBeLessThanOrEqual(Math.min(1 + r, 1 + share))
    })
  })

  test('more retries, a longer timeout, base or cap never lower the worst case; a total timeout bounds it', () => {
    check(fc.tuple(retries, fc.integer({ min: 0, max: 60_000 }), backoff), ([r, timeout, policy]) => {
      const worst = worstCaseDuration(r, timeout, policy)
      expect(worstCaseDuration(r + 1, timeout, policy)).toBeGreaterThanOrEqual(worst)
      expect(worstCaseDuration(r, timeout + 1, policy)).toBe(worst + 1 + r)
      expect(worstCaseDuration(r, timeout, { ...policy, base: policy.base + 1 })).toBeGreaterThanOrEqual(worst)
      expect(worstCaseDuration(r, timeout, { ...policy, cap: undefined })).toBeGreaterThanOrEqual(worst)
      expect(worstCaseDuration(r, timeout, policy, 500)).toBe(Math.min(500, worst))
    })
  })

  test('waits add up one by one, whatever the kind', () => {
    check(fc.tuple(retries, backoff), ([r, { kind, base, cap = Number.POSITIVE_INFINITY }]) => {
      const waits = Array.from({ length: r }, (_, i) => Math.min(cap, kind === 'fixed' ? base : base * 2 ** i))
      expect(backoffTotal(r, { kind, base, cap })).toBe(kind === 'none' ? 0 : waits.reduce((a, b) => a + b, 0))
    })
  })

  test('a billion retries are quick to add up, with and without a cap', () => {
    expect(backoffTotal(1e9, { kind: 'exponential', base: 100, cap: 1000 })).toBe(
      100 + 200 + 400 + 800 + 1000 * (1e9 - 4),
    )
    expect(backoffTotal(1e9, { kind: 'exponential', base: 0 })).toBe(0)
    expect(backoffTotal(1e9, { kind: 'exponential', base: 1 })).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('capacity, caches and queues', () => {
  test('golden values', () => {
    for (const [rate, hold, expected] of golden.offeredLoad) same(capacity.offeredLoad(rate!, hold!), expected!)
    for (const [rate, hold, slots, expected] of golden.utilisation)
      same(capacity.utilisation(rate!, capacity.slotCapacity(slots!, hold!)), expected!)
    const { slots, busy, perSecond, seconds } = golden.timeToExhaustion
    same(capacity.timeToExhaustion(slots, busy, perSecond), seconds * 1000)
    for (const [h, expected] of golden.lossMultipliers) same(lossMultiplier(h!)!, expected!)
    for (const [h, nodes, expected] of golden.nodeLossMultipliers) same(nodeLossMultiplier(h!, nodes!)!, expected!)
    const [reads, regeneration, misses] = golden.stampede
    expect(simultaneousMisses(reads!, regeneration!)).toBe(misses)
    for (const [rho, expected] of golden.drainPerOutage)
      same(queues.drainTime(queues.backlogAfter(rho!, hours), rho!, 1)! / hours, expected!)
    const { arrivals, capacity: most, outageMinutes, backlog, minutes: drain } = golden.drain
    expect(queues.backlogAfter(arrivals, outageMinutes * minutes)).toBe(backlog)
    expect(queues.drainTime(backlog, arrivals, most)).toBe(drain * minutes)
    const [timeout, window, visibility] = golden.lambdaVisibilitySeconds
    expect(queues.lambdaVisibility(timeout!, window!)).toBe(visibility)
    const [workers, processing, handled] = golden.consumerCapacity
    expect(queues.consumerCapacity(workers!, processing!)).toBe(handled)
    for (const [replicas, surge, missing] of golden.rolling) {
      expect(capacity.surgeOf(replicas!, { share: 0.25 })).toBe(surge)
      expect(capacity.unavailableOf(replicas!, { share: 0.25 })).toBe(missing)
    }
  })

  test('a share of instances is rounded as its decimals say, not as their binary neighbours', () => {
    check(fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 10_000 })), ([percent, replicas]) => {
      const whole = Math.floor((percent * replicas) / 100)
      const rest = (percent * replicas) % 100 === 0 ? 0 : 1
      expect(capacity.surgeOf(replicas, { share: percent / 100 })).toBe(whole + rest)
      expect(capacity.unavailableOf(replicas, { share: percent / 100 })).toBe(whole)
    })
    expect(capacity.surgeOf(6, { instances: 2 }) + capacity.unavailableOf(6, { instances: 1 })).toBe(3)
  })

  test('loads and capacities multiplied alike change neither utilisation, exhaustion nor drain', () => {
    check(fc.tuple(positive, positive, positive, fc.integer({ min: 2, max: 50 })), ([load, most, hold, k]) => {
      expect(capacity.utilisation(k * load, k * most) / capacity.utilisation(load, most)).toBeCloseTo(1, 9)
      const slots = capacity.offeredLoad(most, hold) + 1
      const time = capacity.timeToExhaustion(slots, 0, load)
      expect(capacity.timeToExhaustion(k * slots, 0, k * load) / time).toBeCloseTo(1, 9)
      expect(capacity.slotCapacity(capacity.offeredLoad(most, hold), hold) / most).toBeCloseTo(1, 9)
      const drain = queues.drainTime(queues.backlogAfter(load, hold), load, load + most)!
      expect(queues.drainTime(queues.backlogAfter(k * load, hold), k * load, k * (load + most))! / drain).toBeCloseTo(
        1,
        6,
      )
    })
  })

  test('nothing arrives, nothing is free, nothing misses: an answer, and never NaN', () => {
    expect(capacity.utilisation(0, 0)).toBe(0)
    expect(capacity.timeToExhaustion(10, 10, 0)).toBe(0)
    expect(capacity.timeToExhaustion(10, 12, 5)).toBe(0)
    expect(capacity.timeToExhaustion(10, 0, 0)).toBe(Number.POSITIVE_INFINITY)
    expect([lossMultiplier(1), nodeLossMultiplier(1, 3)]).toEqual([undefined, undefined])
    expect([lossMultiplier(0), nodeLossMultiplier(0, 3)]).toEqual([1, 1])
    expect(queues.drainTime(100, 5, 5)).toBeUndefined()
    expect(queues.drainTime(0, 0, 5)).toBe(0)
  })
})
