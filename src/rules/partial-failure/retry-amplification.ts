import type { Amplification } from '../../analysis/amplification.ts'
import type { Edge } from '../../analysis/graph.ts'
import type { Facts } from '../../analysis/index.ts'
import { firstOf } from '../../analysis/questions.ts'
import { formatRoute, visitorsOf } from '../../analysis/reach.ts'
import type { Call, Component } from '../../manifest/model.ts'
import { list, number, percent } from '../../units.ts'
import { ask, defineRule, numberOption, optionMap, yaml } from '../define.ts'

const options = optionMap({
  warn: numberOption(4, 'Attempts for one request, over two tiers or more, that are a warning.', { least: 1 }),
  error: numberOption(10, 'Attempts for one request that are an error.', { least: 1 }),
})

export default defineRule({
  id: 'retry-amplification',
  title: 'Retries of several tiers multiply',
  severity: 'warning',
  question: 'partial-failure',
  on: 'component',
  options,
  why: 'Each tier that retries multiplies the attempts of the tiers above it. The component at the end gets the most load exactly when it fails, and cannot recover under it. A breaker helps only once it has opened.',
  formula: 'R = Π (1 + r) over the tiers of a path; with a retry budget β a tier counts min(1 + r, 1 + β)',
  fix: 'Retry at one tier only, the one right above the failure, or give each tier a retry budget.',
  sources: [
    { title: 'Site Reliability Engineering', id: 'ch. 21 "Handling Overload", ch. 22 "Addressing Cascading Failures"' },
    { title: "Amazon Builders' Library: Timeouts, retries, and backoff with jitter" },
    { title: 'Bronson et al.: Metastable Failures in Distributed Systems', id: 'HotOS 2021' },
  ],
  reads: [
    'calls.retries',
    'calls.fallback',
    'calls.optional',
    'calls.mode',
    'calls.operation',
    'calls.serves',
    'publishes.outbox',
    'publishes.serves',
    'caches.onFailure',
    'caches.staleOnError',
    'queues.dlq',
  ],

  appliesTo: (component, { facts }) => facts.graph.in.get(component.name)!.length > 0,

  *check(component, { facts, options }) {
    const amplification = facts.amplification.get(component.name)!
    const { factor, route, tiers, possible } = amplification
    const limitFor = (attempts: number, over: readonly Edge[]) =>
      over.length > 1 && attempts >= options.warn ? options.warn : attempts >= options.error ? options.error : undefined
    const limit = limitFor(factor.low, tiers)
    if (limit !== undefined) {
      // One chain is reported once: where it multiplies for the last time.
      if (tiers.at(-1) !== route.at(-1) || isWorseBelow(amplification, facts)) return
      return yield {
        at: [...worstTier(tiers).path, 'retries'],
        message: `"${component.name}" gets up to ${number(factor.low)} attempts for one request while it fails, until a breaker opens; expected fewer than ${number(limit)}`,
        arithmetic: explain(amplification),
        fix: fixFor(tiers),
        severity: factor.low >= options.error ? 'error' : 'warning',
        evidence: tiers.map(edge => ({ label: `${edge.name} tries again`, at: [...edge.path, 'retries'] })),
        journeys: (visitorsOf(facts.reach).get(component.name) ?? []).filter(({ name }) =>
          route.every(edge => facts.reach.get(name)!.takes(edge) !== 'no'),
        ),
      }
    }
    const most = factor.high ?? Number.POSITIVE_INFINITY
    if (limitFor(most, possible.tiers) === undefined) return
    yield* ask(
      firstOf(factor.missing, ['retries', 'budget', 'fallback', 'outbox']),
      worstOf(component, most, possible.route),
    )
  },

  examples: [
    {
      title: 'The gateway makes 4 attempts, each of them 3 of the orders, and what they call gets all 12',
      bad: yaml`
        defaults: { calls: { fallback: none } }
        services:
          gateway:
            calls:
              - { to: shop, retries: { max: 3, budget: none, retryOn: [timeout, reset] } } # <--
          shop: { calls: [{ to: orders, retries: { max: 2, budget: none } }] }
          orders: { calls: [{ to: orders-db, retries: none }] }
        stores: { orders-db: {} }
      `,
    },
    {
      title: 'One tier that tries 500 times, behind a service that the queue and the gateway reach',
      bad: yaml`
        defaults: { calls: { fallback: none } }
        services:
          login: { calls: [{ to: accounts, retries: none }], publishes: [{ to: logins, outbox: none }] }
          accounts:
            calls:
              - { to: sessions, retries: { max: 500, budget: none, retryOn: [conflict] } } # <--
            consumes: [{ from: logins }]
        caches: { sessions: { onFailure: error } }
        queues: { logins: { dlq: { to: dead-logins, maxReceive: 5 } }, dead-logins: {} }
      `,
    },
    {
      title: 'Two journeys, one way: 2 x 2 attempts for either of them',
      bad: yaml`
        defaults: { calls: { fallback: none, retries: { max: 1, budget: none } } }
        journeys: { browse: { entry: shop }, search: { entry: shop } }
        services:
          shop: { calls: [{ to: catalogue }] } # <--
          catalogue: { calls: [{ to: catalogue-db }] }
        stores: { catalogue-db: {} }
      `,
    },
    {
      title: 'The library of the gateway may retry too, and nobody said how often',
      unclear: yaml`
        services:
          gateway:
            calls:
              - { to: shop, fallback: none } # ?
          shop:
            calls: [{ to: prices, fallback: none, retries: { max: 2, budget: none } }]
        externals: { prices: {} }
      `,
    },
    {
      title: 'A budget might cap the retries of the gateway, and a fallback might keep failures from it',
      unclear: yaml`
        services:
          gateway:
            calls:
              - { to: shop, retries: { max: 3 } } # ?
              - { to: search, retries: { max: 3, budget: none } }
          shop:
            calls: [{ to: prices, fallback: none, retries: { max: 2, budget: none } }]
          search:
            calls:
              - { to: index, retries: { max: 2, budget: none } } # ?
        externals: { prices: {}, index: {} }
      `,
    },
    {
      title: 'Whether a request of the shop ever comes to the store is not stated',
      unclear: yaml`
        defaults: { calls: { fallback: none } }
        journeys: { browse: { entry: shop }, restock: { entry: warehouse } }
        services:
          shop: { calls: [{ to: stock, retries: { max: 3, budget: none } }] }
          warehouse: { calls: [{ to: stock, retries: none }] }
          stock:
            calls:
              - { to: stock-db, retries: { max: 3, budget: none } } # ?
        stores: { stock-db: {} }
      `,
    },
    {
      title: 'A budget of 10% at each tier makes 1.33 attempts; one tier alone may try several times',
      good: yaml`
        defaults: { calls: { fallback: none, retries: { max: 3, budget: 10% } } }
        services:
          gateway: { calls: [{ to: shop }] }
          shop: { calls: [{ to: orders }] }
          orders: { calls: [{ to: orders-db }] }
          billing: { calls: [{ to: psp, retries: { max: 7, budget: none } }, { to: mailer, retries: 1 }] }
        stores: { orders-db: {} }
        externals: { psp: {}, mailer: {} }
      `,
    },
    {
      title: 'A fallback, a message and a refused connection end the chain',
      good: yaml`
        defaults: { calls: { fallback: none } }
        services:
          gateway:
            calls:
              - { to: shop, retries: { max: 3, budget: none } }
              - { to: search, retries: { max: 3, budget: none, retryOn: [connect, reset] } }
          shop:
            calls:
              - { to: reviews, optional: true, fallback: empty, retries: { max: 3, budget: none } }
              - { to: audit, mode: async, retries: { max: 3, budget: none } }
            publishes: [{ to: orders, outbox: none }]
          search: { calls: [{ to: index, retries: { max: 3, budget: none } }] }
          billing: { consumes: [{ from: orders }], calls: [{ to: psp, retries: { max: 3, budget: none } }] }
        queues: { orders: {} }
        externals: { reviews: {}, audit: {}, index: {}, psp: {} }
      `,
    },
    {
      title: 'The tiers belong to different journeys, or to different operations',
      good: yaml`
        defaults: { calls: { fallback: none } }
        journeys: { browse: { entry: shop }, restock: { entry: warehouse } }
        services:
          shop:
            calls:
              - { to: stock, operation: read, serves: [browse], retries: { max: 3, budget: none } }
              - { to: stock, operation: reserve, serves: [browse], retries: none }
          warehouse: { calls: [{ to: stock, retries: none }] }
          stock:
            calls:
              - { to: supplier, serves: [restock], retries: { max: 3, budget: none } }
              - { to: stock-db, serves: [browse], retries: { max: 3, budget: none } }
        externals: { supplier: {}, stock-db: {} }
      `,
    },
  ],
})

/** Whether the same way goes on to a component that gets more. */
const isWorseBelow = ({ route, factor }: Amplification, facts: Facts): boolean =>
  [...facts.amplification.values()].some(
    other =>
      other.factor.low > factor.low &&
      other.route.length > route.length &&
      route.every((edge, i) => edge === other.route[i]),
  )

const retriesOf = (edge: Edge) => (edge.via as Call).retries!

/** The tier to change: the one that multiplies most of those above the last, which is the right place for a retry. */
const worstTier = (tiers: readonly Edge[]): Edge =>
  tiers.slice(0, -1).reduce((a, b) => (retriesOf(b).max > retriesOf(a).max ? b : a), tiers[0]!)

const term = (edge: Edge): string => {
  const { max, budget } = retriesOf(edge)
  return `(1 + ${budget === undefined || budget === 'none' || budget > max ? number(max) : percent(budget)})`
}

function explain({ tiers, factor, deliveries }: Amplification): string {
  const product = `R = ${tiers.map(term).join(' x ')} = ${number(factor.low)}`
  return deliveries > 1
    ? `${product}\n${number(deliveries)} deliveries of a message make up to ${number(factor.low * deliveries)} in all, over a longer time`
    : product
}

function fixFor(tiers: readonly Edge[]): string {
  const last = tiers.at(-1)!
  const budgets = `a budget of 10% (R = ${number(1.1 ** tiers.length)})`
  if (tiers.length === 1) return `Cut the retries of "${last.name}" to 2 or fewer, or give them ${budgets}`
  const others = list(tiers.slice(0, -1).map(({ name }) => `"${name}"`))
  return `Retry at one tier only: with none at ${others}, R = ${term(last)}; or give every tier ${budgets}`
}

const worstOf = ({ name }: Component, most: number, route: readonly Edge[]): string =>
  Number.isFinite(most)
    ? `"${name}" may get up to ${number(most)} attempts for one request while it fails, until a breaker opens (${formatRoute(route)})`
    : `while "${name}" fails, retries multiply along ${formatRoute(route)}, until a breaker opens`
