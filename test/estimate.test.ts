import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  between,
  exactly,
  exceeds,
  largest,
  product,
  quotient,
  reaches,
  scale,
  stated,
  sum,
  unknown,
  type Estimate,
} from '../src/analysis/estimate.ts'

/** An expression over facts; a fact may be unstated, and may then have a known lower bound or both bounds. */
type Expression =
  | { is: 'fact'; fact: string; from: number; to: number | undefined }
  | { is: 'sum' | 'largest' | 'product' | 'quotient'; of: Expression[] }

const facts = ['timeout', 'retries', 'replicas', 'load', 'hitRatio']

/** Bounds by fact, as one fact has the same bounds wherever it is used. */
const boundsOf = fc.record(
  Object.fromEntries(
    facts.map(fact => [
      fact,
      fc
        .tuple(fc.integer({ min: 0, max: 5 }), fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }))
        .map(([from, width]) => ({ from, to: width === undefined ? undefined : from + width })),
    ]),
  ),
)
type Bounds = Record<string, { from: number; to: number | undefined }>

const shapes = fc.letrec<{ node: Expression; leaf: Expression }>(tie => ({
  leaf: fc.constantFrom(...facts).map(fact => ({ is: 'fact' as const, fact, from: 0, to: undefined })),
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc.record({ is: fc.constantFrom('sum', 'largest'), of: fc.array(tie('node'), { maxLength: 4 }) }),
    fc.record({
      is: fc.constantFrom('product', 'quotient'),
      of: fc.tuple(tie('node'), tie('node')).map(two => [...two]),
    }),
  ),
}))

/** What the expression is worth when every fact has the value given. A division by nothing is no number. */
function valueOf(expression: Expression, values: Record<string, number>): number {
  if (expression.is === 'fact') return values[expression.fact]!
  const of = expression.of.map(part => valueOf(part, values))
  if (expression.is === 'sum') return of.reduce((a, b) => a + b, 0)
  if (expression.is === 'largest') return Math.max(0, ...of)
  return expression.is === 'product' ? of[0]! * of[1]! : of[0]! / of[1]!
}

/** The same as an estimate, where only some facts are stated. */
function estimateOf(
  expression: Expression,
  values: Record<string, number>,
  bounds: Bounds,
  known: Set<string>,
): Estimate {
  if (expression.is === 'fact') {
    const { fact } = expression
    const { from, to } = bounds[fact]!
    if (known.has(fact)) return exactly(values[fact]!)
    return to === undefined ? unknown([fact], from) : between(from, to, [fact])
  }
  const of = expression.of.map(part => estimateOf(part, values, bounds, known))
  if (expression.is === 'sum') return sum(of)
  if (expression.is === 'largest') return largest(of)
  return expression.is === 'product' ? product(of[0]!, of[1]!) : quotient(of[0]!, of[1]!)
}

const cases = fc
  .tuple(shapes.node, boundsOf, fc.array(fc.nat(1000), { minLength: facts.length, maxLength: facts.length }))
  .chain(([expression, bounds, draws]) => {
    const values = Object.fromEntries(
      facts.map((fact, i) => {
        const { from, to = from + 1000 } = bounds[fact]!
        return [fact, from + (draws[i]! / 1000) * (to - from)]
      }),
    )
    return fc.record({
      expression: fc.constant(expression),
      bounds: fc.constant(bounds),
      values: fc.constant(values),
      known: fc.subarray(facts),
    })
  })
  .filter(({ expression, values }) => !Number.isNaN(valueOf(expression, values)))

const contains = ({ low, high }: Estimate, value: number) =>
  low <= value * (1 + 1e-9) && (high === undefined || value <= high * (1 + 1e-9))
const check = <T>(arbitrary: fc.Arbitrary<T>, holds: (value: T) => void) => {
  fc.assert(fc.property(arbitrary, holds), { numRuns: 1000 })
}

describe('whatever the unstated facts turn out to be', () => {
  test('the value lies between low and high', () => {
    check(cases, ({ expression, bounds, values, known }) => {
      const estimate = estimateOf(expression, values, bounds, new Set(known))
      expect(contains(estimate, valueOf(expression, values)), JSON.stringify(estimate)).toBe(true)
    })
  })

  test('stating one more fact never widens the interval, and stating all closes it', () => {
    check(fc.tuple(cases, fc.constantFrom(...facts)), ([{ expression, bounds, values, known }, more]) => {
      const before = estimateOf(expression, values, bounds, new Set(known))
      const after = estimateOf(expression, values, bounds, new Set([...known, more]))
      expect(after.low).toBeGreaterThanOrEqual(before.low * (1 - 1e-12))
      if (before.high !== undefined) expect(after.high).toBeLessThanOrEqual(before.high * (1 + 1e-12))
      const all = estimateOf(expression, values, bounds, new Set(facts))
      expect(all.missing).toEqual([])
      if (Number.isFinite(valueOf(expression, values))) expect(all.high).toBe(all.low)
    })
  })

  test('only unstated facts are missing, each once, and where nothing is missing nothing is open', () => {
    check(cases, ({ expression, bounds, values, known }) => {
      const { low, high, missing } = estimateOf(expression, values, bounds, new Set(known))
      const names = missing.map(path => path.join('.'))
      expect(new Set(names).size).toBe(names.length)
      for (const name of names) expect(known).not.toContain(name)
      if (missing.length === 0 && Number.isFinite(low)) expect(high).toBe(low)
    })
  })

  test('reaches and exceeds are right when they decide, and ask for what is unstated when they do not', () => {
    const pairs = fc.tuple(cases, shapes.node, fc.integer({ min: 0, max: 30 }))
    check(pairs, ([{ expression, bounds, values, known }, other, limit]) => {
      const a = estimateOf(expression, values, bounds, new Set(known))
      const b = estimateOf(other, values, bounds, new Set(known))
      const [x, y] = [valueOf(expression, values), valueOf(other, values)]
      // Rounding may put either side of a tie first.
      const tie = (p: number, q: number) => Math.abs(p - q) <= 1e-9 * Math.max(1, p, q) || Number.isNaN(p - q)
      for (const [answer, truth, close] of [
        [reaches(a, b), x >= y, tie(x, y)],
        [exceeds(a, b), x > y, tie(x, y)],
        [reaches(a, limit), x >= limit, tie(x, limit)],
        [exceeds(a, limit), x > limit, tie(x, limit)],
      ] as const) {
        if (typeof answer === 'boolean') expect(close || answer === truth).toBe(true)
        else {
          expect(answer.every(path => !known.includes(path.join('.')))).toBe(true)
          if (Number.isFinite(x) && Number.isFinite(y)) expect(answer.length).toBeGreaterThan(0)
        }
      }
    })
  })
})

describe('by hand', () => {
  const replicas = unknown(['services', 'web', 'replicas'])

  test('what is known exactly is compared at the boundary', () => {
    expect([reaches(exactly(5), 5), exceeds(exactly(5), 5)]).toEqual([true, false])
    expect([reaches(exactly(4), 5), exceeds(exactly(6), 5)]).toEqual([false, true])
  })

  test('an open side decides only in one direction', () => {
    expect(reaches(unknown(['load'], 7), 5)).toBe(true)
    expect(reaches(unknown(['load'], 3), 5)).toEqual([['load']])
    expect(reaches(exactly(5), unknown(['load'], 6))).toBe(false)
    expect(reaches(exactly(7), unknown(['load'], 6))).toEqual([['load']])
  })

  test('each missing fact is named once, however often it is used', () => {
    expect(sum([replicas, replicas, stated(undefined, ['queues', 'mail', 'load'])]).missing).toEqual([
      ['services', 'web', 'replicas'],
      ['queues', 'mail', 'load'],
    ])
    const two = [
      ['journeys', 'buy', 'load'],
      ['journeys', 'sell', 'load'],
      ['journeys', 'buy', 'load'],
    ]
    expect(unknown(two).missing).toEqual(two.slice(0, 2))
    expect(stated(3, ['load'])).toEqual(exactly(3))
  })

  test('bounds that meet leave nothing to ask', () => {
    expect(between(3, 3, ['load'])).toEqual(exactly(3))
    expect(between(3, 4, ['load'])).toEqual({ low: 3, high: 4, missing: [['load']] })
  })

  test('nothing of what is unknown is nothing; a wait without end stays without end', () => {
    expect(product(exactly(0), replicas)).toEqual(exactly(0))
    expect(scale(unknown(['load'], 2), 0)).toEqual(exactly(0))
    expect(product(exactly(0), exactly(Number.POSITIVE_INFINITY))).toEqual(exactly(0))
    expect(sum([exactly(1), exactly(Number.POSITIVE_INFINITY)]).low).toBe(Number.POSITIVE_INFINITY)
  })

  test('nothing bounds a division by what may be zero', () => {
    expect(quotient(exactly(6), between(2, 3, ['hold']))).toEqual({ low: 2, high: 3, missing: [['hold']] })
    expect(quotient(exactly(6), unknown(['hold']))).toEqual({ low: 0, high: undefined, missing: [['hold']] })
    expect(quotient(replicas, exactly(2)).high).toBeUndefined()
  })
})
