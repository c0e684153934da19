import { expect, test } from 'vitest'
import { factsOf } from '../src/analysis/index.ts'
import { findingsOf, modelOf, reviewText } from './support.ts'

const minute = 60_000

const ledger = (text: string) => {
  const model = modelOf(text)
  return factsOf(model).budget([...model.slos.values()][0]!)
}

const shop = (more = '', slo = '') => `
onCall: { respond: 10m }
journeys: { checkout: { entry: shop, criticality: critical, load: 10/s } }
slos:
  checkout-success: { journey: checkout, indicator: availability, objective: 99.9%, window: 30d${slo} }
services:
  shop:
    zones: 3
    startupTime: 45s
    health: { readiness: { interval: 10s, failures: 3, timeout: 1s } }
    calls: [{ to: orders-db, access: write, retries: none, fallback: none }]
    ${more}
stores:
  orders-db: { engine: postgres@16, replicas: 2, failover: { mode: automatic, detection: 10s, time: 60s, reconnect: 5s } }
`
const pages =
  ', alerts: [{ burnRate: 14.4, longWindow: 1h, severity: page }, { burnRate: 6, longWindow: 6h, severity: page }]'

test('the budget is told in time and in requests', () => {
  const { budget, events, respond } = ledger(shop())
  expect(budget.low / minute).toBeCloseTo(43.2, 9)
  expect(events.high).toBeCloseTo(0.001 * 10 * 30 * 86_400, 6)
  expect(respond).toBe(10 * minute)
  const open = ledger('slos: { a: { service: s } }\nservices: { s: {} }')
  expect([open.budget, open.respond]).toEqual([
    {
      low: 0,
      high: undefined,
      missing: [
        ['slos', 'a', 'objective'],
        ['slos', 'a', 'window'],
      ],
    },
    15 * minute,
  ])
})

test('the fastest alert that pages tells when somebody knows', () => {
  const { page } = ledger(shop('', pages))
  expect(page.time).toEqual({
    low: expect.closeTo(0.864 * minute, 6),
    high: expect.closeTo(0.864 * minute, 6),
    missing: [],
  })
  expect(page.by?.burnRate).toBe(14.4)
  const slow = ledger(
    shop(
      '',
      ', alerts: [{ burnRate: 14.4, longWindow: 1h, severity: ticket }, { burnRate: 6, longWindow: 6h, severity: page }]',
    ),
  )
  expect(slow.page.time.low).toBeCloseTo(2.16 * minute, 6)
  const open = ledger(
    shop('', ', alerts: [{ burnRate: 14.4, longWindow: 1h }, { burnRate: 6, longWindow: 6h, severity: page }]'),
  )
  expect(open.page.time).toMatchObject({
    low: expect.closeTo(0.864 * minute, 6),
    high: expect.closeTo(2.16 * minute, 6),
  })
  expect(open.page.time.missing).toEqual([['slos', 'checkout-success', 'alerts', 0, 'severity']])
  expect(ledger(shop('', ', alerts: none')).page.time).toEqual({ low: 0, high: undefined, missing: [] })
  expect(ledger(shop()).page.time.missing).toEqual([['slos', 'checkout-success', 'alerts']])
})

test('an alert on errors may page sooner, one of a ticket or of another journey not', () => {
  const low = (alert: string) => ledger(`${shop('', pages)}alerts: { errors: ${alert} }`).page.time.low
  expect(low('{ signal: errors, on: checkout }')).toBe(0)
  expect(low('{ on: checkout }')).toBe(0)
  expect(low('{ signal: errors }')).toBe(0)
  for (const other of [
    '{ signal: errors, on: checkout, severity: ticket }',
    '{ signal: errors, on: browse }',
    '{ signal: resource, on: checkout }',
  ])
    expect(low(other)).toBeGreaterThan(0)
})

test('one failover, one bad deploy, one zone and the planned deploys are what is spent', () => {
  const deploy = 'deploy: { strategy: recreate, perMonth: 30, rollback: manual }'
  const found = ledger(
    `${shop(deploy, pages)}drills: { back: { scenario: rollback, on: shop, date: 2026-01-01, measured: { rollback: 4m } } }`,
  )
  expect(found.failovers.map(({ loss }) => loss.low)).toEqual([75_000])
  expect(found.badDeploys[0]!.loss.low).toBeCloseTo(14.864 * minute, 6)
  expect(found.zoneLoss.low).toBeCloseTo(31_000 / 3, 6)
  expect(found.plannedDeploys.low).toBe(22.5 * minute)
  expect(found.spent.low).toBeCloseTo(75_000 + 14.864 * minute + 31_000 / 3 + 22.5 * minute, 6)
  // The zone may hold the primary of the database.
  expect(found.spent.high! - found.spent.low).toBeCloseTo(75_000 - 31_000 / 3, 6)
})

test('a canary loses its first step, and nobody waits for people where the old version comes back by itself', () => {
  const bad = (deploy: string) => ledger(shop(`deploy: ${deploy}`, pages)).badDeploys[0]!.loss
  expect(bad('{ strategy: canary, steps: [5%, 25%], rollback: manual }').low).toBeCloseTo(
    0.864 * minute + 0.05 * 10 * minute,
    6,
  )
  expect(bad('{ strategy: rolling, rollback: automatic }').low).toBe(0)
  expect(bad('{ strategy: rolling }').missing).toContainEqual(['services', 'shop', 'deploy', 'rollback'])
})

test('of two journeys through one service only what both need is at stake', () => {
  const found = ledger(`
journeys: { browse: { entry: web }, buy: { entry: web } }
slos: { web-success: { service: web, objective: 99.9%, window: 30d } }
services:
  web:
    calls:
      - { to: users-db, serves: [browse, buy], access: write, retries: none, fallback: none }
      - { to: orders-db, serves: [buy], access: write, retries: none, fallback: none }
stores:
  users-db: { engine: postgres@16, replicas: 2, failover: { mode: automatic, time: 60s } }
  orders-db: { engine: postgres@16, replicas: 2, failover: { mode: automatic, time: 60s } }
`)
  expect(found.failovers.map(({ component }) => component.name)).toEqual(['users-db'])
})

test('failover-consumes-budget: an error beyond the whole budget, a warning beyond half of it', () => {
  const found = (time: string) =>
    findingsOf('failover-consumes-budget', shop().replace('99.9%', '99.99%').replace('time: 60s', `time: ${time}`))
  expect(found('114600ms')).toEqual([])
  expect(found('140s')[0]).toMatchObject({
    severity: 'warning',
    message:
      '"checkout-success" may fail for 4.32m in 30d, but one failover of "orders-db" takes 155s of it; expected at most 2.16m',
    arithmetic:
      'budget = (1 - 99.99%) x 30d = 4.32m\nfailover = 10s detection + 140s failover + 5s reconnect = 155s\n155s / 4.32m = 59.8% of the budget',
    fix: 'Fail over faster, within 2.16m, or promise at most 99.988%',
  })
  expect(found('5m')[0]!.severity).toBe('error')
})

test('slo-target-invalid: a mean is a warning, the rest are errors, and 100% is the cause of what follows from it', () => {
  const found = (slo: string) =>
    findingsOf('slo-target-invalid', `slos: { a: { service: s, window: 30d, ${slo} } }\nservices: { s: {} }`)
  expect(found('indicator: latency, threshold: 200ms, objective: 99%, statistic: mean')).toMatchObject([
    { severity: 'warning', fix: 'Count the requests that are answered within 200ms' },
  ])
  expect(found('indicator: latency, objective: 99%, statistic: mean')[0]!.message).toMatch(/below a threshold$/)
  expect(found('objective: 99.5%, sla: 99.9%')).toMatchObject([
    { severity: 'error', fix: 'Raise the objective above 99.9%, so that the alert comes before the refund' },
  ])
  const { findings } = reviewText(shop().replace('99.9%', '100%'))
  expect(findings.filter(({ message }) => message.startsWith('"checkout-success"'))).toMatchObject([
    { ruleId: 'slo-target-invalid', alsoImplies: [{ ruleId: 'failover-consumes-budget' }] },
  ])
})

test('low-traffic-slo: a warning where one failure pages, a note where a few do', () => {
  const found = (load: string, probes = 'none') =>
    findingsOf(
      'low-traffic-slo',
      `
journeys: { refund: { entry: refunds, load: ${load} } }
slos:
  refund-success:
    journey: refund
    indicator: availability
    objective: 99.9%
    window: 30d
    syntheticRate: ${probes}
    alerts: [{ burnRate: 14.4, longWindow: 1h, severity: page }]
services: { refunds: {} }
`,
    )
  expect(found('10/h')).toMatchObject([
    {
      severity: 'warning',
      message:
        '"refund-success" pages at a burn rate of 14.4 over 1h, which one failed request of 10 exceeds; expected at least 10 failures',
      arithmetic:
        'failures to page = 14.4 x (1 - 99.9%) x 10/h x 1h = 0.144\nburn rate of one failure over 1h = 1 / 10 / (1 - 99.9%) = 100\nbudget = (1 - 99.9%) x 10/h x 30d = 7.2 requests, one is 13.9%',
      fix: 'Let probes send requests that count, 12/min in all, or measure over a longer window, join it with other SLOs or promise less',
    },
  ])
  expect(found('0.1/s')).toMatchObject([
    { severity: 'info', message: expect.stringContaining('which 6 failed requests of 360 reach') },
  ])
  expect(found('10/h', '12/min')).toEqual([])
  expect(found('10/h', '11/min')).toHaveLength(1)
})

test('burn-rate-window-mismatch: numbers of the book on a week, pages too late and for noise', () => {
  const found = (alert: string, window = '7d') =>
    findingsOf(
      'burn-rate-window-mismatch',
      `
slos: { a: { service: s, window: ${window}, objective: 99.9%, alerts: [{ ${alert} }, { burnRate: 1, longWindow: 3d, severity: info }] } }
services: { s: {} }
`,
    )
  expect(found('burnRate: 14.4, longWindow: 1h, severity: page')).toMatchObject([
    {
      severity: 'warning',
      message:
        '"a" alerts at a burn rate of 14.4 over 1h, which is 8.57% of the budget on 7d; expected 2% as on 30d, for which the number was made',
      arithmetic: '14.4 x 1h / 7d = 8.57% of the budget',
      fix: 'Set the burn rate to 3.36, which is 2% of the budget in 1h',
    },
  ])
  for (const [alert, fix] of [
    ['burnRate: 2, longWindow: 1d, severity: page', 'Measure over 8.4h, which is 10% of the budget'],
    ['burnRate: 3.36, longWindow: 5m, severity: page', 'Measure over 1h, which is 2% of the budget'],
  ])
    expect(found(alert!)).toMatchObject([{ severity: 'info', fix }])
  expect(found('burnRate: 0.7, longWindow: 1d, severity: ticket')).toMatchObject([{ severity: 'warning' }])
  const fine = [
    ['burnRate: 0.933, longWindow: 3d', '28d'],
    ['burnRate: 13, longWindow: 1h, severity: page', '30d'],
    ['burnRate: 14.4, longWindow: 1h, severity: page', '28d'],
    ['burnRate: 3, longWindow: 1d, severity: ticket', '7d'],
    ['burnRate: 1.4, longWindow: 14h, severity: page', '7d'],
    ['burnRate: 14.4, longWindow: 15m, severity: page', '30d'],
  ]
  for (const [alert, window] of fine) expect(found(alert!, window), alert).toEqual([])
})
