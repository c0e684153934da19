import type { DropStmt, RenameStmt, TruncateStmt } from 'libpg-query'
import type { Severity } from '../../finding.ts'
import { judgeDropIndex } from './judge-index.ts'
import { renameTable } from './known.ts'
import { take } from './locks.ts'
import { dottedName, tableName } from './nodes.ts'
import { change, clauseAt, isNew, report, type Run } from './run.ts'

/** What ends an old shape: code that still uses it fails from then on, and its rows are gone. */

/** The last step of expand and contract, or a deploy in which old and new code never meet, is not a fault. */
const severityOfContract = ({ facts }: Run): Severity =>
  facts.strategy === 'expandContract' || facts.overlaps === false ? 'info' : 'warning'

const whileOldCodeRuns = ({ facts }: Run): string =>
  facts.overlaps === true ? ', which still runs while the release rolls out' : ''

export function judgeDrop(run: Run, { removeType, objects, concurrent }: DropStmt): void {
  const names = (objects ?? []).map(object =>
    'List' in object ? dottedName(object.List.items) : 'String' in object ? (object.String.sval ?? '') : '',
  )
  if (removeType === 'OBJECT_INDEX') judgeDropIndex(run, names, concurrent === true)
  else if (removeType === 'OBJECT_SCHEMA') for (const name of names) dropsAll(run, `DROP SCHEMA "${name}"`)
  else if (removeType === 'OBJECT_TABLE') for (const name of names) judgeDropTable(run, name)
  else if (removeType === 'OBJECT_MATVIEW') for (const name of names) run.born.delete(name)
}

/** DROP DATABASE, DROP SCHEMA. */
export function dropsAll(run: Run, what: string): void {
  report(run, {
    id: 'drop-database',
    class: 'losesData',
    severity: 'warning',
    message: `${what} takes all that is in it away; expected a migration to drop tables one by one, after code has left them`,
    fix: 'Take it out of the migrations, and drop it by hand after a backup',
  })
}

function judgeDropTable(run: Run, table: string): void {
  const wasNew = isNew(run, table)
  change(run, { kind: 'dropTable', object: table, ...(wasNew && { newTable: true }) })
  if (!wasNew) take(run, table, 'ACCESS EXCLUSIVE')
  run.dropped.add(table)
  renameTable(run.known, table, undefined)
  // Whoever looks after the transaction finds a table of that name.
  if (wasNew || isReplaced(run, table)) return
  report(run, {
    id: 'drop-table',
    class: 'breaksCode',
    severity: severityOfContract(run),
    table,
    lock: 'ACCESS EXCLUSIVE',
    message: `DROP TABLE "${table}" breaks code that still uses it${whileOldCodeRuns(run)}, and its rows are gone; expected a release between the last use and the drop`,
    fix: 'Ship the code that no longer uses it first, wait until the release can no longer be rolled back, and drop it then',
  })
}

export function judgeDropColumn(run: Run, table: string, column: string): void {
  const object = `${table}.${column}`
  const isFresh = isNew(run, table) || run.bornColumns.has(object)
  const at = clauseAt(run.statement, String.raw`DROP\s+(?:COLUMN\s+)?(?:IF\s+EXISTS\s+)?`, column)
  change(run, { kind: 'dropColumn', object, ...(isFresh && { newTable: true }) }, at)
  run.known.columns.get(table)?.delete(column)
  take(run, table, 'ACCESS EXCLUSIVE')
  if (isFresh) return
  const copied = run.copiedFrom.get(object)
  if (copied === undefined)
    report(run, {
      id: 'drop-column',
      class: 'breaksCode',
      severity: severityOfContract(run),
      table,
      lock: 'ACCESS EXCLUSIVE',
      message: `DROP COLUMN "${object}" breaks code that still uses it${whileOldCodeRuns(run)}, and its values are gone; expected a release between the last use and the drop`,
      fix: 'Ship the code that no longer uses it first, wait until the release can no longer be rolled back, and drop it then',
      at,
    })
  else
    report(run, {
      id: 'contract-with-expand',
      class: 'breaksCode',
      severity: run.facts.overlaps === true ? 'error' : run.facts.overlaps === false ? 'info' : 'warning',
      table,
      lock: 'ACCESS EXCLUSIVE',
      message: `"${object}" is copied on line ${copied} and dropped in the same migration, so no release can run before and after it; expected expand, backfill, switch and contract in this order, the last in a later release`,
      fix: 'Drop the column in a migration of a later release, after code reads the new one',
      at,
    })
}

export function judgeRename(
  run: Run,
  { renameType, relation, relationType, subname = '', newname = '' }: RenameStmt,
): void {
  const table = tableName(relation)
  if (renameType === 'OBJECT_INDEX') {
    renameIndex(run, table, newname)
    return
  }
  if (renameType !== 'OBJECT_TABLE' && renameType !== 'OBJECT_COLUMN') return
  // A column of a view or a type is not one of a table.
  if (renameType === 'OBJECT_COLUMN' && relationType !== 'OBJECT_TABLE') return
  const isTable = renameType === 'OBJECT_TABLE'
  const object = isTable ? table : `${table}.${subname}`
  const wasNew = isNew(run, table) || run.bornColumns.has(object) || run.dropped.has(table)
  const to = `${table.includes('.') ? `${table.slice(0, table.indexOf('.'))}.` : ''}${newname}`
  change(run, { kind: isTable ? 'renameTable' : 'renameColumn', object, ...(wasNew && { newTable: true }) })
  take(run, table, 'ACCESS EXCLUSIVE')
  if (isTable) {
    renameTable(run.known, table, to)
    if (run.born.delete(table)) run.born.add(to)
    // What takes the place of a table that moved away is new to nobody.
    if (run.dropped.delete(to)) run.born.delete(to)
  } else renameColumn(run, table, subname, newname)
  if (wasNew || (isTable && isReplaced(run, table))) return
  report(run, {
    id: 'rename',
    class: 'breaksCode',
    severity: run.facts.overlaps === false ? 'info' : 'warning',
    table,
    lock: 'ACCESS EXCLUSIVE',
    message: `RENAME of "${object}" to "${newname}" breaks all code that uses the old name${whileOldCodeRuns(run)}, at once; expected both names for as long as old code runs`,
    fix: isTable
      ? 'Rename it and create a view with the old name in the same transaction, and drop the view in a later release'
      : 'Add a column with the new name, write both, copy in batches, switch, and drop the old one in a later release',
  })
}

function renameIndex(run: Run, from: string, to: string): void {
  const table = run.known.indexes.get(from)
  if (table !== undefined) run.known.indexes.set(to, table)
  run.known.indexes.delete(from)
  if (run.born.delete(from)) run.born.add(to)
}

function renameColumn(run: Run, table: string, from: string, to: string): void {
  const columns = run.known.columns.get(table)
  const known = columns?.get(from)
  columns?.delete(from)
  if (known) columns?.set(to, known)
  if (run.bornColumns.delete(`${table}.${from}`)) run.bornColumns.add(`${table}.${to}`)
}

/** A later statement of the migration makes a view, or puts another table in its place, with the old name. */
function isReplaced(run: Run, table: string): boolean {
  const short = table.slice(table.lastIndexOf('.') + 1).toLowerCase()
  return (run.namedAgain.get(short) ?? -1) > run.statement.offset
}

export function judgeTruncate(run: Run, { relations, behavior }: TruncateStmt): void {
  const tables = (relations ?? []).flatMap(one => ('RangeVar' in one ? [tableName(one.RangeVar)] : []))
  const used = tables.filter(table => !isNew(run, table))
  for (const table of used) take(run, table, 'ACCESS EXCLUSIVE')
  const [table] = used
  if (table === undefined) return
  const list = used.map(one => `"${one}"`).join(' and ')
  report(run, {
    id: behavior === 'DROP_CASCADE' ? 'truncate-cascade' : 'truncate',
    class: 'losesData',
    severity: 'warning',
    table,
    lock: 'ACCESS EXCLUSIVE',
    message: `TRUNCATE empties ${list}${behavior === 'DROP_CASCADE' ? ' and each table that refers to it' : ''}, and nothing brings the rows back; expected a migration to keep them`,
    fix: 'Delete what is not needed in batches, or write down in a waiver why the rows may go',
  })
}
