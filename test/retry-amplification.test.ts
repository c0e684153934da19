import { describe, expect, test } from 'vitest'
import { yaml } from '../src/rules/define.ts'
import { findingsOf } from './support.ts'

const chain = (first: string, second: string, third: string) => `
defaults: { calls: { fallback: none } }
services:
  gateway: { calls: [{ to: shop, retries: ${first} }] }
  shop: { calls: [{ to: orders, retries: ${second} }] }
  orders: { calls: [{ to: orders-db, retries: ${third} }] }
stores: { orders-db: {} }
`
const retries = (max: number, budget = 'none') => `{ max: ${max}, budget: ${budget} }`

describe('retry-amplification', () => {
  test.each([
    [3, 2, 2, 36],
    [3, 3, 3, 64],
  ])('%i, %i and %i retries make %i attempts, reported once for the chain', (a, b, c, attempts) => {
    const found = findingsOf('retry-amplification', chain(retries(a), retries(b), retries(c)))
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({
      severity: 'error',
      message: `"orders-db" gets up to ${attempts} attempts for one request while it fails, until a breaker opens; expected fewer than 4`,
      arithmetic: `R = (1 + ${a}) x (1 + ${b}) x (1 + ${c}) = ${attempts}`,
    })
    expect(found[0]!.fix).toMatch(/1\.33/)
  })

  test('is a warning below the limit of errors, also where a budget caps one tier', () => {
    const found = findingsOf('retry-amplification', chain(retries(3), retries(3, '20%'), retries(0)))
    expect(found).toMatchObject([{ severity: 'warning', arithmetic: 'R = (1 + 3) x (1 + 20%) = 4.8' }])
  })

  test('deliveries of a message come on top, later', () => {
    const text = yaml`
      journeys: { checkout: { entry: shop } }
      services:
        shop: { publishes: [{ to: orders, outbox: none }] }
        billing: { consumes: [{ from: orders }], calls: [{ to: psp, fallback: none, retries: { max: 9, budget: none } }] }
      queues: { orders: { dlq: { to: dead, maxReceive: 5 } }, dead: {} }
      externals: { psp: {} }
    `
    expect(findingsOf('retry-amplification', text)[0]!.arithmetic).toMatch(
      /^R = \(1 \+ 9\) = 10\n5 deliveries.* 50 in all/,
    )
  })
})

describe('retry-amplification over several journeys', () => {
  const thrice = 'retries: { max: 3, budget: none }'
  const found = (journeys: Record<string, string>, services: string) =>
    findingsOf(
      'retry-amplification',
      `
defaults: { calls: { fallback: none, retries: none } }
journeys: { ${Object.entries(journeys)
        .map(([name, entry]) => `${name}: { entry: ${entry} }`)
        .join(', ')} }
services:
${services}
stores: { db: {} }
`,
    ).map(({ arithmetic }) => arithmetic)
  const twoTiers = ['R = (1 + 3) x (1 + 3) = 16']
  const stock = `  stock: { calls: [{ to: db, ${thrice} }] }`
  const others = { c: 'other', d: 'other' }
  const other = '  other: { calls: [{ to: db }] }'

  test('one that never comes here does not make it doubtful', () => {
    const shop = `  shop: { calls: [{ to: stock, ${thrice} }] }`
    expect(found({ a: 'shop', b: 'shop', c: 'jobs' }, `${shop}\n${stock}\n  jobs: {}`)).toEqual(twoTiers)
  })

  test('one that surely comes here counts, whatever others may do', () => {
    const shop = `  shop: { calls: [{ to: stock, ${thrice} }] }`
    expect(found({ a: 'shop', ...others }, `${shop}\n${stock}\n${other}`)).toEqual(twoTiers)
    const chosen = `  stock: { calls: [{ to: db, serves: [a], ${thrice} }] }`
    expect(found({ a: 'shop', b: 'shop', ...others }, `${shop}\n${chosen}\n${other}`)).toEqual(twoTiers)
  })

  test('another way in, or an operation that nobody waits for, may be the one that goes on', () => {
    const detour = `  shop: { calls: [{ to: stock, ${thrice} }, { to: carts }] }\n  carts: { calls: [{ to: stock }] }`
    expect(found({ a: 'shop', b: 'shop' }, `${detour}\n${stock}`)).toEqual([])
    const both = `  shop: { calls: [{ to: stock, ${thrice} }, { to: stock, mode: async }] }`
    expect(found({ a: 'shop' }, `${both}\n${stock}`)).toEqual([])
  })
})
