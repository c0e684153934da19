import { limitsOf, noticedBy, retriesThatHide, type Noticed } from '../../analysis/dead-instance.ts'
import { exactly, exceeds } from '../../analysis/estimate.ts'
import type { Facts } from '../../analysis/index.ts'
import { markDefaults } from '../../analysis/probes.ts'
import { countedJourneys, type Stake } from '../../analysis/stakes.ts'
import type { Service } from '../../manifest/model.ts'
import { duration, number, percent, plural } from '../../units.ts'
import { defineRule, numberOption, optionMap, yaml, type Violation } from '../define.ts'

export default defineRule({
  id: 'health-detection-too-slow',
  title: 'A dead instance gets requests for too long',
  severity: 'warning',
  question: 'partial-failure',
  on: 'service',
  options: optionMap({
    share: numberOption(0.05, 'Share of the error budget that one dead instance may take.', { above: 0, most: 1 }),
    seconds: numberOption(60, 'Longest time until a critical service notices a dead instance.', { above: 0 }),
  }),
  why: 'Until so many probes in a row have failed, an instance that hangs gets its share of the requests and answers none of them. Instances die every week, so what each of them costs has to be small against the error budget.',
  formula: 'T = interval · failures + timeout; T · share of requests / N > 5 % of (1 - objective) · window, or T > 60s',
  fix: 'Probe more often, or let callers stop using an instance that fails.',
  sources: [
    { title: 'kube-score', id: 'README_PROBES.md' },
    { title: 'Kubernetes documentation', id: 'Configure Liveness, Readiness and Startup Probes' },
  ],
  reads: [
    'platform',
    'services.health.readiness',
    'services.health.liveness',
    'services.outlierDetection',
    'services.replicas',
    'services.runtime',
    'services.criticality',
    'journeys.criticality',
    'calls.retries',
    'calls.fallback',
    'calls.optional',
    'calls.serves',
    'slos.objective',
    'slos.window',
    'slos.indicator',
  ],

  // One instance alone is another fault, and nobody waits for those that work on messages.
  appliesTo: (service, { facts }) =>
    isProbe(service.health?.readiness) &&
    service.runtime !== 'serverless' &&
    service.replicas?.max !== 1 &&
    facts.waiting.at(service.name).length > 0,

  *check(service, { model, facts, options }) {
    const { name, path, outlierDetection } = service
    const calls = retriesThatHide(service, model, facts)
    if (outlierDetection === true || calls?.every(({ retries }) => retries !== undefined)) return
    const limits = [
      ...limitsOf(service, options.share, facts),
      ...(isCritical(service, facts) ? [{ most: exactly(options.seconds * 1000), stake: undefined }] : []),
    ]
    if (limits.length === 0) return
    const noticed = noticedBy(service, model)
    const judged = limits.map(limit => ({ ...limit, answer: exceeds(noticed.time, limit.most) }))
    const [worst] = judged.filter(({ answer }) => answer === true).sort((a, b) => a.most.low - b.most.low)
    const because = `a dead instance of "${name}" gets requests for ${duration(noticed.time.high ?? 0)}`
    if (!worst) {
      const [fact] = judged.flatMap(({ answer }) => (typeof answer === 'boolean' ? [] : answer))
      if (fact) yield noticed.time.high === undefined ? { unknown: fact } : { unknown: fact, because }
      return
    }
    const { stake } = worst
    if (stake && stake.slo.indicator === undefined) return yield { unknown: [...stake.slo.path, 'indicator'] }
    if (outlierDetection === undefined) return yield { unknown: [...path, 'outlierDetection'], because }
    const silent = calls?.find(({ retries }) => retries === undefined)
    if (silent) return yield { unknown: [...silent.path, 'retries'], because }
    const limit = worst.most.high ?? worst.most.low
    yield {
      ...describe(service, noticed, limit, stake, options.share),
      journeys: stake ? countedJourneys(stake.slo, model) : facts.waiting.at(name, 'sure'),
    }
  },

  examples: [
    {
      title: '31s of a sixth of the requests, where 25.9s a month may fail',
      bad: yaml`
        platform: kubernetes
        journeys:
          checkout: { entry: orders }
        slos:
          checkout-success: { journey: checkout, indicator: availability, objective: 99.999%, window: 30d }
        services:
          orders:
            replicas: 6
            outlierDetection: false
            health:
              liveness: none
              readiness: # <--
                checks: []
      `,
    },
    {
      title: 'More than a minute on the way of money, and no caller tries another instance',
      bad: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
        services:
          shop: { calls: [{ to: payments, retries: { max: 1, differentReplica: true } }] }
          carts: { calls: [{ to: payments, retries: 2 }] }
          payments:
            replicas: 20
            outlierDetection: false
            health:
              liveness: { interval: 30s, timeout: 5s, failures: 5 }
              readiness: { interval: 30s, timeout: 5s, failures: 3 } # <--
      `,
    },
    {
      title: 'Settings of probes, instances, what the SLO counts, and what callers do are asked for one after another',
      unclear: yaml`
        defaults: { services: { criticality: critical } }
        journeys:
          checkout: { entry: orders }
          search: { entry: search }
          track: { entry: tracking }
          pay: { entry: shop }
          list: { entry: lists }
        slos:
          list-success: { journey: list, objective: 99.999%, window: 30d } # ?
          search-success: { journey: search, indicator: availability, objective: 99.99%, window: 30d }
        services:
          orders:
            replicas: 6
            health:
              liveness: none
              readiness: # ?
                { interval: 30s, timeout: 5s }
          search: # ?
            outlierDetection: false
            health: { liveness: none, readiness: { interval: 10s, timeout: 1s, failures: 3 } }
          tracking: # ?
            replicas: 6
            health: { liveness: none, readiness: { interval: 30s, timeout: 5s, failures: 3 } }
          shop: { calls: [{ to: payments }] } # ?
          payments:
            replicas: 6
            outlierDetection: false
            health: { liveness: none, readiness: { interval: 30s, timeout: 5s, failures: 3 } }
          lists:
            replicas: 6
            criticality: normal
            health: { liveness: none, readiness: { interval: 30s, timeout: 5s, failures: 3 } }
      `,
    },
    {
      title: 'Small against the budget, found by its callers, by the other probe, or tried elsewhere',
      good: yaml`
        journeys:
          checkout: { entry: shop, criticality: critical }
          report: { entry: reports, criticality: normal }
        slos:
          checkout-success: { journey: checkout, indicator: availability, objective: 99.9%, window: 30d }
        services:
          shop:
            replicas: 6
            health: { liveness: none, readiness: { interval: 10s, timeout: 1s, failures: 3 } }
            calls: [{ to: orders, fallback: none }, { to: payments, fallback: none, retries: { max: 1, differentReplica: true } }, { to: stock, fallback: none }]
          orders:
            replicas: 6
            outlierDetection: true
            health: { liveness: none, readiness: { interval: 30s, timeout: 5s, failures: 3 } }
          payments:
            replicas: 6
            health: { liveness: none, readiness: { interval: 30s, timeout: 5s, failures: 3 } }
          stock:
            replicas: 6
            health: { liveness: { interval: 5s, timeout: 1s, failures: 3 }, readiness: { interval: 30s, timeout: 5s, failures: 3 } }
          reports:
            replicas: 6
            health: { liveness: none, readiness: { interval: 30s, timeout: 5s, failures: 3 } }
          mails:
            replicas: 6
            health: { liveness: none, readiness: { interval: 30s, timeout: 5s, failures: 3 } }
            consumes: [{ from: receipts }]
        queues: { receipts: {} }
      `,
    },
  ],
})

const isProbe = <P>(probe: P | 'none' | undefined): probe is P => probe !== undefined && probe !== 'none'

const isCritical = ({ name, criticality }: Service, { waiting }: Facts): boolean =>
  criticality === undefined
    ? waiting.at(name, 'sure').some(journey => journey.criticality === 'critical')
    : criticality === 'critical'

function describe(
  service: Service,
  noticed: Noticed,
  limit: number,
  stake: Stake | undefined,
  share: number,
): Violation {
  const { name, replicas, path } = service
  const { probe, at, words, defaults } = noticed
  const [time, instances] = [noticed.time.low, replicas?.max ?? 0]
  const lost = duration((time / instances) * (stake?.share.low ?? 1))
  const part = stake && stake.share.low < 1 ? ` x ${percent(stake.share.low)}` : ''
  const sum = `T = ${words} = ${duration(time)}`
  const base = `A dead instance of "${name}" gets requests for ${duration(time)}${markDefaults(defaults)}`
  return {
    at: probe.interval === undefined ? at : [...at, 'interval'],
    fix: fixFor(noticed, limit),
    evidence: [{ label: `${number(instances)} instances`, at: [...path, 'replicas'] }],
    ...(stake
      ? {
          message: `${base}, which takes ${lost} of the error budget of "${stake.slo.name}"; expected at most ${percent(share)} of it`,
          arithmetic: `${sum}\nlost = ${duration(time)} / ${number(instances)}${part} = ${lost} > ${percent(share)} of (1 - ${percent(stake.slo.objective ?? 0)}) x ${duration(stake.slo.window ?? 0)}`,
        }
      : {
          message: `${base}; expected at most ${duration(limit)} for a critical service`,
          arithmetic: `${sum} > ${duration(limit)}`,
        }),
  }
}

/** An interval that finds it in time, in whole seconds; a probe cannot come sooner than the last one gave up. */
function fixFor({ probe }: Noticed, limit: number): string {
  const { failures = 3, timeout = 1000 } = probe
  const elsewhere = 'et callers stop using an instance that fails (outlierDetection)'
  const interval = Math.floor((limit - timeout) / failures / 1000) * 1000
  if (interval < Math.max(1000, timeout)) return `L${elsewhere}`
  return `Probe every ${duration(interval)} with ${plural(failures, 'failure')}, or l${elsewhere}`
}
