import { engineOf } from '../../analysis/engine.ts'
import { holdsCopies, journeysReading } from '../../analysis/caching.ts'
import type { Cache, Journey, Store } from '../../manifest/model.ts'
import { defineRule, noOptions, yaml, type Outcome } from '../define.ts'

export default defineRule({
  id: 'eviction-policy-mismatch',
  title: 'What is dropped when memory is full does not fit the data',
  severity: 'error',
  question: 'caching',
  on: 'component',
  options: noOptions,
  why: 'A full memory is an ordinary day of a cache. If it then drops what has no other home, payments are made twice and two workers hold one lock, with nothing in any log; if it drops nothing, writes fail until somebody deletes keys by hand.',
  fix: 'Let copies be evicted, and keep what has no other home where nothing is.',
  sources: [{ title: 'Redis documentation', id: 'Key eviction: maxmemory-policy' }],
  reads: [
    'caches.eviction',
    'caches.holds',
    'caches.ttl',
    'caches.pattern',
    'caches.layer',
    'caches.engine',
    'caches.lossTolerated',
    'stores.eviction',
    'stores.role',
    'stores.engine',
    'stores.lossTolerated',
  ],

  appliesTo: component =>
    (component.kind === 'store' || component.kind === 'cache') &&
    component.lossTolerated !== true &&
    (component.eviction !== undefined || mayBeWrong(component)),

  *check(component, { model, facts }) {
    if (component.kind !== 'store' && component.kind !== 'cache') return
    const policy = policyOf(component)
    if (policy === undefined) return yield { unknown: [...component.path, 'eviction'] }
    const journeys =
      component.kind === 'cache'
        ? journeysReading(component, model, facts.journeys)
        : facts.journeys.through(component.name, 'sure')
    if (component.kind === 'cache' && holdsCopies(component)) yield* ofCopies(component, policy, journeys)
    else yield* ofTreasure(component, policy, journeys)
  },

  examples: [
    {
      title: 'Keys of payments share the policy of a cache, and locks that expire are dropped before they do',
      bad: yaml`
        services:
          orders: { calls: [{ to: payment-keys }] }
        caches:
          payment-keys:
            holds: idempotencyKeys
            ttl: 7d
            eviction: allkeys-lru # <--
          stock-locks:
            holds: locks
            ttl: 30s
            eviction: volatile-ttl # <--
          logins:
            engine: memcached
            holds: sessions
            eviction: LRU # <--
        stores:
          carts:
            engine: redis@7
            role: systemOfRecord
            eviction: allkeys-random # <--
          logins-db:
            engine: redis@7
            role: sessions
            eviction: allkeys-lfu # <--
      `,
    },
    {
      title: 'Copies that nothing may drop, and copies of which only those go that expire',
      bad: yaml`
        caches:
          page-cache:
            pattern: cacheAside
            eviction: noeviction # <--
          price-cache:
            pattern: readThrough
            ttl: 10m
            eviction: none # <--
          stock-cache:
            pattern: cacheAside
            ttl: none
            eviction: volatile-lru # <--
      `,
    },
    {
      title: 'The policy is not stated, nor whether anything expires or has another home',
      unclear: yaml`
        stores:
          carts: # ?
            engine: redis@7
            role: systemOfRecord
          views: # ?
            eviction: allkeys-lru
        caches:
          page-cache: # ?
            engine: valkey@8
          payment-keys: # ?
            holds: idempotencyKeys
          stock-cache: # ?
            eviction: volatile-lru
          stock-locks: # ?
            { holds: locks, eviction: volatile-lru }
          price-cache: # ?
            { ttl: none, eviction: volatile-lru }
          tax-cache: # ?
            { eviction: noeviction }
      `,
    },
    {
      title: 'Copies go, what has no other home stays, and so do writes that are not in the database yet',
      good: yaml`
        caches:
          page-cache: { engine: redis@7, eviction: allkeys-lfu }
          price-cache: { ttl: 10m, eviction: volatile-lru }
          payment-keys: { holds: idempotencyKeys, ttl: 7d, eviction: noeviction }
          stock-locks: { holds: locks, ttl: none, eviction: volatile-lru }
          counters: { ttl: none, pattern: writeBehind, eviction: noeviction }
          points: { engine: redis@7, pattern: writeBehind }
          near-cache: { engine: caffeine, eviction: size }
        stores:
          carts: { engine: redis@7, role: systemOfRecord, eviction: noeviction }
          views: { engine: redis@7, role: projection, eviction: allkeys-lru }
          flags: { engine: redis@7, role: systemOfRecord, eviction: volatile-lru }
      `,
    },
    {
      title: 'Sessions near their end may go first, counters may start again, and some data may be lost',
      good: yaml`
        caches:
          logins: { holds: sessions, ttl: 30m, eviction: volatile-ttl }
          limits: { holds: rateLimits, eviction: allkeys-lru }
          drafts: { holds: sessions, eviction: allkeys-lru, lossTolerated: true }
      `,
    },
    {
      title: 'A CDN, a browser and a cache in the process manage their own memory, and a database has a disk',
      good: yaml`
        services:
          web: {}
        caches:
          images: { engine: redis@7, layer: cdn }
          pages: { layer: browser }
          prices: { engine: caffeine, layer: application }
        stores:
          orders-db: { engine: postgres@16, role: systemOfRecord }
      `,
    },
  ],
})

type Policy = 'nothing' | 'expiring' | 'all' | 'other'
type Outcomes = Generator<Outcome, void, undefined>

/** In the words of Redis: nothing goes, only keys that expire, or any key. Words that nobody knows say nothing. */
function policyOf({ eviction }: Cache | Store): Policy | undefined {
  const policy = eviction?.trim().toLowerCase()
  if (policy === undefined) return undefined
  if (policy === 'noeviction' || policy === 'none') return 'nothing'
  if (policy.startsWith('volatile-')) return 'expiring'
  return policy.startsWith('allkeys-') || ['lru', 'lfu', 'fifo', 'random'].includes(policy) ? 'all' : 'other'
}

/** Copies may go, and must be able to. What is written behind is no copy until the origin has it. */
function* ofCopies({ name, ttl, pattern, path }: Cache, policy: Policy, journeys: readonly Journey[]): Outcomes {
  if (policy !== 'nothing' && policy !== 'expiring') return
  const at = [...path, 'eviction']
  const full = 'writes to it fail once its memory is full'
  if (policy === 'expiring' && ttl === undefined)
    return yield { unknown: [...path, 'ttl'], because: 'Only entries that expire are dropped from it' }
  if (pattern === 'writeBehind' || (policy === 'expiring' && ttl !== 'none')) return
  if (pattern === undefined) return yield { unknown: [...path, 'pattern'], because: `If it holds copies, ${full}` }
  yield {
    at,
    message:
      policy === 'nothing'
        ? `"${name}" holds copies, but drops none, so ${full}; expected that the oldest go`
        : `"${name}" drops only entries that expire, but none does, so ${full}; expected a time to live, or a policy for all keys`,
    fix: 'Set allkeys-lru or allkeys-lfu',
    // Entries that expire may leave room in time.
    severity: policy === 'nothing' && ttl !== 'none' ? 'warning' : 'error',
    evidence: policy === 'nothing' ? [] : [{ label: 'entries never expire', at: [...path, 'ttl'] }],
    journeys,
  }
}

/** What has no other home must stay: locks and keys at least until they expire. Sessions near their end may go first. */
function* ofTreasure(component: Cache | Store, policy: Policy, journeys: readonly Journey[]): Outcomes {
  const { kind, name, path } = component
  if (policy !== 'all' && policy !== 'expiring') return
  if (policy === 'expiring') {
    if (kind === 'store' || treasureIn(component) === 'sessions' || component.ttl === 'none') return
    if (component.ttl === undefined)
      return yield { unknown: [...path, 'ttl'], because: 'Only entries that expire are dropped from it' }
  }
  if (kind === 'store' && component.role === undefined)
    return yield { unknown: [...path, 'role'], because: 'It drops data when its memory is full' }
  const treasure = treasureIn(component)
  if (treasure === undefined) return
  yield {
    at: [...path, 'eviction'],
    message: `"${name}" keeps ${treasure}, but drops ${policy === 'all' ? 'any' : 'those that expire'} when its memory is full; expected none to be dropped`,
    fix: 'Set noeviction, and alert on the memory that is left',
    evidence: [{ label: treasure, at: [...path, kind === 'store' ? 'role' : 'holds'] }],
    journeys,
  }
}

/** Data whose silent loss breaks a promise. Counters of rate limits only start again. */
function treasureIn(component: Cache | Store): string | undefined {
  if (component.kind === 'store')
    return component.role === 'systemOfRecord' ? 'records' : component.role === 'sessions' ? 'sessions' : undefined
  const { holds } = component
  return holds === 'idempotencyKeys'
    ? 'idempotency keys'
    : holds === 'sessions' || holds === 'locks'
      ? holds
      : undefined
}

/** Whether the policy, if it were stated, could be wrong. In some products it is a setting; others manage themselves. */
function mayBeWrong(component: Cache | Store): boolean {
  const isSetting = ['redis', 'keydb', 'dragonfly'].includes(engineOf(component).product ?? '')
  if (component.kind === 'store') return isSetting && treasureIn(component) !== undefined
  if (!holdsCopies(component)) return treasureIn(component) !== undefined
  return isSetting && component.pattern !== 'writeBehind' && component.layer !== 'cdn' && component.layer !== 'browser'
}
