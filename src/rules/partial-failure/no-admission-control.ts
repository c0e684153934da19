import { reaches, scale } from '../../analysis/estimate.ts'
import type { Facts } from '../../analysis/index.ts'
import { limitsOf } from '../../analysis/limits.ts'
import type { Path } from '../../finding.ts'
import { isEntryRole, type Call, type Service } from '../../manifest/model.ts'
import { number, percent, plural } from '../../units.ts'
import { ask, defineRule, numberOption, optionMap, yaml } from '../define.ts'

export default defineRule({
  id: 'no-admission-control',
  title: 'Nothing refuses work when there is too much',
  severity: 'warning',
  question: 'partial-failure',
  on: 'service',
  options: optionMap({
    utilisation: numberOption(0.7, 'Share of full scale at the peak from which on a limit is expected.', {
      least: 0,
      most: 1,
    }),
    callers: numberOption(3, 'Callers from which on a service that users do not reach is looked at.', { least: 1 }),
  }),
  why: 'A service that takes everything in is late for every request as soon as more comes than it can do: all of them wait, all of them time out, and their callers try again. Refusing the surplus early keeps the rest in time.',
  formula: 'ρ_peak = needed / available at full scale ≥ 0.7, and no limit of any kind',
  fix: 'Limit the requests at the same time or in the queue, or refuse some early.',
  sources: [
    { title: 'AWS Well-Architected, Reliability: Throttle requests', id: 'REL05-BP02', revision: 'November 2024' },
    {
      title: 'AWS Well-Architected, Reliability: Fail fast and limit queues',
      id: 'REL05-BP04',
      revision: 'November 2024',
    },
    { title: 'Site Reliability Engineering', id: 'ch. 21 "Handling Overload"' },
  ],
  reads: [
    'services.rateLimit',
    'services.concurrencyLimit',
    'services.queueLimit',
    'services.loadShedding',
    'services.public',
    'services.replicas',
    'services.concurrency',
    'services.capacity.rps',
    'services.serviceTime',
    'calls.bulkhead',
    'journeys.load',
  ],

  appliesTo: (service, { facts, options }) =>
    facts.utilisation(service, 'peak') !== undefined &&
    (isEntry(service, facts) || callersOf(service, facts).size >= options.callers),

  *check(service, { facts, options }) {
    if (limitsOf(service).some(({ state }) => state === 'on')) return
    const { needed, available, need, supply, at } = facts.utilisation(service, 'peak')!
    const busy = reaches(needed, scale(available, options.utilisation))
    if (needed.high === 0 || busy === false) return
    if (busy !== true) return yield* ask(busy.slice(0, 1))
    const rho = needed.low / available.high!
    const because = `"${service.name}" is used to ${percent(rho)} at its peak`
    const open = limitsOf(service).find(({ state }) => state === 'unknown')
    if (open) return yield { unknown: open.at, because }
    if (!isEntry(service, facts)) {
      const shield = shieldOf(service, facts)
      if (shield === true) return
      if (shield !== false) return yield { unknown: shield, because }
    }
    const callers = callersOf(service, facts).size
    const who = isEntry(service, facts) ? 'users' : plural(callers, 'caller')
    yield {
      at: [...service.path, 'concurrencyLimit'],
      message: `"${service.name}" takes in all that ${who} send, although its peak already uses ${percent(rho)} of full scale; expected a limit`,
      arithmetic: `rho = (${need()}) / ${supply()} = ${number(rho)} >= ${number(options.utilisation)}`,
      evidence: [{ label: 'full scale', at }, ...limitsOf(service).map(({ at, words }) => ({ label: words, at }))],
      journeys: facts.journeys.through(service.name, 'sure'),
    }
  },

  examples: [
    {
      title: '72 of 100 slots are busy at the peak, and nothing is ever refused',
      bad: yaml`
        journeys: { search: { entry: search, load: { steady: 600/s, peak: 600/s } } }
        services:
          search:
            replicas: 10
            concurrency: 10
            serviceTime: { mean: 120ms }
            rateLimit: none
            concurrencyLimit: none # <--
            queueLimit: none
            loadShedding: false
      `,
    },
    {
      title: 'Whether anything limits the queue is not stated',
      unclear: yaml`
        journeys: { search: { entry: search, load: { steady: 600/s, peak: 600/s } } }
        services:
          search: # ?
            replicas: 10
            concurrency: 10
            serviceTime: { mean: 120ms }
            rateLimit: none
            concurrencyLimit: none
            loadShedding: false
      `,
    },
    {
      title: 'How many requests come is not stated',
      unclear: yaml`
        journeys:
          search: # ?
            entry: search
        services:
          search: { replicas: 10, concurrency: 10, serviceTime: { mean: 120ms }, rateLimit: none, concurrencyLimit: none, queueLimit: none, loadShedding: false }
      `,
    },
    {
      title: 'One limit of any kind is enough, and so is plenty of room',
      good: yaml`
        defaults: { services: { replicas: 10, concurrency: 10, serviceTime: { mean: 120ms } } }
        journeys: { a: { entry: gateway, load: { steady: 600/s, peak: 600/s } }, b: { entry: search, load: { steady: 600/s, peak: 600/s } }, c: { entry: shop, load: { steady: 600/s, peak: 600/s } }, d: { entry: orders, load: { steady: 600/s, peak: 600/s } }, e: { entry: calm, load: { steady: 500/s, peak: 580/s } } }
        services:
          gateway: { rateLimit: { limit: 700/s } }
          search: { concurrencyLimit: adaptive }
          shop: { queueLimit: 20 }
          orders: { loadShedding: true }
          calm: { rateLimit: none, concurrencyLimit: none, queueLimit: none, loadShedding: false }
      `,
    },
    {
      title: 'A private service with one caller, one behind bulkheads, and a function',
      good: yaml`
        defaults: { calls: { bulkhead: 8, fallback: none }, services: { concurrency: 100 } }
        journeys: { a: { entry: shop, load: { steady: 600/s, peak: 600/s } } }
        services:
          shop: { replicas: 100, rateLimit: { limit: 700/s }, calls: [{ to: orders }, { to: search }, { to: prices }] }
          orders: { replicas: 100, calls: [{ to: prices }] }
          search: { replicas: 100, calls: [{ to: prices }] }
          prices: { replicas: 2, concurrency: 10, serviceTime: { mean: 10ms }, rateLimit: none, concurrencyLimit: none, queueLimit: none, loadShedding: false, calls: [{ to: tax }, { to: resize }] }
          tax: { replicas: 1, concurrency: 10, serviceTime: { mean: 4ms } }
          resize: { runtime: serverless }
      `,
    },
  ],
})

const isEntry = (service: Service, facts: Facts): boolean =>
  isEntryRole(service) || facts.journeys.through(service.name).some(({ entry }) => entry === service.name)

const callersOf = (service: Service, facts: Facts): ReadonlySet<string> =>
  new Set(facts.callsTo(service.name).map(({ from }) => from.name))

/** Whether each caller limits what it sends: by a bulkhead, or because it takes in no more than its own limit. */
function shieldOf(service: Service, facts: Facts): boolean | Path {
  const calls = facts.callsTo(service.name).filter((call: Call) => call.from.kind === 'service')
  const open = calls.filter(
    ({ bulkhead, from }) =>
      typeof bulkhead !== 'number' && !limitsOf(from as Service).some(({ state }) => state === 'on'),
  )
  if (open.length === 0) return true
  const unknown = open.find(({ bulkhead }) => bulkhead === undefined)
  if (unknown) return [...unknown.path, 'bulkhead']
  return open.flatMap(({ from }) => limitsOf(from as Service)).find(({ state }) => state === 'unknown')?.at ?? false
}
