import { waitsOnNetwork } from '../../analysis/attempt.ts'
import { inFlight } from '../../analysis/formulas/capacity.ts'
import type { Facts } from '../../analysis/index.ts'
import { explainLongest, longestOf } from '../../analysis/longest.ts'
import type { Call, External } from '../../manifest/model.ts'
import { duration, number, plural, rate } from '../../units.ts'
import { defineRule, noOptions, yaml, type Violation } from '../define.ts'

export default defineRule({
  id: 'external-call-unprotected',
  title: 'Nothing stands between a third party and its caller',
  severity: 'warning',
  question: 'partial-failure',
  on: 'call',
  options: noOptions,
  why: 'What others run fails and hangs at times that nobody here chooses, and nobody here can mend it. Without a breaker, a cap on waiting requests or an answer without it, its bad day is the bad day of the caller.',
  fix: 'Cap the requests that may wait for it (bulkhead), open a breaker on slow and failed calls, or answer without it.',
  sources: [
    { title: "Amazon Builders' Library: Timeouts, retries, and backoff with jitter" },
    {
      title: 'Release It!',
      id: 'stability patterns "Circuit Breaker" and "Bulkheads", antipattern "Integration Points"',
    },
    {
      title:
        'AWS Well-Architected, Reliability: Implement graceful degradation to transform applicable hard dependencies into soft dependencies',
      id: 'REL05-BP01',
      revision: 'November 2024',
    },
  ],
  reads: [
    'calls.circuitBreaker',
    'calls.bulkhead',
    'calls.pool',
    'calls.fallback',
    'calls.optional',
    'calls.mode',
    'calls.transport',
    'calls.timeout',
    'calls.retries',
    'journeys.load',
    'services.replicas',
    'externals.latency',
    'externals.alternative',
  ],
  // With the load stated, how long the slots last is the arithmetic of the same fault.
  impliedBy: ['slow-dependency-exhausts-caller'],

  appliesTo(call, { facts }) {
    const edge = facts.journeys.edgeOf(call)
    const isWaitedFor = edge !== undefined && facts.waiting.on(edge).length > 0
    return call.target?.kind === 'external' && waitsOnNetwork(call) && isWaitedFor
  },

  *check(call, { facts }) {
    const { circuitBreaker, bulkhead, pool, path, to } = call
    if (circuitBreaker !== undefined && circuitBreaker !== 'none') return
    if (typeof bulkhead === 'number' || pool !== undefined) return
    if (facts.journeys.edgeOf(call)?.hard === 'no' || (call.target as External).alternative !== undefined) return
    const open = (['fallback', 'circuitBreaker', 'bulkhead'] as const).find(key => call[key] === undefined)
    if (open !== undefined) return yield { unknown: [...path, open], because: `"${to}" is run by others` }
    yield {
      at: [...path, 'circuitBreaker'],
      message: `"${call.name}" waits ${howLong(call)} for what others run, with no circuit breaker, no bulkhead and no fallback; expected one of them`,
      ...describe(call, facts),
      journeys: facts.journeys.taking(facts.journeys.edgeOf(call)!, 'sure'),
    }
  },

  examples: [
    {
      title: 'The checkout asks a tax service and has nothing but a timeout',
      bad: yaml`
        journeys:
          checkout: { entry: checkout, load: { steady: 20/s, peak: 50/s } }
        services:
          checkout:
            calls:
              - to: tax-api
                timeout: 10s
                retries: none
                circuitBreaker: none # <--
                bulkhead: none
                fallback: none
        externals: { tax-api: {} }
      `,
    },
    {
      title: 'Whether anything protects the caller is not stated',
      unclear: yaml`
        services:
          checkout:
            calls:
              - { to: tax-api, timeout: 10s } # ?
              - { to: psp, timeout: 10s, fallback: none, bulkhead: none } # ?
              - { to: fraud-check, timeout: 10s, fallback: none, circuitBreaker: none } # ?
        externals: { tax-api: {}, psp: {}, fraud-check: {} }
      `,
    },
    {
      title: 'One defence is enough: a breaker, a cap, a pool, an answer without it, or somebody else who can do it',
      good: yaml`
        services:
          checkout:
            calls:
              - { to: psp, circuitBreaker: { failureRate: 50% }, bulkhead: none, fallback: none }
              - { to: tax-api, circuitBreaker: none, bulkhead: 8, fallback: none }
              - { to: ledger, circuitBreaker: none, pool: 8, fallback: none }
              - { to: ratings, circuitBreaker: none, bulkhead: none, fallback: cached }
              - { to: vouchers, circuitBreaker: none, bulkhead: none, optional: true }
              - { to: sms, circuitBreaker: none, bulkhead: none, fallback: none }
        externals: { psp: {}, tax-api: {}, ledger: {}, ratings: {}, vouchers: {}, sms: { alternative: sms-2 }, sms-2: {} }
      `,
    },
    {
      title: 'A worker that takes no more messages than it can handle, a job, and calls within the house',
      good: yaml`
        defaults: { calls: { circuitBreaker: none, bulkhead: none, fallback: none } }
        journeys: { order: { entry: shop } }
        services:
          shop: { calls: [{ to: stock }, { to: agent, transport: localhost }], publishes: [{ to: orders, outbox: true }] }
          stock: {}
          mailer: { consumes: [{ from: orders, concurrency: 4 }], calls: [{ to: smtp }] }
        queues: { orders: {} }
        externals: { smtp: {}, agent: {}, bank: {} }
        jobs:
          statements: { calls: [{ to: bank }] }
      `,
    },
  ],
})

function howLong(call: Call): string {
  const { low } = longestOf(call)
  if (low === Number.POSITIVE_INFINITY) return 'without end'
  return low > 0 ? `up to ${duration(low)}` : 'however long it takes'
}

/** L = λ · D, and the cap that leaves room for slow answers, where the numbers are stated. */
function describe(call: Call, facts: Facts): Pick<Violation, 'arithmetic' | 'fix' | 'evidence'> {
  const { path, to, from, timeout } = call
  const arrivals = facts.load.requestsOn(facts.journeys.edgeOf(call)!, 'peak').low
  const wait = longestOf(call).low
  const latency = (call.target as External).latency
  const slow = latency?.p99 ?? latency?.mean
  const instances = from.kind === 'service' ? from.replicas?.min : undefined
  const cap =
    arrivals > 0 && slow !== undefined && instances
      ? `${number(Math.ceil(inFlight(arrivals / instances, slow)))} `
      : 'few '
  const held = `L = ${rate(arrivals)} x ${duration(wait)} = ${plural(inFlight(arrivals, wait), 'waiting request')}`
  return {
    ...(wait > 0 && Number.isFinite(wait)
      ? { arithmetic: [`D = ${explainLongest(call)}`, ...(arrivals > 0 ? [held] : [])].join('\n') }
      : {}),
    fix: `Let at most ${cap}requests of each instance wait for "${to}" (bulkhead), open a breaker on its slow and failed calls, or answer without it`,
    evidence: [
      ...(timeout === undefined ? [] : [{ label: 'the only limit', at: [...path, 'timeout'] }]),
      { label: 'no cap on waiting requests', at: [...path, 'bulkhead'] },
      { label: 'no answer without it', at: [...path, 'fallback'] },
    ],
  }
}
