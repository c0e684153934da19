import { element, fact, literal, mechanism, oneOf, orNone, reading } from './fact.ts'
import { choice, count, date, duration, flag, perSecond, positiveDuration, share, text } from './scalars.ts'

/** Shapes that several kinds of element use. */

export const criticality = () => choice('critical', 'high', 'normal', 'best-effort')

/** `mean`, `p50`, `p99` and so on of a time. */
export const latencySchema = element(
  {
    mean: fact(positiveDuration(), 'Mean.', { example: '20ms' }),
    p50: fact(positiveDuration(), 'Median.', { example: '15ms' }),
    p90: fact(positiveDuration(), '90th percentile.', { example: '40ms' }),
    p95: fact(positiveDuration(), '95th percentile.', { example: '60ms' }),
    p99: fact(positiveDuration(), '99th percentile.', {
      ask: 'Which time do 99 of 100 requests stay below?',
      example: '90ms',
    }),
    p999: fact(positiveDuration(), '99.9th percentile.', { example: '250ms' }),
  },
  'a map with mean, p50, p99',
)

/** `runbook: docs/x.md`, `runbook: none`, or with the date of the last check. */
export const runbook = () =>
  oneOf(
    [
      reading(literal(['none', false]), () => 'none' as const),
      reading(text(), path => ({ path }) as { path?: string; verified?: string }),
      element(
        {
          path: fact(text(), 'Where it is.', { ask: 'Where is the runbook?', example: 'docs/runbooks/orders.md' }),
          verified: fact(date(), 'When it was last followed.', {
            ask: 'When did somebody last follow the runbook, step by step?',
            example: '2026-10-02',
          }),
        },
        'a path or a map with path and verified',
      ),
    ],
    'a path, none, or a map with path and verified',
  )

const failover = element(
  {
    mode: fact(choice('automatic', 'manual', 'none'), 'Who starts it.', {
      ask: 'Who starts a failover?',
      example: 'automatic',
    }),
    time: fact(positiveDuration(), 'Time from start to end.', { example: '60s' }),
    detection: fact(duration(), 'Time until the loss is noticed.', { example: '10s' }),
    reconnect: fact(duration(), 'Time until clients are connected again.', { example: '5s' }),
  },
  'a map with mode, time',
)

/** Facts that any component with data or connections can carry. */
export const componentFacts = {
  engine: fact(text(), 'Product and version.', { ask: 'Which product is it?', example: 'postgres@16' }),
  owner: fact(orNone(text(), 'a team'), 'The team that answers for it.', {
    ask: 'Which team answers for it when it breaks?',
    example: 'team-orders',
  }),
  criticality: fact(criticality(), 'How bad its loss is. Absent: that of the journeys it serves.', { example: 'high' }),
  vendor: fact(text(), 'Vendor or platform it shares its fate with.', { example: 'aws' }),
  replicas: fact(count(), 'Nodes that hold the data, the primary included.', {
    ask: 'How many nodes hold the data?',
    example: '2',
    must: true,
  }),
  voters: fact(
    count(1),
    'Members that vote where a majority must agree, those without data included: arbiters, dedicated controllers, sentinels.',
    { ask: 'How many members vote, those that hold no data included?', example: '3' },
  ),
  managedStandby: fact(flag(), 'Whether the provider keeps a standby that is not counted in `replicas` (multi-AZ).', {
    default: '`false`',
    example: 'true',
  }),
  zones: fact(count(1), 'Availability zones the nodes are spread over.', { example: '3' }),
  failover: fact(mechanism(failover, 'a map with mode, time'), 'What happens when the primary is lost.', {
    example: '{ mode: automatic, time: 30s }',
  }),
  availability: fact(share(), 'Availability it is known or promised to have by itself.', {
    ask: 'Which availability does it have?',
    example: '99.95%',
  }),
  measuredAvailability: fact(share(), 'Availability that was measured; wins over what is promised.', {
    default: 'what is promised',
    example: '99.97%',
  }),
  latency: fact(latencySchema, 'Time until its answer.', {
    ask: 'How long does it take to answer?',
    example: '{ p50: 2ms, p99: 20ms }',
  }),
  capacity: fact(
    element(
      {
        rps: fact(perSecond(), 'Requests per second.', {
          ask: 'How many requests per second can it carry?',
          example: '3000',
        }),
      },
      'a map with rps',
    ),
    'What all of it carries.',
    {
      ask: 'How many requests per second can it carry?',
      example: '{ rps: 3000 }',
    },
  ),
  objectives: fact(
    element(
      {
        rpo: fact(duration(), 'Most data that may be lost.', { example: '5m' }),
        rto: fact(positiveDuration(), 'Longest time until it is back.', { example: '30m' }),
      },
      'a map with rpo, rto',
    ),
    'Recovery objectives.',
    { example: '{ rpo: 5m, rto: 30m }' },
  ),
  lossTolerated: fact(flag(), 'Whether losing its data does no harm.', { default: '`false`', example: 'true' }),
  runbook: fact(runbook(), 'What to do when it breaks.', {
    ask: 'Where is it written what to do when it breaks, and when was that last followed?',
    example: 'docs/runbooks/orders-db.md',
  }),
  observability: fact(
    element(
      {
        metrics: fact(flag(), 'Whether it is measured.', { example: 'true' }),
        saturation: fact(flag(), 'Whether connections, disk and queues are measured.', { example: 'true' }),
      },
      'a map with metrics, saturation',
    ),
    'What is measured.',
    { example: '{ metrics: true, saturation: true }' },
  ),
}

export const persistence = () => choice('none', 'snapshot', 'appendOnly', 'durable')
