import { containedBy } from '../../analysis/containment.ts'
import { checkExpectations, type Checked } from '../../analysis/expectations.ts'
import { chainOf, culpritsOf, outagesOf } from '../../analysis/outage.ts'
import { outcomes } from '../../analysis/outcomes.ts'
import { tell } from '../../analysis/outage-words.ts'
import { scenarioWords } from '../../analysis/scenario-words.ts'
import { ask, defineRule, noOptions, yaml, type Outcome } from '../define.ts'

export default defineRule({
  id: 'expectation-failed',
  title: 'Something happens that the design says does not',
  severity: 'error',
  question: 'partial-failure',
  on: 'manifest',
  options: noOptions,
  why: 'An expectation is what the team relies on: that the shop can be browsed without its cache, that checkout survives the evening. A change somewhere else that takes it away goes unnoticed until the evening comes.',
  formula:
    'what becomes of the journey in the scenario, with every unstated fact in your favour, against what is expected',
  fix: 'Change the design so that it holds again, or change the expectation on purpose.',
  sources: [
    { title: 'Principles of Chaos Engineering', id: 'Build a hypothesis around steady state behavior' },
    {
      title: 'AWS Well-Architected, Reliability: Test resiliency using chaos engineering',
      id: 'REL12-BP04',
      revision: 'November 2024',
    },
  ],
  reads: [
    'expect',
    'expect.when',
    'expect.journey',
    'expect.is',
    'journeys.entry',
    'journeys.load',
    'journeys.latency',
    'calls.serves',
    'calls.fallback',
    'calls.timeout',
    'calls.retries',
    'calls.bulkhead',
    'calls.circuitBreaker',
    'calls.parallelGroup',
    'publishes.outbox',
    'publishes.serves',
    'services.replicas',
    'services.concurrency',
    'services.concurrencyLimit',
    'services.serviceTime',
    'services.latency',
    'services.capacity',
    'services.autoscaling',
    'services.zones',
    'services.deploy',
    'services.rateLimit',
    'stores.capacity',
    'stores.latency',
    'stores.zones',
    'stores.replicas',
    'stores.failover',
    'caches.capacity',
    'caches.latency',
    'caches.zones',
    'caches.replicas',
    'caches.failover',
    'caches.hitRatio',
    'caches.onFailure',
    'caches.staleOnError',
    'queues.zones',
    'queues.replicas',
    'queues.failover',
    'queues.minInsync',
    'queues.ordering',
    'queues.latency',
    'externals.quota',
    'externals.latency',
    'consumes.processing',
    'consumes.concurrency',
    'consumes.group',
  ],

  appliesTo: model => (model.raw.expect ?? []).length > 0,

  *check(model, { facts }) {
    for (const checked of checkExpectations(model, facts)) yield* outcomesOf(checked)
  },

  examples: [
    {
      title: 'The cache was said to be dispensable, and a call to it was made one that must succeed',
      bad: yaml`
        journeys: { browse: { entry: web, criticality: high } }
        services: { web: { calls: [{ to: catalogue-cache, fallback: none }] } }
        caches: { catalogue-cache: { engine: redis } }
        expect:
          - { when: { down: catalogue-cache }, journey: browse, is: degraded } # <--
      `,
    },
    {
      title: 'Twice the load needs more slots than there are; a queue is expected to break what it only delays',
      bad: yaml`
        journeys: { order: { entry: shop, load: { steady: 50/s, peak: 100/s } } }
        services:
          shop:
            replicas: 4
            concurrency: 10
            serviceTime: { mean: 250ms }
            publishes: [{ to: orders, outbox: true }]
        queues: { orders: { engine: kafka@4 } }
        expect:
          - { when: { load: 2x }, journey: order, is: ok } # <--
          - { when: { down: orders }, journey: order, is: broken } # <--
      `,
    },
    {
      title: 'What is answered instead is not stated, so nobody can say',
      unclear: yaml`
        journeys: { browse: { entry: web } }
        services:
          web:
            calls:
              - to: reviews # ?
        stores: { reviews: {} }
        expect:
          - { when: { down: reviews }, journey: browse, is: degraded }
      `,
    },
    {
      title: 'It comes to what is expected, or to less',
      good: yaml`
        journeys: { browse: { entry: web, load: { steady: 20/s, peak: 50/s, coincident: true } } }
        services:
          web:
            replicas: 4
            concurrency: 10
            serviceTime: { mean: 50ms }
            calls:
              - { to: reviews, fallback: empty, timeout: 200ms, retries: none, bulkhead: 2 }
              - { to: prices, fallback: none, timeout: 200ms, retries: none, bulkhead: 2 }
        stores:
          reviews: { capacity: { rps: 500 }, latency: { mean: 5ms } }
          prices: { capacity: { rps: 500 }, latency: { mean: 5ms } }
        expect:
          - { when: { down: reviews }, journey: browse, is: degraded }
          - { when: { slow: { component: reviews, latency: 10s } }, journey: browse, is: degraded }
          - { when: { down: [reviews, prices] }, journey: browse, is: broken }
          - { when: { load: 2x }, journey: browse, is: ok }
      `,
    },
    {
      title: 'A name that stands for nothing is reported elsewhere',
      good: yaml`
        journeys: { browse: { entry: web } }
        services: { web: {} }
        expect:
          - { when: { down: review }, journey: browse, is: ok }
      `,
    },
    {
      title: 'Nothing is expected',
      good: yaml`
        journeys: { browse: { entry: web } }
        services: { web: { calls: [{ to: reviews, fallback: none }] } }
        stores: { reviews: {} }
      `,
    },
  ],
})

function* outcomesOf({
  expectation,
  path,
  journey,
  scenario,
  situation,
  ending,
  holds,
}: Checked): Generator<Outcome, void, undefined> {
  if (holds === true) return
  const when = scenarioWords(scenario)
  const expected = expectation.is === 'broken' ? 'broken' : expectation.is === 'ok' ? 'ok' : `at most ${expectation.is}`
  if (holds !== false)
    return yield* ask(
      holds.slice(0, 1),
      `"${journey.name}" may be ${outcomes[ending.most]} if ${when}; expected ${expected}`,
    )
  const { model, facts, faults } = situation
  const outages = outagesOf(model, facts)
  const reason = culpritsOf(ending, faults, outages)[0]?.ending.reason ?? ending.reason
  const chain = chainOf(reason)
  const is = expectation.is === 'broken' ? outcomes[ending.most] : outcomes[ending.least]
  const changes = expectation.is === 'broken' ? [] : containedBy(chain, model, facts)
  yield {
    at: path,
    about: path,
    message: `"${journey.name}" is ${is} if ${when}; expected ${expected}`,
    ...(chain.length > 0 ? { arithmetic: tell(chain, model).join('\n') } : {}),
    ...(changes.length > 0 ? { fix: changes[0]! } : {}),
    evidence: chain.flatMap(({ edge }) => (edge ? [{ label: edge.name, at: edge.path }] : [])),
    journeys: [journey],
  }
}
