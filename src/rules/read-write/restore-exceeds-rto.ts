import { exceeds } from '../../analysis/estimate.ts'
import { explain, failoverTime, restoreTime } from '../../analysis/recovery.ts'
import { bytes, duration, roundUp } from '../../units.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'restore-exceeds-rto',
  title: 'A restore takes longer than the recovery time objective allows',
  severity: 'error',
  question: 'read-write',
  on: 'store',
  options: noOptions,
  why: 'Deleted or damaged data comes back from the backup alone, whatever takes over when a node is lost. A copy of hundreds of gigabytes takes hours, and everybody waits for it.',
  formula: 'T = time until somebody acts + size / throughput (or the time that the last restore took)',
  fix: 'Restore faster, split the data, or relax the objective for damaged data.',
  sources: [
    {
      title:
        'AWS Well-Architected, Reliability: Perform periodic recovery of the data to verify backup integrity and processes',
      id: 'REL09-BP04',
      revision: 'November 2024',
    },
    { title: 'Site Reliability Engineering', id: 'chapter 26, "Data Integrity"' },
  ],
  reads: [
    'stores.objectives',
    'stores.backup',
    'stores.size',
    'stores.failover',
    'onCall',
    'drills.measured',
    'drills.scenario',
    'drills.on',
  ],

  impliedBy: ['drill-contradicts-objective'],

  appliesTo: (store, { model }) => store.objectives?.rto !== undefined && restoreTime(store, model) !== undefined,

  *check(store, { model, facts }) {
    const { name, path, backup } = store
    const rto = store.objectives!.rto!
    const span = restoreTime(store, model)!
    const answer = exceeds(span.total, rto)
    if (answer === false) return
    const because = `"${name}" must be back after ${duration(rto)}, from a backup as well`
    if (answer !== true) {
      // A test tells more than a size and a speed, so it is asked for where neither is stated.
      const [first] = answer.length > 1 ? [[...path, 'backup', 'lastRestoreTest']] : answer
      return yield { unknown: first!, because }
    }
    const restore = span.parts.at(-1)!
    const response = span.total.low - restore.time.low
    const isAssumed = span.parts[0]!.assumed === true && restore.time.low <= rto
    const failover = failoverTime(store, model)
    const scope = failover && failover.total.low <= rto ? 'Damaged data of ' : ''
    const left = rto - response
    const size = store.size
    yield {
      at: restore.at,
      message: `${scope}"${name}" is back from backup after ${duration(span.total.low)}, but must be back after ${duration(rto)}`,
      arithmetic: `${explain(span)} > ${duration(rto)}`,
      // That a default of fifteen minutes tips the scale is an assumption.
      severity: isAssumed ? 'warning' : 'error',
      fix:
        size !== undefined && left > 0
          ? `Restore at ${bytes(roundUp((size * 1000) / left))}/s or more, split the data, or give damaged data an objective of ${duration(span.total.low)}`
          : `Restore faster, split the data, or give damaged data an objective of ${duration(span.total.low)}`,
      evidence: [
        { label: `back after ${duration(rto)}`, at: [...path, 'objectives', 'rto'] },
        ...(size === undefined || typeof backup !== 'object' ? [] : [{ label: bytes(size), at: [...path, 'size'] }]),
      ],
      journeys: facts.journeys.through(name, 'sure'),
    }
  },

  examples: [
    {
      title: '800 GB at 100 MB/s take more than two hours, and the objective is one',
      bad: yaml`
        onCall: { respond: 10m }
        stores:
          orders-db:
            size: 800GB
            objectives: { rto: 1h }
            backup: { restoreThroughput: 100MB/s } # <--
          stock-db:
            objectives: { rto: 1h }
            failover: { mode: automatic, time: 30s }
            backup: { lastRestoreTest: { date: 2026-09-02, duration: 55m } } # <--
      `,
    },
    {
      title: 'The last test wins over an estimate; with the time until somebody acts it is too long',
      bad: yaml`
        stores:
          orders-db:
            size: 1GB
            objectives: { rto: 1h }
            backup: { restoreThroughput: 100MB/s, lastRestoreTest: { duration: 50m } } # <--
      `,
    },
    {
      title: 'Nothing says how long it takes',
      unclear: yaml`
        stores:
          orders-db:
            objectives: { rto: 1h }
            backup: { interval: 1h } # ?
          stock-db:
            size: 800GB
            objectives: { rto: 1h }
            backup: { interval: 1h } # ?
          users-db: # ?
            objectives: { rto: 1h }
            backup: { restoreThroughput: 100MB/s }
      `,
    },
    {
      title: 'Small, fast or rehearsed',
      good: yaml`
        onCall: { acknowledge: 20m }
        stores:
          orders-db: { size: 120GB, objectives: { rto: 1h }, backup: { restoreThroughput: 100MB/s } }
          stock-db: { size: 800GB, objectives: { rto: 1h }, backup: { lastRestoreTest: { duration: 40m } } }
      `,
    },
    {
      title: 'A drill took less, in all; other stores promise nothing or have no copy',
      good: yaml`
        stores:
          orders-db: { objectives: { rto: 1h }, backup: { interval: 1h } }
          stock-db: { size: 800GB, objectives: { rpo: 1h }, backup: { restoreThroughput: 100MB/s } }
          users-db: { size: 800GB, objectives: { rto: 1h }, backup: none }
        drills:
          restore-orders: { scenario: restore, on: orders-db, date: 2026-09-02, measured: { rto: 1h } }
      `,
    },
  ],
})
