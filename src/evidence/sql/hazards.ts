import type { Node } from 'libpg-query'
import { innerStatements } from './inner-statements.ts'
import { judgeEnumUse, judgeStatement } from './judge.ts'
import { nothingKnown, type Known } from './known.ts'
import { placeAt, report, type Run } from './run.ts'
import { endOfMigration, openingTransaction } from './transaction.ts'
import type { Hazard, Migration, SqlChange, SqlNote, SqlQuestion, Statement, StoreFacts } from './types.ts'

/** A tree, or why there is none. `at` counts code points of the statement. `unread`: it says why the statement was not tried, or what broke. */
export type Parsed =
  { readonly nodes: readonly Node[] } | { readonly error: string; readonly at?: number; readonly unread?: boolean }
/** PostgreSQL's own parser, as `src/cli/reading/sql-parser.ts` loads it. Never rejects. */
export type Parse = (sql: string) => Promise<Parsed>

/** What one migration is and does. */
export interface Judged {
  readonly migration: Migration
  readonly hazards: readonly Hazard[]
  readonly questions: readonly SqlQuestion[]
  readonly changes: readonly SqlChange[]
  readonly notes: readonly SqlNote[]
  /** Every statement was read, so that what is not in `changes` is not done. */
  readonly complete: boolean
}

/** Longer statements are rows, and a parse tree takes a hundred times the memory of its text. In UTF-16 code units. */
const longest = 262_144
/** Statements about rows and rights, which are not parsed. */
const harmless: readonly string[] = [
  'INSERT',
  'COPY',
  'VALUES',
  'COMMENT',
  'GRANT',
  'REVOKE',
  'ANALYZE',
  'NOTIFY',
  'SECURITY',
]
const mostNotes = 5
/** The newest version that is known here; the one that is assumed where none is stated. */
const newest = 18

/**
 * The hazards of one migration. `known`: the schema after the migrations before it, which this one changes.
 * Takes one statement after the other, so memory is bounded by the longest of them.
 */
export async function hazardsOf(
  migration: Migration,
  parse: Parse,
  facts: StoreFacts,
  known: Known = nothingKnown(),
): Promise<Judged> {
  const run = newRun(migration, facts, known)
  const notes: SqlNote[] = []
  let complete = migration.notes.length === 0
  const unread = (note: SqlNote) => {
    complete = false
    if (notes.length < mostNotes) notes.push(note)
    else notes[mostNotes] = { ...notes[mostNotes - 1]!, ...moreUnread(notes[mostNotes], note) }
  }
  for (const statement of migration.statements) {
    run.statement = statement
    judgeEnumUse(run)
    if (harmless.includes(statement.words[0] ?? '')) continue
    const nodes = await read(statement, parse)
    if ('kind' in nodes) {
      unread({ ...nodes, file: migration.file })
      continue
    }
    for (const node of nodes) {
      judgeStatement(run, node)
      if ('DoStmt' in node) await judgeBlock(run, parse, innerStatements(statement, node.DoStmt))
    }
  }
  endOfMigration(run)
  for (const [table, { statement, ...finding }] of run.policyAsked)
    if (!known.policies.has(table)) report(run, finding, statement)
  return { migration, hazards: run.hazards, questions: run.questions, changes: run.changes, notes, complete }
}

function moreUnread(
  last: SqlNote | undefined,
  { line, column }: SqlNote,
): Pick<SqlNote, 'message' | 'line' | 'column'> {
  const before = Number(/^(\d+) more/.exec(last?.message ?? '')?.[1] ?? 0)
  const place = last ?? { line, column }
  return { message: `${before + 1} more of its statements cannot be read`, line: place.line, column: place.column }
}

async function read(statement: Statement, parse: Parse): Promise<readonly Node[] | Omit<SqlNote, 'file'>> {
  const { line, column, text, placeholders } = statement
  if (text.length > longest)
    return {
      kind: 'skipped',
      message: `This statement has ${text.length} characters and is not read; expected at most ${longest}`,
      line,
      column,
    }
  if (text.includes('\0'))
    return { kind: 'unreadable', message: 'This statement holds a NUL character and is not read', line, column }
  const parsed = await parse(text)
  if ('nodes' in parsed) return parsed.nodes
  const error = short(parsed.error)
  const place = parsed.at === undefined ? { line, column } : placeAt(statement, unitsOf(text, parsed.at))
  if (parsed.unread === true)
    return { kind: 'unreadable', message: `This statement is not read: ${error}`, line, column }
  const [template] = placeholders
  if (template)
    return {
      kind: 'skipped',
      message: `This statement cannot be read before "${template.written}" is filled in: ${error}; expected it to stand where a name stands`,
      ...place,
    }
  const hint = /`|\bENGINE\s*=|\bAUTO_INCREMENT\b/i.test(text) ? '; it looks like MySQL' : ''
  return { kind: 'unreadable', message: `PostgreSQL cannot read this: ${error}${hint}`, ...place }
}

/** PostgreSQL quotes what it stumbles over, however long that is. */
function short(error: string): string {
  const line = error.replace(/\s+/g, ' ')
  return line.length > 100 ? `${line.slice(0, 99)}…` : line
}

/** The parser says where it stumbled in characters, of which some are two code units. */
function unitsOf(text: string, points: number): number {
  let index = 0
  for (let i = 0; i < points && index < text.length; i++) index += text.codePointAt(index)! < 0x10000 ? 1 : 2
  return index
}

/** What a DO block runs: those of its statements that can be read without running it. */
async function judgeBlock(
  run: Run,
  parse: Parse,
  { statements, setsLockTimeout }: ReturnType<typeof innerStatements>,
): Promise<void> {
  const outer = run.statement
  if (setsLockTimeout) run.session.lock ??= 1
  for (const statement of statements) {
    const parsed = await parse(statement.text)
    run.statement = statement
    if ('nodes' in parsed) for (const node of parsed.nodes) judgeStatement(run, node)
  }
  run.statement = outer
}

function newRun(migration: Migration, facts: StoreFacts, known: Known): Run {
  const { line, column, statements } = migration
  return {
    migration,
    facts,
    known,
    major: facts.major ?? newest,
    hazards: [],
    questions: [],
    changes: [],
    born: new Set(),
    bornColumns: new Set(),
    dropped: new Set(),
    willDrop: new Set(statements.flatMap(droppedBy)),
    namedAgain: new Map(statements.flatMap(namedBy)),
    copiedFrom: new Map(),
    policyAsked: new Map(),
    session: { lock: undefined, statement: undefined, utc: false },
    said: new Set(),
    statement: { text: '', offset: 0, line, column, words: [], placeholders: [] },
    transaction: openingTransaction(migration),
  }
}

/** The tables of a DROP TABLE, before it is parsed. */
function droppedBy({ words, text }: Statement): string[] {
  if (words[0] !== 'DROP' || words[1] !== 'TABLE') return []
  const names = text
    .slice(0, 5_000)
    .replace(/^DROP\s+TABLE\s+(?:IF\s+EXISTS\s+)?/i, '')
    .replace(/\s+(?:CASCADE|RESTRICT)\s*$/i, '')
  return names.split(',').map(one =>
    one
      .trim()
      .replaceAll('"', '')
      .replace(/^public\./, ''),
  )
}

const namesView = /^CREATE\b[^(]*?\b(?:VIEW|TABLE)\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:"?\w+"?\.)?"?(\w+)"?(?=[\s(]|$)/i
const renamesTo = /^ALTER\b.*\bRENAME\s+TO\s+"?(\w+)"?\s*$/is

/** The name that a statement gives to a view or a table. */
function namedBy({ words, text, offset }: Statement): [string, number][] {
  if (words[0] !== 'CREATE' && words[0] !== 'ALTER') return []
  const found = (words[0] === 'CREATE' ? namesView : renamesTo).exec(text.slice(0, 300))?.[1]
  return found === undefined ? [] : [[found.toLowerCase(), offset]]
}
