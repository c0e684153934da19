import { holdsCopies, invalidationOf, journeysReading } from '../../analysis/caching.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'ttl-missing',
  title: 'Entries of a cache never expire',
  severity: 'warning',
  question: 'caching',
  on: 'cache',
  options: noOptions,
  why: 'A value that was wrong or has changed stays for as long as the cache lives. Invalidation alone is not enough: the first message that is lost, or the first change that goes past the writer, leaves an old value that nothing ever repairs.',
  fix: 'Give every entry a time to live, no longer than readers may see an old value.',
  sources: [
    { title: "Amazon Builders' Library: Caching challenges and strategies", id: 'cache expiration' },
    { title: 'RFC 9111: HTTP Caching', id: 'section 4.2, Freshness' },
  ],
  reads: ['caches.ttl', 'caches.invalidation', 'caches.pattern', 'caches.immutable', 'caches.holds'],

  appliesTo: cache => holdsCopies(cache),

  *check(cache, { model, facts }) {
    if (cache.immutable === true) return
    const at = [...cache.path, 'ttl']
    if (cache.ttl === undefined) yield { unknown: at }
    if (cache.ttl !== 'none') return
    const removedBy = invalidationOf(cache)
    if (removedBy === undefined)
      return yield { unknown: [...cache.path, 'invalidation'], because: `Entries of "${cache.name}" never expire` }
    const journeys = journeysReading(cache, model, facts.journeys)
    if (removedBy === 'none') {
      yield {
        at,
        message: `Entries of "${cache.name}" never expire and nothing removes them; expected a time to live`,
        evidence: [{ label: 'nothing removes an entry', at: [...cache.path, 'invalidation'] }],
        journeys,
      }
    } else {
      yield {
        at,
        message: `Entries of "${cache.name}" never expire, so a change that its invalidation misses stays for ever; expected a time to live as well`,
        severity: 'info',
        fix: 'Add a time to live that is long, such as 24h, but ends what a lost invalidation leaves behind',
        journeys,
      }
    }
  },

  examples: [
    {
      title: 'A corrected price never becomes visible',
      bad: yaml`
        journeys:
          browse: { entry: shop }
        services:
          shop:
            calls: [{ to: price-cache }]
        caches:
          price-cache:
            ttl: none # <--
            invalidation: none
      `,
    },
    {
      title: 'One lost invalidation is never repaired, also where every write goes through the cache',
      bad: yaml`
        caches:
          price-cache:
            ttl: none # <--
            invalidation: event
          stock-cache:
            ttl: none # <--
            pattern: writeThrough
      `,
    },
    {
      title: 'Neither the time to live nor what removes an entry is stated',
      unclear: yaml`
        caches:
          price-cache: # ?
            engine: redis
          stock-cache: # ?
            ttl: none
      `,
    },
    {
      title: 'Ten minutes, and images whose address changes with their content',
      good: yaml`
        caches:
          price-cache: { ttl: 10m, invalidation: none }
          image-cdn: { ttl: none, invalidation: none, immutable: true }
      `,
    },
    {
      title: 'Keys of finished requests are not copies of anything',
      good: yaml`
        caches:
          request-keys: { holds: idempotencyKeys, ttl: none, invalidation: none }
      `,
    },
  ],
})
