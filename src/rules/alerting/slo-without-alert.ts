import { watches } from '../../analysis/alerts.ts'
import { burnRateFor, maxBurnRate } from '../../analysis/formulas/error-budget.ts'
import { countedJourneys } from '../../analysis/stakes.ts'
import type { Slo } from '../../manifest/model.ts'
import { duration, list, number, percent } from '../../units.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'slo-without-alert',
  title: 'Nothing fires when an SLO burns',
  severity: 'warning',
  question: 'alerting',
  on: 'slo',
  options: noOptions,
  why: 'Users are the first to notice that the promise is broken. The budget is gone before anybody looks at the dashboard.',
  fix: 'Alert on the burn rate of the error budget: a page for a fast burn, a ticket for a slow one.',
  sources: [
    { title: 'The Site Reliability Workbook', id: 'ch. 5 "Alerting on SLOs"' },
    { title: 'Azure Well-Architected, Reliability: Monitoring and alerting', id: 'RE:10', revision: '2026-07' },
  ],
  reads: ['slos.alerts', 'slos.journey', 'slos.service', 'journeys.criticality', 'alerts.signal', 'alerts.on'],

  *check(slo, { model }) {
    if (slo.alerts !== undefined && slo.alerts !== 'none' && slo.alerts.length > 0) return
    const alerts = [...model.alerts.values()].map(alert => [alert, watches(alert, slo)] as const)
    if (alerts.some(([, answer]) => answer === true)) return
    const at = [...slo.path, 'alerts']
    if (slo.alerts === undefined) return yield { unknown: at }
    for (const [alert, answer] of alerts) {
      if (typeof answer === 'string')
        return yield { unknown: [...alert.path, answer], because: `nothing else watches "${slo.name}"` }
    }
    const journeys = countedJourneys(slo, model)
    const critical = journeys.filter(({ criticality }) => criticality === 'critical')
    const whose = critical.length > 0 ? ` of the critical ${list(critical.map(({ name }) => `"${name}"`))}` : ''
    yield {
      at,
      message: `"${slo.name}"${whose} has no alert; expected one that fires when its error budget burns`,
      ...fixFor(slo),
      severity: critical.length > 0 ? 'error' : 'warning',
      journeys,
    }
  },

  examples: [
    {
      title: 'The SLO of the checkout, of the shop it enters through, and of a search that is less important',
      bad: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
          search: { entry: search, criticality: normal }
        slos:
          checkout-success:
            journey: checkout
            objective: 99.9%
            window: 30d
            alerts: none # <--
          shop-success:
            service: shop
            objective: 99.9%
            alerts: [] # <--
          search-latency:
            journey: search
            objective: 90%
            window: 7d
            alerts: none # <--
        services:
          shop: {}
          search: {}
      `,
    },
    {
      title: 'An alert on a cause is not one on the SLO',
      bad: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
        slos:
          checkout-success:
            journey: checkout
            alerts: none # <--
        services:
          shop: {}
        alerts:
          shop-cpu: { signal: resource, on: shop }
          shop-errors: { signal: errors, on: shop }
          checkout-errors: { signal: errors, on: checkout }
          checkout-queue: { signal: queueAge, on: checkout-success }
          fallen-behind: { signal: queueAge }
          search-burn: { signal: sloBurn, on: search-success }
      `,
    },
    {
      title: 'Nothing is said of alerts',
      unclear: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
        slos:
          checkout-success: # ?
            journey: checkout
            objective: 99.9%
        services:
          shop: {}
      `,
    },
    {
      title: 'There is an alert, but not what it watches',
      unclear: yaml`
        slos:
          checkout-success: { service: shop, alerts: none }
          search-success: { service: search, alerts: none }
        services:
          shop: {}
          search: {}
        alerts:
          checkout-burn: # ?
            on: checkout-success
          search-burn: # ?
            threshold: 14.4
      `,
    },
    {
      title: 'Alerts of the SLO itself, or one alert for several, by name or by journey',
      good: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
        slos:
          checkout-success:
            journey: checkout
            alerts: [{ burnRate: 14.4, longWindow: 1h, shortWindow: 5m, severity: page }]
          checkout-latency: { journey: checkout, alerts: none }
          shop-success: { service: shop, alerts: none }
          search-success: { service: search }
          search-latency: { service: search, alerts: [] }
        services:
          shop: {}
          search: {}
        alerts:
          burn: { signal: sloBurn, on: [checkout, shop, search-success] }
          slow-search: { signal: latency, on: search-latency }
      `,
    },
  ],
})

const hour = 3_600_000

/** Shares of the budget, windows in hours and minutes, and who is told. */
const tiers = [
  { share: 0.02, long: hour, short: hour / 12, tell: 'Page' },
  { share: 0.1, long: 72 * hour, short: 6 * hour, tell: 'open a ticket' },
]

/** Burn rates for the window of the SLO, where both can be reached and neither fires while the SLO holds. */
function fixFor({ objective, window }: Slo): { fix?: string } {
  if (objective === undefined || window === undefined) return {}
  const rates = tiers.map(({ share, long }) => burnRateFor(share, long, window))
  if (rates.some(burnRate => burnRate < 1 || burnRate >= maxBurnRate(objective))) return {}
  const texts = tiers.map(
    ({ tell, long, short, share }, i) =>
      `${tell} at a burn rate of ${number(rates[i]!)} over ${duration(long)} and ${duration(short)} (${percent(share)} of the budget)`,
  )
  return { fix: list(texts) }
}
