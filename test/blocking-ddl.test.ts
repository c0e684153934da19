import { expect, test } from 'vitest'
import { yaml } from '../src/rules/define.ts'
import { findingsOf } from './support.ts'

test('blocking-ddl: severity by the size of the table, and which version is assumed', () => {
  const text = yaml`
    stores:
      orders-db:
        engine: postgres
        migrations:
          strategy: inPlace
          steps:
            - { kind: addIndex, object: orders.a, rows: 80000000, concurrently: false }
            - { kind: addIndex, object: orders.b, concurrently: false }
            - { kind: addIndex, object: orders.c, rows: 9999, concurrently: false }
            - { kind: addIndex, object: orders.d, rows: 10000, concurrently: false }
            - { kind: backfill, object: orders.e, rows: 80000000, batched: false }
  `
  const found = findingsOf('blocking-ddl', text)
  const of = (column: string) => found.find(({ message }) => message.includes(`orders.${column},`))
  expect(['a', 'b', 'c', 'd', 'e'].map(column => of(column)?.severity)).toEqual([
    'error',
    'warning',
    'info',
    'error',
    'warning',
  ])
  expect(of('a')?.message).toBe(
    '"orders-db" runs addIndex orders.a, which blocks writes of 80 000 000 rows while the index is built (no version is stated, so the newest is assumed); expected nobody to wait',
  )
  expect(of('a')?.fix).toBe('Use CREATE INDEX CONCURRENTLY, outside a transaction')
})
