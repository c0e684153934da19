import { exceeds } from '../../analysis/estimate.ts'
import { firstOf } from '../../analysis/questions.ts'
import { explain, lossAtFailover, lossFromBackup, type Span } from '../../analysis/recovery.ts'
import type { Store } from '../../manifest/model.ts'
import { duration } from '../../units.ts'
import { ask, defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'backup-interval-exceeds-rpo',
  title: 'More data can be lost than the recovery point objective allows',
  severity: 'error',
  question: 'read-write',
  on: 'store',
  options: noOptions,
  why: 'A failure just before a backup is complete throws the data back to the start of the one before: the interval and the time of a backup are lost, not half of it. A replica that confirms no write has not seen the last ones when it takes over.',
  formula:
    'loss = interval + duration of a backup; with point-in-time recovery the lag of the archive; at a failover the lag of the replica',
  fix: 'Archive the log continuously, back up more often, or relax the objective.',
  sources: [
    {
      title: 'AWS Well-Architected, Reliability: Define recovery objectives for downtime and data loss',
      id: 'REL13-BP01',
      revision: 'November 2024',
    },
    { title: 'PostgreSQL documentation', id: '"Continuous Archiving and Point-in-Time Recovery (PITR)"' },
  ],
  reads: ['stores.objectives', 'stores.backup', 'stores.failover', 'stores.replication', 'stores.replicationLag'],

  // Whether there is a backup at all is a question of its own.
  appliesTo: store =>
    store.objectives?.rpo !== undefined && (lossFromBackup(store) !== undefined || lossAtFailover(store) !== undefined),

  *check(store, { facts }) {
    const rpo = store.objectives!.rpo!
    const journeys = facts.journeys.through(store.name, 'sure')
    for (const [span, way] of [
      [lossFromBackup(store), 'a restore from backup'],
      [lossAtFailover(store), 'a failover'],
    ] as const) {
      const answer = span ? exceeds(span.total, rpo) : false
      if (answer === true) yield { ...describe(store, rpo, span!, way), journeys }
      else if (answer !== false) {
        const order = ['pointInTime', 'archiveLag', 'interval', 'duration', 'replication', 'replicationLag', 'p99']
        yield* ask(
          firstOf(answer, order).slice(0, 1),
          `"${store.name}" may lose ${duration(rpo)} at most, also by ${way}`,
        )
      }
    }
  },

  examples: [
    {
      title: 'A backup an hour that takes 12 minutes loses 72 minutes, not 60',
      bad: yaml`
        stores:
          orders-db:
            objectives: { rpo: 1h }
            backup: { interval: 1h, duration: 12m, pointInTime: false } # <--
          stock-db:
            objectives: { rpo: 5m }
            backup: { pointInTime: true, archiveLag: 6m, interval: 1d, duration: 1h } # <--
          users-db:
            objectives: { rpo: 1h }
            backup: { interval: 1d, pointInTime: false } # <--
      `,
    },
    {
      title:
        'Replicas that are a minute behind cannot keep an objective of ten seconds, nor can those that are so on average',
      bad: yaml`
        stores:
          orders-db:
            objectives: { rpo: 10s }
            backup: { pointInTime: true, archiveLag: 5s, interval: 1d, duration: 1h }
            replication: async
            replicationLag: { p99: 1m } # <--
            failover: { mode: automatic, time: 30s }
          stock-db:
            objectives: { rpo: 10s }
            replication: async
            replicationLag: { mean: 20s } # <--
            failover: { mode: manual, time: 5m }
      `,
    },
    {
      title: 'What the loss depends on is not stated; one thing is asked for at a time',
      unclear: yaml`
        defaults: { stores: { objectives: { rpo: 1h } } }
        stores:
          orders-db:
            backup: { interval: 1d } # ?
          stock-db:
            backup: { pointInTime: true } # ?
          users-db:
            backup: { pointInTime: false, duration: 10m } # ?
          news-db:
            backup: { pointInTime: false, interval: 50m } # ?
          mails-db: # ?
            failover: { mode: automatic, time: 30s }
            replicationLag: { p99: 2h }
          files-db:
            failover: { mode: automatic, time: 30s }
            replication: async
            replicationLag: { mean: 1s } # ?
      `,
    },
    {
      title: 'Losses that stay within the objective, to the minute',
      good: yaml`
        stores:
          orders-db:
            objectives: { rpo: 72m }
            backup: { interval: 1h, duration: 12m, pointInTime: false }
          stock-db:
            objectives: { rpo: 2h }
            # The archive is late, but the last backup is younger.
            backup: { interval: 1h, duration: 12m, pointInTime: true, archiveLag: 3h }
          users-db:
            objectives: { rpo: 5m }
            backup: { pointInTime: true, archiveLag: 1m }
            failover: { mode: automatic, time: 30s }
            replication: sync
            replicationLag: { p99: 1h }
          news-db:
            objectives: { rpo: 0s }
            replication: quorum
            failover: { mode: automatic, time: 30s }
            backup: none
          lists-db:
            objectives: { rpo: 1h }
            backup: { interval: 30m, duration: 10m }
      `,
    },
    {
      title: 'Nothing is promised, nothing is copied, nobody takes over',
      good: yaml`
        stores:
          orders-db: { backup: { interval: 1d, pointInTime: false } }
          stock-db: { objectives: { rpo: 5m }, backup: none }
          users-db: { objectives: { rto: 5m }, backup: { interval: 1d, pointInTime: false } }
          news-db: { objectives: { rpo: 5m }, failover: none, replication: async, replicationLag: { p99: 1h } }
          mails-db: { objectives: { rpo: 5m }, failover: { mode: none }, replication: async, replicationLag: { p99: 1h } }
      `,
    },
  ],
})

function describe(store: Store, rpo: number, span: Span, way: string) {
  const { name, path, backup } = store
  const loss = duration(span.total.low)
  const most = backup === undefined || backup === 'none' ? undefined : backup.duration
  const often = most !== undefined && most < rpo ? `, or back up at least every ${duration(rpo - most)}` : ''
  const [first] = span.parts
  return {
    at: first!.at,
    message: `"${name}" can lose the last ${loss} by ${way}, but may lose ${duration(rpo)} at most`,
    arithmetic: `${explain(span)} > ${duration(rpo)}`,
    fix: fixFor(way, rpo, often, backup !== 'none' && backup?.pointInTime === true),
    evidence: [{ label: `at most ${duration(rpo)} may be lost`, at: [...path, 'objectives', 'rpo'] }],
  }
}

function fixFor(way: string, rpo: number, often: string, archives: boolean): string {
  if (way === 'a failover')
    return `Wait for a replica before a write is confirmed, or alert on a lag near ${duration(rpo)}`
  return archives
    ? `Archive the log at least every ${duration(rpo)}, however little is written`
    : `Archive the log continuously${often}`
}
