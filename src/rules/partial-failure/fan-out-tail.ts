import { anySlow, callsOf, excusesOf, fanOutFrom, legsOf, needsNotAll, type Leg } from '../../analysis/fan-out.ts'
import { shareOf } from '../../analysis/formulas/log-normal.ts'
import type { Facts } from '../../analysis/index.ts'
import type { Path } from '../../finding.ts'
import type { Call, Journey } from '../../manifest/model.ts'
import { duration, list, number, percent } from '../../units.ts'
import { defineRule, numberOption, optionMap, yaml } from '../define.ts'

export default defineRule({
  id: 'fan-out-tail',
  title: 'A request waits for the slowest of many calls',
  severity: 'warning',
  question: 'partial-failure',
  on: 'call',
  options: optionMap({
    tail: numberOption(
      0.05,
      'Share of requests that meet the slowest hundredth of the calls, from which on a fan-out is looked at.',
      { least: 0, most: 1 },
    ),
    margin: numberOption(
      0.5,
      'Share of the target above which the p99 of one call is too near to it to say nothing of its p99.9.',
      { least: 0, most: 1 },
    ),
  }),
  why: 'One call in a hundred is slow, which nobody notices. A request that waits for a hundred of them is slow two times in three, because the slowest answer decides. The tail of the callee becomes the ordinary case of the caller.',
  formula: 'P(slow) = 1 - Π (1 - p) over all parallel calls, with p the share of calls slower than the target',
  fix: 'Answer with what has arrived, hedge slow calls, make fewer of them, or shorten the tail of the callee.',
  sources: [{ title: 'Dean, Barroso: The Tail at Scale', id: 'doi:10.1145/2408776.2408794' }],
  reads: [
    'calls.parallelGroup',
    'calls.callsPerRequest',
    'calls.sequential',
    'calls.quorum',
    'calls.hedge',
    'calls.fallback',
    'calls.timeout',
    'calls.retries',
    'calls.probability',
    'calls.serves',
    'caches.hitRatio',
    'services.latency',
    'stores.latency',
    'caches.latency',
    'externals.latency',
    'journeys.latency',
  ],
  impliedBy: ['journey-latency-over-target'],

  appliesTo: (call, { facts, options }) => {
    const calls = fanOutFrom(call)?.reduce((n, leg) => n + callsOf(leg), 0) ?? 0
    return 1 - shareOf.p99 ** calls > options.tail && waitingFor(call, facts).length > 0
  },

  *check(call, { facts, model, options }) {
    const calls = fanOutFrom(call)!
    for (const journey of waitingFor(call, facts)) {
      const target = targetOf(journey)!
      const legs = legsOf(calls, journey, target.time, model, facts).filter(leg => !needsNotAll(leg.call))
      const allowed = 1 - shareOf[target.percentile]
      // What one call alone misses is no matter of how many there are.
      if (legs.some(({ slow }) => slow.low > allowed + 1e-12)) return
      const share = facts.reach.get(journey.name)!.hard.get(call.from.name)!.share
      const tail = (bound: 'low' | 'high') =>
        share * anySlow(legs.map(({ slow, calls }) => ({ share: slow[bound] ?? 1, calls })))
      const because = `a request of "${journey.name}" waits for ${number(totalOf(legs))} calls at the same time, and may take ${duration(target.time)}`
      if (tail('low') <= allowed) {
        const open = tail('high') > options.tail ? doubtIn(legs, target.time * options.margin) : undefined
        if (open) return yield { unknown: open, because }
        continue
      }
      const excuse = legs.flatMap(leg => excusesOf(leg, target.time))[0]
      if (excuse) return yield { unknown: excuse, because }
      const slow = legs.filter(leg => leg.slow.low > 0)
      const names = list([...new Set(slow.map(({ call }) => `"${call.to}"`))])
      const [n, needed] = [totalOf(slow), (1 - allowed) ** (1 / totalOf(slow))]
      yield {
        at: [...call.path, call.callsPerRequest === undefined ? 'parallelGroup' : 'callsPerRequest'],
        message: `At least ${percent(tail('low'))} of the requests of "${journey.name}" wait longer than ${duration(target.time)} for one of ${number(n)} parallel calls; its target allows ${percent(allowed)}`,
        arithmetic: [
          `P(slow) = ${share < 1 ? `${percent(share)} x (` : ''}1 - ${slow.map(termOf).join(' x ')}${share < 1 ? ')' : ''} = ${percent(tail('low'))}`,
          `needed of one call: ${percent(1 - allowed)} ^ (1 / ${number(n)}) = ${percent(needed)} within ${duration(target.time)}`,
        ].join('\n'),
        fix: `Answer with what has arrived by then, hedge the slow calls, or bring ${percent(needed)} of the calls to ${names} below ${duration(target.time)}`,
        evidence: [
          { label: `target ${target.percentile}`, at: [...journey.path, 'latency', target.percentile] },
          ...slow.map(({ edge }) => ({ label: `latency of ${edge.to.name}`, at: [...edge.to.path, 'latency'] })),
        ],
        journeys: [journey],
        about: journey.path,
      }
      return
    }
  },

  examples: [
    {
      title: 'Twenty shards, each too slow once in a hundred: 18.2% of the requests are late',
      bad: yaml`
        journeys: { search: { entry: web, latency: { p99: 300ms } } }
        services:
          web:
            calls:
              - to: shard
                callsPerRequest: 20 # <--
                quorum: 20
                hedge: none
                fallback: none
          shard: { latency: { p50: 20ms, p99: 350ms } }
      `,
    },
    {
      title: 'Two groups of shards, each too slow once in a thousand',
      bad: yaml`
        defaults: { calls: { hedge: none, fallback: none } }
        journeys: { search: { entry: web, latency: { p99: 300ms } } }
        services:
          web:
            calls:
              - { to: texts, parallelGroup: shards, callsPerRequest: 10, quorum: 20 } # <--
              - { to: images, parallelGroup: shards, callsPerRequest: 10 }
          texts: { latency: { p99: 100ms, p999: 400ms } }
          images: { latency: { p99: 200ms, p999: 350ms } }
      `,
    },
    {
      title: 'A fallback, but the call gives up only after the journey is late',
      bad: yaml`
        journeys: { search: { entry: web, latency: { p99: 300ms } } }
        services:
          web:
            calls:
              - { to: shard, callsPerRequest: 20, quorum: 20, hedge: none, fallback: empty, timeout: 2s, retries: none } # <--
          shard: { latency: { p99: 350ms } }
      `,
    },
    {
      title: 'Whether all answers are needed, slow calls are hedged, or a fallback steps in in time, is not stated',
      unclear: yaml`
        journeys: { search: { entry: web, latency: { p99: 300ms } } }
        services:
          web:
            calls:
              - { to: shard, callsPerRequest: 20 } # ?
              - { to: shard, callsPerRequest: 20, quorum: 20 } # ?
              - { to: shard, callsPerRequest: 20, quorum: 20, hedge: none, timeout: 100ms, retries: none } # ?
              - { to: shard, callsPerRequest: 20, quorum: 20, hedge: none, fallback: empty } # ?
          shard: { latency: { p99: 350ms } }
      `,
    },
    {
      title: 'How slow the slow calls are, and how many the cache answers, is not stated',
      unclear: yaml`
        journeys: { search: { entry: web, latency: { p99: 300ms } } }
        services:
          web:
            calls:
              - { to: texts, callsPerRequest: 20 }
              - { to: images, callsPerRequest: 20 }
              - { to: prices, callsPerRequest: 20, cachedBy: prices-cache }
          texts: {} # ?
          images:
            latency: { p99: 250ms } # ?
          prices: { latency: { p99: 350ms, p999: 400ms } }
        caches:
          prices-cache: {} # ?
      `,
    },
    {
      title: 'Some answers are enough, a hedge, a call that is given up in time, a cache, and a short tail',
      good: yaml`
        journeys: { search: { entry: web, latency: { p99: 300ms } } }
        services:
          web:
            calls:
              - { to: shard, callsPerRequest: 20, quorum: 15 }
              - { to: shard, callsPerRequest: 20, hedge: { delay: 50ms } }
              - { to: shard, callsPerRequest: 20, fallback: empty, timeout: 200ms, retries: none }
              - { to: shard, callsPerRequest: 20, cachedBy: answers }
              - { to: shard, callsPerRequest: 20, probability: 1% }
              - { to: texts, callsPerRequest: 20 }
              - { to: images, callsPerRequest: 20 }
          shard: { latency: { p99: 350ms } }
          texts: { latency: { p99: 40ms } }
          images: { latency: { p99: 200ms, p999: 280ms } }
        caches: { answers: { hitRatio: 99% } }
      `,
    },
    {
      title: 'Few calls, calls in turn, calls that nobody waits for, and a median that fan-out does not move far',
      good: yaml`
        journeys: { search: { entry: web, latency: { p99: 300ms } }, export: { entry: exports, latency: { p95: 300ms } } }
        services:
          web:
            calls:
              - { to: shard, callsPerRequest: 5 }
              - { to: shard, callsPerRequest: 20, sequential: true }
              - { to: shard, callsPerRequest: 20, mode: async }
              - { to: slow, callsPerRequest: 20 }
              - { to: shard, parallelGroup: none, callsPerRequest: 3 }
              - { to: shard, parallelGroup: none, callsPerRequest: 3 }
          exports: { calls: [{ to: shard, callsPerRequest: 20 }] }
          shard: { latency: { p99: 350ms } }
          slow: { latency: { p95: 350ms } }
      `,
    },
  ],
})

/** Journeys that surely wait for the call and promise a time for at least 99% of their requests. */
const waitingFor = (call: Call, { journeys, reach, waiting }: Facts): readonly Journey[] => {
  const edge = journeys.edgeOf(call)
  if (!edge) return []
  return waiting
    .on(edge, 'sure')
    .filter(journey => targetOf(journey) && reach.get(journey.name)!.hard.get(call.from.name)?.hard === 'yes')
}

function targetOf({ latency }: Journey): { percentile: 'p99' | 'p999'; time: number } | undefined {
  const percentile = latency?.p99 === undefined ? 'p999' : 'p99'
  const time = latency?.[percentile]
  return time === undefined ? undefined : { percentile, time }
}

const totalOf = (legs: readonly { calls: number }[]): number => legs.reduce((n, { calls }) => n + calls, 0)

/** The first fact that may show calls to be slower than the target; a p99 well below it needs no closer look. */
const doubtIn = (legs: readonly Leg[], near: number): Path | undefined =>
  legs.flatMap(({ edge: { to }, slow }) => {
    const p99 = 'latency' in to ? to.latency?.p99 : undefined
    return p99 === undefined || p99 > near ? slow.missing : []
  })[0]

const termOf = ({ slow, calls }: Leg): string => `(1 - ${percent(slow.low)})^${number(calls)}`
