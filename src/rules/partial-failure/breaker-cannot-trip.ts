import { attemptsOf } from '../../analysis/amplification.ts'
import { product, reaches, scale, type Estimate } from '../../analysis/estimate.ts'
import type { Edge } from '../../analysis/graph.ts'
import type { Facts } from '../../analysis/index.ts'
import { firstOf } from '../../analysis/questions.ts'
import type { Call, Service } from '../../manifest/model.ts'
import { duration, number, plural, rate } from '../../units.ts'
import { ask, defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'breaker-cannot-trip',
  title: 'A circuit breaker sees too few calls to open',
  severity: 'warning',
  question: 'partial-failure',
  on: 'call',
  options: noOptions,
  why: 'A breaker in the caller counts the calls of its own process. Spread over many instances they may never be as many as it wants to see in its window: every call of a dead callee then fails, or hangs, and the breaker stays closed.',
  formula: 'calls in a window = λ_peak · R · window / (n_min · processes), which must reach the minimum of calls',
  fix: 'Lower the minimum of calls, or count over a longer window.',
  sources: [
    { title: 'Resilience4j: CircuitBreaker', id: 'minimumNumberOfCalls' },
    { title: 'Hystrix: Configuration', id: 'circuitBreaker.requestVolumeThreshold' },
  ],
  reads: [
    'calls.circuitBreaker',
    'calls.retries',
    'calls.fallback',
    'calls.serves',
    'calls.callsPerRequest',
    'calls.probability',
    'caches.hitRatio',
    'services.replicas',
    'services.processes',
    'journeys.load',
    'queues.load',
  ],

  appliesTo: (call, { facts }) => volumeOf(call) !== undefined && facts.journeys.edgeOf(call) !== undefined,

  *check(call, { facts }) {
    const { window, minimumCalls } = volumeOf(call)!
    const edge = facts.journeys.edgeOf(call)!
    const { replicas, processes = 1, runtime, path } = edge.from as Service
    // Instances that always run see the most calls each; functions may be as few as one.
    const counters = (runtime === 'serverless' ? 1 : Math.max(1, replicas?.min ?? 1)) * processes
    const arrivals = facts.load.on(edge, 'peak')
    // No journey leads here, so nothing is known of what it sees.
    if (arrivals.high === 0) return
    const attempts = attemptsAt(edge, facts)
    const seen = scale(product(arrivals, attempts), window / 1000 / counters)
    const opens = reaches(seen, minimumCalls)
    if (opens === true) {
      if (runtime === 'serverless' || replicas?.min !== undefined) return
      return yield {
        unknown: [...path, 'replicas', ...(replicas ? ['min'] : [])],
        because: 'each instance counts for itself',
      }
    }
    if (opens !== false) {
      const because = `each breaker has to see ${plural(minimumCalls, 'call')} in ${duration(window)}`
      return yield* ask(firstOf(opens, ['load', 'steady', 'peak', 'retries', 'budget']), because)
    }
    const most = seen.high!
    const at = [...call.path, 'circuitBreaker', 'minimumCalls']
    yield {
      at,
      message: `The circuit breaker of "${call.name}" wants to see ${plural(minimumCalls, 'call')} in ${duration(window)}, and sees ${number(most)} at the peak; expected a minimum that is reached`,
      arithmetic: `${explain(arrivals, attempts)} x ${duration(window)} / ${plural(counters, 'breaker')} = ${plural(most, 'call')}`,
      fix: fixFor(most, minimumCalls, window),
      evidence: [
        { label: `counted over ${duration(window)}`, at: [...call.path, 'circuitBreaker', 'window'] },
        ...(replicas ? [{ label: 'each instance counts for itself', at: [...path, 'replicas'] }] : []),
      ],
      journeys: facts.journeys.taking(edge, 'sure'),
    }
  },

  examples: [
    {
      title: '2 calls a second over 20 instances are one call in each window, and 20 are wanted',
      bad: yaml`
        journeys: { checkout: { entry: checkout, load: { steady: 1/s, peak: 2/s } } }
        services:
          checkout:
            replicas: 20
            calls:
              - to: tax-api
                retries: none
                fallback: none
                circuitBreaker:
                  window: 10s
                  minimumCalls: 20 # <--
              - to: rates
                circuitBreaker: { window: 1s, minimumCalls: 20 } # <--
                retries: { max: 2, budget: none }
        externals: { tax-api: {}, rates: {} }
      `,
    },
    {
      title: 'How many calls there are, or how many instances share them, is not stated',
      unclear: yaml`
        journeys:
          checkout: # ?
            entry: checkout
          browse: { entry: shop, load: 20/s }
        services:
          checkout: { calls: [{ to: tax-api, retries: none, circuitBreaker: { window: 10s, minimumCalls: 20 } }] }
          shop: # ?
            calls: [{ to: tax-api, retries: none, circuitBreaker: { window: 10s, minimumCalls: 20 } }]
        externals: { tax-api: {} }
      `,
    },
    {
      title: 'Enough calls at the peak, or only with the retries of an outage; a function of which one instance may do',
      good: yaml`
        journeys:
          checkout: { entry: checkout, load: { steady: 10/s, peak: 40/s } }
          upload: { entry: resize, load: 2/s }
        services:
          checkout:
            replicas: 20
            calls:
              - { to: tax-api, retries: none, circuitBreaker: { window: 10s, minimumCalls: 20 } }
              - { to: psp, retries: { max: 1, budget: none }, circuitBreaker: { window: 5s, minimumCalls: 20 } }
          resize:
            runtime: serverless
            calls: [{ to: images, retries: none, circuitBreaker: { window: 10s, minimumCalls: 20 } }]
        externals: { tax-api: {}, psp: {}, images: {} }
      `,
    },
    {
      title: 'The settings of a library are not known where they are not stated',
      good: yaml`
        journeys: { checkout: { entry: checkout, load: 1/h } }
        services:
          checkout:
            replicas: 20
            calls: [{ to: tax-api, circuitBreaker: { failureRate: 50%, window: 10s } }, { to: psp, circuitBreaker: none }]
        externals: { tax-api: {}, psp: {} }
      `,
    },
  ],
})

function volumeOf({ circuitBreaker }: Call): { window: number; minimumCalls: number } | undefined {
  if (circuitBreaker === undefined || circuitBreaker === 'none') return undefined
  const { window, minimumCalls } = circuitBreaker
  return window === undefined || minimumCalls === undefined ? undefined : { window, minimumCalls }
}

/** Most attempts for one request during an outage: those of the call, and of the callers before it where they see the failure. */
function attemptsAt(edge: Edge, facts: Facts): Estimate {
  const own = attemptsOf(edge.via as Call)
  const above = facts.amplification.get(edge.from.name)?.factor
  return edge.hard === 'no' || !above ? own : product(own, above)
}

const explain = (arrivals: Estimate, attempts: Estimate): string =>
  attempts.high === 1 ? rate(arrivals.high!) : `${rate(arrivals.high!)} x ${plural(attempts.high!, 'attempt')}`

function fixFor(most: number, minimumCalls: number, window: number): string {
  const enough = Math.floor(most)
  const longer =
    most > 0 ? `, or count over ${duration(Math.ceil((window * minimumCalls) / most / 1000) * 1000)} or more` : ''
  return enough > 1
    ? `Lower the minimum to ${number(enough)} calls or fewer${longer}`
    : `Count over a longer window with a lower minimum${longer}`
}
