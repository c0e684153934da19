import * as burn from '../../analysis/burn-windows.ts'
import { burnAlertsOf } from '../../analysis/detection.ts'
import type { Slo } from '../../manifest/model.ts'
import { duration, number, percent } from '../../units.ts'
import { defineRule, noOptions, yaml, type Outcome, type Violation } from '../define.ts'

export default defineRule({
  id: 'burn-rate-window-mismatch',
  title: 'A burn rate does not mean what the team thinks',
  severity: 'warning',
  question: 'alerting',
  on: 'slo',
  options: noOptions,
  why: 'A burn rate is a share of the budget only together with both windows. The numbers of the book are for 30 days: on a week the same page comes after four times as much of the budget is gone, or for noise, or never.',
  formula: 'budget spent when it fires = burn rate · long window / window of the SLO',
  fix: 'Compute the burn rate from the share of the budget and the windows: 2 % in 1h and 5 % in 6h for pages, 10 % in 3d for a ticket.',
  sources: [
    { title: 'The Site Reliability Workbook', id: 'ch. 5 "Alerting on SLOs", Table 5-8' },
    { title: 'Sloth', id: 'alert windows for 28 and 30 days' },
  ],
  reads: [
    'slos.window',
    'slos.alerts.burnRate',
    'slos.alerts.longWindow',
    'slos.alerts.shortWindow',
    'slos.alerts.severity',
  ],
  impliedBy: ['burn-rate-unreachable'],

  appliesTo: slo => burnAlertsOf(slo).length > 0,

  *check(slo) {
    const alerts = burnAlertsOf(slo)
    const { window } = slo
    for (const alert of alerts) {
      yield* checkShortWindow(slo, alert)
      if (alert.burnRate === undefined) yield { unknown: [...alert.path, 'burnRate'] }
      else if (alert.longWindow === undefined) yield { unknown: [...alert.path, 'longWindow'] }
      else if (window !== undefined) {
        const found = judge(slo.name, alert, alert.burnRate, alert.longWindow, window)
        if (found) yield { ...found, about: alert.path, evidence: windowOf(slo) }
      }
    }
    if (window === undefined) yield { unknown: [...slo.path, 'window'] }
  },

  examples: [
    {
      title: 'The numbers of 30 days on a week, and a page for noise',
      bad: yaml`
        slos:
          search-success:
            service: search
            objective: 99.9%
            window: 7d
            alerts:
              - { longWindow: 1h, shortWindow: 5m, severity: page, burnRate: 14.4 } # <--
              - { longWindow: 1d, shortWindow: 2h, severity: page, burnRate: 2 } # <--
              - { longWindow: 3d, shortWindow: 6h, severity: ticket, burnRate: 0.233 } # <--
          cart-success:
            service: search
            objective: 99.9%
            window: 30d
            alerts:
              - { longWindow: 5m, severity: page, burnRate: 14.4 } # <--
              - { longWindow: 3d, severity: ticket, burnRate: 1 }
        services:
          search: {}
      `,
    },
    {
      title: 'Short windows that are not short',
      bad: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
        slos:
          checkout-success:
            journey: checkout
            objective: 99.9%
            window: 30d
            alerts:
              - { burnRate: 14.4, longWindow: 1h, severity: ticket, shortWindow: 1h } # <--
              - { burnRate: 1, longWindow: 3d, severity: ticket, shortWindow: 1d } # <--
        services:
          shop: {}
      `,
    },
    {
      title: 'How fast, over which time, and how long the promise holds',
      unclear: yaml`
        slos:
          shop-success: # ?
            service: search
            alerts: [{ burnRate: 14.4, longWindow: 1h }, { burnRate: 1, longWindow: 3d }]
          search-success:
            service: search
            window: 30d
            alerts:
              - longWindow: 1h # ?
              - burnRate: 6 # ?
        services:
          shop: {}
          search: {}
      `,
    },
    {
      title: 'The tiers of the book for 30 and 28 days, those of a week, and a window that may end late',
      good: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
          archive: { entry: archive, criticality: best-effort }
        slos:
          checkout-success:
            journey: checkout
            window: 30d
            alerts:
              - { burnRate: 14.4, longWindow: 1h, shortWindow: 5m, severity: page }
              - { burnRate: 3, longWindow: 1d, shortWindow: 2h, severity: ticket }
          checkout-latency:
            { journey: checkout, window: 28d, alerts: [{ burnRate: 14.4, longWindow: 1h, severity: page }, { burnRate: 2.8, longWindow: 1d, severity: ticket }] }
          search-success:
            service: search
            window: 7d
            alerts: [{ burnRate: 3.36, longWindow: 1h, severity: page }, { burnRate: 1, longWindow: 1d, severity: ticket }]
          search-latency: { service: search, window: 30d, alerts: [{ burnRate: 14.4, longWindow: 1h, severity: page }] }
          search-age: { service: search, window: 30d, objective: 90%, alerts: [{ burnRate: 14.4, longWindow: 1h }] }
          archive-success: { journey: archive, window: 30d, alerts: [{ burnRate: 1, longWindow: 3d, severity: ticket }] }
          archive-age: { journey: archive, window: 30d, alerts: none }
        services:
          shop: {}
          search: {}
          archive: {}
      `,
    },
  ],
})

type Outcomes = Generator<Outcome, void, undefined>
type BurnAlert = ReturnType<typeof burnAlertsOf>[number]

const windowOf = ({ path, window }: Slo) => [{ label: `window of ${duration(window ?? 0)}`, at: [...path, 'window'] }]

function judge(name: string, alert: BurnAlert, burnRate: number, long: number, window: number): Violation | undefined {
  const found = burn.faultOf(burnRate, long, window, alert.severity === 'page')
  if (!found) return undefined
  const { kind, spent } = found
  const [most, usual, least] = [burn.mostForPage, burn.usualForPage, burn.leastForPage]
  const share = percent(Number(spent.toPrecision(3)))
  const over = (of: number) =>
    `Measure over ${duration((of * window) / burnRate)}, which is ${percent(of)} of the budget`
  const words: Record<burn.BurnFault['kind'], readonly [string, string]> = {
    onBudget: ['fires while the promise is kept; expected at least 1', 'Set the burn rate to at least 1'],
    copied: [
      `is ${share} of the budget on ${duration(window)}; expected ${percent(found.share)} as on 30d, for which the number was made`,
      `Set the burn rate to ${number(found.burnRate)}, which is ${percent(found.share)} of the budget in ${duration(long)}`,
    ],
    late: [`pages when ${share} of the budget is gone; expected at most ${percent(most)}`, over(most)],
    noisy: [`pages for ${share} of the budget; expected at least ${percent(least)}`, over(usual)],
  }
  const [what, fix] = words[kind]
  return {
    at: [...alert.path, 'burnRate'],
    message: `"${name}" alerts at a burn rate of ${number(burnRate)} over ${duration(long)}, which ${what}`,
    arithmetic: `${number(burnRate)} x ${duration(long)} / ${duration(window)} = ${share} of the budget`,
    fix,
    severity: kind === 'late' || kind === 'noisy' ? 'info' : 'warning',
  }
}

/** The short window ends an alert soon after its cause; a twelfth of the long one is usual. */
function* checkShortWindow({ name }: Slo, { path, longWindow, shortWindow }: BurnAlert): Outcomes {
  if (longWindow === undefined || shortWindow === undefined || shortWindow <= longWindow / 6) return
  yield {
    at: [...path, 'shortWindow'],
    message: `"${name}" alerts over ${duration(longWindow)} and ${duration(shortWindow)}, which does not end soon after the cause; expected about ${duration(longWindow / 12)}`,
    arithmetic: `${duration(longWindow)} / 12 = ${duration(longWindow / 12)}`,
    fix: `Set the short window to ${duration(longWindow / 12)}`,
    severity: shortWindow >= longWindow ? 'warning' : 'info',
    about: path,
  }
}
