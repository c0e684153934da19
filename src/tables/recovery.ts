import { explain, recoveryOf, type Span } from '../analysis/recovery.ts'
import type { Store } from '../manifest/model.ts'
import { atLeast, figure, row, type Cell, type Row, type Sources, type Table } from './table.ts'

/** What a store loses and how long it is away, against what was agreed. */
export function recoveryTable(sources: Sources): Table {
  return {
    id: 'recovery',
    title: 'Recovery of each store',
    notes: [
      'RPO and what follows it: data lost, at a failover and from a backup, at the worst. RTO: time until it answers again.',
      'A replica repeats a mistake within milliseconds, so both ways count.',
    ],
    columns: [
      { key: 'store', title: 'store', unit: 'text' },
      { key: 'rpo', title: 'RPO', unit: 'duration' },
      { key: 'lostAtFailover', title: 'failover', unit: 'duration' },
      { key: 'lostFromBackup', title: 'backup', unit: 'duration' },
      { key: 'rto', title: 'RTO', unit: 'duration' },
      { key: 'failover', title: 'failover', unit: 'duration' },
      { key: 'restore', title: 'restore', unit: 'duration' },
    ],
    rows: [...sources.model.stores.values()].map(store => rowOf(store, sources)),
    empty: 'No store is stated.',
  }
}

function rowOf(store: Store, { model, facts }: Sources): Row {
  const { lossFromBackup, lossAtFailover, restore, failover, drills } = recoveryOf(store, model)
  const { rpo, rto } = store.objectives ?? {}
  const denied = store.backup === 'none'
  const cell = (span: Span | undefined, objective: number | undefined): Cell =>
    span && atLeast(span.total, objective === undefined || span.total.low <= objective ? undefined : 'bad')
  const none: Cell = denied ? { word: 'none', tone: 'bad' } : undefined
  const spans = [lossAtFailover, lossFromBackup, failover, restore]
  return row(
    store.path,
    facts.journeys.through(store.name),
    [
      store.name,
      figure(rpo),
      cell(lossAtFailover, rpo) ?? (store.failover === 'none' ? '-' : undefined),
      lossFromBackup ? cell(lossFromBackup, rpo) : none,
      figure(rto),
      cell(failover, rto) ?? (store.failover === 'none' ? '-' : undefined),
      restore ? cell(restore, rto) : none,
    ],
    [
      [...store.path, 'objectives', 'rpo'],
      [...store.path, 'objectives', 'rto'],
      [...store.path, 'backup'],
      [...store.path, 'failover'],
      ...(drills[0] ? [drills[0].path] : []),
    ],
    [
      ...(rpo === undefined ? [[...store.path, 'objectives', 'rpo']] : []),
      ...(rto === undefined ? [[...store.path, 'objectives', 'rto']] : []),
      ...(store.backup === undefined ? [[...store.path, 'backup']] : []),
      ...(store.failover === undefined ? [[...store.path, 'failover']] : []),
      ...spans.flatMap(span => span?.total.missing ?? []),
    ],
    [
      ...(restore && restore.parts.length > 1 && restore.total.low > 0 ? [`restore: ${explain(restore)}`] : []),
      ...(drills[0]?.date === undefined
        ? []
        : [`last drill: ${drills[0].date}, ${drills[0].scenario ?? 'not stated of what'}`]),
    ],
  )
}
