import { element, fact, listOf, literal, oneOf, orNone, reading, reference, required } from './fact.ts'
import { choice, count, duration, factor, flag, positiveDuration, share, text } from './scalars.ts'

/** A message that a service publishes. */
export const publishSchema = element(
  {
    to: required(reference('a queue'), 'The queue or topic that receives the message.'),
    serves: fact(
      listOf(reference('a journey'), 'journeys'),
      'Journeys that publish here. Absent: every journey that comes through the publisher.',
      {
        ask: 'Which journeys publish here?',
        example: '[checkout]',
      },
    ),
    perRequest: fact(factor(), 'Messages published for one request.', { default: '1' }),
    probability: fact(share(), 'Share of requests that publish.', { default: '100%' }),
    outbox: fact(
      oneOf(
        [
          reading(literal(['none', false]), () => 'none' as const),
          reading(literal([true]), () => 'outbox' as const),
          choice('outbox', 'cdc', 'transaction'),
        ],
        'true, cdc, transaction or none',
      ),
      'How the message and the data it tells of stay together: `true`, written in the same transaction and sent from there; `cdc`, derived from the change log; `transaction`, store and broker commit together; `none`, two separate steps.',
      {
        ask: 'How do the write to the database and the message stay together when the process dies between them?',
        example: 'true',
      },
    ),
    lossTolerated: fact(flag(), 'Whether losing a message does no harm.', { default: '`false`', example: 'true' }),
    acks: fact(choice('0', '1', 'all'), 'Kafka: which brokers confirm a write.', { example: 'all' }),
    idempotentProducer: fact(flag(), 'Whether the broker drops duplicates of the producer.', { example: 'true' }),
    key: fact(orNone(text(), 'the name of a key'), 'What the messages are keyed by.', { example: 'orderId' }),
    awaitsReply: fact(flag(), 'Whether the request waits for a reply message.', { example: 'false' }),
    timeout: fact(orNone(positiveDuration(), 'a duration such as 800ms'), 'The publisher gives up after this long.', {
      example: '500ms',
    }),
  },
  'a map with to, and what is known of the publishing',
)

/** A queue or topic that a service reads. */
export const consumeSchema = element(
  {
    from: required(reference('a queue'), 'The queue or topic that is read.'),
    group: fact(text(), 'Consumer group.', { ask: 'Which consumer group does it belong to?', example: 'billing' }),
    concurrency: fact(count(1), 'Messages that one instance handles at the same time.', {
      ask: 'How many messages does one instance handle at once?',
      example: '4',
    }),
    processing: fact(
      element(
        {
          mean: fact(positiveDuration(), 'Mean time for one message.', {
            ask: 'How long does one message take?',
            example: '60ms',
          }),
          p99: fact(positiveDuration(), '99th percentile for one message.', {
            ask: 'How long does a slow message take, one in a hundred?',
            example: '400ms',
          }),
          timeout: fact(
            orNone(positiveDuration(), 'a duration such as 30s'),
            'Handling of a message is given up after this long.',
            { example: '30s' },
          ),
        },
        'a map with mean, p99, timeout',
      ),
      'How long handling takes.',
      { ask: 'How long does handling one message take?', example: '{ mean: 60ms, p99: 400ms }' },
    ),
    runtime: fact(
      choice('container', 'vm', 'lambda'),
      'What runs the consumer; `lambda` is an AWS event source mapping.',
      {
        ask: 'Does a Lambda event source mapping read this queue?',
        example: 'container',
      },
    ),
    functionTimeout: fact(positiveDuration(), 'Lambda: timeout of the function.', {
      ask: "What is the function's timeout?",
      example: '60s',
    }),
    batchSize: fact(count(1), 'Messages taken at once.', {
      ask: 'How many messages are taken at once?',
      example: '10',
    }),
    batchWindow: fact(duration(), 'Longest wait for a batch to fill.', { default: '`0s`', example: '20s' }),
    extendsVisibility: fact(flag(), 'Whether the consumer extends the visibility timeout while it works.', {
      ask: 'Does the consumer extend the visibility timeout while it works?',
      example: 'true',
    }),
    maxPollInterval: fact(positiveDuration(), 'Kafka: longest time between polls.', { example: '5m' }),
    keepsPolling: fact(flag(), 'Kafka: whether it polls on while messages are handled, with their partitions paused.', {
      ask: 'Does the consumer keep polling while it handles messages?',
      example: 'true',
    }),
    prefetch: fact(count(1), 'RabbitMQ: messages delivered before the first is acknowledged.', { example: '100' }),
    pausesOnDependencyFailure: fact(flag(), 'Whether consumption stops while a dependency is down.', {
      example: 'true',
    }),
    keyParallel: fact(count(1), 'Messages of one partition handled at the same time, order kept per key.', {
      default: '1',
      example: '8',
    }),
    mutates: fact(flag(), 'Whether handling a message changes state outside the consumer.', {
      ask: 'Does handling a message change state, send mail or move money?',
      example: 'true',
    }),
    idempotent: fact(flag(), 'Whether handling the same message twice is the same as once.', {
      ask: 'What happens when the same message arrives twice?',
      example: 'true',
      must: true,
    }),
    exactlyOnce: fact(flag(), 'Kafka transactions, which hold only from Kafka to the same Kafka.', {
      default: '`false`',
      example: 'false',
    }),
    singleActiveConsumer: fact(flag(), 'RabbitMQ: only one consumer at a time.', {
      default: '`false`',
      example: 'true',
    }),
  },
  'a map with from, and what is known of the consumer',
)
