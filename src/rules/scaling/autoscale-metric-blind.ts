import { cpuSignalOf } from '../../analysis/cpu-signal.ts'
import { exceeds } from '../../analysis/estimate.ts'
import { firstOf } from '../../analysis/questions.ts'
import type { Model, Service } from '../../manifest/model.ts'
import { number, percent } from '../../units.ts'
import { ask, defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'autoscale-metric-blind',
  title: 'All slots are busy before the autoscaler sees any need',
  severity: 'warning',
  question: 'scaling',
  on: 'service',
  options: noOptions,
  why: 'A service that mostly waits for others fills its threads, workers or connections long before its cores. An autoscaler that watches CPU then sees an idle service, adds nothing, and the queue in front of it grows.',
  formula: 'u = c · CPU per request / (S · cores) ≤ target · (1 + tolerance), with all c slots busy for S each',
  fix: 'Scale on what runs out first: busy slots, or the age of the oldest message.',
  sources: [
    { title: 'Denning and Buzen: The Operational Analysis of Queueing Network Models', id: 'utilization law, U = XS' },
    { title: 'Kubernetes documentation: Horizontal Pod Autoscaling', id: 'Algorithm details' },
    {
      title: 'Azure Well-Architected, Reliability: Design a reliable scaling strategy',
      id: 'RE:06',
      revision: '2026-07',
    },
  ],
  reads: [
    'platform',
    'services.autoscaling.metric',
    'services.autoscaling.target',
    'services.autoscaling.tolerance',
    'services.runtime',
    'services.replicas',
    'services.concurrency',
    'services.serviceTime',
    'services.latency',
    'services.cpu.perRequest',
    'services.cpu.request',
    'stores.latency',
    'queues.latency',
    'caches.latency',
    'externals.latency',
    'consumes.concurrency',
    'consumes.processing',
    'consumes.group',
    'calls.serves',
    'journeys.load',
  ],
  impliedBy: ['autoscale-target-unreachable'],

  appliesTo: (service, { model, facts }) =>
    targetOf(service) !== undefined && mayScale(service) && cpuSignalOf(service, model, facts) !== undefined,

  *check(service, { model, facts }) {
    const { name, path } = service
    const { saturated, words, first } = cpuSignalOf(service, model, facts)!
    const target = targetOf(service)!
    const tolerance = toleranceOf(service, model)
    const acts = Number((target * (1 + tolerance)).toPrecision(12))
    const seen = exceeds(saturated, acts)
    if (seen === true) return
    if (seen !== false) {
      const because = `"${name}" is scaled above ${percent(acts)} CPU, which slots that mostly wait never burn`
      return yield* ask(seen.slice(0, 1), because)
    }
    // Where the fewest instances carry the peak nobody misses an autoscaler.
    const short = exceeds(first.busy, first.available)
    if (short === false) return
    const most = saturated.high ?? 0
    if (short !== true) {
      const because = `"${name}" has all slots busy at ${percent(most)} CPU, and is scaled above ${percent(acts)} only`
      return yield* ask(firstOf(short, ['replicas', 'min']).slice(0, 1), because)
    }
    const metric = service.consumes.length > 0 ? 'queueAge' : 'concurrency'
    yield {
      at: [...path, 'autoscaling', 'metric'],
      message: `"${name}" has all slots busy at ${percent(most)} CPU, but its autoscaler adds instances only above ${percent(acts)}; expected a metric that sees full slots`,
      arithmetic: [
        `u ${saturated.low === most ? '=' : '<='} ${words} = ${percent(most)}`,
        `${percent(most)} <= ${percent(target)}${tolerance > 0 ? ` x ${number(1 + tolerance)} = ${percent(acts)}` : ''}`,
        `${number(first.busy.low)} slots are busy at the peak, of ${first.words} = ${number(first.available.low)} before any instance is added`,
      ].join('\n'),
      fix: `Scale on ${metric}${lowerTarget(most, tolerance)}`,
      evidence: [
        { label: 'CPU for one', at: [...path, 'cpu', 'perRequest'] },
        { label: `target ${percent(target)}`, at: [...path, 'autoscaling', 'target'] },
      ],
      journeys: facts.journeys.through(name, 'sure'),
    }
  },

  examples: [
    {
      title: 'Ten threads that wait burn 40% of a core, and nothing happens below 71.5%',
      bad: yaml`
        platform: kubernetes
        journeys:
          checkout: { entry: orders, load: { steady: 100/s, peak: 600/s } }
        services:
          orders:
            replicas: { min: 3, max: 12 }
            autoscaling:
              metric: cpu # <--
              target: 65%
            concurrency: 10
            serviceTime: { mean: 20ms }
            cpu: { request: 1, limit: 2, perRequest: 4ms }
            calls: [{ to: payments }]
        externals:
          payments: { latency: { mean: 80ms } }
      `,
    },
    {
      title: 'A worker that waits for the mail provider',
      bad: yaml`
        platform: ecs
        services:
          mails:
            replicas: { min: 2, max: 12 }
            autoscaling: { metric: cpu, target: 60% } # <--
            cpu: { request: 0.5, perRequest: 3ms }
            consumes:
              - { from: receipts, group: mails, concurrency: 8, processing: { mean: 90ms } }
              - { from: reminders, group: mails, concurrency: 1, processing: { mean: 90ms } }
        queues:
          receipts: { load: 200/s }
          reminders: { load: 1/s }
      `,
    },
    {
      title: 'What the slots are, how long one is held, how many cores there are, and how much comes is not stated',
      unclear: yaml`
        platform: kubernetes
        defaults: { services: { autoscaling: { metric: cpu, target: 60% } } }
        journeys:
          checkout: { entry: orders, load: 600/s }
          search: { entry: search, load: 600/s }
          track: { entry: tracking, load: 600/s }
          pay: { entry: payments } # ?
          list: { entry: lists, load: 600/s }
        services:
          orders: { cpu: { request: 1, perRequest: 4ms } } # ?
          search: # ?
            concurrency: 10
            cpu: { request: 1, perRequest: 4ms }
          tracking:
            concurrency: 10
            serviceTime: { mean: 100ms }
            cpu: # ?
              { perRequest: 4ms }
          payments: { replicas: { min: 2, max: 12 }, concurrency: 10, serviceTime: { mean: 100ms }, cpu: { request: 1, perRequest: 4ms } }
          lists:
            replicas: # ?
              { max: 12 }
            concurrency: 10
            serviceTime: { mean: 100ms }
            cpu: { request: 1, perRequest: 4ms }
          mails:
            cpu: { request: 1, perRequest: 3ms }
            consumes: [{ from: receipts, concurrency: 8 }] # ?
        queues:
          receipts: { load: 600/s }
      `,
    },
    {
      title: 'Enough slots to keep the cores busy, the right metric, or no need for more instances at all',
      good: yaml`
        platform: kubernetes
        defaults: { services: { serviceTime: { mean: 100ms }, cpu: { request: 1, limit: 2, perRequest: 4ms } } }
        journeys:
          checkout: { entry: orders, load: 600/s }
          search: { entry: search, load: 600/s }
          track: { entry: tracking, load: { steady: 100/s, peak: 300/s } }
          list: { entry: lists, load: { steady: 0/s, peak: 0/s } }
          vote: { entry: votes, load: 600/s }
        services:
          orders: { concurrency: 18, replicas: { min: 3, max: 12 }, autoscaling: { metric: cpu, target: 65% } }
          search: { concurrency: 10, replicas: { min: 3, max: 12 }, autoscaling: { metric: concurrency, target: 65% } }
          tracking: { concurrency: 10, replicas: { min: 3, max: 12 }, autoscaling: { metric: cpu, target: 65% } }
          lists: { concurrency: 10, replicas: { min: 0, max: 12 }, autoscaling: { metric: cpu, target: 65% } }
          votes: { concurrency: 10, replicas: 12, autoscaling: { metric: cpu, target: 65% } }
          mails:
            autoscaling: { metric: queueAge }
            consumes: [{ from: receipts, concurrency: 8, processing: { mean: 90ms } }]
        queues:
          receipts: { load: 600/s }
      `,
    },
    {
      title: 'Requests of one journey wait for the bank, but most do not, so the cores are busy first',
      good: yaml`
        platform: kubernetes
        journeys:
          checkout: { entry: shop, load: 10/s }
          browse: { entry: shop, load: 5000/s }
        services:
          shop:
            replicas: { min: 3, max: 60 }
            autoscaling: { metric: cpu, target: 65% }
            concurrency: 10
            serviceTime: { mean: 8ms }
            cpu: { request: 1, perRequest: 4ms }
            calls: [{ to: bank, serves: [checkout] }]
        externals:
          bank: { latency: { mean: 500ms } }
      `,
    },
    {
      title: 'Functions have no slots, and requests and messages do not cost the same',
      good: yaml`
        platform: kubernetes
        defaults:
          services:
            replicas: { min: 3, max: 12 }
            concurrency: 10
            serviceTime: { mean: 100ms }
            cpu: { request: 1, perRequest: 4ms }
            autoscaling: { metric: cpu, target: 65% }
        journeys:
          checkout: { entry: orders, load: 600/s }
          upload: { entry: resize }
        services:
          orders: { consumes: [{ from: receipts, concurrency: 8, processing: { mean: 90ms } }] }
          resize: { runtime: serverless }
        queues:
          receipts: { load: 600/s }
      `,
    },
  ],
})

const targetOf = ({ autoscaling }: Service): number | undefined =>
  autoscaling !== undefined && autoscaling !== 'none' && autoscaling.metric === 'cpu' ? autoscaling.target : undefined

/** Functions have no instances to add, and a fixed number of instances stays what it is. */
const mayScale = ({ runtime, replicas }: Service): boolean =>
  runtime !== 'serverless' && (replicas?.min === undefined || replicas.min !== replicas.max)

function toleranceOf({ autoscaling }: Service, { raw }: Model): number {
  const stated = typeof autoscaling === 'object' ? autoscaling.tolerance : undefined
  return stated ?? (raw.platform === 'kubernetes' ? 0.1 : 0)
}

/** A target that is passed while three slots in ten are still free. Nobody sets one below a percent. */
function lowerTarget(saturated: number, tolerance: number): string {
  const busy = 0.7
  const target = Math.floor(Number((saturated * busy * 100).toPrecision(12))) / 100
  if (target === 0 || busy * (1 + tolerance) >= 1) return ''
  return `, or lower the target to ${percent(target)}, where ${percent(busy)} of the slots are busy`
}
