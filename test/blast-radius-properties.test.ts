import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Mode } from '../src/analysis/blast-radius.ts'
import { factsOf } from '../src/analysis/index.ts'
import { effects, type Effect } from '../src/analysis/spread.ts'
import { cellsOf } from './blast-support.ts'
import { modelOf } from './support.ts'

type Element = Record<string, unknown>
interface Manifest {
  journeys: Record<string, Element>
  services: Record<string, Element & { calls: Element[] }>
  [section: string]: Record<string, Element>
}

const serviceNames = ['s0', 's1', 's2', 's3', 's4']
const journeyNames = ['j0', 'j1', 'j2']
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 })
const targets = [...serviceNames, 'db', 'cache', 'psp']

const call = fc.record({
  to: fc.constantFrom(...targets),
  serves: maybe(fc.subarray(journeyNames, { minLength: 1 })),
  fallback: maybe(fc.constantFrom('none', 'static', 'queued', { to: 's4' }, { to: 'db', maxRps: 50 })),
  timeout: maybe(fc.constantFrom('none', '20ms', '2s')),
  retries: maybe(fc.constantFrom('none', 2)),
  bulkhead: maybe(fc.constantFrom('none', 2)),
  circuitBreaker: maybe(fc.constantFrom('none', { slowCallDuration: '1s' }, { failureRate: '50%' })),
  mode: maybe(fc.constantFrom('async', 'sync')),
  optional: maybe(fc.constant(true)),
})
const service = (name: string) =>
  fc.record({
    calls: fc.array(call, { maxLength: 3 }),
    publishes: fc.constant(name === 's1' ? [{ to: 'queue', outbox: 'none' }] : []),
    consumes: fc.constant(name === 's3' ? [{ from: 'queue' }] : []),
    replicas: maybe(fc.constantFrom(1, 2)),
    concurrency: maybe(fc.constantFrom(4, 40)),
    concurrencyLimit: maybe(fc.constantFrom('none', 'adaptive')),
  })
const journey = fc.record({
  entry: fc.constantFrom('s0', 's1'),
  load: maybe(fc.constantFrom({ peak: '5/s', coincident: true }, { peak: '100/s', coincident: true })),
})
const manifests: fc.Arbitrary<Manifest> = fc
  .record({
    journeys: fc.record(Object.fromEntries(journeyNames.map(name => [name, journey])), { requiredKeys: ['j0'] }),
    services: fc.record(Object.fromEntries(serviceNames.map(name => [name, service(name)]))),
    stores: fc.record({ db: fc.record({ capacity: maybe(fc.constant({ rps: 60 })) }) }),
    caches: fc.record({
      cache: fc.record({
        inFrontOf: fc.constantFrom('db', undefined),
        onFailure: maybe(fc.constantFrom('origin', 'stale', 'error')),
        hitRatio: maybe(fc.constant('75%')),
        staleOnError: maybe(fc.constantFrom('none', '1h')),
      }),
    }),
    queues: fc.constant({ queue: {} }),
    externals: fc.constant({ psp: {} }),
  })
  // Without the keys that are not there.
  .map(manifest => JSON.parse(JSON.stringify(manifest)) as Manifest)

const read = (manifest: Manifest) => {
  const model = modelOf(JSON.stringify(manifest))
  return { model, facts: factsOf(model) }
}
type Bounds = Record<string, { least: number; most: number }>
const level = (effect: Effect) => effects.indexOf(effect)

/** The bounds of every cell, by component and journey. */
function boundsOf(manifest: Manifest, mode: Mode): Bounds {
  const { model, facts } = read(manifest)
  const blasts = [...model.components.values()].map(component => facts.blastRadius.of(component, mode))
  return Object.fromEntries(
    blasts.flatMap(blast =>
      cellsOf(blast, model).map(([journey, { least, most }]) => [
        `${blast.component.name} ${journey}`,
        { least: level(least), most: level(most) },
      ]),
    ),
  )
}
const check = <T>(arbitrary: fc.Arbitrary<T>, holds: (value: T) => void) => {
  fc.assert(fc.property(arbitrary, holds), { numRuns: 40 })
}
const everyCall = ({ services }: Manifest) => Object.values(services).flatMap(({ calls }) => calls)

test('low is never above high, and what is unknown says which facts decide', () => {
  check(manifests, manifest => {
    const { model, facts } = read(manifest)
    for (const mode of ['down', 'slow', 'dataLoss'] as const) {
      for (const blast of facts.blastRadius.ranking(mode)) {
        for (const [, { effect, least, most, missing }] of cellsOf(blast, model)) {
          expect(level(least)).toBeLessThanOrEqual(level(most))
          expect(effect).toBe(least === most ? least : 'unknown')
          expect(missing.length > 0).toBe(least !== most)
        }
      }
    }
    expect(facts.blastRadius.ranking('down').length).toBe(model.components.size)
  })
})

test('a component that hangs does no less harm than one that is down', () => {
  check(manifests, manifest => {
    const down = boundsOf(manifest, 'down')
    for (const [cell, { least, most }] of Object.entries(boundsOf(manifest, 'slow'))) {
      expect(least, cell).toBeGreaterThanOrEqual(down[cell]!.least)
      expect(most, cell).toBeGreaterThanOrEqual(down[cell]!.most)
    }
  })
})

test('a hang that nobody gives up on fails every journey that surely comes through', () => {
  check(manifests, manifest => {
    const services = Object.entries(manifest.services).map(([name, one]) => [
      name,
      {
        ...one,
        calls: one.calls.map(each => ({ ...each, mode: 'sync', timeout: 'none', circuitBreaker: 'none' })),
        publishes: [],
        consumes: [],
      },
    ])
    const { model, facts } = read({ ...manifest, services: Object.fromEntries(services) as Manifest['services'] })
    for (const blast of facts.blastRadius.ranking('slow')) {
      for (const [name, { least }] of cellsOf(blast, model)) {
        if (facts.reach.get(name)!.touches.get(blast.component.name) === 'yes') expect(least).toBe('fails')
      }
    }
    expect(model.journeys.size).toBeGreaterThan(0)
  })
})

test('making an edge soft never makes anything worse', () => {
  check(
    fc.tuple(manifests, fc.nat(20), fc.constantFrom<Element>({ fallback: 'static' }, { optional: true })),
    sample => {
      const [manifest, n, softening] = sample
      const after = structuredClone(manifest)
      const calls = everyCall(after)
      const chosen = calls[n % Math.max(1, calls.length)]
      // What is queued is done later, which is better than not at all.
      if (!chosen || chosen.fallback === 'queued') return
      Object.assign(chosen, softening)
      for (const mode of ['down', 'slow'] as const) {
        const before = boundsOf(manifest, mode)
        for (const [cell, { most }] of Object.entries(boundsOf(after, mode)))
          expect(most, `${mode} ${cell}`).toBeLessThanOrEqual(before[cell]!.most)
      }
    },
  )
})

test('whatever is found out about facts that are not stated, the effect was inside its bounds', () => {
  const removable = [
    'fallback',
    'timeout',
    'retries',
    'bulkhead',
    'circuitBreaker',
    'replicas',
    'concurrency',
    'load',
    'concurrencyLimit',
    'capacity',
    'onFailure',
    'hitRatio',
    'staleOnError',
  ]
  check(fc.tuple(manifests, fc.subarray(removable, { minLength: 1 })), ([known, gone]) => {
    for (const one of everyCall(known)) {
      // That another component answers instead adds an edge; it is not a fact about one that is there.
      if (typeof one.fallback === 'object') one.fallback = 'static'
      // A call to a cache that says nothing else falls back to what the cache says.
      if (one.to === 'cache') delete one.fallback
    }
    const open = JSON.parse(
      JSON.stringify(known, (key, value: unknown) => (gone.includes(key) ? undefined : value)),
    ) as Manifest
    for (const mode of ['down', 'slow'] as const) {
      const bounds = boundsOf(open, mode)
      for (const [cell, { least, most }] of Object.entries(boundsOf(known, mode))) {
        expect(least, `${mode} ${cell}`).toBeGreaterThanOrEqual(bounds[cell]!.least)
        expect(most, `${mode} ${cell}`).toBeLessThanOrEqual(bounds[cell]!.most)
      }
    }
  })
})

test('what a journey surely needs is what makes it fail', () => {
  check(manifests, manifest => {
    for (const one of everyCall(manifest)) if (typeof one.fallback === 'object') one.fallback = 'static'
    manifest.caches!.cache = { onFailure: 'stale', staleOnError: 'none' }
    const { model, facts } = read(manifest)
    for (const blast of facts.blastRadius.ranking('down')) {
      for (const [name, { least, most }] of cellsOf(blast, model)) {
        const needed = facts.reach.get(name)!.hard.get(blast.component.name)?.hard
        expect([least === 'fails', most === 'fails']).toEqual([needed === 'yes', needed !== undefined])
      }
    }
  })
})
