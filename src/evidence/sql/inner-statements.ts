import type { DoStmt } from 'libpg-query'
import { blankQuoted } from './lexer.ts'
import { constantOf } from './nodes.ts'
import { indexOfByte, placeAt } from './run.ts'
import type { Statement } from './types.ts'

/** Statements that change a schema, in the body of a DO block; rows are mostly changed in a loop there, in batches. */
const changesSchema =
  /\b(?:ALTER\s+TABLE|CREATE\s+(?:UNIQUE\s+)?INDEX|CREATE\s+TABLE|DROP\s+(?:TABLE|INDEX)|TRUNCATE|LOCK\s+TABLE|REINDEX|CLUSTER)\b[^;]*/gi

/** `setsLockTimeout`: the body sets a lock timeout itself. */
export function innerStatements(
  outer: Statement,
  block: DoStmt,
): { statements: Statement[]; setsLockTimeout: boolean } {
  const body = (block.args ?? []).flatMap(one =>
    'DefElem' in one && one.DefElem.defname === 'as' ? [one.DefElem] : [],
  )[0]
  const text = constantOf(body?.arg)
  const begins =
    text === undefined || body?.location === undefined
      ? -1
      : outer.text.indexOf(text, indexOfByte(outer, body.location))
  if (text === undefined || begins === -1) return { statements: [], setsLockTimeout: false }
  const names = blankQuoted(text.replaceAll('"', ' '))
  const statements = [...names.matchAll(changesSchema)].map(({ index, 0: found }): Statement => {
    const sql = text.slice(index, index + found.length).trimEnd()
    const at = begins + index
    return {
      text: sql,
      offset: outer.offset + at,
      ...placeAt(outer, at),
      words: sql.toUpperCase().split(/\W+/, 8),
      placeholders: outer.placeholders,
    }
  })
  return { statements, setsLockTimeout: /\block_timeout\b/i.test(text) }
}
