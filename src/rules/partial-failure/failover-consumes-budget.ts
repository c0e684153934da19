import type { BudgetLedger } from '../../analysis/budget-ledger.ts'
import { exceeds, scale } from '../../analysis/estimate.ts'
import { failsOver, type Failover } from '../../analysis/failovers.ts'
import { countedJourneys, countsFailures } from '../../analysis/stakes.ts'
import { duration, list, percent } from '../../units.ts'
import { defineRule, numberOption, optionMap, yaml, type Violation } from '../define.ts'

export default defineRule({
  id: 'failover-consumes-budget',
  title: 'One failover takes most of the error budget',
  severity: 'warning',
  question: 'partial-failure',
  on: 'slo',
  options: optionMap({
    share: numberOption(0.5, 'Share of the error budget that one failover may take.', { above: 0, most: 1 }),
  }),
  why: 'Failing over is what a redundant database is expected to do, at every patch of its version as well. Where one of them takes the budget, the promise is broken by the mechanism that was bought to keep it.',
  formula: '(detection + failover + reconnect) · share of requests > 50 % of (1 - objective) · window',
  fix: 'Fail over faster, answer reads from elsewhere meanwhile, or promise less.',
  sources: [
    {
      title: 'Amazon RDS User Guide: Configuring and managing a Multi-AZ deployment',
      id: '"Failover times are typically 60-120 seconds"',
    },
    { title: 'The Site Reliability Workbook', id: 'ch. 5 "Alerting on SLOs", section "Extreme Availability Goals"' },
  ],
  reads: [
    'slos.objective',
    'slos.window',
    'slos.indicator',
    'slos.alerts',
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
    'onCall',
  ],
  impliedBy: ['slo-tighter-than-response'],

  appliesTo: (slo, { facts }) =>
    countsFailures(slo) !== false && facts.stakesOf(slo).some(({ component }) => failsOver(component)),

  *check(slo, { facts, model, options }) {
    const ledger = facts.budget(slo)
    const most = scale(ledger.budget, options.share)
    const judged = ledger.failovers.map(failover => ({ failover, answer: exceeds(failover.loss, most) }))
    const [worst, ...others] = judged.filter(({ answer }) => answer === true).map(({ failover }) => failover)
    if (worst && slo.indicator === undefined) return yield { unknown: [...slo.path, 'indicator'] }
    if (worst)
      return yield { ...violationOf(ledger, worst, others, options.share), journeys: countedJourneys(slo, model) }
    for (const { failover, answer } of judged) {
      const [unknown] = answer === true || answer === false ? [] : answer
      if (unknown) yield { unknown, because: `a failover of "${failover.component.name}" counts against "${slo.name}"` }
    }
  },

  examples: [
    {
      title: 'Two minutes of 4.32 minutes a month',
      bad: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
        slos:
          checkout-success:
            journey: checkout
            indicator: availability
            objective: 99.99% # <--
            window: 30d
        services:
          shop: { calls: [{ to: orders-db, access: readWrite, retries: none, fallback: none }] }
        stores:
          orders-db:
            engine: postgres@16
            managedStandby: true
            failover: { mode: automatic, detection: 10s, time: 120s, reconnect: 5s }
      `,
    },
    {
      title: 'Someone has to come first: 15 minutes until then, and 10 minutes of work',
      bad: yaml`
        slos:
          shop-success:
            service: shop
            indicator: availability
            objective: 99.9% # <--
            window: 30d
        services:
          shop: { calls: [{ to: orders-db, access: write, retries: none, fallback: none }] }
        stores:
          orders-db: { engine: mysql@8, replicas: 2, failover: { mode: manual, time: 10m } }
      `,
    },
    {
      title: 'How long it takes, what needs the primary, and what is promised is not stated',
      unclear: yaml`
        journeys:
          checkout: { entry: shop }
          browse: { entry: catalogue }
          track: { entry: tracking }
        slos:
          checkout-success: { journey: checkout, indicator: availability, objective: 99.99%, window: 30d }
          browse-success: { journey: browse, indicator: availability, objective: 99.99%, window: 30d }
          track-success: { journey: track, indicator: availability, objective: 99.99%, window: 30d }
          tracking-success: # ?
            service: tracking
            objective: 99.999%
            window: 30d
          track-trend: # ?
            journey: track
            indicator: availability
            window: 30d
        services:
          shop:
            calls: [{ to: orders-db, access: write, retries: none, fallback: none }]
          catalogue:
            calls:
              - to: catalogue-db # ?
                access: read
                retries: none
                fallback: none
          tracking:
            calls:
              - { to: parcels-db, access: write, retries: none, fallback: none }
        stores:
          orders-db: # ?
            replicas: 2
          catalogue-db: { engine: postgres@16, replicas: 3, failover: { mode: automatic, time: 150s } }
          parcels-db: { engine: postgres@16, replicas: 3, failover: { mode: automatic, time: 60s } }
      `,
    },
    {
      title: 'One partition of many, or a caller that tries for longer, may be all that it takes',
      unclear: yaml`
        journeys:
          checkout: { entry: shop }
          track: { entry: tracking }
        slos:
          checkout-success: { journey: checkout, indicator: availability, objective: 99.99%, window: 30d }
          track-success: { journey: track, indicator: availability, objective: 99.99%, window: 30d }
        services:
          shop: { calls: [{ to: orders-db, access: write, retries: none, fallback: none }] }
          tracking:
            calls:
              - to: parcels-db # ?
                access: write
                fallback: none
        stores:
          orders-db: # ?
            engine: mongodb@8
            replicas: 3
            failover: { mode: automatic, time: 150s }
          parcels-db: { engine: mongodb@8, replicas: 3, partitions: 1, failover: { mode: automatic, time: 150s } }
      `,
    },
    {
      title: 'The same two minutes are 4.6 % at 99.9 %, hit one shard of 16, or are ridden out',
      good: yaml`
        journeys:
          checkout: { entry: shop }
          track: { entry: tracking }
        slos:
          checkout-success: { journey: checkout, indicator: availability, objective: 99.9%, window: 30d }
          checkout-latency: { journey: checkout, indicator: latency, objective: 99.99%, window: 30d }
          track-success: { journey: track, indicator: availability, objective: 99.99%, window: 30d }
        services:
          shop:
            calls: [{ to: orders-db, access: write, retries: none, fallback: none }]
          tracking:
            calls:
              - { to: parcels-db, access: write, retries: none, fallback: none }
              - { to: parcels-db, access: read, readFrom: replica, retries: none, fallback: none }
              - to: outbox-db
                access: write
                timeout: 5s
                retries: { max: 30, backoff: fixed, base: 5s, jitter: false }
                fallback: none
        stores:
          orders-db: { engine: postgres@16, managedStandby: true, failover: { mode: automatic, time: 120s } }
          parcels-db: { engine: mongodb@8, partitions: 16, replicas: 3, failover: { mode: automatic, time: 150s } }
          outbox-db: { engine: postgres@16, replicas: 2, failover: { mode: automatic, time: 150s } }
      `,
    },
    {
      title: 'Reads that replicas answer, what has a fallback, and few that miss the cache',
      good: yaml`
        journeys:
          browse: { entry: catalogue }
        slos:
          browse-success: { journey: browse, indicator: availability, objective: 99.99%, window: 30d }
        services:
          catalogue:
            calls:
              - { to: catalogue-db, access: read, readFrom: replica, retries: none, fallback: none }
              - { to: prices-db, access: read, readFrom: primary, retries: none, fallback: none, cachedBy: price-cache }
              - { to: reviews-db, access: write, retries: none, fallback: empty }
        stores:
          catalogue-db: { engine: postgres@16, replicas: 3, failover: { mode: automatic, time: 150s } }
          prices-db: { engine: postgres@16, replicas: 2, failover: { mode: automatic, time: 150s } }
          reviews-db: { engine: postgres@16, replicas: 2, failover: { mode: automatic, time: 150s } }
        caches:
          price-cache: { hitRatio: 90% }
      `,
    },
  ],
})

function violationOf(ledger: BudgetLedger, worst: Failover, others: readonly Failover[], most: number): Violation {
  const { slo, budget, page, respond } = ledger
  const { component, manual, time, share, loss } = worst
  const [objective, window, allowed] = [slo.objective ?? 0, slo.window ?? 0, budget.low]
  const details = component.failover === undefined || component.failover === 'none' ? {} : component.failover
  const parts = [
    ...(manual === true && page.time.low > 0 ? [`${duration(page.time.low)} until the page`] : []),
    ...(manual === true ? [`${duration(respond)} until somebody begins`] : []),
    ...(details.detection ? [`${duration(details.detection)} detection`] : []),
    ...(details.time === undefined ? [] : [`${duration(details.time)} failover`]),
    ...(details.reconnect ? [`${duration(details.reconnect)} reconnect`] : []),
  ]
  const partial = share.low < 1 ? ` x ${percent(share.low)} of requests = ${duration(loss.low)}` : ''
  const names = list(others.map(other => `"${other.component.name}" ${duration(other.loss.low)}`))
  const room = (allowed * most) / share.low
  const faster = manual === true && respond >= room ? 'Let it fail over by itself' : 'Fail over faster'
  const least = 1 - loss.low / (most * window)
  return {
    at: [...slo.path, 'objective'],
    message: `"${slo.name}" may fail for ${duration(allowed)} in ${duration(window)}, but one failover of "${component.name}" takes ${duration(loss.low)} of it; expected at most ${duration(allowed * most)}`,
    arithmetic: [
      `budget = (1 - ${percent(objective)}) x ${duration(window)} = ${duration(allowed)}`,
      `failover = ${parts.join(' + ')} = ${duration(time.low)}${partial}`,
      `${duration(loss.low)} / ${duration(allowed)} = ${percent(Number((loss.low / allowed).toPrecision(3)))} of the budget`,
      ...(others.length > 0 ? [`also ${names}`] : []),
    ].join('\n'),
    fix: `${faster}, within ${duration(room)}${least > 0 ? `, or promise at most ${percent(least)}` : ''}`,
    severity: loss.low > allowed ? 'error' : 'warning',
    evidence: [worst, ...others].map(({ component: { name, path } }) => ({
      label: `failover of "${name}"`,
      at: [...path, 'failover'],
    })),
    journeys: [],
  }
}
