import { exceeds, reaches } from '../../analysis/estimate.ts'
import { consumerCapacity } from '../../analysis/formulas/queues.ts'
import { indicesOf } from '../../analysis/indices.ts'
import { consumersOf } from '../../analysis/queue-flow.ts'
import type { Consume, Model } from '../../manifest/model.ts'
import { duration, number, plural, rate } from '../../units.ts'
import { ask, defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'partitions-cap-throughput',
  title: 'The partitions cannot carry the load, however many consumers there are',
  severity: 'error',
  question: 'scaling',
  on: 'queue',
  options: noOptions,
  why: 'Where order is kept, a partition has one message in work at a time. More consumers change nothing then, and more partitions are not free either: keys move to other partitions, and while both hold some of their messages the order is lost.',
  formula: 'mu_max = partitions x keys at once / processing time; lambda_peak <= mu_max',
  fix: 'Handle a message faster, handle several keys of a partition at once, or plan a move to more partitions.',
  sources: [
    { title: 'Apache Kafka documentation: Design, consumers and ordering of partitions', id: 'section 4.5' },
    { title: "Little's law", id: 'L = λW' },
  ],
  reads: [
    'queues.partitions',
    'queues.ordering',
    'queues.load',
    'queues.freshness',
    'consumes.processing',
    'consumes.keyParallel',
    'consumes.group',
    'journeys.load',
    'publishes.serves',
    'calls.serves',
  ],

  // Without order an instance handles as many messages of its partitions at once as it can.
  appliesTo: ({ partitions, ordering, name }, { model }) =>
    partitions !== undefined &&
    ordering !== 'none' &&
    indicesOf(model)
      .consumesFrom(name)
      .some(({ processing }) => processing?.mean !== undefined),

  *check(queue, { model, facts }) {
    const { name, path, partitions = 1, ordering } = queue
    const steady = facts.load.at(name, 'steady')
    const peak = facts.load.at(name, 'peak')
    // A wait that is agreed may carry a peak; how long it gets is for those who look at the consumers.
    const mayWait = typeof queue.freshness === 'number'
    for (const { consume } of consumersOf(queue, model)) {
      const mean = consume.processing?.mean
      if (mean === undefined || shares(consume, model)) continue
      const most = consumerCapacity(partitions * (consume.keyParallel ?? 1), mean)
      const always = reaches(steady, most)
      const over = always === true || mayWait ? always : exceeds(peak, most)
      if (over === false) continue
      if (over !== true) {
        if (ordering !== undefined) yield* ask(over, `the partitions of "${name}" carry at most ${rate(most)} in order`)
        continue
      }
      if (ordering === undefined)
        return yield { unknown: [...path, 'ordering'], because: `in order, its partitions carry at most ${rate(most)}` }
      const [arrive, when] = always === true ? [steady.low, 'at steady load'] : [peak.low, 'at its peak']
      const keys = consume.keyParallel ?? 1
      const slots = `${plural(partitions, 'partition')}${keys > 1 ? ` x ${plural(keys, 'key')} at once` : ''}`
      const needed = Math.floor((arrive * mean) / 1000 / keys) + 1
      yield {
        at: [...path, 'partitions'],
        message: `"${name}" receives ${rate(arrive)} ${when}, but its ${plural(partitions, 'partition')} carry at most ${rate(most)} in order, however many consumers "${consume.by.name}" has; expected more than arrive`,
        arithmetic: `mu_max = ${slots} / ${duration(mean)} = ${rate(most)} ${arrive > most ? '<' : '<='} ${rate(arrive)}`,
        fix: `Handle a message in less than ${duration(((partitions * keys) / arrive) * 1000)} on average, handle ${number(Math.floor((arrive * mean) / 1000 / partitions) + 1)} keys of a partition at once, or have at least ${number(needed)} partitions, which moves keys to others and breaks their order once`,
        evidence: [
          { label: `${duration(mean)} for a message`, at: [...consume.path, 'processing', 'mean'] },
          { label: `order: ${ordering}`, at: [...path, 'ordering'] },
        ],
        journeys: facts.journeys.through(name, 'sure'),
      }
    }
  },

  examples: [
    {
      title: 'Twelve partitions, 50ms for a message, and 400 messages a second',
      bad: yaml`
        journeys:
          checkout: { entry: orders, load: { steady: 50/s, peak: 400/s } }
        services:
          orders: { publishes: [{ to: order-events }] }
          invoices: { consumes: [{ from: order-events, group: invoices, processing: { mean: 50ms } }] }
          search-index: { consumes: [{ from: product-events, keyParallel: 2, processing: { mean: 50ms } }] }
        queues:
          order-events:
            ordering: perKey
            partitions: 12 # <--
          product-events:
            load: 480/s
            freshness: 1h
            ordering: perKey
            partitions: 12 # <--
      `,
    },
    {
      title: 'Whether order is kept, or how much arrives, is not stated',
      unclear: yaml`
        journeys:
          checkout: # ?
            entry: orders
        services:
          orders: { publishes: [{ to: order-events }] }
          invoices: { consumes: [{ from: order-events, processing: { mean: 50ms } }] }
          search-index: { consumes: [{ from: product-events, processing: { mean: 50ms } }] }
          stock: { consumes: [{ from: stock-events, processing: { mean: 50ms } }] }
          returns: { publishes: [{ to: stock-events }] }
        queues:
          order-events: { ordering: perKey, partitions: 12, freshness: 1h }
          stock-events: { partitions: 12 }
          product-events: # ?
            load: 400/s
            partitions: 12
      `,
    },
    {
      title: 'A peak that may wait, several keys at once, no order, and two services that share the work',
      good: yaml`
        journeys:
          checkout: { entry: orders, load: { steady: 50/s, peak: 400/s } }
        services:
          orders: { publishes: [{ to: order-events }, { to: stock-events }] }
          invoices:
            consumes:
              - { from: order-events, processing: { mean: 50ms } }
              - { from: stock-events, keyParallel: 2, processing: { mean: 50ms } }
              - { from: clicks, processing: { mean: 50ms } }
              - { from: views, processing: { mean: 50ms } }
              - { from: refunds, group: returns, processing: { mean: 50ms } }
              - { from: mails }
          returns: { consumes: [{ from: refunds, group: returns, processing: { mean: 10ms } }] }
        queues:
          order-events: { ordering: perKey, partitions: 12, freshness: 30m }
          stock-events: { ordering: perKey, partitions: 12 }
          clicks: { load: 400/s, ordering: none, partitions: 12 }
          views: { load: 400/s, ordering: perKey }
          refunds: { load: 400/s, ordering: perKey, partitions: 12 }
          mails: { load: 400/s, ordering: perKey, partitions: 12 }
      `,
    },
  ],
})

/** What another service of the group takes, this one need not carry; consumers without a group may be one. */
const shares = (consume: Consume, model: Model): boolean =>
  indicesOf(model)
    .consumesFrom(consume.from)
    .some(
      ({ group, path }) =>
        path !== consume.path && (group === consume.group || group === undefined || consume.group === undefined),
    )
