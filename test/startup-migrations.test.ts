import { expect, test } from 'vitest'
import { yaml } from '../src/rules/define.ts'
import { findingsOf } from './support.ts'

test('migration-at-startup-race: how many race, and when a probe kills; Kubernetes waits for nothing unless told to', () => {
  const text = yaml`
    platform: kubernetes
    services:
      orders: { replicas: 12, health: { startup: { interval: 5s, failures: 8 } }, calls: [{ to: orders-db }] }
    stores:
      orders-db: { migrations: { runOn: startup, advisoryLock: false, duration: 2m } }
  `
  const [race, kill] = findingsOf('migration-at-startup-race', text)
  expect(race).toMatchObject({
    severity: 'warning',
    message:
      '"orders-db" is migrated by every instance of "orders" that starts, up to 12 at the same time; expected one',
  })
  expect(kill).toMatchObject({ severity: 'warning', arithmetic: '0s + 8 x 5s = 40s < 2m' })
})

test('autoscale-target-unreachable: the numbers of the algorithm', () => {
  const text = yaml`
    platform: kubernetes
    services:
      web: { cpu: { request: 1, limit: 1 }, autoscaling: { metric: cpu, target: 95% } }
  `
  expect(findingsOf('autoscale-target-unreachable', text)).toEqual([
    {
      severity: 'error',
      message:
        '"web" is never scaled out: its CPU reaches 100% of the request at most, and the autoscaler acts above 104.5%; expected a target of at most 90%',
      arithmetic: 'u_max = 1 / 1 = 100%\nu_max / target = 100% / 95% = 1.05 <= 1.1',
      fix: 'Lower the target below 90%; 50% to 75% leaves room while instances start',
    },
  ])
})
