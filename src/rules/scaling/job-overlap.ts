import type { Path } from '../../finding.ts'
import { shortestGap } from '../../analysis/schedule.ts'
import type { Job } from '../../manifest/model.ts'
import { duration, number, plural } from '../../units.ts'
import { defineRule, noOptions, yaml, type Outcome } from '../define.ts'

export default defineRule({
  id: 'job-overlap',
  title: 'The next run of a job starts before the last one ends',
  severity: 'error',
  question: 'scaling',
  on: 'job',
  options: noOptions,
  why: 'Runs that overlap do the same work twice and slow each other down, so that the next ones overlap even more. Runs that are skipped instead leave a result that is older than anybody expects.',
  formula: 'p95 of a run > time between runs; where runs are skipped, the result is made anew every ⌈d / i⌉ · i',
  fix: 'Run it less often, make it faster, or let no run start while another one is going.',
  sources: [
    { title: 'Kubernetes documentation: CronJob', id: 'concurrencyPolicy, activeDeadlineSeconds' },
    { title: 'kube-score', id: 'cronjob-has-deadline' },
  ],
  reads: [
    'jobs.schedule',
    'jobs.interval',
    'jobs.duration',
    'jobs.deadline',
    'jobs.concurrencyPolicy',
    'jobs.idempotent',
    'jobs.freshness',
  ],

  appliesTo: job => intervalOf(job) !== undefined,

  *check(job, { model }) {
    const interval = intervalOf(job)!
    const { duration: length, deadline, path, name } = job
    if (length === undefined) {
      // What is stopped before the next one starts cannot meet it.
      if (typeof deadline === 'number' && deadline <= interval.time) return
      return yield { unknown: [...path, 'duration'] }
    }
    const stopped = typeof deadline === 'number' ? Math.min(length, deadline) : length
    if (stopped > interval.time) {
      if (deadline === undefined) return yield { unknown: [...path, 'deadline'], because: compare(length, interval) }
      const outcome = judge(job, stopped, interval, model.raw.platform === 'kubernetes')
      if (outcome) yield outcome
      return
    }
    if (deadline === 'none')
      yield {
        at: [...path, 'deadline'],
        message: `"${name}" has no deadline: a run that hangs is never stopped, and ${afterHang(job)}; expected one above ${duration(length)}`,
        severity: 'warning',
        fix: `Stop a run after ${duration(Math.max(length, Math.min(3 * length, interval.time)))}`,
        evidence: [interval.evidence],
      }
  },

  examples: [
    {
      title: 'Every five minutes, nine minutes long',
      bad: yaml`
        jobs:
          sync-stock:
            schedule: "*/5 * * * *"
            duration: 9m
            deadline: none
            concurrencyPolicy: allow # <--
            idempotent: false
      `,
    },
    {
      title: 'Every second run is skipped, though the result may be seven minutes old',
      bad: yaml`
        jobs:
          prices:
            interval: 5m
            duration: 6m
            deadline: 20m
            concurrencyPolicy: forbid # <--
            freshness: 7m
      `,
    },
    {
      title: 'Slow runs are cut off by the next, and so is one that is stopped too late',
      bad: yaml`
        jobs:
          export:
            interval: 1h
            duration: 2h
            deadline: 90m
            concurrencyPolicy: replace # <--
      `,
    },
    {
      title: 'It never hangs, until it does',
      bad: yaml`
        jobs:
          report:
            schedule: "0 3 * * *"
            duration: 20m
            deadline: none # <--
          mails:
            interval: 5m
            duration: 1m
            deadline: none # <--
            concurrencyPolicy: forbid
      `,
    },
    {
      title: 'How long it takes is not stated, when it is stopped, or what happens when it is late',
      unclear: yaml`
        platform: kubernetes
        jobs:
          a: { interval: 5m } # ?
          b: { interval: 5m, duration: 9m } # ?
          c: { interval: 5m, duration: 9m, deadline: none } # ?
          d: { interval: 5m, duration: 9m, deadline: none, concurrencyPolicy: allow } # ?
          e: { interval: 5m, duration: 9m, deadline: none, concurrencyPolicy: forbid } # ?
      `,
    },
    {
      title: 'Short enough, stopped in time, skipped with nobody waiting, or harmless when it runs twice',
      good: yaml`
        jobs:
          report: { schedule: "0 3 * * *", duration: 20m }
          exact: { interval: 5m, duration: 5m, deadline: 10m }
          mails: { interval: 5m, duration: 9m, deadline: 5m, concurrencyPolicy: allow, idempotent: false }
          sweep: { interval: 5m, deadline: 4m }
          shards: { interval: 5m, duration: 9m, deadline: 1h, concurrencyPolicy: allow, idempotent: true }
          views: { interval: 5m, duration: 9m, deadline: 1h, concurrencyPolicy: forbid, freshness: 10m }
          archive: { interval: 5m, duration: 9m, deadline: 1h, concurrencyPolicy: forbid, freshness: none }
          import: { duration: 9h, deadline: none }
          odd: { schedule: nightly, duration: 9h }
      `,
    },
  ],
})

interface Interval {
  readonly time: number
  readonly evidence: { label: string; at: Path }
}

function intervalOf({ schedule, interval, path }: Job): Interval | undefined {
  const time = schedule === undefined ? interval : shortestGap(schedule)
  if (time === undefined) return undefined
  const label = schedule === undefined ? `every ${duration(time)}` : `${schedule}: every ${duration(time)}`
  return { time, evidence: { label, at: [...path, schedule === undefined ? 'interval' : 'schedule'] } }
}

const compare = (length: number, { time }: Interval) => `d = ${duration(length)} > ${duration(time)} = i`

const afterHang = ({ concurrencyPolicy }: Job): string =>
  concurrencyPolicy === 'forbid' ? 'no other starts while it does' : 'its connections and locks stay taken'

/** A run takes longer than the time until the next. */
function judge(job: Job, length: number, interval: Interval, onKubernetes: boolean): Outcome | undefined {
  const { concurrencyPolicy, idempotent, freshness, path, name } = job
  const ask = (key: 'concurrencyPolicy' | 'idempotent' | 'freshness', because: string): Outcome => ({
    unknown: [...path, key],
    because,
  })
  const longer = compare(length, interval)
  const often = `every ${duration(interval.time)}`
  const fault = {
    at: [...path, 'concurrencyPolicy'],
    evidence: [interval.evidence, { label: `takes ${duration(length)}`, at: [...path, 'duration'] }],
  }
  const turns = Math.ceil(length / interval.time)
  const anew = turns * interval.time
  const slower = `Run it every ${duration(anew)} or less often, or make a run take less than ${duration(interval.time)}`
  switch (concurrencyPolicy) {
    case undefined:
      return ask('concurrencyPolicy', `${longer}${onKubernetes ? '; a CronJob allows runs to overlap by default' : ''}`)
    case 'allow':
      // Shards of work that may be done twice overlap on purpose.
      if (idempotent === undefined) return ask('idempotent', `${longer}, so runs overlap`)
      if (idempotent) return undefined
      return {
        ...fault,
        message: `"${name}" starts ${often} and takes ${duration(length)}: up to ${plural(turns, 'run')} do the same work at the same time; expected one`,
        arithmetic: `${longer}\nruns at the same time = ceil(${duration(length)} / ${duration(interval.time)}) = ${number(turns)}`,
        fix: `${slower}, or set concurrencyPolicy: forbid`,
      }
    case 'forbid':
      if (freshness === undefined) return ask('freshness', `${longer}, so it runs every ${duration(anew)} only`)
      if (freshness === 'none' || anew <= freshness) return undefined
      return {
        ...fault,
        severity: 'warning',
        message: `"${name}" is due ${often} but takes ${duration(length)}, so runs are skipped and its result is made anew every ${duration(anew)}; expected at most ${duration(freshness)}`,
        arithmetic: `${longer}\nceil(${duration(length)} / ${duration(interval.time)}) x ${duration(interval.time)} = ${duration(anew)} > ${duration(freshness)}`,
        fix: `Make a run take less than ${duration(interval.time)}, or agree on a result that is ${duration(anew)} old`,
      }
    case 'replace':
      return {
        ...fault,
        severity: 'warning',
        message: `"${name}" starts ${often} and replaces the run before, which may take ${duration(length)}: slow runs never end; expected less than ${duration(interval.time)}`,
        arithmetic: longer,
        fix: `${slower}, or set concurrencyPolicy: forbid`,
      }
  }
}
