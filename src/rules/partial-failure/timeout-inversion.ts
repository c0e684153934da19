import { attemptLimit, waitsOnNetwork } from '../../analysis/attempt.ts'
import { fitOf, fittingRetries, rungsBehind, type Fit } from '../../analysis/ladder.ts'
import { explainLongest, longestOf } from '../../analysis/longest.ts'
import { firstOf } from '../../analysis/questions.ts'
import type { Call, Service } from '../../manifest/model.ts'
import { duration, number, roundUp } from '../../units.ts'
import { ask, defineRule, noOptions, yaml, type Violation } from '../define.ts'

export default defineRule({
  id: 'timeout-inversion',
  title: 'A caller gives up before its callee does',
  severity: 'warning',
  question: 'partial-failure',
  on: 'call',
  options: noOptions,
  why: 'The callee goes on working for an answer that nobody waits for. The caller meanwhile tries again, so the same work runs several times, most of all when something below is slow.',
  formula:
    't_in ≥ own work + Σ D(e) over the calls e behind it (the largest D of those made at the same time), with D(e) = (1 + r) · t + Σ backoff, at most the total timeout',
  fix: "Let timeouts grow from the store to the edge: each above its callee's own work and all attempts of the calls behind it.",
  sources: [
    { title: 'Site Reliability Engineering', id: 'ch. 22 "Addressing Cascading Failures", deadlines' },
    { title: 'AWS Well-Architected, Reliability: Set client timeouts', id: 'REL05-BP05', revision: 'November 2024' },
  ],
  reads: [
    'calls.timeout',
    'calls.totalTimeout',
    'calls.retries',
    'calls.parallelGroup',
    'calls.deadlinePropagation',
    'calls.timeoutIntent',
    'calls.operation',
    'calls.mode',
    'calls.transport',
    'calls.serves',
    'services.serviceTime',
  ],
  impliedBy: ['call-without-timeout'],

  appliesTo: (call, { facts }) =>
    call.target?.kind === 'service' &&
    waitsOnNetwork(call) &&
    call.deadlinePropagation !== true &&
    call.timeoutIntent !== 'degrade' &&
    facts.journeys.edgeOf(call) !== undefined,

  *check(call, { facts }) {
    const { time, at } = attemptLimit(call)
    if (time.low === Number.POSITIVE_INFINITY) return
    const rungs = rungsBehind(facts.journeys.edgeOf(call)!, facts.graph, facts.reach)
    const judged = rungs.map(rung => fitOf(rung, call.target as Service, time))
    const late = judged.filter(({ isLate, rung }) => isLate === true && rung.missing.length === 0)
    if (late.length > 0) {
      const worst = late.reduce((a, b) => (b.needs.low > a.needs.low ? b : a))
      const limit = time.high!
      return yield {
        at: time.low === limit ? at : [...call.path, 'totalTimeout'],
        ...describe(call, limit, worst),
        journeys: [...new Set(late.flatMap(({ rung }) => rung.journeys))],
      }
    }
    const doubtful = judged.filter(({ isLate }) => isLate !== false)
    if (doubtful.length === 0) return
    if (time.low !== time.high) return yield { unknown: at }
    const missing = doubtful.flatMap(({ isLate, rung }) => [...(isLate === true ? [] : isLate || []), ...rung.missing])
    yield* ask(
      firstOf(missing, ['timeout', 'retries', 'backoff', 'base', 'parallelGroup', 'serviceTime']),
      `"${call.name}" gives up after ${duration(time.low)}`,
    )
  },

  examples: [
    {
      title: 'The gateway waits for 3s, the orders may wait for 9.4s',
      bad: yaml`
        services:
          gateway:
            calls:
              - { to: orders, timeout: 3s } # <--
          orders:
            serviceTime: { mean: 20ms, p99: 90ms }
            calls:
              - { to: payments, timeout: 2s, retries: { max: 3, backoff: exponential, base: 200ms, jitter: true } }
        externals: { payments: {} }
      `,
    },
    {
      title: 'The same 10s at every hop leave no time for the work in between',
      bad: yaml`
        defaults: { calls: { timeout: 10s, retries: none } }
        journeys: { read: { entry: web }, post: { entry: web } }
        services:
          web:
            calls:
              - { to: timeline } # <--
          timeline:
            calls:
              - { to: posts } # <--
          posts: { calls: [{ to: posts-db }] }
        stores: { posts-db: {} }
      `,
    },
    {
      title: 'Two calls that have their turns, and all attempts of one that may belong to any operation',
      bad: yaml`
        services:
          shop:
            calls:
              - { to: orders, operation: price, timeout: 100ms }
              - { to: orders, operation: place, totalTimeout: 2s } # <--
          orders:
            serviceTime: { p99: 100ms }
            calls: [{ to: payments, timeout: 500ms, retries: { max: 3, backoff: none } }]
          payments:
            calls:
              - { to: risk, timeout: 200ms } # <--
          risk:
            serviceTime: { p99: 20ms }
            calls:
              - { to: accounts, timeout: 100ms, retries: none, parallelGroup: none }
              - { to: scores, timeout: 100ms, retries: none, parallelGroup: none }
        externals: { accounts: {}, scores: {} }
      `,
    },
    {
      title: 'What the callee waits for is not known: timeout, retries, waits, order, own work',
      unclear: yaml`
        services:
          shop:
            calls:
              - to: orders # ?
              - { to: stock, timeout: 1s }
              - { to: prices, timeout: 1s }
              - { to: search, timeout: 1s }
          orders: { calls: [{ to: orders-db, retries: none }] }
          stock:
            calls:
              - { to: stock-db, timeout: 200ms } # ?
          prices: # ?
            calls: [{ to: prices-db, timeout: 200ms, retries: none }]
          search:
            calls:
              - { to: index, timeout: 600ms, retries: none } # ?
              - { to: prices-db, timeout: 600ms, retries: none } # ?
        stores: { orders-db: {}, stock-db: {}, prices-db: {}, index: {} }
      `,
    },
    {
      title: 'Which journey makes the slow call is not stated',
      unclear: yaml`
        journeys: { browse: { entry: shop }, restock: { entry: warehouse } }
        services:
          shop: { calls: [{ to: stock, timeout: 500ms }] }
          warehouse: { calls: [{ to: stock, timeout: 10s }] }
          stock:
            serviceTime: { p99: 20ms }
            calls:
              - { to: supplier, timeout: 5s, retries: none } # ?
        externals: { supplier: {} }
      `,
    },
    {
      title: 'Room for all attempts, for the slowest of a group, and a total timeout that ends them',
      good: yaml`
        services:
          shop:
            calls: [{ to: orders, timeout: 2s }, { to: page, timeout: 1s }, { to: batch, timeout: none }]
          orders:
            serviceTime: { p99: 90ms }
            calls:
              - { to: payments, timeout: 800ms, totalTimeout: 1500ms, retries: { max: 3, backoff: none } }
              - { to: mailer, mode: async, timeout: 10s }
              - { to: proxy, transport: localhost, timeout: 10s }
          page:
            serviceTime: { p99: 90ms }
            calls:
              - { to: prices, timeout: 800ms, retries: { max: 3, backoff: none, retryOn: [connect] }, parallelGroup: page }
              - { to: reviews, timeout: 800ms, retries: none, parallelGroup: page }
          batch: { calls: [{ to: prices, timeout: 1h, retries: none }] }
        externals: { payments: {}, mailer: {}, proxy: {}, prices: {}, reviews: {} }
      `,
    },
    {
      title: 'The deadline travels along; giving up early is meant; the slow call serves another journey',
      good: yaml`
        defaults: { services: { serviceTime: { p99: 20ms } }, calls: { retries: none } }
        journeys: { browse: { entry: shop }, restock: { entry: warehouse } }
        services:
          shop:
            calls:
              - { to: search, timeout: 1s, deadlinePropagation: true }
              - { to: recommendations, timeout: 100ms, timeoutIntent: degrade, fallback: empty }
              - { to: stock, timeout: 500ms }
          warehouse: { calls: [{ to: stock, timeout: 10s }] }
          search: { calls: [{ to: index, timeout: 2s }] }
          recommendations: { calls: [{ to: index, timeout: 2s }] }
          stock:
            calls: [{ to: supplier, timeout: 5s, serves: [restock] }, { to: stock-db, timeout: 200ms }]
        stores: { index: {}, stock-db: {} }
        externals: { supplier: {} }
      `,
    },
    {
      title: 'A quick operation beside a slow one, slow work on messages, and a call that nothing ends',
      good: yaml`
        defaults: { services: { serviceTime: { p99: 20ms } }, calls: { retries: none, parallelGroup: none } }
        services:
          shop:
            calls:
              - { to: orders, operation: validate, timeout: 200ms }
              - { to: orders, operation: place, timeout: 3s }
              - { to: stock, timeout: 200ms }
          orders: { calls: [{ to: payments, timeout: 2s }, { to: risk, timeout: 2s }, { to: ledger, timeout: none }] }
          stock:
            publishes: [{ to: reorders }]
            consumes: [{ from: reorders }]
            calls: [{ to: supplier, timeout: 5s }]
        queues: { reorders: {} }
        externals: { payments: {}, risk: {}, ledger: {}, supplier: {} }
      `,
    },
  ],
})

function describe(call: Call, limit: number, fit: Fit): Omit<Violation, 'at'> {
  const { calls } = fit.rung
  const [waits, needs] = [fit.waits.low, fit.needs.low]
  const slowest = calls.reduce((a, b) => (longestOf(b).low > longestOf(a).low ? b : a))
  // One attempt alone is longer, whatever is not stated.
  const never = attemptLimit(slowest).time.low > limit
  const takes =
    needs > waits ? `take ${duration(needs)}` : `wait for ${duration(waits)} itself, its own work not counted`
  const total = needs > waits ? [`own work ${duration(needs - waits)} + ${duration(waits)} = ${duration(needs)}`] : []
  return {
    severity: never ? 'error' : 'warning',
    message: `"${call.name}" gives up after ${duration(limit)}, but "${call.to}" may ${takes}${never ? `; not even one attempt of "${slowest.name}" fits` : ''}`,
    arithmetic: [...calls.map(c => `D("${c.name}") = ${explainLongest(c)}`), ...total].join('\n'),
    fix: fixFor(call, limit, slowest, fit),
    evidence: calls.map(c => ({ label: `timeout of "${c.name}"`, at: attemptLimit(c).at })),
  }
}

function fixFor(call: Call, limit: number, slowest: Call, { rung, needs, waits }: Fit): string {
  const own = needs.low - waits.low
  const fewer = fittingRetries(rung.calls, slowest, limit - own)
  const cut =
    fewer === undefined
      ? `let "${slowest.name}" give up sooner`
      : `cut the retries of "${slowest.name}" to ${fewer === 0 ? 'none' : number(fewer)}`
  return `Raise the timeout of "${call.name}" to at least ${duration(roundUp(needs.low))}${own > 0 ? '' : ' and its own work'}, or ${cut}, or let the deadline travel with the request`
}
