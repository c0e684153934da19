import { engineOf } from '../../analysis/engine.ts'
import { toleratedLosses } from '../../analysis/formulas/quorum.ts'
import type { Path } from '../../finding.ts'
import type { Component } from '../../manifest/model.ts'
import { number, plural } from '../../units.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'even-or-two-node-quorum',
  title: 'A majority of an even number of members',
  severity: 'error',
  question: 'read-write',
  on: 'component',
  options: noOptions,
  why: 'Where a majority must agree, two members stop as soon as one is lost: they fail more often than one alone. Every further even member is one more that can fail and be paid for, and lets no more of them be lost.',
  formula: 'losses that are survived = ⌈n / 2⌉ - 1',
  fix: 'Run an odd number of members that vote, at least three.',
  sources: [
    { title: 'RabbitMQ documentation: Quorum queues, fault tolerance and cluster size', revision: '4.0' },
    { title: 'etcd documentation: FAQ, "Why an odd number of cluster members?"', revision: '3.5' },
    { title: 'Ongaro and Ousterhout: In Search of an Understandable Consensus Algorithm', id: 'USENIX ATC 2014' },
  ],
  reads: [
    'stores.voters',
    'stores.replicas',
    'stores.engine',
    'queues.voters',
    'queues.replicas',
    'queues.engine',
    'queues.queueType',
    'caches.voters',
  ],

  appliesTo: component => membersOf(component) !== undefined,

  *check(component) {
    const { n, at, ask } = membersOf(component)!
    if (n % 2 === 1) return
    const survived = toleratedLosses(n)
    if (ask !== undefined)
      return yield {
        unknown: [...component.path, ask],
        because: `it has ${plural(n, 'node')}; a majority of ${number(n)} survives the loss of ${number(survived)}`,
      }
    yield {
      at,
      message: `"${component.name}" needs a majority of ${plural(n, 'member')} and survives the loss of ${number(survived)}, as ${number(n - 1)} would; expected an odd number`,
      arithmetic: `⌈${number(n)} / 2⌉ - 1 = ${number(survived)}; with ${number(n + 1)}: ⌈${number(n + 1)} / 2⌉ - 1 = ${number(toleratedLosses(n + 1))}`,
      fix:
        n === 2
          ? 'Add a third member that votes; one that holds no data is enough'
          : `Run ${number(n - 1)} members, which survive as much, or ${number(n + 1)}, which survive ${number(toleratedLosses(n + 1))}`,
      severity: n === 2 ? 'error' : 'info',
    }
  },

  examples: [
    {
      title: 'Two nodes of etcd, two copies of a quorum queue: the loss of either stops both',
      bad: yaml`
        stores:
          settings:
            engine: etcd@3.5
            replicas: 2 # <--
        queues:
          payments:
            engine: rabbitmq@4
            queueType: quorum
            replicas: 2 # <--
      `,
    },
    {
      title: 'A fourth member that helps nobody, and two sentinels',
      bad: yaml`
        stores:
          locks:
            engine: zookeeper
            replicas: 4 # <--
          orders-db:
            engine: mongodb@7
            replicas: 2
            voters: 2 # <--
        queues:
          order-events:
            engine: kafka@4
            replicas: 3
            voters: 6 # <--
          invoices:
            engine: rabbitmq@4
            queueType: stream
            replicas: 4 # <--
        caches:
          carts:
            engine: redis@7
            voters: 2 # <--
      `,
    },
    {
      title: 'Whether an arbiter votes as well, and whether a majority is needed at all',
      unclear: yaml`
        stores:
          orders-db: { engine: mongodb@7, replicas: 2 } # ?
        queues:
          payments: { engine: rabbitmq@4, replicas: 2 } # ?
      `,
    },
    {
      title: 'Three of everything; or two copies and an arbiter',
      good: yaml`
        stores:
          settings: { engine: etcd@3.5, replicas: 3 }
          orders-db: { engine: mongodb@7, replicas: 2, voters: 3 }
          carts-db: { engine: mongodb@7, replicas: 3 }
        queues:
          payments: { engine: rabbitmq@4, replicas: 3 }
      `,
    },
    {
      title: 'A primary and its standby are no majority, nor are nodes of which others decide who leads',
      good: yaml`
        services:
          web: { replicas: 2 }
        stores:
          stock-db: { engine: postgres@16, replicas: 2 }
          search: { engine: opensearch@2, replicas: 2 }
          settings: { engine: consul }
        queues:
          order-events: { engine: kafka@4, replicas: 4 }
          mails: { engine: rabbitmq@3, queueType: classic, replicas: 2 }
          views: { engine: rabbitmq@4 }
        caches:
          prices: { engine: redis@7, replicas: 2 }
        externals:
          psp: {}
      `,
    },
  ],
})

interface Members {
  readonly n: number
  readonly at: Path
  /** The key that has to be stated before an even number means anything. */
  readonly ask?: string
}

/** Products in which whoever holds data votes. */
const voting: readonly (string | undefined)[] = ['etcd', 'consul', 'zookeeper', 'nats-jetstream']

/**
 * Members of which a majority must agree. Elasticsearch, Kafka and Sentinel keep them apart from the nodes that hold data, so only
 * stated voters count there.
 */
function membersOf(component: Component): Members | undefined {
  if (component.kind === 'service' || component.kind === 'external') return undefined
  const { voters, replicas, path } = component
  if (voters !== undefined) return { n: voters, at: [...path, 'voters'] }
  if (replicas === undefined) return undefined
  const { product } = engineOf(component)
  const members = { n: replicas, at: [...path, 'replicas'] }
  if (product === 'mongodb') return { ...members, ask: 'voters' }
  if (product === 'rabbitmq') {
    const type = component.kind === 'queue' ? component.queueType : 'classic'
    if (type === 'classic') return undefined
    return type === undefined ? { ...members, ask: 'queueType' } : members
  }
  return voting.includes(product) ? members : undefined
}
