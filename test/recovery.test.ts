import { expect, test } from 'vitest'
import { explain, recoveryOf } from '../src/analysis/recovery.ts'
import { bytes } from '../src/units.ts'
import { yaml } from '../src/rules/define.ts'
import { findingsOf, modelOf, reviewText } from './support.ts'

const recovery = (text: string) => {
  const model = modelOf(text)
  return recoveryOf([...model.stores.values()][0]!, model)
}

test('a backup an hour of twelve minutes loses 72 minutes', () => {
  const { lossFromBackup } = recovery(
    'stores: { db: { backup: { interval: 1h, duration: 12m, pointInTime: false } } }\n',
  )
  expect(lossFromBackup!.total.low).toBe(72 * 60_000)
  expect(explain(lossFromBackup!)).toBe('1h between backups + 12m for one = 1.2h')
})

test('800 GB at 100 MB/s are restored in 8000 s, after a quarter of an hour that is assumed', () => {
  const { restore, lossAtFailover, failover } = recovery(
    'stores: { db: { size: 800GB, backup: { restoreThroughput: 100MB/s } } }\n',
  )
  expect(restore!.total.low).toBe(900_000 + 8_000_000)
  expect(explain(restore!)).toMatch(/^15m until somebody acts \(assumed\) \+ .* for 800GB at 100MB\/s = /)
  expect([lossAtFailover, failover]).toEqual([undefined, undefined])
})

test('the latest drill comes first, and what it measured wins', () => {
  const { drills, restore } = recovery(yaml`
    stores: { db: { size: 800GB, backup: { restoreThroughput: 100MB/s } } }
    drills:
      undated: { scenario: restore, on: db, measured: { rto: 5h } }
      old: { scenario: restore, on: db, date: 2025-01-01, measured: { rto: 4h } }
      new: { scenario: restore, on: db, date: 2026-01-01, measured: { rto: 30m } }
      other: { scenario: restore, on: elsewhere, date: 2026-02-01, measured: { rto: 1m } }
  `)
  expect(drills.map(({ name }) => name)).toEqual(['new', 'old', 'undated'])
  expect(restore!.total.low).toBe(30 * 60_000)
})

test.each([
  [0, '0B'],
  [999, '999B'],
  [8e11, '800GB'],
  [1.5e12, '1.5TB'],
  [2 ** 30, '1GiB'],
  [20 * 2 ** 30, '20GiB'],
  [123_456_789, '123MB'],
])('%d bytes are %s', (value, text) => {
  expect(bytes(value)).toBe(text)
})

test('numbers and severities of recovery', () => {
  const said = (id: string, text: string) =>
    findingsOf(id, text).map(({ severity, message, fix }) => [severity, message, fix])
  expect(
    said(
      'backup-interval-exceeds-rpo',
      'stores: { db: { objectives: { rpo: 1h }, backup: { interval: 1h, duration: 12m, pointInTime: false } } }\n',
    ),
  ).toEqual([
    [
      'error',
      '"db" can lose the last 1.2h by a restore from backup, but may lose 1h at most',
      'Archive the log continuously, or back up at least every 48m',
    ],
  ])
  const restore = (more: string) =>
    findingsOf(
      'restore-exceeds-rto',
      `stores: { db: { objectives: { rto: 1h }, backup: { lastRestoreTest: { duration: 50m } } } }\n${more}`,
    ).map(({ severity }) => severity)
  expect(restore('')).toEqual(['warning'])
  expect(restore('onCall: { respond: 15m }\n')).toEqual(['error'])
  expect(restore('onCall: { respond: 5m }\n')).toEqual([])
})

test('a runbook or a loss that something critical needs is a warning, the rest a hint; three losses are shown', () => {
  const text = yaml`
    journeys: { buy: { entry: shop, criticality: critical }, read: { entry: news, criticality: high } }
    defaults: { calls: { fallback: none } }
    services:
      shop: { runbook: none, calls: [{ to: a }, { to: b }] }
      news: { runbook: none, calls: [{ to: c }, { to: d }] }
    stores: { a: {}, b: {}, c: {}, d: {} }
    drills: {}
  `
  expect(findingsOf('runbook-missing-or-stale', text).map(({ severity }) => severity)).toEqual(['warning', 'info'])
  expect(
    findingsOf('failure-mode-unrehearsed', text).map(({ severity, message }) => [severity, message.split(',')[0]]),
  ).toEqual([
    ['warning', '"buy" fails without "a"'],
    ['warning', '"buy" fails without "b"'],
    ['info', '"read" fails without "c"'],
  ])
})

test('60 instances of 90 cost 5400 of 4000: a warning at full scale, an error where they always run; 24 for 9 is a hint', () => {
  const costs = (min: number) =>
    findingsOf(
      'cost-against-budget',
      yaml`
        budget: { perMonth: 4000 }
        journeys: { browse: { entry: shop, load: { peak: 1000/s } } }
        services:
          shop: { replicas: { min: MIN, max: 60 }, zones: 3, autoscaling: { target: 70% }, capacity: { rps: 250 }, state: none, cost: { perReplica: 90 } }
      `.replace('MIN', String(min)),
    ).map(({ severity, arithmetic }) => [severity, arithmetic])
  const [over, idle] = [
    ['warning', '60 x 90 = 5400 at full scale > 4000'],
    ['info', 'n_peak = 1000 / (250 x 70%) = 6\nn_needed = max(6 x 3 / 2, 6 + 1, 3) = 9'],
  ]
  expect(costs(19)).toEqual([over, idle])
  expect(costs(18)).toEqual([over])
  expect(costs(60)[0]).toEqual(['error', '60 x 90 = 5400 always > 4000'])
})

test('without a date of the review nothing is old', () => {
  const text =
    'stores: { db: { runbook: { path: a, verified: 2001-01-01 }, backup: { lastRestoreTest: 2001-01-01 } } }\n'
  const ids = (options: object) => reviewText(text, undefined, options).findings.map(({ ruleId }) => ruleId)
  expect(ids({})).toEqual([])
  expect(ids({ today: '2026-01-01' }).sort()).toEqual(['backup-never-restored', 'runbook-missing-or-stale'])
})
