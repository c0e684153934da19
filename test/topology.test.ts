import { describe, expect, test } from 'vitest'
import { rules } from '../src/rules/index.ts'
import { findingsOf, reviewText } from './support.ts'

describe('chatty-call', () => {
  const text = (call: string, latency = 'latency: { mean: 2.5ms }') => `
journeys: { checkout: { entry: orders, load: { steady: 20/s, peak: 50/s } } }
services:
  orders: { calls: [{ to: stock-db, sequential: true, ${call} }] }
stores: { stock-db: { ${latency} } }
caches: { stock-cache: { hitRatio: 50% } }
`
  test('40 queries of 2.5ms take 100ms and make 40 times the load', () => {
    expect(findingsOf('chatty-call', text('callsPerRequest: 40'))).toEqual([
      {
        severity: 'warning',
        message:
          'One request of "orders" waits for 40 calls to "stock-db" in turn, 100ms in all; expected fewer than 10',
        arithmetic: '40 x 2.5ms = 100ms at least\nload = 40 x 50/s = 2000/s at the peak',
        fix: 'Ask "stock-db" for all of them in one call, or make the calls at the same time, which takes 2.5ms instead of 100ms',
      },
    ])
  })

  test('what a cache answers is not waited for', () => {
    expect(findingsOf('chatty-call', text('callsPerRequest: 40, cachedBy: stock-cache', ''))).toMatchObject([
      {
        message: 'One request of "orders" waits for 20 calls to "stock-db" in turn; expected fewer than 10',
        arithmetic:
          'm = 40 x (1 - hit ratio of stock-cache) = 20\n20 x one round trip at least\nload = 20 x 50/s = 1000/s at the peak',
      },
    ])
  })

  test('how many are too many is an option', () => {
    const found = (calls: number) =>
      reviewText(
        text('callsPerRequest: 12'),
        rules.filter(({ id }) => id === 'chatty-call'),
        { rules: { 'chatty-call': { calls } } },
      ).findings.length
    expect([found(12), found(13)]).toEqual([1, 0])
  })
})
