import { exceeds, reaches, type Answer, type Estimate } from '../../analysis/estimate.ts'
import type { Facts } from '../../analysis/index.ts'
import { groupsOf, type ConsumerGroup } from '../../analysis/queue-flow.ts'
import { longestPeak } from '../../analysis/schedule.ts'
import type { Path } from '../../finding.ts'
import type { Queue } from '../../manifest/model.ts'
import { duration, list, number, plural, rate } from '../../units.ts'
import { ask, defineRule, noOptions, yaml } from '../define.ts'

const hour = 3_600_000

export default defineRule({
  id: 'queue-unstable',
  title: 'Messages arrive faster than they are handled',
  severity: 'error',
  question: 'scaling',
  on: 'queue',
  options: noOptions,
  why: 'A queue hides for a while that its consumers are too slow, and then answers everything late. At a steady load above what they handle it grows until messages expire or the disk is full; no retry and no patience helps.',
  formula: 'rho = lambda / mu >= 1, with mu = min(instances x concurrency, partitions) / processing time',
  fix: 'Handle more messages at once, or each of them faster.',
  sources: [
    { title: "Stability of a queue and Little's law", id: 'rho < 1; L = λW' },
    { title: 'Amazon Builders Library: Avoiding insurmountable queue backlogs' },
  ],
  reads: [
    'queues.load',
    'queues.partitions',
    'queues.ordering',
    'queues.engine',
    'queues.freshness',
    'consumes.group',
    'consumes.concurrency',
    'consumes.processing',
    'consumes.keyParallel',
    'consumes.runtime',
    'services.replicas',
    'services.runtime',
    'journeys.load',
    'calls.serves',
    'publishes.serves',
  ],
  impliedBy: ['partitions-cap-throughput'],

  appliesTo: (queue, { model }) => groupsOf(queue, model).length > 0,

  *check(queue, { model, facts }) {
    const steady = facts.load.at(queue.name, 'steady')
    const peak = facts.load.at(queue.name, 'peak')
    for (const group of groupsOf(queue, model)) {
      const always = reaches(steady, group.capacity)
      const atPeak = always === true ? true : exceeds(peak, group.capacity)
      if (always === true) yield grows(queue, group, steady.low, facts)
      else if (atPeak === true) yield* peakOutcome(queue, group, steady, peak, facts)
      else
        yield* ask(
          always === false ? missingOf(atPeak) : always,
          'the backlog grows when messages arrive faster than they are handled',
        )
    }
  },

  examples: [
    {
      title: '400 messages a second for twenty workers that need 60ms each',
      bad: yaml`
        services:
          invoices:
            replicas: 20
            consumes: [{ from: order-events, concurrency: 1, processing: { mean: 60ms } }]
        queues:
          order-events: { load: 400/s } # <--
      `,
    },
    {
      title:
        'Order is kept in each of the partitions, so more instances than those do not help; one group of two is too slow',
      bad: yaml`
        services:
          invoices:
            replicas: 30
            consumes: [{ from: order-events, group: invoices, concurrency: 2, processing: { mean: 50ms } }]
          search-index:
            replicas: 4
            consumes: [{ from: order-events, group: search, concurrency: 20, keyParallel: 10, processing: { mean: 50ms } }]
        queues:
          order-events: { engine: kafka@4, ordering: perKey, partitions: 12, load: 240/s } # <--
      `,
    },
    {
      title: 'At lunch more orders come than the workers handle, and the backlog is older than agreed',
      bad: yaml`
        journeys:
          checkout: { entry: orders, load: { steady: 50/s, peak: 400/s, peakWindow: 11:30-13:30 } }
          reorder: { entry: reorders, load: { steady: 50/s, peak: 400/s } }
        services:
          orders: { publishes: [{ to: order-events }] }
          reorders: { publishes: [{ to: reorder-events }] }
          invoices:
            replicas: 20
            consumes:
              - { from: order-events, concurrency: 1, processing: { mean: 60ms } }
              - { from: reorder-events, concurrency: 1, processing: { mean: 60ms } }
        queues:
          order-events: { freshness: 20m } # <--
          reorder-events: {} # <--
      `,
    },
    {
      title: 'How many are handled, how many arrive, or how long a peak that may wait lasts, is not stated',
      unclear: yaml`
        journeys:
          checkout: { entry: orders, load: { steady: 100/s } } # ?
          reorder: { entry: reorders, load: { steady: 50/s, peak: 400/s } } # ?
        services:
          orders: { publishes: [{ to: order-events }] }
          reorders: { publishes: [{ to: reorder-events }] }
          invoices:
            replicas: 20
            consumes:
              - { from: order-events, concurrency: 1, processing: { mean: 60ms } }
              - { from: reorder-events, concurrency: 1, processing: { mean: 60ms } }
              - { from: stock-events, concurrency: 1 } # ?
              - { from: price-events, concurrency: 1, processing: { mean: 60ms } } # ?
          audit:
            replicas: 20
            consumes:
              - { from: price-events, concurrency: 1, processing: { mean: 60ms } } # ?
          search-index:
            replicas: 2
            consumes: [{ from: clicks, concurrency: 8, processing: { mean: 50ms } }]
        queues:
          order-events: {}
          reorder-events: { freshness: 30m }
          stock-events: { load: 10/s }
          price-events: { load: 400/s, engine: kafka@4 }
          clicks: { load: 200/s, partitions: 4 } # ?
      `,
    },
    {
      title: 'The peak is meant to wait in the queue, and is handled in time',
      good: yaml`
        journeys:
          checkout: { entry: orders, load: { steady: 50/s, peak: 400/s, peakWindow: 11:30-13:30 } }
        services:
          orders: { publishes: [{ to: order-events }] }
          invoices:
            replicas: 20
            consumes: [{ from: order-events, concurrency: 1, processing: { mean: 60ms } }]
        queues:
          order-events: { freshness: 30m }
      `,
    },
    {
      title:
        'Two services share one queue; no order is kept, so an instance handles many messages of a partition at once',
      good: yaml`
        services:
          invoices:
            replicas: 20
            consumes:
              - { from: order-events, concurrency: 1, processing: { mean: 60ms } }
              - { from: clicks, group: invoices, concurrency: 4, processing: { mean: 60ms } }
          audit:
            replicas: 20
            consumes: [{ from: order-events, concurrency: 1, processing: { mean: 60ms } }]
        queues:
          order-events: { load: 400/s, engine: sqs }
          clicks: { load: 200/s, partitions: 6, ordering: none, engine: kafka@4 }
      `,
    },
    {
      title: 'Functions are as many as there are messages',
      good: yaml`
        services:
          resize:
            runtime: serverless
            consumes: [{ from: images }]
          thumbnails:
            consumes: [{ from: images, runtime: lambda }]
          archive: { replicas: 1, consumes: [{ from: images }] }
        queues: { images: { load: 400/s, engine: sqs }, unread: { load: 400/s } }
      `,
    },
  ],
})

const missingOf = (answer: Answer): readonly Path[] => (typeof answer === 'boolean' ? [] : answer)

/** Messages in whole numbers, as half a message is none. */
const messages = (count: number): string => plural(Math.round(count), 'message')

function common(queue: Queue, { members, capacity }: ConsumerGroup, arrivals: number, facts: Facts) {
  const most = capacity.high!
  const slots = members.reduce((sum, { workers }) => sum + workers.high!, 0)
  const bound = members.some(({ partitionBound }) => partitionBound)
  const faster = `Handle a message in less than ${duration((slots / arrivals) * 1000)} on average`
  return {
    at: queue.path,
    most,
    names: list(members.map(({ consume }) => `"${consume.by.name}"`)),
    arithmetic: [
      `mu = ${members.map(({ words }) => words()).join(' + ')} = ${rate(most)}`,
      `rho = ${rate(arrivals)} / ${rate(most)} = ${number(arrivals / most)}`,
    ].join('\n'),
    fix: bound
      ? `${faster}, handle several keys of a partition at once, or have at least ${number(Math.floor((queue.partitions! * arrivals) / most) + 1)} partitions, which moves keys to others`
      : `${faster}, or ${number(Math.ceil((slots * arrivals) / most / 0.8))} messages at once instead of ${number(slots)} for a utilisation of 0.8`,
    evidence: members.map(({ consume, words }) => ({ label: `${consume.name}: ${words()}`, at: consume.path })),
    journeys: facts.journeys.through(queue.name, 'sure'),
  }
}

function grows(queue: Queue, group: ConsumerGroup, arrivals: number, facts: Facts) {
  const { most, names, ...rest } = common(queue, group, arrivals, facts)
  const growth = arrivals - most
  return {
    ...rest,
    message: `"${queue.name}" receives ${rate(arrivals)} at steady load, but ${names} handles at most ${rate(most)}: ${growth > 0 ? `the backlog grows by ${messages((growth * hour) / 1000)} an hour without end` : 'what once waits is never caught up with'}; expected less to arrive than is handled`,
  }
}

function* peakOutcome(queue: Queue, group: ConsumerGroup, steady: Estimate, peak: Estimate, facts: Facts) {
  const { most, names, ...rest } = common(queue, group, peak.low, facts)
  const growth = peak.low - most
  const lasts = longestPeak(rest.journeys)
  if (typeof queue.freshness === 'number') {
    if (lasts === undefined)
      return yield* ask(
        rest.journeys.map(({ path }) => [...path, 'load', 'peakWindow']),
        `the backlog grows by ${rate(growth)} as long as the peak lasts`,
      )
    // The last message of the peak waits until what came before it is handled.
    if ((growth / most) * lasts <= queue.freshness) return
  }
  const time = lasts ?? hour
  const backlog = (growth * time) / 1000
  const spare = most - steady.low
  yield {
    ...rest,
    severity: 'warning' as const,
    message: `"${queue.name}" receives ${rate(peak.low)} at its peak, but ${names} handles at most ${rate(most)}: ${lasts === undefined ? 'each hour' : duration(lasts)} of peak leaves ${messages(backlog)} waiting; expected less to arrive than is handled, or a delay that is agreed`,
    arithmetic: [
      rest.arithmetic,
      `backlog = (${rate(peak.low)} - ${rate(most)}) x ${duration(time)} = ${messages(backlog)}, the last of which waits ${duration((backlog / most) * 1000)}`,
      `cleared after ${number(Math.round(backlog))} / (${rate(most)} - ${rate(steady.low)}) = ${duration((backlog / spare) * 1000)} at steady load`,
    ].join('\n'),
  }
}
