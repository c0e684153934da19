import { mayPage } from '../../analysis/alerts.ts'
import { arrivalsOf } from '../../analysis/budget-ledger.ts'
import { burnAlertsOf } from '../../analysis/detection.ts'
import { exactly, exceeds, scale, sum, type Estimate } from '../../analysis/estimate.ts'
import type { Facts } from '../../analysis/index.ts'
import { countedJourneys } from '../../analysis/stakes.ts'
import type { Path } from '../../finding.ts'
import type { Model, Slo } from '../../manifest/model.ts'
import { duration, number, percent, plural, rate, roundUp } from '../../units.ts'
import { defineRule, numberOption, optionMap, yaml, type Violation } from '../define.ts'

export default defineRule({
  id: 'low-traffic-slo',
  title: 'So few requests that one failure pages',
  severity: 'warning',
  question: 'alerting',
  on: 'slo',
  options: optionMap({
    failures: numberOption(10, 'Failed requests that should be needed for a page.', { least: 1 }),
  }),
  why: 'At ten requests an hour and 99.9 %, a single failure burns a thousand times faster than allowed. Somebody is woken for one user with a bad connection, and soon nobody believes the pager.',
  formula: 'failures to page = burn rate · (1 - objective) · λ · long window',
  fix: 'Let probes send requests that count, join the SLO with others, measure over a longer window, or promise less.',
  sources: [
    {
      title: 'The Site Reliability Workbook',
      id: 'ch. 5 "Alerting on SLOs", section "Low-Traffic Services and Error Budget Alerting"',
    },
  ],
  reads: [
    'slos.objective',
    'slos.window',
    'slos.indicator',
    'slos.syntheticRate',
    'slos.alerts.burnRate',
    'slos.alerts.longWindow',
    'slos.alerts.severity',
    'journeys.load',
    'calls.serves',
    'calls.callsPerRequest',
    'calls.probability',
  ],
  impliedBy: ['slo-target-invalid'],

  // What is measured as an age or a rate has no single request that fails.
  appliesTo: slo => slo.indicator !== 'freshness' && slo.indicator !== 'throughput' && burnAlertsOf(slo).some(mayPage),

  *check(slo, { model, facts, options }) {
    const { objective, path, syntheticRate } = slo
    const users = quietest(slo, model, facts)
    const arrivals = sum([users, exactly(syntheticRate === undefined || syntheticRate === 'none' ? 0 : syntheticRate)])
    if (arrivals.high === 0) return
    for (const alert of burnAlertsOf(slo).filter(mayPage)) {
      const { burnRate, longWindow } = alert
      // Both are asked for where it is said that they do not fit.
      if (burnRate === undefined || longWindow === undefined || objective === undefined || objective === 1) continue
      const failures = scale(arrivals, (burnRate * (1 - objective) * longWindow) / 1000)
      const few = exceeds(exactly(options.failures), failures)
      if (few === false) continue
      const excuse: [unknown, Path][] = [
        [syntheticRate, [...path, 'syntheticRate']],
        [alert.severity, [...alert.path, 'severity']],
        [slo.indicator, [...path, 'indicator']],
      ]
      const asked = few === true ? excuse.filter(([fact]) => fact === undefined).map(([, fact]) => fact) : few
      if (asked[0]) return yield { unknown: asked[0], because: `"${slo.name}" counts few requests` }
      if (few !== true) return
      return yield {
        ...violationOf(slo, { burnRate, longWindow, objective }, arrivals.low, failures.low, options.failures),
        journeys: countedJourneys(slo, model),
      }
    }
  },

  examples: [
    {
      title: 'Ten requests an hour: 0.144 failures page',
      bad: yaml`
        journeys:
          refund: { entry: refunds, load: { steady: 10/h } }
        slos:
          refund-success:
            journey: refund
            indicator: availability
            objective: 99.9%
            window: 30d
            syntheticRate: none
            alerts: # <--
              - { burnRate: 14.4, longWindow: 1h, shortWindow: 5m, severity: page }
              - { burnRate: 6, longWindow: 6h, shortWindow: 30m, severity: page }
        services:
          refunds: {}
      `,
    },
    {
      title: 'Enough by day, at night three failures in an hour wake somebody',
      bad: yaml`
        journeys:
          order: { entry: shop, load: { steady: 2/s, peak: 10/s, offPeak: 0.06/s } }
        slos:
          order-success:
            journey: order
            indicator: availability
            objective: 99.9%
            syntheticRate: none
            alerts: [{ burnRate: 14.4, longWindow: 1h, severity: page }] # <--
        services:
          shop: {}
      `,
    },
    {
      title: 'How many there are, whether probes count, and whether anybody is woken',
      unclear: yaml`
        journeys:
          refund: { entry: refunds, load: 10/h }
          report: # ?
            entry: reports
        slos:
          refund-success: # ?
            journey: refund
            indicator: availability
            objective: 99.9%
            alerts: [{ burnRate: 14.4, longWindow: 1h, severity: page }]
          refund-trend: # ?
            journey: refund
            objective: 99.9%
            syntheticRate: none
            alerts: [{ burnRate: 14.4, longWindow: 1h, severity: page }]
          refunds-success:
            service: refunds
            indicator: availability
            objective: 99.9%
            syntheticRate: none
            alerts:
              - burnRate: 14.4 # ?
                longWindow: 1h
          report-success: { journey: report, indicator: availability, objective: 99.9%, syntheticRate: none, alerts: [{ burnRate: 14.4, longWindow: 1h, severity: page }] }
        services:
          refunds: {}
          reports: {}
      `,
    },
    {
      title: 'Probes once a second, a ticket instead of a page, a longer window, and a trend that is not counted',
      good: yaml`
        journeys:
          refund: { entry: refunds, load: 10/h }
          order: { entry: shop, load: { steady: 50/s } }
          unused: { entry: unused, load: 0/s }
        slos:
          refund-success:
            { journey: refund, indicator: availability, objective: 99.9%, syntheticRate: 1/s, alerts: [{ burnRate: 14.4, longWindow: 1h, severity: page }] }
          refund-trend:
            { journey: refund, indicator: availability, objective: 99.9%, syntheticRate: none, alerts: [{ burnRate: 1, longWindow: 3d, severity: ticket }] }
          refund-latency:
            { journey: refund, indicator: latency, objective: 90%, syntheticRate: none, alerts: [{ burnRate: 5, longWindow: 1d, severity: page }] }
          refund-age:
            { journey: refund, indicator: freshness, objective: 99.9%, syntheticRate: none, alerts: [{ burnRate: 14.4, longWindow: 1h, severity: page }] }
          order-success:
            { journey: order, indicator: availability, objective: 99.9%, alerts: [{ burnRate: 14.4, longWindow: 1h, severity: page }, { severity: page }] }
          unused-success:
            { journey: unused, indicator: availability, objective: 99.9%, syntheticRate: none, alerts: [{ burnRate: 14.4, longWindow: 1h, severity: page }] }
        services:
          refunds: {}
          shop: {}
          unused: {}
      `,
    },
  ],
})

/** Requests in the quietest hour where that is stated; the ordinary load is never less. */
function quietest(slo: Slo, model: Model, facts: Facts): Estimate {
  const journeys = countedJourneys(slo, model)
  const offPeak = journeys.map(({ load }) => load?.offPeak)
  return journeys.length > 0 && offPeak.every(value => value !== undefined)
    ? exactly(offPeak.reduce((a, b) => a + b, 0))
    : arrivalsOf(slo, model, facts)
}

function violationOf(
  { name, path, window }: Slo,
  { burnRate, longWindow, objective }: { burnRate: number; longWindow: number; objective: number },
  arrivals: number,
  failures: number,
  wanted: number,
): Violation {
  const inWindow = (arrivals * longWindow) / 1000
  const allowed = 1 - objective
  const budget = window === undefined ? undefined : (allowed * arrivals * window) / 1000
  const enough = roundUp((wanted * 1000) / (burnRate * allowed * longWindow))
  return {
    at: [...path, 'alerts'],
    message: `"${name}" pages at a burn rate of ${number(burnRate)} over ${duration(longWindow)}, which ${failures < 1 ? 'one failed request' : `${number(Math.ceil(failures))} failed requests`} of ${number(inWindow)} ${failures < 1 ? 'exceeds' : 'reach'}; expected at least ${plural(wanted, 'failure')}`,
    arithmetic: [
      `failures to page = ${number(burnRate)} x (1 - ${percent(objective)}) x ${rate(arrivals)} x ${duration(longWindow)} = ${number(failures)}`,
      `burn rate of one failure over ${duration(longWindow)} = 1 / ${number(inWindow)} / (1 - ${percent(objective)}) = ${number(1 / inWindow / allowed)}`,
      ...(budget === undefined || window === undefined
        ? []
        : [
            `budget = (1 - ${percent(objective)}) x ${rate(arrivals)} x ${duration(window)} = ${number(budget)} requests, one is ${percent(Number((1 / budget).toPrecision(3)))}`,
          ]),
    ].join('\n'),
    fix: `Let probes send requests that count, ${rate(enough)} in all, or measure over a longer window, join it with other SLOs or promise less`,
    severity: failures < 1 ? 'warning' : 'info',
    evidence: [{ label: `objective of ${percent(objective)}`, at: [...path, 'objective'] }],
  }
}
