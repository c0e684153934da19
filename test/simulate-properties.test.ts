import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { simulationJson } from '../src/reporters/simulate-json.ts'
import type { Fault } from '../src/simulate/plan.ts'
import { resultsOf } from '../src/simulate/results.ts'
import { begin, type Running } from '../src/simulate/run.ts'
import { prepare, type Options, type Prepared } from '../src/simulate/simulate.ts'
import { desk, options, simulate } from './closed-forms.ts'
import { randomManifest } from './random-manifest.ts'
import { randomShops, type RandomShop } from './random-shop.ts'
import { modelOf } from './support.ts'

/** What holds for every simulation, on random manifests with random faults. */

const short: Options = { ...options, duration: 20_000, warmUp: 1 }
const never = Number.POSITIVE_INFINITY

function ran(prepared: Prepared, most = 400_000): Running {
  const running = begin(prepared.plan)
  while (!running.go(100_000) && running.events < most);
  return running
}

const span = fc.tuple(fc.integer({ min: 0, max: 9000 }), fc.integer({ min: 1, max: 9000 })).map(([from, length]) => {
  return { from, to: from + length }
})
const components = ['s0', 's1', 's2', 's3', 's4', 'db', 'cache', 'queue', 'psp']
const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.tuple(fc.constantFrom(...components), span).map(([component, at]): Fault => ({ kind: 'down', component, ...at })),
  fc
    .tuple(fc.constantFrom(...components), fc.constantFrom(50, 3000, never), span)
    .map(([component, time, at]): Fault => ({ kind: 'slow', component, time, ...at })),
  fc
    .tuple(fc.constantFrom('j0', 'j1'), fc.constantFrom(0.2, 4), span)
    .map(([source, factor, at]): Fault => ({ kind: 'load', source, factor, ...at })),
  fc
    .tuple(fc.constantFrom(0.3, 1), span)
    .map(([share, at]): Fault => ({ kind: 'flush', cache: 'cache', share, ...at })),
)
/** One slow time for a component, as the command line takes them. */
const faults = fc
  .array(fault, { maxLength: 3 })
  .map(all => all.filter((one, i) => one.kind !== 'slow' || all.findIndex(other => other.kind === 'slow') === i))

const totals = (running: Running, sources: number) => {
  const sum = (column: 'arrivals' | 'ok' | 'degraded' | 'failed', source: number) =>
    Array.from({ length: running.recorder.kept }, (_, i) => running.recorder.sources.at(column, source, i)).reduce(
      (a, b) => a + b,
      0,
    )
  return Array.from({ length: sources }, (_, source) => ({
    arrivals: sum('arrivals', source),
    ended: sum('ok', source) + sum('degraded', source) + sum('failed', source),
  }))
}

describe('a random shop with random faults', () => {
  test('loses no request: what came has ended or is under way, and no queue is shorter than nothing', () => {
    fc.assert(
      fc.property(randomShops, faults, (shop, happens) => {
        const prepared = prepare(modelOf(JSON.stringify(shop)), { ...short, faults: happens })
        const running = ran(prepared)
        if (running.progress < 1) return
        const counted = prepared.plan.sources.flatMap(({ isJourney }, i) =>
          isJourney ? [totals(running, prepared.plan.sources.length)[i]!] : [],
        )
        const [arrivals, ended] = (['arrivals', 'ended'] as const).map(key =>
          counted.reduce((sum, one) => sum + one[key], 0),
        )
        // Of the millisecond before the counting began a request or two may be left.
        expect(Math.abs(arrivals! - ended! - running.inside().users)).toBeLessThanOrEqual(3)
        const { recorder } = running
        for (let i = 0; i < recorder.kept; i++)
          for (const [station, { slots }] of prepared.plan.stations.entries()) {
            expect(recorder.stations.at('waitingArea', station, i)).toBeGreaterThanOrEqual(0)
            const busy = recorder.stations.at('busyArea', station, i) / prepared.plan.interval
            expect(busy).toBeGreaterThanOrEqual(0)
            if (Number.isFinite(slots)) expect(busy).toBeLessThanOrEqual(slots * 1.000001)
          }
      }),
      { numRuns: 40 },
    )
  })

  test('is empty when no more requests come: no slot, connection or call is left behind', () => {
    fc.assert(
      fc.property(randomShops, faults, (shop, happens) => {
        const end: Fault[] = ['j0', 'j1'].map(source => ({ kind: 'load', source, factor: 0, from: 3000, to: never }))
        const ended = happens.filter(({ kind, from }) => kind !== 'load' && from < 3000)
        const prepared = prepare(modelOf(JSON.stringify(shop)), {
          ...short,
          duration: 300_000,
          faults: [...ended, ...end],
        })
        const running = ran(prepared, 600_000)
        // A message that can never be handled is delivered for ever.
        if (running.progress < 1 || prepared.plan.stations.some(({ kind }) => kind === 'consumer')) return
        expect(running.inside()).toEqual({ users: 0, requests: 0, calls: 0, busy: 0, waiting: 0, connections: 0 })
      }),
      { numRuns: 40 },
    )
  })

  test('comes to the same bytes from the same seed, whatever the order of keys', () => {
    fc.assert(
      fc.property(randomShops, faults, fc.nat(1000), (shop, happens, seed) => {
        const out = (one: RandomShop) => {
          const prepared = prepare(modelOf(JSON.stringify(one)), { ...short, seed, faults: happens })
          return simulationJson(resultsOf(prepared, ran(prepared, 100_000)), 'x')
        }
        expect(out(reversed(shop) as RandomShop)).toBe(out(shop))
      }),
      { numRuns: 20 },
    )
  })
})

/** The same with all keys the other way round; lists mean their order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  )
}

test('another seed draws other requests', () => {
  const out = (seed: number) => simulationJson(simulate(desk(50, 1), { ...short, seed }), 'x')
  expect(out(1)).toBe(out(1))
  expect(out(1)).not.toBe(out(2))
})

test('how far it is run at a time makes no difference', () => {
  const prepared = prepare(modelOf(desk(50, 1)), short)
  const slices = [1, 7, 1_000_000].map(size => {
    const running = begin(prepared.plan)
    while (!running.go(size));
    return simulationJson(resultsOf(prepared, running), 'x')
  })
  expect(new Set(slices).size).toBe(1)
})

test('more slots never make users wait longer, of the same requests', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 20, max: 700 }), fc.nat(100), (slots, load, seed) => {
      const waited = (n: number) =>
        simulate(desk(load, n), { ...short, seed }).stations[0]!.series.waiting.reduce((a, b) => a + b, 0)
      expect(waited(slots + 1)).toBeLessThanOrEqual(waited(slots) * 1.000001)
    }),
    { numRuns: 40 },
  )
})

test('any manifest is simulated or asked about, and nothing throws', () => {
  for (let seed = 1; seed <= 25; seed++) {
    let model
    try {
      model = modelOf(JSON.stringify(randomManifest(seed)))
    } catch {
      // What cannot be read is not simulated.
      continue
    }
    const prepared = prepare(model, { ...short, duration: 200, scale: 10 })
    const running = begin(prepared.plan)
    running.go(20_000)
    const text = simulationJson(resultsOf(prepared, running), 'x')
    expect(text).not.toMatch(/NaN|Infinity/)
  }
})
