import { lowestObjective, maxBurnRate } from '../../analysis/formulas/error-budget.ts'
import { number, percent } from '../../units.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'burn-rate-unreachable',
  title: 'An alert waits for a burn rate that there cannot be',
  severity: 'error',
  question: 'alerting',
  on: 'slo',
  options: noOptions,
  why: 'Not even an outage in which every request fails spends the budget that fast, so the alert never fires. It is most often a burn rate made for 99.9 % that was copied to a latency SLO of 90 %.',
  formula: 'b_max = 1 / (1 - objective); the alert is dead where b > b_max',
  fix: 'Lower the burn rate below the highest there can be.',
  sources: [
    { title: 'The Site Reliability Workbook', id: 'ch. 5 "Alerting on SLOs", section "Extreme Availability Goals"' },
  ],
  reads: ['slos.objective', 'slos.alerts.burnRate'],

  appliesTo: ({ alerts }) => alerts !== undefined && alerts !== 'none' && alerts.length > 0,

  *check({ name, path, objective, alerts }) {
    if (alerts === undefined || alerts === 'none') return
    for (const [i, { burnRate }] of alerts.entries()) {
      const alert = [...path, 'alerts', i]
      const at = [...alert, 'burnRate']
      if (burnRate === undefined) yield { unknown: at }
      // Every objective can burn at 1: that is what it allows.
      if (burnRate === undefined || burnRate <= 1) continue
      if (objective === undefined) yield { unknown: [...path, 'objective'] }
      if (objective === undefined || burnRate * (1 - objective) <= 1 + rounding) continue
      const most = maxBurnRate(objective)
      yield {
        at,
        message: `"${name}" alerts at a burn rate of ${number(burnRate)}, but at an objective of ${percent(objective)} there is none above ${number(most)}; expected less`,
        arithmetic: `highest burn rate = 1 / (1 - ${percent(objective)}) = ${number(most)}\n${number(burnRate)} x (1 - ${percent(objective)}) = ${percent(burnRate * (1 - objective))} of requests would have to fail`,
        fix: `Lower the burn rate below ${number(most)}; one of ${number(burnRate)} needs an objective above ${percent(Math.ceil(lowestObjective(burnRate) * 1e4) / 1e4)}`,
        evidence: [{ label: `objective of ${percent(objective)}`, at: [...path, 'objective'] }],
        about: alert,
      }
    }
  },

  examples: [
    {
      title: 'The burn rate of 99.9 % on a latency SLO of 90 %',
      bad: yaml`
        slos:
          search-latency:
            service: search
            indicator: latency
            objective: 90%
            window: 30d
            alerts:
              - longWindow: 1h
                burnRate: 14.4 # <--
              - longWindow: 30m
                burnRate: 11 # <--
              - longWindow: 6h
                burnRate: 6
        services:
          search: {}
      `,
    },
    {
      title: 'How fast it must burn is not stated, or what it burns',
      unclear: yaml`
        slos:
          search-latency: # ?
            service: search
            alerts: [{ burnRate: 14.4, longWindow: 1h }, { burnRate: 1, longWindow: 3d }]
          search-success:
            service: search
            objective: 99.9%
            alerts:
              - longWindow: 1h # ?
        services:
          search: {}
      `,
    },
    {
      title: 'Reachable: 20 is the highest at 95 %, and any burn rate at 100 %',
      good: yaml`
        slos:
          search-latency: { service: search, objective: 95%, alerts: [{ burnRate: 20, longWindow: 1h }] }
          search-success: { service: search, objective: 100%, alerts: [{ burnRate: 14.4, longWindow: 1h }] }
          search-trend: { service: search, alerts: [{ burnRate: 1, longWindow: 3d }] }
          search-freshness: { service: search, objective: 99%, alerts: none }
        services:
          search: {}
      `,
    },
  ],
})

/** 20 x (1 - 95 %) comes out just above 1 in binary fractions. */
const rounding = 1e-9
