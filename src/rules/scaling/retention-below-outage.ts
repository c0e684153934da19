import { keptFor } from '../../analysis/drain.ts'
import { exactly, exceeds, type Estimate } from '../../analysis/estimate.ts'
import type { Model, Queue } from '../../manifest/model.ts'
import { duration, number, rate, roundUp, size } from '../../units.ts'
import { ask, defineRule, numberOption, optionMap, yaml } from '../define.ts'

const hour = 3_600_000

const options = optionMap({
  pagedHours: numberOption(4, 'Outage to expect, in hours, where somebody is paged for the queue.', { least: 0 }),
  unpagedHours: numberOption(72, 'Outage to expect, in hours, where nobody is: a long weekend.', { least: 0 }),
})

export default defineRule({
  id: 'retention-below-outage',
  title: 'Messages expire before an outage that was planned for ends',
  severity: 'error',
  question: 'scaling',
  on: 'queue',
  options,
  why: 'A queue keeps messages for consumers that are down, but not for ever. What is older than the retention when they come back is gone without an error anywhere, and nobody can say what it was.',
  formula:
    'retention > T_outage, and for a limit by size: lambda x message size x T_outage < size. Messages are oldest at the restart, so the time to catch up does not count',
  fix: 'Keep messages for longer than the consumers may be down, from the fault until they run again.',
  sources: [
    { title: 'Apache Kafka documentation: Topic configuration', id: 'retention.ms, retention.bytes' },
    { title: 'Amazon SQS developer guide: Amazon SQS message quotas', id: 'message retention' },
  ],
  reads: [
    'queues.retention',
    'queues.retentionSize',
    'queues.messageSize',
    'queues.toleratedOutage',
    'queues.compacted',
    'queues.lossTolerated',
    'queues.load',
    'journeys.load',
    'publishes.serves',
    'calls.serves',
    'alerts.signal',
    'alerts.on',
    'alerts.severity',
  ],
  impliedBy: ['queue-unstable'],

  appliesTo: ({ lossTolerated, compacted, retention, retentionSize, toleratedOutage }) =>
    lossTolerated !== true &&
    compacted !== true &&
    [retention, retentionSize, toleratedOutage].some(fact => fact !== undefined && fact !== 'none'),

  *check(queue, { model, facts, options: { pagedHours, unpagedHours } }) {
    const arrivals = facts.load.at(queue.name, 'steady')
    const kept = keptFor(queue, arrivals)
    const outage = queue.toleratedOutage
    if (outage === undefined) {
      // How long is acceptable is for the owner to say; it is asked for where an ordinary answer would be too long.
      const expected = (isPaged(queue, model) ? pagedHours : unpagedHours) * hour
      if (exceeds(exactly(expected), kept) === true)
        yield {
          unknown: [...queue.path, 'toleratedOutage'],
          because: `what has waited for ${duration(kept.high ?? 0)} is gone`,
        }
      return
    }
    const lost = exceeds(exactly(outage), kept)
    if (lost === true)
      yield { ...finding(queue, outage, kept, arrivals), journeys: facts.journeys.through(queue.name, 'sure') }
    else if (lost !== false) yield* ask(lost, `consumers of "${queue.name}" may be down for ${duration(outage)}`)
  },

  examples: [
    {
      title: 'An hour in Kafka, and four hours until somebody has repaired the consumers',
      bad: yaml`
        queues:
          order-events:
            engine: kafka@4
            retention: 1h # <--
            toleratedOutage: 4h
      `,
    },
    {
      title: 'Days by the clock, but the disk is full before',
      bad: yaml`
        queues:
          clicks:
            engine: kafka@4
            load: 1000/s
            messageSize: 2kB
            retention: 7d
            retentionSize: 100GB # <--
            toleratedOutage: 1d
      `,
    },
    {
      title: 'How long messages are kept, how large they are, or how long consumers may be down, is not stated',
      unclear: yaml`
        queues:
          order-events: # ?
            toleratedOutage: 4h
          clicks: # ?
            load: 1000/s
            retention: 7d
            retentionSize: 100GB
            toleratedOutage: 1d
          mails: # ?
            retention: 1d
          returns: # ?
            retention: 3h
          refunds: # ?
            retention: 4h
        alerts:
          refunds-age: { signal: queueAge, on: refunds, severity: ticket }
          returns-age: { signal: queueAge, on: returns, severity: page }
      `,
    },
    {
      title: 'Messages stay for longer than a weekend, or than somebody who is paged needs',
      good: yaml`
        queues:
          order-events: { retention: 72h }
          invoices: { retention: 4h, toleratedOutage: 4h }
          returns: { retention: 4h }
          clicks: { retentionSize: 100GB }
          payments: { retention: none, toleratedOutage: 30d }
          stock-events: { load: 10/s, messageSize: 1kB, retention: 7d, retentionSize: 100GB, toleratedOutage: 3d }
        alerts:
          returns-age: { signal: queueAge, on: [invoices, returns], severity: page }
      `,
    },
    {
      title: 'The last value of each key is kept for ever; measurements may be lost',
      good: yaml`
        queues:
          prices: { compacted: true, retention: 1h, toleratedOutage: 4h }
          telemetry: { lossTolerated: true, retention: 1h, toleratedOutage: 4h }
          mails: {}
          audit: { retention: none }
      `,
    },
  ],
})

const isPaged = ({ name }: Queue, { alerts }: Model): boolean =>
  [...alerts.values()].some(({ on = [], severity }) => severity === 'page' && [on].flat().includes(name))

function finding(queue: Queue, outage: number, kept: Estimate, arrivals: Estimate) {
  const { name, path, retention, retentionSize = 0, messageSize = 0 } = queue
  const time = kept.high ?? 0
  const tolerated = [{ label: `consumers may be down for ${duration(outage)}`, at: [...path, 'toleratedOutage'] }]
  if (retention === time)
    return {
      at: [...path, 'retention'],
      message: `"${name}" keeps messages for ${duration(time)}, but its consumers may be down for ${duration(outage)}; expected to keep them for longer than that`,
      arithmetic: `oldest message at the restart = ${duration(outage)} > ${duration(time)}`,
      fix: `Raise the retention to more than ${duration(outage)}, or have the consumers running again within ${duration(time)}`,
      evidence: tolerated,
    }
  const needed = (arrivals.low * messageSize * outage) / 1000
  return {
    at: [...path, 'retentionSize'],
    message: `"${name}" has room for the messages of ${duration(time)}, but its consumers may be down for ${duration(outage)}; expected room for those of that time`,
    arithmetic: [
      `needed = ${rate(arrivals.low)} x ${size(messageSize)} x ${number(outage / 1000)}s = ${size(needed)} > ${size(retentionSize)}`,
      `full after ${size(retentionSize)} / (${rate(arrivals.low)} x ${size(messageSize)}) = ${duration(time)}`,
    ].join('\n'),
    fix: `Raise the size to at least ${size(roundUp(needed))}, or have the consumers running again within ${duration(time)}`,
    evidence: [...tolerated, { label: `messages of ${size(messageSize)}`, at: [...path, 'messageSize'] }],
  }
}
