import type { CreateFunctionStmt, CreateTableAsStmt, Node, SelectStmt } from 'libpg-query'
import { judgeDomain } from './judge-constraint.ts'
import { dropsAll, judgeDrop, judgeRename, judgeTruncate } from './judge-drop.ts'
import * as index from './judge-index.ts'
import { judgeAlterTable, judgeCreateTable } from './judge-table.ts'
import { judgeDelete, judgeUpdate } from './judge-write.ts'
import { renameTable } from './known.ts'
import { take } from './locks.ts'
import { constantOf, lastName, stringsOf, tableName } from './nodes.ts'
import { report, type Run } from './run.ts'
import { judgeSetConfig, judgeSetting, judgeTransaction, outsideTransaction } from './transaction.ts'

/** One statement, by its kind. What is not here neither locks a table nor changes what is known of the schema. */
export function judgeStatement(run: Run, node: Node): void {
  if ('AlterTableStmt' in node) judgeAlterTable(run, node.AlterTableStmt)
  else if ('IndexStmt' in node) index.judgeCreateIndex(run, node.IndexStmt)
  else if ('CreateStmt' in node) judgeCreateTable(run, node.CreateStmt)
  else if ('DropStmt' in node) judgeDrop(run, node.DropStmt)
  else if ('RenameStmt' in node) judgeRename(run, node.RenameStmt)
  else if ('UpdateStmt' in node) judgeUpdate(run, node.UpdateStmt)
  else if ('DeleteStmt' in node) judgeDelete(run, node.DeleteStmt)
  else if ('TruncateStmt' in node) judgeTruncate(run, node.TruncateStmt)
  else if ('TransactionStmt' in node) judgeTransaction(run, node.TransactionStmt)
  else if ('VariableSetStmt' in node) judgeSetting(run, node.VariableSetStmt)
  else if ('SelectStmt' in node) judgeSelect(run, node.SelectStmt)
  else if ('ReindexStmt' in node) index.judgeReindex(run, node.ReindexStmt)
  else if ('VacuumStmt' in node) index.judgeVacuum(run, node.VacuumStmt)
  else if ('ClusterStmt' in node) index.judgeCluster(run, node.ClusterStmt)
  else if ('LockStmt' in node) index.judgeLock(run, node.LockStmt)
  else if ('RefreshMatViewStmt' in node) index.judgeRefresh(run, node.RefreshMatViewStmt)
  else judgeOther(run, node)
}

/** Kinds that are rare, or that only tell of the schema. */
function judgeOther(run: Run, node: Node): void {
  if ('CreateTableAsStmt' in node) judgeCreateAs(run, node.CreateTableAsStmt)
  else if ('CreateFunctionStmt' in node) judgeFunction(run, node.CreateFunctionStmt)
  else if ('CreatePolicyStmt' in node) run.known.policies.add(tableName(node.CreatePolicyStmt.table))
  else if ('CreateTrigStmt' in node) take(run, tableName(node.CreateTrigStmt.relation), 'SHARE ROW EXCLUSIVE')
  else if ('AlterDomainStmt' in node) judgeDomain(run, node.AlterDomainStmt)
  else if ('CreateDomainStmt' in node) {
    const name = stringsOf(node.CreateDomainStmt.domainname).at(-1) ?? ''
    run.born.add(`type ${name}`)
    const kinds = (node.CreateDomainStmt.constraints ?? []).map(one =>
      'Constraint' in one ? one.Constraint.contype : undefined,
    )
    if (kinds.some(kind => kind === 'CONSTR_CHECK' || kind === 'CONSTR_NOTNULL')) run.known.strictDomains.add(name)
  } else if ('CreateEnumStmt' in node) run.born.add(`type ${stringsOf(node.CreateEnumStmt.typeName).at(-1) ?? ''}`)
  else if ('AlterEnumStmt' in node)
    judgeEnum(run, stringsOf(node.AlterEnumStmt.typeName).at(-1) ?? '', node.AlterEnumStmt.newVal)
  else if ('DropdbStmt' in node) {
    outsideTransaction(run, 'DROP DATABASE')
    dropsAll(run, `DROP DATABASE "${node.DropdbStmt.dbname ?? ''}"`)
  } else if ('CreatedbStmt' in node) outsideTransaction(run, 'CREATE DATABASE')
  else if ('AlterSystemStmt' in node) outsideTransaction(run, 'ALTER SYSTEM')
  else if ('AlterTableMoveAllStmt' in node)
    index.rewrites(run, 'SET TABLESPACE for all tables', [], 'Move one table at a time, and copy it in batches')
  else if ('AlterObjectSchemaStmt' in node && node.AlterObjectSchemaStmt.objectType === 'OBJECT_TABLE') {
    const { relation, newschema = '' } = node.AlterObjectSchemaStmt
    const from = tableName(relation)
    const to = newschema === 'public' ? (relation?.relname ?? '') : `${newschema}.${relation?.relname ?? ''}`
    take(run, from, 'ACCESS EXCLUSIVE')
    renameTable(run.known, from, to)
    if (run.born.delete(from)) run.born.add(to)
  }
}

function judgeCreateAs(run: Run, { into }: CreateTableAsStmt): void {
  run.born.add(tableName(into?.rel))
}

/** SELECT ... INTO makes a table; set_config sets what SET sets. */
function judgeSelect(run: Run, select: SelectStmt): void {
  if (select.intoClause) {
    run.born.add(tableName(select.intoClause.rel))
  }
  for (const target of select.targetList ?? [])
    if ('ResTarget' in target && target.ResTarget.val) judgeSetConfig(run, target.ResTarget.val)
}

function judgeFunction(run: Run, { funcname, options }: CreateFunctionStmt): void {
  const said = (options ?? []).flatMap(one =>
    'DefElem' in one && one.DefElem.defname === 'volatility' ? [constantOf(one.DefElem.arg)] : [],
  )
  run.known.functions.set(lastName(funcname), said[0] === undefined || said[0] === 'volatile')
}

/** Before PostgreSQL 12 not in a transaction at all; since then the value cannot be used in the one that adds it. */
function judgeEnum(run: Run, type: string, value: string | undefined): void {
  if (run.born.has(`type ${type}`) || value === undefined) return
  if (run.major < 12) outsideTransaction(run, 'ALTER TYPE ... ADD VALUE (before PostgreSQL 12)')
  else run.transaction?.enumValues.add(value)
}

export function judgeEnumUse(run: Run): void {
  const { transaction, statement } = run
  // A dump of rows is not searched.
  if (statement.text.length > 100_000) return
  if (!transaction || transaction.enumValues.size === 0 || statement.words[0] === 'COMMENT') return
  if (statement.words[0] === 'ALTER' && statement.words[1] === 'TYPE') return
  const used = [...transaction.enumValues].find(value => statement.text.includes(`'${value.replaceAll("'", "''")}'`))
  if (used === undefined) return
  transaction.enumValues.delete(used)
  report(run, {
    id: 'enum-value-used-too-early',
    class: 'fails',
    severity: 'warning',
    message: `'${used}' is used in the transaction that adds it to its type, which PostgreSQL refuses; expected a commit between`,
    fix: 'Put ALTER TYPE ... ADD VALUE into a migration of its own, before this one',
  })
}
