import { element, fact, listOf, literal, oneOf, orNone, reading, reference, required } from './fact.ts'
import { choice, count, duration, flag, perSecond, positiveDuration, share, text } from './scalars.ts'
import type { Output } from './type.ts'

/** How a caller treats a callee that is slow or failing. */

const backoff = choice('none', 'fixed', 'exponential')

const retryPolicy = element(
  {
    max: required(count(), 'Attempts after the first one: `max: 2` makes three attempts.'),
    backoff: fact(backoff, 'How the wait before each retry grows.', {
      ask: 'How does the wait grow from one retry to the next?',
      example: 'exponential',
    }),
    base: fact(duration(), 'Wait before the first retry.', {
      ask: 'How long is the wait before the first retry?',
      example: '50ms',
    }),
    cap: fact(duration(), 'Longest wait before a retry.', { example: '2s' }),
    jitter: fact(flag(), 'Whether the wait is randomised, so that clients do not retry in step.', {
      ask: 'Are the waits randomised?',
      example: 'true',
    }),
    budget: fact(orNone(share(), 'a share such as 10%'), 'Cap on retries as a share of all requests of this caller.', {
      ask: 'What caps the retries of all requests together?',
      example: '10%',
    }),
    retryOn: fact(
      listOf(
        choice('connect', 'timeout', '5xx', '429', 'reset', 'conflict'),
        'error classes such as connect or timeout',
      ),
      'Which failures are retried. `connect` alone means that nothing had been sent.',
      { example: '[connect]', default: 'any failure' },
    ),
    differentReplica: fact(flag(), 'Whether a retry goes to another instance of the callee.', {
      default: '`false`',
      example: 'true',
    }),
  },
  'a number of retries or a map with max, backoff, base, jitter, budget',
)

/** `retries: 2`, `retries: none` or the long form; read as the long form. */
export const retries = () =>
  oneOf(
    [
      reading(literal(['none', false]), () => ({ max: 0 }) as Output<typeof retryPolicy>),
      reading(count(), max => ({ max }) as Output<typeof retryPolicy>),
      retryPolicy,
    ],
    'a number of retries such as 2, none, or a map with max, backoff, base, jitter, budget',
  )

export const circuitBreaker = element(
  {
    failureRate: fact(share(), 'Share of failed calls that opens the breaker.', { example: '50%' }),
    minimumCalls: fact(count(1), 'Calls in the window below which the breaker stays closed.', { example: '20' }),
    window: fact(positiveDuration(), 'Time over which calls are counted.', { example: '10s' }),
    openDuration: fact(positiveDuration(), 'How long the breaker stays open.', { example: '5s' }),
    slowCallDuration: fact(
      orNone(positiveDuration(), 'a duration such as 400ms'),
      'Calls slower than this count as failed, so that a hang opens the breaker too.',
      {
        ask: 'From which duration on does a call count as failed, so that a hang opens the breaker?',
        example: '400ms',
      },
    ),
  },
  'a map with failureRate, minimumCalls, window, openDuration, slowCallDuration',
)

export const hedge = element(
  {
    delay: fact(duration(), 'Wait before the second request is sent.', {
      ask: 'After how long is the second request sent?',
      example: '95ms',
    }),
    max: fact(count(1), 'Most extra requests per call.', { example: '1' }),
    budget: fact(share(), 'Cap on extra requests as a share of all requests of this caller.', {
      default: 'none; every slow call sends them',
      example: '5%',
    }),
    differentReplica: fact(flag(), 'Whether the second request goes to another instance.', {
      default: '`false`',
      example: 'true',
    }),
  },
  'a map with delay, max, differentReplica',
)

export const idempotencyKey = element(
  {
    header: fact(text(), 'Header or field that carries the key.', { example: 'Idempotency-Key' }),
    ttl: fact(
      orNone(positiveDuration(), 'a duration such as 7d'),
      'How long the callee remembers a key; `none` means for ever.',
      {
        example: '7d',
      },
    ),
  },
  'a map with header and ttl',
)

const fallbackDetails = element(
  {
    to: fact(reference('a component'), 'Component that answers instead.', { example: 'price-cache' }),
    answer: fact(choice('static', 'cached', 'empty', 'queued'), 'What is answered without another component.', {
      example: 'static',
    }),
    maxRps: fact(
      orNone(perSecond(), 'a number per second'),
      'Most requests per second sent to the fallback; the rest is shed.',
      { ask: 'What limits the requests that are sent to the fallback?', example: '200' },
    ),
  },
  'a map with to or answer',
)

/** `fallback: none`, `fallback: static` or the long form. */
export const fallback = () =>
  oneOf(
    [
      reading(literal(['none', 'error', false]), () => 'none' as const),
      reading(choice('static', 'cached', 'empty', 'queued'), answer => ({ answer }) as Output<typeof fallbackDetails>),
      fallbackDetails,
    ],
    'none, static, cached, empty, queued, or a map with to or answer',
  )
