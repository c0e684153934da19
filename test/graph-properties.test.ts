import fc from 'fast-check'
import { expect, test } from 'vitest'
import { factsOf } from '../src/analysis/index.ts'
import { modelOf } from './support.ts'

/** Random manifests as data; JSON is YAML. Services are numbered, and in an acyclic one calls lead to higher numbers. */
interface Call {
  to: string
  serves?: string[]
  [fact: string]: unknown
}
interface Manifest {
  journeys: Record<string, { entry: string; load?: { steady?: string; peak?: string; coincident?: boolean } }>
  services: Record<
    string,
    { calls: Call[]; publishes?: { to: string }[]; consumes?: { from: string }[]; [fact: string]: unknown }
  >
  stores: Record<string, object>
  caches: Record<string, object>
  queues: Record<string, object>
}

const serviceNames = ['s0', 's1', 's2', 's3', 's4', 's5']
const journeyNames = ['j0', 'j1', 'j2']
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 })

const loads = fc
  .record({ steady: fc.nat(50), rise: fc.nat(50), coincident: maybe(fc.boolean()) })
  .map(({ steady, rise, coincident }) => {
    return { steady: `${steady}/s`, peak: `${steady + rise}/s`, ...(coincident === undefined ? {} : { coincident }) }
  })

const callTo = (targets: readonly string[]): fc.Arbitrary<Call> =>
  fc
    .record({
      to: fc.constantFrom(...targets),
      serves: maybe(fc.subarray(journeyNames, { minLength: 1 })),
      callsPerRequest: maybe(fc.integer({ min: 1, max: 4 })),
      probability: maybe(fc.constantFrom('25%', '50%')),
      fallback: maybe(fc.constantFrom('none', 'static')),
      retries: maybe(fc.record({ max: fc.nat(3), budget: fc.constantFrom('none', '10%') })),
      pool: maybe(fc.integer({ min: 1, max: 20 })),
    })
    .map(call => JSON.parse(JSON.stringify(call)) as Call)

const manifests = (acyclic: boolean): fc.Arbitrary<Manifest> =>
  fc.record({
    journeys: fc.record(
      Object.fromEntries(
        journeyNames.map(name => [name, fc.record({ entry: fc.constantFrom('s0', 's1', 's2'), load: loads })]),
      ),
      { requiredKeys: ['j0', 'j1'] },
    ),
    services: fc.record(
      Object.fromEntries(
        serviceNames.map((name, i) => [
          name,
          fc.record({
            calls: fc.array(callTo([...serviceNames.slice(acyclic ? i + 1 : 0), 'db', 'cache']), { maxLength: 3 }),
            publishes: fc.constant(i === 1 ? [{ to: 'queue' }] : []),
            consumes: fc.constant(i === 4 ? [{ from: 'queue' }] : []),
            serviceTime: fc.constant({ mean: `${i + 1}ms` }),
            replicas: fc.integer({ min: 1, max: 5 }),
          }),
        ]),
      ),
    ),
    stores: fc.constant({ db: { maxConnections: 100 } }),
    caches: fc.record({ cache: fc.constantFrom({ inFrontOf: 'db', hitRatio: 0.75 }, { inFrontOf: 'db' }, {}) }),
    queues: fc.constant({ queue: {} }),
  }) as fc.Arbitrary<Manifest>

/** All numbers that follow from a manifest, by name. */
function numbersOf(manifest: Manifest) {
  const model = modelOf(JSON.stringify(manifest))
  const facts = factsOf(model)
  const bounds = ({ low, high }: { low: number; high: number | undefined }) => [low, high ?? 'any']
  return {
    load: Object.fromEntries(
      [...model.components.keys()].map(name => [
        name,
        (['steady', 'peak'] as const).map(kind => bounds(facts.load.at(name, kind))),
      ]),
    ),
    hard: Object.fromEntries(
      [...facts.reach].map(([name, { hard }]) => [
        name,
        Object.fromEntries([...hard].map(([to, { hard: sure }]) => [to, sure])),
      ]),
    ),
    hold: Object.fromEntries(
      [...model.services].map(([name, service]) => [name, bounds(facts.durations.hold(service))]),
    ),
    amplification: Object.fromEntries([...facts.amplification].map(([name, { factor }]) => [name, bounds(factor)])),
    ledger: bounds(facts.ledger([...model.stores.values()][0]!).total),
  }
}
type Numbers = ReturnType<typeof numbersOf>

/** The same with other names, in another order. */
function renamed<T>(value: T, names: ReadonlyMap<string, string>, order: (n: number) => number[]): T {
  const visit = (inner: unknown): unknown => {
    if (typeof inner === 'string') return names.get(inner) ?? inner
    if (Array.isArray(inner)) return inner.map(visit)
    if (typeof inner !== 'object' || inner === null) return inner
    const entries = Object.entries(inner)
    return Object.fromEntries(
      order(entries.length).map(i => [names.get(entries[i]![0]) ?? entries[i]![0], visit(entries[i]![1])]),
    )
  }
  return visit(value) as T
}

/** Equal but for the last digits, in which sums differ by the order of their parts. */
function expectAlike(actual: unknown, expected: unknown, place = ''): void {
  if (typeof actual === 'number' && typeof expected === 'number')
    expect(Math.abs(actual - expected), place).toBeLessThanOrEqual(1e-9 * Math.abs(expected))
  else if (typeof expected !== 'object' || expected === null) expect(actual, place).toBe(expected)
  else {
    expect(Object.keys(actual as object).sort(), place).toEqual(Object.keys(expected).sort())
    for (const [key, value] of Object.entries(expected))
      expectAlike((actual as Record<string, unknown>)[key], value, `${place}.${key}`)
  }
}

const check = <T>(arbitrary: fc.Arbitrary<T>, holds: (value: T) => void) => {
  fc.assert(fc.property(arbitrary, holds), { numRuns: 40 })
}
const components = [...serviceNames, 'db', 'cache', 'queue']

test('names and the order in which things are written change no number', () => {
  const names = fc.shuffledSubarray(
    [...components, ...journeyNames].map((_, i) => `n${i}`),
    { minLength: 12 },
  )
  check(fc.tuple(manifests(false), names, fc.infiniteStream(fc.nat(1000))), ([manifest, fresh, draws]) => {
    const given = new Map([...components, ...journeyNames].map((name, i) => [name, fresh[i]!]))
    const shuffle = (n: number) =>
      Array.from({ length: n }, (_, i) => [draws.next().value as number, i] as const)
        .sort((a, b) => a[0] - b[0])
        .map(([, i]) => i)
    const back = new Map([...given].map(([from, to]) => [to, from]))
    const other = renamed(numbersOf(renamed(manifest, given, shuffle)), back, n => [...Array(n).keys()])
    expectAlike(other, numbersOf(manifest))
  })
})

test('low is never above high, in cycles as well', () => {
  const ordered = ({ load, hold, amplification, ledger }: Numbers) =>
    [...Object.values(load).flat(), ...Object.values(hold), ...Object.values(amplification), ledger].every(
      ([low, high]) => high === 'any' || Number(low) <= Number(high),
    )
  check(manifests(false), manifest => {
    expect(ordered(numbersOf(manifest))).toBe(true)
  })
})

test('a hard edge more takes nothing out of what a journey may need, and where every call says whom it serves, nothing out of what it does need', () => {
  const edge = fc.record({
    from: fc.constantFrom(...serviceNames),
    to: fc.constantFrom(...serviceNames, 'db'),
    serves: fc.subarray(journeyNames, { minLength: 1 }),
  })
  check(fc.tuple(manifests(false), edge, fc.boolean()), ([manifest, { from, to, serves }, explicit]) => {
    const before = structuredClone(manifest)
    if (explicit)
      for (const { calls } of Object.values(before.services)) for (const call of calls) call.serves ??= journeyNames
    const after = structuredClone(before)
    after.services[from]!.calls.push({ to, fallback: 'none', ...(explicit ? { serves } : {}) })
    for (const [journey, needed] of Object.entries(numbersOf(before).hard)) {
      const now = numbersOf(after).hard[journey]!
      for (const [name, sure] of Object.entries(needed)) {
        expect(now).toHaveProperty(name)
        if (explicit && sure === 'yes') expect(now[name]).toBe('yes')
      }
    }
  })
})

test('k times the load makes k times the flows, and changes nothing else', () => {
  const times = (text: string, k: number) => `${Number(text.slice(0, -2)) * k}/s`
  check(fc.tuple(manifests(false), fc.integer({ min: 2, max: 9 })), ([manifest, k]) => {
    const more = structuredClone(manifest)
    for (const journey of Object.values(more.journeys))
      journey.load = { ...journey.load, steady: times(journey.load!.steady!, k), peak: times(journey.load!.peak!, k) }
    const [one, many] = [numbersOf(manifest), numbersOf(more)]
    const scaled = Object.entries(one.load).map(([name, kinds]) => [
      name,
      kinds.map(bounds => bounds.map(bound => (typeof bound === 'number' ? bound * k : bound))),
    ])
    expectAlike(many, { ...one, load: Object.fromEntries(scaled) })
  })
})

test('whatever is found out about who takes a call, about peaks and hits, the load was inside its bounds', () => {
  check(fc.tuple(manifests(true), fc.infiniteStream(fc.nat(1000))), ([manifest, draws]) => {
    const known = structuredClone(manifest)
    const draw = (n: number) => (draws.next().value as number) % n
    const apart = draw(2) === 0
    for (const { load } of Object.values(known.journeys)) load!.coincident ??= !apart
    const cache = known.caches.cache as { inFrontOf?: string; hitRatio?: number }
    if (cache.inFrontOf !== undefined) cache.hitRatio ??= draw(4) / 4
    // Callers first: of the journeys that do arrive at least one takes each call.
    const arriving = new Map(components.map(name => [name, new Set<string>()]))
    for (const [name, { entry }] of Object.entries(known.journeys)) arriving.get(entry)!.add(name)
    for (const [name, { calls, publishes, consumes }] of Object.entries(known.services)) {
      if (consumes!.length > 0) for (const journey of arriving.get('queue')!) arriving.get(name)!.add(journey)
      // Who asks the cache and its origin asks the origin about what the cache missed, for every journey.
      const aside = calls.some(({ to }) => to === 'cache')
      for (const call of [...calls, ...(publishes as Call[])]) {
        const here = [...arriving.get(name)!]
        const must = here[draw(Math.max(1, here.length))]
        call.serves ??= here.filter(journey => journey === must || draw(2) === 0 || (aside && call.to === 'db'))
        for (const journey of here) if (call.serves.includes(journey)) arriving.get(call.to)!.add(journey)
      }
    }
    const [open, exact] = [numbersOf(manifest).load, numbersOf(known).load]
    for (const [name, kinds] of Object.entries(exact)) {
      kinds.forEach(([low, high], i) => {
        const [least, most] = open[name]![i]!
        expect(Number(low), name).toBeGreaterThanOrEqual(Number(least) * (1 - 1e-6))
        if (most !== 'any') expect(Number(high), name).toBeLessThanOrEqual(Number(most) * (1 + 1e-6))
      })
    }
  })
})
