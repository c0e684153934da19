import { expect, test } from 'vitest'
import { yaml } from '../src/rules/define.ts'
import { findingsOf } from './support.ts'

const found = (text: string) => findingsOf('hot-partition', text)

test('above a documented limit it is an error, with the suffixes that would do', () => {
  expect(
    found(yaml`
      stores:
        events:
          engine: dynamodb
          rates: { write: 2500/s, read: 9000/s }
          consistency: strong
          partitionKey: date
          keys: { hotShare: 100%, writeSharded: false }
    `),
  ).toEqual([
    {
      severity: 'error',
      message:
        'The busiest key of "events" takes 9000 read units a second, but one partition carries 3000; expected no key that takes more',
      arithmetic: '100% x 2500/s write units = 2500/s > 1000/s\n100% x 9000/s read units = 9000/s > 3000/s',
      fix: 'Spread each busy key over at least 3 partitions by a suffix, or partition by something whose busiest value gets at most 33.3%',
    },
  ])
})

test('an even share of what all partitions carry is an assumption', () => {
  expect(
    found(yaml`
      stores:
        tenants-db:
          engine: cassandra@5
          partitions: 16
          capacity: { rps: 16000 }
          rates: { read: 5000/s, write: 500/s }
          partitionKey: tenantId
          keys: { cardinality: 5, writeSharded: false }
    `),
  ).toMatchObject([
    {
      severity: 'warning',
      message:
        'The busiest key of "tenants-db" takes at least 1100 requests a second, but one partition carries 1000; expected no key that takes more',
      arithmetic: 'one of 16 partitions carries 16 000/s / 16 = 1000/s\n1 / 5 x 5500/s requests = 1100/s > 1000/s',
    },
  ])
})

test('peaks that need not fall together are not added up', () => {
  const shop = (coincident: boolean, write: number) => `
journeys:
  a: { entry: shop, load: { steady: 100/s, peak: ${write}/s, coincident: ${coincident} } }
  b: { entry: admin, load: { steady: 100/s, peak: ${write}/s, coincident: ${coincident} } }
services:
  shop: { calls: [{ to: orders-db, access: write }] }
  admin: { calls: [{ to: orders-db, access: write }] }
stores:
  orders-db: { engine: dynamodb, partitionKey: day, keys: { hotShare: 100%, writeSharded: false } }
`
  expect(found(shop(false, 900))).toEqual([])
  expect(found(shop(false, 1100))).toHaveLength(1)
})
