import fc from 'fast-check'
import { expect, test } from 'vitest'
import { duration, list, number, percent, plural, rate, roundUp, size } from '../src/units.ts'

const unbounded = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]
const check = (arbitrary: fc.Arbitrary<number>, holds: (value: number) => void) => {
  fc.assert(fc.property(arbitrary, holds), { numRuns: 2000 })
}
const anything = fc.double({ min: -1e300, max: 1e300, noNaN: true })
const ordinary = fc.double({ min: 1e-6, max: 1e15, noNaN: true })

const table = <T>(name: string, write: (value: T) => string, rows: readonly (readonly [T, string])[]) => {
  test.each(rows)(`${name} %s is %s`, (value, text) => {
    expect(write(value)).toBe(text)
  })
}

table('number', number, [
  [0, '0'],
  [-0, '0'],
  [0.144, '0.144'],
  [0.04629, '0.0463'],
  [0.9996, '1'],
  [1.005, '1'],
  [3.628, '3.63'],
  [99.96, '100'],
  [12.34, '12.3'],
  [-2.5, '-2.5'],
  [-1000, '-1000'],
  [1234, '1234'],
  [1234.5, '1235'],
  [12_345, '12 345'],
  [1_440_000, '1 440 000'],
  [1e21, '1e+21'],
  [4e-12, '4.0e-12'],
])

table('duration', duration, [
  [0, '0s'],
  [0.5, '0.5ms'],
  [1, '1ms'],
  [250, '250ms'],
  [1000, '1s'],
  [1500, '1.5s'],
  [3300, '3.3s'],
  [9400, '9.4s'],
  [9450, '9.45s'],
  [9999, '9999ms'],
  [12_345, '12.3s'],
  [61_000, '61s'],
  [60_000, '1m'],
  [90_000, '1.5m'],
  [5_400_000, '1.5h'],
  [259_200, '4.32m'],
  [43.2 * 60_000, '43.2m'],
  // 0.01 % of 30 days, which binary fractions miss by a hair.
  [(1 - 0.9999) * 30 * 86_400_000, '4.32m'],
  [86_400_000, '1d'],
  [30 * 86_400_000, '30d'],
  [14 * 3_600_000, '14h'],
  [123_456_789, '1.43d'],
  [-1500, '-1.5s'],
])

table('percent', percent, [
  [0, '0%'],
  [1, '100%'],
  [0.9995, '99.95%'],
  [0.999, '99.9%'],
  [0.9, '90%'],
  [0.57, '57%'],
  [0.999973, '99.9973%'],
  [0.99995, '99.995%'],
  [0.9999999, '99.99999%'],
  [0.98999999, '98.999999%'],
  // Below an objective of 99.999 %, and must look like it.
  [0.999989996, '99.9989%'],
  [1 - 1e-15, '99.999999999999%'],
  [0.25, '25%'],
  [1 / 3, '33.33%'],
  [0.00001, '0.001%'],
  [0.0267, '2.67%'],
  [1.331, '133.1%'],
  [36, '3600%'],
])

table('rate', rate, [
  [0, '0/s'],
  [600, '600/s'],
  [1.5, '1.5/s'],
  [0.5, '30/min'],
  [10 / 3600, '10/h'],
  [3 / 86_400, '3/d'],
])

table('roundUp', value => String(roundUp(value)), [
  [0, '0'],
  [9.4, '9.4'],
  [9.41, '9.5'],
  [9401, '9500'],
  [0.1234, '0.13'],
  [99.1, '100'],
  // Three tenths are a hair more than 0.3 in binary; nobody means the hair.
  [0.1 + 0.2, '0.3'],
  [-3, '-3'],
])

test('words', () => {
  expect([plural(1, 'call'), plural(31, 'calls', 'calls'), plural(0, 'call')]).toEqual([
    '1 call',
    '31 calls',
    '0 calls',
  ])
  expect(plural(2, 'query', 'queries')).toBe('2 queries')
  expect([list([]), list(['a']), list(['a', 'b']), list(['a', 'b', 'c'])]).toEqual(['', 'a', 'a and b', 'a, b and c'])
})

test('what has no bound is said in words', () => {
  for (const value of unbounded)
    for (const write of [number, duration, percent, rate]) expect(write(value)).toMatch(/^no limit/)
})

test('no number is written as NaN, Infinity or undefined', () => {
  check(anything, value => {
    for (const write of [number, duration, percent, rate]) expect(write(value)).not.toMatch(/NaN|Infinity|undefined/)
    expect(roundUp(Math.abs(value))).not.toBeNaN()
  })
})

const worth = { ms: 1, s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7 }

test('a duration and a number are read back to three digits, and say which sign', () => {
  check(ordinary, value => {
    const [, amount, unit] = /^([\d.]+(?:e-?\d+)?)(\w+)$/.exec(duration(value))!
    expect((Number(amount) * worth[unit as keyof typeof worth]) / value).toBeCloseTo(1, 2)
    expect(Number(number(value).replaceAll(' ', '')) / value).toBeCloseTo(1, 2)
    expect(number(-value)).toBe(`-${number(value)}`)
  })
})

test('a duration that people write is written as they do', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 59 }), fc.constantFrom('ms', 's', 'm'), (amount, unit) => {
      expect(duration(amount * worth[unit])).toBe(`${amount}${unit}`)
    }),
  )
})

test('a share below 1 is never written as more than it is, nor as all', () => {
  check(fc.double({ min: 0.5, max: 1, minExcluded: true, maxExcluded: true, noNaN: true }), share => {
    const text = percent(share)
    expect(text).not.toBe('100%')
    expect(Number(text.slice(0, -1))).toBeLessThanOrEqual(share * 100 * (1 + 1e-13))
    expect(Number(text.slice(0, -1))).toBeGreaterThan(share * 100 - 0.0100001)
  })
})

test('a share above 0 is never written as nothing', () => {
  check(fc.double({ min: 1e-12, max: 0.5, noNaN: true }), share => {
    expect(Number(percent(share).slice(0, -1)) / (share * 100)).toBeCloseTo(1, 1)
  })
})

test('a rate is read back to three digits', () => {
  const perSecond = { s: 1, min: 60, h: 3600, d: 86_400 }
  check(ordinary, value => {
    const [amount, unit] = rate(value).replaceAll(' ', '').split('/')
    expect(Number(amount) / perSecond[unit as keyof typeof perSecond] / value).toBeCloseTo(1, 2)
  })
})

test('rounding up never lowers, adds less than a tenth, and leaves two significant digits', () => {
  check(ordinary, value => {
    const up = roundUp(value)
    expect(up).toBeGreaterThanOrEqual(value * (1 - 1e-11))
    expect(up).toBeLessThanOrEqual(value * 1.1 * (1 + 1e-11))
    expect(Number(up.toPrecision(2))).toBe(up)
    expect(roundUp(up)).toBe(up)
  })
})

table('size', size, [
  [0, '0B'],
  [999, '999B'],
  [1000, '1kB'],
  [2048, '2KiB'],
  [172.8e9, '173GB'],
  [20 * 2 ** 30, '20GiB'],
  [512 * 2 ** 20, '512MiB'],
  [1.5e12, '1.5TB'],
  [1_024_000, '1.02MB'],
])
