import { element, fact, oneOf, orNone, reading } from './fact.ts'
import { choice, cores, count, duration, flag, positiveDuration, rate, share } from './scalars.ts'

/** How many instances run, what adds some, what refuses work. */

/** `replicas: 3` or `{ min, max }`. */
export const replicas = () =>
  oneOf(
    [
      reading(count(), n => ({ min: n, max: n })),
      reading(
        element(
          {
            min: fact(count(), 'Instances that always run.', {
              ask: 'How many instances always run?',
              example: '3',
              must: true,
            }),
            max: fact(count(1), 'Instances at full scale.', {
              ask: 'How many instances run at full scale?',
              example: '12',
            }),
          },
          'a whole number such as 3, or a map with min and max',
        ),
        ({ min, max }) => ({ min, max }),
      ),
    ],
    'a whole number such as 3, or a map with min and max',
  )

export const rateLimit = element(
  {
    limit: fact(rate(), 'Requests that are let through.', { example: '5000/s' }),
    scope: fact(choice('global', 'perInstance', 'perClient'), 'What the limit counts.', { example: 'global' }),
    clients: fact(count(1), 'Expected clients, for a limit per client.', { example: '400' }),
  },
  'a map with limit and scope',
)

export const autoscaling = element(
  {
    metric: fact(
      choice('cpu', 'memory', 'concurrency', 'rps', 'queueAge', 'queueDepth', 'custom'),
      'What it watches.',
      { example: 'cpu' },
    ),
    target: fact(share(), 'Share of the metric that it keeps.', { example: '65%' }),
    tolerance: fact(share(), 'Deviation below which it does nothing.', { default: '10% on Kubernetes' }),
    window: fact(duration(), 'Time over which the metric is averaged.', { example: '30s' }),
    provisioning: fact(duration(), 'Time to get a machine for a new instance.', { example: '60s' }),
    scheduled: fact(flag(), 'Whether instances are added ahead of known peaks.', { example: 'true' }),
  },
  'a map with metric and target',
)

export const cpu = element(
  {
    request: fact(cores(), 'Cores reserved for one instance.', { example: '1' }),
    limit: fact(orNone(cores(), 'a number of cores'), 'Most cores one instance may use.', { example: '2' }),
    perRequest: fact(positiveDuration(), 'CPU time of one request.', { example: '4ms' }),
  },
  'a map with request, limit, perRequest',
)
