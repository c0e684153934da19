import {
  exactly,
  exceeds,
  product,
  quotient,
  reaches,
  scale,
  sum,
  unknown,
  type Estimate,
} from '../../analysis/estimate.ts'
import type { Facts } from '../../analysis/index.ts'
import type { Path } from '../../finding.ts'
import type { Call, Component } from '../../manifest/model.ts'
import { duration, number, percent } from '../../units.ts'
import { ask, defineRule, numberOption, optionMap, yaml } from '../define.ts'

const options = optionMap({
  extra: numberOption(0.1, 'Share of calls that may be sent twice.', { above: 0 }),
  utilisation: numberOption(0.8, 'Utilisation of the callee, hedges included, that is a warning.', { above: 0 }),
})

export default defineRule({
  id: 'hedge-without-guard',
  title: 'Hedged requests add more load than the slow ones are worth',
  severity: 'warning',
  question: 'partial-failure',
  on: 'call',
  options,
  why: 'A hedge is meant for the few calls that are slow. One that is sent before most calls have been answered doubles the load, makes the callee slower, and so sends more hedges. (A hedged call that changes state is a fault of idempotency, and is reported there.)',
  formula: 'extra load = P(T > delay), at most the budget of hedges; a delay at the p95 makes 5%',
  fix: 'Send the second request only after the 95th percentile of the callee, or cap hedges with a budget.',
  sources: [{ title: 'Dean, Barroso: The Tail at Scale', id: 'doi:10.1145/2408776.2408794' }],
  reads: [
    'calls.hedge',
    'calls.serves',
    'services.latency',
    'stores.latency',
    'caches.latency',
    'externals.latency',
    'services.replicas',
    'services.concurrency',
    'services.serviceTime',
    'stores.capacity.rps',
    'journeys.load',
  ],

  appliesTo: ({ hedge, target }) => hedge !== undefined && hedge !== 'none' && target !== undefined,

  *check(call, { facts, options }) {
    const extra = extraOf(call)
    const floods = exceeds(extra, options.extra)
    if (floods !== true && floods !== false)
      return yield* ask(floods, `hedges may repeat ${percent(extra.high ?? 1)} of the calls`)
    const { path, name, target } = call
    const at: Path = [...path, 'hedge', 'delay']
    const edge = facts.journeys.edgeOf(call)
    const journeys = edge ? facts.journeys.taking(edge, 'sure') : []
    if (floods) {
      const { delay = 0 } = hedgeOf(call)
      const slow = slowest(call)
      yield {
        at,
        message: `"${name}" sends a second request after ${duration(delay)}, which at least ${percent(extra.low)} of the calls take; expected at most ${percent(options.extra)}`,
        arithmetic: slow
          ? `extra load >= P(T > ${duration(delay)}) > P(T > ${duration(slow.time)}) = ${percent(1 - slow.share)}`
          : `extra load = P(T > 0s) = 100%`,
        fix: fixFor(target!),
        ...(slow
          ? { evidence: [{ label: `${slow.key} ${duration(slow.time)}`, at: [...target!.path, 'latency', slow.key] }] }
          : {}),
        journeys,
      }
      return
    }
    // Without numbers for the callee the small share says enough.
    const full = loadOf(call, extra, facts)
    if (!full || reaches(full.before, full.available) !== false) return
    if (exceeds(full.after, scale(full.available, options.utilisation)) !== true) return
    const rho = full.after.low / full.available.high!
    yield {
      at,
      message: `Hedges of "${name}" bring "${target!.name}" to a utilisation of ${number(rho)} at the peak; expected at most ${number(options.utilisation)}`,
      arithmetic: `rho = ${number(full.before.low)} x (1 + ${percent(full.share.low)}) / ${number(full.available.high!)} = ${number(rho)}`,
      fix: `Send no hedges while "${target!.name}" is busy (a budget or a breaker for hedges), or give it more capacity`,
      journeys,
    }
  },

  examples: [
    {
      title: 'A second request after 5ms, where half of the calls take 20ms, and one that is always sent',
      bad: yaml`
        services:
          search:
            calls:
              - to: index
                hedge:
                  delay: 5ms # <--
              - to: prices
                hedge: { delay: 0s } # <--
          index: { latency: { p50: 20ms, p99: 200ms } }
        externals: { prices: {} }
      `,
    },
    {
      title: 'Few hedges, for a callee that has nothing to spare',
      bad: yaml`
        journeys: { search: { entry: search, load: { steady: 100/s, peak: 160/s } } }
        services:
          search:
            calls:
              - to: index
                hedge: { delay: 50ms } # <--
          index: { replicas: 10, concurrency: 1, serviceTime: { mean: 49.6ms }, latency: { p95: 50ms, p99: 51ms } }
      `,
    },
    {
      title: 'When the second request is sent, or how slow the callee is, is not stated',
      unclear: yaml`
        services:
          search:
            calls:
              - { to: index, hedge: true } # ?
              - { to: prices, hedge: { delay: 50ms } }
              - { to: stock, hedge: { delay: 50ms } }
          index: {}
        externals:
          prices: {} # ?
          stock:
            latency: { p50: 20ms, p99: 200ms } # ?
      `,
    },
    {
      title: 'A delay at the 95th percentile, a budget, and no hedge',
      good: yaml`
        journeys: { search: { entry: search, load: { steady: 100/s, peak: 130/s } } }
        services:
          search:
            calls:
              - { to: index, hedge: { delay: 80ms, max: 1 } }
              - { to: stock, hedge: { delay: 0s, budget: 5% } }
              - { to: prices, hedge: none }
          index: { replicas: 10, concurrency: 1, serviceTime: { mean: 60ms }, latency: { p50: 20ms, p95: 80ms, p99: 200ms } }
        externals: { prices: {}, stock: {} }
      `,
    },
  ],
})

const shares = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999 } as const
const keys = ['p50', 'p90', 'p95', 'p99', 'p999'] as const

const hedgeOf = ({ hedge }: Call) => (hedge === undefined || hedge === 'none' ? {} : hedge)

const quantiles = ({ latency }: Component) =>
  keys.flatMap(key => (latency?.[key] === undefined ? [] : [{ key, time: latency[key], share: shares[key] }]))

/** The lowest percentile that is surely slower than the delay. */
const slowest = (call: Call) => {
  const { delay = 0 } = hedgeOf(call)
  return delay === 0 ? undefined : quantiles(call.target!).find(({ time }) => delay < time)
}

/** Second requests as a share of the calls: between the percentiles around the delay. */
function extraOf(call: Call): Estimate {
  const { delay, max = 1, budget = Number.POSITIVE_INFINITY } = hedgeOf(call)
  const capped = (estimate: Estimate): Estimate => ({
    low: Math.min(estimate.low, budget),
    high: Math.min(estimate.high ?? max, budget),
    missing: estimate.missing,
  })
  if (delay === undefined) return capped(unknown([[...call.path, 'hedge', 'delay']]))
  if (delay === 0) return capped({ low: 1, high: max, missing: [] })
  const target = call.target!
  const known = quantiles(target)
  const above = known.find(({ time }) => delay < time)
  const below = known.findLast(({ time }) => delay >= time)
  const missing: Path[] = [[...target.path, 'latency', ...(target.latency ? ['p95'] : [])]]
  return capped({ low: above ? 1 - above.share : 0, high: max * (below ? 1 - below.share : 1), missing })
}

/** Busy slots or requests at the peak without and with the hedges, and what there is. */
function loadOf(call: Call, extra: Estimate, facts: Facts) {
  const edge = facts.journeys.edgeOf(call)
  const used = call.target && facts.utilisation(call.target, 'peak')
  if (!edge || !used) return undefined
  const share = product(extra, quotient(facts.load.requestsOn(edge, 'peak'), facts.load.requestsAt(edge.to, 'peak')))
  return {
    before: used.needed,
    after: product(used.needed, sum([exactly(1), share])),
    available: used.available,
    share,
  }
}

function fixFor(target: Component): string {
  const high = quantiles(target).find(({ share }) => share >= 0.95)
  const delay = high
    ? `after ${duration(high.time)}, the ${high.key} of "${target.name}"`
    : `after the p95 of "${target.name}"`
  return `Send the second request ${delay}, or cap hedges with a budget of 5%`
}
