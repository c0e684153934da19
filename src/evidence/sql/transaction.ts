import type { Node, TransactionStmt, VariableSetStmt } from 'libpg-query'
import { judgeLocks } from './locks.ts'
import { constantOf, lastName } from './nodes.ts'
import { report, type Run, type Timeouts, type Transaction } from './run.ts'
import type { Migration, Statement } from './types.ts'

/** Transactions around and within a migration, and the settings that hold in them. */

/** Statements that PostgreSQL refuses within a transaction, by their first words. */
const refusesTransaction =
  /^(?:(?:CREATE (?:UNIQUE )?|DROP )INDEX CONCURRENTLY|REINDEX (?:\w+ )?CONCURRENTLY|REINDEX (?:DATABASE|SYSTEM|SCHEMA)|VACUUM|(?:CREATE|DROP) (?:DATABASE|TABLESPACE)|ALTER SYSTEM)\b/
const concurrently = /\bCONCURRENTLY\b/
/** They are the same within and without one. */
const indifferent: readonly string[] = ['SET', 'RESET', 'SHOW', 'SELECT', 'BEGIN', 'COMMIT', 'END', 'START', 'ROLLBACK']

const isOutside = ({ words }: Statement): boolean => refusesTransaction.test(words.join(' '))

/** The transaction that the tool opens before the first statement; with `ifPossible` it depends on what the statements are. */
export function openingTransaction({ transaction, statements, line, column }: Migration): Transaction | undefined {
  if (transaction === 'yes' || (transaction === 'ifPossible' && !statements.some(isOutside)))
    return begun('tool', line, column)
  return transaction === 'ifSeveral' && statements.length > 1 ? begun('query', line, column) : undefined
}

const begun = (by: Transaction['by'], line: number, column: number): Transaction => ({
  by,
  line,
  column,
  locks: new Map(),
  notValid: new Set(),
  enumValues: new Set(),
  local: { lock: undefined, statement: undefined },
})

const openedBy = {
  tool: 'that the tool opens',
  author: 'that BEGIN opens',
  query: 'as which PostgreSQL runs a file that is sent as one query',
}

/** A statement that must be outside of any transaction. `what`: how it is called, such as `CREATE INDEX CONCURRENTLY`. */
export function outsideTransaction(run: Run, what: string, table?: string): void {
  const { transaction, migration } = run
  if (transaction)
    report(run, {
      id: what.includes('CONCURRENTLY') ? 'concurrently-in-transaction' : 'not-in-transaction',
      class: 'fails',
      severity: 'error',
      ...(table !== undefined && { table }),
      message: `${what} stands in the transaction ${openedBy[transaction.by]}, and PostgreSQL refuses it there; expected it outside of any`,
      fix: fixes[migration.framework] ?? 'Put it into a migration of its own that runs without a transaction',
    })
  else if (migration.framework === 'flyway' && !run.said.has('mixed-transaction')) judgeMixed(run, what)
}

const fixes: Partial<Record<Migration['framework'], string>> = {
  liquibase: 'Put it into a changeset of its own with runInTransaction:false',
  dbmate: 'Put it into a migration of its own, with "-- migrate:up transaction:false"',
  goose: 'Put it into a migration of its own, with "-- +goose NO TRANSACTION" at its top',
  'sql-migrate': 'Put it into a migration of its own, with "-- +migrate Up notransaction"',
  prisma: 'Put it into a migration of its own, whose migration.sql holds this statement alone',
  'golang-migrate': 'Put it into a migration of its own, whose file holds this statement alone',
  flyway: 'Put it into a migration of its own, without BEGIN',
}

/** Flyway leaves the transaction out for such a statement, and refuses a migration that holds both kinds. */
function judgeMixed(run: Run, what: string): void {
  const other = run.migration.statements.find(
    one => !isOutside(one) && !concurrently.test(one.words.join(' ')) && !indifferent.includes(one.words[0] ?? ''),
  )
  if (!other) return
  report(run, {
    id: 'mixed-transaction',
    class: 'fails',
    severity: 'warning',
    message: `${what} cannot run in a transaction, and ${other.words.slice(0, 2).join(' ')} on line ${other.line} of the same migration can; Flyway refuses to mix them unless "mixed" is set`,
    fix: 'Put it into a migration of its own',
  })
}

export function judgeTransaction(run: Run, { kind }: TransactionStmt): void {
  const { line, column } = run.statement
  switch (kind) {
    case 'TRANS_STMT_BEGIN':
    case 'TRANS_STMT_START':
      // Within a transaction it does nothing; within a query of several statements it makes the transaction one of its own.
      if (run.transaction?.by !== 'tool' && run.transaction?.by !== 'author')
        run.transaction = begun('author', line, column)
      break
    case 'TRANS_STMT_COMMIT':
    case 'TRANS_STMT_ROLLBACK':
    case 'TRANS_STMT_PREPARE':
      if (run.transaction?.by === 'tool' && run.migration.transaction === 'yes')
        report(run, {
          id: 'commit-in-tool-transaction',
          class: 'fails',
          severity: 'warning',
          message:
            'This ends the transaction that the tool opens, so what follows is not undone when it fails; expected the tool to end it',
          fix: 'Leave BEGIN and COMMIT to the tool, or switch its transaction off for this migration',
        })
      closeTransaction(run)
      // What follows in the same query is a transaction again.
      if (run.migration.transaction === 'ifSeveral' && run.migration.statements.length > 1)
        run.transaction = begun('query', line, column)
      break
    default:
  }
}

function closeTransaction(run: Run): void {
  if (run.transaction) judgeLocks(run)
  run.transaction = undefined
}

/** After the last statement. */
export function endOfMigration(run: Run): void {
  const { transaction } = run
  if (transaction?.by === 'author')
    report(run, {
      id: 'transaction-left-open',
      class: 'fails',
      severity: 'warning',
      message: `The transaction that begins on line ${transaction.line} is never committed, so its changes are lost and its locks stay until the connection closes; expected COMMIT`,
      fix: 'Add COMMIT after its last statement',
    })
  closeTransaction(run)
}

const settings: Readonly<Record<string, keyof Timeouts>> = { lock_timeout: 'lock', statement_timeout: 'statement' }

export function judgeSetting(run: Run, set: VariableSetStmt): void {
  const { kind, is_local: isLocal, args } = set
  const name = set.name?.toLowerCase() ?? ''
  if (kind === 'VAR_RESET_ALL') Object.assign(run.session, { lock: undefined, statement: undefined, utc: false })
  const value = kind === 'VAR_SET_VALUE' ? constantOf(args?.[0]) : undefined
  if (name === 'timezone') run.session.utc = /^(?:utc|gmt|etc\/utc|zulu|\+?0)$/i.test(value ?? '')
  if (settings[name])
    setTimeoutTo(run, settings[name], value === undefined ? undefined : milliseconds(value), isLocal === true)
}

function setTimeoutTo(run: Run, which: keyof Timeouts, to: number | undefined, isLocal: boolean): void {
  if (!isLocal) {
    run.session[which] = to
    if (run.transaction) run.transaction.local[which] = undefined
  } else if (run.transaction) run.transaction.local[which] = to
  else if (run.migration.transaction !== 'unknown')
    report(run, {
      id: 'set-local-without-transaction',
      class: 'fails',
      severity: 'warning',
      message: 'SET LOCAL stands outside of a transaction, where it has no effect; expected SET',
      fix: 'Use SET without LOCAL, and RESET after the last statement',
    })
  // Whether the tool opens one is not known; if it does, the setting holds.
  else run.session[which] = to
}

/** `select set_config('lock_timeout', '2s', false)`. */
export function judgeSetConfig(run: Run, call: Node): void {
  if (!('FuncCall' in call) || lastName(call.FuncCall.funcname) !== 'set_config') return
  const [name, value, isLocal] = (call.FuncCall.args ?? []).map(constantOf)
  const which = settings[name ?? '']
  if (which) setTimeoutTo(run, which, milliseconds(value ?? ''), isLocal === 'true')
}

const units: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 }

/** `1s`, `500ms`, `5000`; a value that cannot be read counts as said. */
function milliseconds(value: string): number | undefined {
  const [, number, unit = 'ms'] = /^\s*(-?[\d.]+)\s*(us|ms|s|min|h|d)?\s*$/.exec(value) ?? []
  return number === undefined ? 1 : Number(number) * units[unit]!
}
