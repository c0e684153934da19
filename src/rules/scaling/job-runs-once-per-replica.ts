import type { Job, Model, Service } from '../../manifest/model.ts'
import { number } from '../../units.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'job-runs-once-per-replica',
  title: 'Every instance of a service runs the job',
  severity: 'error',
  question: 'scaling',
  on: 'job',
  options: noOptions,
  why: 'A scheduler inside a service fires in each of its instances. The job that was tested with one instance bills every customer six times with six, and once more with every scale-out.',
  formula: 'runs for each time that is due = replicas',
  fix: 'Let one instance lead and only that one run it, or give the schedule to the platform.',
  sources: [{ title: 'Site Reliability Engineering', id: 'ch. 24 "Distributed Periodic Scheduling with Cron"' }],
  reads: [
    'jobs.hostedIn',
    'jobs.leaderElection',
    'jobs.idempotent',
    'services.replicas',
    'services.standby',
    'services.runtime',
  ],

  appliesTo: (job, { model }) => hostOf(job, model) !== undefined,

  *check(job, { model }) {
    const host = hostOf(job, model)!
    const { replicas, standby } = host
    // Of an active instance and its standby only one works.
    if (job.leaderElection === true || standby === true) return
    const replicasAt = [...host.path, 'replicas', ...(replicas ? ['max'] : [])]
    const most = replicas?.max
    if (most !== undefined && most < 2) return
    if (job.leaderElection === undefined) {
      const times = most === undefined ? '' : `, which are up to ${number(most)}`
      return yield {
        unknown: [...job.path, 'leaderElection'],
        because: `Without one leader every instance of "${host.name}"${times} runs it`,
      }
    }
    if (most === undefined) return yield { unknown: replicasAt }
    if (job.idempotent === undefined)
      return yield {
        unknown: [...job.path, 'idempotent'],
        because: `It runs up to ${number(most)} times instead of once`,
      }
    const { min } = replicas!
    const times = min === most ? number(most) : `${min === undefined ? 'up' : number(min)} to ${number(most)}`
    yield {
      at: [...job.path, 'leaderElection'],
      message: `"${job.name}" runs in every instance of "${host.name}", ${times} times instead of once${job.idempotent ? '' : ', and running it twice is not the same as once'}`,
      arithmetic: `runs = replicas = ${number(most)}`,
      severity: job.idempotent ? 'warning' : 'error',
      evidence: [
        { label: `in "${host.name}"`, at: [...job.path, 'hostedIn'] },
        { label: `up to ${number(most)} replicas`, at: replicasAt },
      ],
    }
  },

  examples: [
    {
      title: 'Six instances, six invoices',
      bad: yaml`
        services:
          billing: { replicas: 6 }
        jobs:
          invoices:
            schedule: "0 2 * * *"
            hostedIn: billing
            leaderElection: false # <--
            idempotent: false
      `,
    },
    {
      title: 'Six times the same work does no harm, but it is five times too much',
      bad: yaml`
        services:
          search: { replicas: { min: 1, max: 6 } }
        jobs:
          reindex:
            interval: 5m
            hostedIn: search
            leaderElection: false # <--
            idempotent: true
      `,
    },
    {
      title: 'Whether one instance leads is not stated, or how many there are, or whether more runs than one do harm',
      unclear: yaml`
        services:
          billing: { replicas: 6 }
          search: {}
          stock: # ?
            standby: false
        jobs:
          invoices: { hostedIn: billing } # ?
          cleanup: { hostedIn: billing, leaderElection: false } # ?
          reindex: { hostedIn: search } # ?
          count: { hostedIn: stock, leaderElection: false }
      `,
    },
    {
      title: 'One leader, one instance, one active instance with a standby, or a job of its own',
      good: yaml`
        services:
          billing: { replicas: 6 }
          search: { replicas: 1 }
          ledger: { replicas: 2, standby: true }
          timer: { runtime: serverless }
        jobs:
          invoices: { hostedIn: billing, leaderElection: true, idempotent: false }
          reindex: { hostedIn: search, leaderElection: false, idempotent: false }
          close: { hostedIn: ledger, leaderElection: false, idempotent: false }
          remind: { hostedIn: timer, leaderElection: false, idempotent: false }
          report: { schedule: "0 3 * * *", leaderElection: false, idempotent: false }
      `,
    },
  ],
})

/** A platform calls a function once for each time that is due, however many instances there may be. */
function hostOf({ hostedIn }: Job, model: Model): Service | undefined {
  const host = hostedIn === undefined ? undefined : model.services.get(hostedIn)
  return host?.runtime === 'serverless' ? undefined : host
}
