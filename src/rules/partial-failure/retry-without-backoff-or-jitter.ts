import { clientsOf } from '../../analysis/clients.ts'
import { reaches } from '../../analysis/estimate.ts'
import type { Call, Journey } from '../../manifest/model.ts'
import { duration, list, number, plural } from '../../units.ts'
import { ask, defineRule, numberOption, optionMap, yaml, type Outcome } from '../define.ts'

const options = optionMap({
  clients: numberOption(10, 'Callers at the same time from which on retries in step hurt.', {
    isWhole: true,
    least: 1,
  }),
})

export default defineRule({
  id: 'retry-without-backoff-or-jitter',
  title: 'Retries come at once, or in step',
  severity: 'warning',
  question: 'partial-failure',
  on: 'call',
  options,
  why: 'Clients that fail together try again together. Without a growing wait they keep a callee down that would have recovered; without jitter they come back as one wave after each wait.',
  formula: 'clients in step = instances · calls that one instance has open at the same time',
  fix: 'Wait before each retry, twice as long each time, and randomise the wait.',
  sources: [
    {
      title: 'AWS Well-Architected, Reliability: Control and limit retry calls',
      id: 'REL05-BP03',
      revision: 'November 2024',
    },
    { title: 'AWS Architecture Blog: Exponential Backoff And Jitter' },
    { title: 'Site Reliability Engineering', id: 'ch. 21 "Handling Overload"' },
  ],
  reads: [
    'calls.retries',
    'calls.transport',
    'calls.bulkhead',
    'calls.pool',
    'services.replicas',
    'services.concurrency',
    'services.runtime',
    'journeys.criticality',
  ],

  appliesTo: call => call.retries?.max !== 0 && call.transport !== 'inProcess',

  *check(call, { facts, options }) {
    const { retries, path } = call
    const at = [...path, 'retries']
    if (retries === undefined) return yield { unknown: at }
    const { max, backoff, base, jitter } = retries
    const waits = backoff !== 'none' && base !== 0
    // Where few instances are overloaded, one try at another of them is the best answer.
    if (max === 1 && retries.differentReplica === true) return
    const edge = facts.journeys.edgeOf(call)
    const journeys = edge ? facts.journeys.taking(edge, 'sure') : []
    const common = { fix: fixFor(base), journeys }
    const expected = 'expected a wait that doubles, with jitter'
    if (!waits) {
      const message = `"${call.name}" makes ${plural(max, 'retry', 'retries')} at once, without a wait; ${expected}`
      return yield { ...common, at: [...at, base === 0 ? 'base' : 'backoff'], message }
    }
    if (backoff === undefined) return yield { unknown: [...at, 'backoff'] }
    if (jitter === true) return
    // Two waits or more that are equal neither ease the load nor part the clients; a single wait has nothing to double.
    if (backoff === 'exponential' || max === 1) return yield* inStep(call, options.clients, common)
    if (jitter === undefined) return yield { unknown: [...at, 'jitter'] }
    const message = `"${call.name}" makes ${number(max)} retries after equal waits without jitter; ${expected}`
    yield { ...common, at: [...at, 'backoff'], message }
  },

  examples: [
    {
      title: 'An optimistic transaction that is tried 500 times without a pause',
      bad: yaml`
        services:
          login:
            calls:
              - to: session-store
                retries: { max: 500, backoff: none } # <--
              - to: audit
                retries: { max: 1, backoff: exponential, base: 0s } # <--
          audit: {}
        caches:
          session-store: {}
      `,
    },
    {
      title: 'Every instance tries again each second',
      bad: yaml`
        services:
          orders:
            calls:
              - to: payments
                retries: { max: 3, backoff: fixed, base: 1s, jitter: false, differentReplica: true } # <--
          payments: {}
      `,
    },
    {
      title: '320 clients come back in one wave, and the checkout does with fewer',
      bad: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
        services:
          shop:
            replicas: 40
            concurrency: 8
            calls:
              - to: stock
                retries: { max: 2, backoff: exponential, base: 50ms, jitter: false } # <--
              - to: payments
                serves: [checkout]
                retries: { max: 1, backoff: fixed, base: 50ms, jitter: false } # <--
          stock: {}
          payments:
            replicas: 1
            calls:
              - to: psp
                pool: 2
                retries: { max: 2, backoff: exponential, base: 50ms, jitter: false } # <--
        externals:
          psp: {}
      `,
    },
    {
      title: 'Whether, how long and how evenly the clients wait is not stated',
      unclear: yaml`
        services:
          shop:
            replicas: 40
            calls:
              - to: orders # ?
              - to: stock
                retries: { max: 2 } # ?
              - to: prices
                retries: { max: 2, backoff: exponential } # ?
              - to: search
                retries: { max: 2, backoff: fixed } # ?
          orders: {}
          stock: {}
          prices: {}
          search: {}
      `,
    },
    {
      title: 'Without jitter, and how many clients there are or how much depends on them is not stated',
      unclear: yaml`
        defaults:
          calls: { retries: { max: 2, backoff: exponential, base: 50ms, jitter: false }, bulkhead: 2 }
        journeys:
          checkout: # ?
            entry: checkout
          upload: { entry: upload, criticality: normal }
          report: { entry: reports, criticality: normal }
        services:
          checkout:
            replicas: 1
            calls: [{ to: prices }]
          upload: # ?
            calls: [{ to: prices }]
          reports:
            replicas: 1
            calls: [{ to: prices }]
          prices: # ?
            replicas: 3
            calls: [{ to: prices-db, bulkhead: none }]
        stores:
          prices-db: {}
      `,
    },
    {
      title: 'A wait that doubles, with jitter; one that stays equal, with jitter; no retries, or none over a network',
      good: yaml`
        services:
          shop:
            replicas: 40
            calls:
              - { to: orders, retries: { max: 3, backoff: exponential, base: 50ms, jitter: true } }
              - { to: stock, retries: { max: 3, backoff: fixed, base: 1s, jitter: true } }
              - { to: prices, retries: none }
              - { to: taxes, transport: inProcess, retries: { max: 3, backoff: none } }
          orders: {}
          stock: {}
          prices: {}
          taxes: {}
      `,
    },
    {
      title: 'One try at another instance, at once',
      good: yaml`
        services:
          shop:
            calls:
              - { to: stock, retries: { max: 1, backoff: none, differentReplica: true } }
              - { to: prices, retries: { max: 1, differentReplica: true } }
          stock: {}
          prices: {}
      `,
    },
    {
      title: 'Too few clients for a wave: one worker, a nightly job; and functions, of which nobody knows how many run',
      good: yaml`
        defaults:
          calls: { retries: { max: 3, backoff: exponential, base: 1s, jitter: false } }
        services:
          reports:
            replicas: 1
            calls: [{ to: reports-db, pool: 4 }]
          resize:
            runtime: serverless
            calls: [{ to: reports-db }]
        jobs:
          archive:
            calls: [{ to: reports-db, retries: { max: 1, backoff: fixed, base: 1s, jitter: false } }]
        stores:
          reports-db: {}
      `,
    },
  ],
})

/** A wave hurts where many clients wait together, or where a critical journey does. */
function* inStep(
  call: Call,
  limit: number,
  common: { fix: string; journeys: readonly Journey[] },
): Generator<Outcome, void, undefined> {
  const critical = common.journeys.filter(({ criticality }) => criticality === 'critical')
  const clients = clientsOf(call)
  const many = reaches(clients, limit)
  if (critical.length === 0 && many !== true) {
    if (many !== false) return yield* ask(many.slice(0, 1), `"${call.name}" may retry in step`)
    const unrated = common.journeys.filter(journey => journey.criticality === undefined && !journey.implied)
    return yield* ask(unrated.map(({ path }) => [...path, 'criticality']))
  }
  const at = [...call.path, 'retries', 'jitter']
  const who =
    many === true
      ? `${number(clients.low)} clients in step`
      : `in step, on the critical ${list(critical.map(({ name }) => `"${name}"`))}`
  if (call.retries!.jitter === undefined) return yield { unknown: at, because: `${who}: "${call.name}"` }
  yield { ...common, at, message: `"${call.name}" retries without jitter, ${who}; expected a randomised wait` }
}

const fixFor = (base: number | undefined): string =>
  `Double the wait before each retry, from ${base ? duration(base) : 'a few times the usual latency'}, and draw it at random between nothing and that (\`backoff: exponential, jitter: true\`)`
