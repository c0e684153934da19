import { isNew, placeIn, report, type Run } from './run.ts'
import type { Lock, Statement } from './types.ts'

/** Waiting for locks, and what waits meanwhile: the manual's "Explicit Locking", and lock_timeout in "Client Connection Defaults". */

const strength: readonly Lock[] = [
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'EXCLUSIVE',
  'ACCESS EXCLUSIVE',
]

/** What others cannot do meanwhile. */
export const blockedBy = (lock: Lock): string => (lock === 'ACCESS EXCLUSIVE' ? 'reads and writes' : 'writes')

/** While a statement waits for such a lock, all writes to the table queue behind it; a weaker one lets writes pass. */
const makesOthersWait = (lock: Lock): boolean => lock !== 'SHARE UPDATE EXCLUSIVE'

/** The running statement takes a lock, and keeps it until its transaction ends. */
export function take(run: Run, table: string, lock: Lock): void {
  if (isNew(run, table)) return
  const { statement } = run
  const held = run.transaction?.locks.get(table)
  if (run.transaction && (!held || strength.indexOf(lock) > strength.indexOf(held.lock)))
    run.transaction.locks.set(table, { lock, line: statement.line, statement })
  if (makesOthersWait(lock) && !held) needsTimeouts(run, table, lock)
}

/** Once for each migration: what holds for one statement holds for all. */
function needsTimeouts(run: Run, table: string, lock: Lock): void {
  const { facts, session, transaction, statement, migration } = run
  if (facts.strategy === 'maintenanceWindow') return
  const inForce = transaction?.local.lock ?? session.lock ?? facts.lockTimeout
  const blocked = blockedBy(lock)
  if (inForce === undefined) {
    if (run.questions.length > 0) return
    const because = `it needs ${lock} on "${table}", and while it waits for that, ${blocked} of the table wait behind it`
    run.questions.push({ fact: 'lockTimeout', because, file: migration.file, ...placeIn(statement, undefined) })
  } else if ((inForce === 'none' || inForce === 0) && !run.said.has('no-lock-timeout'))
    report(run, {
      id: 'no-lock-timeout',
      class: 'holds',
      severity: 'warning',
      table,
      lock,
      message: `This waits for ${lock} on "${table}" without a limit, and meanwhile ${blocked} of the table queue behind it; expected a lock timeout`,
      fix: "SET lock_timeout = '1s' before it, and try again when it runs out",
    })
  const longest = transaction?.local.statement ?? session.statement ?? facts.statementTimeout
  if (longest === 'none' && !run.said.has('no-statement-timeout'))
    report(run, {
      id: 'no-statement-timeout',
      class: 'holds',
      severity: 'info',
      table,
      lock,
      message: `This may keep ${lock} on "${table}" for as long as it likes; expected a limit for a statement that others wait for`,
      fix: "SET statement_timeout = '5s' before statements that are meant to be short",
    })
}

/** The strongest lock that the transaction holds on a table that others use, taken by a statement before this one. */
export function heldBefore(
  run: Run,
  table?: string,
): { table: string; lock: Lock; line: number; statement: Statement } | undefined {
  const held = [...(run.transaction?.locks ?? [])]
    .map(([of, lock]) => ({ table: of, ...lock }))
    .filter(one => one.statement !== run.statement && makesOthersWait(one.lock) && !run.willDrop.has(one.table))
    .filter(one => table === undefined || one.table === table)
  return held.sort((a, b) => strength.indexOf(b.lock) - strength.indexOf(a.lock))[0]
}

/** When the transaction ends: locks that nobody can read through, on several tables, taken one after the other. */
export function judgeLocks(run: Run): void {
  const held = [...(run.transaction?.locks ?? [])].filter(
    ([table, { lock }]) => lock === 'ACCESS EXCLUSIVE' && !run.willDrop.has(table),
  )
  const statements = new Set(held.map(([, { statement }]) => statement))
  if (held.length < 2 || statements.size < 2) return
  const names = held.slice(0, 3).map(([table]) => `"${table}"`)
  const last = held.length > 3 ? `${held.length - 3} more` : names.pop()!
  const list = `${names.join(', ')} and ${last}`
  const second = held.find(([, { statement }]) => statement !== held[0]![1].statement)!
  report(
    run,
    {
      id: 'many-locks-in-transaction',
      class: 'holds',
      severity: 'info',
      table: second[0],
      lock: 'ACCESS EXCLUSIVE',
      message: `One transaction takes ACCESS EXCLUSIVE on ${list} and keeps all until it ends, so a wait for one blocks the others, and code that takes them in another order deadlocks; expected one table in a transaction`,
      fix: 'Split it, so that each transaction locks one table',
    },
    second[1].statement,
  )
}
