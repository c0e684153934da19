import { canarySteps, sightsOf } from '../../analysis/canary.ts'
import { exactly, exceeds, scale } from '../../analysis/estimate.ts'
import { requestsToProve } from '../../analysis/formulas/error-budget.ts'
import { countedJourneys, countsFailures, type Stake } from '../../analysis/stakes.ts'
import type { Facts } from '../../analysis/index.ts'
import type { Path } from '../../finding.ts'
import type { Model, Service } from '../../manifest/model.ts'
import { duration, number, percent, rate, roundUp } from '../../units.ts'
import { defineRule, noOptions, yaml, type Outcome } from '../define.ts'

export default defineRule({
  id: 'canary-bake-too-short',
  title: 'A canary is promoted before its failure could be seen',
  severity: 'warning',
  question: 'migrations',
  on: 'service',
  options: noOptions,
  why: 'A few hundred requests without an error say nothing about one error in a thousand. A canary that ends sooner than its failure can show is a slow deploy to everybody, not a test.',
  formula:
    'bake >= 3 / ((1 - objective) · share · λ), by the rule of three; judged by all metrics together also bake · share >= long window · burn rate · (1 - objective)',
  fix: 'Bake longer, or send more requests to the new version before all of them.',
  sources: [
    { title: 'Hanley and Lippman-Hand: If Nothing Goes Wrong, Is Everything All Right?', id: 'JAMA 249(13), 1983' },
    { title: 'The Site Reliability Workbook', id: 'ch. 16 "Canarying Releases"' },
    {
      title: 'Azure Well-Architected, Operational Excellence: Safe deployment practices',
      id: 'OE:11',
      revision: '2026-07',
    },
  ],
  reads: [
    'services.deploy.strategy',
    'services.deploy.steps',
    'services.deploy.bake',
    'services.deploy.analysis',
    'slos.objective',
    'slos.indicator',
    'slos.alerts',
    'journeys.load',
    'calls.serves',
    'calls.callsPerRequest',
    'calls.probability',
    'caches.hitRatio',
  ],

  appliesTo: (service, { facts }) => service.deploy?.strategy === 'canary' && promisesOf(service, facts).length > 0,

  *check(service, { model, facts }) {
    const { deploy, path, name } = service
    const at = (key: string): Path => [...path, 'deploy', key]
    if (deploy?.steps === undefined) return yield { unknown: at('steps') }
    const steps = canarySteps(service)
    if (!steps) return
    if (deploy.bake === undefined) return yield { unknown: at('bake') }
    const promises = promisesOf(service, facts)
    const open = promises.find(({ slo }) => slo.objective === undefined)
    if (open)
      return yield { unknown: [...open.slo.path, 'objective'], because: `the canary of "${name}" has to prove it` }
    const [strictest] = [...promises].sort((a, b) => (b.slo.objective ?? 0) - (a.slo.objective ?? 0))
    const objective = strictest?.slo.objective ?? 1
    if (!strictest || objective >= 1) return
    const { slo } = strictest
    const load = facts.load.at(name, 'steady')
    if (load.high === 0) return
    const tested = scale(load, (steps.together * deploy.bake) / 1000)
    const wanted = requestsToProve(1 - objective)
    const few = exceeds(exactly(wanted), tested)
    if (few === false) return yield* untilPaged(service, steps, deploy.bake, model, facts)
    if (few !== true) return yield* few.slice(0, 1).map(unknown => ({ unknown }))
    if (slo.indicator === undefined) return yield { unknown: [...slo.path, 'indicator'] }
    const most = tested.high ?? 0
    const perSecond = load.high ?? 0
    const longer = inMinutes((wanted * 1000) / (steps.together * perSecond))
    const proven = most > 0 ? Math.min(1, requestsToProve(1) / most) : 1
    yield {
      at: at('bake'),
      message: `"${name}" shows a new version to ${number(Math.floor(most))} requests, too few to tell whether it keeps the ${percent(objective)} of "${slo.name}"; expected at least ${number(Math.ceil(wanted))}`,
      arithmetic: [
        `requests = ${percent(steps.together)} x ${rate(perSecond)} x ${duration(deploy.bake)} = ${number(Math.floor(most))}, which prove no less than ${percent(Number(proven.toPrecision(3)))} of errors`,
        `needed = 3 / (1 - ${percent(objective)}) = ${number(Math.ceil(wanted))}`,
        `bake = ${number(Math.ceil(wanted))} / (${percent(steps.together)} x ${rate(perSecond)}) = ${duration((wanted * 1000) / (steps.together * perSecond))}`,
      ].join('\n'),
      fix: `Bake each step for at least ${duration(longer)}, or send more requests to the new version before all of them`,
      evidence: [{ label: `objective of ${percent(objective)}`, at: [...slo.path, 'objective'] }],
      journeys: countedJourneys(slo, model),
    }
  },

  examples: [
    {
      title: '5 % of 20 requests a second for ten minutes are 600, and 3000 are needed',
      bad: yaml`
        journeys:
          order: { entry: shop, load: 20/s }
        slos:
          order-success: { journey: order, indicator: availability, objective: 99.9%, window: 30d }
          order-trend: { journey: order, indicator: availability, objective: 99%, window: 30d }
        services:
          shop:
            deploy:
              strategy: canary
              analysis: perVersion
              steps: [5%, 100%]
              bake: 10m # <--
      `,
    },
    {
      title: 'Enough requests, but the alert that judges needs 17 minutes',
      bad: yaml`
        journeys:
          order: { entry: shop, load: 200/s }
        slos:
          order-success:
            journey: order
            indicator: availability
            objective: 99.9%
            alerts:
              - { burnRate: 14.4, longWindow: 1h, severity: page }
              - { burnRate: 6, longWindow: 6h, severity: page }
        services:
          shop:
            deploy:
              strategy: canary
              analysis: aggregate
              steps: [5%]
              bake: 10m # <--
      `,
    },
    {
      title: 'How long, how many, of what, and by which metrics',
      unclear: yaml`
        journeys:
          order: { entry: shop, load: 200/s }
          track: { entry: tracking, load: 20/s }
          pay: # ?
            entry: payments
        slos:
          order-success: { journey: order, indicator: availability, objective: 99.9%, alerts: [{ burnRate: 14.4, longWindow: 1h, severity: page }] }
          track-success: # ?
            journey: track
            objective: 99.9%
          pay-success: { journey: pay, indicator: availability, objective: 99.9% }
          refund-success: # ?
            service: refunds
            indicator: availability
        services:
          shop:
            deploy: # ?
              strategy: canary
              steps: [5%]
              bake: 10m
            calls: [{ to: prices, fallback: none }, { to: stock, fallback: none }]
          prices:
            deploy: # ?
              strategy: canary
              steps: [5%]
          stock:
            deploy: # ?
              strategy: canary
          tracking: { deploy: { strategy: canary, steps: [5%], bake: 10m } }
          payments: { deploy: { strategy: canary, steps: [5%], bake: 10m } }
          refunds: { deploy: { strategy: canary, steps: [5%], bake: 10m } }
      `,
    },
    {
      title: 'Fifty minutes at 5 %, ten at 25 % of more, metrics of each version, and what nobody calls',
      good: yaml`
        journeys:
          order: { entry: shop, load: 20/s }
          browse: { entry: web, load: 200/s }
          unused: { entry: unused, load: 0/s }
        slos:
          order-success: { journey: order, indicator: availability, objective: 99.9% }
          order-speed: { journey: order, indicator: latency, objective: 99.99% }
          browse-success: { journey: browse, indicator: availability, objective: 99.9%, alerts: [{ burnRate: 14.4, longWindow: 1h, severity: page }] }
          unused-success: { journey: unused, indicator: availability, objective: 99.9% }
        services:
          shop: { deploy: { strategy: canary, steps: [5%], bake: 50m, analysis: perVersion } }
          web:
            deploy: { strategy: canary, steps: [5%, 25%], bake: 10m, analysis: aggregate }
            calls: [{ to: prices, fallback: none }, { to: stock, fallback: none }, { to: search, fallback: none }]
          prices: { deploy: { strategy: canary, steps: [5%], bake: 10m, analysis: perVersion } }
          stock: { deploy: { strategy: canary, steps: [1%], bake: 1h, analysis: aggregate } }
          search: { deploy: { strategy: canary, steps: [100%], bake: 1m } }
          unused: { deploy: { strategy: canary, steps: [5%], bake: 10m } }
          reports: { deploy: { strategy: canary, steps: [5%], bake: 1m } }
      `,
    },
  ],
})

/** A time as somebody would set it. */
const inMinutes = (milliseconds: number): number => roundUp(milliseconds / 60_000) * 60_000

/** What the new version has to keep. */
const promisesOf = ({ name }: Service, facts: Facts): Stake[] =>
  facts.stakesIn(name).filter(({ slo, hard }) => hard === 'yes' && countsFailures(slo) !== false)

/** Whether the alert that is left to stop the canary fires before it is promoted. */
function* untilPaged(
  service: Service,
  steps: { largest: number; together: number },
  bake: number,
  model: Model,
  facts: Facts,
): Generator<Outcome, void, undefined> {
  const { deploy, path, name } = service
  const { sights, missing, other } = sightsOf(service, steps.largest, model, facts)
  const seen = sights.filter(sight => sight.seen)
  if (deploy?.analysis === 'perVersion' || other || missing.length > 0) return
  const [first] = [...seen].sort((a, b) => (a.after ?? 0) - (b.after ?? 0))
  // The errors of all steps add up in the long window.
  const spent = bake * (steps.together / steps.largest)
  if (first?.after === undefined || spent >= first.after) return
  if (deploy?.analysis === undefined) return yield { unknown: [...path, 'deploy', 'analysis'] }
  const longer = inMinutes((first.after * steps.largest) / steps.together)
  yield {
    at: [...path, 'deploy', 'bake'],
    message: `"${name}" promotes a canary after ${duration(spent)}, but the first alert of "${first.slo.name}" pages after ${duration(first.after)} when all of it fails`,
    arithmetic: `page = long window x ${number(first.burnRate)} x (1 - ${percent(first.objective)}) / ${percent(first.share)} = ${duration(first.after)}`,
    fix: `Bake each step for at least ${duration(longer)}, or judge the new version by its own metrics (analysis: perVersion)`,
    journeys: countedJourneys(first.slo, model),
  }
}
