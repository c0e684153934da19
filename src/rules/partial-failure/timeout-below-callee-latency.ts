import { attemptLimit, waitsOnNetwork } from '../../analysis/attempt.ts'
import type { Path } from '../../finding.ts'
import type { Component } from '../../manifest/model.ts'
import { duration, percent, roundUp } from '../../units.ts'
import { defineRule, noOptions, yaml } from '../define.ts'

export default defineRule({
  id: 'timeout-below-callee-latency',
  title: 'Healthy calls time out',
  severity: 'warning',
  question: 'partial-failure',
  on: 'call',
  options: noOptions,
  why: 'A timeout below what the callee needs on an ordinary day makes failures out of healthy answers. Each of them is tried again, so the callee gets more work exactly when it is slow.',
  formula: 'timeout < q-th quantile of the latency: at least 1 - q of healthy attempts fail',
  fix: "Raise the timeout to the callee's 99.9th percentile, or state that giving up early is meant (`timeoutIntent: degrade`).",
  sources: [
    { title: "Amazon Builders' Library: Timeouts, retries, and backoff with jitter", id: 'section "Timeouts"' },
    { title: 'AWS Well-Architected, Reliability: Set client timeouts', id: 'REL05-BP05', revision: 'November 2024' },
  ],
  reads: [
    'calls.timeout',
    'calls.totalTimeout',
    'calls.timeoutIntent',
    'calls.mode',
    'calls.transport',
    'services.latency',
    'services.serviceTime',
    'stores.latency',
    'queues.latency',
    'caches.latency',
    'externals.latency',
  ],
  impliedBy: ['call-without-timeout'],

  appliesTo: call => call.target !== undefined && call.timeoutIntent !== 'degrade' && waitsOnNetwork(call),

  *check(call, { facts }) {
    const { time, at } = attemptLimit(call)
    const most = time.high ?? Number.POSITIVE_INFINITY
    const latency = latencyOf(call.target!)
    const slow = latency.known.find(({ value }) => value > most)
    if (slow) {
      const { share, value, name } = slow
      const failing = share === undefined ? 'calls of ordinary length' : `at least ${percent(share)} of healthy calls`
      const edge = facts.journeys.edgeOf(call)
      yield {
        at: time.low === most ? at : [...call.path, 'totalTimeout'],
        message: `"${call.name}" gives up after ${duration(most)}, but ${latency.whose} takes ${duration(value)} ${name}; expected a timeout above the 99th percentile`,
        arithmetic: `${duration(most)} < ${duration(value)} ${name}: ${failing} fail`,
        fix: fixFor(latency),
        severity: share !== undefined && share >= 0.5 ? 'error' : 'warning',
        evidence: [{ label: `${latency.whose} takes ${duration(value)} ${name}`, at: [...latency.at, slow.key] }],
        journeys: edge ? facts.journeys.taking(edge, 'sure') : [],
      }
      return
    }
    if (latency.mostOf99 <= time.low) return
    if (time.low !== most) yield { unknown: at }
    else yield { unknown: latency.ask, because: `"${call.name}" gives up after ${duration(most)}` }
  },

  examples: [
    {
      title: 'One answer of a hundred takes 900ms, and the caller waits for 500ms',
      bad: yaml`
        services:
          orders:
            calls:
              - to: psp
                timeout: 500ms # <--
        externals:
          psp: { latency: { p50: 300ms, p99: 900ms } }
      `,
    },
    {
      title: 'More than half of all searches never end, whatever the timeout of one attempt',
      bad: yaml`
        services:
          shop:
            calls:
              - to: search
                timeout: 1s
                totalTimeout: 200ms # <--
              - to: catalogue-db
                totalTimeout: 20ms # <--
          search: { latency: { p50: 250ms } }
        stores:
          catalogue-db: { latency: { mean: 30ms } }
      `,
    },
    {
      title: 'The work of the prices alone takes longer, whatever they wait for',
      bad: yaml`
        services:
          shop:
            calls:
              - { to: prices, timeout: 50ms } # <--
          prices:
            serviceTime: { mean: 20ms, p99: 90ms }
            calls: [{ to: prices-db, timeoutIntent: degrade }]
        stores:
          prices-db: {}
      `,
    },
    {
      title: 'Only a mean is known, and a mean says nothing of the slow ones',
      unclear: yaml`
        services:
          shop:
            calls: [{ to: prices, timeout: 100ms }]
          prices:
            latency: # ?
              mean: 60ms
      `,
    },
    {
      title: 'The latency of the callee is not known, or nothing but its own work',
      unclear: yaml`
        services:
          shop:
            calls: [{ to: stock, timeout: 100ms }, { to: prices, timeout: 100ms }]
          stock: {} # ?
          prices: # ?
            serviceTime: { p99: 90ms }
            calls: [{ to: prices-db, timeoutIntent: degrade }]
        stores:
          prices-db: {}
      `,
    },
    {
      title: 'The timeout is not known',
      unclear: yaml`
        services:
          shop:
            calls:
              - to: prices # ?
          prices: { latency: { p99: 90ms } }
      `,
    },
    {
      title: 'Room above the 99th percentile, also where only the own work or the 99.9th percentile is known',
      good: yaml`
        services:
          shop:
            calls:
              - { to: stock, timeout: 500ms }
              - { to: prices, timeout: 100ms }
              - { to: catalogue, timeout: 1s }
              - { to: orders, timeout: none }
          stock: { latency: { p50: 80ms, p99: 300ms } }
          prices: { serviceTime: { p99: 90ms } }
          catalogue: { latency: { p999: 800ms } }
          orders: {}
      `,
    },
    {
      title: 'Giving up on slow recommendations is meant; a stream and a message are not waited for',
      good: yaml`
        services:
          shop:
            calls:
              - { to: recommendations, timeout: 100ms, timeoutIntent: degrade, fallback: empty }
              - { to: ticker, transport: streaming, timeout: 1s }
              - { to: mailer, mode: async, timeout: 100ms }
          recommendations: { latency: { p99: 600ms } }
          ticker: { latency: { p99: 10m } }
          mailer: { latency: { p99: 5s } }
      `,
    },
  ],
})

interface Latency {
  /** Stated times that some answers take at least, the most telling first. */
  known: { value: number; share: number | undefined; name: string; key: string }[]
  /** Time that surely holds 99 of 100 answers; `Infinity` where that is not stated. */
  mostOf99: number
  /** Best known place for a timeout. */
  p999: number | undefined
  whose: string
  at: Path
  /** What to ask for where the stated times do not decide. */
  ask: Path
}

const percentiles = (['p50', 'p90', 'p95', 'p99'] as const).map(key => {
  const percentile = Number(key.slice(1))
  return { key, share: 1 - percentile / 100, name: `at the ${percentile}th percentile` }
})

/** What callers of a component wait. A service takes at least the time of its own work, and no more where it calls nobody. */
function latencyOf(component: Component): Latency {
  const own = component.latency === undefined && component.kind === 'service' ? component.serviceTime : undefined
  const times = component.latency ?? own ?? {}
  const at = [...component.path, own ? 'serviceTime' : 'latency']
  const known: Latency['known'] = []
  for (const { key, share, name } of percentiles) {
    const value = times[key]
    if (value !== undefined) known.push({ value, share, name, key })
  }
  const p99 = Math.min(...[times.p99, times.p999].filter(t => t !== undefined))
  // A few very slow answers can lift a mean above what 99 of 100 take, so it counts only where no quantile is known.
  if (times.mean !== undefined && known.length === 0 && !Number.isFinite(p99))
    known.push({ value: times.mean, share: undefined, name: 'on average', key: 'mean' })
  const waits = own !== undefined && component.kind === 'service' && component.calls.some(call => call.mode !== 'async')
  return {
    known,
    mostOf99: waits ? Number.POSITIVE_INFINITY : p99,
    p999: waits ? undefined : times.p999,
    whose: own ? `the own work of "${component.name}"` : `"${component.name}"`,
    at,
    ask: [...component.path, 'latency', ...(component.latency ? ['p99'] : [])],
  }
}

function fixFor({ known, p999 }: Latency): string {
  const meant = 'or state that giving up early is meant (`timeoutIntent: degrade`)'
  if (p999 !== undefined)
    return `Raise the timeout to at least ${duration(roundUp(p999))}, the 99.9th percentile, ${meant}`
  const p99 = known.find(({ key }) => key === 'p99')
  const least = Math.max(...known.map(({ value }) => value))
  return p99
    ? `Raise the timeout well above ${duration(roundUp(p99.value))}, to the 99.9th percentile, ${meant}`
    : `Find out the 99.9th percentile, which is above ${duration(least)}, and raise the timeout to it, ${meant}`
}
