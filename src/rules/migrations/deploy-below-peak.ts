import { downtimeOf } from '../../analysis/budget-ledger.ts'
import { exceeds, product, scale } from '../../analysis/estimate.ts'
import type { Facts } from '../../analysis/index.ts'
import { rolloutOf, takesInstancesAway } from '../../analysis/rollout.ts'
import { countedJourneys, countsFailures } from '../../analysis/stakes.ts'
import type { Path } from '../../finding.ts'
import type { Model, Service } from '../../manifest/model.ts'
import { duration, number, percent, plural, rate } from '../../units.ts'
import { ask, defineRule, noOptions, yaml, type Outcome } from '../define.ts'

export default defineRule({
  id: 'deploy-below-peak',
  title: 'The rollout itself takes what is needed',
  severity: 'error',
  question: 'migrations',
  on: 'service',
  options: noOptions,
  why: 'A rollout that takes instances away first is an outage on a schedule: those that remain get all of the load while they warm up. An autoscaler adds instances when the rollout is over.',
  formula:
    'rolling: ρ = λ · H / ((n - floor(maxUnavailable · n)) · c) ≥ 1; recreate: startup time · deploys per window against (1 - objective) · window',
  fix: 'Add new instances before old ones are taken away.',
  sources: [
    {
      title: 'Kubernetes documentation: Deployments',
      id: '"Rolling Update Deployment": maxUnavailable is rounded down, maxSurge up',
    },
  ],
  reads: [
    'services.deploy.strategy',
    'services.deploy.maxUnavailable',
    'services.deploy.window',
    'services.deploy.perMonth',
    'services.startupTime',
    'services.replicas',
    'services.concurrency',
    'services.serviceTime',
    'services.capacity.rps',
    'journeys.load',
    'slos.objective',
    'slos.window',
    'slos.indicator',
    'calls.serves',
    'calls.fallback',
  ],
  impliedBy: ['capacity-below-peak'],

  appliesTo: ({ deploy, runtime }) => deploy !== undefined && runtime !== 'serverless',

  *check(service, { model, facts }) {
    const strategy = service.deploy?.strategy
    if (takesInstancesAway(service)) yield* checkRolling(service, facts)
    else if (strategy === 'recreate') yield* checkRecreate(service, model, facts)
    else if (strategy === undefined) yield { unknown: [...service.path, 'deploy', 'strategy'] }
  },

  examples: [
    {
      title: '36 slots are busy at the peak, and a rollout leaves 3 of 4 replicas with 10 slots each',
      bad: yaml`
        journeys:
          search: { entry: search, load: { steady: 50/s, peak: 300/s } }
          suggest: { entry: suggest, load: { steady: 250/s, peak: 300/s } }
        services:
          search:
            replicas: 4
            concurrency: 10
            serviceTime: { mean: 120ms }
            deploy:
              strategy: rolling
              maxUnavailable: 25% # <--
              window: none
          suggest:
            replicas: 4
            capacity: { rps: 80 }
            deploy: { strategy: canary, maxUnavailable: 1, window: weekdays 9:00-16:00 } # <--
      `,
    },
    {
      title: '45 seconds of downtime, thirty times a month',
      bad: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
        slos:
          checkout-success: { journey: checkout, indicator: availability, objective: 99.9%, window: 30d }
        services:
          shop:
            startupTime: 45s
            deploy:
              strategy: recreate # <--
              perMonth: 30
      `,
    },
    {
      title: 'How many are missing, when that is, how long a start takes, and how often',
      unclear: yaml`
        journeys:
          search: { entry: search, load: { steady: 50/s, peak: 300/s } }
          suggest: { entry: suggest, load: { steady: 50/s, peak: 300/s } }
          order: { entry: shop }
          pay: { entry: payments }
          cancel: { entry: refunds }
          audit: { entry: audit, load: { steady: 50/s, peak: 300/s } }
        slos:
          order-success: { journey: order, indicator: availability, objective: 99.9%, window: 30d }
          pay-success: { journey: pay, indicator: availability, objective: 99.9%, window: 30d }
          cancel-success: # ?
            journey: cancel
            objective: 99.9%
            window: 30d
        services:
          search:
            replicas: 4
            concurrency: 10
            serviceTime: { mean: 120ms }
            deploy: # ?
              strategy: rolling
          suggest:
            replicas: 4
            concurrency: 10
            serviceTime: { mean: 120ms }
            deploy: # ?
              strategy: rolling
              maxUnavailable: 25%
          shop: # ?
            deploy: { strategy: recreate, perMonth: 30 }
          payments:
            startupTime: 45s
            deploy: # ?
              strategy: recreate
          refunds:
            startupTime: 45s
            deploy: { strategy: recreate, perMonth: 30 }
          ledger:
            deploy: # ?
              rollback: automatic
          audit: # ?
            replicas: 4
            deploy: { strategy: rolling, maxUnavailable: 25% }
      `,
    },
    {
      title: 'A quarter of three is none, quiet hours need less, green stands next to blue, and few restarts are cheap',
      good: yaml`
        journeys:
          search: { entry: search, load: { steady: 50/s, peak: 240/s } }
          suggest: { entry: suggest, load: { steady: 50/s, peak: 300/s } }
          order: { entry: shop, load: { steady: 50/s, peak: 300/s } }
        slos:
          order-success: { journey: order, indicator: availability, objective: 99.9%, window: 30d }
          order-speed: { journey: order, indicator: latency, objective: 99.99%, window: 30d }
        services:
          search:
            replicas: 3
            concurrency: 10
            serviceTime: { mean: 120ms }
            deploy: { strategy: rolling, maxUnavailable: 25%, window: none }
          suggest:
            replicas: 4
            concurrency: 10
            serviceTime: { mean: 120ms }
            deploy: { strategy: rolling, maxUnavailable: 25%, window: weekdays 9:00-16:00 }
          shop:
            startupTime: 45s
            deploy: { strategy: recreate, perMonth: 4 }
            calls: [{ to: prices, fallback: none }]
          prices: { replicas: 4, concurrency: 10, serviceTime: { mean: 120ms }, deploy: { strategy: blueGreen } }
          reports: { startupTime: 10m, deploy: { strategy: recreate, perMonth: 100 } }
          images: { runtime: serverless, deploy: { strategy: canary } }
          worker: { replicas: 2, concurrency: 1, deploy: { strategy: rolling, maxUnavailable: 1, window: none } }
      `,
    },
  ],
})

/** What is left of full scale while instances are replaced: of the peak, unless deploys have hours of their own. */
function* checkRolling(service: Service, facts: Facts): Generator<Outcome, void, undefined> {
  const { deploy, path, name } = service
  const at = (key: string): Path => [...path, 'deploy', key]
  const rollout = rolloutOf(service, facts)
  if (!rollout || !deploy || rollout.isShort === false) return
  const { use: judged, instances, isShort, kind } = rollout
  if (deploy.maxUnavailable === undefined) return yield { unknown: at('maxUnavailable') }
  if (isShort !== true || !instances) return yield* ask(isShort === true ? [] : isShort.slice(0, 1))
  if (deploy.window === undefined)
    return yield { unknown: at('window'), because: `a rollout of "${name}" at the peak leaves too few` }
  const { all: max, missing, left } = instances
  const words = (amount: number) => (judged.unit === 'slots' ? plural(amount, 'slot') : rate(amount))
  const each = (judged.available.high ?? 0) / max
  const when = kind === 'peak' ? 'its peak' : 'an ordinary hour'
  const share =
    'share' in deploy.maxUnavailable ? ` x ${percent(deploy.maxUnavailable.share)} = ${number(missing)}` : ''
  yield {
    at: at('maxUnavailable'),
    message: `"${name}" keeps ${number(left)} of ${plural(max, 'replica')} during a rollout, which carry ${words(left * each)}, but ${when} needs ${words(judged.needed.low)}`,
    arithmetic: [
      `missing = ${share === '' ? number(missing) : `${number(max)}${share}, rounded down`}`,
      `needed = ${judged.unit === 'slots' ? `${judged.need()} = ` : ''}${words(judged.needed.low)}`,
      `left = (${number(max)} - ${number(missing)}) x ${words(each)} = ${words(left * each)}`,
    ].join('\n'),
    fix: 'Set maxUnavailable to 0 and let the rollout add instances first (maxSurge)',
    evidence: judged.evidence,
    journeys: facts.journeys.through(name, 'sure'),
  }
}

/** Stops before it starts anew, so that each deploy is an outage, which counts where something is promised. */
function* checkRecreate(service: Service, model: Model, facts: Facts): Generator<Outcome, void, undefined> {
  const promised = facts
    .stakesIn(service.name)
    .filter(({ slo, hard }) => hard === 'yes' && countsFailures(slo) !== false)
  for (const { slo, share } of promised) {
    const { budget } = facts.budget(slo)
    const down = product(downtimeOf(service, slo), share)
    const answer = exceeds(down, scale(budget, 0.5))
    if (answer === false) continue
    if (answer !== true) return yield* ask(answer.slice(0, 1), `each deploy of "${service.name}" is an outage`)
    if (slo.indicator === undefined) return yield { unknown: [...slo.path, 'indicator'] }
    const [deploys, start, window] = [service.deploy?.perMonth ?? 0, service.startupTime ?? 0, slo.window ?? 0]
    return yield {
      at: [...service.path, 'deploy', 'strategy'],
      message: `"${service.name}" is down while it is replaced, ${duration(down.low)} in ${duration(window)}, of ${duration(budget.low)} that "${slo.name}" may fail; expected a deploy that users do not notice`,
      arithmetic: `${duration(start)} x ${number(deploys)} deploys in 30d = ${duration(down.low)} in ${duration(window)}\nbudget = (1 - ${percent(slo.objective ?? 0)}) x ${duration(window)} = ${duration(budget.low)}`,
      fix: 'Start new instances before the old ones stop: a rolling or blue/green deploy',
      severity: down.low > budget.low ? 'error' : 'warning',
      evidence: [{ label: `objective of ${percent(slo.objective ?? 0)}`, at: [...slo.path, 'objective'] }],
      journeys: countedJourneys(slo, model),
    }
  }
}
