import type { DeleteStmt, Node, UpdateStmt } from 'libpg-query'
import { heldBefore } from './locks.ts'
import { everyNode, stringsOf, tableName } from './nodes.ts'
import { change, isNew, report, severityBySize, sizeOf, type Run } from './run.ts'

/** UPDATE and DELETE. */

export function judgeUpdate(run: Run, update: UpdateStmt): void {
  const table = tableName(update.relation)
  const targets = (update.targetList ?? []).flatMap(one => ('ResTarget' in one ? [one.ResTarget] : []))
  const from = update.relation?.alias?.aliasname
  for (const { name, val } of targets)
    for (const node of everyNode(val)) {
      if (!('ColumnRef' in node)) continue
      const [column, ...owner] = stringsOf(node.ColumnRef.fields).reverse()
      const isOwn = owner.length === 0 || owner[0] === update.relation?.relname || owner[0] === from
      if (column !== undefined && column !== name && isOwn) run.copiedFrom.set(`${table}.${column}`, run.statement.line)
    }
  for (const { name } of targets) if (name !== undefined) change(run, { kind: 'backfill', object: `${table}.${name}` })
  judgeWrite(run, 'UPDATE', table, touchesAll(run, table, update.whereClause))
}

export function judgeDelete(run: Run, { relation, whereClause }: DeleteStmt): void {
  const table = tableName(relation)
  judgeWrite(run, 'DELETE', table, touchesAll(run, table, whereClause))
}

function judgeWrite(run: Run, what: 'UPDATE' | 'DELETE', table: string, all: boolean): void {
  if (!all || isNew(run, table)) return
  const held = heldBefore(run)
  if (held && held.lock !== 'SHARE UPDATE EXCLUSIVE' && held.table === table)
    report(run, {
      id: 'work-under-lock',
      class: 'blocks',
      table,
      lock: held.lock,
      severity: severityBySize(run, table),
      message: `${what} of all rows of "${table}"${sizeOf(run, table)} runs while the transaction holds ${held.lock} on it from line ${held.line}, so ${held.lock === 'ACCESS EXCLUSIVE' ? 'nobody can read or write' : 'nobody can write'} the table until it ends; expected a transaction of its own`,
      fix: `Commit first, and ${what === 'UPDATE' ? 'fill' : 'delete'} a few thousand rows at a time`,
    })
  else
    report(run, {
      id: 'whole-table-write',
      class: 'blocks',
      table,
      severity: severityBySize(run, table) === 'info' ? 'info' : 'warning',
      message: `${what} of "${table}" locks each of its rows${sizeOf(run, table)} until all are done, in one transaction; expected batches`,
      fix: `${what === 'UPDATE' ? 'Fill' : 'Delete'} a few thousand rows at a time, and commit between`,
    })
}

/** No condition, one that is always true, or one that only asks whether a column of this migration is still empty. */
function touchesAll(run: Run, table: string, where: Node | undefined): boolean {
  if (!where) return true
  if ('A_Const' in where) return where.A_Const.boolval?.boolval === true
  if ('NullTest' in where && where.NullTest.nulltesttype === 'IS_NULL') {
    const { arg } = where.NullTest
    const column = arg && 'ColumnRef' in arg ? stringsOf(arg.ColumnRef.fields).at(-1) : undefined
    return column !== undefined && run.bornColumns.has(`${table}.${column}`)
  }
  return false
}
