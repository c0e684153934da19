import { expect, test } from 'vitest'
import { yaml } from '../src/rules/define.ts'
import { findingsOf } from './support.ts'

test('pool-deadlock: what can deadlock is a warning, what never works an error, each with the pool that is enough', () => {
  const text = yaml`
    services:
      orders:
        concurrency: 8
        calls:
          - { to: orders-db, connectionsPerRequest: 3, bulkhead: none, pool: 10 }
          - { to: stock-db, connectionsPerRequest: 3, pool: 2 }
      stock:
        concurrency: 17
        processes: 4
        calls: [{ to: stock-db, connectionsPerRequest: 2, bulkhead: 16, pool: 4 }]
    stores: { orders-db: {}, stock-db: {} }
  `
  expect(findingsOf('pool-deadlock', text)).toEqual([
    {
      severity: 'error',
      message: '"orders -> stock-db" has a pool of 2 connections, but one request needs 3 at once',
      arithmetic: '2 < 3',
      fix: 'Raise the pool to at least 3, or use one connection for a request',
    },
    {
      severity: 'warning',
      message:
        '"orders -> orders-db" can deadlock: 8 requests at the same time hold 3 connections each of a pool of 10; expected a pool of at least 17',
      arithmetic: '8 x (3 - 1) + 1 = 17 > 10',
      fix: 'Raise the pool to at least 17, let at most 4 requests in at a time with a bulkhead, or use one connection for a request',
    },
    {
      severity: 'warning',
      message:
        '"stock -> stock-db" can deadlock: 4 requests at the same time hold 2 connections each of a pool of 4; expected a pool of at least 5',
      arithmetic: '4 x (2 - 1) + 1 = 5 > 4',
      fix: 'Raise the pool to at least 5, let at most 12 requests in at a time with a bulkhead, or use one connection for a request',
    },
  ])
})
