import { isLog, isMissed, needsWriteConcern, weakWritesIn, weakWritesOf } from '../../analysis/acknowledgement.ts'
import type { Store } from '../../manifest/model.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'weak-write-acknowledgement',
  title: 'A write that was confirmed can be lost',
  severity: 'warning',
  question: 'read-write',
  on: 'component',
  options: noOptions,
  why: 'The caller was told that the write is safe and will never send it again. If only one node had it, or had it in memory only, the next failover forgets it, and nothing shows that anything is missing.',
  fix: 'Confirm a write only when a majority of the copies has it, and keep one copy more than must confirm.',
  sources: [
    {
      title: 'Apache Kafka documentation: producer configuration `acks`, topic configuration `min.insync.replicas`',
      revision: '4.0',
    },
    { title: 'MongoDB manual: Write concern, implicit default write concern', revision: '8.0' },
    { title: 'PostgreSQL documentation: Synchronous replication; Asynchronous commit', revision: '17' },
  ],
  reads: [
    'publishes.acks',
    'publishes.lossTolerated',
    'queues.minInsync',
    'queues.replicationFactor',
    'queues.uncleanLeaderElection',
    'queues.lossTolerated',
    'queues.engine',
    'stores.writeConcern',
    'stores.replicas',
    'stores.voters',
    'stores.role',
    'stores.replication',
    'stores.replicationLag',
    'stores.failover',
    'stores.managedStandby',
    'stores.flushOnCommit',
    'stores.objectives.rpo',
    'stores.lossTolerated',
    'stores.engine',
    'journeys.criticality',
  ],

  appliesTo: component => {
    if (component.kind === 'queue') return component.lossTolerated !== true && isLog(component)
    return component.kind === 'store' && isMissed(component) && mayBeWeak(component)
  },

  *check(component, { model, facts }) {
    const journeys = facts.journeys.through(component.name, 'sure')
    const usual = journeys.some(({ criticality }) => criticality === 'critical') ? 'error' : 'warning'
    const found = component.kind === 'queue' ? weakWritesOf(component, model) : weakWritesIn(component as Store)
    for (const one of found) {
      if ('ask' in one) {
        yield { unknown: one.ask, because: one.because }
        continue
      }
      const { is, expected, severity = usual, ...rest } = one
      yield { ...rest, message: `${is}; expected ${expected}`, severity, journeys }
    }
  },

  examples: [
    {
      title: 'A charge counts as stored when one of three brokers has it',
      bad: yaml`
        services:
          payments: { publishes: [{ to: charges, acks: all }] }
          returns:
            publishes:
              - to: charges
                acks: '1' # <--
              - { to: views, acks: '0', lossTolerated: true }
        queues:
          charges:
            engine: kafka@4
            replicationFactor: 3
            minInsync: 1 # <--
          views: { engine: kafka@4, minInsync: 2, replicationFactor: 2 }
      `,
    },
    {
      title: 'As many confirmations as copies: one broker down stops all writes; and a leader that is behind',
      bad: yaml`
        services:
          orders: { publishes: [{ to: order-events, acks: all }, { to: invoices, acks: all }] }
        queues:
          order-events:
            engine: kafka@4
            replicationFactor: 3
            minInsync: 3 # <--
          invoices:
            engine: kafka@4
            replicationFactor: 3
            minInsync: 2
            uncleanLeaderElection: true # <--
      `,
    },
    {
      title: 'No order may be lost, but the standby gets it later, one node confirms it, or no disk has it yet',
      bad: yaml`
        stores:
          orders-db:
            engine: postgres@16
            replicas: 2
            failover: { mode: automatic, time: 30s }
            objectives: { rpo: 0s }
            replication: async # <--
          receipts:
            role: objectStore
            failover: { mode: automatic }
            objectives: { rpo: 1s }
            replicationLag: { p99: 5s }
            replication: async # <--
          carts-db:
            engine: mongodb@7
            role: systemOfRecord
            replicas: 3
            writeConcern: one # <--
          ledger:
            engine: postgres@16
            replicas: 1
            objectives: { rpo: 0s }
            flushOnCommit: false # <--
      `,
    },
    {
      title: 'Who confirms is not stated',
      unclear: yaml`
        services:
          orders:
            publishes:
              - to: order-events # ?
          billing: { publishes: [{ to: invoices, acks: all }, { to: refunds, acks: all }, { to: mails, acks: all }] }
        queues:
          order-events: { engine: kafka@4 }
          invoices: { engine: kafka@4 } # ?
          refunds: { engine: kafka@4, minInsync: 2 } # ?
          mails: { engine: redpanda }
      `,
    },
    {
      title: 'What a failover or a crash may lose, one fact after another',
      unclear: yaml`
        stores:
          orders-db: { objectives: { rpo: 0s }, replicas: 2 } # ?
          stock-db: { objectives: { rpo: 0s }, failover: { time: 30s } } # ?
          prices-db: { objectives: { rpo: 0s }, failover: { mode: automatic } } # ?
          carts-db: { engine: mongodb@7 } # ?
          views-db: { engine: mongodb@4, replicas: 3, voters: 3 } # ?
          users-db: { engine: mongodb@7, writeConcern: one } # ?
          ledger: { flushOnCommit: false } # ?
          audit: { flushOnCommit: false, replicas: 1 } # ?
      `,
    },
    {
      title: 'A majority confirms, and one copy more is there; measurements may be lost',
      good: yaml`
        services:
          orders:
            publishes: [{ to: order-events, acks: all }, { to: mails, acks: '1' }, { to: telemetry, acks: '0' }]
        queues:
          order-events: { engine: kafka@4, replicationFactor: 3, minInsync: 2, uncleanLeaderElection: false }
          telemetry: { engine: kafka@4, lossTolerated: true, minInsync: 1 }
          mails: { engine: rabbitmq@4 }
          imports: { engine: kafka@4, minInsync: 2, replicationFactor: 2 }
        stores:
          carts-db: { engine: mongodb@7, replicas: 3, voters: 3 }
          users-db: { engine: mongodb@7, writeConcern: majority }
          local: { engine: mongodb@7, replicas: 1, writeConcern: one }
          playground: { engine: mongodb@7, lossTolerated: true, writeConcern: one }
          search: { engine: mongodb@7, role: searchIndex, writeConcern: one }
      `,
    },
    {
      title: 'What may be lost is less than what is allowed, or the standby has it already',
      good: yaml`
        stores:
          orders-db: { replication: sync, failover: { mode: automatic }, objectives: { rpo: 0s }, flushOnCommit: false }
          stock-db:
            replication: async
            replicationLag: { p99: 5m }
            failover: { mode: automatic }
            objectives: { rpo: 5m }
            flushOnCommit: false
          users-db:
            replicas: 2
            managedStandby: true
            replication: async
            failover: { mode: automatic }
            objectives: { rpo: 0s }
          ledger: { replication: async, failover: { mode: manual, time: 1h }, objectives: { rpo: 0s } }
          audit: { replicas: 1, objectives: { rpo: 0s } }
      `,
    },
  ],
})

/** Nothing is asked of a store of which nothing is said: most are sound by default. */
const mayBeWeak = (store: Store): boolean =>
  needsWriteConcern(store) || store.objectives?.rpo !== undefined || store.flushOnCommit === false
