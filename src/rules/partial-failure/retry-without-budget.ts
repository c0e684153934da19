import { carriedBy } from '../../analysis/caching.ts'
import { reaches, scale, type Answer } from '../../analysis/estimate.ts'
import type { Facts } from '../../analysis/index.ts'
import { firstOf } from '../../analysis/questions.ts'
import type { Path } from '../../finding.ts'
import type { Call, Component } from '../../manifest/model.ts'
import { list, number, percent, plural, rate } from '../../units.ts'
import { ask, defineRule, numberOption, optionMap, yaml } from '../define.ts'

const options = optionMap({
  retries: numberOption(2, 'Retries of one request from which on a budget is expected.', { least: 1 }),
  callers: numberOption(2, 'Callers whose retries meet at one component.', { least: 1 }),
  utilisation: numberOption(0.5, 'Utilisation at the peak above which one caller is enough.', { above: 0 }),
  budget: numberOption(0.1, 'Budget to propose.', { above: 0 }),
})

export default defineRule({
  id: 'retry-without-budget',
  title: 'Nothing caps the retries of all requests together',
  severity: 'warning',
  question: 'partial-failure',
  on: 'component',
  options,
  why: 'A limit for each request helps when one request fails. In an outage all of them fail, each retries as often as it may, and the callee gets a multiple of its load while it tries to come back. Backoff and jitter spread the retries; only a budget makes them fewer.',
  formula: 'load in an outage = λ · (1 + r); with a retry budget β it is λ · (1 + β)',
  fix: 'Give the retries a budget as a share of all requests, or retry once behind a breaker.',
  sources: [
    { title: 'Site Reliability Engineering', id: 'ch. 21 "Handling Overload", ch. 22 "Addressing Cascading Failures"' },
    { title: "Amazon Builders' Library: Timeouts, retries, and backoff with jitter" },
    { title: 'Envoy: Circuit breaking', id: 'retry_budget' },
  ],
  reads: [
    'calls.retries',
    'calls.mode',
    'services.replicas',
    'services.concurrency',
    'services.serviceTime',
    'services.capacity.rps',
    'stores.capacity.rps',
    'caches.capacity.rps',
    'externals.quota',
    'journeys.load',
  ],
  impliedBy: ['retry-amplification', 'metastable-vulnerable'],

  appliesTo: ({ name }, { facts, options }) => facts.callsTo(name).some(call => retriesOutages(call, options.retries)),

  *check(component, { facts, options }) {
    const retrying = facts.callsTo(component.name).filter(call => retriesOutages(call, options.retries))
    const open = retrying.filter(call => call.retries?.budget === undefined).map((call): Path => budgetOf(call))
    const unlimited = retrying.filter(call => call.retries?.budget === 'none')
    const [first] = unlimited
    const callers = new Set(facts.callsTo(component.name).map(({ from }) => from.path.join('.'))).size
    const suffers = callers >= options.callers || isBusy(component, options.utilisation, facts)
    if (suffers === false) return
    if (!first || suffers !== true) {
      // Whether there is a budget is easier to say than how busy the callee is.
      const busy = suffers === true ? [] : firstOf(suffers, ['replicas', 'max', 'concurrency', 'quota', 'load'])
      return yield* ask(first ? busy : open, `in an outage of "${component.name}" every request retries`)
    }
    yield {
      at: budgetOf(first),
      message: `In an outage of "${component.name}" every request of ${list(unlimited.map(({ from }) => `"${from.name}"`))} is tried up to ${plural(1 + most(unlimited), 'time')}; expected a budget for all retries together`,
      arithmetic: unlimited.map(call => explain(call, options.budget, facts)).join('\n'),
      fix: `Cap retries at ${percent(options.budget)} of the requests (\`budget: ${percent(options.budget)}\`), or retry once behind a circuit breaker`,
      evidence: unlimited.map(call => ({ label: call.name, at: [...call.path, 'retries'] })),
      journeys: facts.journeys.through(component.name, 'sure'),
    }
  },

  examples: [
    {
      title: 'Two services retry three times each, and nothing caps them',
      bad: yaml`
        services:
          shop: { calls: [{ to: stock, retries: { max: 3, budget: none } }] } # <--
          orders: { calls: [{ to: stock, retries: { max: 3, budget: 10% } }] }
          stock: {}
      `,
    },
    {
      title: 'One caller, and a partner that accepts no more than twice the peak',
      bad: yaml`
        journeys: { checkout: { entry: orders, load: 100/s } }
        services:
          orders:
            calls:
              - to: psp
                retries:
                  max: 2
                  budget: none # <--
        externals: { psp: { quota: 200/s } }
      `,
    },
    {
      title: 'Whether there is a budget, or how busy the callee is, is not stated',
      unclear: yaml`
        journeys: { checkout: { entry: orders, load: 100/s } }
        services:
          orders:
            calls:
              - { to: psp, retries: { max: 2 } } # ?
              - { to: stock, retries: { max: 2, budget: none } }
        externals:
          psp: {}
          stock: {} # ?
      `,
    },
    {
      title:
        'A budget, one retry, a callee that is not busy, retries that no outage causes, and work that nobody waits for',
      good: yaml`
        journeys: { checkout: { entry: orders, load: { steady: 50/s, peak: 100/s } } }
        services:
          shop: { calls: [{ to: tax, mode: async, retries: { max: 5, budget: none } }] }
          orders:
            calls:
              - { to: psp, retries: { max: 3, budget: 10% } }
              - { to: stock, retries: { max: 1, budget: none } }
              - { to: rates, retries: { max: 3, budget: none } }
              - { to: carts-db, retries: { max: 3, budget: none, retryOn: [conflict, connect] } }
              - { to: tax, retries: none }
        stores: { carts-db: { capacity: { rps: 100 } } }
        externals: { psp: { quota: 100/s }, stock: { quota: 100/s }, rates: { quota: 201/s }, tax: {} }
        jobs:
          reconcile: { calls: [{ to: psp, retries: { max: 9, budget: none } }] }
      `,
    },
  ],
})

/** Retries that an outage sets off, of calls that somebody waits for. A refused connection and a lost race are no load. */
function retriesOutages({ retries, mode, from }: Call, least: number): boolean {
  if (!retries || retries.max < least || mode === 'async' || from.kind === 'job') return false
  return retries.retryOn?.some(failure => failure !== 'connect' && failure !== 'conflict') ?? true
}

const budgetOf = ({ path }: Call): Path => [...path, 'retries', 'budget']

const most = (calls: readonly Call[]): number => Math.max(...calls.map(({ retries }) => retries?.max ?? 0))

/** Whether a component has less to spare at the peak than its load grows by. */
function isBusy(component: Component, utilisation: number, facts: Facts): Answer {
  if (component.kind !== 'external') {
    const used = facts.utilisation(component, 'peak')
    return used ? reaches(scale(used.needed, 1 / utilisation), used.available) : false
  }
  const quota = carriedBy(component, facts)
  return quota ? reaches(scale(facts.load.at(component.name, 'peak'), 1 / utilisation), quota.most) : false
}

function explain(call: Call, budget: number, facts: Facts): string {
  const edge = facts.journeys.edgeOf(call)
  const arrivals = edge ? facts.load.requestsOn(edge, 'peak').low : 0
  const max = call.retries?.max ?? 0
  const times = (attempts: number) => (arrivals > 0 ? rate(arrivals * attempts) : plural(attempts, 'attempt'))
  const base = arrivals > 0 ? `${rate(arrivals)} x ` : ''
  return `${call.name}: ${base}(1 + ${number(max)}) = ${times(1 + max)}; with a budget of ${percent(budget)} ${times(1 + budget)}`
}
