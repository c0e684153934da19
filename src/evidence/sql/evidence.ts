import { hazardsOf, type Judged, type Parse } from './hazards.ts'
import { nothingKnown } from './known.ts'
import { readMigrations } from './read.ts'
import { reversibilityOf } from './reversible.ts'
import type { Hazard, SqlChange, SqlFile, SqlNote, SqlQuestion, StoreFacts } from './types.ts'

/** What the migrations of one store say. Everything in the order of the files and lines. */
export interface SqlEvidence {
  readonly migrations: number
  readonly statements: number
  readonly hazards: readonly Hazard[]
  readonly questions: readonly SqlQuestion[]
  readonly changes: readonly SqlChange[]
  /** What was not read, and why: as long as there is one that is `unreadable`, silence proves nothing. */
  readonly notes: readonly SqlNote[]
}

const speaksPostgres: readonly string[] = ['postgres', 'alloydb', 'timescaledb', 'neon', 'supabase']

/**
 * Reads the migrations of one store and says what is dangerous in them. Ways forth are followed in the order of their versions, so
 * that a later one knows what an earlier one made, and ways back from the newest to the oldest.
 * @param parse is asked only for files of PostgreSQL, and never for statements about rows
 */
export async function sqlEvidence(
  files: readonly SqlFile[],
  parse: Parse,
  facts: StoreFacts = {},
): Promise<SqlEvidence> {
  const nothing = { migrations: 0, statements: 0, hazards: [], questions: [], changes: [], notes: [] }
  const { product = 'postgres' } = facts
  if (!speaksPostgres.includes(product)) {
    const message = `Migrations for ${product} are not read, only those for PostgreSQL; what the manifest says under "migrations" is judged all the same`
    const notes = files
      .slice(0, 1)
      .map(({ name }) => ({ kind: 'skipped' as const, message, file: name, line: 1, column: 1 }))
    return { ...nothing, notes }
  }
  const migrations = readMigrations(files, facts)
  const forth = migrations.filter(one => one.direction !== 'down')
  const back = migrations.filter(one => one.direction === 'down').reverse()
  const known = nothingKnown()
  const judged: Judged[] = []
  const bounded = upTo(parse, mostParsed)
  for (const migration of [...forth, ...back]) judged.push(await hazardsOf(migration, bounded, facts, known))
  const hazards = [...judged.flatMap(one => one.hazards), ...reversibilityOf(judged)]
  return {
    migrations: migrations.length,
    statements: migrations.reduce((sum, { statements }) => sum + statements.length, 0),
    hazards: hazards.sort(byPlace),
    questions: judged.flatMap(one => one.questions).sort(byPlace),
    changes: judged.flatMap(one => one.changes).sort(byPlace),
    notes: firstOf(judged.flatMap(one => [...one.migration.notes, ...one.notes]).sort(byPlace)),
  }
}

/** Ten times what the largest sets of migrations hold, and a few seconds. */
const mostParsed = 50_000
/** Then it is hardly PostgreSQL's SQL. */
const mostFailed = 500
const mostNotes = 50

function upTo(parse: Parse, most: number): Parse {
  let asked = 0
  let failed = 0
  return async sql => {
    if (asked++ >= most) return { error: `there are more than ${most}, those about rows not counted`, unread: true }
    if (failed >= mostFailed) return { error: `${mostFailed} statements before it could not be read`, unread: true }
    const parsed = await parse(sql)
    if ('error' in parsed) failed++
    return parsed
  }
}

function firstOf(notes: SqlNote[]): SqlNote[] {
  if (notes.length <= mostNotes) return notes
  const more = notes.length - mostNotes + 1
  return [...notes.slice(0, mostNotes - 1), { ...notes[mostNotes - 1]!, message: `${more} more places cannot be read` }]
}

interface Placed {
  readonly file: string
  readonly line: number
  readonly column: number
}
const byPlace = (a: Placed, b: Placed): number =>
  a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1
