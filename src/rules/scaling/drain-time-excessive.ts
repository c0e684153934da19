import type { Drain } from '../../analysis/drain.ts'
import { exceeds, quotient } from '../../analysis/estimate.ts'
import { groupsOf } from '../../analysis/queue-flow.ts'
import type { Queue } from '../../manifest/model.ts'
import { duration, list, number, rate, roundUp } from '../../units.ts'
import { ask, defineRule, numberOption, optionMap, yaml } from '../define.ts'

const options = optionMap({
  times: numberOption(4, 'How many times as long as the outage catching up may take.', { least: 1 }),
  minutes: numberOption(60, 'Minutes of the outage that is looked at.', { least: 1 }),
})

export default defineRule({
  id: 'drain-time-excessive',
  title: 'After an outage the consumers need too long to catch up',
  severity: 'warning',
  question: 'scaling',
  on: 'queue',
  options,
  why: 'While consumers catch up, messages keep arriving, and only what is left of their time goes into the backlog. At a utilisation of 0.9 an hour without consumers costs nine more hours in which everything is late, and the next fault comes on top.',
  formula: 'T_drain = lambda T_out / (mu - lambda) = T_out rho / (1 - rho)',
  fix: 'Keep the utilisation of the consumers at full scale below 0.8, or agree that messages may wait (`freshness`).',
  sources: [
    { title: 'Fluid model of a queue', id: 'dB/dt = λ - μ' },
    {
      title: 'AWS Well-Architected, Reliability: Fail fast and limit queues',
      id: 'REL05-BP04',
      revision: 'November 2024',
    },
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
    'calls.fallback',
    'calls.callsPerRequest',
    'calls.probability',
    'caches.hitRatio',
    'caches.onFailure',
    'publishes.serves',
    'stores.capacity',
    'caches.capacity',
    'externals.quota',
  ],
  impliedBy: ['queue-unstable'],

  // A message that may be as old as the outage is long is never too old: it is oldest when the consumers are back.
  appliesTo: (queue, { model, options: { minutes } }) =>
    !(typeof queue.freshness === 'number' && queue.freshness >= minutes * 60_000) && groupsOf(queue, model).length > 0,

  *check(queue, { facts, options: { times, minutes } }) {
    for (const drain of facts.drains(queue)) {
      const factor = quotient(drain.arrivals, drain.spare)
      // What is just at the limit must not fail for a slip in the last bit.
      const slow = exceeds(factor, times * (1 + 1e-9))
      if (slow === true) {
        yield {
          ...finding(queue, drain, minutes * 60_000, times),
          journeys: facts.journeys.through(queue.name, 'sure'),
        }
      } else if (slow !== false)
        yield* ask(slow, `catching up takes long when not much more is handled than arrives in "${queue.name}"`)
    }
  },

  examples: [
    {
      title: 'Workers that are busy nine tenths of their time',
      bad: yaml`
        services:
          invoices:
            replicas: 27
            consumes: [{ from: order-events, concurrency: 1, processing: { mean: 60ms } }]
          search-index:
            replicas: 20
            consumes: [{ from: product-events, concurrency: 1, processing: { mean: 60ms } }]
        queues:
          order-events: # <--
            load: 400/s
            freshness: 59m
          product-events: # <--
            load: 1000/s
      `,
    },
    {
      title: 'There are workers enough, but the database behind them carries little more than it does every day',
      bad: yaml`
        services:
          invoices:
            replicas: 50
            consumes: [{ from: order-events, concurrency: 1, processing: { mean: 60ms } }]
            calls: [{ to: invoices-db, callsPerRequest: 2, mustSucceed: true }]
        stores:
          invoices-db: { capacity: { rps: 900 } }
        queues:
          order-events: # <--
            load: 400/s
      `,
    },
    {
      title: 'How many arrive, how many are handled, or whether handling waits for a full database, is not stated',
      unclear: yaml`
        services:
          invoices:
            replicas: 50
            consumes:
              - { from: order-events, concurrency: 1, processing: { mean: 60ms } }
          search-index:
            replicas: 27
            consumes:
              - { from: product-events, concurrency: 1 } # ?
          stock:
            replicas: 50
            consumes: [{ from: stock-events, concurrency: 1, processing: { mean: 60ms } }]
            calls:
              - { to: stock-db } # ?
        stores:
          stock-db: { capacity: { rps: 450 } }
        queues:
          order-events: { load: 400/s }
          product-events: { load: 400/s }
          stock-events: { load: 400/s }
      `,
    },
    {
      title: 'Just at the limit; an hour is agreed; functions are as many as there are messages',
      good: yaml`
        services:
          invoices:
            replicas: 30
            consumes:
              - { from: order-events, concurrency: 1, processing: { mean: 60ms } }
              - { from: statement-events, concurrency: 1, processing: { mean: 60ms } }
          resize: { runtime: serverless, consumes: [{ from: images }] }
        queues:
          order-events: { load: 400/s }
          statement-events: { load: 490/s, freshness: 1h }
          images: { load: 400/s }
      `,
    },
    {
      title: 'What a message can do without holds nobody back, nor does a database that other requests need',
      good: yaml`
        journeys:
          pay: { entry: stock, load: 10/s }
        services:
          invoices:
            replicas: 50
            consumes: [{ from: order-events, concurrency: 1, processing: { mean: 60ms } }]
            calls:
              - { to: mailer, fallback: queued }
              - { to: invoices-db, mustSucceed: true }
              - { to: rates-cache, mustSucceed: true, probability: 10% }
          stock:
            replicas: 50
            consumes: [{ from: stock-events, concurrency: 1, processing: { mean: 60ms } }]
            calls: [{ to: stock-db, mustSucceed: true, serves: [pay] }]
        stores:
          invoices-db: { capacity: { rps: 500 } }
          stock-db: {}
        caches:
          rates-cache: { capacity: { rps: 60 } }
        externals:
          mailer: { quota: 410/s }
        queues:
          order-events: { load: 400/s }
          stock-events: { load: 400/s }
      `,
    },
  ],
})

function finding(queue: Queue, { group, arrivals, spare, bottleneck, after }: Drain, outage: number, times: number) {
  const [lambda, left, mu] = [arrivals.low, spare.high ?? 0, group.capacity.high ?? 0]
  const { backlog, drain } = after(outage)
  const names = list(group.members.map(({ consume }) => `"${consume.by.name}"`))
  const enough = lambda / times
  const never = left === 0
  const holds = bottleneck
    ? `"${bottleneck.component.name}" leaves ${rate(left)}`
    : `${names} ${group.members.length > 1 ? 'have' : 'has'} ${rate(left)} left`
  return {
    at: queue.path,
    message: never
      ? `"${queue.name}" never catches up after an outage: ${rate(lambda)} arrive and ${names} ${group.members.length > 1 ? 'handle' : 'handles'} at most ${rate(mu)}; expected to catch up in ${duration(times * outage)} after ${duration(outage)}`
      : `"${queue.name}" needs ${duration(drain.low)} to catch up after ${duration(outage)} without consumers, as ${holds} beside the ${rate(lambda)} that arrive; expected at most ${duration(times * outage)}`,
    arithmetic: [
      `mu = ${group.members.map(({ words }) => words()).join(' + ')} = ${rate(mu)}`,
      ...(bottleneck ? [limitText(bottleneck, left)] : []),
      `backlog = ${rate(lambda)} x ${duration(outage)} = ${number(Math.round(backlog.low))} messages`,
      ...(never ? [] : [`drain = ${number(Math.round(backlog.low))} / ${rate(left)} = ${duration(drain.low)}`]),
      ...(never ? [] : stale(queue, outage, lambda, left)),
    ].join('\n'),
    fix: bottleneck
      ? `Let "${bottleneck.component.name}" carry at least ${rate(roundUp(bottleneck.load.low + enough * bottleneck.perMessage.low))}; more consumers do not help`
      : `Handle at least ${rate(roundUp(lambda + enough))} at full scale instead of ${rate(mu)}, or agree that messages may be ${duration(outage)} old`,
    evidence: [
      ...group.members.map(({ consume, words }) => ({
        label: `${consume.name}: ${words()}`,
        at: consume.path,
      })),
      ...(bottleneck
        ? [{ label: `"${bottleneck.component.name}" carries ${rate(bottleneck.limit)}`, at: bottleneck.at }]
        : []),
    ],
  }
}

function limitText({ component, limit, load, perMessage }: NonNullable<Drain['bottleneck']>, left: number): string {
  return `left by ${component.name} = (${rate(limit)} - ${rate(load.low)}) / ${number(perMessage.low)} = ${rate(left)}`
}

/** How long messages are older than agreed: from when the first one is until the backlog is young enough again. */
function stale({ freshness }: Queue, outage: number, lambda: number, left: number): string[] {
  if (typeof freshness !== 'number') return []
  const late = (outage - freshness) * (1 + lambda / left)
  return [
    `older than ${duration(freshness)} for (${duration(outage)} - ${duration(freshness)}) x (1 + ${rate(lambda)} / ${rate(left)}) = ${duration(late)}`,
  ]
}
