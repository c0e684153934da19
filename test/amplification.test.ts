import { describe, expect, test } from 'vitest'
import { attemptsOf } from '../src/analysis/amplification.ts'
import { factsOf } from '../src/analysis/index.ts'
import { exactly } from '../src/analysis/estimate.ts'
import { formatRoute } from '../src/analysis/reach.ts'
import { formatPath, type Path } from '../src/finding.ts'
import { yaml } from '../src/rules/define.ts'
import golden from './golden/values.json' with { type: 'json' }
import { modelOf } from './support.ts'

const callOf = (facts: string) =>
  modelOf(`services:\n  shop:\n    calls:\n      - { to: stock${facts && `, ${facts}`} }\n  stock: {}\n`).calls[0]!

describe('amplification', () => {
  const attempts = (facts: string) => attemptsOf(callOf(facts))

  test.each([
    ['retries: none', 1, 1],
    ['retries: 3', 1, 4],
    ['retries: { max: 3, budget: none }', 4, 4],
    ['retries: { max: 3, budget: 10% }', 1.1, 1.1],
    ['retries: { max: 3, budget: none, retryOn: [connect] }', 1, 1],
    ['retries: { max: 3, budget: none, retryOn: [connect, timeout] }', 4, 4],
    ['', 1, undefined],
  ])('attempts of a call with { %s }: %s to %s', (facts, low, high) => {
    expect([attempts(facts).low, attempts(facts).high]).toEqual([low, high])
  })

  const amplified = (text: string) => {
    const model = modelOf(text)
    const found = factsOf(model).amplification
    return (name: string) => found.get(name)!
  }
  const tiers = (retries: readonly string[]) => `
services:
${retries.map((policy, i) => `  tier${i}: { calls: [{ to: tier${i + 1}, retries: ${policy}, fallback: none }] }`).join('\n')}
  tier${retries.length}: {}
`

  test('retries multiply tier by tier, and budgets keep the product small', () => {
    for (const [retries, expected] of golden.attempts as [number[], number][]) {
      const policies = retries.map(max => `{ max: ${max}, budget: none }`)
      expect(amplified(tiers(policies))(`tier${retries.length}`).factor).toEqual(exactly(expected))
    }
    const [retries, share, expected] = golden.attemptsInBudget as [number[], number, number]
    const policies = retries.map(max => `{ max: ${max}, budget: ${share} }`)
    expect(amplified(tiers(policies))('tier3').factor.low).toBeCloseTo(expected, 12)
  })

  test('the worst path counts, tiers that do not retry are no tiers, and deliveries multiply', () => {
    const found = amplified(yaml`
      services:
        web: { calls: [{ to: db, retries: { max: 1, budget: none } }, { to: shop, retries: none, fallback: none }] }
        shop: { calls: [{ to: db, retries: { max: 2, budget: none } }], publishes: [{ to: orders }] }
        billing: { consumes: [{ from: orders }], calls: [{ to: psp, retries: { max: 1, budget: none }, fallback: none }] }
      stores: { db: {} }
      queues: { orders: { dlq: { to: dead, maxReceive: 5 } } }
      externals: { psp: {} }
    `)
    expect(found('db').factor).toEqual(exactly(3))
    expect(formatRoute(found('db').route)).toBe('shop -> db')
    expect(found('db').tiers.map(({ name }) => name)).toEqual(['shop -> db'])
    // 2 attempts for each of 5 deliveries, which come one after another and so are no load at one time.
    expect([found('psp').factor, found('psp').deliveries]).toEqual([exactly(2), 5])
  })

  test('a cycle ends: an edge that leads back to where requests come from is left out', () => {
    const found = amplified(yaml`
      journeys: { buy: { entry: orders } }
      services:
        stock: { calls: [{ to: orders, retries: { max: 4, budget: none }, fallback: none }, { to: stock, retries: { max: 9, budget: none }, fallback: none }] }
        orders: { calls: [{ to: stock, retries: { max: 2, budget: none }, fallback: none }] }
    `)
    expect([found('orders').factor, found('stock').factor]).toEqual([exactly(1), exactly(3)])
  })
})

describe('connections', () => {
  const ledger = (text: string) => {
    const model = modelOf(text)
    return factsOf(model).ledger(model.stores.get('db')!)
  }
  const shop = (facts: string) =>
    `services:\n  shop: { calls: [{ to: db, pool: 10 }], ${facts} }\nstores: { db: { maxConnections: 100 } }\n`

  test('golden ledger: 400 of the shop, 60 of the workers, 100 of a rollout, against 500 of which 3 are reserved', () => {
    const { app, worker, surge } = golden.connections
    const { entries, total, limit } = ledger(yaml`
      services:
        shop: { replicas: { min: 6, max: 40 }, deploy: { strategy: rolling, maxSurge: 25% }, calls: [{ to: db, pool: 10 }] }
        worker: { replicas: 12, deploy: { strategy: recreate }, calls: [{ to: db, pool: 5 }] }
      stores: { db: { engine: postgres@16, maxConnections: 500 } }
    `)
    expect(entries.map(({ instances, pool }) => instances.low * pool.low)).toEqual([app, worker])
    expect(entries.map(({ surge, pool }) => surge.low * pool.low)).toEqual([surge, 0])
    expect([total, limit]).toEqual([exactly(560), exactly(497)])
  })

  test.each([
    ['replicas: 8, deploy: { strategy: blueGreen }', 160, 160],
    ['replicas: 8, deploy: { strategy: allAtOnce }', 80, 80],
    ['replicas: 8, deploy: { maxSurge: 3 }', 110, 110],
    // 7 % of 100 are 7.
    ['replicas: 100, deploy: { maxSurge: 7% }', 1070, 1070],
    ['replicas: 8, processes: 4, deploy: { strategy: recreate }', 320, 320],
    // Unstated, a rollout may bring none or as many again.
    ['replicas: 8', 80, 160],
    ['replicas: 8, deploy: { strategy: rolling }', 80, 160],
    ['', 0, undefined],
  ])('pools of 10 with { %s }: %s to %s', (facts, low, high) => {
    const { total } = ledger(shop(facts))
    expect([total.low, total.high]).toEqual([low, high])
  })

  test('on Kubernetes a rolling update surges by a quarter, rounded up', () => {
    expect(ledger(`platform: kubernetes\n${shop('replicas: 9, deploy: { strategy: rolling }')}`).total).toEqual(
      exactly(120),
    )
  })

  test('one pool for all calls of a client, jobs and stores of the same server count, and no pool is no number', () => {
    const { entries, total, limit } = ledger(yaml`
      services:
        shop: { replicas: 2, deploy: { strategy: recreate }, calls: [{ to: db, pool: 4 }, { to: db, pool: 6 }] }
        stock: { replicas: 3, deploy: { strategy: recreate }, calls: [{ to: db }] }
      jobs:
        report: { calls: [{ to: archive, pool: 5 }] }
      stores:
        db: { engine: mysql, cluster: main }
        archive: { cluster: main }
        other: {}
    `)
    expect(entries.map(({ client, total }) => [client.name, total.low])).toEqual([
      ['report', 5],
      ['shop', 12],
      ['stock', 0],
    ])
    const missing = (paths: readonly Path[]) => paths.map(formatPath)
    expect([total.low, total.high, missing(total.missing)]).toEqual([17, undefined, ['services.stock.calls[0].pool']])
    expect([limit.high, missing(limit.missing)]).toEqual([undefined, ['stores.db.maxConnections']])
  })
})
