import { expect, test } from 'vitest'
import rule from '../src/rules/partial-failure/metastable-vulnerable.ts'
import { yaml } from '../src/rules/define.ts'
import { reviewText } from './support.ts'

const said = (text: string) =>
  reviewText(text, [rule]).findings.map(({ severity, message }) => {
    return `${severity} ${/become \d+\/s/.exec(message)?.[0] ?? ''} ${/at most \d+\/s/.exec(message)?.[0] ?? ''}`
  })

const shop = (load: string, retries = '{ max: 3, budget: none }') =>
  yaml`
  journeys: { browse: { entry: shop, load: LOAD } }
  services:
    shop: { calls: [{ to: prices-db, circuitBreaker: none, retries: RETRIES }] }
  stores: { prices-db: { capacity: { rps: 1000 } } }
`
    .replace('LOAD', load)
    .replace('RETRIES', retries)

test('the hidden capacity decides, at the steady load before the peak', () => {
  expect(said(shop('{ steady: 400/s, peak: 400/s }'))).toEqual(['error become 1600/s at most 250/s'])
  expect(said(shop('{ steady: 251/s, peak: 251/s }'))).toEqual(['error become 1004/s at most 250/s'])
  expect(said(shop('{ steady: 250/s, peak: 250/s }'))).toEqual([])
  expect(said(shop('{ steady: 250/s, peak: 260/s }'))).toEqual(['warning become 1040/s at most 250/s'])
  // A peak that is too much by itself does not excuse the steady load, only itself.
  expect(said(shop('{ steady: 400/s, peak: 1200/s }'))).toEqual(['error become 1600/s at most 250/s'])
  expect(said(shop('{ steady: 200/s, peak: 1200/s }'))).toEqual([])
})

test('a budget above 20% counts with its share', () => {
  expect(said(shop('{ steady: 900/s, peak: 900/s }', '{ max: 3, budget: 20% }'))).toEqual([])
  expect(said(shop('{ steady: 900/s, peak: 900/s }', '{ max: 3, budget: 50% }'))).toEqual([
    'error become 1350/s at most 667/s',
  ])
})

test('only requests that surely come on a retried way count more than once', () => {
  const mixed = (load: string) =>
    yaml`
    defaults: { calls: { circuitBreaker: none, fallback: none } }
    journeys: { browse: { entry: shop, load: LOAD }, report: { entry: reports, load: LOAD }, direct: { entry: prices, load: LOAD } }
    services:
      shop: { calls: [{ to: prices, retries: { max: 3, budget: none } }] }
      reports: { calls: [{ to: prices, retries: { max: 1, budget: none } }] }
      prices: { replicas: 10, capacity: { rps: 100 }, rateLimit: none, concurrencyLimit: none, queueLimit: none, loadShedding: false, calls: [{ to: prices-db, serves: [browse, report, direct], retries: { max: 1, budget: none } }] }
    stores: { prices-db: { capacity: { rps: 1000 } } }
  `.replaceAll('LOAD', load)
  // 100 x 4 + 100 x 2 + 100 = 700 and 300 x 2 = 600 at the store.
  expect(said(mixed('{ steady: 100/s, peak: 100/s }'))).toEqual([])
  // 150 x 7 = 1050, and 450 x 2 = 900.
  expect(said(mixed('{ steady: 150/s, peak: 150/s }'))).toEqual(['error become 1050/s at most 429/s'])
  // Peaks that need not meet: one way at 200, the others at 100: 4 x 200 + 2 x 100 + 100 = 1100.
  expect(said(mixed('{ steady: 100/s, peak: 200/s, coincident: false }'))).toEqual([
    'warning become 1100/s at most 364/s',
  ])
})

test('every way of one journey is at its peak together', () => {
  const twoWays = yaml`
    defaults: { calls: { circuitBreaker: none, fallback: none } }
    journeys: { browse: { entry: shop, load: { steady: 10/s, peak: 200/s } } }
    services:
      shop: { calls: [{ to: a, retries: none }, { to: b, retries: none }] }
      a: { calls: [{ to: prices-db, retries: { max: 2, budget: none } }] }
      b: { calls: [{ to: prices-db, retries: { max: 2, budget: none } }] }
    stores: { prices-db: { capacity: { rps: 1000 } } }
  `
  expect(said(twoWays)).toEqual(['warning become 1200/s at most 333/s'])
})

test('requests that come straight from users are not tried again by anybody', () => {
  const text = yaml`
    journeys:
      browse: { entry: shop, load: { steady: 100/s, peak: 100/s } }
      direct: { entry: prices, load: { steady: LOAD, peak: LOAD } }
    services:
      shop: { calls: [{ to: prices, circuitBreaker: none, retries: { max: 3, budget: none } }] }
      prices: { replicas: 10, capacity: { rps: 100 }, rateLimit: none, concurrencyLimit: none, queueLimit: none, loadShedding: false }
  `
  expect(said(text.replaceAll('LOAD', '300/s'))).toEqual([])
  expect(said(text.replaceAll('LOAD', '700/s'))).toEqual(['error become 1100/s at most 727/s'])
})
