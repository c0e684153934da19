import { describe, expect, test } from 'vitest'
import { findingsOf } from './support.ts'

describe('lock-timeout-exhausts-pool', () => {
  const text = ({
    lockTimeout = '5s',
    load = '{ steady: 400/s, peak: 500/s }',
    call = 'access: write, timeout: 10s',
    step = '{ kind: addIndex, object: orders.note, concurrently: false }',
  } = {}) => `
journeys: { buy: { entry: orders, load: ${load} } }
services:
  orders:
    replicas: 10
    deploy: { strategy: recreate }
    calls: [{ to: orders-db, pool: 10, ${call} }]
  refunds:
    replicas: 2
    deploy: { strategy: recreate }
    calls: [{ to: orders-db, pool: 10, access: write }]
stores:
  orders-db:
    engine: postgres@16
    replicas: 2
    migrations: { strategy: inPlace, lockTimeout: ${lockTimeout}, steps: [${step}] }
`
  const found = (options?: Parameters<typeof text>[0]) => findingsOf('lock-timeout-exhausts-pool', text(options))

  test('is an upper bound, and says which lock timeout the pools can bear at the peak', () => {
    expect(found()).toEqual([
      {
        severity: 'info',
        message:
          'A schema change of "orders-db" may wait 5s for its lock, and up to 2000 queries behind it if all load goes to that table, but the pools have 120 connections; expected fewer queries than those',
        arithmetic: 'orders -> orders-db: 400/s x 5s = 2000\n2000 >= 120',
        fix: 'Set lockTimeout: 230ms or less and try again when it strikes, or migrate when there is little load',
      },
    ])
  })

  test('takes the steady load where no peak is stated, and no lock timeout where none is short enough', () => {
    expect(found({ load: '400/s' })).toMatchObject([
      { fix: expect.stringMatching(/^Set lockTimeout: 290ms or less/) as string },
    ])
    expect(found({ load: '200000/s' })).toMatchObject([{ fix: 'Migrate when there is little load' }])
  })

  test('queries wait until their own callers give up', () => {
    expect(found({ lockTimeout: '300ms' })).toHaveLength(1)
    expect(found({ lockTimeout: '299ms' })).toEqual([])
    expect(found({ call: 'access: write, timeout: 299ms' })).toEqual([])
    expect(found({ call: 'access: write, timeout: 10s, totalTimeout: 299ms' })).toEqual([])
    expect(found({ call: 'access: write, timeout: none' })).toHaveLength(1)
  })

  test('counts what the primary answers', () => {
    expect(found({ call: 'access: read, readFrom: primary, timeout: 10s' })).toHaveLength(1)
    expect(found({ call: 'access: write, readFrom: replica, timeout: 10s' })).toHaveLength(1)
    for (const call of ['access: read, readFrom: nearest', 'access: readWrite, readFrom: replica', 'access: readWrite'])
      expect(found({ call: `${call}, timeout: 10s` })).toEqual([])
  })

  test('nobody waits behind an index that is built concurrently', () => {
    expect(found({ step: '{ kind: addIndex, object: orders.note, concurrently: true }' })).toEqual([])
    expect(found({ step: '{ kind: addColumn, object: orders.note }' })).toHaveLength(1)
  })
})
