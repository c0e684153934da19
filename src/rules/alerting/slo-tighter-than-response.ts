import type { BudgetLedger } from '../../analysis/budget-ledger.ts'
import { exceeds } from '../../analysis/estimate.ts'
import { failsOver, type Failover } from '../../analysis/failovers.ts'
import { countedJourneys, countsFailures } from '../../analysis/stakes.ts'
import type { Journey } from '../../manifest/model.ts'
import { duration, list, percent } from '../../units.ts'
import { defineRule, noOptions, yaml, type Violation } from '../define.ts'

export default defineRule({
  id: 'slo-tighter-than-response',
  title: 'The error budget is spent before anybody can react',
  severity: 'error',
  question: 'alerting',
  on: 'slo',
  options: noOptions,
  why: 'Somebody has to be woken, find a computer and understand what is wrong. A promise that leaves less time than that cannot be kept by people, and one night with a dead primary breaks it.',
  formula: '(time to the page + response) · share of requests > (1 - objective) · window',
  fix: 'Let what the journey needs recover by itself, or promise less.',
  sources: [
    { title: 'The Site Reliability Workbook', id: 'ch. 5 "Alerting on SLOs", section "Extreme Availability Goals"' },
    { title: 'The Calculus of Service Availability', id: 'doi:10.1145/3096459' },
  ],
  reads: [
    'slos.objective',
    'slos.window',
    'slos.indicator',
    'slos.alerts',
    'alerts.severity',
    'onCall',
    'stores.failover',
    'stores.partitions',
    'queues.failover',
    'queues.partitions',
    'caches.failover',
    'caches.hitRatio',
    'caches.onFailure',
    'calls.fallback',
    'calls.serves',
    'calls.access',
    'calls.readFrom',
    'calls.retries',
    'publishes.outbox',
  ],

  appliesTo: (slo, { facts }) =>
    countsFailures(slo) !== false && facts.stakesOf(slo).some(({ component }) => failsOver(component)),

  *check(slo, { facts, model }) {
    const ledger = facts.budget(slo)
    // When somebody is paged at the latest is for other rules to ask; here the earliest page counts.
    const judged = ledger.failovers
      .filter(({ manual }) => manual !== false)
      .map(failover => {
        const { low, missing } = failover.waitForPeople
        const high = (ledger.page.time.low + ledger.respond) * (failover.share.high ?? 1)
        return { failover, answer: exceeds({ low, high, missing }, ledger.budget) }
      })
    const sure = judged.filter(({ answer, failover }) => answer === true && failover.manual === true)
    const [worst] = sure
    if (worst && slo.indicator === undefined) return yield { unknown: [...slo.path, 'indicator'] }
    if (worst)
      return yield violationOf(
        ledger,
        sure.map(({ failover }) => failover),
        countedJourneys(slo, model),
      )
    for (const { failover, answer } of judged) {
      const mode = failover.component.failover === undefined ? ['failover'] : ['failover', 'mode']
      const [unknown] = answer === true ? [[...failover.component.path, ...mode]] : answer === false ? [] : answer
      if (unknown)
        yield { unknown, because: `"${slo.name}" leaves people no time to mend "${failover.component.name}"` }
    }
  },

  examples: [
    {
      title: '4.32 minutes a month, and a failover that waits for somebody',
      bad: yaml`
        onCall: { acknowledge: 5m, respond: 15m, coverage: always }
        journeys:
          checkout: { entry: shop, criticality: critical }
        slos:
          checkout-success:
            journey: checkout
            indicator: availability
            objective: 99.99% # <--
            window: 30d
            alerts: [{ burnRate: 14.4, longWindow: 1h, shortWindow: 5m, severity: page }]
        services:
          shop: { calls: [{ to: orders-db, access: write, retries: none, fallback: none }] }
        stores:
          orders-db: { engine: postgres@16, replicas: 2, failover: { mode: manual } }
      `,
    },
    {
      title: 'Where nothing is said of those on call, 15 minutes count; nobody starts a failover that does not exist',
      bad: yaml`
        slos:
          shop-success:
            service: shop
            indicator: availability
            objective: 99.9% # <--
            window: 7d
        services:
          shop: { calls: [{ to: orders-db, access: write, retries: none, fallback: none }] }
        stores:
          orders-db: { engine: mysql@8, replicas: 2, failover: none }
      `,
    },
    {
      title: 'Who starts the failover, what needs it, and what is promised is not stated',
      unclear: yaml`
        slos:
          shop-success: { service: shop, indicator: availability, objective: 99.99%, window: 30d }
          search-success: # ?
            service: search
            objective: 99.99%
            window: 30d
          search-trend: # ?
            service: search
            indicator: availability
            objective: 99.99%
        services:
          shop:
            calls:
              - { to: orders-db, access: write, retries: none, fallback: none }
              - { to: stock-db, access: write, retries: none, fallback: none }
              - to: prices-db # ?
                access: write
                retries: none
          search:
            calls: [{ to: search-index, access: write, retries: none, fallback: none }]
        stores:
          orders-db: # ?
            engine: postgres@16
            replicas: 2
          stock-db:
            engine: postgres@16
            replicas: 2
            failover: # ?
              time: 20s
          prices-db: { engine: postgres@16, replicas: 2, failover: { mode: manual } }
          search-index: { engine: elasticsearch@9, replicas: 2, partitions: 1, failover: { mode: manual } }
      `,
    },
    {
      title: 'What fails over by itself, one shard of many, and 43 minutes for those who are woken',
      good: yaml`
        slos:
          shop-success: { service: shop, indicator: availability, objective: 99.99%, window: 30d }
          shop-latency: { service: shop, indicator: latency, objective: 99.99%, window: 30d }
          search-success: { service: search, indicator: availability, objective: 99.9%, window: 30d }
        services:
          shop:
            calls:
              - { to: orders-db, access: write, retries: none, fallback: none }
              - { to: parcels-db, access: write, retries: none, fallback: none }
          search:
            calls: [{ to: search-db, access: write, retries: none, fallback: none }]
        stores:
          orders-db: { engine: postgres@16, replicas: 2, failover: { mode: automatic, time: 60s } }
          parcels-db: { engine: mongodb@8, replicas: 3, partitions: 16, failover: { mode: manual } }
          search-db: { engine: postgres@16, replicas: 2, failover: { mode: manual } }
      `,
    },
  ],
})

function violationOf(ledger: BudgetLedger, waiting: readonly Failover[], journeys: readonly Journey[]): Violation {
  const { slo, budget, page, respond } = ledger
  const [objective, window] = [slo.objective ?? 0, slo.window ?? 0]
  const lost = Math.max(...waiting.map(({ waitForPeople }) => waitForPeople.low))
  const share = Math.max(...waiting.map(one => one.share.low))
  const names = list(waiting.map(({ component }) => `"${component.name}"`))
  const paged = page.time.low > 0 ? `${duration(page.time.low)} until the page + ` : ''
  const partial = share < 1 ? `, x ${percent(share)} of requests = ${duration(lost)}` : ''
  const least = 1 - lost / window
  return {
    at: [...slo.path, 'objective'],
    message: `"${slo.name}" may fail for ${duration(budget.low)} in ${duration(window)}, but ${names} ${waiting.length === 1 ? 'waits' : 'wait'} ${duration(page.time.low + respond)} for somebody to begin a failover; expected one that starts by itself`,
    arithmetic: [
      `budget = (1 - ${percent(objective)}) x ${duration(window)} = ${duration(budget.low)}`,
      `people = ${paged}${duration(respond)} until somebody begins = ${duration(page.time.low + respond)}${partial}`,
    ].join('\n'),
    fix: `Let ${names} fail over without people${least > 0 ? `, or promise less than ${percent(least)}` : ''}`,
    evidence: waiting.map(({ component: { name, path, failover } }) => ({
      label: `failover of "${name}" is ${failover === 'none' ? 'none' : 'manual'}`,
      at: [...path, 'failover'],
    })),
    journeys,
  }
}
