import { engineOf } from '../../analysis/engine.ts'
import type { Consume, Model, Queue } from '../../manifest/model.ts'
import { plural } from '../../units.ts'
import { defineRule, numberOption, optionMap, yaml } from '../define.ts'

/** Receives that AWS asks for where Lambda reads the queue: it may be throttled before it has tried anything. */
const fewestForLambda = 5

const options = optionMap({
  fewest: numberOption(3, 'Deliveries that a good message should get at least.', { isWhole: true, least: 1 }),
  most: numberOption(50, 'Deliveries that a poison message should get at most.', { isWhole: true, least: 1 }),
})

export default defineRule({
  id: 'dlq-receive-count-extreme',
  title: 'Messages are put aside too soon, or much too late',
  severity: 'warning',
  question: 'scaling',
  on: 'queue',
  options,
  why: 'A delivery fails for reasons that have nothing to do with the message: a deploy, a timeout, a throttled function. After one or two of them good messages lie among the bad ones. After hundreds, a message that can never be handled has taken the capacity of hundreds that could.',
  fix: 'Put a message aside after three to ten deliveries, and after at least five where Lambda reads the queue.',
  sources: [
    { title: 'AWS Lambda developer guide: Using Lambda with Amazon SQS, configuring a queue to use with Lambda' },
    { title: 'Amazon SQS developer guide: Using dead-letter queues', id: 'maxReceiveCount' },
  ],
  reads: [
    'queues.dlq',
    'queues.dlq.maxReceive',
    'queues.onPoison',
    'queues.engine',
    'consumes.runtime',
    'services.runtime',
  ],

  // Work that must not be tried again is put aside at the first failure, by the author's word.
  appliesTo: ({ dlq, onPoison }) => typeof dlq === 'object' && dlq.maxReceive !== undefined && onPoison !== 'park',

  *check(queue, { model, facts, options: { fewest, most } }) {
    const times = (typeof queue.dlq === 'object' ? queue.dlq.maxReceive : undefined) ?? fewest
    const lambda = fewestForLambda > times ? lambdaReaders(queue, model) : []
    const sure = lambda.find(({ runtime }) => runtime === 'lambda')
    if (times > most || times < fewest || sure) {
      const needed = sure ? Math.max(fewest, fewestForLambda) : fewest
      const deliveries = plural(times, 'delivery', 'deliveries')
      return yield {
        at: [...queue.path, 'dlq', 'maxReceive'],
        message:
          times > most
            ? `"${queue.name}" puts a message aside after ${deliveries}, so one that can never be handled takes the capacity of as many that could; expected at most ${most}`
            : `"${queue.name}" puts a message aside after ${deliveries}${sure ? ` by Lambda to "${sure.by.name}"` : ''}, so ${sure ? 'throttling' : 'a restart or two'} at the wrong moment puts good ones aside; expected at least ${needed}`,
        fix: `${times > most ? 'Lower' : 'Raise'} \`maxReceive\` of "${queue.name}" to ${times > most ? Math.max(fewestForLambda, fewest) : needed}`,
        evidence: sure ? [{ label: `"${sure.by.name}" is called by Lambda`, at: [...sure.path, 'runtime'] }] : [],
        journeys: facts.journeys.through(queue.name, 'sure'),
      }
    }
    for (const { path, by } of lambda)
      yield {
        unknown: [...path, 'runtime'],
        because: `where Lambda calls "${by.name}", ${plural(times, 'delivery', 'deliveries')} of a message are too few`,
      }
  },

  examples: [
    {
      title: 'Any restart puts a good order aside; a poison message is tried a thousand times; Lambda wants five',
      bad: yaml`
        services:
          invoices:
            consumes: [{ from: order-events, runtime: lambda }]
        queues:
          payments:
            engine: sqs
            dlq:
              to: payments-dead
              maxReceive: 1 # <--
          returns:
            engine: kafka@4
            dlq:
              maxReceive: 2 # <--
          mails:
            engine: sqs
            dlq:
              maxReceive: 51 # <--
          order-events:
            engine: sqs
            dlq:
              maxReceive: 4 # <--
      `,
    },
    {
      title: 'Whether Lambda calls the consumer is not stated',
      unclear: yaml`
        services:
          invoices:
            runtime: serverless
            consumes:
              - { from: order-events } # ?
          audit:
            consumes:
              - { from: order-events } # ?
          archive:
            runtime: container
            consumes: [{ from: order-events }]
        queues:
          order-events: { engine: sqs-fifo, dlq: { maxReceive: 3 } }
      `,
    },
    {
      title: 'A few deliveries; and charges that must not be tried again are looked at by people',
      good: yaml`
        services:
          invoices: { consumes: [{ from: order-events, runtime: container }, { from: images, runtime: lambda }] }
          audit: { consumes: [{ from: stock-events }] }
        queues:
          order-events: { engine: sqs, dlq: { maxReceive: 3 } }
          images: { engine: sqs, dlq: { maxReceive: 5 } }
          stock-events: { engine: rabbitmq@4, dlq: { maxReceive: 3 } }
          mails: { engine: rabbitmq@4, dlq: { maxReceive: 50 } }
          charges: { engine: sqs, onPoison: park, dlq: { maxReceive: 1 } }
          clicks: { engine: sqs, dlq: none }
          views: { engine: sqs, dlq: { to: views-dead } }
      `,
    },
  ],
})

/** Consumers that Lambda calls, or may call for all that is stated. */
function lambdaReaders(queue: Queue, { consumes }: Model): Consume[] {
  if (!['sqs', 'sqs-fifo'].includes(engineOf(queue).product ?? '')) return []
  return consumes.filter(
    ({ source, runtime, by }) =>
      source === queue &&
      (runtime ?? ((by.runtime ?? 'serverless') === 'serverless' ? 'lambda' : by.runtime)) === 'lambda',
  )
}
