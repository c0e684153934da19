import { badDeployOf, type BadDeploy, type BudgetLedger } from '../../analysis/budget-ledger.ts'
import { exceeds, type Estimate } from '../../analysis/estimate.ts'
import { countedJourneys, countsFailures } from '../../analysis/stakes.ts'
import type { Path } from '../../finding.ts'
import type { Model } from '../../manifest/model.ts'
import { duration, percent } from '../../units.ts'
import { defineRule, noOptions, yaml, type Violation } from '../define.ts'

export default defineRule({
  id: 'no-automatic-rollback',
  title: 'A bad deploy takes the error budget before anybody can roll it back',
  severity: 'warning',
  question: 'migrations',
  on: 'service',
  options: noOptions,
  why: 'Own changes cause most outages. Where a person has to see the page, understand that it was the deploy and bring the old version back, one bad deploy costs more than the promise allows.',
  formula: '(time to the page + response + rollback) · share of requests on the new version > (1 - objective) · window',
  fix: 'Let a health gate or the burn rate of the SLO bring the old version back, or send few requests to the new one first.',
  sources: [
    {
      title: 'AWS Well-Architected, Reliability: Deploy changes with automation',
      id: 'REL08-BP05',
      revision: 'November 2024',
    },
    { title: 'Site Reliability Engineering', id: 'ch. 8 "Release Engineering"' },
  ],
  reads: [
    'services.deploy.rollback',
    'services.deploy.strategy',
    'services.deploy.steps',
    'slos.objective',
    'slos.window',
    'slos.indicator',
    'slos.alerts',
    'onCall',
    'drills.measured.rollback',
    'journeys.criticality',
    'calls.fallback',
    'calls.serves',
    'calls.probability',
    'caches.hitRatio',
  ],

  appliesTo: ({ name }, { facts }) => facts.stakesIn(name).some(({ slo }) => countsFailures(slo) !== false),

  *check(service, { model, facts }) {
    const { deploy, path, name } = service
    if (deploy?.rollback === 'automatic') return
    const judged = facts
      .stakesIn(name)
      .filter(({ slo }) => countsFailures(slo) !== false)
      .map(stake => {
        const bad = badDeployOf(stake, service, model, 'manual')
        const ledger = facts.budget(stake.slo)
        return { bad, ledger, answer: exceeds(atLeast(bad), ledger.budget) }
      })
      .sort((a, b) => b.bad.loss.low / b.ledger.budget.low - a.bad.loss.low / a.ledger.budget.low)
    const worst = judged.find(({ answer }) => answer === true)
    const open = judged.find(({ answer }) => typeof answer === 'object' && answer.length > 0)
    const because = `one bad deploy of "${name}" may take more than the budget of "${(worst ?? open)?.ledger.slo.name ?? ''}"`
    if (!worst && !open) return
    if (deploy?.rollback === undefined)
      return yield { unknown: [...path, 'deploy', ...(deploy ? ['rollback'] : [])], because }
    if (!worst) return yield { unknown: (open?.answer as Path[])[0] ?? path, because }
    const { slo } = worst.ledger
    if (slo.indicator === undefined) return yield { unknown: [...slo.path, 'indicator'], because }
    yield violationOf(worst.bad, worst.ledger, model)
  },

  examples: [
    {
      title: '15 minutes until somebody begins and 10 for the rollback, of 21.6 minutes a month',
      bad: yaml`
        onCall: { respond: 15m }
        journeys:
          checkout: { entry: shop, criticality: critical }
        slos:
          checkout-success: { journey: checkout, indicator: availability, objective: 99.95%, window: 30d }
          checkout-week: { journey: checkout, indicator: availability, objective: 99%, window: 30d }
        services:
          shop:
            deploy:
              strategy: rolling
              rollback: manual # <--
            calls: [{ to: prices, fallback: none }]
          prices:
            deploy: { strategy: canary, steps: [90%], rollback: none } # <--
        drills:
          prices-back: { scenario: rollback, on: prices, date: 2026-09-01, measured: { rollback: 12m }, passed: true }
          shop-back: { scenario: rollback, on: shop, date: 2026-09-01, measured: { rollback: 10m }, passed: true }
      `,
    },
    {
      title: 'What brings the old version back, how much meets the new one, and what is promised',
      unclear: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
          track: { entry: tracking }
        slos:
          checkout-success: { journey: checkout, indicator: availability, objective: 99.99%, window: 30d }
          track-success: # ?
            journey: track
            objective: 99.99%
            window: 30d
          track-trend: # ?
            service: parcels
            indicator: availability
            window: 30d
        services:
          shop: # ?
            calls:
              - { to: prices, fallback: none }
              - { to: stock, fallback: none }
              - { to: carts, fallback: none }
              - to: advice # ?
          prices:
            deploy: # ?
              strategy: blueGreen
          stock:
            deploy: # ?
              rollback: manual
          carts:
            deploy: # ?
              strategy: canary
              rollback: manual
          advice: { deploy: { strategy: rolling, rollback: manual } }
          tracking: { deploy: { strategy: rolling, rollback: manual } }
          parcels: { deploy: { strategy: rolling, rollback: manual } }
      `,
    },
    {
      title: 'A gate that goes back by itself, a canary of 5 %, a budget of 43 minutes, and what nobody promised',
      good: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
          track: { entry: tracking }
          report: { entry: reports }
        slos:
          checkout-success: { journey: checkout, indicator: availability, objective: 99.99%, window: 30d }
          track-success: { journey: track, indicator: availability, objective: 99.9%, window: 30d }
          report-speed: { journey: report, indicator: latency, objective: 99.99%, window: 30d }
        services:
          shop:
            deploy: { strategy: rolling, rollback: automatic }
            calls: [{ to: prices, fallback: none }, { to: advice, fallback: empty }]
          prices: { deploy: { strategy: canary, steps: [5%, 25%], rollback: manual } }
          advice: { deploy: { strategy: rolling, rollback: manual } }
          tracking: { deploy: { strategy: rolling, rollback: manual } }
          reports: { deploy: { strategy: rolling, rollback: manual } }
      `,
    },
  ],
})

/** What is lost at least; only how many requests meet the new version is asked for, as nobody can state how long people take. */
const atLeast = ({ stake, time, share, loss }: BadDeploy): Estimate => ({
  low: loss.low,
  high: time.low * (share.high ?? 1),
  missing: [...stake.missing, ...share.missing],
})

function violationOf({ service, share, time, loss }: BadDeploy, ledger: BudgetLedger, model: Model): Violation {
  const { slo, budget, respond } = ledger
  const [objective, window] = [slo.objective ?? 0, slo.window ?? 0]
  const journeys = countedJourneys(slo, model)
  const page = time.low - respond
  const partial = share.low < 1 ? ` x ${percent(share.low)} of requests = ${duration(loss.low)}` : ''
  return {
    at: [...service.path, 'deploy', 'rollback'],
    message: `"${service.name}" has no rollback that starts by itself, so one bad deploy takes at least ${duration(loss.low)} of the ${duration(budget.low)} that "${slo.name}" may fail in ${duration(window)}; expected an automatic one`,
    arithmetic: [
      `budget = (1 - ${percent(objective)}) x ${duration(window)} = ${duration(budget.low)}`,
      `bad deploy = ${duration(respond)} until somebody begins${page > 0 ? ` + ${duration(page)} for the page and the rollback` : ''} = ${duration(time.low)}${partial}`,
    ].join('\n'),
    fix: `Roll back by itself when its own metrics get worse, or let at most ${percent(Number((budget.low / time.low).toPrecision(2)))} of requests meet a new version first`,
    severity: journeys.some(({ criticality }) => criticality === 'critical') ? 'warning' : 'info',
    evidence: [{ label: `objective of ${percent(objective)}`, at: [...slo.path, 'objective'] }],
    journeys,
  }
}
