import { holdsCopies, journeysReading, usersOf } from '../../analysis/caching.ts'
import { exceeds } from '../../analysis/estimate.ts'
import { cacheBefore } from '../../analysis/graph.ts'
import { ageOf, stalenessOf, type Staleness } from '../../analysis/staleness.ts'
import type { Path } from '../../finding.ts'
import type { Cache, Model } from '../../manifest/model.ts'
import { duration } from '../../units.ts'
import { ask, defineRule, noOptions, yaml } from '../define.ts'
import { indicesOf } from '../../analysis/indices.ts'

export default defineRule({
  id: 'ttl-exceeds-staleness',
  title: 'Values get older than their readers accept',
  severity: 'error',
  question: 'caching',
  on: 'cache',
  options: noOptions,
  why: 'Each cache on the way may hand on a value just before it expires, to a cache that then keeps it for its own time to live. Users see the sum, not the longest.',
  formula:
    'age = replication lag + Σ TTL of independent caches + longest TTL of browser and CDN, which must not exceed what readers accept',
  fix: 'Shorten the times to live until their sum fits, or remove entries when the value changes.',
  sources: [
    { title: 'RFC 9111: HTTP Caching', id: 'sections 4.2 Freshness and 5.1 Age' },
    { title: "Amazon Builders' Library: Caching challenges and strategies", id: 'cache expiration' },
  ],
  reads: [
    'caches.ttl',
    'caches.maxStaleness',
    'caches.invalidation',
    'caches.invalidationDelay',
    'caches.pattern',
    'caches.layer',
    'caches.inFrontOf',
    'caches.immutable',
    'caches.holds',
    'calls.maxStaleness',
    'calls.readFrom',
    'calls.cachedBy',
    'stores.replicationLag',
  ],
  impliedBy: ['ttl-missing'],

  appliesTo: cache => holdsCopies(cache) && cache.immutable !== true,

  *check(cache, { model, facts }) {
    const staleness = stalenessOf(cache, model)
    const { age } = staleness
    const limit = limitOf(cache, model)
    if (!limit) {
      if (age.high === 0) return
      const known = age.high !== undefined && Number.isFinite(age.high)
      const at = [...cache.path, known || cache.ttl !== undefined ? 'maxStaleness' : 'ttl']
      return yield known ? { unknown: at, because: `A value may be ${duration(age.high)} old` } : { unknown: at }
    }
    const tooOld = exceeds(age, limit.most)
    if (tooOld !== true)
      return yield* tooOld === false ? [] : ask(tooOld.slice(0, 1), `At most ${duration(limit.most)} is accepted`)
    yield {
      at: ageOf(cache).low > 0 ? [...cache.path, 'ttl'] : limit.at,
      message: Number.isFinite(age.low)
        ? `A value from "${cache.name}" may be ${duration(age.low)} old; expected at most ${duration(limit.most)} for ${limit.who}`
        : `A value from "${cache.name}" may be of any age; expected at most ${duration(limit.most)} for ${limit.who}`,
      ...adviceFor(cache, staleness, limit.most),
      evidence: [{ label: `accepted: ${duration(limit.most)}`, at: limit.at }],
      journeys: journeysReading(cache, model, facts.journeys),
    }
  },

  examples: [
    {
      title: 'Five minutes in the CDN after ten in Redis, for prices that may be two minutes old',
      bad: yaml`
        caches:
          price-cdn:
            layer: cdn
            inFrontOf: price-cache
            maxStaleness: 12m
            ttl: 5m # <--
            invalidation: none
          price-cache:
            layer: application
            maxStaleness: 2m
            ttl: 10m # <--
            invalidation: manual
      `,
    },
    {
      title: 'A CDN before a service adds to what the service reads from its cache or from a replica',
      bad: yaml`
        services:
          shop:
            calls:
              - { to: page-cache }
              - { to: page-db, access: read }
              - { to: stock-db, access: read, readFrom: replica }
              - { to: log-db, access: write }
        stores:
          page-db: {}
          log-db: {}
          stock-db: { replicationLag: { mean: 1m, p99: 4m } }
        caches:
          page-cdn:
            layer: cdn
            inFrontOf: shop
            maxStaleness: 8m
            ttl: 5m # <--
            invalidation: none
          page-cache: { inFrontOf: page-db, ttl: 10m, invalidation: none, maxStaleness: 10m }
      `,
    },
    {
      title: 'The reader says how old a value may be, and the cache keeps it for longer or for ever',
      bad: yaml`
        services:
          shop:
            calls:
              - { to: price-db, access: read, readFrom: replica, maxStaleness: 1m }
              - { to: price-cache }
              - { to: tax-db, cachedBy: tax-cache, maxStaleness: 1d }
              - { to: rate-cache, maxStaleness: 30s }
        stores:
          price-db: { replicationLag: { p99: 2s } }
          tax-db: {}
        caches:
          price-cache:
            inFrontOf: price-db
            ttl: 59s # <--
            invalidation: none
          tax-cache:
            ttl: none # <--
            invalidation: none
          rate-cache:
            ttl: 1h # <--
            invalidation: event
            invalidationDelay: 40s
      `,
    },
    {
      title: 'Nothing of what follows decides yet',
      unclear: yaml`
        services:
          shop:
            calls:
              - to: lag-db # ?
                maxStaleness: 1m
              - { to: lag-cache }
              - { to: old-db, readFrom: replica }
              - { to: old-cache }
        stores:
          lag-db: { replicationLag: { p99: 2s } }
          old-db: {} # ?
        caches:
          a-cache: {} # ?
          b-cache: # ?
            { ttl: 10m, invalidation: none }
          c-cache: # ?
            { ttl: none, invalidation: none }
          d-cache: # ?
            { ttl: 10m, maxStaleness: 2m }
          e-cache: # ?
            { ttl: 10m, maxStaleness: 2m, invalidation: onWrite }
          f-cache: # ?
            { maxStaleness: 2m, invalidation: none }
          g-cache: # ?
            { inFrontOf: h-cache, ttl: 10m, invalidation: none, maxStaleness: 15m }
          h-cache: { layer: cdn, ttl: 10m, invalidation: none, maxStaleness: 15m }
          lag-cache: { inFrontOf: lag-db, ttl: 59s, invalidation: none }
          old-cache: { inFrontOf: old-db, ttl: 59s, invalidation: none, maxStaleness: 1m }
      `,
    },
    {
      title: 'Browser and CDN share one lifetime, and a write removes the entry or goes through the cache',
      good: yaml`
        caches:
          browser: { layer: browser, inFrontOf: cdn, ttl: 5m, invalidation: none, maxStaleness: 6m }
          cdn: { layer: cdn, inFrontOf: price-cache, ttl: 5m, invalidation: none, maxStaleness: 6m }
          price-cache: { layer: application, ttl: 1h, invalidation: onWrite, invalidationDelay: 10s, maxStaleness: 6m }
          stock-cache: { ttl: 1h, pattern: writeThrough, maxStaleness: 1s }
          tax-cache: { ttl: 1h, pattern: writeBehind }
          image-cdn: { layer: cdn, ttl: 1d, immutable: true, maxStaleness: 1m }
          carts: { holds: sessions, ttl: 1d, invalidation: none, maxStaleness: 1m }
      `,
    },
    {
      title: 'Reads from the primary lag behind nothing, and a page may come from what is not cached',
      good: yaml`
        services:
          shop:
            calls:
              - { to: price-cache }
              - { to: price-db, access: read, readFrom: primary }
              - { to: price-db, access: write }
              - { to: stock-db, access: read, readFrom: primary }
              - { to: web, mode: async }
          web: { calls: [{ to: shop }, { to: price-cache }] }
          job-runner: { calls: [{ to: price-db, readFrom: replica }] }
        stores:
          price-db: { replicationLag: { p99: 2s } }
          stock-db: {}
        caches:
          price-cache: { inFrontOf: price-db, ttl: 1m, invalidation: none, maxStaleness: 1m }
          page-cdn: { layer: cdn, inFrontOf: web, ttl: 1m, invalidation: none, maxStaleness: 1m }
      `,
    },
  ],
})

/** The strictest of what the cache and its readers say. */
function limitOf(cache: Cache, model: Model): { most: number; who: string; at: Path } | undefined {
  const behind = cache.inFrontOf === undefined ? [] : indicesOf(model).callsTo(cache.inFrontOf)
  const calls = new Set([...usersOf(cache, model), ...behind.filter(call => cacheBefore(call, model) === cache)])
  const limits = [...calls].map(({ maxStaleness, name, path }) => ({ most: maxStaleness, who: `"${name}"`, path }))
  const all = [{ most: cache.maxStaleness, who: 'its readers', path: cache.path }, ...limits].flatMap(
    ({ most, who, path }) => (most === undefined ? [] : [{ most, who, at: [...path, 'maxStaleness'] }]),
  )
  return all.sort((a, b) => a.most - b.most)[0]
}

function adviceFor(cache: Cache, { age, terms }: Staleness, most: number): { arithmetic?: string; fix?: string } {
  if (!Number.isFinite(age.low)) return {}
  const sum = terms.map(({ label, age }) => `${duration(age)} (${label})`).join(' + ')
  const rest = age.low - ageOf(cache).low
  const own =
    rest < most
      ? `Lower the time to live of "${cache.name}" to at most ${duration(most - rest)}`
      : `Lower the times to live until they add up to at most ${duration(most)}`
  return {
    arithmetic: `age = ${sum} = ${duration(age.low)} > ${duration(most)}`,
    fix: `${own}, or remove entries when the value changes`,
  }
}
