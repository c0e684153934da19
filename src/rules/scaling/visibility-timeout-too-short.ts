import { engineOf } from '../../analysis/engine.ts'
import { between, exactly, product, reaches, stated, type Estimate } from '../../analysis/estimate.ts'
import { lambdaVisibility } from '../../analysis/formulas/queues.ts'
import type { Consume } from '../../manifest/model.ts'
import { duration, number, plural } from '../../units.ts'
import { ask, defineRule, noOptions, yaml } from '../define.ts'

/** Most messages that one SQS ReceiveMessage call returns. */
const mostReceived = 10

export default defineRule({
  id: 'visibility-timeout-too-short',
  title: 'A message comes back while it is still being handled',
  severity: 'warning',
  question: 'scaling',
  on: 'consume',
  options: noOptions,
  why: 'SQS shows a message to the next consumer when the visibility timeout ends, whether or not the first one is done. The work is done twice, the receive count climbs, and good messages end in the dead-letter queue, most of all when everything is slow already.',
  formula: 'V >= ceil(batch / concurrency) x p99; for a Lambda trigger V >= 6 x function timeout + batch window',
  fix: 'Raise the visibility timeout, take fewer messages at once, or extend it while the work goes on.',
  sources: [
    { title: 'Amazon SQS developer guide: Amazon SQS visibility timeout' },
    { title: 'AWS Lambda developer guide: Using Lambda with Amazon SQS, configuring a queue to use with Lambda' },
  ],
  reads: [
    'queues.visibilityTimeout',
    'queues.engine',
    'consumes.runtime',
    'consumes.functionTimeout',
    'consumes.batchWindow',
    'consumes.batchSize',
    'consumes.concurrency',
    'consumes.processing',
    'consumes.extendsVisibility',
    'services.runtime',
  ],

  appliesTo: ({ source, extendsVisibility }) =>
    source !== undefined && ['sqs', 'sqs-fifo'].includes(engineOf(source).product ?? '') && extendsVisibility !== true,

  *check(consume, { facts }) {
    const queue = consume.source!
    const at = [...queue.path, 'visibilityTimeout']
    const visible = queue.visibilityTimeout
    if (visible === undefined) return yield { unknown: at, because: `"${consume.by.name}" must be done by then` }
    const journeys = facts.journeys.through(queue.name, 'sure')
    const say = (need: Need) => ({
      at,
      message: `"${queue.name}" shows a message again after ${duration(visible)}, but "${consume.by.name}" ${need.takes}; expected at least ${duration(need.time)}`,
      arithmetic: `${need.formula} = ${duration(need.time)} > ${duration(visible)}`,
      fix: `Raise the visibility timeout of "${queue.name}" to at least ${duration(need.time)}${need.instead}`,
      severity: need.limit > visible ? ('error' as const) : ('warning' as const),
      evidence: need.evidence,
      journeys,
      about: consume.path,
    })

    if (consume.runtime === 'lambda') {
      // Nothing can extend it before the function has been called, which is what the margin is for.
      const { functionTimeout } = consume
      if (functionTimeout === undefined) return yield { unknown: [...consume.path, 'functionTimeout'] }
      const need = lambdaNeed(consume, functionTimeout)
      return yield* visible < need.time ? [say(need)] : []
    }
    const need = consumerNeed(consume)
    const enough = reaches(exactly(visible), need.estimate)
    const short = need.estimate.low > visible
    if (short && consume.extendsVisibility === false) return yield say(need)
    if (short)
      return yield {
        unknown: [...consume.path, 'extendsVisibility'],
        because: `${need.formula} = ${duration(need.time)} > ${duration(visible)}`,
      }
    if (typeof enough !== 'boolean')
      yield* ask(enough, `"${queue.name}" shows a message again after ${duration(visible)}`)
    // A container is not called by Lambda; of what is not stated that can only be asked.
    else if (consume.runtime === undefined && (consume.by.runtime ?? 'serverless') === 'serverless')
      yield {
        unknown: [...consume.path, 'runtime'],
        because: 'a Lambda trigger needs six times the timeout of its function',
      }
  },

  examples: [
    {
      title: 'A Lambda trigger needs six times the timeout of its function, and the batch window',
      bad: yaml`
        services:
          invoices:
            runtime: serverless
            consumes: [{ from: order-events, runtime: lambda, functionTimeout: 60s, batchWindow: 20s }]
        queues:
          order-events:
            engine: sqs
            visibilityTimeout: 379s # <--
      `,
    },
    {
      title: 'Ten messages one after another, two at a time; and one that may take a minute alone',
      bad: yaml`
        services:
          resize:
            consumes:
              - { from: images, runtime: container, batchSize: 10, concurrency: 2, processing: { p99: 7s }, extendsVisibility: false }
          mailer:
            consumes:
              - { from: mails, runtime: container, batchSize: 1, processing: { p99: 5s, timeout: 60s }, extendsVisibility: false }
        queues:
          images:
            engine: sqs
            visibilityTimeout: 30s # <--
          mails:
            engine: sqs-fifo
            visibilityTimeout: 30s # <--
      `,
    },
    {
      title: 'What takes how long is not stated',
      unclear: yaml`
        services:
          resize:
            runtime: container
            consumes:
              - { from: images }
          invoices:
            consumes:
              - { from: order-events, runtime: lambda } # ?
          stock:
            consumes:
              - { from: stock-events, batchSize: 1, processing: { p99: 5s } } # ?
          mailer:
            runtime: container
            consumes:
              - { from: mails, processing: { p99: 40s }, batchSize: 2 } # ?
          points:
            runtime: container
            consumes:
              - { from: mails, processing: { p99: 4s } } # ? x2
          returns:
            runtime: container
            consumes:
              - { from: mails, processing: { timeout: 20s }, batchSize: 2 } # ? x2
          audit:
            runtime: container
            consumes:
              - { from: mails } # ? x3
        queues:
          images: { engine: sqs } # ?
          order-events: { engine: sqs, visibilityTimeout: 1m }
          stock-events: { engine: sqs, visibilityTimeout: 1m }
          mails: { engine: sqs, visibilityTimeout: 30s }
      `,
    },
    {
      title: 'Six times is for Lambda; a container needs the time of its batch',
      good: yaml`
        services:
          invoices:
            consumes: [{ from: order-events, runtime: lambda, functionTimeout: 60s, batchWindow: 20s }]
          resize:
            runtime: container
            consumes:
              - { from: images, batchSize: 10, concurrency: 1, processing: { p99: 3s, timeout: 20s } }
              - { from: thumbnails, batchSize: 1, processing: { timeout: 20s } }
        queues:
          order-events: { engine: sqs, visibilityTimeout: 380s }
          images: { engine: sqs, visibilityTimeout: 30s }
          thumbnails: { engine: sqs, visibilityTimeout: 20s }
      `,
    },
    {
      title: 'A heartbeat extends the timeout; other brokers have none',
      good: yaml`
        services:
          resize:
            consumes:
              - { from: images, runtime: container, batchSize: 1, processing: { p99: 2m }, extendsVisibility: true }
              - { from: order-events, runtime: container, batchSize: 1, processing: { p99: 2m }, extendsVisibility: false }
        queues:
          images: { engine: sqs, visibilityTimeout: 30s }
          order-events: { engine: kafka@4 }
      `,
    },
  ],
})

interface Need {
  readonly time: number
  /** What one message or call is allowed to take. */
  readonly limit: number
  readonly formula: string
  readonly takes: string
  readonly instead: string
  readonly evidence: readonly { label: string; at: (string | number)[] }[]
}

function lambdaNeed({ batchWindow = 0, path }: Consume, functionTimeout: number): Need {
  return {
    time: lambdaVisibility(functionTimeout, batchWindow),
    limit: functionTimeout,
    formula: `6 x ${duration(functionTimeout)} + ${duration(batchWindow)}`,
    takes: `is a function with a timeout of ${duration(functionTimeout)} that Lambda calls again when it is throttled`,
    instead: ', or shorten the timeout of the function',
    evidence: [{ label: `timeout of the function ${duration(functionTimeout)}`, at: [...path, 'functionTimeout'] }],
  }
}

/** Messages of a batch are received together, so the last one waits for those before it. */
function consumerNeed(consume: Consume): Need & { estimate: Estimate } {
  const { processing = {}, path, batchSize, concurrency } = consume
  const rounds = roundsOf(consume)
  const limit = typeof processing.timeout === 'number' ? processing.timeout : undefined
  const slow = stated(processing.p99, [...path, 'processing', ...(consume.processing ? ['p99'] : [])], processing.mean)
  const single = Math.max(limit ?? 0, slow.low)
  const batch = product(
    rounds,
    limit === undefined || slow.high !== undefined ? slow : between(slow.low, limit, slow.missing),
  )
  const estimate = { ...batch, low: Math.max(batch.low, single), high: batch.high && Math.max(batch.high, single) }
  const alone = single >= batch.low
  return {
    estimate,
    time: estimate.low,
    limit: limit ?? 0,
    formula: alone ? 'one message' : `ceil(${number(batchSize!)} / ${number(concurrency!)}) x ${duration(slow.low)}`,
    takes: alone
      ? `may take ${duration(single)} for one message`
      : `takes ${plural(batchSize!, 'message')} at once and may need ${duration(batch.low)} for them`,
    instead: ', or extend it while the work goes on',
    evidence: [{ label: 'time for one message', at: [...path, 'processing'] }],
  }
}

/** How many messages come one after another. What is not stated may be one message, or all of them at the same time. */
function roundsOf({ batchSize, concurrency, path }: Consume): Estimate {
  const most = batchSize ?? mostReceived
  const missing = [
    ...(batchSize === undefined ? [[...path, 'batchSize']] : []),
    ...(concurrency === undefined ? [[...path, 'concurrency']] : []),
  ]
  const low = batchSize === undefined || concurrency === undefined ? 1 : Math.ceil(batchSize / concurrency)
  return between(low, Math.ceil(most / (concurrency ?? 1)), missing)
}
