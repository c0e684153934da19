import { changesState } from '../../analysis/access.ts'
import { signalFor } from '../../analysis/watching.ts'
import type { Job, Journey, Model } from '../../manifest/model.ts'
import { duration } from '../../units.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'background-work-without-freshness-signal',
  title: 'Nobody is told when a job that users need stops running',
  severity: 'warning',
  question: 'instrumentation',
  on: 'job',
  options: noOptions,
  why: 'A job that fails may alert; a job that no longer starts says nothing. Requests keep being answered, and after a week somebody asks where the invoices are.',
  fix: 'Alert when the job has not finished for longer than its result may be old (a heartbeat), or on the age of its result.',
  sources: [
    { title: 'The Site Reliability Workbook', id: 'ch. 13 "Data Processing Pipelines", freshness and correctness' },
  ],
  reads: [
    'alerts',
    'alerts.signal',
    'alerts.on',
    'jobs.critical',
    'jobs.purpose',
    'jobs.freshness',
    'jobs.lossTolerated',
    'jobs.interval',
    'journeys.reconciliation',
  ],

  // What only reports, exports or tidies up is somebody's concern when it is said to be.
  appliesTo: (job, { model }) =>
    job.lossTolerated !== true &&
    job.critical !== false &&
    (job.critical === true ||
      neededBy(job, model).length > 0 ||
      job.purpose === undefined ||
      job.purpose === 'product' ||
      job.purpose === 'reconciliation'),

  *check(job, { model }) {
    const { name, path, calls, critical, freshness } = job
    const results = calls.filter(call => changesState(call) !== false).map(({ to }) => to)
    const signal = signalFor([name, ...results], ['heartbeat', 'freshness'], model)
    if (signal === 'watched') return
    const journeys = neededBy(job, model)
    // How much it matters is the first thing to know.
    if (critical === undefined && journeys.length === 0)
      return yield { unknown: [...path, 'critical'], because: `nothing is known to tell when "${name}" stops` }
    if (typeof signal === 'object') return yield { unknown: signal.ask, because: `"${name}" may have stopped unseen` }
    yield {
      at: path,
      message: `"${name}" ${journeys.length > 0 ? `mends "${journeys[0]!.name}"` : 'is critical'} and nothing tells when it stops; expected an alert on its heartbeat, or on the age of its result`,
      ...(typeof freshness === 'number'
        ? {
            fix: `Alert when "${name}" has not finished for ${duration(freshness)}, which is how old its result may be`,
          }
        : {}),
      evidence: critical === true ? [{ label: 'critical', at: [...path, 'critical'] }] : [],
      journeys,
    }
  },

  examples: [
    {
      title: 'Invoices are made at night, the reconciliation of the checkout hourly, and the alerts are on errors',
      bad: yaml`
        journeys:
          checkout: { entry: orders, reconciliation: reconcile }
        services:
          orders: {}
        jobs:
          invoices: # <--
            critical: true
            freshness: 1d
            calls: [{ to: orders-db, access: read }]
          reconcile: # <--
            interval: 1h
        stores:
          orders-db: {}
        alerts:
          invoices-failed: { signal: errors, on: invoices }
          orders-fresh: { signal: freshness, on: orders-db }
      `,
    },
    {
      title: 'Nothing is said of alerts, or how much it matters',
      unclear: yaml`
        services: # ?
          orders: {}
        jobs:
          invoices: { critical: true }
          sync: # ?
            purpose: product
          prices: # ?
            interval: 1h
      `,
    },
    {
      title: 'An alert on the job, of which nothing else is stated',
      unclear: yaml`
        jobs:
          invoices: { critical: true }
        alerts:
          invoices-alert: # ?
            on: invoices
      `,
    },
    {
      title: 'A dead man switch, or the age of the index that it fills; reports that may be late',
      good: yaml`
        jobs:
          invoices: { critical: true }
          reindex: { critical: true, calls: [{ to: search-index, access: write }] }
          prices: { purpose: reconciliation }
          warm-up: { critical: true, lossTolerated: true }
          tips: { critical: false, purpose: product }
          report: { purpose: analytics }
          vacuum: { purpose: maintenance }
          export: { purpose: export }
        stores:
          search-index: { role: searchIndex }
        alerts:
          invoices-missing: { signal: heartbeat, on: invoices }
          prices-missing: { signal: heartbeat, on: [prices] }
          search-age: { signal: freshness, on: search-index }
      `,
    },
  ],
})

/** Journeys whose half-done work it mends, by their word. */
const neededBy = ({ name }: Job, { journeys }: Model): Journey[] =>
  [...journeys.values()].filter(({ reconciliation }) => reconciliation === name)
