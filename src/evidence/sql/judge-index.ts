import type { ClusterStmt, IndexStmt, LockStmt, Node, RefreshMatViewStmt, ReindexStmt, VacuumStmt } from 'libpg-query'
import { blockedBy, take } from './locks.ts'
import { isSet, tableName } from './nodes.ts'
import { change, isNew, report, sizeOf, type Run } from './run.ts'
import { outsideTransaction } from './transaction.ts'
import type { Lock } from './types.ts'

/** Indices, and commands that rebuild or lock whole tables. */

export function judgeCreateIndex(run: Run, index: IndexStmt): void {
  const table = tableName(index.relation)
  const name = index.idxname ?? ''
  const schema = index.relation?.schemaname
  const full = schema === undefined || schema === 'public' ? name : `${schema}.${name}`
  const isFresh = isNew(run, table)
  if (name !== '') run.known.indexes.set(full, table)
  const concurrently = index.concurrent === true
  change(run, { kind: 'addIndex', object: table, concurrently, ...(isFresh && { newTable: true }) })
  if (isFresh) run.born.add(full)
  // PostgreSQL refuses it in a transaction for an empty table too.
  if (concurrently) {
    outsideTransaction(run, 'CREATE INDEX CONCURRENTLY', table)
    return
  }
  // ON ONLY a partitioned table builds nothing: its partitions get theirs one by one.
  if (isFresh || index.relation?.inh !== true) return
  take(run, table, 'SHARE')
  const called = name === '' ? 'CREATE INDEX' : `CREATE INDEX "${name}"`
  report(run, {
    id: 'index-not-concurrent',
    class: 'blocks',
    table,
    lock: 'SHARE',
    message: `${called} blocks writes to "${table}"${sizeOf(run, table)} while it is built; expected CREATE INDEX CONCURRENTLY`,
    fix: run.known.partitioned.has(table)
      ? 'Use CREATE INDEX ON ONLY for the partitioned table, build the index of each partition CONCURRENTLY, and attach them'
      : 'Use CREATE INDEX CONCURRENTLY, in a migration without a transaction',
  })
}

export function judgeDropIndex(run: Run, names: readonly string[], concurrently: boolean): void {
  if (concurrently) outsideTransaction(run, 'DROP INDEX CONCURRENTLY')
  for (const name of names) {
    const table = run.known.indexes.get(name)
    run.known.indexes.delete(name)
    if (concurrently || run.born.has(name) || (table !== undefined && isNew(run, table))) continue
    if (goesWithItsTable(run, name, table)) continue
    take(run, table ?? name, 'ACCESS EXCLUSIVE')
    report(run, {
      id: 'drop-index-not-concurrent',
      class: 'holds',
      severity: 'warning',
      ...(table !== undefined && { table }),
      lock: 'ACCESS EXCLUSIVE',
      message: `DROP INDEX "${name}" waits for all who use ${table === undefined ? 'its table' : `"${table}"`}, and reads and writes wait behind it; expected DROP INDEX CONCURRENTLY`,
      fix: 'Use DROP INDEX CONCURRENTLY, in a migration without a transaction',
    })
  }
}

/** Its table is dropped by the same migration: known, or by the names that tools make from the table's. */
function goesWithItsTable(run: Run, index: string, table: string | undefined): boolean {
  if (table !== undefined) return run.willDrop.has(table)
  const own = index.slice(index.lastIndexOf('.') + 1)
  return [...run.willDrop].some(dropped => {
    const short = dropped.slice(dropped.lastIndexOf('.') + 1)
    return own.startsWith(`${short}_`) || own.includes(`_${short}_`)
  })
}

export function judgeReindex(run: Run, { kind, relation, params }: ReindexStmt): void {
  const of = tableName(relation)
  const what = `REINDEX ${(kind ?? '').replace('REINDEX_OBJECT_', '')}`
  const isOne = kind === 'REINDEX_OBJECT_INDEX' || kind === 'REINDEX_OBJECT_TABLE'
  if (isSet(params, 'concurrently')) {
    outsideTransaction(run, 'REINDEX CONCURRENTLY')
    return
  }
  if (!isOne) outsideTransaction(run, what)
  // System catalogues cannot be rebuilt concurrently.
  if (kind === 'REINDEX_OBJECT_SYSTEM') return
  const table = kind === 'REINDEX_OBJECT_TABLE' ? of : run.known.indexes.get(of)
  if (run.born.has(of) || (table !== undefined && isNew(run, table))) return
  if (table !== undefined || of !== '') take(run, table ?? of, 'SHARE')
  report(run, {
    id: 'reindex-not-concurrent',
    class: 'blocks',
    ...(table !== undefined && { table }),
    lock: 'ACCESS EXCLUSIVE',
    message: `${what}${of === '' ? '' : ` "${of}"`} blocks writes to the table, and reads that would use the index, while it is rebuilt; expected REINDEX CONCURRENTLY`,
    fix:
      run.major >= 12
        ? 'Use REINDEX CONCURRENTLY, in a migration without a transaction'
        : 'Build a second index with CREATE INDEX CONCURRENTLY and drop the first; REINDEX CONCURRENTLY exists since PostgreSQL 12',
  })
}

export function judgeRefresh(run: Run, { relation, concurrent }: RefreshMatViewStmt): void {
  const view = tableName(relation)
  if (concurrent === true || isNew(run, view)) return
  take(run, view, 'ACCESS EXCLUSIVE')
  report(run, {
    id: 'refresh-not-concurrent',
    class: 'blocks',
    table: view,
    lock: 'ACCESS EXCLUSIVE',
    message: `REFRESH MATERIALIZED VIEW blocks reads of "${view}" until it is filled again; expected REFRESH MATERIALIZED VIEW CONCURRENTLY`,
    fix: 'Add CONCURRENTLY, which needs a unique index on the view over columns and without WHERE',
  })
}

export function judgeVacuum(run: Run, { options, rels, is_vacuumcmd: isVacuum }: VacuumStmt): void {
  if (isVacuum !== true) return
  outsideTransaction(run, 'VACUUM')
  if (isSet(options, 'full')) rewrites(run, 'VACUUM FULL', relationsOf(rels))
}

export function judgeCluster(run: Run, { relation }: ClusterStmt): void {
  if (!relation) outsideTransaction(run, 'CLUSTER of all tables')
  rewrites(run, 'CLUSTER', relation ? [tableName(relation)] : [])
}

/** No table means all of them. */
export function rewrites(run: Run, what: string, tables: readonly string[], fix?: string): void {
  const used = tables.filter(table => !isNew(run, table))
  if (tables.length > 0 && used.length === 0) return
  for (const table of used) take(run, table, 'ACCESS EXCLUSIVE')
  const [table] = used
  report(run, {
    id: 'table-rewrite',
    class: 'blocks',
    ...(table !== undefined && { table }),
    lock: 'ACCESS EXCLUSIVE',
    message: `${what} blocks reads and writes of ${table === undefined ? 'each table' : `"${table}"${sizeOf(run, table)}`} while it is written anew; expected nobody to wait`,
    fix: fix ?? 'Let autovacuum keep the table in shape, or use pg_repack, which copies it while others work',
  })
}

const relationsOf = (nodes: readonly Node[] | undefined): string[] =>
  (nodes ?? []).flatMap(node =>
    'VacuumRelation' in node
      ? [tableName(node.VacuumRelation.relation)]
      : 'RangeVar' in node
        ? [tableName(node.RangeVar)]
        : [],
  )

const modes: Readonly<Record<number, Lock>> = {
  4: 'SHARE UPDATE EXCLUSIVE',
  5: 'SHARE',
  6: 'SHARE ROW EXCLUSIVE',
  7: 'EXCLUSIVE',
  8: 'ACCESS EXCLUSIVE',
}

export function judgeLock(run: Run, { relations, mode, nowait }: LockStmt): void {
  const lock = modes[mode ?? 0]
  for (const table of relationsOf(relations).filter(one => !isNew(run, one))) {
    if (lock === undefined) continue
    if (nowait !== true) take(run, table, lock)
    if (lock === 'SHARE UPDATE EXCLUSIVE') continue
    report(run, {
      id: 'lock-table',
      class: 'holds',
      table,
      lock,
      message: `LOCK TABLE "${table}" IN ${lock} MODE blocks ${blockedBy(lock)} until the transaction ends; expected nobody to wait`,
      fix: 'Let the statements take the locks that they need, or keep the transaction to a single short statement',
    })
  }
}
