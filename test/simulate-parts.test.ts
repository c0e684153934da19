import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { intervalOf } from '../src/simulate/confidence.ts'
import { Deadlines } from '../src/simulate/deadlines.ts'
import { EventHeap } from '../src/simulate/event-heap.ts'
import { classesOf } from '../src/simulate/cache-plans.ts'
import { exponential, next32, normal, streamsOf, uniform } from '../src/simulate/random.ts'
import { sparkline } from '../src/reporters/sparkline.ts'

describe('events', () => {
  const taken = (heap: EventHeap) => {
    const all: [number, number, number][] = []
    while (heap.take()) all.push([heap.time, heap.kind, heap.id])
    return all
  }

  test('come by time, those of one time in the order in which they were added', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.nat(15), fc.nat(2 ** 27 - 1)), { maxLength: 300 }),
        events => {
          const heap = new EventHeap()
          for (const [time, kind, id] of events) heap.add(time, kind, id)
          expect(taken(heap)).toEqual([...events].sort(([a], [b]) => a - b))
        },
      ),
    )
  })

  test('may be added while others are taken, beyond the room that there was', () => {
    const heap = new EventHeap()
    for (let i = 0; i < 5000; i++) heap.add((i * 7919) % 1000, 1, i)
    let last = 0
    for (let i = 0; i < 5000; i++) {
      heap.take()
      expect(heap.time).toBeGreaterThanOrEqual(last)
      last = heap.time
      heap.add(last + ((i * 31) % 17), 2, i)
    }
    expect(heap.size).toBe(5000)
  })
})

test('deadlines keep their order while the ring grows and wraps', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 600 }), adds => {
      const deadlines = new Deadlines()
      const plain: number[] = []
      for (const [i, isAdded] of adds.entries()) {
        if (isAdded) {
          deadlines.add(i, i + 1, i + 2)
          plain.push(i)
        } else if (plain.length > 0) {
          const first = plain.shift()!
          expect([deadlines.time, deadlines.call, deadlines.generation]).toEqual([first, first + 1, first + 2])
          deadlines.drop()
        }
        expect(deadlines.size).toBe(plain.length)
      }
    }),
  )
})

describe('draws', () => {
  test('are those of the published generator', () => {
    // The first numbers of xoshiro128** from the state 1, 2, 3, 4, by its authors' program.
    const streams = { words: Int32Array.from([1, 2, 3, 4]) }
    const first = Array.from({ length: 10 }, () => next32(streams, 0))
    expect(first).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ])
  })

  test('of a stream do not depend on which others there are', () => {
    const alone = streamsOf(7, ['b'])
    const among = streamsOf(7, ['a', 'b', 'c'])
    const [ones, others] = [alone, among].map((streams, i) => Array.from({ length: 20 }, () => next32(streams, i)))
    expect(ones).toEqual(others)
    expect(next32(streamsOf(8, ['b']), 0)).not.toBe(ones![0])
    expect(next32(streamsOf(7, ['a']), 0)).not.toBe(ones![0])
  })

  test('have the moments of their distributions, and neighbours do not follow each other', () => {
    const streams = streamsOf(1, ['u', 'e', 'n'])
    const n = 200_000
    const moments = (draw: () => number) => {
      const values = Array.from({ length: n }, draw)
      const mean = values.reduce((a, b) => a + b, 0) / n
      const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / n
      const lag = values.reduce((a, b, i) => a + (i === 0 ? 0 : (b - mean) * (values[i - 1]! - mean)), 0) / n / variance
      return { mean, variance, lag }
    }
    const near = (value: number, expected: number, by: number) => {
      expect(Math.abs(value - expected)).toBeLessThan(by)
    }
    const u = moments(() => uniform(streams, 0))
    near(u.mean, 0.5, 0.003)
    near(u.variance, 1 / 12, 0.002)
    const e = moments(() => exponential(streams, 1))
    near(e.mean, 1, 0.01)
    near(e.variance, 1, 0.03)
    const z = moments(() => normal(streams, 2))
    near(z.mean, 0, 0.01)
    near(z.variance, 1, 0.015)
    for (const { lag } of [u, e, z]) near(lag, 0, 0.01)
  })
})

describe('batch means', () => {
  test('of equal batches have no width, and the mean is that of all', () => {
    expect(
      intervalOf(
        () => 6,
        () => 2,
        40,
      ),
    ).toEqual({ mean: 3, half: 0 })
    expect(
      intervalOf(
        i => i,
        () => 1,
        40,
      )!.mean,
    ).toBe(19.5)
  })

  test('need a count in each batch', () => {
    expect(
      intervalOf(
        () => 1,
        () => 1,
        19,
      ),
    ).toBeUndefined()
    expect(
      intervalOf(
        () => 1,
        i => (i < 2 ? 0 : 1),
        40,
      ),
    ).toBeUndefined()
  })

  test('widen with the level', () => {
    const [a, b] = (['95%', '99%'] as const).map(
      level =>
        intervalOf(
          i => i % 7,
          () => 1,
          400,
          level,
        )!.half,
    )
    expect(b! / a!).toBeCloseTo(2.861 / 2.093)
  })
})

test('the classes of the keys of a cache share all reads, the popular ones the most of each key', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 1e9, noNaN: true }),
      fc.double({ min: 0, max: 0.9, noNaN: true }),
      (keys, hot) => {
        const classes = classesOf(keys, hot, 1, 60_000)
        expect(classes.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6)
        const each = classes.slice(hot > 0 ? 1 : 0).map(({ share, entries, sticks }) => (share * sticks) / entries)
        for (const [i, one] of each.entries()) if (i > 0) expect(one).toBeLessThanOrEqual(each[i - 1]! * 1.0001)
      },
    ),
  )
})

test('a sparkline shows what stands out of each column', () => {
  expect(sparkline([0, 1, 2, 4, 8], 5, 0)).toEqual({ text: '▁▂▃▅█', from: 0, to: 8 })
  expect(sparkline([1, 1, 0.5, 1], 2, 1)).toEqual({ text: '█▅', from: 0.5, to: 1 })
  expect(sparkline([Number.NaN, 3], 2, 0)).toEqual({ text: ' █', from: 3, to: 3 })
  expect(sparkline([Number.NaN], 2, 0)).toEqual({ text: ' ', from: undefined, to: undefined })
  expect(sparkline([0, 0], 2, 0).text).toBe('▁▁')
})
