import { holdsCopies, journeysReading, poolsBehind } from '../../analysis/caching.ts'
import { between, exactly, exceeds, product, reaches, scale, stated, type Estimate } from '../../analysis/estimate.ts'
import type { Cache } from '../../manifest/model.ts'
import { duration, number, rate } from '../../units.ts'
import {
  ask,
  defineRule,
  numberOption,
  optionMap,
  yaml,
  type Context,
  type OptionValues,
  type Outcome,
} from '../define.ts'

const options = optionMap({
  misses: numberOption(20, 'Misses of one value at the same time that are too many.', { least: 1 }),
})

export default defineRule({
  id: 'expiry-stampede',
  title: 'Many readers recompute what expired at once',
  severity: 'warning',
  question: 'caching',
  on: 'cache',
  options,
  why: 'While a popular value is recomputed, every reader misses it and recomputes it as well. The origin gets a burst of the same expensive request, which slows it down, which makes the burst longer.',
  formula: 'simultaneous misses = λ_key · T_regeneration; after a bulk load all keys expire within one time to live',
  fix: 'Let one request recompute a value while the others wait for it or get the old one.',
  sources: [
    { title: 'Scaling Memcache at Facebook', id: 'NSDI 2013, section 3.2.1 Leases' },
    { title: "Amazon Builders' Library: Caching challenges and strategies", id: 'thundering herd' },
    { title: "Little's law", id: 'L = λW' },
  ],
  reads: [
    'caches.hotKey',
    'caches.regeneration',
    'caches.stampedeProtection',
    'caches.warmUp',
    'caches.jitter',
    'caches.keys',
    'caches.ttl',
    'caches.holds',
    'calls.pool',
    'services.replicas',
  ],

  appliesTo: cache => holdsCopies(cache),

  *check(cache, context) {
    const { path, stampedeProtection } = cache
    if (stampedeProtection !== undefined && stampedeProtection !== 'none') return
    const outcomes = [hotKey(cache, context), bulkLoad(cache, context)].filter(found => found !== undefined)
    for (const outcome of outcomes) {
      // What fails is a fault only where the defence is denied.
      if ('unknown' in outcome || stampedeProtection === 'none') yield outcome
      else yield { unknown: [...path, 'stampedeProtection'], because: outcome.arithmetic! }
    }
  },

  examples: [
    {
      title: '200 requests compute the front page at the same time',
      bad: yaml`
        journeys:
          browse: { entry: shop }
        services:
          shop:
            calls: [{ to: page-cache }]
        caches:
          page-cache:
            hotKey: 500/s # <--
            regeneration: 400ms
            stampedeProtection: none
      `,
    },
    {
      title: 'Ten misses are enough for a pool of eight',
      bad: yaml`
        services:
          shop:
            replicas: 2
            calls: [{ to: price-cache }, { to: price-db, access: read, pool: 4 }]
        stores:
          price-db: {}
        caches:
          price-cache:
            inFrontOf: price-db
            hotKey: 100/s # <--
            regeneration: 100ms
            stampedeProtection: none
      `,
    },
    {
      title: 'The nightly job writes all prices with the same time to live',
      bad: yaml`
        caches:
          price-cache:
            warmUp: bulk
            ttl: 10m
            jitter: false # <--
            keys: 200000
            hotKey: 1/s
            regeneration: 20ms
            stampedeProtection: none
      `,
    },
    {
      title: 'One fact after another',
      unclear: yaml`
        caches:
          page-cache: {} # ?
          stock-cache: # ?
            hotKey: 500/s
          price-cache: # ?
            hotKey: 500/s
            regeneration: 400ms
          tax-cache: # ?
            { hotKey: 1/s, regeneration: 20ms, warmUp: bulk, ttl: 10m }
          rate-cache: # ?
            { hotKey: 1/s, regeneration: 20ms, warmUp: bulk, ttl: 10m, jitter: false }
          sku-cache: # ?
            { hotKey: 1/s, regeneration: 20ms, warmUp: bulk, ttl: 10m, jitter: false, keys: 200000 }
      `,
    },
    {
      title: 'One request computes for all, or there are few',
      good: yaml`
        journeys:
          browse: { entry: shop, load: { steady: 50/s, peak: 100/s } }
        services:
          shop:
            calls: [{ to: tax-cache }]
        caches:
          page-cache: { hotKey: 500/s, regeneration: 400ms, stampedeProtection: singleFlight }
          price-cache: { hotKey: 40/s, regeneration: 400ms, stampedeProtection: none }
          tax-cache: { regeneration: 100ms, stampedeProtection: none }
          locks: { holds: locks, hotKey: 500/s, regeneration: 400ms, stampedeProtection: none }
      `,
    },
    {
      title: 'Entries that came one by one, that expire at random, that are few, or that never expire',
      good: yaml`
        defaults:
          caches: { hotKey: 1/s, regeneration: 20ms, stampedeProtection: none }
        caches:
          price-cache: { warmUp: organic, ttl: 10m, jitter: false, keys: 200000 }
          stock-cache: { warmUp: bulk, ttl: 10m, jitter: true, keys: 200000 }
          tax-cache: { warmUp: bulk, ttl: 10m, jitter: false, keys: 12 }
          sku-cache: { warmUp: bulk, ttl: none, jitter: false, keys: 200000 }
      `,
    },
  ],
})

type Here = Context<OptionValues<typeof options>>

/** Reads of the busiest key, at most all reads of the cache; never more are known than what is stated. */
function readsOf(cache: Cache, { facts }: Here): Estimate {
  const fact = [...cache.path, 'hotKey']
  if (cache.hotKey !== undefined) return exactly(cache.hotKey)
  const all = facts.graph.in.get(cache.name)!.length > 0 ? facts.load.at(cache.name, 'peak').high : undefined
  return between(0, all, fact)
}

function hotKey(cache: Cache, context: Here): Outcome | undefined {
  const { model, facts, options } = context
  const at = [...cache.path, 'hotKey']
  const reads = readsOf(cache, context)
  const time = stated(cache.regeneration, [...cache.path, 'regeneration'])
  const misses = scale(product(reads, time), 1 / 1000)
  const pool = poolsBehind(cache, model)
  const [many, full] = [reaches(misses, options.misses), pool !== undefined && exceeds(misses, pool)]
  if (many !== true && full !== true) {
    if (many === false) return undefined
    return [...ask(many)][0]
  }
  const least = Math.min(options.misses, pool ?? options.misses)
  return {
    at,
    message: `Up to ${number(misses.low)} requests recompute the busiest value of "${cache.name}" at the same time${full === true ? `, for ${number(pool!)} connections to its origin` : ''}; expected one`,
    arithmetic: `simultaneous misses = ${rate(cache.hotKey!)} x ${duration(cache.regeneration!)} = ${number(misses.low)}, of at most ${number(least)}`,
    evidence: [{ label: `a value takes ${duration(cache.regeneration!)}`, at: [...cache.path, 'regeneration'] }],
    journeys: journeysReading(cache, model, facts.journeys),
  }
}

/** Entries that came together go together, unless their times to live differ. Jitter does not help a single hot key. */
function bulkLoad(cache: Cache, { model, facts, options }: Here): Outcome | undefined {
  const { warmUp, jitter, keys, ttl, path, name } = cache
  if (warmUp !== 'bulk' || jitter === true || typeof ttl !== 'number') return undefined
  const because = `Its entries are loaded together and live ${duration(ttl)}`
  if (jitter === undefined) return { unknown: [...path, 'jitter'], because }
  if (keys === undefined) return { unknown: [...path, 'keys'], because }
  if (keys < options.misses) return undefined
  return {
    at: [...path, 'jitter'],
    message: `${number(keys)} entries of "${name}" are loaded together and expire together; expected times to live that differ`,
    arithmetic: `${number(keys)} entries expire at once; spread over ${duration(ttl)} they would be ${rate((keys * 1000) / ttl)}`,
    fix: `Draw each time to live at random, such as from ${duration(ttl * 0.9)} to ${duration(ttl * 1.1)}`,
    evidence: [{ label: 'loaded in bulk', at: [...path, 'warmUp'] }],
    journeys: journeysReading(cache, model, facts.journeys),
  }
}
