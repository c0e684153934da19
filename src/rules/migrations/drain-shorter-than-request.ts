import { redelivers } from '../../analysis/access.ts'
import { attemptLimit, waitsOnNetwork } from '../../analysis/attempt.ts'
import { between, exactly, type Estimate } from '../../analysis/estimate.ts'
import type { Facts } from '../../analysis/index.ts'
import type { Path } from '../../finding.ts'
import type { Call, Consume, Service } from '../../manifest/model.ts'
import { duration, roundUp } from '../../units.ts'
import { ask, defineRule, noOptions, yaml, type Outcome } from '../define.ts'

/** Kubernetes API reference, v1.PodSpec. */
const kubernetesGrace = 30_000
/** The shortest time that a common platform waits (`docker stop`); shorter work is safe wherever it runs. */
const shortestGrace = 10_000

export default defineRule({
  id: 'drain-shorter-than-request',
  title: 'Instances are stopped while requests are in flight',
  severity: 'warning',
  question: 'migrations',
  on: 'service',
  options: noOptions,
  why: 'Each deploy and each step down of the autoscaler stops instances. What takes longer than the grace that they are given is cut off in the middle, every time.',
  formula: 'grace < preStop + longest request, as long as its caller waits for it',
  fix: 'Give instances more time between the signal and the kill than their longest request takes.',
  sources: [
    { title: 'Kubernetes documentation', id: 'Pod Lifecycle, "Termination of Pods"' },
    { title: 'Production-ready checklist of Mercari', id: 'graceful shutdown' },
  ],
  reads: [
    'services.terminationGrace',
    'services.preStop',
    'services.latency',
    'calls.timeout',
    'calls.totalTimeout',
    'consumes.processing',
    'consumes.idempotent',
    'queues.delivery',
  ],

  appliesTo: ({ runtime }) => runtime !== 'serverless',

  *check(service, { model, facts }) {
    const isDefault = service.terminationGrace === undefined && model.raw.platform === 'kubernetes'
    const grace = service.terminationGrace ?? (isDefault ? kubernetesGrace : undefined)
    const left = (grace ?? shortestGrace) - (service.preStop ?? 0)
    for (const work of [...requestsOf(service, facts), ...messagesOf(service)]) {
      const { time, excuse, what } = work
      const most = time.high ?? Number.POSITIVE_INFINITY
      if (most <= left || excuse === true) continue
      if (time.low > left) {
        if (grace === undefined) {
          return yield {
            unknown: [...service.path, 'terminationGrace'],
            because: `${what} may take ${duration(time.low)}`,
          }
        }
        return yield excuse === false ? violation(service, work, grace, isDefault) : { unknown: excuse }
      }
      // Without a bound from its callers there is no sign that a request may take long.
      if (grace !== undefined && Number.isFinite(most)) {
        return yield* ask(time.missing.slice(0, 1), `${what} may take ${duration(most)}`)
      }
    }
  },

  examples: [
    {
      title: 'Exports take up to two minutes, instances are killed after 30s',
      bad: yaml`
        services:
          web:
            calls: [{ to: exports, timeout: 120s }]
          exports:
            latency: { p50: 20s, p99: 90s }
            terminationGrace: 30s # <--
      `,
    },
    {
      title: 'Nobody set a grace, so Kubernetes gives 30s, of which 5s pass before the signal',
      bad: yaml`
        platform: kubernetes
        services:
          exports: # <--
            preStop: 5s
            latency: { p99: 28s }
      `,
    },
    {
      title: 'A message that is cut off is lost, or handled twice',
      bad: yaml`
        services:
          mailer:
            terminationGrace: 30s # <--
            consumes: [{ from: mails, processing: { p99: 40s }, idempotent: false }]
          biller:
            terminationGrace: 30s # <--
            consumes: [{ from: bills, processing: { mean: 5s, timeout: 60s }, idempotent: true }]
        queues: { mails: { delivery: atLeastOnce }, bills: { delivery: atMostOnce } }
      `,
    },
    {
      title: 'The caller waits for longer than the grace, and nobody said how long requests take',
      unclear: yaml`
        services:
          web: { terminationGrace: 30s, calls: [{ to: exports, timeout: 120s }] }
          exports: # ?
            terminationGrace: 30s
      `,
    },
    {
      title: 'The grace is not stated, or what happens to a message that is cut off',
      unclear: yaml`
        services:
          exports: # ?
            latency: { p99: 90s }
          mailer:
            terminationGrace: 30s
            consumes:
              - from: mails # ?
                processing: { p99: 40s }
        queues: { mails: { delivery: atLeastOnce } }
      `,
    },
    {
      title: 'Requests are short, or their callers give up in time',
      good: yaml`
        platform: kubernetes
        services:
          web: { calls: [{ to: prices, timeout: 60s }, { to: exports, timeout: 20s }] }
          prices: { latency: { p99: 200ms } }
          exports: { latency: { p99: 90s } }
      `,
    },
    {
      title: 'Streams resume, nobody waits for a message that is sent off, and one that is cut off comes again',
      good: yaml`
        services:
          web: { calls: [{ to: ticker, transport: streaming, timeout: 1h }, { to: mailer, mode: async, timeout: 2m }] }
          ticker: { terminationGrace: 30s, latency: { p99: 1h } }
          mailer: { terminationGrace: 30s, consumes: [{ from: mails, processing: { p99: 40s }, idempotent: true }] }
          resize: { runtime: serverless, latency: { p99: 10m } }
        queues: { mails: { delivery: atLeastOnce } }
      `,
    },
  ],
})

interface Work {
  readonly what: string
  /** How long it may take: what is known of it for `low`, what ends it for `high`. */
  readonly time: Estimate
  readonly at: Path
  /** Whether it does no harm to cut it off, or the fact that says so. */
  readonly excuse: boolean | Path
}

/** A request takes no longer than its caller waits. Users wait as long as they like, so there only the latency says something. */
function requestsOf(service: Service, facts: Facts): Work[] {
  const { latency, path, name } = service
  const calls = facts.callsTo(name)
  const waiting = calls.filter(waitsOnNetwork)
  if (calls.length > 0 && waiting.length === 0) return []
  const known = Math.max(
    0,
    ...[latency?.p50, latency?.p90, latency?.p95, latency?.p99, latency?.mean].filter(t => t !== undefined),
  )
  const most = latency?.p99 ?? latency?.p999
  const at = [...path, 'latency', ...(latency ? ['p99'] : [])]
  if (waiting.length === 0)
    return [{ what: `a request to "${name}"`, time: between(known, most, [at]), at, excuse: false }]
  return waiting.map((call: Call): Work => {
    const { time: limit } = attemptLimit(call)
    const high = Math.min(most ?? Number.POSITIVE_INFINITY, limit.high ?? Number.POSITIVE_INFINITY)
    const low = Math.min(known, limit.low)
    const time = between(low, Number.isFinite(high) ? high : undefined, limit.missing.length > 0 ? limit.missing : [at])
    return { what: `"${call.name}"`, time, at, excuse: false }
  })
}

/** A message that is cut off comes again where the queue sends it again, and does no harm where handling it twice is once. */
function messagesOf({ consumes }: Service): Work[] {
  return consumes.flatMap((consume: Consume): Work[] => {
    const { processing, source, path, idempotent, mutates } = consume
    const time = typeof processing?.timeout === 'number' ? processing.timeout : processing?.p99
    if (time === undefined || source === undefined) return []
    const again = redelivers(source)
    const harmless = idempotent === true || mutates === false
    const excuse =
      again === false || idempotent === false
        ? false
        : again === undefined
          ? [...source.path, 'delivery']
          : harmless || [...path, 'idempotent']
    return [{ what: `a message of "${consume.from}"`, time: exactly(time), at: [...path, 'processing'], excuse }]
  })
}

function violation(
  { name, path, preStop = 0, terminationGrace }: Service,
  work: Work,
  grace: number,
  isDefault: boolean,
): Outcome {
  const longest = work.time.low
  const words = isDefault ? ` (the default of Kubernetes)` : ''
  return {
    at: terminationGrace === undefined ? path : [...path, 'terminationGrace'],
    message: `"${name}" is killed ${duration(grace)}${words} after it was told to stop, but ${work.what} may take ${duration(longest)}; expected time to finish`,
    arithmetic: `${preStop > 0 ? `preStop ${duration(preStop)} + ` : ''}${duration(longest)}${preStop > 0 ? ` = ${duration(preStop + longest)}` : ''} > ${duration(grace)}`,
    fix: `Raise terminationGrace to at least ${duration(roundUp(preStop + longest))}, or make the work shorter or resumable`,
    evidence: [{ label: `may take ${duration(longest)}`, at: work.at }],
  }
}
