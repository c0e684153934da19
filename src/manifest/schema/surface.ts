import { element, fact, listOf, mechanism, orNone } from './fact.ts'
import { rateLimit } from './scale.ts'
import { choice, duration, flag, share, text } from './scalars.ts'

/** What a service shows: to operators, and to the outside. */

export const observability = element(
  {
    metrics: fact(flag(), 'Whether rate, errors and duration are measured.', {
      ask: 'Are rate, errors and duration of requests measured?',
      example: 'true',
    }),
    traces: fact(flag(), 'Whether requests are traced across services.', {
      ask: 'Are requests traced?',
      example: 'true',
    }),
    logs: fact(
      orNone(choice('structured', 'correlated', 'plain'), 'structured, correlated, plain'),
      '`structured` and `correlated` logs carry the trace id.',
      {
        ask: 'Do the logs carry the trace id?',
        example: 'structured',
      },
    ),
    saturation: fact(flag(), 'Whether pools, slots and queues are measured.', { example: 'true' }),
    dashboard: fact(orNone(text(), 'a link'), 'Where it is seen.', { example: 'https://grafana.example/d/orders' }),
  },
  'a map with metrics, traces, logs',
)

export const route = element(
  {
    path: fact(text(), 'Path or pattern.', { example: '/me/orders' }),
    authentication: fact(orNone(text(), 'a scheme such as oidc'), 'How the caller is known.', { example: 'oidc' }),
    mutates: fact(flag(), 'Whether it changes state.', { example: 'false' }),
    data: fact(choice('public', 'personal', 'internal'), 'What it answers with.', { example: 'personal' }),
    intentionallyPublic: fact(flag(), 'Whether it is meant to be open, as a login is.', {
      default: '`false`',
      example: 'true',
    }),
    static: fact(flag(), 'Whether the answer is a file.', { example: 'true' }),
    share: fact(share(), "Share of the service's requests.", { example: '20%' }),
    rateLimit: fact(mechanism(rateLimit, 'a map with limit, scope'), 'Most requests let through.', {
      example: '{ limit: 1000/s, scope: global }',
    }),
    cache: fact(
      element(
        {
          scope: fact(choice('public', 'private', 'none'), 'Who may keep the answer.', { example: 'private' }),
          ttl: fact(duration(), 'For how long.', { example: '5m' }),
          vary: fact(
            orNone(listOf(text(), 'header names'), 'a list of header names'),
            'What distinguishes answers besides the path.',
            { example: '[Authorization]' },
          ),
          staleIfError: fact(
            orNone(duration(), 'a duration'),
            'How long an old answer is served while the origin is down.',
            { example: '1h' },
          ),
        },
        'a map with scope, ttl, vary',
      ),
      'How the answer may be cached.',
      { example: '{ scope: private, ttl: 1m }' },
    ),
  },
  'a map with path and what is known of it',
)
