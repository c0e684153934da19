import { engineOf, keptIn } from '../../analysis/engine.ts'
import type { Path } from '../../finding.ts'
import type { Cache, Component, Store } from '../../manifest/model.ts'
import { defineRule, noOptions, yaml, type Outcome } from '../define.ts'

export default defineRule({
  id: 'derived-store-as-source-of-truth',
  title: 'The only copy of some data is in memory or in a search index',
  severity: 'error',
  question: 'read-write',
  on: 'component',
  options: noOptions,
  why: 'A cache forgets at a restart, and a search index promises less than a database: no transactions, and a change of the mapping that reads everything again from somewhere. When the somewhere is the index itself, what it lost or never got right is gone.',
  fix: 'Keep the data in a database and derive the cache or the index from it.',
  sources: [
    {
      title:
        'Redis documentation: Redis persistence; Redis replication, "Safety of replication when master has persistence turned off"',
    },
    { title: 'Elasticsearch guide: Snapshot and restore' },
  ],
  reads: [
    'stores.engine',
    'stores.role',
    'stores.persistence',
    'stores.replicas',
    'stores.managedStandby',
    'stores.backup',
    'stores.rebuildFrom',
    'stores.lossTolerated',
    'caches.pattern',
    'caches.persistence',
    'caches.engine',
    'caches.lossTolerated',
    'journeys.criticality',
  ],

  appliesTo: component =>
    component.kind === 'store'
      ? component.lossTolerated !== true && mayBeOnlyHome(component)
      : component.kind === 'cache' && component.lossTolerated !== true && component.pattern === 'writeBehind',

  *check(component, { facts }) {
    for (const outcome of outcomesOf(component))
      yield 'at' in outcome ? { ...outcome, journeys: facts.journeys.through(component.name, 'sure') } : outcome
  },

  examples: [
    {
      title: 'Carts that live in memory, orders that are only in the search index',
      bad: yaml`
        stores:
          carts:
            engine: redis@7
            role: systemOfRecord
            replicas: 3
            persistence: none # <--
          orders:
            engine: elasticsearch@8
            role: systemOfRecord # <--
            backup: none
          tokens:
            engine: memcached
            role: systemOfRecord # <--
      `,
    },
    {
      title: 'A snapshot now and then, and writes that wait in memory for the database',
      bad: yaml`
        stores:
          carts:
            engine: valkey@8
            role: systemOfRecord
            persistence: snapshot # <--
          products:
            engine: opensearch@2
            role: systemOfRecord # <--
            backup: true
          counters-db: {}
        caches:
          counters:
            pattern: writeBehind
            inFrontOf: counters-db
            persistence: none # <--
      `,
    },
    {
      title: 'What the data is, and what is left after a restart, is not stated',
      unclear: yaml`
        stores:
          carts: { engine: redis@7 } # ?
          orders: { engine: redis@7, role: systemOfRecord } # ?
        caches:
          counters: { pattern: writeBehind } # ?
      `,
    },
    {
      title: 'A log on disk makes it a database like others, and what can be rebuilt or lost is not the only copy',
      good: yaml`
        services:
          web: {}
        stores:
          carts: { engine: redis@7, role: systemOfRecord, persistence: appendOnly, replicas: 3, backup: true }
          ledger: { engine: redis@7, role: systemOfRecord, persistence: durable }
          sessions: { engine: redis@7, role: sessions, persistence: none }
          search: { engine: opensearch@2, role: searchIndex }
          logs: { engine: elasticsearch@8, role: observability }
          suggestions: { engine: typesense, rebuildFrom: products-db }
          playground: { engine: redis@7, role: systemOfRecord, lossTolerated: true, persistence: none }
          products-db: { engine: postgres@16, role: systemOfRecord, persistence: none }
        caches:
          prices: { engine: redis@7, pattern: cacheAside, persistence: none }
          counters: { engine: redis@7, pattern: writeBehind, persistence: appendOnly }
          clicks: { engine: redis@7, pattern: writeBehind, lossTolerated: true, persistence: none }
      `,
    },
  ],
})

/** Where the role is not stated, an index or a cache that cannot be rebuilt from anything stated may be all there is. */
function mayBeOnlyHome(store: Store): boolean {
  if (keptIn(store) === undefined) return false
  if (store.role !== undefined) return store.role === 'systemOfRecord'
  return store.rebuildFrom === undefined || store.rebuildFrom === 'none'
}

function outcomesOf(component: Component): Outcome[] {
  if (component.kind === 'cache')
    return inMemory(component, 'has writes that its origin does not have yet', component.path)
  const store = component as Store
  const role = [...store.path, 'role']
  const because = `if "${store.name}" is the only home of its data, nothing can make it again`
  if (store.role === undefined) return [{ unknown: role, because }]
  return keptIn(store) === 'memory' ? inMemory(store, 'is the only home of its data', role) : [inIndex(store, role)]
}

function inMemory(component: Store | Cache, is: string, role: Path): Outcome[] {
  const { name, path, persistence } = component
  const at = [...path, 'persistence']
  // Memcached has no disk to write to.
  const left = persistence ?? (engineOf(component).product === 'memcached' ? 'none' : undefined)
  if (left === undefined) return [{ unknown: at, because: `"${name}" ${is}` }]
  if (left === 'appendOnly' || left === 'durable') return []
  const lost = left === 'none' ? 'keeps all of it in memory' : 'writes to disk only now and then'
  const evidence = component.kind === 'store' ? [{ label: 'it is the system of record', at: role }] : []
  return [
    {
      at: persistence === undefined ? role : at,
      message: `"${name}" ${is} and ${lost}, so that a restart forgets ${left === 'none' ? 'everything' : 'what came since'}; expected a log on disk, or a database`,
      fix:
        left === 'none' && persistence === undefined
          ? 'Keep the data in a database'
          : 'Append every write to a log on disk, or keep the data in a database',
      severity: left === 'none' ? 'error' : 'warning',
      evidence,
    },
  ]
}

/** With a backup it is a smell: what was there can be had again, though not what the index never got right. */
function inIndex({ name, path, engine, backup }: Store, role: Path): Outcome {
  const copied = backup !== undefined && backup !== 'none'
  return {
    at: role,
    message: `"${name}" is the only home of its data, and ${engine} is a search index${backup === 'none' ? ' without a backup' : ''}; expected a database from which the index can be built again`,
    severity: backup === 'none' ? 'error' : copied ? 'info' : 'warning',
    evidence:
      backup === undefined ? [] : [{ label: copied ? 'it has a backup' : 'no backup', at: [...path, 'backup'] }],
  }
}
