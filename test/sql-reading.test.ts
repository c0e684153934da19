import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sqlFile } from '../src/evidence/sql/decode.ts'
import { readMigrations } from '../src/evidence/sql/read.ts'
import { evidenceOf, parse } from './sql-support.ts'

const read = (text: string, name = 'a.sql') => readMigrations([{ name, text }])
const statementsOf = (text: string) =>
  read(text).flatMap(({ statements }) => statements.map(one => `${one.line}:${one.column} ${one.text}`))
const notesOf = (text: string) =>
  read(text).flatMap(({ notes }) => notes.map(one => `${one.line}:${one.column} ${one.message}`))

describe('statements end where psql ends them', () => {
  test.each([
    ['select 1; select 2', ['1:1 select 1', '1:11 select 2']],
    ['-- one; two\n/* a; /* b; */ c; */ select 1;', ['2:22 select 1']],
    ["select ';', E'\\';', 'it''s;';select 2", ["1:1 select ';', E'\\';', 'it''s;'", '1:30 select 2']],
    ["select E'a''\\';b';select 2", ["1:1 select E'a''\\';b'", '1:19 select 2']],
    ['select ";";select 2', ['1:1 select ";"', '1:12 select 2']],
    ['do $x$ begin; $$;$$ end; $x$;select 2', ['1:1 do $x$ begin; $$;$$ end; $x$', '1:30 select 2']],
    ['select a$b$c;select 2', ['1:1 select a$b$c', '1:14 select 2']],
    [
      'create rule r as on insert to t do (select 1; select 2);select 3',
      ['1:1 create rule r as on insert to t do (select 1; select 2)', '1:57 select 3'],
    ],
    [
      'create function f() returns int begin atomic select 1; select case when true then 2 end; end;select 3',
      [
        '1:1 create function f() returns int begin atomic select 1; select case when true then 2 end; end',
        '1:94 select 3',
      ],
    ],
    ['begin;;commit', ['1:1 begin', '1:8 commit']],
    ['copy t from stdin;\n1\tdrop;\n\\.\nselect 2', ['1:1 copy t from stdin', '4:1 select 2']],
    ["\\set ON_ERROR_STOP on\nselect 1 \\gexec\nselect ';'", ['2:1 select 1', "3:1 select ';'"]],
    ['\ufeffselect 1', ['1:2 select 1']],
    ['select 1;\r\nselect 2;\r\n', ['1:1 select 1', '2:1 select 2']],
  ])('%s', (text, expected) => {
    expect(statementsOf(text)).toEqual(expected)
  })

  test('what a template fills in stands for a name of the same length', () => {
    expect(statementsOf('alter table ${schema}.orders')).toEqual(['1:1 alter table __schema_.orders'])
    expect(statementsOf('alter table {{ schema }}.a;<%= x %>')).toEqual([
      '1:1 alter table ___schema___.a',
      '1:28 ____x___',
    ])
    expect(statementsOf('{% if x %}\nselect 1;\n{% endif %}')).toEqual(['2:1 select 1'])
    expect(statementsOf("select :name, :'text', a::int, b[1:2], '${no}'")).toEqual([
      "1:1 select  name,  'text', a::int, b[1:2], '${no}'",
    ])
  })
})

test('what has no end is said with its place', () => {
  expect(notesOf("select 1;\nselect 'abc")).toEqual(['2:8 This text has no end; expected a closing "\'"'])
  expect(notesOf('/* /* */ select 1')).toEqual(['1:1 This comment has no end; expected "*/"'])
  expect(notesOf('do $a$ x $b$')[0]).toMatch(/^1:4 This dollar-quoted text has no end/)
  expect(notesOf('copy t from stdin;\n1\n2')[0]).toMatch(/^1:18 The data of this COPY has no end/)
  expect(notesOf('\\connect other\n\\i more.sql\n\\set a b').map(one => one.slice(0, 20))).toEqual([
    '1:1 "\\connect" of ps',
    '2:1 "\\i" of psql is ',
  ])
})

describe('names of files', () => {
  test.each([
    ['V1_2__add_email.sql', 'flyway 1.2 up ifPossible'],
    ['db/U1.2__add_email.sql', 'flyway 1.2 down ifPossible'],
    ['R__views.sql', 'flyway - repeatable ifPossible'],
    ['000012_add_email.up.sql', 'golang-migrate 000012 up ifSeveral'],
    ['000012_add_email.down.sql', 'golang-migrate 000012 down ifSeveral'],
    ['prisma/migrations/20260101120000_add/migration.sql', 'prisma 20260101120000 up ifSeveral'],
    ['migrations/2026-01-01-120000_add/down.sql', 'diesel 2026-01-01-120000 down unknown'],
    ['db/migrate/20260101120000_add_email.sql', 'plain 20260101120000 up unknown'],
    ['003.undo.sql', 'plain - down unknown'],
    ['structure.sql', 'plain - up unknown'],
  ])('%s', (name, expected) => {
    const [one] = read('select 1', name)
    expect(`${one!.framework} ${one!.version ?? '-'} ${one!.direction} ${one!.transaction}`).toBe(expected)
  })

  test('files run by the numbers in their versions, repeatable ones last', () => {
    const names = ['R__a.sql', 'V10__a.sql', 'V2__a.sql', 'V1_10__a.sql', 'V1_9__a.sql']
    const files = names.map(name => ({ name, text: 'select 1' }))
    expect(readMigrations(files).map(({ file }) => file)).toEqual([
      'V1_9__a.sql',
      'V1_10__a.sql',
      'V2__a.sql',
      'V10__a.sql',
      'R__a.sql',
    ])
  })

  test('Sqitch has a folder for each direction, and its tests are no migrations', () => {
    const files = ['deploy/a.sql', 'revert/a.sql', 'verify/a.sql'].map(name => ({ name, text: 'select 1' }))
    expect(readMigrations(files).map(one => `${one.key} ${one.direction}`)).toEqual(['/a.sql up', '/a.sql down'])
  })
})

test('changesets of Liquibase, with their rollback', () => {
  const text = [
    '--liquibase formatted sql',
    '--changeset ann:1 endDelimiter:GO',
    'create table a (id int)',
    'GO',
    'create table gogo (id int)',
    '--rollback drop table',
    '--rollback   a;',
    '--changeset ann:2 runInTransaction:false',
    'create table b (id int);',
    '/* liquibase rollback',
    'drop table b;',
    '*/',
    '--changeset ann:3 dbms:mysql,h2',
    'create table c (id int);',
  ].join('\n')
  const found = read(text).map(one => [
    one.name,
    one.direction,
    one.transaction,
    ...one.statements.map(s => `${s.line}:${s.column} ${s.text.replace(/\s+/g, ' ')}`),
  ])
  expect(found).toEqual([
    ['ann:1', 'up', 'yes', '3:1 create table a (id int)', '5:1 create table gogo (id int)'],
    ['ann:1', 'down', 'yes', '6:12 drop table a'],
    ['ann:2', 'up', 'no', '9:1 create table b (id int)'],
    ['ann:2', 'down', 'no', '11:1 drop table b'],
  ])
})

test('a hazard stands where its clause stands, whatever comes before it', async () => {
  const text =
    "-- é 😀\nselect 'é 😀';\nalter table \"é😀\"\n  add column a text default 'é😀',\n  add column é uuid default random();"
  const { hazards } = await evidenceOf({ 'a.sql': text })
  expect(hazards.map(({ line, column, table }) => [line, column, table])).toEqual([[5, 14, 'é😀']])
  const placeholder = await evidenceOf({ 'a.sql': 'create index i on ${schema}.orders (id)' })
  expect(placeholder.hazards[0]).toMatchObject({
    table: '${schema}.orders',
    statement: 'create index i on ${schema}.orders (id)',
  })
})

test('the first byte that is not UTF-8 is named', () => {
  const bytes = (...parts: (string | number[])[]) =>
    Uint8Array.from(parts.flatMap(part => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : part)))
  expect(sqlFile('a.sql', bytes('select 1;\n\ufffd é'))).toEqual({ name: 'a.sql', text: 'select 1;\n\ufffd é' })
  expect(sqlFile('a.sql', bytes('é \ufffd\nab', [0xff], 'c'))).toMatchObject({ kind: 'unreadable', line: 2, column: 3 })
  expect(sqlFile('a.sql', bytes([0xef, 0xbb, 0xbf], '\nab', [0xc3]))).toMatchObject({ line: 2, column: 3 })
})

const piece = fc.constantFrom(
  "'",
  '"',
  '$$',
  '$a$',
  '--',
  '/*',
  '*/',
  ';',
  '\n',
  '(',
  ')',
  '\\',
  'select 1',
  '${x}',
  '{{ y }}',
  '{%',
  ':a',
  'copy t from stdin;\n',
  'begin atomic',
  'end',
  '--rollback ',
  '--changeset a:1\n',
  '-- migrate:up\n',
  '-- +goose Down\n',
  '--liquibase formatted sql\n',
  'é',
  '😀',
  '\0',
  ' ',
)
const soup = fc.array(piece, { maxLength: 40 }).map(parts => parts.join(''))

test('any text is cut into statements that stand where they say, in order, without overlap', () => {
  fc.assert(
    fc.property(soup, text => {
      const lines = text.split('\n')
      for (const { statements } of read(text)) {
        let end = 0
        for (const { offset, line, column, text: sql } of statements) {
          expect(offset).toBeGreaterThanOrEqual(end)
          end = offset + sql.length
          expect(end).toBeLessThanOrEqual(text.length)
          expect(lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + column - 1).toBe(offset)
          expect(sql.trim()).not.toBe('')
        }
      }
    }),
    { numRuns: 500 },
  )
})

test('any text is judged without an exception', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(soup, { maxLength: 3 }), async texts => {
      const files = Object.fromEntries(texts.map((text, i) => [`${i}.sql`, text]))
      const { notes, hazards } = await evidenceOf(files)
      for (const { line, column } of [...notes, ...hazards]) expect(Math.min(line, column)).toBeGreaterThan(0)
    }),
    { numRuns: 200 },
  )
  expect(await parse('select 1')).toHaveProperty('nodes')
})
