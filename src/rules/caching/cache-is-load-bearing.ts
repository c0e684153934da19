import {
  carriedBy,
  coldLoad,
  holdsCopies,
  isBehind,
  originsOf,
  weakness,
  type Carries,
} from '../../analysis/caching.ts'
import { reaches } from '../../analysis/estimate.ts'
import { lossMultiplier } from '../../analysis/formulas/caching.ts'
import type { LoadKind } from '../../analysis/load.ts'
import type { Path } from '../../finding.ts'
import type { Cache, Component } from '../../manifest/model.ts'
import { number, percent, rate } from '../../units.ts'
import { ask, defineRule, noOptions, yaml, type Context, type Outcome, type Violation } from '../define.ts'

export default defineRule({
  id: 'cache-is-load-bearing',
  title: 'The origin cannot do without its cache',
  severity: 'warning',
  question: 'caching',
  on: 'cache',
  options: noOptions,
  why: 'After a flush, a restart or the loss of the cache all reads go to the origin. It breaks down under them, no answer comes that could fill the cache again, and so it stays down after the cache is back.',
  formula: 'multiplier = 1/(1 - h); cold load = reads + writes at h = 0, which must stay below what the origin carries',
  fix: 'Let one request recompute a value for all, and cap what misses may send to the origin.',
  sources: [
    { title: "Amazon Builders' Library: Caching challenges and strategies", id: 'external caches' },
    { title: 'Metastable Failures in the Wild', id: 'OSDI 2022' },
    {
      title: 'AWS Well-Architected, Reliability: Use static stability to prevent bimodal behavior',
      id: 'REL11-BP05',
      revision: 'November 2024',
    },
  ],
  reads: [
    'caches.inFrontOf',
    'caches.hitRatio',
    'caches.onFailure',
    'caches.stampedeProtection',
    'caches.originLimit',
    'caches.replicas',
    'caches.managedStandby',
    'caches.holds',
    'stores.capacity.rps',
    'caches.capacity.rps',
    'externals.quota',
    'services.replicas',
    'services.concurrency',
    'services.serviceTime',
    'journeys.load',
    'calls.serves',
    'calls.cachedBy',
  ],

  appliesTo: cache => holdsCopies(cache),

  *check(cache, context) {
    if (cache.onFailure === 'shed') return
    const origins = originsOf(cache, context.model)
    if (origins.length === 0) yield { unknown: [...cache.path, 'inFrontOf'] }
    for (const origin of origins) yield* judge(cache, origin, context)
  },

  examples: [
    {
      title:
        'A database for 400 requests per second behind a cache that keeps 1900 away, and a limit that misses do not share',
      bad: yaml`
        journeys:
          browse: { entry: shop, load: { steady: 2000/s, peak: 2000/s } }
        services:
          shop:
            calls: [{ to: catalogue-cache }, { to: catalogue-db, access: read }, { to: price-cache }]
        stores:
          price-db: { capacity: { rps: 300 } }
          catalogue-db: { capacity: { rps: 400 } }
        caches:
          catalogue-cache:
            inFrontOf: catalogue-db
            hitRatio: 95%
            replicas: 1
            onFailure: origin
            originLimit: none # <--
          price-cache:
            inFrontOf: price-db
            hitRatio: 90%
            onFailure: error
            stampedeProtection: none # <--
            originLimit: 100
      `,
    },
    {
      title: 'Only the peak is too much, and the limit on misses is more than the partner accepts',
      bad: yaml`
        journeys:
          browse: { entry: shop, load: { steady: 100/s, peak: 1000/s } }
        services:
          shop:
            calls: [{ to: rates, cachedBy: rates-cache }]
        externals:
          rates: { quota: 200/s }
        caches:
          rates-cache:
            hitRatio: 90%
            onFailure: stale
            stampedeProtection: lease
            originLimit: 500 # <--
      `,
    },
    {
      title: 'What the database carries is not stated, nor what answers on a miss',
      unclear: yaml`
        journeys:
          browse: { entry: shop, load: { steady: 2000/s, peak: 2000/s } }
        services:
          shop:
            calls: [{ to: catalogue-cache }, { to: page-cache }]
        stores:
          catalogue-db: {} # ?
        caches:
          catalogue-cache: { inFrontOf: catalogue-db, hitRatio: 95% }
          page-cache: {} # ?
      `,
    },
    {
      title: 'The database is too small for a cold cache, and its defences are not stated',
      unclear: yaml`
        journeys:
          browse: { entry: shop, load: { steady: 2000/s, peak: 2000/s } }
        services:
          shop:
            calls: [{ to: price-cache }, { to: stock-cache }, { to: page-cache }]
        stores:
          price-db: { capacity: { rps: 400 } }
          stock-db: { capacity: { rps: 400 } }
          page-db: { capacity: { rps: 400 } }
        caches:
          price-cache: # ?
            inFrontOf: price-db
            hitRatio: 95%
          stock-cache: # ?
            inFrontOf: stock-db
            hitRatio: 95%
            onFailure: origin
            stampedeProtection: singleFlight
          page-cache: # ?
            inFrontOf: page-db
            hitRatio: 95%
            onFailure: origin
            originLimit: 100
      `,
    },
    {
      title: 'Misses are shared and capped, refused while the cache is down, or no burden',
      good: yaml`
        journeys:
          browse: { entry: shop, load: { steady: 2000/s, peak: 2000/s } }
        services:
          shop:
            calls: [{ to: price-cache }, { to: stock-cache }, { to: page-cache }]
        stores:
          price-db: { capacity: { rps: 400 } }
          stock-db: { capacity: { rps: 400 } }
          page-db: { capacity: { rps: 4000 } }
        caches:
          price-cache:
            { inFrontOf: price-db, hitRatio: 95%, onFailure: origin, stampedeProtection: lease, originLimit: 300 }
          stock-cache:
            { inFrontOf: stock-db, hitRatio: 95%, onFailure: shed, stampedeProtection: none, originLimit: none }
          page-cache:
            { inFrontOf: page-db, hitRatio: 95%, onFailure: origin, stampedeProtection: none, originLimit: none }
      `,
    },
    {
      title: 'A database that is too small with its cache as well has another fault',
      good: yaml`
        journeys:
          browse: { entry: shop, load: { steady: 2000/s, peak: 2000/s } }
        services:
          shop:
            calls: [{ to: price-cache }]
        stores:
          price-db: { capacity: { rps: 400 } }
        caches:
          price-cache:
            { inFrontOf: price-db, hitRatio: 50%, onFailure: origin, stampedeProtection: none, originLimit: none }
          locks: { holds: locks, inFrontOf: price-db, onFailure: error, stampedeProtection: none }
      `,
    },
  ],
})

type Here = Context<Record<string, never>>

function* judge(cache: Cache, origin: Component, context: Here): Generator<Outcome, void, undefined> {
  const { facts, model } = context
  const limit = carriedBy(origin, facts)
  if (!limit || !facts.graph.in.get(origin.name)!.some(edge => isBehind(edge, cache, model))) return
  const open: Outcome[] = []
  for (const kind of ['steady', 'peak'] as const) {
    const cold = coldLoad(cache, origin, kind, facts)
    // Too small with its cache as well: that is a fault of the origin.
    const warm = reaches(facts.load.at(origin.name, kind), limit.most)
    if (warm === true) continue
    const fails = reaches(cold, limit.most)
    if (fails === false) continue
    const flood = `Without "${cache.name}" ${rate(cold.low)} reach "${origin.name}"`
    if (fails !== true) {
      // The load first, then what it is compared with.
      const missing = cold.low > 0 && limit.most.missing.length > 0 ? limit.most.missing : cold.missing
      open.push(...ask(missing, cold.low > 0 ? flood : undefined))
      continue
    }
    if (warm !== false) return yield* ask(warm, flood)
    const weak = weakness(cache)
    if ('at' in weak) return yield overload(cache, origin, kind, limit, weak.at, context)
    return yield { unknown: weak.unknown, because: `${flood}, which carries ${rate(limit.most.high!)}` }
  }
  yield* open.slice(0, 1)
}

function overload(cache: Cache, origin: Component, kind: LoadKind, limit: Carries, at: Path, context: Here): Violation {
  const { facts } = context
  const [warm, cold] = [facts.load.at(origin.name, kind), coldLoad(cache, origin, kind, facts).low]
  const most = limit.most.high!
  const h = cache.hitRatio
  const multiplier = h === undefined ? undefined : lossMultiplier(h)
  const alone = cache.replicas === 1 && cache.managedStandby !== true
  return {
    at,
    message: `Without "${cache.name}" ${rate(cold)} reach "${origin.name}" at ${kind} load, which carries ${rate(most)}; expected misses to be shared and capped`,
    arithmetic: [
      ...(multiplier === undefined ? [] : [`multiplier = 1 / (1 - ${percent(h!)}) = ${number(multiplier)}`]),
      ...(warm.low === warm.high ? [`load with the cache = ${rate(warm.low)}`] : []),
      `rho without it = ${rate(cold)} / (${limit.text}) = ${number(cold / most)}`,
    ].join('\n'),
    fix: `Let one request recompute a value for all and cap the misses below ${rate(most)}, or make "${origin.name}" carry ${rate(cold)}`,
    severity: kind === 'steady' && alone ? 'error' : 'warning',
    evidence: [
      { label: `"${origin.name}" carries ${rate(most)}`, at: limit.at },
      ...(h === undefined ? [] : [{ label: `hit ratio ${percent(h)}`, at: [...cache.path, 'hitRatio'] }]),
      ...(alone ? [{ label: 'one node, no replica', at: [...cache.path, 'replicas'] }] : []),
    ],
    journeys: facts.journeys.through(origin.name, 'sure'),
  }
}
