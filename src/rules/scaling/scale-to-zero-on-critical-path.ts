import { exactly, product, type Estimate } from '../../analysis/estimate.ts'
import type { Facts } from '../../analysis/index.ts'
import { firstOf } from '../../analysis/questions.ts'
import type { Journey, Service } from '../../manifest/model.ts'
import { duration, number, percent, rate } from '../../units.ts'
import { ask, defineRule, noOptions, yaml, type Outcome } from '../define.ts'

export default defineRule({
  id: 'scale-to-zero-on-critical-path',
  title: 'Cold starts land on users',
  severity: 'warning',
  question: 'scaling',
  on: 'service',
  options: noOptions,
  why: 'A service that goes down to zero when it is idle makes the next user wait for a start. With sparse traffic that is not one user in a while but a fixed share of them, and a target at the 99th percentile allows one in a hundred.',
  formula: 'P(cold) = e^(-λ · idle) for arrivals at random; missed if P(cold) > 1 - q and coldStart > target at q',
  fix: 'Keep at least one instance running, or keep instances for longer.',
  sources: [
    { title: 'Poisson process: probability of no arrival in a time t', id: 'e^(-λt)' },
    { title: 'AWS Lambda Developer Guide', id: 'Configuring provisioned concurrency' },
  ],
  reads: [
    'services.replicas.min',
    'services.coldStart',
    'services.idleTimeout',
    'journeys.load',
    'journeys.latency',
    'journeys.criticality',
  ],

  // Whoever lets a service go down to zero has decided so; nobody else is asked.
  appliesTo: (service, { facts }) => service.replicas?.min === 0 && targets(service, facts).length > 0,

  *check(service, { facts }) {
    const { coldStart, idleTimeout, path } = service
    if (idleTimeout === 'none') return
    if (coldStart === undefined) return yield { unknown: [...path, 'coldStart'] }
    const slow = targets(service, facts).filter(({ target }) => coldStart > target)
    if (slow.length === 0) return
    if (idleTimeout === undefined) return yield { unknown: [...path, 'idleTimeout'] }
    const arrivals = facts.load.requestsAt(service, 'steady')
    const seconds = idleTimeout / 1000
    // The more requests come, the fewer of them find nothing running.
    const cold: Estimate = {
      low: arrivals.high === undefined ? 0 : Math.exp(-arrivals.high * seconds),
      high: Math.exp(-arrivals.low * seconds),
      missing: arrivals.missing,
    }
    const doubts = []
    for (const { journey, target, quantile, share } of slow) {
      const late = product(cold, exactly(share))
      const allowed = 1 - quantile / 100
      if (late.low > allowed) {
        if (journey.criticality !== undefined)
          return yield describe(service, journey, { target, quantile, late, cold, arrivals, coldStart, idleTimeout })
        doubts.push([...journey.path, 'criticality'])
      } else if ((late.high ?? 1) > allowed) doubts.push(...firstOf(late.missing, ['load', 'steady', 'serves']))
    }
    yield* ask(doubts.slice(0, 1), `a cold start of "${service.name}" takes ${duration(coldStart)}`)
  },

  examples: [
    {
      title: 'One request of twenty waits for 3s, and the target is 1s',
      bad: yaml`
        journeys:
          refund: { entry: refunds, criticality: critical, load: { steady: 0.01/s, peak: 1/s }, latency: { p99: 1s } }
        services:
          refunds:
            runtime: serverless
            replicas: { min: 0, max: 50 } # <--
            coldStart: 3s
            idleTimeout: 5m
      `,
    },
    {
      title: 'How long a cold start takes, or when instances go, is not stated',
      unclear: yaml`
        defaults: { journeys: { criticality: critical, load: 0.01/s, latency: { p99: 1s } } }
        journeys: { refund: { entry: refunds }, invoice: { entry: invoices } }
        services:
          refunds: # ?
            replicas: { min: 0, max: 50 }
          invoices: # ?
            replicas: { min: 0, max: 50 }
            coldStart: 3s
      `,
    },
    {
      title: 'How many requests come, or how bad it is when they wait, is not stated',
      unclear: yaml`
        defaults: { services: { replicas: { min: 0, max: 50 }, coldStart: 3s, idleTimeout: 5m } }
        journeys:
          refund: # ?
            entry: refunds
            criticality: critical
            latency: { p99: 1s }
          invoice: # ?
            entry: invoices
            load: 0.01/s
            latency: { p99: 1s }
        services: { refunds: {}, invoices: {} }
      `,
    },
    {
      title: 'Never idle, kept for good, soon started, or late only for what may be late',
      good: yaml`
        journeys:
          checkout: { entry: orders, criticality: critical, load: 10/s, latency: { p99: 1s } }
          refund: { entry: refunds, criticality: critical, load: 0.01/s, latency: { p99: 1s } }
          track: { entry: tracking, criticality: critical, load: 0.01/s, latency: { p90: 100ms, p99: 1s } }
          report: { entry: reports, criticality: normal, load: 0.01/s, latency: { p99: 1s } }
          invoice: { entry: invoices, criticality: critical }
          cancel: { entry: cancels, criticality: critical, load: 0.01/s, latency: { p99: 1s } }
        services:
          orders: { replicas: { min: 0 }, coldStart: 3s, idleTimeout: 5m }
          refunds: { replicas: { min: 0 }, coldStart: 3s, idleTimeout: none }
          tracking: { replicas: { min: 0 }, coldStart: 500ms, idleTimeout: 5m }
          reports: { replicas: { min: 0 }, coldStart: 3s, idleTimeout: 5m }
          invoices: { replicas: { min: 0 }, coldStart: 3s, idleTimeout: 5m }
          cancels: { replicas: { min: 1 }, coldStart: 3s, idleTimeout: 5m }
      `,
    },
  ],
})

interface Target {
  readonly journey: Journey
  readonly target: number
  readonly quantile: number
  /** Share of the journey's requests that come here. */
  readonly share: number
}

/** What critical journeys, or such as may be, promise and cannot keep without the service. */
function targets(service: Service, facts: Facts): Target[] {
  return facts.journeys.dependingOn(service.name, 'sure').flatMap(journey => {
    const { criticality, latency, name } = journey
    if ((criticality !== undefined && criticality !== 'critical') || !latency) return []
    const { share } = facts.reach.get(name)!.hard.get(service.name)!
    const all = [
      [50, latency.p50],
      [90, latency.p90],
      [95, latency.p95],
      [99, latency.p99],
      [99.9, latency.p999],
    ] as const
    return all.flatMap(([quantile, target]) => (target === undefined ? [] : [{ journey, target, quantile, share }]))
  })
}

interface Cold {
  target: number
  quantile: number
  late: Estimate
  cold: Estimate
  arrivals: Estimate
  coldStart: number
  idleTimeout: number
}

function describe(
  { name, path }: Service,
  journey: Journey,
  { target, quantile, late, cold, arrivals, coldStart, idleTimeout }: Cold,
): Outcome {
  const stay = (-Math.log(1 - quantile / 100) / (arrivals.high ?? 1)) * 1000
  return {
    at: [...path, 'replicas'],
    message: `${percent(late.low)} of the requests of "${journey.name}" find no instance of "${name}" and wait ${duration(coldStart)} for one, but ${number(quantile)}% must be answered within ${duration(target)}; expected an instance that always runs`,
    arithmetic: [
      `P(cold) = e^(-${rate(arrivals.high ?? 0)} x ${duration(idleTimeout)}) = ${percent(cold.low)}`,
      `${percent(late.low)} > ${percent(1 - quantile / 100)}, and ${duration(coldStart)} > ${duration(target)}`,
    ].join('\n'),
    fix: `Keep at least one instance running (min: 1), or keep idle ones for more than ${duration(stay)}`,
    evidence: [{ label: `cold start of ${duration(coldStart)}`, at: [...path, 'coldStart'] }],
    journeys: [journey],
  }
}
