import { exceeds } from '../../analysis/estimate.ts'
import { quotaUseOf } from '../../analysis/limits.ts'
import { firstOf } from '../../analysis/questions.ts'
import type { Call } from '../../manifest/model.ts'
import { number, percent, rate, roundUp } from '../../units.ts'
import { ask, defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'external-quota-exceeded',
  title: 'An external gets more requests than it accepts from us',
  severity: 'error',
  question: 'scaling',
  on: 'external',
  options: noOptions,
  why: 'What is over the quota is refused, and some providers lock the account for a while. Retries make it worse at the worst moment: during a short fault of the provider they use the quota up, and the fault lasts for as long as they do.',
  formula: 'λ_peak > quota; while it fails λ_peak · (1 + r) > quota, or λ_peak · (1 + β) with a retry budget β',
  fix: 'Agree on a higher quota, send less, or let a queue spread the requests.',
  sources: [
    {
      title: 'AWS Well-Architected, Reliability: Accommodate fixed service quotas and constraints through architecture',
      id: 'REL01-BP03',
      revision: 'November 2024',
    },
    {
      title:
        'AWS Well-Architected, Reliability: Ensure that a sufficient gap exists between the current quotas and the maximum usage to accommodate failover',
      id: 'REL01-BP06',
      revision: 'November 2024',
    },
  ],
  reads: [
    'externals.quota',
    'journeys.load',
    'calls.retries',
    'calls.circuitBreaker',
    'calls.callsPerRequest',
    'calls.probability',
    'calls.serves',
    'caches.hitRatio',
    'consumes.group',
  ],

  appliesTo: (external, { facts }) => external.quota !== undefined || quotaUseOf(external, facts).normal.low > 0,

  *check(external, { facts }) {
    const { name } = external
    const { quota, normal, retried, at } = quotaUseOf(external, facts)
    const journeys = facts.journeys.through(name, 'sure')
    const because = `"${name}" gets ${rate(normal.low)} at the peak`
    if (quota.high === undefined) return yield { unknown: at, because }
    const limit = quota.high
    const over = exceeds(normal, quota)
    if (over === true) {
      yield {
        at,
        message: `"${name}" gets ${rate(normal.low)} at the peak, but accepts ${rate(limit)}; expected a quota above the peak`,
        arithmetic: `${rate(normal.low)} / ${rate(limit)} ${limit > 0 ? `= ${number(normal.low / limit)} of the quota` : 'that are accepted'}`,
        fix: `Agree on a quota of at least ${rate(roundUp(normal.low))}, or send less: cache answers, put several requests into one, or let a queue spread them`,
        journeys,
      }
      return
    }
    if (over !== false) return yield* ask(firstOf(over, ['load', 'peak', 'steady']))
    const locked = exceeds(retried, quota)
    if (locked === false) return
    if (locked !== true)
      return yield* ask(firstOf(locked, ['retries', 'budget', 'circuitBreaker']), `${because}, of ${rate(limit)}`)
    const times = retried.low / normal.low
    const room = Math.floor((limit / normal.low - 1) * 100) / 100
    const calls = facts.callsTo(name).filter(({ from, retries }) => from.kind === 'service' && (retries?.max ?? 0) > 0)
    yield {
      at: [...(calls[0]?.path ?? external.path), ...(calls[0] ? ['retries'] : ['quota'])],
      message: `"${name}" gets up to ${rate(retried.low)} while it fails and callers try again, but accepts ${rate(limit)}; expected retries that stay below the quota`,
      arithmetic: `${rate(normal.low)} x ${number(times)} attempts = ${rate(retried.low)}, of ${rate(limit)}`,
      fix: `${room > 0 ? `Give the retries a budget of at most ${percent(room)}` : 'Leave out the retries'}, or let a breaker stop the calls while it fails, or agree on a quota of at least ${rate(roundUp(retried.low))}`,
      severity: 'warning',
      evidence: [
        { label: `accepts ${rate(limit)}`, at },
        ...calls.map((call: Call) => ({ label: `"${call.name}" tries again`, at: [...call.path, 'retries'] })),
      ],
      journeys,
    }
  },

  examples: [
    {
      title: '150 payments per second for a provider that accepts 100',
      bad: yaml`
        journeys:
          checkout: { entry: shop, load: { steady: 50/s, peak: 150/s } }
        services:
          shop: { calls: [{ to: psp }] }
        externals:
          psp:
            quota: 100/s # <--
      `,
    },
    {
      title: '90 of 100 per second, until two retries make 270 of them',
      bad: yaml`
        journeys:
          checkout: { entry: shop, load: { steady: 50/s, peak: 90/s } }
        services:
          shop:
            calls:
              - to: psp
                retries: { max: 2, budget: none } # <--
                circuitBreaker: none
        externals:
          psp: { quota: 100/s }
      `,
    },
    {
      title: 'What the provider accepts, how many requests come, and what happens while it fails',
      unclear: yaml`
        journeys:
          checkout: { entry: shop, load: { steady: 50/s, peak: 90/s } }
          refund: # ?
            entry: desk
        services:
          shop:
            calls:
              - { to: psp }
              - { to: fraud-check } # ?
              - { to: tax-office, retries: 2 } # ?
              - { to: postal-codes, retries: { max: 2, budget: none } } # ?
          desk: { calls: [{ to: bank }] }
        externals:
          psp: {} # ?
          fraud-check: { quota: 100/s }
          tax-office: { quota: 100/s }
          postal-codes: { quota: 100/s }
          bank: { quota: 10/s }
      `,
    },
    {
      title: 'Few retries, a budget, a breaker, and retries only of what was never sent',
      good: yaml`
        journeys:
          checkout: { entry: shop, load: { steady: 50/s, peak: 90/s } }
        services:
          shop:
            calls:
              - { to: psp, retries: none, circuitBreaker: none }
              - { to: fraud-check, retries: { max: 2, budget: 10% }, circuitBreaker: none }
              - { to: tax-office, retries: { max: 2, budget: none }, circuitBreaker: true }
              - { to: postal-codes, retries: { max: 2, retryOn: [connect] }, circuitBreaker: none }
        externals:
          psp: { quota: 90/s }
          fraud-check: { quota: 100/s }
          tax-office: { quota: 100/s }
          postal-codes: { quota: 100/s }
          unused: {}
      `,
    },
    {
      title: 'A cache answers nine of ten, and a queue holds the peak back',
      good: yaml`
        journeys:
          checkout: { entry: shop, load: { steady: 50/s, peak: 900/s } }
        services:
          shop:
            calls:
              - { to: rates, cachedBy: rates-cache, retries: none }
              - { to: map-cache, retries: { max: 2, budget: none }, circuitBreaker: none }
            publishes: [{ to: orders }]
          mailer:
            consumes: [{ from: orders }]
            calls: [{ to: mail, retries: { max: 1, budget: none }, circuitBreaker: none }]
        queues: { orders: {} }
        caches:
          rates-cache: { hitRatio: 90% }
          map-cache: { inFrontOf: maps, hitRatio: 90% }
        externals:
          rates: { quota: 100/s }
          mail: { quota: 100/s }
          maps: { quota: 100/s }
      `,
    },
  ],
})
