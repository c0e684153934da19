import { attemptLimit, waitsOnNetwork } from '../../analysis/attempt.ts'
import { criticalReaders, slowestOf } from '../../analysis/cache-readers.ts'
import { holdsCopies, originsOf, takeover, usersOf } from '../../analysis/caching.ts'
import type { Path } from '../../finding.ts'
import type { Cache, Call, Journey } from '../../manifest/model.ts'
import { duration, list } from '../../units.ts'
import { defineRule, noOptions, yaml, type Context, type Outcome } from '../define.ts'

export default defineRule({
  id: 'cache-failure-mode-undeclared',
  title: 'Nothing is done about a cache that is down or slow',
  severity: 'warning',
  question: 'caching',
  on: 'cache',
  options: noOptions,
  why: 'A cache was added to make reads faster; without a decision it becomes something that they cannot do without. Its restart is then an outage, and while it is slow every reader waits longer than the origin would have taken.',
  formula: 'timeout of the cache < p99 of the origin',
  fix: 'Read from the origin, an old copy or a default while the cache is down, and give up on it sooner than the origin answers.',
  sources: [{ title: "Amazon Builders' Library: Caching challenges and strategies", id: 'external caches' }],
  reads: [
    'caches.onFailure',
    'caches.holds',
    'caches.layer',
    'caches.replicas',
    'caches.managedStandby',
    'caches.failover',
    'caches.inFrontOf',
    'journeys.criticality',
    'calls.fallback',
    'calls.optional',
    'calls.mustSucceed',
    'calls.serves',
    'calls.timeout',
    'calls.circuitBreaker',
    'stores.latency',
    'services.latency',
    'externals.latency',
  ],
  impliedBy: ['single-instance-on-critical-path'],

  // Locks and keys rightly fail; browsers and CDNs are not asked by services.
  appliesTo: (cache, { model }) =>
    (holdsCopies(cache) || cache.holds === 'sessions') &&
    cache.layer !== 'browser' &&
    cache.layer !== 'cdn' &&
    usersOf(cache, model).length > 0,

  *check(cache, context) {
    const { critical, doubts } = criticalReaders(cache, context.model, context.facts)
    if (cache.onFailure === undefined) {
      if (critical.length + doubts.length > 0) yield { unknown: [...cache.path, 'onFailure'] }
    } else if (cache.onFailure === 'error') yield* whenDown(cache, critical, doubts)
    else if (cache.onFailure !== 'shed')
      for (const call of usersOf(cache, context.model)) yield* whenSlow(call, cache, context)
  },

  examples: [
    {
      title: 'The restart of one Redis logs everybody out of the checkout, or takes the prices away',
      bad: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
        services:
          shop:
            calls: [{ to: logins, fallback: none }, { to: pricing, fallback: none }]
          pricing: { calls: [{ to: price-db, cachedBy: prices, optional: false }] }
        stores: { price-db: {} }
        caches:
          logins:
            holds: sessions
            replicas: 1
            onFailure: error # <--
          prices:
            replicas: 2
            failover: none
            onFailure: error # <--
      `,
    },
    {
      title: 'Two seconds for a cache before a query of 30ms, and a breaker that is as patient',
      bad: yaml`
        services:
          shop:
            calls:
              - to: price-cache
                timeout: 2s # <--
                circuitBreaker: none
              - to: stock-cache
                timeout: 500ms # <--
                circuitBreaker: { slowCallDuration: 200ms }
        stores:
          price-db: { latency: { p99: 30ms } }
          stock-db: { latency: { p99: 80ms, p999: 200ms } }
        caches:
          price-cache: { inFrontOf: price-db, onFailure: origin }
          stock-cache: { inFrontOf: stock-db, onFailure: stale }
      `,
    },
    {
      title: 'What readers get while it is down, whether they can do without it, and whether a replica takes over',
      unclear: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
          browse: # ?
            entry: catalogue
        services:
          shop:
            calls:
              - { to: prices, fallback: none }
              - { to: logins } # ?
              - { to: baskets, fallback: none }
              - { to: reviews } # ?
          reviews: { calls: [{ to: review-cache, fallback: none }] }
          catalogue: { calls: [{ to: pages, fallback: none }] }
        caches:
          prices: {} # ?
          logins: { holds: sessions, replicas: 1, onFailure: error }
          baskets: # ?
            { holds: sessions, onFailure: error }
          pages: { replicas: 1, onFailure: error }
          review-cache: { replicas: 1, onFailure: error }
      `,
    },
    {
      title: 'How long the cache may take, how long the origin takes, and what ends the waiting',
      unclear: yaml`
        services:
          shop:
            calls:
              - { to: prices } # ?
              - { to: stocks, timeout: 1s }
              - { to: pages, timeout: 1s } # ?
              - { to: pages, timeout: 1s, circuitBreaker: {} } # ?
        stores:
          price-db: { latency: { p99: 30ms } }
          stock-db:
            latency: { mean: 10ms } # ?
        defaults: { caches: { onFailure: origin } }
        caches:
          prices: { inFrontOf: price-db }
          stocks: { inFrontOf: stock-db }
          pages: { inFrontOf: price-db }
      `,
    },
    {
      title: 'A fallback, a replica that takes over, and what is rightly indispensable or not critical',
      good: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
          browse: { entry: catalogue, criticality: normal }
        services:
          shop:
            calls:
              - { to: prices, fallback: static }
              - { to: logins, fallback: none }
              - { to: baskets, fallback: none, mustSucceed: true }
              - { to: stock-locks, fallback: none }
              - { to: reviews, optional: true }
              - { to: tips, optional: true }
              - { to: views, mode: async }
              - { to: images, fallback: none }
          reviews: { calls: [{ to: review-cache, fallback: none }] }
          catalogue: { calls: [{ to: pages, fallback: none }] }
        caches:
          prices: { onFailure: error, replicas: 1 }
          logins: { onFailure: error, holds: sessions, replicas: 2, failover: { mode: automatic } }
          baskets: { onFailure: error, holds: sessions, replicas: 1 }
          stock-locks: { onFailure: error, holds: locks, replicas: 1 }
          review-cache: { onFailure: error, replicas: 1 }
          pages: { replicas: 1 }
          images: { layer: cdn }
          tips: { onFailure: error, replicas: 1 }
          views: { onFailure: error, replicas: 1 }
      `,
    },
    {
      title: 'Given up sooner than the origin answers, by a timeout or a breaker, or nothing else to ask',
      good: yaml`
        services:
          shop:
            calls:
              - { to: prices, timeout: 20ms, circuitBreaker: none }
              - { to: stocks, timeout: 1s, circuitBreaker: { slowCallDuration: 10ms } }
              - { to: pages, timeout: 1s, circuitBreaker: none }
              - { to: taxes, timeout: 1s, circuitBreaker: none, transport: localhost }
              - { to: price-db, timeout: 1s, cachedBy: prices }
              - { to: logins, timeout: 1s, circuitBreaker: none }
        stores: { price-db: { latency: { mean: 5ms, p99: 30ms } } }
        caches:
          prices: { inFrontOf: price-db, onFailure: origin }
          stocks: { inFrontOf: price-db, onFailure: origin }
          logins: { holds: sessions, inFrontOf: price-db, onFailure: origin }
          pages: { inFrontOf: price-db, onFailure: shed }
          taxes: { inFrontOf: price-db, onFailure: origin }
      `,
    },
  ],
})

type Here = Context<Record<string, never>>
function* whenDown(
  cache: Cache,
  critical: readonly Journey[],
  doubts: readonly Path[],
): Generator<Outcome, void, undefined> {
  const gap = takeover(cache)
  if (gap === undefined) return
  const because = `Readers get an error while "${cache.name}" is down`
  if (critical.length === 0) return yield* doubts.slice(0, 1).map(unknown => ({ unknown, because }))
  if ('unknown' in gap) return yield { unknown: gap.unknown, because }
  yield {
    at: [...cache.path, 'onFailure'],
    message: `${because}, so the critical ${list(critical.map(({ name }) => `"${name}"`))} cannot do without it, and no replica takes over; expected another answer`,
    fix: holdsCopies(cache)
      ? 'Answer from the origin or with an old copy while it is down, as far as the origin carries that; or give it a replica and an automatic failover'
      : 'Give it a replica and an automatic failover, or keep what it holds in a store or with the client',
    evidence: [{ label: 'no replica takes over', at: gap.at }],
    journeys: critical,
  }
}

function* whenSlow(call: Call, cache: Cache, { model, facts }: Here): Generator<Outcome, void, undefined> {
  const origins = originsOf(cache, model)
  if (!holdsCopies(cache) || call.to !== cache.name || !waitsOnNetwork(call) || origins.length === 0) return
  const { time, at } = attemptLimit(call)
  if (time.high === undefined) return yield { unknown: at }
  // A wait without end is the fault of having no timeout.
  if (time.low === Number.POSITIVE_INFINITY) return
  const { origin, slow, fact } = slowestOf(origins)
  const because = `"${call.name}" waits up to ${duration(time.low)} for the cache`
  if (time.low < slow) return
  if (fact !== undefined) return yield { unknown: fact, because }
  const { circuitBreaker, path } = call
  if (circuitBreaker === undefined) return yield { unknown: [...path, 'circuitBreaker'], because }
  if (circuitBreaker !== 'none') {
    const { slowCallDuration } = circuitBreaker
    if (slowCallDuration === undefined)
      return yield { unknown: [...path, 'circuitBreaker', 'slowCallDuration'], because }
    if (slowCallDuration !== 'none' && slowCallDuration < slow) return
  }
  const edge = facts.journeys.edgeOf(call)
  yield {
    at,
    message: `${because}, but "${origin.name}" behind it mostly answers within ${duration(slow)}; expected to give up sooner than that`,
    arithmetic: `${duration(time.low)} >= ${duration(slow)}: a slow cache is worse than none`,
    fix: `Set the timeout of "${call.name}" below ${duration(slow)}, a few times what the cache usually takes`,
    evidence: [{ label: `"${origin.name}" answers within ${duration(slow)}`, at: [...origin.path, 'latency'] }],
    journeys: edge ? facts.journeys.taking(edge, 'sure') : [],
  }
}
