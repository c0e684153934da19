import { expect, test } from 'vitest'
import { findingsOf } from './support.ts'

test('sync-chain-too-deep notes four hops, warns of five, and shows the timeouts and attempts on the way', () => {
  const text = (last: string) => `
defaults: { calls: { fallback: none, timeout: 1s, retries: 1 } }
journeys: { checkout: { entry: shop } }
services:
  shop: { calls: [{ to: orders }] }
  orders: { calls: [{ to: prices, timeout: none }] }
  prices: { calls: [{ to: promotions }] }
  promotions: { calls: [{ to: terms }] }
  terms: { calls: [${last}] }
externals: { tax: {} }
`
  expect(findingsOf('sync-chain-too-deep', text(''))).toMatchObject([{ severity: 'info' }])
  expect(findingsOf('sync-chain-too-deep', text('{ to: tax }'))).toMatchObject([
    {
      severity: 'warning',
      message:
        '"checkout" waits for 5 calls inside each other: shop -> orders -> prices -> promotions -> terms -> tax; expected fewer than 5',
      arithmetic: [
        '1. shop -> orders: timeout 1s',
        '2. orders -> prices: timeout none',
        '3. prices -> promotions: timeout 1s',
        '4. promotions -> terms: timeout 1s',
        '5. terms -> tax: timeout 1s',
        'attempts at the end: 2 x 2 x 2 x 2 x 2 = 32 at least',
      ].join('\n'),
    },
  ])
})
