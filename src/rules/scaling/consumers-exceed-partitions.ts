import { exceeds, stated, sum } from '../../analysis/estimate.ts'
import { indicesOf } from '../../analysis/indices.ts'
import type { Path } from '../../finding.ts'
import type { Consume, Model } from '../../manifest/model.ts'
import { list, number, plural } from '../../units.ts'
import { ask, defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'consumers-exceed-partitions',
  title: 'Some consumers can never get a partition',
  severity: 'warning',
  question: 'scaling',
  on: 'queue',
  options: noOptions,
  why: 'A partition has one consumer of a group at a time, so instances beyond the number of partitions sit idle. An autoscaler adds them all the same, sees the backlog grow on, and the page comes when there is nothing left to add.',
  formula: 'instances of a group at full scale <= partitions',
  fix: 'Add no more instances than there are partitions.',
  sources: [{ title: 'Apache Kafka documentation: Introduction to consumer groups', id: 'section 4.5' }],
  reads: ['queues.partitions', 'services.replicas', 'consumes.group', 'consumes.runtime', 'services.runtime'],

  appliesTo: ({ partitions, name }, { model }) => partitions !== undefined && groups(name, model).length > 0,

  *check({ name, path, partitions = 1 }, { model, facts }) {
    for (const members of groups(name, model)) {
      const max = sum(
        members.map(({ by }) => stated(by.replicas?.max, [...by.path, 'replicas', ...(by.replicas ? ['max'] : [])])),
      )
      const beyond = exceeds(max, partitions)
      // Instances that have other work as well are not idle.
      if (beyond === false || members.some(({ by }) => hasOtherWork(by.name, name, facts.graph, model))) continue
      if (beyond !== true) {
        yield* ask(beyond, `"${name}" has ${plural(partitions, 'partition')}`)
        continue
      }
      const names = list(members.map(({ by }) => `"${by.name}"`))
      const scales = members.some(({ by: { replicas } }) => replicas?.min !== replicas?.max)
      const idle = max.low - partitions
      yield {
        at: [...path, 'partitions'],
        message: `"${name}" has ${plural(partitions, 'partition')}, but ${names} ${members.length > 1 ? 'have' : 'has'} ${plural(max.low, 'instance')} at full scale, ${number(idle)} of which ${idle === 1 ? 'gets' : 'get'} nothing; expected at most ${number(partitions)}`,
        arithmetic: `idle = ${members.map(({ by }) => number(by.replicas?.max ?? 0)).join(' + ')} - ${number(partitions)} = ${number(idle)}`,
        fix: `Run at most ${plural(partitions, 'instance')} of ${names}, or have more partitions, which moves keys to others`,
        // A fixed number beyond the partitions may be a standby that is wanted.
        severity: scales ? 'warning' : 'info',
        evidence: members.map(({ by }): { label: string; at: Path } => ({
          label: plural(by.replicas?.max ?? 0, 'instance'),
          at: [...by.path, 'replicas'],
        })),
        journeys: facts.journeys.through(name, 'sure'),
      }
    }
  },

  examples: [
    {
      title: 'The autoscaler adds twelve instances that get nothing, and two services share six partitions',
      bad: yaml`
        services:
          invoices: { replicas: { min: 4, max: 24 }, consumes: [{ from: order-events, group: invoices }] }
          audit: { replicas: { min: 2, max: 12 }, consumes: [{ from: order-events, group: audit }] }
          points: { replicas: { min: 2, max: 4 }, consumes: [{ from: stock-events, group: stock }] }
          stock: { replicas: 3, consumes: [{ from: stock-events, group: stock }] }
        queues:
          order-events:
            partitions: 12 # <--
          stock-events:
            partitions: 6 # <--
      `,
    },
    {
      title: 'How many instances there are is not stated',
      unclear: yaml`
        services:
          invoices: # ?
            consumes: [{ from: order-events }]
        queues:
          order-events: { partitions: 12 }
      `,
    },
    {
      title: 'As many as partitions, in each group; functions; and instances that answer requests as well',
      good: yaml`
        journeys:
          report: { entry: reports }
        services:
          invoices: { replicas: { min: 4, max: 12 }, consumes: [{ from: order-events, group: invoices }] }
          audit: { replicas: { min: 2, max: 12 }, consumes: [{ from: order-events, group: audit }] }
          search-index: { replicas: 7, consumes: [{ from: order-events }] }
          points: { replicas: 7, consumes: [{ from: order-events }] }
          web: { calls: [{ to: orders }] }
          orders: { replicas: { min: 4, max: 24 }, consumes: [{ from: order-events, group: orders }] }
          reports: { replicas: { min: 4, max: 24 }, consumes: [{ from: order-events, group: reports }] }
          gateway: { public: true, consumes: [{ from: order-events, group: gateway }] }
          mailer:
            replicas: { min: 4, max: 24 }
            consumes: [{ from: order-events, group: mailer }, { from: mails }]
          resize: { runtime: serverless, consumes: [{ from: images }] }
          thumbnails: { consumes: [{ from: images, runtime: lambda }] }
        queues:
          order-events: { partitions: 12 }
          mails: {}
          images: { partitions: 2 }
      `,
    },
  ],
})

/** Consumers that share the partitions between them; one whose group is not stated may be alone in its own. */
function groups(queue: string, model: Model): Consume[][] {
  const members = indicesOf(model)
    .consumesFrom(queue)
    .filter(({ runtime, by }) => runtime !== 'lambda' && by.runtime !== 'serverless')
  const byGroup = new Map<string | Consume, Consume[]>()
  for (const member of members) {
    const key = member.group ?? member
    byGroup.set(key, [...(byGroup.get(key) ?? []), member])
  }
  return [...byGroup.values()]
}

function hasOtherWork(
  service: string,
  queue: string,
  graph: { in: ReadonlyMap<string, readonly { from: { name: string } }[]> },
  model: Model,
): boolean {
  const isEntry = indicesOf(model).journeysEntering(service).length > 0
  const others = (graph.in.get(service) ?? []).some(({ from }) => from.name !== queue)
  return others || isEntry || model.services.get(service)?.public === true
}
