import { sum } from '../analysis/estimate.ts'
import type { Ledger, LedgerEntry } from '../analysis/connections.ts'
import type { Store } from '../manifest/model.ts'
import { atLeast, atMost, row, utilisationTone, type Row, type Sources, type Table } from './table.ts'

/** Who may open how many connections to which store at full scale. */
export function connectionsTable({ model, facts }: Sources): Table {
  const stores = [...model.stores.values()].map(store => ({ store, ledger: facts.ledger(store) }))
  return {
    id: 'connections',
    title: 'Connection ledger of each store',
    notes: ['At full scale and while a new version arrives: (instances + surge) x processes x pool.'],
    columns: [
      { key: 'store', title: 'store', unit: 'text' },
      { key: 'client', title: 'client', unit: 'text' },
      { key: 'instances', title: 'instances', unit: 'number' },
      { key: 'surge', title: 'surge', unit: 'number' },
      { key: 'pool', title: 'pool', unit: 'number' },
      { key: 'connections', title: 'connections', unit: 'number' },
      { key: 'limit', title: 'limit', unit: 'number' },
    ],
    rows: stores
      .filter(({ ledger }) => ledger.entries.length > 0)
      .flatMap(({ store, ledger }) => [
        ...ledger.entries.map(entry => entryRow(store, entry, facts)),
        totalRow(store, ledger, facts),
      ]),
    empty: 'No store is called.',
  }
}

function entryRow(store: Store, entry: LedgerEntry, facts: Sources['facts']): Row {
  const { client, call, instances, surge, pool, total } = entry
  const needs = [
    [...client.path, 'replicas'],
    [...call.path, 'pool'],
  ]
  return row(
    call.path,
    facts.journeys.through(client.name),
    [store.name, client.name, atLeast(instances), atLeast(surge), atLeast(pool), atLeast(total), undefined],
    needs,
    sum([instances, surge, pool]).missing,
  )
}

function totalRow(store: Store, { total, limit }: Ledger, facts: Sources['facts']): Row {
  const tone = limit.high === undefined ? undefined : utilisationTone(total.low / Math.max(1, limit.high), 0.9)
  return row(
    store.path,
    facts.journeys.through(store.name),
    [store.name, 'all of them', undefined, undefined, undefined, atLeast(total, tone), atMost(limit)],
    [[...store.path, 'maxConnections']],
    [...total.missing, ...limit.missing],
  )
}
