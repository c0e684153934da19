import { canarySteps, sightsOf, watchersOf, type Sight } from '../../analysis/canary.ts'
import { countedJourneys } from '../../analysis/stakes.ts'
import { number, percent } from '../../units.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'canary-invisible-to-slo-alert',
  title: 'A broken canary is too small for the alert that should stop it',
  severity: 'warning',
  question: 'migrations',
  on: 'service',
  options: noOptions,
  why: 'Metrics over all versions dilute the new one. A canary that fails every request then looks like a slightly bad day, nobody is paged, and it is promoted to everybody.',
  formula:
    'burn rate of a broken canary = share / (1 - objective); invisible where share < burn rate · (1 - objective)',
  fix: 'Judge the new version by its own metrics, against those of the old one at the same time.',
  sources: [
    { title: 'The Site Reliability Workbook', id: 'ch. 16 "Canarying Releases"' },
    { title: 'The Site Reliability Workbook', id: 'ch. 5 "Alerting on SLOs"' },
  ],
  reads: [
    'services.deploy.strategy',
    'services.deploy.steps',
    'services.deploy.analysis',
    'slos.objective',
    'slos.alerts',
    'slos.alerts.burnRate',
    'calls.callsPerRequest',
    'alerts.on',
  ],

  appliesTo: (service, { facts }) => service.deploy?.strategy === 'canary' && watchersOf(service, facts).length > 0,

  *check(service, { model, facts }) {
    const { deploy, path, name } = service
    // Its own metrics show what those of all versions hide.
    if (deploy?.analysis === 'perVersion') return
    if (deploy?.steps === undefined) return yield { unknown: [...path, 'deploy', 'steps'] }
    const steps = canarySteps(service)
    if (!steps) return
    const { sights, missing, other } = sightsOf(service, steps.largest, model, facts)
    if (other || sights.some(({ seen }) => seen)) return
    const [unknown] = missing
    if (unknown) return yield { unknown, because: `another alert might see the canary of "${name}"` }
    // Without any alert that pages the alert is what is missing.
    const [nearest] = [...sights].sort((a, b) => threshold(a) / a.share - threshold(b) / b.share)
    if (!nearest) return
    if (deploy.analysis === undefined)
      return yield {
        unknown: [...path, 'deploy', 'analysis'],
        because: `no alert sees a canary of ${percent(steps.largest)} on "${name}"`,
      }
    const { slo, burnRate, objective, share } = nearest
    const least = threshold(nearest)
    yield {
      at: [...path, 'deploy', 'steps'],
      message: `"${name}" sends at most ${percent(steps.largest)} to a new version, which burns "${slo.name}" at ${number(share / (1 - objective))} when all of it fails; expected at least ${number(burnRate)}, at which it pages`,
      arithmetic: [
        `burn rate = ${percent(share)} / (1 - ${percent(objective)}) = ${number(share / (1 - objective))}`,
        `smallest share that pages = ${number(burnRate)} x (1 - ${percent(objective)}) = ${percent(least)}`,
      ].join('\n'),
      fix: `Judge the new version by its own metrics (analysis: perVersion)${least < 1 ? `, or send it at least ${percent(least)} of requests before all` : ''}`,
      evidence: [{ label: `objective of ${percent(objective)}`, at: [...slo.path, 'objective'] }],
      journeys: countedJourneys(slo, model),
    }
  },

  examples: [
    {
      title: '5 % of requests burn at 5, and 14.4 pages',
      bad: yaml`
        journeys:
          browse: { entry: shop }
        slos:
          browse-success:
            journey: browse
            objective: 99%
            window: 30d
            alerts:
              - { burnRate: 14.4, longWindow: 1h, severity: page }
              - { burnRate: 1, longWindow: 3d, severity: ticket }
        services:
          shop:
            deploy:
              strategy: canary
              analysis: aggregate
              steps: [1%, 5%, 100%] # <--
      `,
    },
    {
      title: 'How large it is, by which metrics it is judged, and what pages is not stated',
      unclear: yaml`
        journeys:
          browse: { entry: shop }
          order: { entry: orders }
          track: { entry: tracking }
          pay: { entry: payments }
        slos:
          browse-success: { journey: browse, objective: 99%, alerts: [{ burnRate: 14.4, longWindow: 1h, severity: page }] }
          order-success: # ?
            journey: order
            objective: 99%
          track-success: # ?
            journey: track
            alerts: [{ burnRate: 14.4, longWindow: 1h, severity: page }]
          pay-success:
            journey: pay
            objective: 99%
            alerts:
              - longWindow: 1h # ?
        services:
          shop:
            deploy: # ?
              strategy: canary
              steps: [5%]
            calls: [{ to: prices, fallback: none }]
          prices:
            deploy: # ?
              strategy: canary
          orders: { deploy: { strategy: canary, steps: [5%], analysis: aggregate } }
          tracking: { deploy: { strategy: canary, steps: [5%], analysis: aggregate } }
          payments: { deploy: { strategy: canary, steps: [5%], analysis: none } }
      `,
    },
    {
      title: 'Metrics of its own, a stricter promise, a larger step, five calls a request, and an alert on its errors',
      good: yaml`
        journeys:
          browse: { entry: shop }
          order: { entry: orders }
        slos:
          browse-success: { journey: browse, objective: 99%, alerts: [{ burnRate: 14.4, longWindow: 1h, severity: page }] }
          browse-age: { journey: browse, indicator: freshness, objective: 99.9%, alerts: [{ burnRate: 2, severity: page }] }
          order-success: { journey: order, objective: 99.9%, alerts: [{ burnRate: 14.4, longWindow: 1h, severity: page }] }
          report-success: { service: reports, objective: 99%, alerts: none }
        services:
          shop:
            deploy: { strategy: canary, steps: [5%], analysis: perVersion }
            calls:
              - { to: prices, fallback: none }
              - { to: images, fallback: none, callsPerRequest: 5 }
              - { to: stock, fallback: none }
              - { to: search, fallback: none }
          prices: { deploy: { strategy: canary, steps: [5%, 25%], analysis: aggregate } }
          images: { deploy: { strategy: canary, steps: [5%], analysis: aggregate } }
          stock: { deploy: { strategy: canary, steps: [5%], analysis: aggregate } }
          search: { deploy: { strategy: canary, steps: [100%], analysis: aggregate } }
          orders: { deploy: { strategy: canary, steps: [1.44%], analysis: aggregate } }
          reports: { deploy: { strategy: canary, steps: [5%], analysis: aggregate } }
          mailer: { deploy: { strategy: rolling } }
        alerts:
          stock-errors: { signal: errors, on: stock, severity: page }
      `,
    },
  ],
})

const threshold = ({ burnRate, objective }: Sight): number => Number((burnRate * (1 - objective)).toPrecision(6))
