import { waitProbability } from '../../analysis/formulas/waiting.ts'
import { allowanceOf, instancesForWait, pooledWait, usersOf, type Allowance } from '../../analysis/queueing.ts'
import type { Service } from '../../manifest/model.ts'
import { duration, number, plural } from '../../units.ts'
import {
  ask,
  defineRule,
  numberOption,
  optionMap,
  yaml,
  type Context,
  type OptionValues,
  type Outcome,
  type Violation,
} from '../define.ts'

const options = optionMap({
  utilisation: numberOption(0.8, 'Utilisation of few slots above which a limit for the wait is asked for.', {
    least: 0,
    most: 1,
  }),
  fewSlots: numberOption(10, 'Slots in all below which utilisation alone says that requests wait.', { least: 1 }),
  variability: numberOption(
    1,
    '(ca² + cs²) / 2 of arrivals and service times; 1 for random arrivals and exponential times.',
    { above: 0 },
  ),
})

type Here = Context<OptionValues<typeof options>>

export default defineRule({
  id: 'utilisation-too-high',
  title: 'Requests wait for a slot longer than they may',
  severity: 'warning',
  question: 'scaling',
  on: 'service',
  options,
  why: 'Requests do not arrive one after another. The fuller a service is, the longer they wait for each other: near full utilisation the wait is many times the work itself, while every dashboard still shows spare capacity.',
  formula:
    'a = λ · H, c = n_max · slots, C = ErlangC(c, a); p99 wait = H / (c - a) · ln(C / 0.01) > what users or callers allow - H',
  fix: 'Add instances or slots, or make requests hold their slot for less time.',
  sources: [
    { title: 'Erlang C formula', id: 'M/M/c queue' },
    { title: "Kingman's formula", id: 'G/G/1 queue in heavy traffic: (ca² + cs²) / 2' },
  ],
  reads: [
    'journeys.load',
    'journeys.latency',
    'services.replicas',
    'services.concurrency',
    'services.serviceTime',
    'calls.timeout',
    'calls.serves',
    'calls.callsPerRequest',
    'calls.probability',
    'calls.fallback',
  ],
  impliedBy: ['capacity-below-peak'],

  // Of a load test, of functions and of anything else nobody knows how many requests are worked on at the same time.
  appliesTo: (service, { facts }) => facts.utilisation(service, 'peak')?.unit === 'slots',

  *check(service, context) {
    const { facts, options } = context
    const { needed, available } = facts.utilisation(service, 'peak')!
    const requests = facts.load.requestsAt(service, 'peak')
    if (requests.high === 0) return
    const hold = requests.low > 0 ? (needed.low / requests.low) * 1000 : 0
    const allowed = allowanceOf(service, hold, facts)
    const slots = available.high
    if (!allowed) return yield* askLimit(service, hold, context)
    const isLate = (busy: number, slots: number, hold: number, time: number) =>
      (pooledWait(busy, slots, hold, options.variability) ?? Number.POSITIVE_INFINITY) > time
    if (slots !== undefined && isLate(needed.low, slots, hold, allowed.time))
      return yield violation(service, slots, hold, allowed, context)
    const missing = [...requests.missing, ...available.missing, ...needed.missing]
    if (missing.length === 0) return
    if (needed.high !== undefined && requests.high !== undefined) {
      const longest = (needed.high / requests.high) * 1000
      if (!isLate(needed.high, available.low, longest, allowed.limit - longest)) return
    }
    yield* ask(missing.slice(0, 1))
  },

  examples: [
    {
      title: 'At 96% of twenty slots one request in a hundred waits 438ms, and half a second is all there is',
      bad: yaml`
        journeys:
          search: { entry: search, load: { steady: 100/s, peak: 240/s }, latency: { p99: 500ms } }
        services:
          search:
            replicas: 2 # <--
            concurrency: 10
            serviceTime: { mean: 80ms }
      `,
    },
    {
      title: 'The caller gives up before; the peak of the second is more than it has',
      bad: yaml`
        journeys:
          browse: { entry: web, load: { steady: 100/s, peak: 240/s } }
        services:
          web:
            replicas: 4
            concurrency: 100
            serviceTime: { mean: 5ms }
            calls: [{ to: catalogue, timeout: 400ms }, { to: prices, timeout: 1s }]
          catalogue:
            replicas: { min: 2, max: 4 } # <--
            concurrency: 5
            serviceTime: { mean: 80ms }
          prices:
            replicas: 2 # <--
            concurrency: 6
            serviceTime: { mean: 80ms }
      `,
    },
    {
      title: 'What would show how long requests wait, or may wait, is not stated',
      unclear: yaml`
        journeys:
          search: { entry: search, load: { steady: 100/s, peak: 240/s }, latency: { p99: 500ms } }
          suggest: { entry: suggest, load: { steady: 100/s, peak: 240/s }, latency: { p99: 500ms } }
          list: # ?
            entry: lists
            latency: { p99: 500ms }
          rate: # ?
            entry: ratings
            load: { steady: 20/s, peak: 90/s }
          vote:
            entry: votes
            load: { steady: 20/s, peak: 90/s }
            latency: # ?
              p50: 100ms
        services:
          search: # ?
            replicas: 2
            concurrency: 10
          suggest: # ?
            replicas: 2
            serviceTime: { mean: 80ms }
          lists: { replicas: 2, concurrency: 10, serviceTime: { mean: 80ms } }
          ratings: { replicas: 8, concurrency: 1, serviceTime: { mean: 80ms } }
          votes: { replicas: 8, concurrency: 1, serviceTime: { mean: 80ms } }
      `,
    },
    {
      title: 'Four more slots, or many more at the same 90%: nobody waits for long',
      good: yaml`
        journeys:
          search: { entry: search, load: { steady: 100/s, peak: 240/s }, latency: { p99: 500ms } }
          browse: { entry: catalogue, load: { steady: 100/s, peak: 900/s }, latency: { p99: 150ms } }
        services:
          search: { replicas: 2, concurrency: 12, serviceTime: { mean: 80ms } }
          catalogue: { replicas: 10, concurrency: 10, serviceTime: { mean: 100ms } }
      `,
    },
    {
      title: 'Nobody waits for it, or with other calls only; nothing is promised, and few slots are rarely busy',
      good: yaml`
        journeys:
          order: { entry: shop, load: { steady: 20/s, peak: 100/s }, latency: { p99: 300ms } }
          report: { entry: reports, load: { steady: 10/s, peak: 50/s } }
          list: { entry: lists, load: { steady: 100/s, peak: 240/s } }
        services:
          shop:
            replicas: 4
            concurrency: 50
            serviceTime: { mean: 5ms }
            calls: [{ to: audit, mode: async, timeout: 100ms }, { to: adverts, probability: 0.5%, fallback: none, timeout: none }]
          audit: { replicas: 2, concurrency: 5, serviceTime: { mean: 95ms } }
          adverts: { replicas: 1, concurrency: 1, serviceTime: { mean: 1500ms } }
          reports: { replicas: 8, concurrency: 1, serviceTime: { mean: 100ms } }
          lists: { replicas: 2, concurrency: 10, serviceTime: { mean: 80ms } }
      `,
    },
    {
      title: 'What is not known is too little to matter, and a wait that no longer counts',
      good: yaml`
        journeys:
          search: { entry: search, load: { steady: 100/s, peak: 240/s, coincident: true }, latency: { p99: 60ms } }
          browse: { entry: catalogue, load: { steady: 10/s, peak: 20/s }, latency: { p99: 500ms } }
          rate: { entry: catalogue, load: { steady: 10/s, peak: 20/s } }
        services:
          search: { replicas: 2, concurrency: 10, serviceTime: { mean: 80ms } }
          catalogue: { replicas: 2, concurrency: 10, serviceTime: { mean: 80ms } }
          resize: { runtime: serverless }
      `,
    },
  ],
})

/** Without a limit a wait is no fault. Few slots that are nearly always busy make it worth asking for one. */
function* askLimit(service: Service, hold: number, { facts, options }: Here): Generator<Outcome, void, undefined> {
  const { needed, available } = facts.utilisation(service, 'peak')!
  const slots = available.high ?? Number.POSITIVE_INFINITY
  const unlimited = usersOf(service, facts).find(({ latency }) => latency?.p99 === undefined)
  if (!unlimited || slots >= options.fewSlots || needed.low <= options.utilisation * slots || needed.low >= slots)
    return
  const wait = pooledWait(needed.low, slots, hold, options.variability)!
  yield {
    unknown: [...unlimited.path, 'latency', ...(unlimited.latency ? ['p99'] : [])],
    because: `At the peak ${number(needed.low)} of ${number(slots)} slots of "${service.name}" are busy, and one request in a hundred waits ${duration(wait)} for one`,
  }
}

function violation(
  service: Service,
  slots: number,
  hold: number,
  allowed: Allowance,
  { facts, options }: Here,
): Violation {
  const { needed, at, need, supply, evidence } = facts.utilisation(service, 'peak')!
  const { variability } = options
  const busy = needed.low
  const wait = pooledWait(busy, slots, hold, variability)
  const left = `${duration(allowed.limit)} - ${duration(hold)} = ${duration(allowed.time)}`
  const waits =
    wait === undefined
      ? []
      : [
          `C = ${number(waitProbability(busy, slots))} of requests wait (random arrivals, exponential times, all slots shared evenly)`,
          `p99 wait = ${variability === 1 ? '' : `${number(variability)} x `}${duration(hold)} / (${number(slots)} - ${number(busy)}) x ln(C / 0.01) = ${duration(wait)} > ${left}`,
        ]
  const each = service.concurrency!
  const enough = instancesForWait(busy, each, hold, variability, allowed.time)
  return {
    at,
    message: `${wait === undefined ? 'Requests wait longer and longer' : `One in a hundred requests waits at least ${duration(wait)}`} for one of the ${plural(slots, 'slot')} of "${service.name}" at its peak; expected at most ${duration(allowed.time)}, what ${duration(hold)} of work leave of ${allowed.whose}`,
    arithmetic: [
      `a = ${need()} = ${number(busy)} busy slots`,
      `rho = ${number(busy)} / ${supply()} = ${number(busy / slots)}`,
      ...waits,
    ].join('\n'),
    fix: `Raise the maximum to at least ${number(enough)} replicas, or make requests hold their slot for less time`,
    evidence: [...evidence, { label: allowed.whose, at: allowed.at }],
    journeys: facts.journeys.through(service.name, 'sure'),
  }
}
