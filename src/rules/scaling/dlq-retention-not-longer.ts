import { engineOf } from '../../analysis/engine.ts'
import type { Path } from '../../finding.ts'
import type { Model, Queue } from '../../manifest/model.ts'
import { duration } from '../../units.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

const day = 86_400_000

/** SQS keeps a message for no longer than this. */
const longest = 14 * day

export default defineRule({
  id: 'dlq-retention-not-longer',
  title: 'What is put aside expires before anybody has looked at it',
  severity: 'warning',
  question: 'scaling',
  on: 'queue',
  options: noOptions,
  why: 'A standard queue of SQS counts the age of a message from when it was first sent, also after it was moved to the dead-letter queue. What was put aside after days in the first queue has only the rest left, and after a weekend it is gone.',
  formula:
    'time left for a look = retention of the dead-letter queue - age at the move; at worst the age is the retention of the first queue',
  fix: 'Keep messages in the dead-letter queue for 14 days, the longest that SQS offers.',
  sources: [
    { title: 'Amazon SQS developer guide: Using dead-letter queues', id: 'message retention periods' },
    { title: 'Amazon SQS developer guide: Amazon SQS message quotas', id: 'message retention' },
  ],
  reads: [
    'queues.engine',
    'queues.retention',
    'queues.dlq',
    'queues.dlq.retention',
    'queues.dlq.to',
    'queues.lossTolerated',
  ],

  // FIFO queues count anew from the move.
  appliesTo: queue =>
    engineOf(queue).product === 'sqs' && typeof queue.dlq === 'object' && queue.lossTolerated !== true,

  *check(queue, { model, facts }) {
    const { name, path, retention } = queue
    const aside = asideOf(queue, model)
    if (aside.retention === undefined)
      return yield { unknown: aside.at, because: `age counts from when a message first came to "${name}"` }
    if (aside.retention >= longest) return
    if (retention === undefined)
      return yield {
        unknown: [...path, 'retention'],
        because: `what is put aside is gone ${duration(aside.retention)} after it first came`,
      }
    if (retention === 'none' || retention < aside.retention) return
    yield {
      at: aside.at,
      message: `"${name}" keeps messages for ${duration(retention)} and its dead-letter queue for ${duration(aside.retention)} from when they first came, so what is put aside late is gone at once; expected longer in the dead-letter queue`,
      arithmetic: `time left = ${duration(aside.retention)} - ${duration(retention)} <= 0s for a message that is put aside at the end of its ${duration(retention)}`,
      fix: `Raise the retention of the dead-letter queue to ${duration(longest)}`,
      evidence: [{ label: `kept for ${duration(retention)} before`, at: [...path, 'retention'] }],
      journeys: facts.journeys.through(name, 'sure'),
    }
  },

  examples: [
    {
      title: 'Four days here and four days there are four days altogether',
      bad: yaml`
        queues:
          order-events:
            engine: sqs
            retention: 4d
            dlq:
              to: order-events-dead
              retention: 4d # <--
          returns:
            engine: sqs
            retention: 4d
            dlq: { to: returns-dead }
          returns-dead:
            engine: sqs
            retention: 1d # <--
      `,
    },
    {
      title: 'How long messages are kept, here or there, is not stated',
      unclear: yaml`
        queues:
          order-events:
            engine: sqs
            retention: 4d
            dlq: { to: order-events-dead } # ?
          returns: # ?
            engine: sqs
            dlq: { to: returns-dead, retention: 4d }
      `,
    },
    {
      title: 'Two weeks for what was put aside, or longer than before; FIFO queues and other brokers count anew',
      good: yaml`
        queues:
          order-events: { engine: sqs, dlq: { retention: 14d } }
          returns: { engine: sqs, retention: 4d, dlq: { to: returns-dead, retention: 10d } }
          payments: { engine: sqs-fifo, retention: 4d, dlq: { retention: 4d } }
          stock-events: { engine: kafka@4, retention: 7d, dlq: { retention: 7d } }
          mails: { engine: sqs, retention: 14d, dlq: { to: mails-dead } }
          mails-dead: { engine: sqs, retention: 14d }
          clicks: { engine: sqs, retention: 4d, dlq: { retention: 4d }, lossTolerated: true }
      `,
    },
  ],
})

/** Stated with the queue, or at the dead-letter queue itself where that is one of the manifest. */
function asideOf({ dlq, path }: Queue, { queues }: Model): { retention: number | undefined; at: Path } {
  const { to, retention } = typeof dlq === 'object' ? dlq : {}
  const target = to === undefined ? undefined : queues.get(to)
  if (retention === undefined && typeof target?.retention === 'number')
    return { retention: target.retention, at: [...target.path, 'retention'] }
  return { retention, at: [...path, 'dlq', 'retention'] }
}
