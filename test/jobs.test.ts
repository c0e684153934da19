import { expect, test } from 'vitest'
import { yaml } from '../src/rules/define.ts'
import { findingsOf } from './support.ts'

test('job-runs-once-per-replica: how often it runs, and whether that does harm', () => {
  const text = yaml`
    services:
      billing: { replicas: 6 }
      search: { replicas: { min: 2, max: 8 } }
      mails: { replicas: { max: 2 } }
    jobs:
      invoices: { hostedIn: billing, leaderElection: false, idempotent: false }
      reindex: { hostedIn: search, leaderElection: false, idempotent: true }
      remind: { hostedIn: mails, leaderElection: false, idempotent: true }
  `
  expect(findingsOf('job-runs-once-per-replica', text).map(({ severity, message }) => [severity, message])).toEqual([
    [
      'error',
      '"invoices" runs in every instance of "billing", 6 times instead of once, and running it twice is not the same as once',
    ],
    ['warning', '"reindex" runs in every instance of "search", 2 to 8 times instead of once'],
    ['warning', '"remind" runs in every instance of "mails", up to 2 times instead of once'],
  ])
})

test('job-overlap: overlapping is an error, skipping and cutting off are warnings', () => {
  const text = yaml`
    jobs:
      sync: { schedule: "*/5 * * * *", duration: 9m, deadline: none, concurrencyPolicy: allow, idempotent: false }
      prices: { interval: 5m, duration: 6m, deadline: 20m, concurrencyPolicy: forbid, freshness: 7m }
      export: { interval: 1h, duration: 2h, deadline: 90m, concurrencyPolicy: replace }
      report: { interval: 1h, duration: 10m, deadline: none }
      mails: { interval: 5m, duration: 4m, deadline: none, concurrencyPolicy: forbid }
  `
  expect(findingsOf('job-overlap', text)).toEqual([
    {
      severity: 'error',
      message: '"sync" starts every 5m and takes 9m: up to 2 runs do the same work at the same time; expected one',
      arithmetic: 'd = 9m > 5m = i\nruns at the same time = ceil(9m / 5m) = 2',
      fix: 'Run it every 10m or less often, or make a run take less than 5m, or set concurrencyPolicy: forbid',
    },
    {
      severity: 'warning',
      message:
        '"prices" is due every 5m but takes 6m, so runs are skipped and its result is made anew every 10m; expected at most 7m',
      arithmetic: 'd = 6m > 5m = i\nceil(6m / 5m) x 5m = 10m > 7m',
      fix: 'Make a run take less than 5m, or agree on a result that is 10m old',
    },
    {
      severity: 'warning',
      message:
        '"export" starts every 1h and replaces the run before, which may take 1.5h: slow runs never end; expected less than 1h',
      arithmetic: 'd = 1.5h > 1h = i',
      fix: 'Run it every 2h or less often, or make a run take less than 1h, or set concurrencyPolicy: forbid',
    },
    {
      severity: 'warning',
      message:
        '"report" has no deadline: a run that hangs is never stopped, and its connections and locks stay taken; expected one above 10m',
      arithmetic: '',
      fix: 'Stop a run after 30m',
    },
    {
      severity: 'warning',
      message:
        '"mails" has no deadline: a run that hangs is never stopped, and no other starts while it does; expected one above 4m',
      arithmetic: '',
      fix: 'Stop a run after 5m',
    },
  ])
})
