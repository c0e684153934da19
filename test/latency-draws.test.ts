import fc from 'fast-check'
import { expect, test } from 'vitest'
import { normalQuantile, percentiles, shareOf } from '../src/analysis/formulas/log-normal.ts'
import { mostDraws, normals, uniforms, type Stream } from '../src/analysis/formulas/streams.ts'
import { mostRepeats, samplerOf, type Spent } from '../src/analysis/latency-draws.ts'
import { repeatability, sampleOf } from '../src/analysis/latency-sample.ts'
import type { Span } from '../src/analysis/latency-tree.ts'
import { modelOf } from './support.ts'

const { services } = modelOf('services: { a: {}, b: {}, c: {}, d: {} }')
const components = [...services.values()]
const [a, b, c] = components as [(typeof components)[0], (typeof components)[0], (typeof components)[0]]

const work = (component: (typeof components)[0], p50: number, p99 = p50): Span => ({
  kind: 'work',
  component,
  time: { p50, p99 },
  at: component.path,
})
const sequence = (...parts: Span[]): Span => ({ kind: 'sequence', parts })
const parallel = (...parts: Span[]): Span => ({ kind: 'parallel', parts })
const sometimes = (share: number, part: Span): Span => ({ kind: 'sometimes', share, part })
const repeat = (times: number, part: Span, enough = times, inTurn = false): Span => ({
  kind: 'repeat',
  times,
  enough,
  inTurn,
  part,
})

const requests = Int32Array.from({ length: 100 }, (_, i) => i * 7)
const drawn = (span: Span, of = requests) => {
  const spent: Spent = new Map()
  const times = [...samplerOf(span, true).draw(of, spent).slice(0, of.length)]
  const names = [...spent].map(([{ name }, took]) => [name, [...took]] as const)
  return { times, spent: Object.fromEntries(names) }
}
const each = (time: number) => Array<number>(requests.length).fill(time)
/** Of an exponential and a logarithm. */
const close = (times: readonly number[]): unknown => times.map(time => expect.closeTo(time, 6) as unknown)

test('what was waited for is what components took of it', () => {
  const spans = fc.letrec<{ span: Span }>(tie => ({
    span: fc.oneof(
      { maxDepth: 4 },
      fc
        .record({ who: fc.nat(3), p50: fc.double({ min: 0.1, max: 500, noNaN: true }), slower: fc.nat(30) })
        .map(({ who, p50, slower }) => work(components[who]!, p50, p50 * (1 + slower))),
      fc.array(tie('span'), { maxLength: 3 }).map(parts => sequence(...parts)),
      fc.array(tie('span'), { maxLength: 3 }).map(parts => parallel(...parts)),
      fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), tie('span')).map(([share, part]) => sometimes(share, part)),
      fc
        .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), fc.boolean(), tie('span'))
        .map(([times, enough, inTurn, part]) => repeat(times, part, Math.min(times, enough), inTurn)),
    ),
  })).span
  fc.assert(
    fc.property(spans, span => {
      const { times, spent } = drawn(span, requests.subarray(0, 5))
      times.forEach((time, i) => {
        const sum = Object.values(spent).reduce((sum, took) => sum + took[i]!, 0)
        expect(sum).toBeCloseTo(time, Math.max(2, 8 - Math.ceil(Math.log10(time + 1))))
      })
    }),
    { numRuns: 60 },
  )
})

test('calls in turn add up, of calls side by side the slowest is waited for', () => {
  expect(drawn(sequence(work(a, 30), work(b, 12)))).toEqual({
    times: close(each(42)),
    spent: { a: close(each(30)), b: close(each(12)) },
  })
  expect(drawn(parallel(work(a, 30), work(b, 12)))).toEqual({
    times: close(each(30)),
    spent: { a: close(each(30)), b: each(0) },
  })
  expect(drawn(parallel(work(b, 12), work(a, 30)))).toMatchObject({ times: close(each(30)), spent: { b: each(0) } })
  expect(drawn(parallel()).times).toEqual(each(0))
})

test('a quorum waits for the last of its fastest', () => {
  const three = [work(a, 30), work(b, 12), work(c, 20)] as const
  const quorum = (enough: number) => {
    const all = three.map(span => drawn(span).times)
    return requests.length && all.map(times => times[0]!).sort((x, y) => x - y)[enough - 1]!
  }
  expect(quorum(2)).toBeCloseTo(20)
  // Two answers of three of the same: slower than the fastest, faster than the slowest, request by request.
  const half = (times: number) => drawn(repeat(times, work(a, 10, 80), times / 2)).times
  expect(half(2 * mostRepeats)).toEqual(half(mostRepeats))
  const of = (enough: number) => drawn(repeat(3, work(a, 10, 80), enough)).times
  const [one, two, all] = [of(1), of(2), of(3)]
  requests.forEach((_, i) => {
    expect(one[i]!).toBeLessThan(two[i]!)
    expect(two[i]!).toBeLessThan(all[i]!)
  })
})

test('calls that are repeated in turn are drawn one by one, and those beyond many are like them', () => {
  const once = drawn(work(a, 10, 80)).times
  const twice = drawn(repeat(2, work(a, 10, 80), 2, true)).times
  const second = twice.map((time, i) => time - once[i]!)
  expect(second).not.toEqual(close(once))
  const many = drawn(repeat(mostRepeats, work(a, 10, 80), mostRepeats, true))
  const more = drawn(repeat(2 * mostRepeats, work(a, 10, 80), 2 * mostRepeats, true))
  expect(more.times).toEqual(close(many.times.map(time => 2 * time)))
  expect(more.spent['a']).toEqual(close(more.times))
})

test('where only one number is stated, the spread is ordinary or none, and the component is named', () => {
  const median: Span = { kind: 'work', component: a, time: { p50: 10 }, at: a.path }
  const mean: Span = { kind: 'work', component: b, time: { mean: 10 }, at: b.path }
  for (const span of [median, mean]) {
    const { draw, assumed } = samplerOf(sequence(span, work(c, 1, 2)), false)
    expect(assumed).toEqual([span.component])
    expect(new Set(samplerOf(span, false).draw(requests).slice(0, requests.length))).toEqual(new Set([10]))
    expect(new Set(samplerOf(span, true).draw(requests)).size).toBeGreaterThan(50)
    expect(draw(requests)[0]).toBeGreaterThan(10)
  }
  expect(samplerOf(work(c, 1, 2), true).assumed).toEqual([])
})

test('what only some requests wait for takes no time of the others', () => {
  const all = Int32Array.from({ length: 500 }, (_, i) => i)
  const { times, spent } = drawn(sometimes(0.3, work(a, 10)), all)
  const waiting = times.filter(time => time > 0)
  expect(waiting.length).toBeGreaterThan(110)
  expect(waiting.length).toBeLessThan(190)
  expect(waiting).toEqual(close(Array<number>(waiting.length).fill(10)))
  expect(spent['a']).toEqual(times)
  expect(drawn(sometimes(0, work(a, 10))).times).toEqual(each(0))
  expect(drawn(sometimes(1, work(a, 10))).times).toEqual(close(each(10)))
})

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const product = (x: readonly number[], y: readonly number[]) => mean(x.map((value, i) => value * y[i]!))

test('no hop of a request is slow because another is, or because it is waited for', () => {
  const all = Int32Array.from({ length: 500 }, (_, i) => i)
  // How far from the median, of a time whose logarithm has a standard deviation of one.
  const far = (times: readonly number[] | undefined) => times!.map(time => Math.log(time / 10))
  const one = (component: (typeof components)[0]) => work(component, 10, 10 * Math.exp(normalQuantile.p99))
  for (const span of [sequence(one(a), one(b)), parallel(sequence(one(a), one(b)))]) {
    const { spent } = drawn(span, all)
    expect(Math.abs(product(far(spent['a']), far(spent['b'])))).toBeLessThan(0.15)
  }
  const { spent } = drawn(sequence(sometimes(0.3, one(a)), one(b)), all)
  const waits = spent['a']!.map(time => time > 0)
  for (const took of [spent['a'], spent['b']])
    expect(Math.abs(mean(far(took!.filter((_, i) => waits[i]))))).toBeLessThan(0.2)
})

test('a request is the same whichever are drawn with it, and before it', () => {
  const span = sequence(work(a, 10, 80), sometimes(0.5, work(b, 20, 90)), parallel(work(c, 5, 9), work(a, 6, 8)))
  const { draw } = samplerOf(span, true)
  const backwards = [...requests].reverse().map(request => draw(Int32Array.of(request))[0])
  expect(drawn(span).times).toEqual(backwards.reverse())
})

test('whether a time is exceeded is what the quantile says', () => {
  const sample = sampleOf(sequence(work(a, 10, 80), work(b, 20, 90)), true)
  for (const percentile of percentiles) {
    const quantile = sample.quantile(percentile)
    for (const factor of [0.5, 0.99, 1, 1.01, 2]) {
      const fresh = sampleOf(sequence(work(a, 10, 80), work(b, 20, 90)), true)
      expect(fresh.exceeds(percentile, quantile * factor)).toBe(factor < 1)
    }
  }
})

test('streams do not follow each other, and have the shape that they are of', () => {
  const numbers = (stream: Stream) => Array.from({ length: mostDraws }, (_, i) => stream.at(i))
  // The last two are one row, shifted.
  const some = [0, 1, 7, 63, 64, 128].map(stream => numbers(normals(stream)))
  some.forEach((x, i) => {
    expect(mean(x)).toBeCloseTo(0, 10)
    expect(product(x, x)).toBeCloseTo(1, 2)
    const inOrder = x.toSorted((one, other) => one - other)
    for (const percentile of percentiles) {
      const above = Math.round(shareOf[percentile] * mostDraws)
      expect((inOrder[above - 1]! + inOrder[above]!) / 2).toBeCloseTo(normalQuantile[percentile], 3)
    }
    some.slice(i + 1).forEach(y => {
      expect(Math.abs(product(x, y))).toBeLessThan(0.05)
    })
  })
  const shares = numbers(uniforms(3))
  expect(mean(shares)).toBeCloseTo(0.5, 10)
  expect(shares.every(share => share >= 0 && share <= 1)).toBe(true)
  expect(mean(shares.filter(share => share < 0.5))).toBeCloseTo(0.25, 2)
})

test('a percentile repeats under other draws as closely as is said', () => {
  const hops = [
    { mu: Math.log(50), sigma: 0.9 },
    { mu: Math.log(60), sigma: 0.7 },
  ]
  const found = Array.from({ length: 30 }, (_, seed) => {
    const totals = new Float64Array(mostDraws)
    for (const [i, { mu, sigma }] of hops.entries()) {
      const stream = normals(seed + 31 * i)
      for (let draw = 0; draw < mostDraws; draw++) totals[draw]! += Math.exp(mu + sigma * stream.at(draw))
    }
    return totals.sort()
  })
  for (const percentile of percentiles) {
    const quantiles = found.map(totals => totals[Math.ceil(shareOf[percentile] * mostDraws) - 1]!)
    const deviation = Math.sqrt(mean(quantiles.map(value => (value / mean(quantiles) - 1) ** 2)))
    expect(2 * deviation, percentile).toBeLessThan(repeatability[percentile])
    // Not so much more that true faults are let pass.
    expect(2 * deviation, percentile).toBeGreaterThan(repeatability[percentile] / 3)
  }
})
