import fc from 'fast-check'
import { expect, test } from 'vitest'
import { unaffected } from '../src/analysis/blast-radius.ts'
import { availabilityWithout } from '../src/analysis/composite.ts'
import { cutSetsOf } from '../src/analysis/cut-sets.ts'
import { factsOf } from '../src/analysis/index.ts'
import { chainOf, outagesOf, type Ending } from '../src/analysis/outage.ts'
import { calm, type Scenario, type Slowdown } from '../src/analysis/scenario.ts'
import { situationOf } from '../src/analysis/situation.ts'
import { effects } from '../src/analysis/spread.ts'
import { components, randomShops, type RandomShop } from './random-shop.ts'
import { modelOf } from './support.ts'
import { never } from './whatif-support.ts'

const read = (manifest: RandomShop) => {
  const model = modelOf(JSON.stringify(manifest))
  return { model, facts: factsOf(model) }
}
type Read = ReturnType<typeof read>

function happens({ model, facts }: Read, scenario: Partial<Scenario>) {
  const situation = situationOf({ ...calm, ...scenario }, model, facts)
  return { faults: situation.faults, endings: outagesOf(situation.model, situation.facts).all(situation.faults) }
}
const endingsOf = (known: Read, scenario: Partial<Scenario>): Ending[] => happens(known, scenario).endings
const check = <T>(arbitrary: fc.Arbitrary<T>, holds: (value: T) => void, numRuns = 20, examples: T[] = []) => {
  const all = examples.map((example): [T] => [example])
  fc.assert(fc.property(arbitrary, holds), { numRuns: numRuns + all.length, examples: all })
}
const rank = (effect: Ending['least']) => effects.indexOf(effect)

/** Nothing of `worse` is better than `before`, with the unknown facts on either side. */
function noBetter(before: readonly Ending[], worse: readonly Ending[]) {
  for (const [i, ending] of worse.entries()) {
    expect(rank(ending.least), ending.journey.name).toBeGreaterThanOrEqual(rank(before[i]!.least))
    expect(rank(ending.most), ending.journey.name).toBeGreaterThanOrEqual(rank(before[i]!.most))
  }
}

const name = fc.constantFrom(...components)
const slowdown: fc.Arbitrary<Slowdown> = fc.record({ component: name, time: fc.constantFrom(10, 250, 1500, never) })
const scenarios: fc.Arbitrary<Partial<Scenario>> = fc.record(
  {
    down: fc.array(name, { maxLength: 2 }),
    slow: fc.array(slowdown, { maxLength: 2 }),
    cacheFlush: fc.subarray(['cache']),
    dataLoss: fc.subarray(['db']),
    deploy: fc.subarray(['s0', 's1', 's2']),
    zoneLoss: fc.boolean(),
    load: fc.constantFrom({ j0: 2, j1: 2 }, { j0: 5, j1: 1 }),
  },
  { requiredKeys: [] },
)

/** Where the two once disagreed. */
const found: RandomShop[] = [
  // What is degraded still answers, so that nobody asks "s4" instead.
  {
    journeys: { j0: { entry: 's0', load: { peak: '5/s', coincident: true } } },
    services: {
      s0: { calls: [{ to: 's4' }] },
      s1: {
        calls: [{ to: 's3', serves: ['j1'], fallback: { to: 's4' } }],
        publishes: [{ to: 'queue', outbox: 'none' }],
      },
      s3: {
        calls: [{ to: 'cache' }],
        consumes: [{ from: 'queue', concurrency: 4, processing: { mean: '20ms' } }],
      },
      s4: { calls: [{ to: 's1' }] },
    },
    caches: { cache: { onFailure: 'origin' } },
    queues: { queue: {} },
  },
  // All is stated of "s4", and yet nobody knows whether it carries more.
  {
    journeys: { j0: { entry: 's0', load: { peak: '5/s', coincident: true } } },
    services: {
      s0: { calls: [{ to: 's1', fallback: { to: 's4' } }] },
      s1: { calls: [{ to: 's2', fallback: 'none' }], publishes: [{ to: 'queue', outbox: 'none' }] },
      s2: { calls: [], serviceTime: { mean: '5ms' } },
      s3: { calls: [{ to: 's4' }], consumes: [{ from: 'queue', concurrency: 4, processing: { mean: '20ms' } }] },
      s4: {
        calls: [{ to: 's2', fallback: { to: 's4' } }, { to: 's4' }],
        replicas: 1,
        concurrency: 4,
        serviceTime: { mean: '5ms' },
      },
    },
    queues: { queue: {} },
  },
]

test('one component at a time does no less than the blast radius says', () => {
  check(
    randomShops,
    manifest => {
      const known = read(manifest)
      for (const component of known.model.components.values()) {
        for (const mode of ['down', 'slow'] as const) {
          const { cells } = known.facts.blastRadius.of(component, mode)
          const scenario =
            mode === 'down' ? { down: [component.name] } : { slow: [{ component: component.name, time: never }] }
          for (const { journey, least, most } of endingsOf(known, scenario)) {
            const cell = cells.get(journey.name) ?? unaffected
            expect(rank(least)).toBeGreaterThanOrEqual(rank(cell.least))
            expect(rank(most)).toBeGreaterThanOrEqual(rank(cell.most))
          }
        }
      }
    },
    30,
    found,
  )
})

test('low is never above high, and what is unknown says which facts decide', () => {
  check(fc.tuple(randomShops, scenarios), ([manifest, scenario]) => {
    const { faults, endings } = happens(read(manifest), scenario)
    for (const { effect, least, most, missing, reason } of endings) {
      expect(rank(least)).toBeLessThanOrEqual(rank(most))
      expect(effect).toBe(least === most ? least : 'unknown')
      expect(missing.length > 0).toBe(least !== most)
      // Whatever is affected is so by something that happened.
      if (most !== 'unaffected') expect(faults).toContain(chainOf(reason).at(-1)?.fault)
    }
  })
})

test('more of it never helps: more that is down, more load, a longer wait', () => {
  check(fc.tuple(randomShops, scenarios, name), ([manifest, scenario, more]) => {
    const known = read(manifest)
    const before = endingsOf(known, scenario)
    noBetter(before, endingsOf(known, { ...scenario, down: [...(scenario.down ?? []), more] }))
    noBetter(before, endingsOf(known, { ...scenario, zoneLoss: true }))
    noBetter(before, endingsOf(known, { ...scenario, cacheFlush: ['cache'] }))
    const loads = [1, 2, 7].map(factor => endingsOf(known, { ...scenario, load: { j0: factor, j1: factor } }))
    noBetter(loads[0]!, loads[1]!)
    noBetter(loads[1]!, loads[2]!)
  })
})

test('slower never helps, as long as no breaker opens that a shorter wait keeps closed', () => {
  check(fc.tuple(randomShops, name), ([manifest, component]) => {
    for (const { calls } of Object.values(manifest.services)) for (const one of calls) one['circuitBreaker'] = 'none'
    const known = read(manifest)
    const times = [1, 100, 290, 1200, 2500, never].map(time => endingsOf(known, { slow: [{ component, time }] }))
    for (const [i, later] of times.entries()) if (i > 0) noBetter(times[i - 1]!, later)
  })
})

test('another fallback never hurts availability, whatever is lost', () => {
  check(fc.tuple(randomShops, fc.nat(20), fc.subarray(components)), ([manifest, n, lost]) => {
    const after = structuredClone(manifest)
    const calls = Object.values(after.services).flatMap(({ calls }) => calls)
    const chosen = calls[n % Math.max(1, calls.length)]
    if (!chosen) return
    chosen['fallback'] = 'empty'
    const availability = ({ model, facts }: Read) =>
      [...model.journeys.values()].map(journey => availabilityWithout(new Set(lost), journey, model, facts) ?? 0)
    const [before, then] = [availability(read(manifest)), availability(read(after))]
    for (const [i, value] of then.entries()) expect(value).toBeGreaterThanOrEqual(before[i]! - 1e-12)
  })
})

test('the pairs that break a journey are those that the scenarios break', () => {
  // Without capacities, as a stand-in that carries one more may not carry two.
  const light = randomShops.map(manifest => ({ ...manifest, stores: { db: {} }, journeys: manifest.journeys }))
  check(
    light,
    manifest => {
      const known = read(manifest)
      const { model, facts } = known
      const names = [...model.components.keys()]
      const cuts = cutSetsOf([...model.journeys.values()], model, facts)
      for (const { journey, singles, pairs } of cuts) {
        const isBroken = (down: readonly string[]) =>
          endingsOf(known, { down }).find(ending => ending.journey === journey)!.least === 'fails'
        expect(names.filter(one => isBroken([one])).sort()).toEqual([...singles].sort())
        const others = names.filter(one => !singles.includes(one)).sort()
        const found = others.flatMap((a, i) => others.slice(i + 1).flatMap(b => (isBroken([a, b]) ? [[a, b]] : [])))
        expect(pairs.map(pair => [...pair])).toEqual(found)
      }
    },
    12,
  )
})
