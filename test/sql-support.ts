import { sqlParser } from '../src/cli/reading/sql-parser.ts'
import { sqlEvidence } from '../src/evidence/sql/evidence.ts'
import type { StoreFacts } from '../src/evidence/sql/types.ts'

/** One parser for all tests of a worker: it makes a new instance for itself when it needs one. */
export const parse = sqlParser()

export const evidenceOf = (files: Readonly<Record<string, string>>, facts: StoreFacts = {}) =>
  sqlEvidence(
    Object.entries(files).map(([name, text]) => ({ name, text })),
    parse,
    facts,
  )

/** `id@line` of each hazard of one file, in the order of the lines; `!line` where something could not be read. */
export async function hazardsIn(sql: string, facts: StoreFacts = {}, file = 'change.sql'): Promise<string[]> {
  const { hazards, notes } = await evidenceOf({ [file]: sql }, facts)
  return [...hazards.map(({ id, line }) => `${id}@${line}`), ...notes.map(({ line }) => `!${line}`)]
}
