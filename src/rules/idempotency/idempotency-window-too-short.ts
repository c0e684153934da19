import { redelivers } from '../../analysis/access.ts'
import type { Facts } from '../../analysis/index.ts'
import { longestOf } from '../../analysis/longest.ts'
import { isWorker } from '../../analysis/together.ts'
import type { Path } from '../../finding.ts'
import type { Call, Model, Queue } from '../../manifest/model.ts'
import { duration, number } from '../../units.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'idempotency-window-too-short',
  title: 'The key is forgotten before the last repeat can come',
  severity: 'warning',
  question: 'idempotency',
  on: 'call',
  options: noOptions,
  why: 'A key protects as long as the callee remembers it. A message that comes back from the dead-letter queue after three days meets a callee that forgot the key after one, and the card is charged again. Everything was done right, on paper.',
  formula: 'time to live of the key >= longest time from the first attempt to the last',
  fix: 'Let the callee remember keys for longer than the last repeat takes, or for ever, as a unique constraint does.',
  sources: [
    { title: 'Stripe API reference: Idempotent requests', revision: '2026-07' },
    { title: 'Amazon SQS developer guide: Dead-letter queue redrive' },
  ],
  reads: [
    'calls.idempotencyKey.ttl',
    'calls.idempotencyKey',
    'calls.mutates',
    'calls.timeout',
    'calls.retries',
    'queues.dlq.redrive',
    'queues.dlq.retention',
    'queues.dlq.maxReceive',
    'queues.visibilityTimeout',
    'queues.toleratedOutage',
    'queues.retention',
    'queues.delivery',
    'queues.engine',
  ],

  appliesTo: (call, { facts, model }) => {
    const { ttl } = keyOf(call) ?? { ttl: 'none' }
    return (
      ttl !== 'none' && call.mutates !== false && (ttl !== undefined || queuesBefore(call, model, facts).length > 0)
    )
  },

  *check(call, { facts, model }) {
    const { ttl } = keyOf(call) as { ttl?: number }
    const at: Path = [...call.path, 'idempotencyKey', 'ttl']
    const queues = queuesBefore(call, model, facts)
    const last = [...queues.flatMap(repeatsOf), ownRepeats(call)].reduce((a, b) => (b.after > a.after ? b : a))
    if (ttl === undefined) {
      if (last.after > 0) yield { unknown: at, because: `${last.is} up to ${duration(last.after)} later` }
      return
    }
    if (last.after > ttl) {
      const doubtful = queues.find(queue => queue.path === last.of && redelivers(queue) === undefined)
      if (doubtful) return yield { unknown: [...doubtful.path, 'delivery'], because: `keys live for ${duration(ttl)}` }
      if (call.mutates === undefined)
        return yield { unknown: [...call.path, 'mutates'], because: `${last.is} when the key is forgotten` }
      const edge = facts.journeys.edgeOf(call)
      return yield {
        at,
        message: `"${call.name}" sends a key that is remembered for ${duration(ttl)}, but ${last.is} up to ${duration(last.after)} later; expected a key that lives longer`,
        arithmetic: `${last.arithmetic} > ${duration(ttl)}`,
        fix: `Let "${call.to}" remember the key for more than ${duration(last.after)}, or for ever`,
        evidence: last.evidence,
        journeys: edge ? facts.journeys.taking(edge, 'sure') : [],
      }
    }
    for (const queue of queues) {
      const missing = undecided(queue, ttl)
      if (missing) return yield { unknown: [...queue.path, ...missing], because: `keys live for ${duration(ttl)}` }
    }
  },

  examples: [
    {
      title: 'The provider forgets keys after a day, and the dead-letter queue is sent again after three',
      bad: yaml`
        services:
          payments:
            consumes: [{ from: order-events, idempotent: true }]
            calls:
              - to: psp
                mutates: true
                idempotencyKey: { header: Idempotency-Key, ttl: 24h } # <--
        queues:
          order-events: { engine: sqs, dlq: { redrive: true, retention: 3d } }
        externals: { psp: {} }
      `,
    },
    {
      title: 'Consumers may be down for a week, five deliveries take an hour, and retries outlive the key',
      bad: yaml`
        services:
          billing:
            consumes: [{ from: order-events }]
            calls: [{ to: psp, mutates: true, idempotencyKey: { ttl: 1d } }] # <--
          refunds:
            consumes: [{ from: refund-events }]
            calls: [{ to: psp, mutates: true, idempotencyKey: { ttl: 30m } }] # <--
          points:
            calls: [{ to: psp, mutates: true, timeout: 30s, retries: 2, idempotencyKey: { ttl: 1m } }] # <--
        queues:
          order-events: { engine: kafka@4, retention: 14d, toleratedOutage: 7d }
          refund-events: { engine: sqs, visibilityTimeout: 12m, dlq: { maxReceive: 5, redrive: false } }
        externals: { psp: {} }
      `,
    },
    {
      title: 'How long keys live, whether the dead are sent again, and how long consumers may be down',
      unclear: yaml`
        services:
          payments:
            consumes: [{ from: order-events }]
            calls: [{ to: psp, idempotencyKey: true }] # ?
          billing:
            consumes: [{ from: bills }, { from: invoices }]
            calls: [{ to: psp, mutates: true, idempotencyKey: { ttl: 1d } }]
          refunds:
            consumes: [{ from: refund-events }]
            calls: [{ to: psp, mutates: true, idempotencyKey: { ttl: 1d } }]
          points:
            consumes: [{ from: views }]
            calls: [{ to: psp, mutates: true, idempotencyKey: { ttl: 1d } }]
          gifts:
            consumes: [{ from: order-events }]
            calls: [{ to: psp, idempotencyKey: { ttl: 1d } }] # ?
          stock:
            consumes: [{ from: stock-events }]
            calls: [{ to: psp, mutates: true, idempotencyKey: { ttl: 1d } }]
        queues:
          order-events: { engine: kafka@4, toleratedOutage: 3d }
          bills: { engine: sqs, retention: 1d }
          invoices: { engine: sqs, dlq: { retention: 14d } } # ?
          refund-events: { engine: sqs, dlq: { redrive: true } } # ?
          views: { engine: kafka@4, retention: 7d } # ?
          stock-events: { toleratedOutage: 3d } # ?
        externals: { psp: {} }
      `,
    },
    {
      title: 'Keys that outlive every repeat, or that are never forgotten',
      good: yaml`
        journeys: { pay: { entry: gate } }
        services:
          payments:
            consumes: [{ from: order-events }]
            calls:
              - { to: psp, mutates: true, idempotencyKey: { ttl: 30d } }
              - { to: ledger, mutates: true, idempotencyKey: { ttl: none } }
              - { to: ledger, mutates: true, idempotencyKey: natural }
              - { to: psp, mutates: false, idempotencyKey: { ttl: 1h } }
          gate:
            consumes: [{ from: order-events }]
            calls: [{ to: psp, mutates: true, idempotencyKey: { ttl: 1d } }, { to: psp, mutates: true, idempotencyKey: true }]
          ticker: { consumes: [{ from: ticks }], calls: [{ to: psp, mutates: true, idempotencyKey: { ttl: 1d } }] }
          mails: { consumes: [{ from: parcels }], calls: [{ to: psp, mutates: true, idempotencyKey: { ttl: 1d } }] }
        stores: { ledger: {} }
        queues:
          order-events: { engine: sqs, retention: 4d, toleratedOutage: 4d, dlq: { redrive: true, retention: 14d } }
          ticks: { delivery: atMostOnce, toleratedOutage: 7d }
          parcels: { engine: kafka@4, retention: 1d, dlq: { redrive: false, retention: 14d } }
        externals: { psp: {} }
      `,
    },
  ],
})

const keyOf = ({ idempotencyKey: key }: Call) => (typeof key === 'object' ? key : undefined)

/** Queues whose messages make the caller do all it does; where users call it too, nobody says who makes the call. */
const queuesBefore = ({ from }: Call, model: Model, { graph }: Facts): Queue[] =>
  from.kind === 'service' && isWorker(from, graph, model)
    ? from.consumes.flatMap(({ source }) => (source && redelivers(source) !== false ? [source] : []))
    : []

interface Repeat {
  readonly after: number
  readonly is: string
  readonly arithmetic: string
  readonly of?: Path
  readonly evidence: readonly { label: string; at: Path }[]
}

/** When a message may come again at the latest, for each reason that is stated. */
function repeatsOf({ name, path, dlq, visibilityTimeout, toleratedOutage }: Queue): Repeat[] {
  const repeat = (after: number, is: string, arithmetic: string, ...fact: string[]): Repeat => ({
    after,
    is: `"${name}" ${is}`,
    arithmetic,
    of: path,
    evidence: [{ label: arithmetic, at: [...path, ...fact] }],
  })
  const found: Repeat[] = []
  if (toleratedOutage !== undefined)
    found.push(
      repeat(
        toleratedOutage,
        'may deliver a message again after an outage of its consumers,',
        `tolerated outage = ${duration(toleratedOutage)}`,
        'toleratedOutage',
      ),
    )
  if (dlq === undefined || dlq === 'none') return found
  const { redrive, retention, maxReceive } = dlq
  if (redrive === true && retention !== undefined)
    found.push(
      repeat(
        retention,
        'may deliver a message again from the dead-letter queue,',
        `retention of the dead-letter queue = ${duration(retention)}`,
        'dlq',
        'retention',
      ),
    )
  if (maxReceive !== undefined && visibilityTimeout !== undefined)
    found.push(
      repeat(
        maxReceive * visibilityTimeout,
        `may deliver a message ${number(maxReceive)} times,`,
        `${number(maxReceive)} x ${duration(visibilityTimeout)} = ${duration(maxReceive * visibilityTimeout)}`,
        'visibilityTimeout',
      ),
    )
  return found
}

function ownRepeats(call: Call): Repeat {
  const longest = (call.retries?.max ?? 0) > 0 ? longestOf(call).low : 0
  const after = Number.isFinite(longest) ? longest : 0 // what nothing ends is a fault of its own
  return {
    after,
    is: 'its last retry ends',
    arithmetic: `longest time of the call = ${duration(after)}`,
    evidence: [{ label: 'retries', at: [...call.path, 'retries'] }],
  }
}

/** The fact of a queue that could still make a repeat outlive the key. */
function undecided({ dlq, retention, toleratedOutage }: Queue, ttl: number): Path | undefined {
  if (dlq !== undefined && dlq !== 'none' && (dlq.retention ?? Number.POSITIVE_INFINITY) > ttl) {
    if (dlq.redrive === undefined && dlq.retention !== undefined) return ['dlq', 'redrive']
    if (dlq.redrive === true) return ['dlq', 'retention']
  }
  return typeof retention === 'number' && retention > ttl && toleratedOutage === undefined
    ? ['toleratedOutage']
    : undefined
}
