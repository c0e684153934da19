import type { Severity } from '../../finding.ts'
import { plural } from '../../units.ts'
import type { Known } from './known.ts'
import { locator, type Locate } from './split.ts'
import { asWritten } from './templates.ts'
import type { Hazard, HazardId, Lock, Migration, SqlChange, SqlQuestion, Statement, StoreFacts } from './types.ts'

/** Milliseconds; 0: no limit; `undefined`: not said. */
export interface Timeouts {
  lock: number | undefined
  statement: number | undefined
}

/** `by`: who opened it. `query`: several statements that were sent as one. */
export interface Transaction {
  readonly by: 'tool' | 'author' | 'query'
  readonly line: number
  readonly column: number
  /** The strongest lock on each table, and the line of the statement that took it. */
  readonly locks: Map<string, { readonly lock: Lock; readonly line: number; readonly statement: Statement }>
  readonly notValid: Set<string>
  readonly enumValues: Set<string>
  readonly local: Timeouts
}

/** What a migration has done up to a statement: the state that its judges share. */
export interface Run {
  readonly migration: Migration
  readonly facts: StoreFacts
  readonly known: Known
  readonly major: number
  readonly hazards: Hazard[]
  readonly questions: SqlQuestion[]
  readonly changes: SqlChange[]
  /** Tables, views and indices that this migration creates: nobody uses them yet. */
  readonly born: Set<string>
  readonly bornColumns: Set<string>
  /** Tables that this migration drops. */
  readonly dropped: Set<string>
  /** The same, and those that a later statement drops. */
  readonly willDrop: ReadonlySet<string>
  /** Short names that a later statement gives to a view or a table, with the offset of the last that does. */
  readonly namedAgain: ReadonlyMap<string, number>
  /** Columns that an UPDATE of this migration copies from, by `table.column`. */
  readonly copiedFrom: Map<string, number>
  readonly policyAsked: Map<string, Finding & { readonly statement: Statement }>
  readonly session: Timeouts & { utc: boolean }
  readonly said: Set<HazardId>
  statement: Statement
  transaction: Transaction | undefined
}

/** `at`: offset in the statement, in bytes of UTF-8, as the parser counts. */
export interface Finding {
  readonly id: HazardId
  readonly class: Hazard['class']
  readonly severity?: Severity
  readonly message: string
  readonly fix: string
  readonly table?: string
  readonly lock?: Lock
  readonly at?: number | undefined
}

/** Tables of fewer rows are rewritten before anybody notices. */
const smallTable = 10_000

/** A table of unknown size counts as an ordinary one. */
export function severityBySize(run: Run, table: string | undefined): Severity {
  const rows = table === undefined ? undefined : rowsOf(run, table)
  return rows === undefined ? 'warning' : rows < smallTable ? 'info' : 'error'
}

export const rowsOf = ({ facts }: Run, table: string): number | undefined =>
  facts.rows && Object.hasOwn(facts.rows, table) ? facts.rows[table] : undefined

/** ` of 80 000 000 rows`, where the manifest says it. */
export function sizeOf(run: Run, table: string): string {
  const rows = rowsOf(run, table)
  return rows === undefined ? '' : ` of ${plural(rows, 'row')}`
}

export const isNew = (run: Run, table: string): boolean => run.born.has(table)

export function report(run: Run, finding: Finding, statement: Statement = run.statement): void {
  const { at, severity, ...rest } = finding
  const { direction, file } = run.migration
  const undisturbed = run.facts.strategy === 'maintenanceWindow'
  if (undisturbed && (finding.class === 'blocks' || finding.class === 'holds' || finding.class === 'breaksCode')) return
  // The way back takes away what the way forth added.
  if (direction === 'down' && (finding.class === 'breaksCode' || finding.class === 'losesData')) return
  run.said.add(finding.id)
  run.hazards.push({
    ...rest,
    severity: severity ?? severityBySize(run, finding.table),
    message: asWritten(finding.message, statement),
    fix: asWritten(finding.fix, statement),
    ...(finding.table !== undefined && { table: asWritten(finding.table, statement) }),
    file,
    ...placeIn(statement, at),
    statement: shortened(statement),
  })
}

/** The beginning of the statement, in one line. */
function shortened(statement: Statement): string {
  const line = statement.text
    .slice(0, 1000)
    .replace(/--[^\n]*/g, '')
    .replace(/\s+/g, ' ')
    .trim()
  return asWritten(line.length > 120 ? `${line.slice(0, 119)}…` : line, statement)
}

/**
 * Where a clause begins, in bytes: the parser gives no place to clauses that only name a column or a constraint.
 * `before`, `after`: patterns around the name.
 */
export function clauseAt({ text }: Statement, before: string, name: string, after = ''): number | undefined {
  const escaped = name.replaceAll('"', '""').replace(/[^\w]/g, '\\$&')
  const clause = new RegExp(`\\b${before}"?${escaped}(?:"|\\b)${after}`, 'i')
  const found = clause.exec(text.slice(0, 20_000))
  return found ? new TextEncoder().encode(text.slice(0, found.index)).length : undefined
}

/** `at`: bytes of UTF-8 from the beginning of the statement. */
export function placeIn(statement: Statement, at: number | undefined): { line: number; column: number } {
  return placeAt(statement, at === undefined || at <= 0 ? 0 : indexOfByte(statement, at))
}

/** `index`: UTF-16 code units from the beginning of the statement. */
export function placeAt(statement: Statement, index: number): { line: number; column: number } {
  const { line, column } = measuresOf(statement).locate(index)
  return { line: statement.line + line - 1, column: line === 1 ? statement.column + column - 1 : column }
}

/** The parser counts bytes, a text counts UTF-16 code units. */
export function indexOfByte(statement: Statement, at: number): number {
  const { bytes } = measuresOf(statement)
  if (!bytes) return Math.min(at, statement.text.length)
  let low = 0
  let high = bytes.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (bytes[middle]! < at) low = middle + 1
    else high = middle
  }
  return low
}

interface Measures {
  readonly locate: Locate
  /** Bytes before each code unit; absent where all are one byte long. */
  readonly bytes: Uint32Array | undefined
}
const measures = new WeakMap<Statement, Measures>()

/** A statement may hold thousands of places, and is measured once. */
function measuresOf(statement: Statement): Measures {
  const known = measures.get(statement)
  if (known) return known
  const { text } = statement

  const made = { locate: locator(text), bytes: /^[\0-\x7f]*$/.test(text) ? undefined : bytesBefore(text) }
  measures.set(statement, made)
  return made
}

function bytesBefore(text: string): Uint32Array {
  const before = new Uint32Array(text.length + 1)
  for (let i = 0, bytes = 0; i < text.length; i++) {
    before[i] = bytes
    const unit = text.charCodeAt(i)
    // A surrogate is half of a character of four bytes.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 2 : 3
    before[i + 1] = bytes
  }
  return before
}

export function change(run: Run, said: Omit<SqlChange, 'file' | 'line' | 'column'>, at?: number): void {
  run.changes.push({
    ...said,
    object: asWritten(said.object, run.statement),
    file: run.migration.file,
    ...placeIn(run.statement, at),
  })
}
