import { element, fact, listOf, orNone, reference } from './fact.ts'
import { choice, count, duration, flag, perSecond, positiveDuration, rate, share, text } from './scalars.ts'
import { componentFacts, persistence } from './shared.ts'

export const cacheSchema = element(
  {
    ...componentFacts,
    layer: fact(
      choice('browser', 'cdn', 'application'),
      'Where it sits. Browser and CDN share one freshness lifetime.',
      { ask: 'Does it sit in the browser, in a CDN or in the application?', example: 'application' },
    ),
    pattern: fact(choice('cacheAside', 'readThrough', 'writeThrough', 'writeBehind'), 'Who fills it.', {
      example: 'cacheAside',
    }),
    holds: fact(choice('cache', 'sessions', 'locks', 'idempotencyKeys', 'rateLimits'), 'What is in it.', {
      default: '`cache`',
    }),
    inFrontOf: fact(reference('a store, service or external'), 'What answers when it does not have the value.', {
      ask: 'What answers on a miss?',
      example: 'catalogue-db',
    }),
    ttl: fact(orNone(positiveDuration(), 'a duration such as 10m'), 'Age at which an entry expires.', {
      ask: 'After how long does an entry expire?',
      example: '10m',
      must: true,
    }),
    jitter: fact(flag(), 'Whether the time to live is randomised.', {
      ask: 'Is the time to live randomised?',
      example: 'true',
    }),
    invalidation: fact(
      orNone(choice('onWrite', 'event', 'manual'), 'onWrite, event, manual'),
      'What removes or replaces an entry before it expires; a write-through cache does so on every write.',
      {
        ask: 'What removes an entry when the value changes?',
        example: 'onWrite',
      },
    ),
    invalidationDelay: fact(duration(), 'Time from the change to the removal.', {
      ask: 'How long does it take from a change until the old entry is gone?',
      example: '1s',
    }),
    immutable: fact(flag(), 'Whether a value never changes, as with content hashes.', {
      default: '`false`',
      example: 'true',
    }),
    hitRatio: fact(share(), 'Share of reads it answers.', {
      ask: 'Which share of reads does it answer?',
      example: '95%',
    }),
    maxStaleness: fact(duration(), 'How old a value may be for its readers.', {
      ask: 'How old may a value be?',
      example: '15m',
    }),
    onFailure: fact(choice('origin', 'error', 'stale', 'shed'), 'What readers get while it is down.', {
      ask: 'What do readers get while the cache is down?',
      example: 'origin',
    }),
    staleOnError: fact(
      orNone(positiveDuration(), 'a duration'),
      'How long an expired value is served while the origin is down.',
      { example: '1h' },
    ),
    stampedeProtection: fact(
      orNone(
        choice('singleFlight', 'lease', 'softTtl', 'earlyRecompute'),
        'singleFlight, lease, softTtl, earlyRecompute',
      ),
      'What keeps many readers from recomputing one expired value.',
      {
        ask: 'What keeps many readers from recomputing one expired value at once?',
        example: 'singleFlight',
      },
    ),
    originLimit: fact(
      orNone(perSecond(), 'a number per second'),
      'Most requests per second that misses may send to the origin.',
      {
        ask: 'What limits the misses that reach the origin?',
        example: '500',
      },
    ),
    hotKey: fact(rate(), 'Reads of the busiest key.', { ask: 'How often is the busiest key read?', example: '500/s' }),
    regeneration: fact(positiveDuration(), 'Time to compute a value.', {
      ask: 'How long does it take to compute a value?',
      example: '400ms',
    }),
    warmUp: fact(choice('organic', 'bulk'), 'Whether entries arrive one by one or all at once.', {
      example: 'organic',
    }),
    keys: fact(count(1), 'Entries in it.', { ask: 'How many entries does it hold?', example: '200000' }),
    nodes: fact(count(1), 'Nodes the keys are spread over.', { example: '3' }),
    hashing: fact(choice('consistent', 'modulo'), 'How keys are spread.', { example: 'consistent' }),
    persistence: fact(persistence(), 'What is left after a restart.', { example: 'none' }),
    eviction: fact(text(), 'What is dropped when memory is full.', {
      ask: 'What does it drop when its memory is full?',
      example: 'allkeys-lru',
    }),
    staleIfError: fact(
      orNone(positiveDuration(), 'a duration'),
      'CDN: how long an old answer is served while the origin is down.',
      { example: '1h' },
    ),
    personalised: fact(flag(), 'Whether values belong to one user.', { example: 'false' }),
    keyedBy: fact(listOf(text(), 'key parts'), 'What distinguishes entries.', { example: '[path, Authorization]' }),
  },
  'a map of what is known of the cache',
)
