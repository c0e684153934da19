import type { Path } from '../../finding.ts'
import type { Queue, Store } from '../../manifest/model.ts'
import { duration } from '../../units.ts'
import { defineRule, noOptions, yaml, type Outcome } from '../define.ts'

export default defineRule({
  id: 'projection-without-rebuild',
  title: 'A read model that cannot be made again, or that may be of any age',
  severity: 'warning',
  question: 'read-write',
  on: 'store',
  options: noOptions,
  why: 'Sooner or later a bug writes wrong rows into a read model. Where its source still has everything, it is thrown away and built again; where the source forgets after a day, the wrong rows stay. And where nobody said how old it may be, nobody notices when it stops following.',
  fix: 'Keep the source from the beginning, or a snapshot and the changes since, and agree on how old the read model may be.',
  sources: [
    { title: 'Kleppmann: Designing Data-Intensive Applications', id: 'chapter 11, "State, Streams, and Immutability"' },
    { title: 'Microservices Patterns', id: 'pattern "Command Query Responsibility Segregation (CQRS)"' },
  ],
  reads: [
    'stores.role',
    'stores.rebuildFrom',
    'stores.freshness',
    'stores.consistency',
    'stores.backup',
    'stores.lossTolerated',
    'queues.retention',
    'queues.compacted',
  ],

  appliesTo: ({ role, lossTolerated }) => (role === 'projection' || role === 'searchIndex') && lossTolerated !== true,

  *check(store, { model, facts }) {
    for (const outcome of [...rebuild(store, model.queues), ...age(store)])
      yield 'at' in outcome ? { ...outcome, journeys: facts.journeys.through(store.name, 'sure') } : outcome
  },

  examples: [
    {
      title: 'The history of orders is built from a topic that forgets after a day, and nobody agreed on its age',
      bad: yaml`
        stores:
          order-history:
            engine: elasticsearch@8
            role: projection
            consistency: eventual
            freshness: none # <--
            backup: none
            rebuildFrom: order-events # <--
          stock-list:
            role: searchIndex
            freshness: 1m
            rebuildFrom: none # <--
          revenue:
            role: projection
            freshness: 1h
            backup: { interval: 1d }
            rebuildFrom: price-events # <--
        queues:
          order-events: { engine: kafka@4, retention: 1d }
          price-events: { engine: kafka@4, retention: 12h }
      `,
    },
    {
      title: 'What it can be built from, how far back that reaches, and how old it may be',
      unclear: yaml`
        stores:
          order-history: { role: projection, freshness: 1m } # ?
          stock-list: { role: projection, freshness: 1m, rebuildFrom: stock-events }
          price-list: { role: projection, freshness: 1m, rebuildFrom: price-events } # ?
          revenue: { role: projection, freshness: 1m, rebuildFrom: price-events, backup: true } # ?
          search: { role: searchIndex, rebuildFrom: products-db } # ?
          trends: { role: projection, rebuildFrom: products-db, freshness: none } # ?
          products-db: {}
        queues:
          stock-events: {} # ?
          price-events: { retention: 1d }
      `,
    },
    {
      title: 'The source has everything, or there is a snapshot and the changes since',
      good: yaml`
        stores:
          order-history: { role: projection, rebuildFrom: order-events, freshness: 5m }
          stock-list: { role: projection, rebuildFrom: stock-events, freshness: 5m }
          revenue: { role: projection, rebuildFrom: price-events, freshness: 1h, backup: { interval: 1d } }
          search: { role: searchIndex, rebuildFrom: products-db, freshness: 10m }
          imports: { role: projection, rebuildFrom: files of the supplier, freshness: 1d }
          balances: { role: projection, rebuildFrom: products-db, consistency: strong, freshness: none }
          trends: { role: projection, rebuildFrom: none, freshness: none, lossTolerated: true }
          products-db: { role: systemOfRecord, rebuildFrom: none, freshness: none }
        queues:
          order-events: { engine: kafka@4, retention: none }
          stock-events: { engine: kafka@4, retention: 1d, compacted: true }
          price-events: { engine: kafka@4, retention: 1d }
      `,
    },
  ],
})

function* rebuild(store: Store, queues: ReadonlyMap<string, Queue>): Generator<Outcome, void, undefined> {
  const { name, path, rebuildFrom } = store
  const at: Path = [...path, 'rebuildFrom']
  if (rebuildFrom === undefined) return yield { unknown: at, because: 'a bug that wrote wrong rows has to be undone' }
  const source = queues.get(rebuildFrom)
  if (rebuildFrom === 'none')
    yield {
      at,
      message: `"${name}" is a copy that cannot be built again, so that wrong rows stay; expected a source that still has everything`,
    }
  else if (source && source.compacted !== true) yield* replay(store, source, at)
}

/** A log that forgets is enough for the changes since the last snapshot. */
function* replay(store: Store, source: Queue, at: Path): Generator<Outcome, void, undefined> {
  const { name, path, backup } = store
  const { retention } = source
  if (retention === undefined)
    return yield { unknown: [...source.path, 'retention'], because: `"${name}" is built again from "${source.name}"` }
  if (retention === 'none') return
  const because = `"${source.name}" forgets after ${duration(retention)}, and older data must come from a copy`
  if (backup === undefined) return yield { unknown: [...path, 'backup'], because }
  const interval = backup === 'none' ? undefined : backup.interval
  if (backup !== 'none' && interval === undefined) return yield { unknown: [...path, 'backup', 'interval'], because }
  if (interval !== undefined && interval <= retention) return
  const gap =
    interval === undefined ? 'there is no copy of what is older' : `copies of it are up to ${duration(interval)} apart`
  yield {
    at,
    message: `"${name}" is built again from "${source.name}", which forgets after ${duration(retention)}, and ${gap}; expected a source that reaches back to the beginning, or to the last copy`,
    ...(interval === undefined
      ? {}
      : { arithmetic: `retention = ${duration(retention)} < ${duration(interval)} between copies` }),
    fix:
      interval === undefined
        ? `Compact "${source.name}" or keep it for ever, or copy "${name}" at least every ${duration(retention)}`
        : `Copy "${name}" at least every ${duration(retention)}, or keep "${source.name}" for ${duration(interval)}`,
    evidence: [{ label: `retention ${duration(retention)}`, at: [...source.path, 'retention'] }],
  }
}

/** What is written together with its source is never old. */
function* age({ name, path, freshness, consistency }: Store): Generator<Outcome, void, undefined> {
  if (consistency === 'strong') return
  const at: Path = [...path, 'freshness']
  if (freshness === undefined) yield { unknown: at, because: 'a read model that stops following looks healthy' }
  if (freshness !== 'none') return
  if (consistency === undefined)
    return yield { unknown: [...path, 'consistency'], because: 'nobody agreed on how old it may be' }
  yield {
    at,
    message: `"${name}" is a copy that may be of any age; expected a limit that somebody watches`,
    fix: 'Agree on how old it may be with those who read it, and alert when it is older',
  }
}
