import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { histogramQuantile } from '../src/analysis/formulas/histogram.ts'

describe('quantiles of a histogram', () => {
  const buckets = [
    { le: 0.1, count: 50 },
    { le: 0.2, count: 90 },
    { le: 0.5, count: 99 },
    { le: Infinity, count: 100 },
  ]

  test.each([
    // Prometheus: start + (end - start) * (rank - below) / (in the bucket)
    [0.25, 0.05],
    [0.5, 0.1],
    [0.7, 0.15],
    [0.9, 0.2],
    [0.95, 0.2 + 0.3 * (5 / 9)],
    [0.99, 0.5],
  ])('%d', (quantile, value) => {
    const found = histogramQuantile(quantile, [...buckets].reverse())
    expect(found!.value).toBeCloseTo(value, 12)
    expect(found!.isLeast).toBe(false)
  })

  test('beyond the last bound it is at least that bound; without a last bucket or observations there is none', () => {
    expect(histogramQuantile(0.995, buckets)).toEqual({ value: 0.5, isLeast: true })
    expect(histogramQuantile(0.5, buckets.slice(0, 3))).toBeUndefined()
    expect(
      histogramQuantile(0.5, [
        { le: 1, count: 0 },
        { le: Infinity, count: 0 },
      ]),
    ).toBeUndefined()
    expect(histogramQuantile(0.5, [])).toBeUndefined()
    // Counts that were read at different moments never fall.
    expect(
      histogramQuantile(0.5, [
        { le: 1, count: 10 },
        { le: 2, count: 8 },
        { le: Infinity, count: 10 },
      ])!.value,
    ).toBe(0.5)
  })

  test('more of a quantile is never less, and lies within the bounds', () => {
    const histogram = fc
      .array(fc.tuple(fc.double({ min: 0.001, max: 100, noNaN: true }), fc.nat(1000)), { minLength: 1, maxLength: 8 })
      .map(pairs => {
        let count = 0
        const sorted = [...new Map(pairs).entries()].sort(([a], [b]) => a - b)
        return [...sorted.map(([le, more]) => ({ le, count: (count += more) })), { le: Infinity, count: count + 1 }]
      })
    fc.assert(
      fc.property(
        histogram,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (all, a, b) => {
          const [low, high] = [
            histogramQuantile(Math.min(a, b), all)!.value,
            histogramQuantile(Math.max(a, b), all)!.value,
          ]
          expect(low).toBeGreaterThanOrEqual(0)
          expect(low).toBeLessThanOrEqual(high + 1e-9)
          expect(high).toBeLessThanOrEqual(all.at(-2)!.le)
        },
      ),
    )
  })
})
