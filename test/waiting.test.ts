import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as capacity from '../src/analysis/formulas/capacity.ts'
import { meanWait, variabilityFactor, waitProbability, waitQuantile } from '../src/analysis/formulas/waiting.ts'
import golden from './golden/values.json' with { type: 'json' }

const same = (actual: number, expected: number) => {
  expect(actual / expected).toBeCloseTo(1, 10)
}

/** Slots, and a load that they can carry. */
const pool = fc.tuple(fc.integer({ min: 1, max: 300 }), fc.double({ min: 0.01, max: 0.99, noNaN: true }))
const check = (holds: (slots: number, rho: number) => void) => {
  fc.assert(
    fc.property(pool, ([slots, rho]) => {
      holds(slots, rho)
    }),
    { numRuns: 200 },
  )
}

test('golden values', () => {
  for (const { busy, slots, hold, probability, mean, p99 } of golden.waiting) {
    same(waitProbability(busy, slots), probability)
    same(meanWait(busy, slots, hold), mean)
    same(waitQuantile(busy, slots, hold), p99)
  }
  for (const [rho, answer] of golden.singleServer) same(1 + meanWait(rho!, 1, 1), answer!)
  const { busy, arrivals, holds, wait } = golden.variability
  same(meanWait(busy, 1, 1) * variabilityFactor(arrivals, holds), wait)
})

test('the probability is one, and grows with the load', () => {
  check((slots, rho) => {
    const probability = waitProbability(rho * slots, slots)
    expect(probability).toBeGreaterThanOrEqual(0)
    expect(probability).toBeLessThanOrEqual(1)
    expect(waitProbability(rho * slots * 0.9, slots)).toBeLessThanOrEqual(probability)
  })
})

test('one shared pool waits less than the same slots and the same load in two', () => {
  check((slots, rho) => {
    expect(meanWait(2 * rho * slots, 2 * slots, 1)).toBeLessThanOrEqual(meanWait(rho * slots, slots, 1))
  })
})

test('waits grow with the time that a slot is held, and the tail is above the middle', () => {
  check((slots, rho) => {
    const busy = rho * slots
    expect(meanWait(busy, slots, 20)).toBeCloseTo(20 * meanWait(busy, slots, 1), 6)
    expect(waitQuantile(busy, slots, 1, 0.5)).toBeLessThanOrEqual(waitQuantile(busy, slots, 1, 0.99))
  })
})

test('nobody waits where nothing arrives, or where slots are countless', () => {
  expect([waitProbability(0, 3), meanWait(0, 3, 10), waitQuantile(0, 3, 10)]).toEqual([0, 0, 0])
  expect(waitQuantile(9e8, 1e9, 10)).toBe(0)
})

test('golden values of pools and autoscalers', () => {
  for (const [threads, held, pool] of golden.poolDeadlock) expect(capacity.deadlockFreePool(threads!, held!)).toBe(pool)
  for (const [busy, each, target, count] of golden.instancesFor)
    expect(capacity.instancesFor(busy!, each!, target!)).toBe(count)
  for (const [slots, cpu, hold, cores, share] of golden.cpuAtSaturation)
    same(capacity.cpuAtSaturation(slots!, cpu!, hold!, cores!), share!)
  same(capacity.highestTarget(1, 0.1), golden.hpaTargetLimit)
  // 0.07 * 100 is a little more than 7, which must not cost an eighth instance.
  expect(capacity.instancesFor(0.07 * 100, 1, 1)).toBe(7)
})
