import { exceeds, product, reaches } from '../../analysis/estimate.ts'
import type { Utilisation } from '../../analysis/capacity.ts'
import type { Edge } from '../../analysis/graph.ts'
import { limitsOf } from '../../analysis/limits.ts'
import { firstOf } from '../../analysis/questions.ts'
import { retryStormAt, type RetryStorm } from '../../analysis/retry-storm.ts'
import type { Call, Component } from '../../manifest/model.ts'
import { number, percent, rate } from '../../units.ts'
import { ask, defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'metastable-vulnerable',
  title: 'Retries alone keep it down after an overload',
  severity: 'error',
  question: 'partial-failure',
  on: 'component',
  options: noOptions,
  why: 'A short overload makes requests fail, each of them is tried again, and the retries are load enough to make the next ones fail. The overload stays after its trigger has gone, until somebody turns users away by hand.',
  formula: 'hidden capacity = μ / R < λ <= μ, with R the attempts for one request while it is overloaded',
  fix: 'Cap the retries with a budget, stop them with a breaker, or refuse the surplus early.',
  sources: [
    { title: 'Bronson et al.: Metastable Failures in Distributed Systems', id: 'HotOS 2021' },
    { title: 'Huang et al.: Metastable Failures in the Wild', id: 'OSDI 2022' },
    { title: 'Site Reliability Engineering', id: 'ch. 22 "Addressing Cascading Failures"' },
  ],
  reads: [
    'calls.retries',
    'calls.circuitBreaker',
    'calls.fallback',
    'calls.mode',
    'calls.serves',
    'services.rateLimit',
    'services.concurrencyLimit',
    'services.queueLimit',
    'services.loadShedding',
    'services.replicas',
    'services.concurrency',
    'services.serviceTime',
    'services.capacity.rps',
    'stores.capacity.rps',
    'caches.capacity.rps',
    'caches.onFailure',
    'caches.staleOnError',
    'journeys.load',
  ],
  impliedBy: ['retry-amplification', 'capacity-below-peak'],

  appliesTo: (component, { facts }) => {
    if (facts.utilisation(component, 'peak') === undefined) return false
    const { tiers, possible } = facts.amplification.get(component.name)!
    return tiers.some(isStated) || possible.tiers.some(isStated)
  },

  *check(component, { facts }) {
    if (limits(component).some(({ state }) => state === 'on')) return
    for (const kind of ['steady', 'peak'] as const) {
      const used = facts.utilisation(component, kind)!
      const { needed, available } = used
      // What is too much without retries needs capacity, not fewer retries.
      if (reaches(needed, available) === true) return
      const storm = retryStormAt(component, kind, facts)
      const stays = exceeds(product(needed, storm.growth), available)
      if (stays === false || (stays !== true && kind === 'steady')) continue
      const because = `if every retry comes, they may keep "${component.name}" overloaded at its ${kind} load`
      if (stays !== true) return yield* ask(firstOf(stays, askFirst).slice(0, 1), because)
      const open = limits(component).find(({ state }) => state === 'unknown')
      if (open) return yield { unknown: open.at, because }
      const tiers = [...new Set(storm.ways.flatMap(({ tiers }) => tiers))]
      const { load, growth } = storm
      const carried = (load * available.high!) / needed.low
      yield {
        at: [...tiers.reduce((a, b) => (maxOf(b) > maxOf(a) ? b : a)).path, 'retries'],
        message: `Once overloaded, "${component.name}" stays so: its ${kind} ${rate(load)} become ${rate(load * growth.low)} with retries, and it carries ${rate(carried)}; expected at most ${rate(carried / growth.low)} or fewer retries`,
        arithmetic: explain(storm, used, carried),
        fix: `Give the retries a budget of ${percent(0.1)} (at most ${rate(load * 1.1 ** most(storm))}) or a circuit breaker${component.kind === 'service' ? `, or let "${component.name}" refuse what is too much` : ''}`,
        severity: kind === 'steady' ? 'error' : 'warning',
        evidence: [
          { label: 'full scale', at: used.at },
          ...used.evidence,
          ...tiers.map(edge => ({ label: `${edge.name} tries again`, at: [...edge.path, 'retries'] })),
        ],
        journeys: facts.journeys.through(component.name, 'sure'),
      }
      return
    }
  },

  examples: [
    {
      title: '1000/s carried, 400/s come, and each is tried four times: beyond 250/s it does not recover',
      bad: yaml`
        journeys: { browse: { entry: shop, load: { steady: 400/s, peak: 600/s } } }
        services:
          shop:
            calls:
              - { to: prices-db, circuitBreaker: none, retries: { max: 3, budget: none } } # <--
        stores: { prices-db: { capacity: { rps: 1000 } } }
      `,
    },
    {
      title: 'Two tiers: 40 of 100 slots are busy at the peak, 2 x 2 attempts need 160',
      bad: yaml`
        defaults: { calls: { fallback: none, circuitBreaker: none } }
        journeys: { search: { entry: gateway, load: { steady: 200/s, peak: 800/s } } }
        services:
          gateway: { calls: [{ to: search, retries: { max: 1, budget: none } }] } # <--
          search: { queueLimit: 20, calls: [{ to: index, retries: { max: 1, budget: none } }] }
          index:
            replicas: 10
            concurrency: 10
            serviceTime: { mean: 50ms }
            rateLimit: none
            concurrencyLimit: none
            queueLimit: none
            loadShedding: false
      `,
    },
    {
      title: 'One of two callers retries, and it alone is enough',
      bad: yaml`
        defaults: { calls: { circuitBreaker: none } }
        journeys:
          browse: { entry: shop, load: { steady: 300/s, peak: 300/s } }
          report: { entry: reports, load: { steady: 100/s, peak: 100/s } }
        services:
          shop: { calls: [{ to: prices-db, retries: { max: 3, budget: none } }] } # <--
          reports: { calls: [{ to: prices-db, retries: none }] }
        stores: { prices-db: { capacity: { rps: 1000 } } }
      `,
    },
    {
      title: 'Whether a breaker or a budget ends the retries, or a limit refuses them, is not stated',
      unclear: yaml`
        journeys: { browse: { entry: shop, load: 400/s } }
        services:
          shop:
            calls:
              - { to: prices-db, retries: { max: 3, budget: none } } # ?
              - { to: stock-db, retries: { max: 3 }, circuitBreaker: none } # ?
              - { to: search, retries: { max: 3, budget: none }, circuitBreaker: none }
          search: { replicas: 10, capacity: { rps: 100 }, rateLimit: none, concurrencyLimit: none, queueLimit: none } # ?
        stores: { prices-db: { capacity: { rps: 1000 } }, stock-db: { capacity: { rps: 1000 } } }
      `,
    },
    {
      title: 'How many come, and whether failures reach the gateway, is not stated',
      unclear: yaml`
        defaults: { calls: { circuitBreaker: none } }
        journeys:
          browse: { entry: shop } # ?
          order: { entry: gateway, load: 400/s }
        services:
          shop: { calls: [{ to: prices-db, retries: { max: 3, budget: none } }] }
          gateway:
            calls:
              - { to: orders, retries: { max: 3, budget: none } }
          orders:
            loadShedding: true
            calls:
              - { to: orders-db, retries: none } # ?
        stores: { prices-db: { capacity: { rps: 1000 } }, orders-db: { capacity: { rps: 1000 } } }
      `,
    },
    {
      title: 'A breaker, a small budget, retries of other failures, of work nobody waits for, and plenty of room',
      good: yaml`
        journeys: { browse: { entry: shop, load: { steady: 300/s, peak: 400/s } } }
        services:
          shop:
            calls:
              - { to: a, retries: { max: 3, budget: none }, circuitBreaker: { failureRate: 50%, window: 10s } }
              - { to: b, retries: { max: 3, budget: 20% } }
              - { to: c, retries: { max: 3, budget: none, retryOn: [connect, conflict] }, circuitBreaker: none }
              - { to: d, retries: { max: 3, budget: none }, circuitBreaker: none, mode: async }
              - { to: e, retries: { max: 1, budget: none }, circuitBreaker: none }
              - { to: f, retries: none }
        stores: { a: { capacity: { rps: 450 } }, b: { capacity: { rps: 450 } }, c: { capacity: { rps: 450 } }, d: { capacity: { rps: 450 } }, e: { capacity: { rps: 800 } }, f: { capacity: { rps: 450 } } }
      `,
    },
    {
      title: 'A limit refuses the surplus; a fallback, a reset connection and a first tier end the chain',
      good: yaml`
        defaults: { calls: { circuitBreaker: none } }
        journeys:
          browse: { entry: gateway, load: { steady: 300/s, peak: 400/s } }
          order: { entry: orders, load: { steady: 200/s, peak: 300/s } }
        services:
          gateway:
            calls:
              - { to: shop, fallback: none, retries: { max: 1, budget: none } }
              - { to: search, fallback: none, retries: { max: 3, budget: none, retryOn: [connect, reset] } }
          shop: { replicas: 6, capacity: { rps: 100 }, loadShedding: true, calls: [{ to: reviews-db, fallback: empty, retries: none }] }
          search: { concurrencyLimit: adaptive, calls: [{ to: index, fallback: none, retries: none }] }
          orders: { calls: [{ to: stock, fallback: none, retries: { max: 1, budget: none } }] }
          stock: { rateLimit: { limit: 700/s }, calls: [{ to: stock-db, fallback: none, retries: none }] }
        stores: { reviews-db: { capacity: { rps: 800 } }, index: { capacity: { rps: 450 } }, stock-db: { capacity: { rps: 600 } } }
      `,
    },
    {
      title: 'What is too small without any retry, and what no user reaches',
      good: yaml`
        defaults: { calls: { circuitBreaker: none, retries: { max: 3, budget: none } } }
        journeys: { browse: { entry: shop, load: { steady: 400/s, peak: 1200/s } } }
        services:
          shop: { calls: [{ to: prices-db }] }
          tools: { calls: [{ to: tools-db }] }
        stores: { prices-db: { capacity: { rps: 400 } }, tools-db: { capacity: { rps: 1 } } }
      `,
    },
  ],
})

/** In the order in which answers are easy to give. */
const askFirst = ['budget', 'circuitBreaker', 'fallback', 'onFailure', 'staleOnError', 'retries', 'replicas', 'max']

const limits = (component: Component) => (component.kind === 'service' ? limitsOf(component) : [])

const maxOf = ({ via }: Edge): number => (via as Call).retries?.max ?? 0

const isStated = (edge: Edge): boolean => edge.kind === 'call' && maxOf(edge) > 0

/** The longest chain of tiers that try again. */
const most = ({ ways }: RetryStorm): number => Math.max(...ways.map(({ tiers }) => tiers.length))

function explain({ load, growth, ways }: RetryStorm, used: Utilisation, carried: number): string {
  return [
    ...ways.map(
      ({ attempts, tiers }) =>
        `${tiers.map(({ name }) => name).join(', then ')}: ${number(attempts)} attempts for one request of "${tiers[0]!.from.name}"`,
    ),
    `R = ${rate(load * growth.low)} / ${rate(load)} = ${number(growth.low)}`,
    ...(used.unit === 'slots'
      ? [`mu = ${rate(load)} x ${used.supply()} slots / ${number(used.needed.low)} busy = ${rate(carried)}`]
      : []),
    `hidden capacity = mu / R = ${rate(carried)} / ${number(growth.low)} = ${rate(carried / growth.low)} < ${rate(load)}`,
  ].join('\n')
}
