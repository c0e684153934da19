import type { Facts } from '../../analysis/index.ts'
import type { Model, Service } from '../../manifest/model.ts'
import { list, number, percent, plural } from '../../units.ts'
import { defineRule, noOptions, yaml, type Violation } from '../define.ts'

export default defineRule({
  id: 'cost-against-budget',
  title: 'The instances cost more than the budget, or twice what anything needs is paid for',
  severity: 'error',
  question: 'scaling',
  on: 'manifest',
  options: noOptions,
  why: 'The month in which the autoscaler reaches its limit is the month in which the budget is cut, along with the headroom. And what idles on every service is missing where it would help.',
  formula:
    'cost = Σ n · cost of one instance; n_needed = max(n_peak · z / (z - 1), n_peak + 1, z) with n_peak = peak / (capacity of one · target)',
  fix: 'Lower the limit of the autoscaler, run fewer instances where peak and the loss of a zone allow it, or raise the budget.',
  sources: [
    {
      title: 'Azure Well-Architected, Cost Optimization: Align usage to billing increments, Optimize scaling costs',
      id: 'CO:02, CO:12',
      revision: '2026-07',
    },
  ],
  reads: [
    'budget',
    'services.cost',
    'services.replicas',
    'services.zones',
    'services.capacity',
    'services.autoscaling',
    'services.state',
    'journeys.load',
  ],

  appliesTo: model => [...model.services.values()].some(({ cost }) => cost?.perReplica !== undefined),

  *check(model, { facts }) {
    yield* overBudget(model)
    for (const service of model.services.values()) yield* idle(service, model, facts)
  },

  examples: [
    {
      title:
        '24 instances at least where the peak, a lost zone and a deployment need 9; at most 60 for a budget of 4000',
      bad: yaml`
        budget:
          perMonth: 4000 # <--
          currency: EUR
        journeys: { browse: { entry: shop, load: { peak: 1000/s, coincident: true } } }
        services:
          shop:
            replicas:
              min: 24 # <--
              max: 60
            zones: 3
            autoscaling: { metric: cpu, target: 70% }
            capacity: { rps: 250 }
            state: none
            cost: { perReplica: 90 }
      `,
    },
    {
      title: 'What always runs costs more already',
      bad: yaml`
        budget: { perMonth: 500 } # <--
        services:
          shop: { replicas: 4, cost: { perReplica: 90 } }
          stock: { replicas: { min: 2 }, cost: { perReplica: 75 } }
          mails: { cost: { perReplica: 75 } }
      `,
    },
    {
      title: 'Within the budget to the last euro, and no more than twice of what is needed',
      good: yaml`
        budget: { perMonth: 1800 }
        journeys: { browse: { entry: shop, load: { peak: 1000/s, coincident: true } } }
        services:
          shop:
            replicas: 20
            zones: 3
            autoscaling: { metric: cpu, target: 62.5% }
            capacity: { rps: 250 }
            state: none
            cost: { perReplica: 90 }
      `,
    },
    {
      title: 'More instances than requests need, but they hold data, read a queue, or were never measured',
      good: yaml`
        journeys: { browse: { entry: shop, load: { peak: 10/s, coincident: true } } }
        defaults: { services: { replicas: 40, zones: 3, cost: { perReplica: 90 }, autoscaling: none } }
        services:
          shop:
            concurrency: 10
            serviceTime: { mean: 10ms }
            state: none
            calls: [{ to: shards }]
            publishes: [{ to: events }]
          shards: { capacity: { rps: 100 }, state: sharded }
          worker: { capacity: { rps: 100 }, state: none, consumes: [{ from: events }] }
        queues: { events: {} }
      `,
    },
    {
      title: 'Nothing says what an instance costs',
      good: yaml`
        budget: { perMonth: 10 }
        services: { shop: { replicas: 40 } }
      `,
    },
  ],
})

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)

/** What is not stated costs nothing, so that what is reported is sure. */
function* overBudget({ raw, services }: Model): Generator<Violation, void, undefined> {
  const { perMonth, currency } = raw.budget ?? {}
  if (perMonth === undefined) return
  const priced = [...services.values()].flatMap(({ name, replicas, cost, path }) =>
    cost?.perReplica === undefined
      ? []
      : [{ name, least: replicas?.min ?? 0, most: replicas?.max ?? 0, each: cost.perReplica, path }],
  )
  for (const [key, when, severity] of [
    ['least', 'always', 'error'],
    ['most', 'at full scale', 'warning'],
  ] as const) {
    const running = priced.filter(service => service[key] > 0)
    const cost = sumOf(running.map(service => service[key] * service.each))
    if (cost <= perMonth) continue
    const unit = currency === undefined ? '' : ` ${currency}`
    yield {
      at: ['budget', 'perMonth'],
      about: ['budget'],
      severity,
      message: `${list(running.map(({ name }) => `"${name}"`))} cost ${number(cost)}${unit} a month ${key === 'least' ? 'with the instances that always run' : 'while the autoscaler is at its limit'}, but the budget is ${number(perMonth)}${unit}`,
      arithmetic: `${running.map(service => `${number(service[key])} x ${number(service.each)}`).join(' + ')} = ${number(cost)} ${when} > ${number(perMonth)}`,
      fix: `Save ${number(cost - perMonth)}${unit} a month, or raise the budget to ${number(cost)}${unit}`,
      evidence: running.map(({ name, path }) => ({ label: `instances of "${name}"`, at: [...path, 'replicas'] })),
    }
    return
  }
}

/** Only where a load test says what one instance carries: memory, CPU and state may need more than its slots do. */
function* idle(service: Service, model: Model, facts: Facts): Generator<Violation, void, undefined> {
  const { name, replicas, zones, capacity, cost, autoscaling, state, consumes, path } = service
  const min = replicas?.min
  if (min === undefined || capacity?.rps === undefined || cost?.perReplica === undefined || zones === undefined) return
  if (consumes.length > 0 || state !== 'none' || autoscaling === undefined) return
  const target = autoscaling === 'none' ? 0.5 : autoscaling.target
  const peak = facts.load.at(name, 'peak').high
  if (target === undefined || peak === undefined || peak === 0) return
  const atPeak = Math.ceil(peak / (capacity.rps * target))
  const needed = Math.max(zones > 1 ? Math.ceil((atPeak * zones) / (zones - 1)) : 0, atPeak + 1, zones)
  if (min <= 2 * needed) return
  const unit = model.raw.budget?.currency === undefined ? '' : ` ${model.raw.budget.currency}`
  yield {
    at: [...path, 'replicas', 'min'],
    about: path,
    severity: 'info',
    message: `"${name}" always runs ${number(min)} instances, but peak, the loss of a zone and a deployment need ${number(needed)}`,
    arithmetic: [
      `n_peak = ${number(peak)} / (${number(capacity.rps)} x ${percent(target)}) = ${number(atPeak)}`,
      `n_needed = max(${zones > 1 ? `${number(atPeak)} x ${number(zones)} / ${number(zones - 1)}, ` : ''}${number(atPeak)} + 1, ${number(zones)}) = ${number(needed)}`,
    ].join('\n'),
    fix: `Run ${plural(needed, 'instance')} or a few more at least, and save up to ${number((min - needed) * cost.perReplica)}${unit} a month`,
    evidence: [{ label: `one carries ${number(capacity.rps)} requests per second`, at: [...path, 'capacity', 'rps'] }],
    journeys: facts.journeys.through(name, 'sure'),
  }
}
