import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { hazardIds, type StoreFacts } from '../src/evidence/sql/types.ts'
import { hazardsIn } from './sql-support.ts'

/** SQL, what is found in it by id and line, and what the store says. Nothing found: the correct form, or one that only looks wrong. */
type Case = readonly [sql: string, expected: readonly string[], facts?: StoreFacts]

const table = (name: string, cases: readonly Case[]) => {
  describe(name, () => {
    for (const [sql, expected, facts] of cases)
      test(sql, async () => {
        expect(await hazardsIn(sql, facts)).toEqual(expected)
      })
  })
}

const v = (major: number): StoreFacts => ({ major })

table('indices', [
  ['CREATE INDEX a ON orders (customer_id)', ['index-not-concurrent@1']],
  ['CREATE UNIQUE INDEX ON shop.orders (number)', ['index-not-concurrent@1']],
  ['CREATE INDEX CONCURRENTLY a ON orders (customer_id)', []],
  ['CREATE TABLE notes (id int);\nCREATE INDEX a ON notes (id)', []],
  ['CREATE TABLE public.notes (id int);\nCREATE INDEX a ON notes (id)', []],
  ['CREATE TABLE IF NOT EXISTS notes (id int);\nCREATE INDEX a ON notes (id)', []],
  ['CREATE TABLE notes AS SELECT 1 AS id;\nCREATE INDEX a ON notes (id)', []],
  ['SELECT 1 AS id INTO notes;\nCREATE INDEX a ON notes (id)', []],
  ['CREATE MATERIALIZED VIEW sums AS SELECT 1 AS n;\nCREATE UNIQUE INDEX a ON sums (n)', []],
  ['CREATE TABLE notes (id int);\nALTER TABLE notes RENAME TO memos;\nCREATE INDEX a ON memos (id)', []],
  ['CREATE TABLE notes (id int);\nCREATE INDEX a ON orders (id)', ['index-not-concurrent@2']],
  // The index of a partitioned table is made of those of its partitions.
  ['CREATE INDEX a ON ONLY events (day)', []],
  ['DROP INDEX a', ['drop-index-not-concurrent@1']],
  ['DROP INDEX CONCURRENTLY IF EXISTS a', []],
  ['BEGIN;\nDROP INDEX orders_number_idx;\nDROP TABLE orders;\nCOMMIT', ['drop-table@3']],
  ['CREATE TABLE notes (id int);\nCREATE INDEX a ON notes (id);\nDROP INDEX a', []],
  ['REINDEX TABLE orders', ['reindex-not-concurrent@1']],
  ['REINDEX (CONCURRENTLY false) INDEX a', ['reindex-not-concurrent@1']],
  ['REINDEX (CONCURRENTLY) INDEX a;\nREINDEX INDEX CONCURRENTLY b;\nREINDEX SYSTEM shop', []],
])

table('constraints', [
  ['ALTER TABLE orders ADD CONSTRAINT c CHECK (total >= 0)', ['constraint-not-valid-missing@1']],
  ['ALTER TABLE orders ADD CONSTRAINT c CHECK (total >= 0) NOT VALID;\nALTER TABLE orders VALIDATE CONSTRAINT c', []],
  ['ALTER TABLE orders ADD FOREIGN KEY (who) REFERENCES users (id)', ['constraint-not-valid-missing@1']],
  ['ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (who) REFERENCES users (id) NOT VALID', []],
  ['CREATE TABLE notes (who int);\nALTER TABLE notes ADD FOREIGN KEY (who) REFERENCES users (id)', []],
  ['ALTER TABLE orders ADD COLUMN who int REFERENCES users (id)', ['foreign-key-with-column@1']],
  ['ALTER TABLE orders ADD COLUMN who int DEFAULT 1 REFERENCES users (id)', ['constraint-not-valid-missing@1']],
  ['ALTER TABLE orders ADD COLUMN n int CHECK (n > 0)', ['constraint-not-valid-missing@1']],
  ['ALTER TABLE orders ADD CONSTRAINT u UNIQUE (number)', ['constraint-builds-index@1']],
  ['ALTER TABLE orders ADD PRIMARY KEY (id)', ['constraint-builds-index@1']],
  ['ALTER TABLE rooms ADD EXCLUDE USING gist (during WITH &&)', ['constraint-builds-index@1']],
  ['ALTER TABLE orders ADD COLUMN number text UNIQUE', ['constraint-builds-index@1']],
  ['ALTER TABLE orders ADD CONSTRAINT u UNIQUE USING INDEX a;\nALTER TABLE x ADD PRIMARY KEY USING INDEX b', []],
  ['ALTER TABLE orders DROP CONSTRAINT c', []],
  ['ALTER DOMAIN email ADD CONSTRAINT c CHECK (value > 0)', ['domain-constraint-checks-rows@1']],
  ['ALTER DOMAIN email ADD CONSTRAINT c CHECK (value > 0) NOT VALID', []],
])

const proof =
  'ALTER TABLE orders ADD CONSTRAINT c CHECK (state IS NOT NULL) NOT VALID;\nALTER TABLE orders VALIDATE CONSTRAINT c;\n'
const other =
  'ALTER TABLE orders ADD CONSTRAINT c CHECK (total IS NOT NULL) NOT VALID;\nALTER TABLE orders VALIDATE CONSTRAINT c;\n'
const setNotNull = 'ALTER TABLE orders ALTER state SET NOT NULL'
table('columns that become required', [
  [setNotNull, ['set-not-null-scans@1']],
  [
    'ALTER TABLE orders\n  ALTER COLUMN state DROP DEFAULT,\n  ALTER COLUMN "state" SET NOT NULL',
    ['set-not-null-scans@3'],
  ],
  [proof + setNotNull, []],
  [proof + setNotNull, ['set-not-null-scans@3'], v(11)],
  [proof + setNotNull, [], v(12)],
  [other + setNotNull, ['set-not-null-scans@3']],
  // What the constraint says stands in an earlier migration.
  [`ALTER TABLE orders VALIDATE CONSTRAINT c;\n${setNotNull}`, []],
  [
    `ALTER TABLE orders ADD CONSTRAINT n NOT NULL state NOT VALID;\nALTER TABLE orders VALIDATE CONSTRAINT n;\n${setNotNull}`,
    [],
  ],
  [
    `ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0 AND state IS NOT NULL) NOT VALID;\n${setNotNull}`,
    ['set-not-null-scans@2'],
  ],
  [`ALTER TABLE items VALIDATE CONSTRAINT c;\n${setNotNull}`, ['set-not-null-scans@2']],
  ['CREATE TABLE orders (state text);\nALTER TABLE orders ALTER state SET NOT NULL', []],
  ['ALTER TABLE orders ALTER state DROP NOT NULL', []],
  ['ALTER TABLE orders ADD c int NOT NULL DEFAULT 1;\nALTER TABLE orders ALTER c SET NOT NULL', []],
  [
    'ALTER TABLE orders ADD c int NOT NULL DEFAULT 1, ALTER c DROP NOT NULL;\nALTER TABLE orders ALTER c SET NOT NULL',
    ['set-not-null-scans@2'],
  ],
  ['ALTER TABLE orders ADD COLUMN state text NOT NULL', ['required-column-without-default@1']],
  ["ALTER TABLE orders ADD COLUMN state text NOT NULL DEFAULT 'new'", []],
  ['ALTER TABLE orders ADD COLUMN total int GENERATED ALWAYS AS (a + b) STORED NOT NULL', ['add-column-rewrites@1']],
])

const add = (rest: string) => `ALTER TABLE orders ADD COLUMN c ${rest}`
const rewrites = ['add-column-rewrites@1']
table('columns that are added', [
  [add('int'), []],
  [add('int DEFAULT 1'), []],
  [add('int DEFAULT 1'), rewrites, v(10)],
  [add('int DEFAULT NULL'), [], v(10)],
  [add('int DEFAULT 2 + 2'), [], v(11)],
  [add("timestamptz DEFAULT now() - interval '1 day'"), []],
  [add('timestamptz DEFAULT current_timestamp'), []],
  [add("timestamp DEFAULT (now() AT TIME ZONE 'utc')"), []],
  [add("jsonb DEFAULT jsonb_build_object('a', 1)"), []],
  [add("text[] DEFAULT array['a']::text[]"), []],
  [add('timestamptz DEFAULT clock_timestamp()'), rewrites],
  [add('uuid DEFAULT gen_random_uuid()'), rewrites],
  [add('uuid NOT NULL DEFAULT public.uuid_generate_v4()'), rewrites],
  [add("text DEFAULT lower('A' || random()::text)"), rewrites],
  [add('jsonb DEFAULT my_default()'), rewrites],
  [
    `CREATE FUNCTION my_default() RETURNS int LANGUAGE sql IMMUTABLE AS 'select 1';\n${add('int DEFAULT my_default()')}`,
    [],
  ],
  [
    `CREATE FUNCTION my_default() RETURNS int LANGUAGE sql AS 'select 1';\n${add('int DEFAULT my_default()')}`,
    ['add-column-rewrites@2'],
  ],
  [add('bigserial'), rewrites],
  [add('bigint GENERATED BY DEFAULT AS IDENTITY'), rewrites],
  [add('int GENERATED ALWAYS AS (a + b) STORED'), rewrites],
  [add('int GENERATED ALWAYS AS (a + b) VIRTUAL'), []],
  [`CREATE DOMAIN email AS text CHECK (value <> '');\n${add('email')}`, ['add-column-rewrites@2']],
  [`CREATE DOMAIN email AS text;\n${add('email')}`, []],
  ['CREATE TABLE orders (id int);\nALTER TABLE orders ADD COLUMN c uuid DEFAULT gen_random_uuid()', []],
  ['CREATE TEMP TABLE x (id int);\nALTER TABLE x ADD c uuid DEFAULT gen_random_uuid()', []],
  [add('int, ALTER COLUMN d SET DEFAULT 3, ALTER COLUMN d SET STATISTICS 500'), []],
])

const from = (type: string, to: string) =>
  `ALTER TABLE t ADD COLUMN c ${type};\nALTER TABLE t ALTER COLUMN c TYPE ${to}`
const changes = ['type-change-rewrites@2']
table('types that change', [
  ['ALTER TABLE t ALTER c TYPE bigint', ['type-change-rewrites@1']],
  ['ALTER TABLE t ALTER c TYPE text USING c::text', ['type-change-rewrites@1']],
  [from('varchar(10)', 'varchar(20)'), []],
  [from('varchar(10)', 'varchar'), []],
  [from('varchar(10)', 'text'), []],
  [from('varchar(10)', 'text USING c::text'), []],
  [from('varchar(20)', 'varchar(10)'), changes],
  [from('varchar(10)', 'text USING upper(c)'), changes],
  [from('text', 'varchar'), []],
  [from('text', 'varchar(20)'), changes],
  [from('char(10)', 'text'), changes],
  [from('varchar(10)[]', 'text'), changes],
  [from('varchar(10)', 'varchar(20) COLLATE "C"'), changes],
  [from('int', 'bigint'), changes],
  [from('numeric(10,2)', 'numeric(12,2)'), []],
  [from('numeric(10,2)', 'numeric'), []],
  [from('numeric(10,2)', 'numeric(12,3)'), changes],
  [from('numeric(10,2)', 'numeric(8,2)'), changes],
  [from('numeric', 'numeric(8,2)'), changes],
  [from('timestamp(3)', 'timestamp(6)'), []],
  [from('timestamp', 'timestamp(3)'), changes],
  [from('timestamp', 'timestamptz'), changes],
  [`SET timezone = 'UTC';\n${from('timestamp', 'timestamptz')}`, []],
  [`SET TIME ZONE 'UTC';\n${from('timestamptz', 'timestamp')}`, []],
  [`SET timezone = 'UTC';\n${from('timestamp', 'timestamptz')}`, ['type-change-rewrites@3'], v(11)],
  [`SET timezone = 'Europe/Berlin';\n${from('timestamp', 'timestamptz')}`, ['type-change-rewrites@3']],
  [from('cidr', 'inet'), []],
  [from('varbit(3)', 'varbit(9)'), []],
  [from('int', 'int'), []],
  ['CREATE TABLE t (c int);\nALTER TABLE t ALTER c TYPE bigint', []],
])

test('the page of SQL migrations has a line for each hazard, and for no other', () => {
  const table = readFileSync('docs/sql-evidence.md', 'utf8').split('| id | what | why |')[1]!.split('\n\n')[0]!
  const ids = table
    .split('\n')
    .flatMap(line => [...(line.split('|')[1] ?? '').matchAll(/`([a-z-]+)`/g)].map(([, id]) => id!))
  expect(ids.toSorted()).toEqual(hazardIds.toSorted())
})
