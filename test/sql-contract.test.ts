import { describe, expect, test } from 'vitest'
import type { StoreFacts } from '../src/evidence/sql/types.ts'
import { evidenceOf, hazardsIn } from './sql-support.ts'

type Case = readonly [sql: string, expected: readonly string[], facts?: StoreFacts, file?: string]
const table = (name: string, cases: readonly Case[]) => {
  describe(name, () => {
    for (const [sql, expected, facts, file] of cases)
      test(sql, async () => {
        expect(await hazardsIn(sql, facts, file)).toEqual(expected)
      })
  })
}

table('what ends an old shape', [
  ['DROP TABLE orders', ['drop-table@1']],
  ['DROP TABLE a,\n  b CASCADE', ['drop-table@1', 'drop-table@1']],
  ['CREATE TABLE a (id int);\nDROP TABLE a;\nCREATE TEMP TABLE b (id int);\nDROP TABLE b', []],
  ['ALTER TABLE orders DROP COLUMN note', ['drop-column@1']],
  ['ALTER TABLE orders\n  DROP COLUMN IF EXISTS note,\n  DROP other', ['drop-column@2', 'drop-column@3']],
  ['DROP TABLE orders;\nCREATE TABLE orders (id int)', []],
  ['UPDATE orders SET a = upper(a) WHERE id < 9;\nALTER TABLE orders DROP a', ['drop-column@2']],
  ['ALTER TABLE orders ADD note int;\nALTER TABLE orders DROP COLUMN note', []],
  ['ALTER TABLE orders DROP COLUMN note', [], {}, '0001_a.down.sql'],
  ['DROP DATABASE shop', ['drop-database@1']],
  ['DROP SCHEMA shop CASCADE', ['drop-database@1']],
  ['DROP VIEW v;\nDROP FUNCTION f;\nDROP TYPE t', []],
  ['TRUNCATE orders', ['truncate@1']],
  ['TRUNCATE orders CASCADE', ['truncate-cascade@1']],
  ['CREATE TEMP TABLE x (id int);\nTRUNCATE x', []],
  ['ALTER TABLE orders RENAME COLUMN a TO b', ['rename@1']],
  ['ALTER TABLE orders RENAME TO sales', ['rename@1']],
  ['ALTER TABLE orders RENAME TO sales;\nCREATE VIEW orders AS SELECT * FROM sales', []],
  ['CREATE TABLE new (id int);\nALTER TABLE orders RENAME TO old;\nALTER TABLE new RENAME TO orders', []],
  ['ALTER INDEX a RENAME TO b;\nALTER TABLE orders RENAME CONSTRAINT c TO d;\nALTER SEQUENCE s RENAME TO r', []],
  ['ALTER VIEW v RENAME COLUMN a TO b', []],
  [
    'ALTER TABLE orders ADD b int;\nUPDATE orders SET b = a WHERE id < 9;\nALTER TABLE orders DROP a',
    ['contract-with-expand@3'],
  ],
  ['ALTER TABLE orders ENABLE ROW LEVEL SECURITY', ['row-security-without-policy@1']],
  ['ALTER TABLE orders ENABLE ROW LEVEL SECURITY;\nCREATE POLICY p ON orders USING (true)', []],
  ['CREATE TABLE t (id int);\nALTER TABLE t ENABLE ROW LEVEL SECURITY', []],
])

table('rows and whole tables', [
  ['UPDATE orders SET a = 1', ['whole-table-write@1']],
  ['UPDATE orders SET a = 1 WHERE true', ['whole-table-write@1']],
  ['UPDATE orders SET a = 1 WHERE a IS NULL', []],
  ['UPDATE orders SET a = 1 WHERE id BETWEEN 1 AND 1000', []],
  ['UPDATE orders SET a = u.a FROM users u', ['whole-table-write@1']],
  ['UPDATE orders o SET a = u.a FROM users u WHERE u.id = o.who', []],
  ['DELETE FROM orders', ['whole-table-write@1']],
  ['DELETE FROM orders WHERE id = 3', []],
  ['CREATE TABLE t (id int);\nUPDATE t SET id = 1;\nDELETE FROM t', []],
  ['INSERT INTO t VALUES (1)', []],
  ['VACUUM FULL orders', ['table-rewrite@1']],
  ['VACUUM (FULL false) orders;\nVACUUM ANALYZE', []],
  ['CLUSTER orders;\nCLUSTER', ['table-rewrite@1', 'table-rewrite@2']],
  ['ALTER TABLE orders SET TABLESPACE fast, SET LOGGED', ['table-rewrite@1', 'table-rewrite@1']],
  ['ALTER INDEX a SET TABLESPACE fast', ['table-rewrite@1']],
  ['ALTER TABLE orders ALTER c SET EXPRESSION AS (a + 1)', ['table-rewrite@1']],
  ['REFRESH MATERIALIZED VIEW sums', ['refresh-not-concurrent@1']],
  ['REFRESH MATERIALIZED VIEW CONCURRENTLY sums', []],
  ['CREATE MATERIALIZED VIEW sums AS SELECT 1 WITH NO DATA;\nREFRESH MATERIALIZED VIEW sums', []],
  ['ALTER TABLE events DETACH PARTITION p', ['detach-not-concurrent@1']],
  ['ALTER TABLE events DETACH PARTITION p CONCURRENTLY', []],
  ['ALTER TABLE events ATTACH PARTITION p FOR VALUES IN (1)', ['attach-partition-scans@1']],
  ['CREATE TABLE p (LIKE events);\nALTER TABLE events ATTACH PARTITION p FOR VALUES IN (1)', []],
  [
    'ALTER TABLE p ADD CONSTRAINT c CHECK (n = 1) NOT VALID;\nALTER TABLE p VALIDATE CONSTRAINT c;\nALTER TABLE events ATTACH PARTITION p FOR VALUES IN (1)',
    [],
  ],
  ['CREATE TABLE d PARTITION OF events DEFAULT', []],
  [
    "DO $$ BEGIN\n  IF true THEN\n    ALTER TABLE orders ADD COLUMN c uuid DEFAULT gen_random_uuid();\n  END IF;\n  RAISE NOTICE 'DROP TABLE x';\nEND $$",
    ['add-column-rewrites@3'],
  ],
  ['DO $$ BEGIN LOOP UPDATE orders SET a = 1 WHERE id IN (SELECT 1); COMMIT; END LOOP; END $$', []],
])

const severities = async (sql: string, facts: StoreFacts) => {
  const { hazards } = await evidenceOf({ 'a.sql': sql }, facts)
  return hazards.map(one => one.severity)
}

test('the size of the table decides how bad it is to wait for it', async () => {
  const sql = 'CREATE INDEX a ON orders (id)'
  expect(await severities(sql, {})).toEqual(['warning'])
  expect(await severities(sql, { rows: { orders: 9_999 } })).toEqual(['info'])
  expect(await severities(sql, { rows: { orders: 10_000 } })).toEqual(['error'])
  expect(await severities(sql, { rows: { items: 5 } })).toEqual(['warning'])
  expect(await severities(sql, { strategy: 'maintenanceWindow' })).toEqual([])
  const { hazards } = await evidenceOf({ 'a.sql': sql }, { rows: { orders: 80_000_000 } })
  expect(hazards[0]!.message).toMatch(/"orders" of 80\D?000\D?000 rows/)
})

test('how a release rolls out decides how bad it is to end an old shape', async () => {
  const drop = 'ALTER TABLE orders DROP COLUMN a'
  expect(await severities(drop, {})).toEqual(['warning'])
  expect(await severities(drop, { overlaps: true })).toEqual(['warning'])
  expect(await severities(drop, { overlaps: false })).toEqual(['info'])
  expect(await severities(drop, { strategy: 'expandContract', overlaps: true })).toEqual(['info'])
  expect(await severities(drop, { strategy: 'maintenanceWindow' })).toEqual([])
  const both = `ALTER TABLE orders ADD b int; UPDATE orders SET b = a WHERE id = 1; ${drop}`
  expect(await severities(both, { overlaps: true, strategy: 'expandContract' })).toEqual(['error'])
  expect(await severities(both, { overlaps: false })).toEqual(['info'])
})

const up = (sql: string, down?: string): Record<string, string> => ({
  '0001_a.up.sql': sql,
  ...(down !== undefined && { '0001_a.down.sql': down }),
})
const back = async (files: Record<string, string>) =>
  (await evidenceOf(files, { strategy: 'expandContract' })).hazards
    .filter(one => one.class === 'irreversible')
    .map(({ id, file, line }) => `${id} ${file}:${line}`)

test('what one migration makes, the next one knows', async () => {
  const ids = async (files: Record<string, string>) =>
    (await evidenceOf(files)).hazards.map(({ id, file }) => `${file.slice(0, 2)} ${id}`)
  const attach = 'CREATE TABLE p (LIKE events);\nALTER TABLE events ATTACH PARTITION p FOR VALUES IN (1)'
  const rest = 'CREATE TABLE rest PARTITION OF events DEFAULT'
  expect(await ids({ 'V1__a.sql': rest, 'V2__b.sql': attach })).toEqual(['V2 attach-partition-scans'])
  expect(await ids({ 'V1__a.sql': `${rest};\n${attach}` })).toEqual([])
  expect(await ids({ 'V2__b.sql': rest, 'V1__a.sql': attach })).toEqual([])
  const type = (to: string) => `ALTER TABLE t ALTER c TYPE ${to}`
  expect(await ids({ 'V1__a.sql': 'CREATE TABLE t (c varchar(9))', 'V2__b.sql': type('text') })).toEqual([])
  // Ways back are taken from the newest on, and shorten again what was made longer.
  const steps = ['ALTER TABLE t ADD c varchar(10)', type('varchar(20)'), type('text')]
  const backs = ['SELECT 1', type('varchar(10)'), type('varchar(20)')]
  const all = [...steps.map((sql, i) => [`${i}_a.up.sql`, sql]), ...backs.map((sql, i) => [`${i}_a.down.sql`, sql])]
  expect(await ids(Object.fromEntries(all) as Record<string, string>)).toEqual([
    '1_ type-change-rewrites',
    '2_ type-change-rewrites',
  ])
})

test('a way back is expected of what takes away, and must lead back', async () => {
  expect(await back(up('ALTER TABLE t ADD c int'))).toEqual([])
  expect(await back(up('ALTER TABLE t DROP c'))).toEqual(['irreversible-step 0001_a.up.sql:1'])
  expect(await back(up('ALTER TABLE t DROP c', '-- nothing'))).toEqual(['irreversible-step 0001_a.up.sql:1'])
  expect(await back({ 'V1__a.sql': 'ALTER TABLE t DROP c' })).toEqual([])
  expect(await back(up('ALTER TABLE t DROP c', 'ALTER TABLE t ADD c int'))).toEqual([
    'down-brings-back-empty 0001_a.down.sql:1',
  ])
  expect(await back(up('ALTER TABLE t DROP c', 'ALTER TABLE t ADD c int;\nUPDATE t SET c = k.c FROM kept k'))).toEqual(
    [],
  )
  expect(await back(up('ALTER TABLE t ADD c int', 'ALTER TABLE t DROP c'))).toEqual([])
  expect(await back(up('ALTER TABLE t ADD c int', 'DROP TABLE t'))).toEqual([])
  expect(await back(up('CREATE TABLE a (id int);\nCREATE TABLE b (id int)', 'DROP TABLE a'))).toEqual([
    'down-does-not-undo 0001_a.down.sql:1',
  ])
  expect(await back(up('CREATE TABLE a (id int);\nALTER TABLE a ADD c int', 'DROP TABLE a'))).toEqual([])
  expect(await back(up('CREATE TABLE s.a (id int)', 'DROP SCHEMA s CASCADE'))).toEqual([])
  expect(await back(up('CREATE TABLE a (id int)', 'DROP TABEL a'))).toEqual([])
  const changeset = (rest: string) => ({
    'a.sql': `--liquibase formatted sql\n--changeset a:1\nDROP TABLE t;\n${rest}`,
  })
  expect(await back(changeset(''))).toEqual(['irreversible-step a.sql:3'])
  expect(await back(changeset('--rollback empty'))).toEqual([])
  expect(await back(changeset('--rollback CREATE TABLE t\n--rollback (id int);'))).toEqual([
    'down-brings-back-empty a.sql:4',
  ])
})
