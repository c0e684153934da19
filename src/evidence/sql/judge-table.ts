import type { AlterTableCmd, AlterTableStmt, CreateStmt, PartitionCmd } from 'libpg-query'
import { judgeAddColumn, judgeChangeType, judgeSetNotNull } from './judge-column.ts'
import { judgeAddConstraint, judgeValidate } from './judge-constraint.ts'
import { judgeDropColumn } from './judge-drop.ts'
import { rewrites } from './judge-index.ts'
import { setCheck, setColumn } from './known.ts'
import { take } from './locks.ts'
import { constraintsOf, notNullColumns, stringsOf, tableName, typeOf } from './nodes.ts'
import { change, isNew, report, severityBySize, sizeOf, type Run } from './run.ts'
import { outsideTransaction } from './transaction.ts'

/** CREATE TABLE and ALTER TABLE. */

export function judgeCreateTable(run: Run, create: CreateStmt): void {
  const { relation, tableElts: elements, inhRelations: parents, partbound: bound, partspec } = create
  const table = tableName(relation)
  run.born.add(table)
  run.dropped.delete(table)
  if (partspec) run.known.partitioned.add(table)
  change(run, { kind: 'addTable', object: table, newTable: true })
  for (const element of elements ?? [])
    if ('ColumnDef' in element) {
      const { colname = '', typeName, constraints } = element.ColumnDef
      const own = constraintsOf(constraints)
      const required = own.some(one => one.contype === 'CONSTR_NOTNULL' || one.contype === 'CONSTR_PRIMARY')
      setColumn(run.known, table, colname, typeOf(typeName), required)
    }
  const constraints = constraintsOf(elements).concat(
    (elements ?? []).flatMap(one => ('ColumnDef' in one ? constraintsOf(one.ColumnDef.constraints) : [])),
  )
  for (const [i, one] of constraints.entries()) {
    if (one.contype === 'CONSTR_CHECK')
      setCheck(run.known, table, one.conname ?? `check ${i}`, notNullColumns(one.raw_expr), true)
    if (one.contype === 'CONSTR_PRIMARY')
      for (const key of stringsOf(one.keys)) {
        const column = run.known.columns.get(table)?.get(key)
        if (column) setColumn(run.known, table, key, column.type, true)
      }
    // The referenced table lets nobody write until the transaction ends; the new one is empty, so that is soon.
    if (one.contype === 'CONSTR_FOREIGN') take(run, tableName(one.pktable), 'SHARE ROW EXCLUSIVE')
  }
  const [parent] = (parents ?? []).flatMap(one => ('RangeVar' in one ? [tableName(one.RangeVar)] : []))
  if (!bound || parent === undefined) return
  if (bound.is_default === true) run.known.defaultPartitions.set(parent, table)
  run.known.partitioned.add(parent)
  take(run, parent, 'ACCESS EXCLUSIVE')
}

export function judgeAlterTable(run: Run, { relation, cmds, objtype }: AlterTableStmt): void {
  const name = tableName(relation)
  const commands = (cmds ?? []).flatMap(one => ('AlterTableCmd' in one ? [one.AlterTableCmd] : []))
  if (objtype === 'OBJECT_INDEX') {
    const moves = commands.some(one => one.subtype === 'AT_SetTableSpace')
    if (moves && !run.born.has(name)) rewrites(run, `ALTER INDEX "${name}" SET TABLESPACE`, [], rebuild)
    return
  }
  if (objtype !== 'OBJECT_TABLE' && objtype !== 'OBJECT_MATVIEW') return
  for (const command of commands) judgeCommand(run, name, command)
}

const rebuild = 'Build a second index there with CREATE INDEX CONCURRENTLY, and drop the first'
const copyTable = 'Copy the table in batches into one that has it, and switch'

function judgeCommand(run: Run, table: string, command: AlterTableCmd): void {
  const { subtype, name = '', def } = command
  switch (subtype) {
    case 'AT_AddColumn':
      if (def && 'ColumnDef' in def) judgeAddColumn(run, table, def.ColumnDef)
      break
    case 'AT_AddConstraint':
      if (def && 'Constraint' in def) judgeAddConstraint(run, table, def.Constraint)
      break
    case 'AT_ValidateConstraint':
      judgeValidate(run, table, name)
      break
    case 'AT_SetNotNull':
      judgeSetNotNull(run, table, name)
      break
    case 'AT_AlterColumnType':
      judgeChangeType(run, table, command)
      break
    case 'AT_DropColumn':
      judgeDropColumn(run, table, name)
      break
    case 'AT_DropNotNull':
      forgetNotNull(run, table, name)
      take(run, table, 'ACCESS EXCLUSIVE')
      break
    case 'AT_DropConstraint':
      run.known.checks.get(table)?.delete(name)
      change(run, { kind: 'dropConstraint', object: table })
      take(run, table, 'ACCESS EXCLUSIVE')
      break
    case 'AT_AttachPartition':
      if (def && 'PartitionCmd' in def) judgeAttach(run, table, def.PartitionCmd)
      break
    case 'AT_DetachPartition':
      if (def && 'PartitionCmd' in def) judgeDetach(run, table, def.PartitionCmd)
      break
    case 'AT_EnableRowSecurity':
      take(run, table, 'ACCESS EXCLUSIVE')
      if (!isNew(run, table)) run.policyAsked.set(table, { ...withoutPolicy(table), statement: run.statement })
      break
    default:
      judgeRest(run, table, command)
  }
}

const rewriting: Partial<
  Record<NonNullable<AlterTableCmd['subtype']>, { readonly what: string; readonly fix: string }>
> = {
  AT_SetTableSpace: { what: 'SET TABLESPACE', fix: copyTable },
  AT_SetLogged: { what: 'SET LOGGED', fix: copyTable },
  AT_SetUnLogged: { what: 'SET UNLOGGED', fix: copyTable },
  AT_SetAccessMethod: { what: 'SET ACCESS METHOD', fix: copyTable },
  AT_SetExpression: { what: 'SET EXPRESSION', fix: 'Add a column with the new expression, and switch' },
}

/** Settings of the planner and of storage let others work. */
const light: readonly AlterTableCmd['subtype'][] = [
  ...(['AT_SetStatistics', 'AT_SetOptions', 'AT_ResetOptions', 'AT_SetRelOptions', 'AT_ResetRelOptions'] as const),
  ...(['AT_ClusterOn', 'AT_DropCluster', 'AT_DetachPartitionFinalize'] as const),
]

function judgeRest(run: Run, table: string, { subtype }: AlterTableCmd): void {
  const rewrite = subtype && rewriting[subtype]
  if (rewrite) rewrites(run, rewrite.what, [table], rewrite.fix)
  else if (/(?:Enable|Disable).*Trig/.test(subtype ?? '')) take(run, table, 'SHARE ROW EXCLUSIVE')
  else if (!light.includes(subtype)) take(run, table, 'ACCESS EXCLUSIVE')
}

function forgetNotNull(run: Run, table: string, column: string): void {
  const known = run.known.columns.get(table)?.get(column)
  if (known) setColumn(run.known, table, column, known.type, false)
}

const withoutPolicy = (table: string) => ({
  id: 'row-security-without-policy' as const,
  class: 'breaksCode' as const,
  severity: 'warning' as const,
  table,
  lock: 'ACCESS EXCLUSIVE' as const,
  message: `Row security on "${table}" has no policy in these files, and without one everybody but its owner sees no rows; expected a policy first`,
  fix: 'CREATE POLICY before, in the same transaction',
})

function judgeAttach(run: Run, parent: string, { name }: PartitionCmd): void {
  const partition = tableName(name)
  const parentLock = run.major >= 12 ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE'
  run.known.partitioned.add(parent)
  take(run, parent, parentLock)
  if (isNew(run, parent)) return
  const checks = [...(run.known.checks.get(partition)?.values() ?? [])]
  // Which range a check proves is for PostgreSQL to decide; that one was made and validated shows the intention.
  const proven = isNew(run, partition) || checks.some(one => one.validated)
  const rest = run.known.defaultPartitions.get(parent)
  if (rest !== undefined && !isNew(run, rest))
    report(run, {
      id: 'attach-partition-scans',
      class: 'blocks',
      table: parent,
      lock: 'ACCESS EXCLUSIVE',
      message: `ATTACH PARTITION checks all rows of the default partition "${rest}" under ACCESS EXCLUSIVE; expected a check on it that keeps the new range out`,
      fix: 'Add a CHECK that excludes the range to the default partition, NOT VALID, and validate it in a transaction before',
    })
  else if (!proven)
    report(run, {
      id: 'attach-partition-scans',
      class: 'blocks',
      severity: run.major >= 12 ? 'info' : severityBySize(run, parent),
      table: parent,
      lock: parentLock,
      message: `ATTACH PARTITION checks all rows of "${partition}"${run.major >= 12 ? ', which nobody can use meanwhile' : `, and blocks reads and writes of "${parent}" meanwhile`}; expected a validated check for its range`,
      fix: 'Add a CHECK for the range of the partition, NOT VALID, and validate it in a transaction before; drop it after',
    })
}

function judgeDetach(run: Run, parent: string, { name, concurrent }: PartitionCmd): void {
  if (concurrent === true) {
    outsideTransaction(run, 'DETACH PARTITION CONCURRENTLY', parent)
    return
  }
  take(run, parent, 'ACCESS EXCLUSIVE')
  if (isNew(run, parent)) return
  report(run, {
    id: 'detach-not-concurrent',
    class: 'holds',
    severity: 'warning',
    table: parent,
    lock: 'ACCESS EXCLUSIVE',
    message: `DETACH PARTITION "${tableName(name)}" waits for all who use "${parent}"${sizeOf(run, parent)}, and reads and writes wait behind it; expected DETACH PARTITION CONCURRENTLY`,
    fix:
      run.major >= 14
        ? 'Use DETACH PARTITION CONCURRENTLY, in a migration without a transaction'
        : 'Set a lock_timeout and try again when it runs out; DETACH PARTITION CONCURRENTLY exists since PostgreSQL 14',
  })
}
