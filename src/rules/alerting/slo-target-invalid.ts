import type { Slo } from '../../manifest/model.ts'
import { duration, percent } from '../../units.ts'
import { defineRule, noOptions, yaml, type Outcome } from '../define.ts'

export default defineRule({
  id: 'slo-target-invalid',
  title: 'An SLO promises what nobody can keep, measure or use',
  severity: 'error',
  question: 'alerting',
  on: 'slo',
  options: noOptions,
  why: 'An objective of 100 % leaves no budget for a deploy. A mean hides the users who wait longest. An objective below the contract stays green while customers are already owed money.',
  formula: 'contract <= objective < 100 %, as a share of good events over a window',
  fix: 'Promise a share of good events below 100 % and not below the contract, over a stated window.',
  sources: [
    { title: 'Site Reliability Engineering', id: 'ch. 4 "Service Level Objectives"' },
    { title: 'The Site Reliability Workbook', id: 'ch. 2 "Implementing SLOs"' },
  ],
  reads: ['slos.objective', 'slos.indicator', 'slos.statistic', 'slos.threshold', 'slos.window', 'slos.sla'],

  *check(slo) {
    const { name, path, objective, sla, window } = slo
    if (objective === undefined) yield { unknown: [...path, 'objective'] }
    else if (objective >= 1) {
      yield {
        at: [...path, 'objective'],
        message: `"${name}" promises 100%, which leaves nothing to fail; expected less`,
        arithmetic: `budget = (1 - 100%) x ${window === undefined ? 'window' : duration(window)} = 0s`,
        fix: 'Promise what users need, such as 99.9%: a first failed request must not break it',
        contradicts: [[...path, 'objective']],
      }
    } else if (sla !== undefined && sla > objective) {
      yield {
        at: [...path, 'objective'],
        message: `"${name}" promises ${percent(objective)}, but the contract with customers ${percent(sla)}; expected at least that`,
        arithmetic: `may fail ${percent(1 - objective)} by the SLO > ${percent(1 - sla)} by the contract`,
        fix: `Raise the objective above ${percent(sla)}, so that the alert comes before the refund`,
        evidence: [{ label: `contract of ${percent(sla)}`, at: [...path, 'sla'] }],
      }
    }
    yield* checkEvents(slo)
    if (window === undefined) yield { unknown: [...path, 'window'] }
  },

  examples: [
    {
      title: 'Nothing may ever fail, and an average that is good while one in twenty waits',
      bad: yaml`
        slos:
          checkout-success:
            service: shop
            indicator: availability
            objective: 100% # <--
            window: 30d
          search-latency:
            service: search
            indicator: latency
            objective: 99%
            threshold: 200ms
            statistic: mean # <--
            window: 30d
        services:
          shop: {}
          search: {}
      `,
    },
    {
      title: 'Customers are promised more than the team promises itself',
      bad: yaml`
        slos:
          checkout-success:
            service: shop
            indicator: availability
            objective: 99.5% # <--
            window: 30d
            sla: 99.9%
        services:
          shop: {}
      `,
    },
    {
      title: 'How much, over which time, and what is fast enough',
      unclear: yaml`
        slos:
          checkout-success: # ?
            service: shop
            window: 30d
          checkout-latency: # ?
            service: shop
            indicator: latency
            objective: 99%
            window: 30d
          search-success: # ?
            service: search
            objective: 99.9%
          search-quality: # ?
            service: search
            objective: 99.9%
            statistic: mean
            window: 30d
          search-freshness: # ?
            service: search
            indicator: freshness
            objective: 99.9%
            window: 30d
        services:
          shop: {}
          search: {}
      `,
    },
    {
      title: 'A share of requests that are fast enough, and a contract that is easier to keep than the promise',
      good: yaml`
        slos:
          checkout-success:
            { service: shop, indicator: availability, objective: 99.9%, window: 30d, sla: 99.5% }
          checkout-latency:
            { service: shop, indicator: latency, objective: 99%, threshold: 800ms, statistic: proportion, window: 28d }
          search-latency: { service: shop, indicator: latency, objective: 90%, threshold: 200ms, window: 7d }
          search-quality: { service: shop, objective: 99%, window: 7d, sla: 99% }
          search-volume: { service: shop, indicator: throughput, objective: 99%, statistic: mean, window: 7d }
        services:
          shop: {}
      `,
    },
  ],
})

/** Times must be cut into good and bad events before a share of them can be promised. */
function* checkEvents({ name, path, indicator, statistic, threshold }: Slo): Generator<Outcome, void, undefined> {
  const timed = indicator === 'latency' || indicator === 'freshness'
  if (statistic === 'mean' && indicator === undefined) yield { unknown: [...path, 'indicator'] }
  else if (statistic === 'mean' && timed) {
    const limit = threshold === undefined ? 'a threshold' : duration(threshold)
    yield {
      at: [...path, 'statistic'],
      message: `"${name}" is about a mean, which hides those who wait longest; expected the share of requests below ${limit}`,
      fix: `Count the requests that are answered within ${limit}`,
      severity: 'warning',
    }
  } else if (threshold === undefined && timed) {
    yield { unknown: [...path, 'threshold'], because: `without it no event of "${name}" is good or bad` }
  }
}
