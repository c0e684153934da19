import { expect, test } from 'vitest'
import { findingsOf } from './support.ts'

const canary = (deploy: string, slo: string, load = '20/s') => `
journeys: { order: { entry: shop, load: ${load} } }
slos: { order-success: { journey: order, indicator: availability, ${slo} } }
services: { shop: { deploy: { strategy: canary, ${deploy} } } }
`

test('canary-bake-too-short: 3 / ((1 - 99.9%) x 5% x 20/s) = 50m', () => {
  const found = (bake: string) =>
    findingsOf('canary-bake-too-short', canary(`steps: [5%], bake: ${bake}, analysis: perVersion`, 'objective: 99.9%'))
  expect(found('50m')).toEqual([])
  expect(found('10m')).toMatchObject([
    {
      severity: 'warning',
      message:
        '"shop" shows a new version to 600 requests, too few to tell whether it keeps the 99.9% of "order-success"; expected at least 3000',
      arithmetic:
        'requests = 5% x 20/s x 10m = 600, which prove no less than 0.5% of errors\nneeded = 3 / (1 - 99.9%) = 3000\nbake = 3000 / (5% x 20/s) = 50m',
      fix: 'Bake each step for at least 50m, or send more requests to the new version before all of them',
    },
  ])
  expect(found('0s')).toHaveLength(1)
})

test('canary-bake-too-short: an alert over all versions needs 17.28m for a canary of 5%', () => {
  const alerts = 'objective: 99.9%, alerts: [{ burnRate: 14.4, longWindow: 1h, severity: page }]'
  const found = (bake: string, steps = '[5%]') =>
    findingsOf('canary-bake-too-short', canary(`steps: ${steps}, bake: ${bake}, analysis: aggregate`, alerts, '200/s'))
  expect(found('10m')).toMatchObject([
    {
      message:
        '"shop" promotes a canary after 10m, but the first alert of "order-success" pages after 17.3m when all of it fails',
      fix: 'Bake each step for at least 18m, or judge the new version by its own metrics (analysis: perVersion)',
    },
  ])
  expect(found('18m')).toEqual([])
  expect(found('9m', '[5%, 5%]')).toEqual([])
})

test('canary-invisible-to-slo-alert: 5% burn at 5 where 14.4 pages', () => {
  const found = (steps: string) =>
    findingsOf(
      'canary-invisible-to-slo-alert',
      canary(
        `steps: ${steps}, analysis: aggregate`,
        'objective: 99%, alerts: [{ burnRate: 14.4, longWindow: 1h, severity: page }]',
      ),
    )
  expect(found('[5%]')).toMatchObject([
    {
      severity: 'warning',
      arithmetic: 'burn rate = 5% / (1 - 99%) = 5\nsmallest share that pages = 14.4 x (1 - 99%) = 14.4%',
      fix: 'Judge the new version by its own metrics (analysis: perVersion), or send it at least 14.4% of requests before all',
    },
  ])
  expect(found('[14.4%]')).toEqual([])
  expect(found('[14.3%]')).toHaveLength(1)
})

test('no-automatic-rollback: a warning where a critical journey pays for it', () => {
  const found = (criticality: string) =>
    findingsOf(
      'no-automatic-rollback',
      `
journeys: { order: { entry: shop, criticality: ${criticality} } }
slos: { order-success: { journey: order, indicator: availability, objective: 99.99%, window: 30d } }
services: { shop: { deploy: { strategy: rolling, rollback: manual } } }
`,
    )
  expect(found('critical')).toMatchObject([
    {
      severity: 'warning',
      message:
        '"shop" has no rollback that starts by itself, so one bad deploy takes at least 15m of the 4.32m that "order-success" may fail in 30d; expected an automatic one',
      fix: 'Roll back by itself when its own metrics get worse, or let at most 29% of requests meet a new version first',
    },
  ])
  expect(found('normal')[0]!.severity).toBe('info')
})

test('deploy-below-peak: what is left, and what each restart costs', () => {
  const rolling = (peak: string) =>
    findingsOf(
      'deploy-below-peak',
      `
journeys: { search: { entry: search, load: { steady: 1/s, peak: ${peak} } } }
services:
  search: { replicas: 4, concurrency: 10, serviceTime: { mean: 100ms }, deploy: { strategy: rolling, maxUnavailable: 25%, window: none } }
`,
    )
  expect(rolling('299/s')).toEqual([])
  expect(rolling('300/s')).toMatchObject([
    { severity: 'error', arithmetic: expect.stringContaining('left = (4 - 1) x 10 slots = 30 slots') },
  ])
  const recreate = (perMonth: number) =>
    findingsOf(
      'deploy-below-peak',
      `
slos: { shop-success: { service: shop, indicator: availability, objective: 99.9%, window: 30d } }
services: { shop: { startupTime: 45s, deploy: { strategy: recreate, perMonth: ${perMonth} } } }
`,
    )
  expect(recreate(28)).toEqual([])
  expect(recreate(30)).toMatchObject([
    { severity: 'warning', arithmetic: expect.stringContaining('45s x 30 deploys in 30d = 22.5m') },
  ])
  expect(recreate(60)[0]!.severity).toBe('error')
})
