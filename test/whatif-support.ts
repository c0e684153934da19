import { factsOf } from '../src/analysis/index.ts'
import { calm, type Scenario } from '../src/analysis/scenario.ts'
import { outcomeRank } from '../src/analysis/outcomes.ts'
import { whatIf, type JourneyOutcome } from '../src/whatif/what-if.ts'
import type { Model } from '../src/manifest/model.ts'
import { modelOf } from './support.ts'

export const never = Number.POSITIVE_INFINITY

/** What a scenario does to each journey of a manifest, by name. */
export function outcomesOf(text: string | Model, scenario: Partial<Scenario>): Record<string, JourneyOutcome> {
  const model = typeof text === 'string' ? modelOf(text) : text
  const { journeys } = whatIf({ ...calm, ...scenario }, model, factsOf(model))
  return Object.fromEntries(journeys.map(one => [one.journey.name, one]))
}

/** `checkout: broken, browse: unknown ? services.web.calls[0].timeout`. */
export const brief = (text: string | Model, scenario: Partial<Scenario>): string[] =>
  Object.values(outcomesOf(text, scenario)).map(({ journey, outcome, missing }) =>
    [`${journey.name}: ${outcome}`, ...missing.map(({ fact }) => fact.join('.'))].join(' ? '),
  )

export const rank = outcomeRank

/** A small shop of which every number is stated; `more` replaces parts of it. */
export const shop = (more: { checkoutCall?: string; reviewCall?: string; web?: string; db?: string } = {}): string => `
journeys:
  buy: { entry: web, criticality: critical, load: { steady: 50/s, peak: 100/s, coincident: true }, latency: { p99: 2s } }
  read: { entry: web, criticality: high, load: { steady: 200/s, peak: 400/s, coincident: true }, latency: { p99: 1s } }
services:
  web:
    replicas: 10
    concurrency: 40
    serviceTime: { mean: 5ms }
    zones: 3
    concurrencyLimit: none
    ${more.web ?? 'rateLimit: none'}
    calls:
      - { to: orders, serves: [buy], ${more.checkoutCall ?? 'timeout: 1s'}, retries: none, fallback: none, circuitBreaker: none, bulkhead: none, parallelGroup: none }
      - { to: reviews, serves: [read], ${more.reviewCall ?? 'timeout: 200ms, fallback: empty'}, retries: none, circuitBreaker: none, bulkhead: none, parallelGroup: none }
  orders:
    replicas: 5
    concurrency: 20
    serviceTime: { mean: 20ms }
    zones: 3
    concurrencyLimit: none
    calls:
      - { to: orders-db, timeout: 500ms, retries: none, fallback: none, circuitBreaker: none, bulkhead: none, parallelGroup: none }
    publishes: [{ to: events, outbox: true }]
  mailer:
    replicas: 2
    concurrency: 5
    consumes: [{ from: events, group: mail, concurrency: 5, processing: { mean: 50ms } }]
stores:
  orders-db: { capacity: { rps: 500 }, latency: { mean: 5ms, p50: 4ms, p99: 20ms }, availability: 99.9%, ${more.db ?? 'zones: 3'} }
  reviews: { capacity: { rps: 2000 }, latency: { mean: 5ms, p50: 4ms, p99: 20ms } }
queues:
  events: { engine: kafka@4, partitions: 20, retention: 7d }
`
