import { element, fact, mechanism, orNone } from './fact.ts'
import { choice, count, flag, positiveDuration, rate, size, text } from './scalars.ts'
import { componentFacts } from './shared.ts'

const dlq = element(
  {
    to: fact(text(), 'Queue that keeps what could not be handled.', { example: 'order-events-dead' }),
    maxReceive: fact(count(1), 'Deliveries before a message is put aside.', { example: '5' }),
    retention: fact(positiveDuration(), 'How long it is kept there.', { example: '14d' }),
    alert: fact(flag(), 'Whether somebody is told of the first message.', { example: 'true' }),
    owner: fact(orNone(text(), 'a team'), 'Who looks at it.', {
      ask: 'Which team looks at the messages that were put aside?',
      example: 'team-orders',
    }),
    redrive: fact(flag(), 'Whether messages are sent again from there.', { example: 'true' }),
  },
  'a map with to, maxReceive, retention, alert',
)

export const queueSchema = element(
  {
    ...componentFacts,
    delivery: fact(
      choice('atMostOnce', 'atLeastOnce', 'exactlyOnce'),
      'What the broker promises. Kafka, RabbitMQ and SQS deliver at least once.',
      {
        ask: 'Can a message be delivered twice?',
        example: 'atLeastOnce',
      },
    ),
    load: fact(rate(), 'Messages per second, where they do not follow from the journeys.', {
      ask: 'How many messages arrive per second?',
      example: '400/s',
    }),
    partitions: fact(count(1), 'Partitions; a partition has one consumer of a group at a time.', {
      ask: 'How many partitions are there?',
      example: '12',
    }),
    retention: fact(orNone(positiveDuration(), 'a duration such as 7d'), 'How long a message is kept.', {
      example: '7d',
    }),
    retentionSize: fact(size(), 'Most data that is kept.', { example: '500GiB' }),
    messageSize: fact(size(), 'Mean size of a message.', { example: '2KiB' }),
    compacted: fact(flag(), 'Whether the last message of each key is kept for ever.', {
      default: '`false`',
      example: 'true',
    }),
    maxLength: fact(orNone(count(1), 'a number of messages'), 'Messages beyond which publishing is refused.', {
      example: '100000',
    }),
    ordering: fact(choice('none', 'perKey', 'global'), 'In which order messages are handled.', {
      ask: 'In which order must messages be handled?',
      example: 'perKey',
    }),
    replicationFactor: fact(count(1), 'Kafka: copies of each partition.', { example: '3' }),
    minInsync: fact(count(1), 'Kafka: copies that must confirm a write with `acks: all`.', { example: '2' }),
    uncleanLeaderElection: fact(flag(), 'Kafka: whether a copy that is behind may lead.', { example: 'false' }),
    queueType: fact(choice('quorum', 'classic', 'stream'), 'RabbitMQ: kind of queue.', { example: 'quorum' }),
    visibilityTimeout: fact(positiveDuration(), 'SQS: time after which a message that was taken appears again.', {
      ask: 'After how long does a message that was taken appear again?',
      example: '6m',
    }),
    consumerTimeout: fact(orNone(positiveDuration(), 'a duration'), 'RabbitMQ: longest time without acknowledgement.', {
      example: '30m',
    }),
    dlq: fact(
      mechanism(dlq, 'a map with to, maxReceive, retention, alert'),
      'Where a message goes that cannot be handled.',
      {
        ask: 'What happens to a message that can never be handled?',
        example: '{ to: order-events-dead, maxReceive: 5, retention: 14d, alert: true }',
        must: true,
      },
    ),
    onPoison: fact(
      choice('halt', 'skip', 'park', 'retryForever'),
      'What is done with a message that cannot be handled, where there is no dead-letter queue. `halt`: stop and alert.',
      {
        default: 'what the broker does by itself, which is to deliver it again',
        example: 'halt',
      },
    ),
    toleratedOutage: fact(positiveDuration(), 'How long consumers may be down without loss.', { example: '3d' }),
    freshness: fact(orNone(positiveDuration(), 'a duration'), 'How old a message may be when it is handled.', {
      default: 'no wait is agreed, messages are handled as they arrive',
      example: '5m',
    }),
  },
  'a map of what is known of the queue',
)
