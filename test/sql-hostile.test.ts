import { describe, expect, test } from 'vitest'
import { sqlParser } from '../src/cli/reading/sql-parser.ts'
import { sqlEvidence } from '../src/evidence/sql/evidence.ts'
import { evidenceOf } from './sql-support.ts'

const megabyte = 1_000_000
const index = '\ncreate index i on orders (id);'

/** What is said of a text, and how long it takes: far more than needed, far less than what a loop within a loop takes. */
async function within(seconds: number, text: string) {
  const began = process.cpuUsage()
  const found = await evidenceOf({ 'a.sql': text })
  const { user, system } = process.cpuUsage(began)
  expect((user + system) / 1e6).toBeLessThan(seconds)
  return {
    ...found,
    said: found.notes.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`),
  }
}

describe('ten megabytes', () => {
  test('of rows are passed over, and what follows is read', async () => {
    const { hazards, said } = await within(20, `insert into t values (1,'a')${",(1,'abc')".repeat(megabyte)};${index}`)
    expect(hazards.map(one => [one.id, one.line])).toEqual([['index-not-concurrent', 2]])
    expect(said).toEqual([])
  })

  test('of statements about rows, of data of COPY and of comments too', async () => {
    const inserts = await within(40, 'insert into t values (1);\n'.repeat(megabyte / 5) + index)
    expect(inserts.hazards).toHaveLength(1)
    const copy = await within(20, `copy t from stdin;\n${'1\tdrop table t;\n'.repeat(megabyte / 2)}\\.${index}`)
    expect(copy.hazards).toHaveLength(1)
    const comments = await within(20, '-- x\n'.repeat(megabyte) + index)
    expect(comments.hazards).toHaveLength(1)
  })

  test('of one statement are not parsed, and that is said', async () => {
    const { said, hazards } = await within(20, `select '${'x'.repeat(10 * megabyte)}';${index}`)
    expect(said).toEqual(['a.sql:1:1 This statement has 10000009 characters and is not read; expected at most 262144'])
    expect(hazards).toHaveLength(1)
  })

  test.each([
    ['parentheses', '('.repeat(5 * megabyte)],
    ['a quote', `select '${'x'.repeat(5 * megabyte)}`],
    ['comments', '/*'.repeat(3 * megabyte)],
    ['tags of dollar quotes', Array.from({ length: megabyte / 5 }, (_, i) => `$a${i}$`).join(' ')],
    ['placeholders', '${'.repeat(megabyte / 3)],
    ['braces', '{{'.repeat(megabyte / 3)],
  ])('of %s without an end', async (_, text) => {
    const { said } = await within(20, text)
    expect(said[0]).toMatch(/^a\.sql:1:\d+ This (?:statement|text|comment|dollar-quoted text) has /)
  })
})

describe('many of one kind', () => {
  test('sections, renames, commands and inner statements take time in proportion', async () => {
    await within(30, '-- +goose Up\ncreate table t (a int);\n-- +goose Down\ndrop table t;\n'.repeat(4_000))
    await within(30, 'alter table t rename to u;\n'.repeat(5_000))
    await within(30, `alter table t ${'add column c int, '.repeat(5_000)} add d int;`)
    await within(30, `do $$ begin ${'alter table t add column c int; '.repeat(4_000)} end $$;`)
  })

  test('what cannot be read is counted, not listed', async () => {
    const { said } = await within(20, 'CREATE TABLE `x` (a int) ENGINE=InnoDB;\n'.repeat(2_000))
    expect(said).toHaveLength(6)
    expect(said[0]).toBe('a.sql:1:14 PostgreSQL cannot read this: syntax error at or near "`"; it looks like MySQL')
    expect(said[5]).toBe('a.sql:6:14 1995 more of its statements cannot be read')
  })
})

describe('a trap in the parser', () => {
  const deep = `select ${'1+'.repeat(20_000)}1;`

  test('costs the statement and nothing else', async () => {
    const { said, hazards } = await within(60, `${deep}\n${deep}${index}`)
    expect(said).toEqual([
      'a.sql:1:1 This statement is not read: it is nested too deeply',
      'a.sql:2:1 This statement is not read: it is nested too deeply',
    ])
    expect(hazards.map(one => one.line)).toEqual([3])
  })

  test('that comes again and again ends the attempts', async () => {
    const parse = sqlParser()
    const answers: string[] = []
    for (let i = 0; i < 12; i++) {
      const parsed = await parse(deep)
      answers.push('error' in parsed ? parsed.error : 'read')
    }
    expect(answers.slice(0, 10)).toEqual(answers.slice(0, 10).map(() => 'it is nested too deeply'))
    expect(answers[11]).toBe('10 statements before it broke the parser')
    // Another review has a parser of its own.
    expect(await sqlParser()('select 1')).toHaveProperty('nodes')
  })

  test('nesting that the parser refuses by itself is an error like others', async () => {
    const { said } = await within(20, `select ${'('.repeat(20_000)}1${')'.repeat(20_000)};`)
    expect(said[0]).toMatch(/^a\.sql:1:\d+ PostgreSQL cannot read this: memory exhausted/)
  })
})

test('bytes, characters and dialects that are none of PostgreSQL', async () => {
  const nul = await evidenceOf({ 'a.sql': `select 1;\0 drop table x;${index}` })
  expect(nul.notes.map(({ column, message }) => `${column} ${message}`)).toEqual([
    '10 A NUL character stands here, which PostgreSQL refuses; expected text in UTF-8',
    '10 This statement holds a NUL character and is not read',
  ])
  expect(nul.hazards).toHaveLength(1)
  const text = 'select 1;\nselect é😀 foo bar;'
  expect((await evidenceOf({ 'a.sql': text })).notes[0]).toMatchObject({ line: 2, column: 16 })
  const template = await evidenceOf({ 'a.sql': 'alter table t add column {{ column }};' })
  expect(template.notes[0]).toMatchObject({
    kind: 'skipped',
    message: expect.stringContaining('before "{{ column }}" is filled in'),
  })
})

test('migrations for another engine are not read, which is said once', async () => {
  const never = () => Promise.reject(new Error('the parser is not needed'))
  const files = ['a.sql', 'b.sql'].map(name => ({ name, text: 'drop table t' }))
  const found = await sqlEvidence(files, never, { product: 'mysql' })
  expect(found.hazards).toEqual([])
  expect(found.notes.map(({ file, message }) => `${file}: ${message}`)).toEqual([
    'a.sql: Migrations for mysql are not read, only those for PostgreSQL; what the manifest says under "migrations" is judged all the same',
  ])
})
