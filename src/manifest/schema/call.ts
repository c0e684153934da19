import { element, fact, listOf, literal, mechanism, oneOf, orNone, reference, required } from './fact.ts'
import { circuitBreaker, fallback, hedge, idempotencyKey, retries } from './policies.ts'
import { choice, count, duration, factor, flag, positiveDuration, share, text } from './scalars.ts'

/** A request that the caller waits for. */
export const callSchema = element(
  {
    to: required(
      reference('a service, store, cache, queue or external'),
      'The component that is called; the caller waits for its answer.',
    ),
    operation: fact(text(), 'The operation of the callee, where a service has several.', { example: 'charge' }),
    serves: fact(
      listOf(reference('a journey'), 'journeys'),
      'Journeys that take this call. Absent: every journey that comes through the caller.',
      {
        ask: 'Which journeys take this call?',
        example: '[checkout]',
      },
    ),
    mode: fact(choice('sync', 'async'), '`async` is fire-and-forget: nobody waits for the answer.', {
      default: '`sync`, as a call is waited for',
    }),
    transport: fact(
      choice('http', 'grpc', 'inProcess', 'localhost', 'streaming'),
      'How it travels. `inProcess` and `localhost` cannot hang on the network.',
      {
        default: '`http`, over the network',
        example: 'grpc',
      },
    ),
    callsPerRequest: fact(factor(), 'Calls made for one request that reaches the caller.', {
      default: '1',
    }),
    probability: fact(share(), 'Share of requests that make this call.', { default: '100%' }),
    parallelGroup: fact(
      orNone(text(), 'the name of a group'),
      'Calls of one service with the same group run at the same time; groups and other calls run one after another.',
      {
        ask: 'With which other calls of the service does it run at the same time? `none` if it has its turn alone.',
        example: 'page',
      },
    ),
    sequential: fact(flag(), 'Whether several calls per request run one after another.', {
      default: '`false`: at the same time',
      example: 'true',
    }),
    quorum: fact(count(1), 'Answers that are enough, of the calls made in parallel.', {
      ask: 'How many of the parallel answers are enough?',
      example: '2',
    }),
    timeout: fact(
      orNone(positiveDuration(), 'a duration such as 800ms'),
      'The caller gives up on one attempt after this long.',
      {
        ask: 'How long does the caller wait for one attempt?',
        example: '800ms',
        must: true,
      },
    ),
    idleTimeout: fact(
      orNone(positiveDuration(), 'a duration such as 30s'),
      'For streams: longest silence before the caller gives up.',
      {
        example: '30s',
      },
    ),
    totalTimeout: fact(positiveDuration(), 'The caller gives up after this long over all attempts.', {
      default: 'none; each attempt has its own timeout',
      example: '2s',
    }),
    timeoutIntent: fact(choice('answer', 'degrade'), '`degrade`: giving up early is meant, the fallback answers.', {
      default: '`answer`',
      example: 'degrade',
    }),
    deadlinePropagation: fact(
      flag(),
      "Whether the callee learns the caller's deadline and stops working when it has passed.",
      {
        default: '`false`',
        example: 'true',
      },
    ),
    retries: fact(retries(), 'What is tried again after a failure.', {
      ask: 'How often is a failed attempt repeated?',
      example: '{ max: 1, backoff: exponential, base: 50ms, jitter: true, budget: 10% }',
    }),
    hedge: fact(mechanism(hedge, 'a map with delay, max'), 'A second request is sent when the first is slow.', {
      ask: 'Is a slow call sent a second time?',
      example: '{ delay: 95ms, max: 1 }',
    }),
    circuitBreaker: fact(
      mechanism(circuitBreaker, 'a map with failureRate, minimumCalls, window'),
      'Stops calling a failing callee.',
      {
        ask: 'What stops calls to a callee that keeps failing or hanging?',
        example: '{ failureRate: 50%, minimumCalls: 20, window: 10s, slowCallDuration: 400ms }',
      },
    ),
    bulkhead: fact(
      orNone(count(1), 'a number of concurrent calls'),
      'Most calls of one instance of the caller that wait here at the same time.',
      {
        ask: 'What limits how many requests of the caller can wait for this callee at once?',
        example: '8',
      },
    ),
    fallback: fact(fallback(), 'What is answered when the call fails; `none` means that the request fails too.', {
      ask: 'What does the caller answer when this call fails?',
      example: 'none',
    }),
    optional: fact(flag(), 'Whether the caller answers without the result when the call fails.', { example: 'true' }),
    mustSucceed: fact(flag(), 'Whether the call is rightly indispensable, as moving money is.', {
      default: '`false`',
      example: 'true',
    }),
    resultUsed: fact(flag(), 'Whether the answer to the user needs the result.', {
      ask: 'Does the answer to the user need the result of this call?',
      example: 'false',
    }),
    mutates: fact(flag(), 'Whether the call changes state at the callee.', {
      ask: 'Does the call change state at the callee?',
      example: 'true',
    }),
    idempotencyKey: fact(
      oneOf(
        [literal(['natural']), mechanism(idempotencyKey, 'a map with header, ttl')],
        'none, natural, true or a map with header, ttl',
      ),
      'How the callee recognises a repeated request. `natural`: doing it twice is the same as once, as with PUT, DELETE or an upsert by business key.',
      {
        ask: 'What happens when the same request arrives twice?',
        example: '{ header: Idempotency-Key, ttl: 7d }',
        must: true,
      },
    ),
    access: fact(choice('read', 'write', 'readWrite'), 'For stores and caches: what the call does.', {
      ask: 'Does the caller read, write or both?',
      example: 'readWrite',
    }),
    schema: fact(text(), 'For stores: the schema, database or collection set that is used.', {
      ask: 'Which schema, database or set of collections does it use?',
      example: 'orders',
    }),
    readFrom: fact(choice('primary', 'replica', 'nearest'), 'For stores: which node answers reads.', {
      ask: 'Do reads go to the primary or to a replica?',
      example: 'primary',
    }),
    consistency: fact(choice('strong', 'readYourWrites', 'bounded', 'eventual'), 'What the reader needs to see.', {
      ask: 'Must the reader see its own last write?',
      example: 'readYourWrites',
    }),
    sessionConsistency: fact(
      flag(),
      'Whether the client waits for its own write on the replica (sticky session, LSN or causal token).',
      {
        ask: 'Does the reader wait until the replica has its own write?',
        example: 'true',
      },
    ),
    maxStaleness: fact(duration(), 'How old an answer may be for this reader.', {
      ask: 'How old may the answer be?',
      example: '2m',
    }),
    cachedBy: fact(reference('a cache'), 'The cache that is asked first; only misses reach the callee.', {
      default: 'none, unless the caller also calls a cache in front of the callee',
      example: 'catalogue-cache',
    }),
    pool: fact(count(1), 'Connections that one process of the caller keeps to the callee, at most.', {
      ask: 'How many connections may one instance open?',
      example: '10',
    }),
    connectionsPerRequest: fact(count(1), 'Connections of the pool that one request holds at the same time.', {
      example: '1',
    }),
    holdTime: fact(
      positiveDuration(),
      'How long a request holds a connection, with the think time of the application.',
      { example: '20ms' },
    ),
    shardKey: fact(
      flag(),
      'For sharded stores: whether the query carries the shard key. Without it, all shards are asked.',
      { example: 'true' },
    ),
  },
  'a map with to, and what is known of the call',
)
