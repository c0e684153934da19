import { attemptLimit, waitsOnNetwork } from '../../analysis/attempt.ts'
import { reaches } from '../../analysis/estimate.ts'
import { bystandersOf, guardOf, hangOf, type Hang } from '../../analysis/hang.ts'
import { explainLongest } from '../../analysis/longest.ts'
import { firstOf } from '../../analysis/questions.ts'
import type { Call, Journey, Service } from '../../manifest/model.ts'
import { duration, list, number, rate } from '../../units.ts'
import { ask, defineRule, noOptions, yaml, type Unknown, type Violation } from '../define.ts'

export default defineRule({
  id: 'slow-dependency-exhausts-caller',
  title: 'One dependency that hangs takes all slots of its caller',
  severity: 'warning',
  question: 'partial-failure',
  on: 'call',
  options: noOptions,
  why: 'Requests that wait for a callee that hangs hold their slots until the timeout. When they hold all of them, requests that never needed the callee find no slot: one slow dependency stops every journey of its caller, in seconds.',
  formula: 'L = λ · D ≥ C = n · c; the slots are full after (C - λ · S) / λ',
  fix: 'Limit how many requests may wait for this callee (bulkhead), cut the timeout, or open a breaker on slow calls.',
  sources: [
    { title: "Little's law", id: 'L = λW' },
    { title: 'Release It!', id: 'stability patterns "Bulkheads" and "Circuit Breaker", antipattern "Blocked Threads"' },
    { title: 'Site Reliability Engineering', id: 'ch. 22 "Addressing Cascading Failures"' },
  ],
  reads: [
    'calls.timeout',
    'calls.totalTimeout',
    'calls.retries',
    'calls.bulkhead',
    'calls.pool',
    'calls.circuitBreaker',
    'calls.fallback',
    'calls.serves',
    'calls.probability',
    'calls.callsPerRequest',
    'services.replicas',
    'services.concurrency',
    'services.concurrencyLimit',
    'services.serviceTime',
    'journeys.load',
    'journeys.criticality',
    'caches.hitRatio',
    'caches.onFailure',
  ],
  impliedBy: ['call-without-timeout'],

  appliesTo: (call, { facts }) =>
    call.from.kind === 'service' &&
    call.from.runtime !== 'serverless' &&
    waitsOnNetwork(call) &&
    facts.journeys.edgeOf(call) !== undefined,

  *check(call, { facts, model }) {
    const caller = call.from as Service
    const edge = facts.journeys.edgeOf(call)!
    const hang = hangOf(edge, caller, facts.busySlots(caller, 'peak').low, facts.load, facts.durations)
    const full = reaches(hang.waiting, hang.slots)
    if (full !== true) return yield* full === false ? [] : questions(call, hang)
    const because = `A hang of "${call.to}" fills all ${number(hang.slots.high!)} slots of "${caller.name}" in ${duration(hang.fills.high!)}`
    const guard = guardOf(call, caller, hang.fills)
    if (guard === 'contained') return
    const { journeys, missing } = bystandersOf(edge, model, facts.reach)
    if (journeys.length === 0 && missing.length === 0) return
    if (guard !== 'open') return yield { unknown: guard.ask, because }
    if (journeys.length === 0) return yield* ask(missing, because)
    yield { ...describe(call, hang, journeys), journeys: facts.journeys.through(caller.name, 'sure') }
  },

  examples: [
    {
      title: '400 requests wait when the stock hangs, 256 slots exist, and nobody can search any more',
      bad: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical, load: 200/s }
          search: { entry: shop, criticality: critical, load: 1/h }
        defaults: { calls: { bulkhead: none, circuitBreaker: none } }
        services:
          shop:
            replicas: 8
            concurrency: 32
            concurrencyLimit: none
            serviceTime: { mean: 80ms }
            calls:
              - { to: stock, serves: [checkout], timeout: 1s, retries: { max: 1, backoff: none } } # <--
        externals: { stock: {} }
      `,
    },
    {
      title: 'Limits that do not limit: a breaker that sees the hang too late, a bulkhead as wide as the service',
      bad: yaml`
        defaults:
          services: { replicas: 2, concurrency: 50, concurrencyLimit: none }
          calls: { retries: none, bulkhead: none, circuitBreaker: none }
        journeys: { browse: { entry: shop, load: 100/s } }
        services:
          shop:
            calls:
              - to: reviews
                timeout: 2s # <--
                fallback: empty
                bulkhead: 50
                circuitBreaker: { failureRate: 50%, slowCallDuration: none }
              - { to: adverts, timeout: none, probability: 50% } # <--
        externals: { reviews: {}, adverts: {} }
      `,
    },
    {
      title: 'Timeout, slots or load are not stated',
      unclear: yaml`
        journeys:
          checkout: { entry: shop, load: 200/s }
          report: # ?
            entry: reports
        services:
          shop:
            replicas: 8
            concurrency: 32
            calls:
              - to: stock # ?
              - { to: prices, timeout: 2s, retries: none, bulkhead: 8 }
          prices: # ?
            calls: [{ to: tariffs, timeout: 1s, retries: none }]
          reports:
            replicas: 1
            concurrency: 4
            calls: [{ to: tariffs, timeout: 1s, retries: none }]
        externals: { stock: {}, tariffs: {} }
      `,
    },
    {
      title: 'The slots do not last, and whether anything contains the hang is not stated',
      unclear: yaml`
        defaults:
          services: { replicas: 1, concurrency: 10 }
          calls: { timeout: 1s, retries: none, fallback: empty }
        journeys: { browse: { entry: shop, load: 100/s } }
        services:
          shop: # ?
            calls:
              - { to: stock } # ?
              - { to: prices, bulkhead: none } # ?
              - { to: reviews, bulkhead: none, circuitBreaker: none }
              - { to: adverts, circuitBreaker: { failureRate: 50% } } # ?
        externals: { stock: {}, prices: {}, reviews: {}, adverts: {} }
      `,
    },
    {
      title: 'The slots do not last, and whether anybody could do without the callee is not stated',
      unclear: yaml`
        defaults:
          services: { replicas: 1, concurrency: 10, concurrencyLimit: none }
          calls: { timeout: 1s, retries: none, bulkhead: none, circuitBreaker: none }
        journeys:
          browse: { entry: shop, load: 100/s }
          checkout: { entry: checkout, load: 100/s }
          cancel: { entry: checkout, load: 100/s }
        services:
          shop: { calls: [{ to: reviews }] } # ?
          checkout: { calls: [{ to: payments, fallback: none }] } # ?
        externals: { reviews: {}, payments: {} }
      `,
    },
    {
      title: 'A bulkhead, a pool, a breaker that counts slow calls, one that counts errors in time, an adaptive limit',
      good: yaml`
        defaults:
          services: { replicas: 8, concurrency: 32 }
          calls: { timeout: 2s, retries: none, fallback: empty }
        journeys:
          browse: { entry: shop, load: 200/s }
          search: { entry: search, load: 200/s }
        services:
          shop:
            calls:
              - { to: stock, bulkhead: 8 }
              - { to: reviews-db, pool: 8 }
              - { to: prices, circuitBreaker: { failureRate: 50%, slowCallDuration: 400ms } }
              - { to: adverts, timeout: 1s, retries: 2, circuitBreaker: { failureRate: 50% } }
          search:
            concurrencyLimit: adaptive
            calls: [{ to: adverts }]
        stores: { reviews-db: {} }
        externals: { stock: {}, prices: {}, adverts: {} }
      `,
    },
    {
      title: 'A short timeout, and a service of which every request needs its database',
      good: yaml`
        defaults:
          services: { replicas: 8, concurrency: 32 }
          calls: { retries: { max: 3, backoff: none, retryOn: [5xx] }, bulkhead: none, circuitBreaker: none }
        journeys: { browse: { entry: shop, load: { peak: 200/s } }, upload: { entry: resize, load: { peak: 200/s } } }
        services:
          shop:
            calls: [{ to: reviews, timeout: 1s, fallback: empty }, { to: catalogue, timeout: 1s, callsPerRequest: 4, fallback: static }]
          catalogue:
            calls: [{ to: catalogue-db, timeout: 2s, fallback: none }]
          resize:
            runtime: serverless
            calls: [{ to: images, timeout: 10s, fallback: empty }]
        stores: { catalogue-db: {}, images: {} }
        externals: { reviews: {} }
      `,
    },
  ],
})

/** Asks for the wait first, then for the slots, then for the load, which is the hardest to find out. */
function* questions(call: Call, { arrivals, wait, slots }: Hang): Generator<Unknown, void, undefined> {
  const first = [wait, slots, arrivals].find(({ missing }) => missing.length > 0)
  if (!first) return
  const limit = slots.high !== undefined && wait.low > 0 ? (slots.high * 1000) / wait.low : undefined
  yield* ask(
    firstOf(first.missing, ['timeout', 'retries', 'replicas', 'max', 'concurrency', 'load', 'serves']),
    limit === undefined
      ? undefined
      : `from ${rate(limit)} on, a hang of "${call.to}" fills all ${number(slots.high!)} slots of "${call.from.name}"`,
  )
}

function describe(call: Call, hang: Hang, others: readonly Journey[]): Violation {
  const { from, to } = call
  const [slots, arrivals, fills] = [hang.slots.high!, hang.arrivals.low, duration(hang.fills.high!)]
  const { concurrency, replicas, path } = from as Service
  const endless = hang.wait.low === Number.POSITIVE_INFINITY
  const critical = others.filter(({ criticality }) => criticality === 'critical')
  const stopped = list((critical.length > 0 ? critical : others).map(({ name }) => `"${name}"`))
  const waiting = endless ? 'requests that wait for ever' : `${number(hang.waiting.low)} waiting requests`
  return {
    at: attemptLimit(call).at,
    severity: critical.length > 0 ? 'error' : 'warning',
    message: `A hang of "${to}" fills all ${number(slots)} slots of "${from.name}" in ${fills} with ${waiting}, and stops ${stopped}, which could do without; expected a limit`,
    arithmetic: [
      ...(endless
        ? []
        : [
            `D = ${explainLongest(call)}`,
            `L = ${rate(arrivals)} x ${duration(hang.wait.low)} = ${number(hang.waiting.low)}`,
          ]),
      `C = ${number(replicas!.max!)} x ${number(concurrency!)} = ${number(slots)}`,
      `T = (${number(slots)} - ${number(hang.busy)} busy) / ${rate(arrivals)} = ${fills}`,
    ].join('\n'),
    fix: `Let fewer than ${number(concurrency!)} requests per instance wait for "${to}" (bulkhead), give up after less than ${duration((slots / arrivals) * 1000)} in all, or open a breaker on slow calls`,
    evidence: [
      { label: `${number(replicas!.max!)} instances at most`, at: [...path, 'replicas'] },
      { label: `${number(concurrency!)} slots in each`, at: [...path, 'concurrency'] },
    ],
  }
}
