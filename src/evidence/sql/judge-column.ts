import type { AlterTableCmd, ColumnDef } from 'libpg-query'
import { buildsIndex, isProvenNotNull } from './judge-constraint.ts'
import { setCheck, setColumn } from './known.ts'
import { take } from './locks.ts'
import { constraintsOf, notNullColumns, tableName, typeOf, typeText } from './nodes.ts'
import { change, clauseAt, isNew, report, severityBySize, sizeOf, type Run } from './run.ts'
import { typeChange } from './type-change.ts'
import { defaultKind } from './volatility.ts'

/** Columns that are added, change their type, or become required. */

const serials: readonly string[] = ['serial', 'serial2', 'serial4', 'serial8', 'bigserial', 'smallserial']

/** What makes ADD COLUMN write every row, and how sure that is. */
function rewriteBy(run: Run, column: ColumnDef): { because: string; only?: string } | undefined {
  const type = typeOf(column.typeName)
  const constraints = constraintsOf(column.constraints)
  if (serials.includes(type.name)) return { because: `${type.name} gives each row a number` }
  if (constraints.some(one => one.contype === 'CONSTR_IDENTITY'))
    return { because: 'an identity gives each row a number' }
  const generated = constraints.find(one => one.contype === 'CONSTR_GENERATED')
  if (generated)
    return generated.generated_kind === 'v'
      ? undefined
      : { because: 'a generated column that is stored is worked out for each row' }
  const value = constraints.find(one => one.contype === 'CONSTR_DEFAULT')?.raw_expr
  const kind = value && defaultKind(value, run.known.functions)
  if (kind === 'volatile') return { because: 'its default is worked out anew for each row' }
  if (typeof kind === 'object')
    return { because: `its default calls ${kind.unknown}(), which is VOLATILE unless declared otherwise` }
  if (run.known.strictDomains.has(type.name)) return { because: `the domain "${type.name}" has a constraint` }
  const isNull = value && 'A_Const' in value && value.A_Const.isnull === true
  if (kind === 'constant' && !isNull && run.major < 11) return { because: `before PostgreSQL 11 any default does that` }
  return undefined
}

export function judgeAddColumn(run: Run, table: string, column: ColumnDef): void {
  const name = column.colname ?? ''
  const at = column.location
  const type = typeOf(column.typeName)
  const constraints = constraintsOf(column.constraints)
  const has = (...kinds: (string | undefined)[]) => constraints.some(one => kinds.includes(one.contype))
  const required = has('CONSTR_NOTNULL', 'CONSTR_PRIMARY')
  const filled = has('CONSTR_DEFAULT', 'CONSTR_IDENTITY', 'CONSTR_GENERATED') || serials.includes(type.name)
  const rewrite = rewriteBy(run, column)
  setColumn(run.known, table, name, type, required || has('CONSTR_IDENTITY') || serials.includes(type.name))
  run.bornColumns.add(`${table}.${name}`)
  for (const check of constraints.filter(one => one.contype === 'CONSTR_CHECK'))
    setCheck(run.known, table, check.conname ?? `${name} check`, notNullColumns(check.raw_expr), true)
  const isFresh = isNew(run, table)
  const value = rewrite ? 'volatile' : filled ? 'constant' : 'none'
  change(run, { kind: 'addColumn', object: `${table}.${name}`, default: value, ...(isFresh && { newTable: true }) }, at)
  if (isFresh) return
  take(run, table, 'ACCESS EXCLUSIVE')
  if (rewrite)
    report(run, {
      id: 'add-column-rewrites',
      class: 'blocks',
      table,
      lock: 'ACCESS EXCLUSIVE',
      message: `To add "${name}" blocks reads and writes of "${table}"${sizeOf(run, table)} while the table is rewritten, as ${rewrite.because}; expected a column that is empty at first`,
      fix: 'Add the column without a default, set the default, and fill the rows in batches',
      at,
    })
  if (required && !filled) requiredWithoutDefault(run, table, name, at)
  const index = constraints.find(one => one.contype === 'CONSTR_UNIQUE' || one.contype === 'CONSTR_PRIMARY')
  if (index) buildsIndex(run, table, { ...index, ...(at !== undefined && { location: index.location ?? at }) })
  judgeInlineChecks(run, table, column, filled)
}

function requiredWithoutDefault(run: Run, table: string, name: string, at: number | undefined): void {
  report(run, {
    id: 'required-column-without-default',
    class: 'fails',
    severity: 'warning',
    table,
    message: `"${table}.${name}" is required and has no default, which fails as soon as "${table}" holds a row, and code that does not write it fails after; expected a default, or a column that may be null`,
    fix: 'Give it a constant default, or add it without NOT NULL, fill it in batches, and set NOT NULL then',
    at,
  })
}

/** REFERENCES and CHECK behind the column. An empty new column passes a foreign key unread; any check reads all rows. */
function judgeInlineChecks(run: Run, table: string, column: ColumnDef, filled: boolean): void {
  for (const constraint of constraintsOf(column.constraints)) {
    const at = constraint.location ?? column.location
    const isForeign = constraint.contype === 'CONSTR_FOREIGN'
    if (!isForeign && constraint.contype !== 'CONSTR_CHECK') continue
    const other = tableName(constraint.pktable)
    if (isForeign) take(run, other, 'SHARE ROW EXCLUSIVE')
    if (isForeign && !filled) {
      if (isNew(run, other)) continue
      report(run, {
        id: 'foreign-key-with-column',
        class: 'holds',
        severity: 'info',
        table,
        lock: 'ACCESS EXCLUSIVE',
        message: `The column and its foreign key lock "${table}" and "${other}" together until the transaction ends; expected one table at a time`,
        fix: 'Add the column alone, then the foreign key NOT VALID, then validate it, each in a transaction of its own',
        at,
      })
    } else
      report(run, {
        id: 'constraint-not-valid-missing',
        class: 'blocks',
        table,
        lock: 'ACCESS EXCLUSIVE',
        message: `${isForeign ? 'The foreign key' : 'The check'} of "${column.colname ?? ''}" blocks reads and writes of "${table}"${sizeOf(run, table)} while all rows are checked; expected a constraint of its own, NOT VALID`,
        fix: 'Add the column first, then the constraint NOT VALID, and run VALIDATE CONSTRAINT in a later transaction',
        at,
      })
  }
}

export function judgeSetNotNull(run: Run, table: string, column: string): void {
  const known = run.known.columns.get(table)?.get(column)
  const at = clauseAt(run.statement, String.raw`ALTER\s+(?:COLUMN\s+)?`, column, String.raw`\s+SET\s+NOT\s+NULL`)
  change(run, { kind: 'setNotNull', object: `${table}.${column}`, notValid: isProvenNotNull(run, table, column) }, at)
  if (known) setColumn(run.known, table, column, known.type, true)
  if (isNew(run, table)) return
  take(run, table, 'ACCESS EXCLUSIVE')
  if (known?.notNull === true || (run.major >= 12 && isProvenNotNull(run, table, column))) return
  report(run, {
    id: 'set-not-null-scans',
    class: 'blocks',
    table,
    lock: 'ACCESS EXCLUSIVE',
    message: `SET NOT NULL on "${table}.${column}" blocks reads and writes of "${table}"${sizeOf(run, table)} while all rows are checked; expected a check that proves it, validated before`,
    fix:
      run.major >= 12
        ? `Add CHECK ("${column}" IS NOT NULL) NOT VALID, validate it in a later transaction, and set NOT NULL then, which needs no scan since PostgreSQL 12`
        : `Keep a validated CHECK ("${column}" IS NOT NULL) instead; before PostgreSQL 12 SET NOT NULL scans the table in any case`,
    at,
  })
}

export function judgeChangeType(run: Run, table: string, { name: column = '', def }: AlterTableCmd): void {
  if (!def || !('ColumnDef' in def)) return
  const { typeName, raw_default: using, collClause: collation, location: at } = def.ColumnDef
  const known = run.known.columns.get(table)?.get(column)
  const to = typeOf(typeName)
  change(run, { kind: 'changeType', object: `${table}.${column}`, ...(isNew(run, table) && { newTable: true }) }, at)
  const conditions = { major: run.major, utc: run.session.utc }
  const same =
    using === undefined ||
    ('TypeCast' in using && typeText(typeOf(using.TypeCast.typeName)) === typeText(to) && isColumn(using.TypeCast.arg))
  const cost = !same || collation ? 'rewrite' : typeChange(known?.type, to, conditions)
  setColumn(run.known, table, column, to, known?.notNull ?? false)
  if (isNew(run, table)) return
  take(run, table, 'ACCESS EXCLUSIVE')
  if (cost === 'none') return
  const guess = cost === 'unlessSame' || !known
  report(run, {
    id: 'type-change-rewrites',
    class: 'blocks',
    severity: cost === 'unlessSame' ? 'info' : severityBySize(run, table),
    table,
    lock: 'ACCESS EXCLUSIVE',
    message: `The type ${typeText(to)} for "${table}.${column}"${known ? `, which is ${typeText(known.type)},` : ''} blocks reads and writes of "${table}"${sizeOf(run, table)} while the table is rewritten${guess ? `, unless the old type, which these files do not say, is stored the same way` : ''}; expected nobody to wait`,
    fix: known
      ? 'Add a column of the new type, copy in batches, and switch'
      : 'Add a column of the new type, copy in batches, and switch; if nothing is rewritten, let the files include the migration that made the column',
    at,
  })
}

const isColumn = (node: unknown): boolean => typeof node === 'object' && node !== null && 'ColumnRef' in node
