import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  drawsFrom,
  fitLogNormal,
  meanOf,
  quantileOf,
  upperQuantile,
  type LogNormal,
} from '../src/analysis/formulas/log-normal.ts'
import { factsOf } from '../src/analysis/index.ts'
import { latencyOf } from '../src/analysis/latency.ts'
import golden from './golden/latency.json' with { type: 'json' }
import { modelOf } from './support.ts'

const latencyIn = (text: string, undecided: 'parallel' | 'sequence' = 'parallel') => {
  const model = modelOf(text)
  return latencyOf(model.journeys.get('buy')!, model, factsOf(model), undecided)!
}

const hops: readonly (readonly [number, number])[] = [
  [20, 120],
  [15, 90],
  [30, 200],
  [10, 60],
  [25, 150],
]
const fiveHops = (lines: string = '') => `
journeys: { buy: { entry: s0 } }
services:
${hops
  .map(([p50, p99], i) => {
    const call = i < 4 ? `, calls: [{ to: s${i + 1}${lines} }]` : ''
    return `  s${i}: { serviceTime: { p50: ${p50}ms, p99: ${p99}ms }${call} }`
  })
  .join('\n')}
`

describe('five hops, one after another', () => {
  const latency = latencyIn(fiveHops())

  test('the estimate agrees with the golden one within what other draws differ', () => {
    const { estimate } = latency
    const isNear = (value: number, expected: number) => Math.abs(value / expected - 1) < 0.015
    expect(isNear(estimate.quantile('p50'), golden.fiveHops.p50)).toBe(true)
    expect(isNear(estimate.quantile('p99'), golden.fiveHops.p99)).toBe(true)
    expect(isNear(estimate.mean, golden.fiveHops.mean)).toBe(true)
  })

  test('the slowest hop is the floor, the union bound the ceiling', () => {
    expect(latency.floor('p99')).toMatchObject({ time: golden.fiveHops.slowestP99, component: { name: 's2' } })
    expect(latency.floor('p50')!.time).toBe(30)
    // p95 is not stated; the median bounds it from below.
    expect(latency.floor('p95')!.time).toBe(30)
    expect(latency.ceiling('p99')).toBeGreaterThan(golden.fiveHops.sumP99)
  })

  test('percentiles without a mean add no mean', () => {
    expect(latency.means).toBe(0)
  })

  test('shares of the slowest requests add up to one, the slowest hop first', () => {
    const shares = latency.estimate.contributors.map(({ share }) => share)
    expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9)
    expect(latency.estimate.contributors[0]!.component.name).toBe('s2')
  })

  test('the same manifest gives the same numbers', () => {
    expect(latencyIn(fiveHops()).estimate.quantile('p99')).toBe(latency.estimate.quantile('p99'))
  })
})

describe('the shape of a journey', () => {
  const shop = (calls: string, more = '') => `
journeys: { buy: { entry: web } }
services:
  web: { serviceTime: { mean: 10ms, p99: 20ms }, calls: [${calls}] }
  a: { latency: { mean: 40ms, p50: 30ms, p99: 100ms } }
  b: { latency: { mean: 40ms, p50: 30ms, p99: 100ms } }
${more}`
  const means = (calls: string, more = '') => latencyIn(shop(calls, more)).means

  test('calls in turn add up, calls side by side do not', () => {
    expect(means('{ to: a, parallelGroup: none }, { to: b, parallelGroup: none }')).toBe(90)
    expect(means('{ to: a, parallelGroup: x }, { to: b, parallelGroup: x }')).toBe(50)
  })

  test('calls of which it is not stated are taken both ways, and asked for', () => {
    const text = shop('{ to: a }, { to: b }')
    expect(latencyIn(text, 'parallel').means).toBe(50)
    expect(latencyIn(text, 'sequence').means).toBe(90)
    expect(latencyIn(text).tree.missing).toEqual([
      ['services', 'web', 'calls', 0, 'parallelGroup'],
      ['services', 'web', 'calls', 1, 'parallelGroup'],
    ])
    expect(latencyIn(shop('{ to: a }')).tree.missing).toEqual([])
  })

  test('side by side the slowest counts: the median of two is above the median of one', () => {
    const one = latencyIn(shop('{ to: a }')).estimate.quantile('p50')
    const two = latencyIn(shop('{ to: a, parallelGroup: x }, { to: b, parallelGroup: x }')).estimate.quantile('p50')
    expect(two).toBeGreaterThan(one * 1.2)
  })

  test('what a share of the requests waits for has that share of its mean, and is no floor', () => {
    const latency = latencyIn(shop('{ to: a, probability: 10% }'))
    expect(latency.means).toBeCloseTo(14, 9)
    expect(latency.floor('p99')).toMatchObject({ time: 20, component: { name: 'web' } })
    expect(latency.estimate.mean).toBeLessThan(20)
  })

  test('a cache answers its share', () => {
    const caches = 'caches: { c: { inFrontOf: a, hitRatio: 75%, latency: { mean: 1ms } } }'
    const calls = '{ to: c, parallelGroup: none }, { to: a, parallelGroup: none, cachedBy: c }'
    expect(means(calls, caches)).toBeCloseTo(10 + 1 + 0.25 * 40, 9)
    const unknown = latencyIn(shop(calls, caches.replace('hitRatio: 75%, ', '')))
    expect(unknown.means).toBe(11)
    expect(unknown.tree.missing).toEqual([['caches', 'c', 'hitRatio']])
  })

  test('several calls in turn take several times as long; side by side as long as the slowest', () => {
    expect(means('{ to: a, callsPerRequest: 4, sequential: true }')).toBe(170)
    expect(means('{ to: a, callsPerRequest: 4 }')).toBe(50)
    const all = latencyIn(shop('{ to: a, callsPerRequest: 4 }')).estimate.quantile('p50')
    const some = latencyIn(shop('{ to: a, callsPerRequest: 4, quorum: 1 }')).estimate.quantile('p50')
    expect(some).toBeLessThan(all)
    expect(latencyIn(shop('{ to: a, callsPerRequest: 4, quorum: 1 }')).floor('p99')!.time).toBe(20)
  })

  test('nobody waits for messages, streams and calls without an answer', () => {
    expect(means('{ to: a, mode: async }, { to: b, transport: streaming }')).toBe(10)
  })

  test('a call back to a caller is left out and said', () => {
    const text =
      'journeys: { buy: { entry: x } }\nservices:\n  x: { calls: [{ to: y }] }\n  y: { calls: [{ to: x }] }\n'
    expect(latencyIn(text).tree.isCyclic).toBe(true)
    expect(latencyIn(fiveHops()).tree.isCyclic).toBe(false)
  })

  test('what is not stated takes no time and is named', () => {
    const latency = latencyIn(
      'journeys: { buy: { entry: x } }\nservices: { x: { calls: [{ to: d }] } }\nstores: { d: {} }\n',
    )
    expect(latency.estimate.quantile('p99')).toBe(0)
    expect(latency.floor('p99')).toBeUndefined()
    expect(latency.tree.missing).toEqual([
      ['services', 'x', 'serviceTime'],
      ['stores', 'd', 'latency'],
    ])
  })
})

describe('a graph of diamonds', () => {
  test('is cut before it doubles for ever', () => {
    const layers = Array.from({ length: 30 }, (_, i) => [`a${i}`, `b${i}`] as const)
    const services = layers.flatMap((names, i) => {
      const calls = (layers[i + 1] ?? []).map(to => `{ to: ${to} }`).join(', ')
      return names.map(name => `  ${name}: { serviceTime: { mean: 1ms }, calls: [${calls}] }`)
    })
    const latency = latencyIn(`journeys: { buy: { entry: a0 } }\nservices:\n${services.join('\n')}\n`)
    expect(latency.means).toBeGreaterThanOrEqual(30)
  })
})

describe('log-normal times', () => {
  const shape = fc.record({
    mu: fc.double({ min: -2, max: 10, noNaN: true }),
    sigma: fc.double({ min: 0.01, max: 2, noNaN: true }),
    isAssumed: fc.constant(false),
  })
  const close = (a: LogNormal, b: LogNormal) => {
    expect(a.mu).toBeCloseTo(b.mu, 6)
    expect(a.sigma).toBeCloseTo(b.sigma, 6)
  }

  test('are found again from two percentiles, and from a percentile and the mean', () => {
    fc.assert(
      fc.property(shape, time => {
        const [p50, p99] = [quantileOf(time, 'p50'), quantileOf(time, 'p99')]
        close(fitLogNormal({ p50, p99 })!, time)
        close(fitLogNormal({ p99, mean: meanOf(time) })!, time)
        close(fitLogNormal({ p50, mean: meanOf(time) })!, time)
      }),
    )
  })

  test('one number alone gets an ordinary spread, and says so', () => {
    expect(fitLogNormal({ mean: 100 })).toMatchObject({ sigma: 0.6, isAssumed: true })
    expect(meanOf(fitLogNormal({ mean: 100 })!)).toBeCloseTo(100, 9)
    expect(quantileOf(fitLogNormal({ p99: 100 })!, 'p99')).toBeCloseTo(100, 5)
    expect(fitLogNormal({})).toBeUndefined()
  })

  test('numbers that contradict each other give a time all the same', () => {
    for (const time of [
      { p50: 100, p99: 50 },
      { mean: 1, p99: 1000 },
      { mean: 100, p50: 200 },
    ]) {
      const fitted = fitLogNormal(time)!
      expect(Number.isFinite(quantileOf(fitted, 'p99'))).toBe(true)
    }
  })

  test('the bound of a tail is never below the quantile', () => {
    fc.assert(
      fc.property(shape, time => {
        expect(upperQuantile(time, 0.01)).toBeGreaterThanOrEqual(quantileOf(time, 'p99'))
        expect(upperQuantile(time, 0.001)).toBeGreaterThanOrEqual(quantileOf(time, 'p999'))
      }),
    )
  })

  test('draws repeat with their seed', () => {
    const three = (seed: number) => {
      const draws = drawsFrom(seed)
      return [draws.uniform(), draws.exponential(2)(), draws.logNormal({ mu: 1, sigma: 1, isAssumed: false })()]
    }
    expect(three(0.5)).toEqual(three(0.5))
    expect(three(0.5)).not.toEqual(three(0.25))
  })
})
