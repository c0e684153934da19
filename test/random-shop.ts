import fc from 'fast-check'

/** Manifests at random that are small, but of which much is stated: what outages are checked on. */

type Element = Record<string, unknown>
export interface RandomShop {
  journeys: Record<string, Element>
  services: Record<string, Element & { calls: Element[] }>
  [section: string]: Record<string, Element>
}

const journeyNames = ['j0', 'j1']
const serviceNames = ['s0', 's1', 's2', 's3', 's4']
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 4 })

const call = fc.record({
  to: fc.constantFrom('s1', 's2', 's3', 's4', 'db', 'cache', 'psp'),
  serves: maybe(fc.subarray(journeyNames, { minLength: 1 })),
  fallback: maybe(fc.constantFrom('none', 'none', 'empty', 'queued', { to: 's4' }, { to: 'db', maxRps: 50 })),
  timeout: maybe(fc.constantFrom('20ms', '300ms', '2s', 'none')),
  retries: maybe(fc.constantFrom('none', 2)),
  bulkhead: maybe(fc.constantFrom('none', 2)),
  circuitBreaker: maybe(fc.constantFrom('none', { slowCallDuration: '1s' }, { failureRate: '50%' })),
  parallelGroup: maybe(fc.constant('none')),
  optional: maybe(fc.constant(true)),
})
const service = (name: string) =>
  fc.record({
    calls: fc.array(call, { maxLength: 3 }),
    publishes: fc.constant(name === 's1' ? [{ to: 'queue', outbox: 'none' }] : []),
    consumes: fc.constant(name === 's3' ? [{ from: 'queue', concurrency: 4, processing: { mean: '20ms' } }] : []),
    replicas: maybe(fc.constantFrom(1, 4)),
    zones: maybe(fc.constantFrom(1, 3)),
    concurrency: maybe(fc.constantFrom(4, 40)),
    serviceTime: maybe(fc.constantFrom({ mean: '5ms' }, { mean: '60ms' })),
    concurrencyLimit: maybe(fc.constantFrom('none', 'adaptive')),
    deploy: maybe(
      fc.constantFrom({ strategy: 'rolling', maxUnavailable: 1, window: 'none' }, { strategy: 'recreate' }),
    ),
  })
const journey = fc.record({
  entry: fc.constantFrom('s0', 's1'),
  criticality: maybe(fc.constantFrom('critical', 'normal')),
  load: maybe(fc.constantFrom({ peak: '5/s', coincident: true }, { peak: '100/s', coincident: true })),
})

export const randomShops: fc.Arbitrary<RandomShop> = fc
  .record({
    journeys: fc.record(Object.fromEntries(journeyNames.map(name => [name, journey])), { requiredKeys: ['j0'] }),
    services: fc.record(Object.fromEntries(serviceNames.map(name => [name, service(name)]))),
    stores: fc.record({
      db: fc.record({
        capacity: maybe(fc.constantFrom({ rps: 60 }, { rps: 6000 })),
        latency: maybe(fc.constant({ mean: '5ms' })),
        availability: maybe(fc.constant('99.9%')),
        zones: maybe(fc.constantFrom(1, 3)),
        replicas: maybe(fc.constantFrom(1, 2)),
      }),
    }),
    caches: fc.record({
      cache: fc.record({
        inFrontOf: fc.constantFrom('db', undefined),
        onFailure: maybe(fc.constantFrom('origin', 'stale', 'error')),
        hitRatio: maybe(fc.constant('75%')),
        latency: maybe(fc.constant({ mean: '1ms' })),
      }),
    }),
    queues: fc.constant({ queue: {} }),
    externals: fc.constant({ psp: { latency: { mean: '50ms' }, availability: '99.5%' } }),
  })
  // Without the keys that are not there.
  .map(manifest => JSON.parse(JSON.stringify(manifest)) as RandomShop)

export const components = [...serviceNames, 'db', 'cache', 'queue', 'psp']
