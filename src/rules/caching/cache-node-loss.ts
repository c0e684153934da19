import { cacheLossOf, lostShare, type CacheLoss } from '../../analysis/cache-loss.ts'
import { holdsCopies, takeover, weakness, type Weakness } from '../../analysis/caching.ts'
import { reaches, type Estimate } from '../../analysis/estimate.ts'
import type { LoadKind } from '../../analysis/load.ts'
import type { Path } from '../../finding.ts'
import { number, percent, plural, rate } from '../../units.ts'
import { ask, defineRule, noOptions, yaml, type Context, type Outcome, type Violation } from '../define.ts'

export default defineRule({
  id: 'cache-node-loss',
  title: 'One lost node of a cache overloads the origin',
  severity: 'warning',
  question: 'caching',
  on: 'cache',
  options: noOptions,
  why: 'The keys of a lost node are missed until they have been fetched again, wherever they live from then on. At a high hit ratio a few of them are many times what the origin is used to, and nodes are lost one by one in every upgrade.',
  formula: 'load of the origin = warm load x (1 + h/(n(1 - h))) when one of n nodes is lost, under consistent hashing',
  fix: 'Give each node a replica that takes over by itself, or spread the keys over more nodes.',
  sources: [
    { title: 'Scaling Memcache at Facebook', id: 'NSDI 2013, section 3.3 Handling Failures' },
    { title: "Amazon Builders' Library: Caching challenges and strategies", id: 'external caches' },
  ],
  reads: [
    'caches.nodes',
    'caches.hashing',
    'caches.hitRatio',
    'caches.replicas',
    'caches.managedStandby',
    'caches.failover',
    'caches.inFrontOf',
    'caches.onFailure',
    'caches.stampedeProtection',
    'caches.originLimit',
    'caches.holds',
    'stores.capacity.rps',
    'externals.quota',
    'services.replicas',
    'services.concurrency',
    'services.serviceTime',
    'journeys.load',
    'calls.serves',
    'calls.cachedBy',
  ],
  impliedBy: ['cache-is-load-bearing'],

  appliesTo: cache => holdsCopies(cache) && lostShare(cache) !== undefined,

  *check(cache, context) {
    if (cache.onFailure === 'shed') return
    const gap = takeover(cache)
    if (gap === undefined) return
    const [steady, peak] = (['steady', 'peak'] as const).map(kind =>
      cacheLossOf(cache, kind, context.model, context.facts),
    )
    for (const [i, calm] of steady!.entries()) yield* judge({ steady: calm, peak: peak![i]! }, gap, context)
  },

  examples: [
    {
      title: 'One of three nodes is a third of the reads, for a database that carries four times its usual load',
      bad: yaml`
        journeys:
          browse: { entry: shop, load: { steady: 2000/s, peak: 2000/s } }
        services:
          shop:
            calls: [{ to: catalogue-cache, access: readWrite }, { to: catalogue-db, access: read }]
        stores:
          catalogue-db: { capacity: { rps: 400 } }
        caches:
          catalogue-cache:
            inFrontOf: catalogue-db
            hitRatio: 95%
            nodes: 3
            replicas: 1 # <--
            onFailure: origin
            stampedeProtection: none
      `,
    },
    {
      title: 'Replicas that somebody has to promote; keys that nearly all move when the number of nodes does',
      bad: yaml`
        journeys:
          browse: { entry: shop, load: { steady: 100/s, peak: 1000/s } }
        services:
          shop:
            calls: [{ to: rates-cache }, { to: page-cache }]
        externals:
          rates: { quota: 200/s }
        stores:
          page-db: { capacity: { rps: 400 } }
        caches:
          rates-cache:
            inFrontOf: rates
            hitRatio: 90%
            nodes: 6
            replicas: 2
            failover: { mode: manual } # <--
            onFailure: origin
            originLimit: none
          page-cache:
            inFrontOf: page-db
            hitRatio: 90%
            nodes: 6
            hashing: modulo
            managedStandby: true
            failover: none # <--
            onFailure: origin
            originLimit: none
      `,
    },
    {
      title: 'Half of the keys are on each node, and one fact after another decides',
      unclear: yaml`
        journeys:
          browse: { entry: shop, load: { steady: 2000/s, peak: 2000/s } }
        services:
          shop:
            calls: [{ to: prices }, { to: stocks }, { to: pages }, { to: taxes }, { to: skus }, { to: rates }]
        defaults:
          stores: { capacity: { rps: 700 } }
          caches: { nodes: 2, hitRatio: 80%, onFailure: origin }
        stores: { price-db: {}, stock-db: {}, page-db: {}, sku-db: {}, rate-db: {} }
        externals:
          tax-office: {} # ?
        caches:
          prices: # ?
            { inFrontOf: price-db }
          stocks: # ?
            { inFrontOf: stock-db, replicas: 2 }
          pages:
            inFrontOf: page-db
            replicas: 2
            failover: {} # ?
          taxes: { inFrontOf: tax-office, replicas: 1 }
          skus: # ?
            { inFrontOf: sku-db, replicas: 1, originLimit: 900 }
          rates: # ?
            { inFrontOf: rate-db, replicas: 1 }
      `,
    },
    {
      title: 'Replicas take over by themselves, misses are shared and capped, or are refused',
      good: yaml`
        journeys:
          browse: { entry: shop, load: { steady: 2000/s, peak: 2000/s } }
        services:
          shop:
            calls: [{ to: price-cache }, { to: stock-cache }, { to: page-cache }, { to: tax-cache }]
        defaults:
          caches: { hitRatio: 95%, nodes: 3 }
        stores:
          price-db: { capacity: { rps: 400 } }
          stock-db: { capacity: { rps: 400 } }
          page-db: { capacity: { rps: 400 } }
          tax-db: { capacity: { rps: 400 } }
        caches:
          price-cache: { inFrontOf: price-db, replicas: 2, failover: { mode: automatic }, onFailure: origin }
          tax-cache: { inFrontOf: tax-db, managedStandby: true, failover: { mode: automatic }, onFailure: origin }
          stock-cache: { inFrontOf: stock-db, replicas: 1, onFailure: origin, stampedeProtection: lease, originLimit: 300 }
          page-cache: { inFrontOf: page-db, replicas: 1, onFailure: shed, stampedeProtection: none }
      `,
    },
    {
      title: 'Twenty nodes of which one is a twentieth, one node, an origin that is too small anyway, and locks',
      good: yaml`
        journeys:
          browse: { entry: shop, load: { steady: 2000/s, peak: 2000/s } }
        services:
          shop:
            calls: [{ to: price-cache }, { to: stock-cache }, { to: page-cache }]
        defaults:
          caches: { hitRatio: 95%, nodes: 20, replicas: 1, onFailure: origin, stampedeProtection: none }
        stores:
          price-db: { capacity: { rps: 400 } }
          stock-db: { capacity: { rps: 400 } }
          page-db: { capacity: { rps: 100 } }
        caches:
          price-cache: { inFrontOf: price-db }
          stock-cache: { inFrontOf: stock-db, nodes: 1 }
          page-cache: { inFrontOf: page-db, nodes: 3 }
          locks: { holds: locks, inFrontOf: price-db, nodes: 3 }
      `,
    },
  ],
})

function* judge(
  losses: Readonly<Record<LoadKind, CacheLoss>>,
  gap: Weakness,
  context: Context<Record<string, never>>,
): Generator<Outcome, void, undefined> {
  const open: Outcome[] = []
  for (const kind of ['steady', 'peak'] as const) {
    const loss = losses[kind]
    const { cache, origin, carries, warm, oneNodeLost: lost } = loss
    if (!carries || !lost) return
    // Too small with its cache as well: that is a fault of the origin.
    const small = reaches(warm, carries.most)
    const fails = reaches(lost, carries.most)
    if (small === true || fails === false) continue
    const flood = `Without one node of "${cache.name}" ${rate(lost.low)} reach "${origin.name}"`
    if (fails !== true) {
      const missing = lost.low > 0 && carries.most.missing.length > 0 ? carries.most.missing : lost.missing
      open.push(...ask(missing, lost.low > 0 ? flood : undefined))
      continue
    }
    if (small !== false) return yield* ask(small, flood)
    const most = carries.most.high ?? carries.most.low
    const because = `${flood}, which carries ${rate(most)}`
    const weak = weakness(cache)
    if ('unknown' in gap) return yield { unknown: gap.unknown, because }
    if ('unknown' in weak) return yield { unknown: weak.unknown, because }
    return yield overload(loss, lost, most, kind, gap.at, context)
  }
  yield* open.slice(0, 1)
}

function overload(
  { cache, origin, carries, nodeMultiplier, warm, cold }: CacheLoss,
  lost: Estimate,
  most: number,
  kind: LoadKind,
  at: Path,
  { facts }: Context<Record<string, never>>,
): Violation {
  const { hitRatio: h = 0, nodes = 2, hashing, path } = cache
  const lostKeys = hashing === 'modulo' ? `${number(nodes - 1)} x ${percent(h)}` : percent(h)
  const enough = Math.floor((cold.low - warm.low) / (most - warm.low)) + 1
  return {
    at,
    message: `The loss of one of the ${plural(nodes, 'node')} of "${cache.name}" sends ${rate(lost.low)} to "${origin.name}" at ${kind} load, which carries ${rate(most)}; expected a replica that takes over`,
    arithmetic: [
      `multiplier = 1 + ${lostKeys} / (${number(nodes)} x (1 - ${percent(h)})) = ${number(nodeMultiplier?.low ?? 1)}`,
      `load with all nodes = ${rate(warm.low)}`,
      `rho with one node lost = ${rate(lost.low)} / (${carries?.text ?? ''}) = ${number(lost.low / most)}`,
    ].join('\n'),
    fix: `Give each node a replica and an automatic failover, or spread the keys over at least ${plural(enough, 'node')} by consistent hashing, or make "${origin.name}" carry ${rate(lost.low)}`,
    evidence: [
      { label: plural(nodes, 'node'), at: [...path, 'nodes'] },
      { label: `hit ratio ${percent(h)}`, at: [...path, 'hitRatio'] },
      ...(carries ? [{ label: `"${origin.name}" carries ${rate(most)}`, at: carries.at }] : []),
    ],
    journeys: facts.journeys.through(origin.name, 'sure'),
  }
}
