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

const build = 'CREATE INDEX CONCURRENTLY a ON orders (id);\n'
const column = 'ALTER TABLE orders ADD COLUMN c int;\n'
const yes: StoreFacts = { transaction: 'yes' }
const several: StoreFacts = { transaction: 'ifSeveral' }
const fails = ['concurrently-in-transaction@1']

table('what cannot run in a transaction', [
  [build, []],
  [build, fails, yes],
  [build, [], several],
  [column + build, ['concurrently-in-transaction@2'], several],
  [`BEGIN;\n${build}COMMIT;`, ['concurrently-in-transaction@2']],
  [`BEGIN;\n${column}COMMIT;\n${build}`, []],
  // One query stays one, whatever commits within it.
  [`BEGIN;\n${column}COMMIT;\n${build}`, ['concurrently-in-transaction@4'], several],
  [`CREATE TABLE orders (id int);\n${build}`, ['concurrently-in-transaction@2'], yes],
  ['DROP INDEX CONCURRENTLY a', fails, yes],
  ['REINDEX INDEX CONCURRENTLY a', fails, yes],
  ['ALTER TABLE t DETACH PARTITION p CONCURRENTLY', fails, yes],
  ['VACUUM orders', ['not-in-transaction@1'], yes],
  ['REINDEX SCHEMA shop', ['not-in-transaction@1', 'reindex-not-concurrent@1'], yes],
  ["ALTER TYPE state ADD VALUE 'paid'", [], yes],
  ["ALTER TYPE state ADD VALUE 'paid'", ['not-in-transaction@1'], { ...yes, major: 11 }],
  ["ALTER TYPE state ADD VALUE 'paid'", [], { ...yes, major: 12 }],
  ["ALTER TYPE state ADD VALUE 'paid';\nINSERT INTO t VALUES ('paid')", ['enum-value-used-too-early@2'], yes],
  ["ALTER TYPE state ADD VALUE 'paid';\nINSERT INTO t VALUES ('paid')", []],
  ["CREATE TYPE state AS ENUM ('new');\nALTER TYPE state ADD VALUE 'paid';\nINSERT INTO t VALUES ('paid')", [], yes],
])

table('tools', [
  [build, [], {}, 'V1__a.sql'],
  [build + column, ['mixed-transaction@1'], {}, 'V1__a.sql'],
  [`SET lock_timeout = '1s';\n${build}`, [], {}, 'V1__a.sql'],
  [build, [], {}, '0001_a.up.sql'],
  [build + column, fails, {}, '0001_a.up.sql'],
  [build + column, fails, {}, 'prisma/migrations/20260101000000_a/migration.sql'],
  [build, [], {}, 'prisma/migrations/20260101000000_a/migration.sql'],
  [build, [], {}, 'migrations/2026-01-01-000000_a/up.sql'],
  [`-- migrate:up\n${build}`, ['concurrently-in-transaction@2']],
  [`-- migrate:up transaction:false\n${build}`, []],
  [`-- migrate:up transaction:false\n${build}${column}`, ['concurrently-in-transaction@2']],
  [`-- +goose Up\n${build}`, ['concurrently-in-transaction@2']],
  [`-- +goose NO TRANSACTION\n-- +goose Up\n${build}${column}`, []],
  [`-- +migrate Up\n${build}`, ['concurrently-in-transaction@2']],
  [`-- +migrate Up notransaction\n${build}`, []],
  [`--liquibase formatted sql\n--changeset a:1\n${build}`, ['concurrently-in-transaction@3']],
  [`--liquibase formatted sql\n--changeset a:1 runInTransaction:false\n${build}`, []],
  [`--liquibase formatted sql\n--changeset a:1 dbms:mysql\n${build}`, []],
  [`--liquibase formatted sql\n--changeset a:1 dbms:!postgresql\n${build}`, []],
  [`--liquibase formatted sql\n--changeset a:1 dbms:postgresql,h2\n${build}`, ['concurrently-in-transaction@3']],
  [build, [], {}, '20260101_a.sql'],
  [build, fails, { tool: 'goose' }, '20260101_a.sql'],
])

const notValid = 'ALTER TABLE orders ADD CONSTRAINT c CHECK (n > 0) NOT VALID;\n'
const validate = 'ALTER TABLE orders VALIDATE CONSTRAINT c;\n'
table('what happens under a lock', [
  [notValid + validate, ['validate-under-lock@2'], yes],
  [notValid + validate, ['validate-under-lock@2'], several],
  [`ALTER TABLE orders ADD FOREIGN KEY (who) REFERENCES users (id) NOT VALID;\n${validate}`, [], yes],
  ['TRUNCATE a, b', ['truncate@1'], yes],
  [`BEGIN;\n${notValid}COMMIT;\nBEGIN;\n${validate}COMMIT;`, []],
  [`BEGIN;\n${notValid}${validate}COMMIT;`, ['validate-under-lock@3']],
  [column + validate, ['work-under-lock@2'], yes],
  [`${column}UPDATE orders SET c = 1;`, ['work-under-lock@2'], yes],
  [`${column}UPDATE orders SET c = 1;`, ['whole-table-write@2']],
  [`${column}UPDATE orders SET c = 1 WHERE c IS NULL;`, ['whole-table-write@2']],
  [`${column}UPDATE items SET c = 1;`, ['whole-table-write@2'], yes],
  [`${column}ALTER TABLE items ADD d int;`, ['many-locks-in-transaction@2'], yes],
  [`${column}ALTER TABLE items ADD d int;`, []],
  [`${column}CREATE TABLE items (id int);\nALTER TABLE items ADD d int;`, [], yes],
  ['BEGIN;\nALTER TABLE a ADD x int;\nCOMMIT;\nBEGIN;\nALTER TABLE b ADD x int;\nCOMMIT;', []],
  ['LOCK TABLE orders', ['lock-table@1']],
  ['LOCK TABLE orders IN SHARE ROW EXCLUSIVE MODE', ['lock-table@1']],
  ['LOCK TABLE orders IN ACCESS SHARE MODE;\nLOCK TABLE orders IN ROW EXCLUSIVE MODE', []],
])

table('beginning and end', [
  ['BEGIN;\nSELECT 1;', ['transaction-left-open@2']],
  ['START TRANSACTION;\nSELECT 1;\nROLLBACK;', []],
  ['BEGIN;\nBEGIN;\nCOMMIT;', []],
  ['SELECT 1;\nCOMMIT;', ['commit-in-tool-transaction@2'], yes],
  ['SELECT 1;\nCOMMIT;', [], several],
  ['BEGIN;\nSAVEPOINT s;\nROLLBACK TO s;\nCOMMIT;', []],
])

const none: StoreFacts = { lockTimeout: 'none' }
table('lock and statement timeouts', [
  [column, [], { lockTimeout: 1000 }],
  [column, ['no-lock-timeout@1'], none],
  [`${column}ALTER TABLE orders ADD d int;`, ['no-lock-timeout@1'], none],
  [`SET lock_timeout = '2s';\n${column}`, [], none],
  [`SET lock_timeout TO 500;\n${column}`, [], none],
  [`SELECT set_config('lock_timeout', '1s', false);\n${column}`, [], none],
  [`SET foo.lock_timeout = '1s';\n${column}`, ['no-lock-timeout@2'], none],
  [`SET lock_timeout = 0;\n${column}`, ['no-lock-timeout@2'], { lockTimeout: 1000 }],
  [`SET lock_timeout = '1s';\nRESET lock_timeout;\n${column}`, ['no-lock-timeout@3'], none],
  [`${column}SET lock_timeout = '1s';`, ['no-lock-timeout@1'], none],
  [`SET LOCAL lock_timeout = '1s';\n${column}`, [], { ...none, ...yes }],
  [`BEGIN;\nSET LOCAL lock_timeout = '1s';\nCOMMIT;\n${column}`, ['no-lock-timeout@4'], none],
  [
    `SET LOCAL lock_timeout = '1s';\n${column}`,
    ['set-local-without-transaction@1', 'no-lock-timeout@2'],
    { ...none, transaction: 'no' },
  ],
  [`DO $$ BEGIN PERFORM set_config('lock_timeout', '1s', false); END $$;\n${column}`, [], none],
  [`CREATE TABLE t (id int);\nALTER TABLE t ADD c int;\n${build}`, [], none],
  ['CREATE TABLE t (who int REFERENCES users (id))', ['no-lock-timeout@1'], none],
  ['CREATE TRIGGER t BEFORE INSERT ON orders EXECUTE FUNCTION f()', ['no-lock-timeout@1'], none],
  ['ALTER TABLE orders ALTER c SET STATISTICS 9;\nVACUUM orders', [], none],
  [`BEGIN;\nSET LOCAL lock_timeout = '1s';\nSET lock_timeout = 0;\n${column}COMMIT;`, ['no-lock-timeout@4'], none],
  [`SET LOCAL lock_timeout = '1s';\n${column}`, [], none],
  ['LOCK TABLE orders', ['no-lock-timeout@1', 'lock-table@1'], none],
  ['LOCK TABLE orders NOWAIT', ['lock-table@1'], none],
  ['CREATE TABLE p (LIKE events);\nALTER TABLE events ATTACH PARTITION p FOR VALUES IN (1)', [], none],
  [column, ['no-statement-timeout@1'], { lockTimeout: 1000, statementTimeout: 'none' }],
  [`SET statement_timeout = '5s';\n${column}`, [], { lockTimeout: 1000, statementTimeout: 'none' }],
])

test('a lock timeout that nobody states is a question, once for each migration', async () => {
  const asked = async (sql: string, facts: StoreFacts = {}) => (await evidenceOf({ 'a.sql': sql }, facts)).questions
  const [question, ...more] = await asked(`SELECT 1;\n${column}${column}`)
  expect(question).toMatchObject({ fact: 'lockTimeout', file: 'a.sql', line: 2, column: 1 })
  expect(question!.because).toContain('ACCESS EXCLUSIVE on "orders"')
  expect(more).toEqual([])
  expect(await asked(`SET lock_timeout = '1s';\n${column}`)).toEqual([])
  expect(await asked(column, { lockTimeout: 1000 })).toEqual([])
  expect(await asked(column, { strategy: 'maintenanceWindow' })).toEqual([])
  expect(await asked(build)).toEqual([])
})
