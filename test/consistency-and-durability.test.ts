import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toleratedLosses } from '../src/analysis/formulas/quorum.ts'
import { yaml } from '../src/rules/define.ts'
import { findingsOf } from './support.ts'

test('even-or-two-node-quorum: a majority of the rest is left, and an even member adds nothing', () => {
  expect([1, 2, 3, 4, 5, 6, 7].map(toleratedLosses)).toEqual([0, 0, 1, 1, 2, 2, 3])
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), n => {
      const survived = toleratedLosses(n)
      expect(2 * (n - survived)).toBeGreaterThan(n)
      expect(2 * (n - survived - 1)).toBeLessThanOrEqual(n)
      expect(toleratedLosses(n + 1)).toBeGreaterThanOrEqual(survived)
    }),
  )
})

test('even-or-two-node-quorum: two are an error, four are a smell, with the numbers', () => {
  const found = findingsOf(
    'even-or-two-node-quorum',
    yaml`
      stores:
        settings: { engine: etcd, replicas: 2 }
        services: { engine: consul, replicas: 4 }
      queues:
        mails: { engine: nats-jetstream, replicas: 6 }
    `,
  )
  expect(found).toEqual([
    {
      severity: 'error',
      message:
        '"settings" needs a majority of 2 members and survives the loss of 0, as 1 would; expected an odd number',
      arithmetic: '⌈2 / 2⌉ - 1 = 0; with 3: ⌈3 / 2⌉ - 1 = 1',
      fix: 'Add a third member that votes; one that holds no data is enough',
    },
    {
      severity: 'info',
      message:
        '"services" needs a majority of 4 members and survives the loss of 1, as 3 would; expected an odd number',
      arithmetic: '⌈4 / 2⌉ - 1 = 1; with 5: ⌈5 / 2⌉ - 1 = 2',
      fix: 'Run 3 members, which survive as much, or 5, which survive 2',
    },
    expect.objectContaining({ severity: 'info', fix: 'Run 5 members, which survive as much, or 7, which survive 3' }),
  ])
})

test('weak-write-acknowledgement: an error where a critical journey or a stated objective is at stake', () => {
  const found = findingsOf(
    'weak-write-acknowledgement',
    yaml`
      journeys:
        checkout: { entry: orders, criticality: critical }
        track: { entry: tracking, criticality: normal }
      services:
        orders: { publishes: [{ to: charges, acks: '1' }] }
        tracking: { publishes: [{ to: views, acks: '0' }, { to: clicks, acks: all }] }
      stores:
        stock-db:
          { replication: async, failover: { mode: automatic }, objectives: { rpo: 0s } }
        carts-db:
          { replication: async, failover: { mode: automatic }, objectives: { rpo: 1s }, replicationLag: { mean: 2s, p99: 5s } }
        ledger: { flushOnCommit: false, replication: async, objectives: { rpo: 0s } }
        users-db: { engine: mongodb@7, role: systemOfRecord, writeConcern: one }
      queues:
        charges: { engine: kafka@4, replicationFactor: 3, minInsync: 1 }
        views: { engine: redpanda, minInsync: 1 }
        clicks: { engine: kafka@4, replicationFactor: 2, minInsync: 2 }
        mails: { engine: kafka@4, minInsync: 1 }
        refunds: { engine: kafka@4, uncleanLeaderElection: true }
    `,
  )
  expect(found.map(({ severity, message, arithmetic, fix }) => [severity, message, arithmetic, fix])).toEqual([
    [
      'error',
      '"orders -> charges" counts a message as sent when one broker has it; expected `acks: all`',
      '',
      'Set acks to all, with a minInsync of 2 and 3 copies',
    ],
    [
      'error',
      '"stock-db" may lose no data, but fails over by itself to a replica that gets writes after they are confirmed; expected a replica that has them before',
      'loss at a failover = replication lag = the last writes > 0s',
      'Replicate synchronously to one standby, or accept the loss of the last writes',
    ],
    [
      'error',
      '"carts-db" may lose 1s of data, but fails over by itself to a replica that gets writes after they are confirmed; expected a replica that has them before',
      'loss at a failover = replication lag = 5s > 1s',
      'Replicate synchronously to one standby, or accept the loss of 5s',
    ],
    [
      'error',
      '"ledger" may lose no data, but confirms a commit before it is on disk; expected a flush before the answer',
      '',
      'Set flushOnCommit to true, or accept the loss of the last commits when it crashes',
    ],
    [
      'error',
      '"charges" counts a message as stored when 1 of 3 copies has it, and loses it with that broker; expected at least 2 confirmations',
      '',
      'Set minInsync to 2',
    ],
    [
      'warning',
      '"tracking -> views" counts a message as sent before any broker has it; expected `acks: all`',
      '',
      'Set acks to all, with a minInsync of 2 and 3 copies',
    ],
    [
      'warning',
      '"users-db" confirms a write when one node has it, and a failover rolls it back; expected a majority',
      '',
      'Set writeConcern to majority',
    ],
    [
      'warning',
      '"clicks" needs all of its 2 copies to confirm a write, so that one broker down stops all writes; expected one copy more than must confirm',
      'brokers that may be down = 2 - 2 = 0',
      'Set replicationFactor to 3',
    ],
    [
      'warning',
      '"mails" counts a message as stored when 1 copy has it, and loses it with that broker; expected at least 2 confirmations',
      '',
      'Set replicationFactor to 3 and minInsync to 2, so that one broker may be down',
    ],
    [
      'warning',
      '"refunds" lets a copy that is behind become the leader, and what it does not have is gone; expected a leader that has every confirmed message',
      '',
      'Set uncleanLeaderElection to false: the partition waits until a copy that has everything is back',
    ],
  ])
})

test('derived-store-as-source-of-truth: what a restart leaves, and whether there is a backup, decide how bad it is', () => {
  const found = findingsOf(
    'derived-store-as-source-of-truth',
    yaml`
      defaults:
        stores: { role: systemOfRecord }
      stores:
        carts: { engine: redis@7, persistence: none }
        seats: { engine: redis@7, persistence: snapshot }
        tokens: { engine: memcached }
        orders: { engine: elasticsearch@8, backup: none }
        offers: { engine: solr }
        books: { engine: opensearch@2, backup: true }
    `,
  )
  expect(found.map(({ severity, message }) => `${severity} ${message}`)).toEqual([
    'error "carts" is the only home of its data and keeps all of it in memory, so that a restart forgets everything; expected a log on disk, or a database',
    'error "tokens" is the only home of its data and keeps all of it in memory, so that a restart forgets everything; expected a log on disk, or a database',
    'error "orders" is the only home of its data, and elasticsearch@8 is a search index without a backup; expected a database from which the index can be built again',
    'warning "seats" is the only home of its data and writes to disk only now and then, so that a restart forgets what came since; expected a log on disk, or a database',
    'warning "offers" is the only home of its data, and solr is a search index; expected a database from which the index can be built again',
    'info "books" is the only home of its data, and opensearch@2 is a search index; expected a database from which the index can be built again',
  ])
})
