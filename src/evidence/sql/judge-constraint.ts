import type { AlterDomainStmt, Constraint } from 'libpg-query'
import { setCheck } from './known.ts'
import { heldBefore, take } from './locks.ts'
import { notNullColumns, stringsOf, tableName } from './nodes.ts'
import { change, clauseAt, isNew, report, severityBySize, sizeOf, type Run } from './run.ts'

/** ADD CONSTRAINT, VALIDATE CONSTRAINT. */

export function judgeAddConstraint(run: Run, table: string, constraint: Constraint): void {
  const { contype, conname, indexname, location: at } = constraint
  const notValid = constraint.skip_validation === true
  const isCheck = contype === 'CONSTR_CHECK' || contype === 'CONSTR_NOTNULL'
  if (isCheck) setCheck(run.known, table, conname ?? '', provenBy(constraint), !notValid)
  const isFresh = isNew(run, table)
  if (contype === 'CONSTR_FOREIGN' && !isNew(run, tableName(constraint.pktable)))
    take(run, tableName(constraint.pktable), 'SHARE ROW EXCLUSIVE')
  const said = { kind: 'addConstraint' as const, object: table, ...(isFresh && { newTable: true }) }
  change(run, { ...said, notValid, concurrently: indexname !== undefined }, at)
  if (isFresh) return
  if (notValid) run.transaction?.notValid.add(`${table}.${conname ?? ''}`)
  take(run, table, contype === 'CONSTR_FOREIGN' ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE')
  if (contype === 'CONSTR_UNIQUE' || contype === 'CONSTR_PRIMARY' || contype === 'CONSTR_EXCLUSION') {
    if (indexname === undefined) buildsIndex(run, table, constraint)
  } else if ((isCheck || contype === 'CONSTR_FOREIGN') && !notValid) checksRows(run, table, constraint)
}

/** Columns that cannot be null where the constraint holds. */
const provenBy = ({ contype, keys, raw_expr: expression }: Constraint): string[] =>
  contype === 'CONSTR_NOTNULL' ? stringsOf(keys) : notNullColumns(expression)

const called = ({ conname }: Constraint): string => (conname === undefined ? '' : ` "${conname}"`)

function checksRows(run: Run, table: string, constraint: Constraint): void {
  const isForeign = constraint.contype === 'CONSTR_FOREIGN'
  const other = tableName(constraint.pktable)
  const both = isForeign && other !== table && !isNew(run, other) ? `"${table}" and "${other}"` : `"${table}"`
  report(run, {
    id: 'constraint-not-valid-missing',
    class: 'blocks',
    table,
    lock: isForeign ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE',
    message: `${isForeign ? 'The foreign key' : 'The check'}${called(constraint)} blocks ${isForeign ? 'writes to' : 'reads and writes of'} ${both} while all rows of "${table}"${sizeOf(run, table)} are checked; expected NOT VALID`,
    fix: 'Add it NOT VALID, and run VALIDATE CONSTRAINT in a later transaction',
    at: constraint.location,
  })
}

export function buildsIndex(run: Run, table: string, constraint: Constraint): void {
  const exclusion = constraint.contype === 'CONSTR_EXCLUSION'
  const what = exclusion ? 'EXCLUDE' : constraint.contype === 'CONSTR_PRIMARY' ? 'PRIMARY KEY' : 'UNIQUE'
  report(run, {
    id: 'constraint-builds-index',
    class: 'blocks',
    table,
    lock: 'ACCESS EXCLUSIVE',
    message: `${what}${called(constraint)} blocks reads and writes of "${table}"${sizeOf(run, table)} while its index is built; expected ${exclusion ? 'nobody to wait' : 'an index that exists'}`,
    fix: exclusion
      ? 'It has no concurrent form: add it in a maintenance window, or to a new table that takes the place of this one'
      : `Build the index with CREATE UNIQUE INDEX CONCURRENTLY, and add the constraint with ${what} USING INDEX`,
    at: constraint.location,
  })
}

export function judgeValidate(run: Run, table: string, name: string): void {
  const known = run.known.checks.get(table)?.get(name)
  // What is validated and was not seen before may prove that any column is not null.
  setCheck(run.known, table, name, known?.notNull ?? ['*'], true)
  if (isNew(run, table)) return
  const { transaction } = run
  const held = heldBefore(run, table)
  const at = clauseAt(run.statement, String.raw`VALIDATE\s+CONSTRAINT\s+`, name)
  if (transaction?.notValid.has(`${table}.${name}`) && held)
    report(run, {
      id: 'validate-under-lock',
      class: 'blocks',
      table,
      lock: held.lock,
      severity: severityBySize(run, table),
      message: `VALIDATE CONSTRAINT "${name}" checks all rows of "${table}"${sizeOf(run, table)} while the transaction still holds ${held.lock} from line ${held.line}, so NOT VALID gains nothing; expected two transactions`,
      fix: 'Commit before VALIDATE CONSTRAINT, or put it into a migration of its own',
      at,
    })
  else if (held && held.lock === 'ACCESS EXCLUSIVE')
    report(run, {
      id: 'work-under-lock',
      class: 'blocks',
      table,
      lock: held.lock,
      message: `VALIDATE CONSTRAINT "${name}" checks all rows of "${table}"${sizeOf(run, table)} while the transaction still holds ${held.lock} from line ${held.line}; expected two transactions`,
      fix: 'Commit before VALIDATE CONSTRAINT, or put it into a migration of its own',
      at,
    })
}

export function judgeDomain(run: Run, { subtype, typeName, def }: AlterDomainStmt): void {
  if (subtype !== 'C' || !def || !('Constraint' in def)) return
  const name = stringsOf(typeName).at(-1) ?? ''
  run.known.strictDomains.add(name)
  if (def.Constraint.skip_validation === true || run.born.has(`type ${name}`)) return
  report(run, {
    id: 'domain-constraint-checks-rows',
    class: 'blocks',
    severity: 'warning',
    lock: 'SHARE',
    message: `The constraint on the domain "${name}" blocks writes to each table that uses it while all their rows are checked; expected NOT VALID`,
    fix: 'Add it NOT VALID, and run ALTER DOMAIN ... VALIDATE CONSTRAINT in a later transaction',
    at: def.Constraint.location,
  })
}

/** Whether a check that all rows passed says that the column is not null. */
export const isProvenNotNull = (run: Run, table: string, column: string): boolean =>
  [...(run.known.checks.get(table)?.values() ?? [])].some(
    ({ validated, notNull }) => validated && (notNull.includes(column) || notNull.includes('*')),
  )
