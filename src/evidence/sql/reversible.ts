import type { Judged } from './hazards.ts'
import type { Hazard, SqlChange } from './types.ts'

/** Whether the way back leads back. A step that only adds needs none: code of the release before works on the wider schema. */

/** Tools whose migrations have a way back where its author writes one. */
const haveDown: ReadonlySet<string> = new Set([
  'golang-migrate',
  'dbmate',
  'goose',
  'sql-migrate',
  'node-pg-migrate',
  'liquibase',
  'diesel',
  'sqitch',
])
/** What these do cannot be seen. */
const opaque = /^(?:DO|CALL|SELECT|WITH|EXECUTE)$|^DROP (?:SCHEMA|OWNED|DATABASE)/

const isGone = (change: SqlChange): boolean =>
  (change.kind === 'dropTable' || change.kind === 'dropColumn') && change.newTable !== true

export function reversibilityOf(judged: readonly Judged[]): Hazard[] {
  const downs = new Map<string, Judged[]>()
  for (const one of judged)
    if (one.migration.direction === 'down') {
      const same = downs.get(one.migration.key)
      if (same) same.push(one)
      else downs.set(one.migration.key, [one])
    }
  return judged
    .filter(one => one.migration.direction === 'up')
    .flatMap(up => wayBack(up, downs.get(up.migration.key) ?? []))
}

function wayBack(up: Judged, down: readonly Judged[]): Hazard[] {
  const { framework, deliberatelyEmpty } = up.migration
  const goes = down.some(one => one.migration.statements.length > 0)
  if (!goes) {
    if (deliberatelyEmpty === true || (!haveDown.has(framework) && down.length === 0)) return []
    return up.changes.filter(isGone).slice(0, 1).map(irreversible)
  }
  return [...broughtBackEmpty(up, down), ...notUndone(up, down)]
}

const hazard = (change: SqlChange, said: Pick<Hazard, 'id' | 'severity' | 'message' | 'fix'>): Hazard => ({
  class: 'irreversible',
  ...said,
  file: change.file,
  line: change.line,
  column: change.column,
  table: change.object.split('.')[0]!,
  statement: `${change.kind} ${change.object}`,
})

const irreversible = (change: SqlChange): Hazard =>
  hazard(change, {
    id: 'irreversible-step',
    severity: 'warning',
    message: `"${change.object}" is dropped, and the migration has no way back; expected one, or words on what is done instead`,
    fix: 'Keep a copy of the values to bring back, or write down that a backup is the way back',
  })

function broughtBackEmpty(up: Judged, down: readonly Judged[]): Hazard[] {
  const again = new Map(
    down
      .flatMap(one => one.changes)
      .flatMap(change =>
        change.kind === 'addTable' || change.kind === 'addColumn' ? [[change.object, change] as const] : [],
      ),
  )
  const filled = new Set(down.flatMap(one => one.migration.statements).map(({ words }) => words[0]))
  if (filled.has('INSERT') || filled.has('UPDATE') || filled.has('COPY')) return []
  return up.changes.filter(isGone).flatMap(({ object }) => {
    const back = again.get(object)
    if (!back) return []
    const message = `The way back makes "${object}" again, but empty; expected its values to be kept`
    const fix = 'Keep a copy of the values until the release can no longer be rolled back'
    return [hazard(back, { id: 'down-brings-back-empty', severity: 'info', message, fix })]
  })
}

/** A way back that was written and leaves a table or a column there. */
function notUndone(up: Judged, down: readonly Judged[]): Hazard[] {
  const statements = down.flatMap(one => one.migration.statements)
  const isOpaque = statements.some(
    ({ words }) => opaque.test(words[0] ?? '') || opaque.test(words.slice(0, 2).join(' ')),
  )
  if (isOpaque || !up.complete || down.some(one => !one.complete)) return []
  const undone = new Set(
    [...up.changes, ...down.flatMap(one => one.changes)]
      .filter(({ kind }) => /^(?:drop|rename)(?:Table|Column)$/.test(kind))
      .map(({ object }) => object),
  )
  const added = up.changes.filter(
    ({ kind, newTable }) => kind === 'addTable' || (kind === 'addColumn' && newTable !== true),
  )
  const left = added.find(
    ({ object, kind }) =>
      !undone.has(object) && !(kind === 'addColumn' && undone.has(object.slice(0, object.lastIndexOf('.')))),
  )
  if (!left) return []
  const { file, line, column } = down[0]!.migration
  const message = `The way back leaves "${left.object}", which the migration adds, so to go forth again fails; expected it to be dropped`
  const fix = left.kind === 'addTable' ? `DROP TABLE "${left.object}"` : `Drop the column "${left.object}"`
  return [hazard({ ...left, file, line, column }, { id: 'down-does-not-undo', severity: 'warning', message, fix })]
}
