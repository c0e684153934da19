import { consumersOf } from '../../analysis/queue-flow.ts'
import { signalFor, type Watched } from '../../analysis/watching.ts'
import type { Path } from '../../finding.ts'
import type { Alert, Model, Queue } from '../../manifest/model.ts'
import { duration, number, rate } from '../../units.ts'
import { defineRule, noOptions, yaml } from '../define.ts'
import { indicesOf } from '../../analysis/indices.ts'

export default defineRule({
  id: 'queue-unwatched',
  title: 'Nobody is told when a queue falls behind, or of what it put aside',
  severity: 'warning',
  question: 'instrumentation',
  on: 'queue',
  options: noOptions,
  why: 'Whoever publishes gets an answer at once, so nothing looks broken when the consumers stop. The age of the oldest message is what users wait for; a dead-letter queue that nobody looks into is a loss with a receipt.',
  fix: 'Alert on the age of the oldest message, and on the first message in the dead-letter queue.',
  sources: [
    { title: 'Amazon SQS developer guide: Using dead-letter queues', id: 'alarms for any message' },
    { title: 'The Site Reliability Workbook', id: 'ch. 13 "Data Processing Pipelines", freshness' },
  ],
  reads: [
    'alerts',
    'alerts.signal',
    'alerts.on',
    'alerts.threshold',
    'queues.dlq',
    'queues.dlq.alert',
    'queues.freshness',
    'queues.dlq.to',
    'queues.lossTolerated',
    'consumes.processing',
    'consumes.concurrency',
    'services.replicas',
  ],

  appliesTo: ({ name, lossTolerated }, { model }) =>
    lossTolerated !== true && indicesOf(model).consumesFrom(name).length > 0,

  *check(queue, { model, facts }) {
    const { name, path, dlq } = queue
    const readers = consumersOf(queue, model).map(({ consume }) => consume.by.name)
    const age = signalFor([name, ...readers], ['queueAge', 'freshness'], model)
    const dead = typeof dlq === 'object' ? deadWatch(queue, dlq, model) : 'watched'
    for (const watch of [age, dead]) {
      if (typeof watch === 'object') return yield { unknown: watch.ask, because: `nothing else watches "${name}"` }
    }
    if (age === 'watched' && dead === 'watched') return
    const lesser = age === 'watched' ? undefined : lesserAlert(name, readers, model)
    const lacks = [
      ...(age === 'watched'
        ? []
        : [lesser ? `the age of its messages, only of ${lesser.what}` : 'the age of its messages']),
      ...(dead === 'watched' ? [] : ['what it puts aside']),
    ]
    yield {
      at: age === 'watched' ? [...path, 'dlq'] : path,
      message: `"${name}" has no alert on ${lacks.join(' and none on ')}; expected somebody to be told`,
      ...(lesser?.alert.signal === 'queueDepth' ? impliedAge(queue, lesser.alert, model) : {}),
      fix: [
        ...(age === 'watched' ? [] : [`Alert when the oldest message of "${name}" is older than ${agreed(queue)}`]),
        ...(dead === 'watched'
          ? []
          : [`${age === 'watched' ? 'Alert' : 'alert'} on the first message that is put aside`]),
      ].join(', and '),
      severity: lesser && dead === 'watched' ? 'info' : 'warning',
      evidence: lesser ? [{ label: `alert on ${lesser.what}`, at: lesser.alert.path }] : [],
      journeys: facts.journeys.through(name, 'sure'),
    }
  },

  examples: [
    {
      title: 'No alert on invoices, none on what was put aside, and one that counts messages',
      bad: yaml`
        services:
          invoices:
            replicas: 5
            consumes:
              - { from: order-events }
              - { from: stock-events }
              - { from: mails, concurrency: 1, processing: { mean: 100ms } }
        queues:
          order-events: # <--
            dlq: { to: order-events-dead, alert: false }
          stock-events:
            dlq: { to: stock-dead, alert: false } # <--
          mails: # <--
            dlq: { to: mails-dead, alert: true }
        alerts:
          stock-age: { signal: queueAge, on: stock-events }
          mails-depth: { signal: queueDepth, on: mails, threshold: 100000 }
          shop-cpu: { signal: resource, on: order-events }
      `,
    },
    {
      title: 'Nothing is said of alerts: one question, not one for each queue',
      unclear: yaml`
        services: # ?
          invoices: { consumes: [{ from: order-events }, { from: mails }] }
        queues:
          order-events: {}
          mails: { dlq: { alert: false } }
      `,
    },
    {
      title: 'There are alerts, but not what they watch; and a dead-letter queue of which nothing is said',
      unclear: yaml`
        services:
          invoices: { consumes: [{ from: order-events }, { from: stock-events }] }
        queues:
          order-events: {}
          stock-events:
            dlq: { to: stock-dead } # ?
        alerts:
          stock-age: { signal: queueAge, on: stock-events }
          orders: # ?
            on: order-events
      `,
    },
    {
      title: 'An alert whose object is not stated may be the one',
      unclear: yaml`
        services:
          invoices: { consumes: [{ from: order-events }] }
        queues:
          order-events: {}
        alerts:
          lag: # ?
            signal: queueAge
      `,
    },
    {
      title: 'Age or lag of the queue, or of its consumer; dead letters by flag or by alert; what may be lost',
      good: yaml`
        services:
          invoices: { consumes: [{ from: order-events }, { from: telemetry }] }
          mailer: { consumes: [{ from: mails }] }
          points: { consumes: [{ from: views }, { from: clicks }] }
        queues:
          order-events: { dlq: { to: order-events-dead } }
          mails: { dlq: { alert: true } }
          views: { dlq: none }
          clicks: { dlq: { to: clicks-dead, alert: false } }
          clicks-dead: {}
          telemetry: { lossTolerated: true, dlq: { alert: false } }
          order-events-dead: {}
        alerts:
          order-age: { signal: queueAge, on: order-events }
          order-dead: { signal: deadLetters, on: order-events-dead }
          mailer-lag: { signal: freshness, on: [mailer] }
          views-age: { signal: queueAge, on: [views, clicks] }
          clicks-dead-count: { signal: queueDepth, on: clicks-dead }
      `,
    },
  ],
})

type DeadLetters = Exclude<Queue['dlq'], 'none' | undefined>

/** By the flag of the queue, or by an alert on the queue or on where its dead letters go. */
function deadWatch({ name, path }: Queue, { alert, to }: DeadLetters, model: Model): Watched {
  if (alert === true) return 'watched'
  // Whatever waits in the dead-letter queue itself is one of its messages.
  const there = to === undefined ? 'unwatched' : signalFor([to], ['queueDepth', 'queueAge'], model)
  const watch = there === 'watched' ? there : signalFor(to === undefined ? [name] : [name, to], ['deadLetters'], model)
  if (watch === 'watched' || alert === false) return watch
  const at: Path = [...path, 'dlq', 'alert']
  return { ask: at }
}

/** An alert that notices some of it: how many messages wait, or whether anything is alive. */
function lesserAlert(
  name: string,
  readers: readonly string[],
  { alerts }: Model,
): { alert: Alert; what: string } | undefined {
  const watching = [...alerts.values()].filter(({ on = [] }) =>
    [on].flat().some(one => one === name || readers.includes(one)),
  )
  const depth = watching.find(({ signal, on = [] }) => signal === 'queueDepth' && [on].flat().includes(name))
  if (depth) return { alert: depth, what: 'their number' }
  const alive = watching.find(({ signal }) => signal === 'heartbeat')
  return alive && { alert: alive, what: 'a heartbeat' }
}

/** What a number of waiting messages means in time, when the consumers run as fast as they can. */
function impliedAge(queue: Queue, { threshold }: Alert, model: Model): { arithmetic?: string } {
  const depth = Number(threshold)
  const most = Math.max(0, ...consumersOf(queue, model).map(({ capacity }) => capacity.high ?? 0))
  if (!(depth > 0) || !(most > 0)) return {}
  return {
    arithmetic: `age at ${number(depth)} messages = ${number(depth)} / ${rate(most)} = ${duration((depth / most) * 1000)}`,
  }
}

const agreed = ({ freshness }: Queue): string =>
  typeof freshness === 'number' ? duration(freshness) : 'users may wait'
