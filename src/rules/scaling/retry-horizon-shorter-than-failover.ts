import { engineOf } from '../../analysis/engine.ts'
import type { Edge } from '../../analysis/graph.ts'
import type { Path } from '../../finding.ts'
import type { Consume, Queue } from '../../manifest/model.ts'
import { duration, number, plural, rate } from '../../units.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'retry-horizon-shorter-than-failover',
  title: 'An ordinary failover puts every message aside',
  severity: 'warning',
  question: 'scaling',
  on: 'consume',
  options: noOptions,
  why: 'While a database fails over, every message fails, comes back after the visibility timeout and fails again. When its deliveries are used up before the database is back, the whole stream ends in the dead-letter queue, and somebody has to sort good messages from bad.',
  formula: 'horizon = deliveries x visibility timeout >= T_failover of what handling needs',
  fix: 'Allow more deliveries, wait longer between them, or stop consuming while a dependency is down.',
  sources: [
    { title: 'Amazon SQS developer guide: Using dead-letter queues', id: 'maxReceiveCount' },
    { title: 'Amazon SQS developer guide: Amazon SQS visibility timeout' },
  ],
  reads: [
    'queues.engine',
    'queues.visibilityTimeout',
    'queues.dlq',
    'queues.dlq.maxReceive',
    'queues.load',
    'consumes.pausesOnDependencyFailure',
    'calls.fallback',
    'calls.optional',
    'calls.mustSucceed',
    'calls.serves',
    'caches.onFailure',
    'caches.staleOnError',
    'stores.failover',
    'caches.failover',
    'journeys.load',
  ],

  appliesTo: (consume, { facts }) => {
    const { source, by, pausesOnDependencyFailure } = consume
    return (
      source !== undefined &&
      pausesOnDependencyFailure !== true &&
      horizonOf(source) !== undefined &&
      (facts.graph.out.get(by.name) ?? []).some(edge => needOf(edge) !== undefined)
    )
  },

  *check(consume, { facts }) {
    const { source: queue, by, path } = consume
    const horizon = queue && horizonOf(queue)
    if (!queue || !horizon) return
    const through = facts.journeys.through(queue.name)
    const slow = (facts.graph.out.get(by.name) ?? [])
      .flatMap(edge => needOf(edge) ?? [])
      .filter(({ time }) => time > horizon.time)
      .filter(({ edge: { serves } }) => serves === undefined || through.some(({ name }) => serves.includes(name)))
      .sort((a, b) => b.time - a.time)
    // The slowest that handling surely needs; what it may do without is asked for where nothing else is surely too slow.
    const worst = slow.find(({ edge }) => edge.hard === 'yes') ?? slow[0]
    if (!worst) return
    const because = `"${worst.edge.to.name}" fails over in ${duration(worst.time)}, and messages are put aside after ${duration(horizon.time)}`
    if (worst.edge.hard !== 'yes') return yield { unknown: worst.edge.hardness, because }
    // A service that others use, or that reads other queues, may take other calls for them.
    const only = by.consumes.length === 1
    if (worst.edge.serves === undefined && (!only || facts.graph.in.get(by.name)?.length !== 1))
      return yield { unknown: [...worst.edge.path, 'serves'], because }
    if (consume.pausesOnDependencyFailure === undefined)
      return yield { unknown: [...path, 'pausesOnDependencyFailure'], because }
    const arrivals = facts.load.at(queue.name, 'steady').low
    yield finding(consume, queue, horizon, worst, arrivals)
  },

  examples: [
    {
      title: 'Three deliveries of half a minute, and a database that needs two minutes',
      bad: yaml`
        services:
          invoices:
            consumes: [{ from: order-events, pausesOnDependencyFailure: false }]
            calls: [{ to: invoices-db, fallback: none }, { to: stock-db, fallback: none }]
        stores:
          invoices-db: { failover: { mode: automatic, time: 100s, detection: 15s, reconnect: 5s } }
          stock-db: { failover: { mode: automatic, time: 91s } }
        queues:
          order-events:
            engine: sqs
            load: 50/s
            visibilityTimeout: 30s
            dlq:
              maxReceive: 3 # <--
      `,
    },
    {
      title: 'Whether consumption stops, whether handling needs it, or which messages do, is not stated',
      unclear: yaml`
        services:
          invoices:
            consumes:
              - { from: order-events } # ?
            calls: [{ to: invoices-db, fallback: none }]
          points:
            consumes: [{ from: order-events, pausesOnDependencyFailure: false }]
            calls:
              - { to: invoices-db } # ?
          audit:
            consumes: [{ from: order-events, pausesOnDependencyFailure: false }, { from: mails }]
            calls:
              - { to: invoices-db, fallback: none } # ?
        stores:
          invoices-db: { failover: { mode: automatic, time: 120s } }
        queues:
          order-events: { engine: sqs-fifo, visibilityTimeout: 30s, dlq: { maxReceive: 3 } }
          mails: {}
      `,
    },
    {
      title: 'Long enough, paused, not needed, or a broker that counts otherwise',
      good: yaml`
        journeys:
          report: { entry: reports }
        services:
          invoices:
            consumes: [{ from: order-events, pausesOnDependencyFailure: false }]
            calls: [{ to: invoices-db, fallback: none }]
          points:
            consumes: [{ from: stock-events, pausesOnDependencyFailure: true }]
            calls: [{ to: invoices-db, fallback: none }]
          audit:
            consumes: [{ from: stock-events, pausesOnDependencyFailure: false }]
            calls: [{ to: invoices-db, fallback: queued }]
          reports:
            consumes: [{ from: stock-events, pausesOnDependencyFailure: false }]
            calls: [{ to: invoices-db, fallback: none, serves: [report] }]
          search-index:
            consumes: [{ from: clicks, pausesOnDependencyFailure: false }]
            calls: [{ to: invoices-db, fallback: none }]
        stores:
          invoices-db: { failover: { mode: automatic, time: 120s } }
        queues:
          order-events: { engine: sqs, visibilityTimeout: 30s, dlq: { maxReceive: 4 } }
          stock-events: { engine: sqs, visibilityTimeout: 30s, dlq: { maxReceive: 3 } }
          clicks: { engine: rabbitmq@4, visibilityTimeout: 30s, dlq: { maxReceive: 3 } }
      `,
    },
  ],
})

interface Horizon {
  readonly times: number
  readonly visible: number
  readonly time: number
}

/** How long deliveries last until a message is put aside. Other brokers deliver again at once, or as their clients say. */
function horizonOf(queue: Queue): Horizon | undefined {
  const times = typeof queue.dlq === 'object' ? queue.dlq.maxReceive : undefined
  const visible = queue.visibilityTimeout
  if (!['sqs', 'sqs-fifo'].includes(engineOf(queue).product ?? '') || times === undefined || visible === undefined)
    return undefined
  return { times, visible, time: times * visible }
}

interface Need {
  readonly edge: Edge
  readonly time: number
  readonly at: Path
}

/** From the loss until clients are connected again, as far as it is stated. */
function needOf(edge: Edge): Need | undefined {
  const { to, kind, hard } = edge
  if (kind !== 'call' || hard === 'no' || (to.kind !== 'store' && to.kind !== 'cache')) return undefined
  const { failover } = to
  if (failover === undefined || failover === 'none' || failover.time === undefined) return undefined
  const { detection = 0, time, reconnect = 0 } = failover
  return { edge, time: detection + time + reconnect, at: [...to.path, 'failover'] }
}

function finding(consume: Consume, queue: Queue, horizon: Horizon, { edge, time, at }: Need, arrivals: number) {
  const deliveries = Math.ceil(time / horizon.visible)
  const lost = Math.round((arrivals * (time - horizon.time)) / 1000)
  return {
    at: [...queue.path, 'dlq', 'maxReceive'],
    message: `"${queue.name}" puts a message aside after ${duration(horizon.time)} of failures, but "${edge.to.name}", which "${consume.by.name}" needs, fails over in ${duration(time)}; expected to try for longer than that`,
    arithmetic: [
      `horizon = ${number(horizon.times)} x ${duration(horizon.visible)} = ${duration(horizon.time)} < ${duration(time)}`,
      ...(lost > 0
        ? [
            `put aside = ${rate(arrivals)} x (${duration(time)} - ${duration(horizon.time)}) = ${plural(lost, 'message')}`,
          ]
        : []),
    ].join('\n'),
    fix: `Allow at least ${plural(deliveries, 'delivery', 'deliveries')}, or stop consuming while "${edge.to.name}" is down`,
    evidence: [
      { label: `fails over in ${duration(time)}`, at },
      { label: `visible again after ${duration(horizon.visible)}`, at: [...queue.path, 'visibilityTimeout'] },
    ],
    about: consume.path,
  }
}
