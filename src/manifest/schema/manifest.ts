import { cacheSchema } from './caches.ts'
import { callSchema } from './call.ts'
import { expectationSchema } from './expectations.ts'
import { externalSchema } from './externals.ts'
import { element, fact, listOf, literal, named, without } from './fact.ts'
import { alertSchema, journeySchema, sloSchema } from './journeys.ts'
import { consumeSchema, publishSchema } from './messages.ts'
import {
  budgetSchema,
  decisionSchema,
  drillSchema,
  evidenceSchema,
  flagSchema,
  jobSchema,
  onCallSchema,
  waiverSchema,
} from './operations.ts'
import { queueSchema } from './queues.ts'
import { choice, text } from './scalars.ts'
import { serviceSchema } from './service.ts'
import { storeSchema } from './stores.ts'
import type { Output } from './type.ts'

/** What `defaults` may say: facts for every element of a kind that does not state them itself. */
const defaultsSchema = element(
  {
    services: fact(without(serviceSchema, 'calls', 'publishes', 'consumes'), 'For every service.', {
      example: '{ zones: 3 }',
    }),
    calls: fact(without(callSchema, 'to'), 'For every call.', { example: '{ timeout: 1s }' }),
    publishes: fact(without(publishSchema, 'to'), 'For every publication.', { example: '{ acks: all }' }),
    consumes: fact(without(consumeSchema, 'from'), 'For every consumption.', { example: '{ idempotent: true }' }),
    stores: fact(storeSchema, 'For every store.', { example: '{ zones: 3 }' }),
    queues: fact(queueSchema, 'For every queue.', { example: '{ engine: kafka@4 }' }),
    caches: fact(cacheSchema, 'For every cache.', { example: '{ engine: redis }' }),
    externals: fact(externalSchema, 'For every external.', { example: '{ owner: team-platform }' }),
    journeys: fact(without(journeySchema, 'entry'), 'For every journey.', { example: '{ criticality: high }' }),
    slos: fact(without(sloSchema, 'journey', 'service'), 'For every SLO.', { example: '{ window: 30d }' }),
    jobs: fact(without(jobSchema, 'calls', 'publishes'), 'For every job.', {
      example: '{ concurrencyPolicy: forbid }',
    }),
  },
  'a map from kind of element to facts',
)

export const manifestSchema = element(
  {
    version: fact(literal([1], 'expected 1, the only version there is'), 'Version of the manifest format.', {
      default: '1',
    }),
    system: fact(text(), 'Name of the system.', { example: 'web-shop' }),
    description: fact(text(), 'What the system is for.', { example: 'Sells books.' }),
    platform: fact(
      choice('kubernetes', 'ecs', 'nomad', 'vm', 'serverless', 'compose'),
      'Where services run. Documented defaults of the platform then count as known, and are marked where they are used.',
      { example: 'kubernetes' },
    ),
    owner: fact(text(), 'Team that answers for what names no owner.', {
      ask: 'Which team answers for components that name no owner?',
      example: 'team-shop',
    }),
    include: fact(
      listOf(text(), 'globs'),
      'Files whose elements belong to this manifest; globs relative to this file.',
      { example: '[services/*.yaml]' },
    ),
    defaults: fact(
      defaultsSchema,
      'Facts for every element of a kind that does not state them; they count as stated.',
      { example: '{ calls: { timeout: 1s } }' },
    ),
    onCall: fact(onCallSchema, 'How fast people react.', { example: '{ acknowledge: 5m, coverage: always }' }),
    budget: fact(budgetSchema, 'What the system may cost.', { example: '{ perMonth: 4000, currency: EUR }' }),
    journeys: fact(named(journeySchema, 'a journey'), 'What users do; every judgement starts here.', {
      ask: 'What do users do with the system?',
      example: '{ checkout: { entry: web, criticality: critical } }',
    }),
    slos: fact(named(sloSchema, 'an SLO'), 'What users are promised.', {
      ask: 'Which service level is each journey promised?',
      example: '{ checkout-success: { journey: checkout, indicator: availability, objective: 99.9%, window: 30d } }',
    }),
    alerts: fact(named(alertSchema, 'an alert'), 'Alerts other than burn rates of SLOs.', {
      ask: 'Which alerts are there besides those on SLOs?',
      example: '{ order-lag: { signal: queueAge, on: order-events, severity: page } }',
    }),
    services: fact(named(serviceSchema, 'a service'), 'What the team runs.', { example: '{ web: { replicas: 3 } }' }),
    stores: fact(named(storeSchema, 'a store'), 'Databases, indices, object stores.', {
      example: '{ orders-db: { engine: postgres@16 } }',
    }),
    queues: fact(named(queueSchema, 'a queue'), 'Queues, topics, streams.', {
      example: '{ order-events: { engine: kafka@4 } }',
    }),
    caches: fact(named(cacheSchema, 'a cache'), 'Caches and CDNs.', {
      example: '{ catalogue-cache: { engine: redis, ttl: 10m } }',
    }),
    externals: fact(named(externalSchema, 'an external'), 'What others run.', {
      example: '{ psp: { availability: 99.95% } }',
    }),
    jobs: fact(named(jobSchema, 'a job'), 'What runs on a schedule.', {
      example: '{ revenue-report: { schedule: "0 3 * * *" } }',
    }),
    drills: fact(named(drillSchema, 'a drill'), 'What was rehearsed.', {
      ask: 'Which failures were rehearsed?',
      example: '{ failover-2026-09: { scenario: failover, on: orders-db, date: 2026-09-14 } }',
    }),
    decisions: fact(named(decisionSchema, 'a decision'), 'Architecture decision records.', {
      ask: 'Where are decisions written down that are hard to take back?',
      example: '{ ADR-007: { title: Shard orders by tenant, status: accepted } }',
    }),
    flags: fact(named(flagSchema, 'a feature flag'), 'Feature flags.', {
      example: '{ new-pricing: { type: release, owner: team-web } }',
    }),
    evidence: fact(evidenceSchema, 'Files that the claims are checked against.', {
      example: '{ kubernetes: [deploy/**/*.yaml] }',
    }),
    waivers: fact(listOf(waiverSchema, 'waivers'), 'Findings that are accepted for now.', {
      example:
        '[{ rule: ttl-missing, on: caches.flags, reason: removed in March, owner: team-web, until: 2027-03-31 }]',
    }),
    expect: fact(listOf(expectationSchema, 'expectations'), "The design's own tests.", {
      example: '[{ when: { down: catalogue-cache }, journey: browse, is: degraded }]',
    }),
  },
  'a map with services, journeys, stores and so on',
)

/** Maps of named elements; a component's name is unique over the first five, so that a call can name it. */
export const componentSections = ['services', 'stores', 'queues', 'caches', 'externals'] as const
export const namedSections = [
  ...componentSections,
  'journeys',
  'slos',
  'alerts',
  'jobs',
  'drills',
  'decisions',
  'flags',
] as const

export type Manifest = Output<typeof manifestSchema>
