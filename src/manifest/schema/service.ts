import { callSchema } from './call.ts'
import { element, fact, listOf, mechanism, oneOf, orNone } from './fact.ts'
import { consumeSchema, publishSchema } from './messages.ts'
import { deploySchema, healthSchema } from './rollout.ts'
import { autoscaling, cpu, rateLimit, replicas } from './scale.ts'
import { amount, choice, count, duration, flag, perSecond, positiveDuration, share, text } from './scalars.ts'
import { criticality, latencySchema, runbook } from './shared.ts'
import { observability, route } from './surface.ts'

export const serviceSchema = element(
  {
    role: fact(choice('gateway', 'edge', 'api', 'worker', 'frontend', 'sidecar'), 'What it is in the system.', {
      example: 'gateway',
    }),
    purpose: fact(choice('product', 'notification', 'analytics', 'indexing', 'audit-export'), 'What its work is for.', {
      example: 'analytics',
    }),
    owner: fact(orNone(text(), 'a team'), 'The team that answers for it.', {
      ask: 'Which team answers for it when it breaks?',
      example: 'team-orders',
    }),
    criticality: fact(criticality(), 'How bad its loss is. Absent: that of the journeys it serves.', {
      example: 'high',
    }),
    public: fact(flag(), 'Whether it is reached from outside.', { example: 'true' }),
    authentication: fact(orNone(text(), 'a scheme such as oidc'), 'How outside callers are known.', {
      example: 'oidc',
    }),
    rateLimit: fact(mechanism(rateLimit, 'a map with limit, scope'), 'Most requests let in.', {
      ask: 'What limits the requests that are let in?',
      example: '{ limit: 5000/s, scope: global }',
    }),
    runtime: fact(choice('container', 'vm', 'serverless'), '`serverless` has no instances to count.', {
      example: 'container',
    }),
    deployable: fact(
      text(),
      'The deployable it is a module of; modules of one deployable are one service to its stores.',
      { default: 'a deployable of its own', example: 'shop' },
    ),
    replicas: fact(replicas(), 'Instances.', {
      ask: 'How many instances run?',
      example: '{ min: 3, max: 12 }',
      must: true,
    }),
    standby: fact(flag(), 'Whether a single active instance has a standby that takes over (leader election).', {
      default: '`false`',
      example: 'true',
    }),
    zones: fact(count(1), 'Availability zones the instances are spread over.', {
      ask: 'Over how many zones are the instances spread?',
      example: '3',
    }),
    autoscaling: fact(mechanism(autoscaling, 'a map with metric, target'), 'What adds instances.', {
      ask: 'What adds instances under load?',
      example: '{ metric: cpu, target: 65% }',
    }),
    concurrency: fact(
      count(1),
      'Requests one instance handles at the same time (threads, workers, or the in-flight limit of an event loop).',
      {
        ask: 'How many requests does one instance handle at the same time?',
        example: '32',
      },
    ),
    concurrencyLimit: fact(
      orNone(oneOf([choice('adaptive'), count(1)], 'adaptive or a number'), 'adaptive, a number'),
      'What refuses work beyond it.',
      { ask: 'Does the service lower the number of requests it lets in when they become slow?', example: 'adaptive' },
    ),
    queueLimit: fact(orNone(count(), 'a number'), 'Requests that may wait for a free slot.', { example: '100' }),
    loadShedding: fact(flag(), 'Whether it refuses work early when it is overloaded.', { example: 'true' }),
    serviceTime: fact(latencySchema, 'Time of its own work for one request, waiting for callees excluded.', {
      ask: 'How long is its own work for one request, waits excluded?',
      example: '{ mean: 20ms, p99: 90ms }',
    }),
    latency: fact(latencySchema, 'Time until its answer as its callers see it, waits included.', {
      ask: 'How long do its callers wait for an answer?',
      example: '{ p50: 60ms, p99: 300ms }',
    }),
    capacity: fact(
      element({ rps: fact(perSecond(), 'Requests per second.', { example: '250' }) }, 'a map with rps'),
      'What one instance carried in a load test.',
      { example: '{ rps: 250 }' },
    ),
    cpu: fact(cpu, 'CPU of one instance.', { example: '{ request: 1, perRequest: 4ms }' }),
    availability: fact(share(), 'Availability it is known or promised to have by itself.', {
      ask: 'Which availability does it have?',
      example: '99.95%',
    }),
    measuredAvailability: fact(share(), 'Availability that was measured; wins over what is promised.', {
      default: 'what is promised',
      example: '99.97%',
    }),
    state: fact(
      orNone(choice('local', 'external', 'rebuildable', 'sharded'), 'local, external, rebuildable, sharded'),
      'Where state between requests lives; `local` is in memory or on the disk of an instance.',
      {
        ask: 'Where does state between two requests live?',
        example: 'none',
        must: true,
      },
    ),
    sticky: fact(flag(), 'Whether a client always reaches the same instance.', {
      ask: 'Does a client always reach the same instance?',
      example: 'true',
    }),
    startupTime: fact(positiveDuration(), 'Time until a new instance serves.', { example: '40s' }),
    coldStart: fact(positiveDuration(), 'Extra time of the first request to a new instance.', { example: '3s' }),
    idleTimeout: fact(orNone(positiveDuration(), 'a duration'), 'Time after which an idle instance is removed.', {
      example: '5m',
    }),
    processes: fact(count(1), 'Processes in one instance, each with pools of its own.', { default: '1' }),
    health: fact(healthSchema, 'Probes.', {
      example: '{ liveness: { checks: [] }, readiness: { checks: [orders-db] } }',
    }),
    outlierDetection: fact(flag(), 'Whether callers stop using an instance that fails.', { example: 'true' }),
    deploy: fact(deploySchema, 'How a new version arrives.', {
      example: '{ strategy: canary, steps: [5%, 25%], bake: 50m, rollback: automatic }',
    }),
    terminationGrace: fact(duration(), 'Time between the signal to stop and the kill.', { example: '45s' }),
    preStop: fact(duration(), 'Wait before the signal, for balancers to notice.', { example: '5s' }),
    observability: fact(observability, 'What is measured.', {
      ask: 'Are metrics, traces and correlated logs in place?',
      example: '{ metrics: true, traces: true, logs: structured }',
    }),
    runbook: fact(runbook(), 'What to do when it breaks.', {
      ask: 'Where is it written what to do when it breaks, and when was that last followed?',
      example: 'docs/runbooks/orders.md',
    }),
    vendor: fact(text(), 'Vendor or platform it shares its fate with.', { example: 'aws' }),
    routes: fact(listOf(route, 'routes'), 'What it answers to the outside.', {
      example: '[{ path: /me/orders, authentication: oidc, data: personal }]',
    }),
    cost: fact(
      element(
        { perReplica: fact(amount(), 'Cost of one instance per month.', { example: '90' }) },
        'a map with perReplica',
      ),
      'What it costs per month.',
      { example: '{ perReplica: 90 }' },
    ),
    calls: fact(listOf(callSchema, 'calls, each with `to`'), 'What it calls and waits for.', {
      example: '[{ to: orders, timeout: 3s }]',
    }),
    publishes: fact(listOf(publishSchema, 'publications, each with `to`'), 'Messages it sends.', {
      example: '[{ to: order-events, outbox: true }]',
    }),
    consumes: fact(listOf(consumeSchema, 'consumptions, each with `from`'), 'Queues it reads.', {
      example: '[{ from: order-events, idempotent: true }]',
    }),
  },
  'a map of what is known of the service',
)
