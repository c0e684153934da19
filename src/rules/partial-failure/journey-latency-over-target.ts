import type { Path } from '../../finding.ts'
import { percentiles, type Percentile } from '../../analysis/formulas/log-normal.ts'
import { latencyOf, type Hop, type Latency } from '../../analysis/latency.ts'
import { repeatability, type Sample } from '../../analysis/latency-sample.ts'
import type { Journey } from '../../manifest/model.ts'
import { duration, list, percent, roughly } from '../../units.ts'
import { ask, defineRule, flagOption, optionMap, yaml, type Violation } from '../define.ts'

export default defineRule({
  id: 'journey-latency-over-target',
  title: 'The steps of a journey take longer than the journey may',
  severity: 'error',
  question: 'partial-failure',
  on: 'journey',
  options: optionMap({
    estimate: flagOption(true, 'Whether the estimate of independent log-normal hops is judged too.'),
  }),
  why: 'A latency target that its own steps exceed is missed on an ordinary day. Users leave, and callers time out and try again, which adds load to what is slow already. Percentiles do not add up: five hops with a 99th percentile of 120ms each do not make 600ms, so the sum says little.',
  formula:
    'floor: the slowest hop that every request waits for, at the percentile of the target\nestimate: 20 000 seeded draws of independent log-normal hops, in turn or side by side as stated',
  fix: 'Make the slowest hop faster, run hops side by side, answer without what is slow, or promise less.',
  sources: [
    { title: 'Dean, Barroso: The Tail at Scale', id: 'doi:10.1145/2408776.2408794' },
    { title: 'Site Reliability Engineering (SRE book)', id: 'ch. 4 "Service Level Objectives"' },
  ],
  reads: [
    'journeys.latency',
    'journeys.entry',
    'services.serviceTime',
    'services.latency',
    'stores.latency',
    'caches.latency',
    'caches.hitRatio',
    'externals.latency',
    'calls.parallelGroup',
    'calls.probability',
    'calls.callsPerRequest',
    'calls.sequential',
    'calls.quorum',
    'calls.mode',
    'calls.serves',
  ],

  appliesTo: (journey, { facts }) => targetsOf(journey).length > 0 && facts.reach.get(journey.name)!.hard.size > 0,

  *check(journey, { model, facts, options }) {
    const latency = latencyOf(journey, model, facts)
    if (!latency) return
    const targets = targetsOf(journey)
    for (const target of targets) {
      const floor = latency.floor(target.percentile)
      if (floor && floor.time > target.time) return yield hopTooSlow(journey, target, floor)
    }
    if (!options.estimate) return
    const missed = targets.find(target => isSlow(latency, latency => latency.certain, target))
    if (missed) return yield tooSlowTogether(journey, missed, latency)
    // Only where the design could be too slow does it matter how hops spread, and whether they wait for each other.
    const inTurn = latencyOf(journey, model, facts, 'sequence')!
    const doubtful = targets.find(target => isSlow(inTurn, latency => latency.estimate, target))
    if (doubtful) {
      const time = roughly(inTurn.estimate.quantile(doubtful.percentile))
      const because = `"${journey.name}" may take ${duration(doubtful.time)} at ${doubtful.percentile}, and could take about ${time}`
      yield* ask(inDoubt(inTurn).slice(0, 1), because)
    }
  },

  examples: [
    {
      title: 'One hop alone is slower than the journey may be',
      bad: yaml`
        journeys:
          search: { entry: web, latency: { p99: 300ms } } # <--
        services:
          web: { serviceTime: { p50: 2ms, p99: 10ms }, calls: [{ to: ranking }] }
          ranking: { latency: { p50: 80ms, p99: 450ms } }
      `,
    },
    {
      title: 'Each of five hops is fast enough, all of them in turn are not',
      bad: yaml`
        journeys:
          checkout: { entry: web, latency: { p99: 300ms } } # <--
        services:
          web: { serviceTime: { p50: 20ms, p99: 120ms }, calls: [{ to: cart }] }
          cart: { serviceTime: { p50: 15ms, p99: 90ms }, calls: [{ to: pricing }] }
          pricing: { serviceTime: { p50: 30ms, p99: 200ms }, calls: [{ to: promotions }] }
          promotions: { serviceTime: { p50: 10ms, p99: 60ms }, calls: [{ to: stock }] }
          stock: { serviceTime: { p50: 25ms, p99: 150ms } }
      `,
    },
    {
      title: 'A tighter median is missed although the 99th percentile is kept',
      bad: yaml`
        journeys:
          search: { entry: web, latency: { p50: 30ms, p99: 900ms } } # <--
        services:
          web: { calls: [{ to: ranking }] }
          ranking: { latency: { p50: 60ms, p99: 300ms } }
      `,
    },
    {
      title: 'Two calls that are too slow in turn, and not side by side; it is not stated which they are',
      unclear: yaml`
        journeys:
          product: { entry: web, latency: { p99: 400ms } }
        services:
          web:
            serviceTime: { p50: 2ms, p99: 10ms }
            calls:
              - to: reviews # ?
              - to: prices
          reviews: { latency: { p50: 120ms, p99: 300ms } }
          prices: { latency: { p50: 120ms, p99: 300ms } }
      `,
    },
    {
      title: 'Only the means are stated, and with an ordinary spread the target would be missed',
      unclear: yaml`
        journeys:
          search: { entry: web, latency: { p99: 200ms } }
        services:
          web: { serviceTime: { mean: 5ms, p99: 10ms }, calls: [{ to: ranking }] }
          ranking:
            latency: { mean: 90ms } # ?
      `,
    },
    {
      title: 'The 99th percentiles add up to more than the target, the hops do not',
      good: yaml`
        journeys:
          checkout: { entry: web, latency: { p99: 400ms } }
        services:
          web: { serviceTime: { p50: 20ms, p99: 120ms }, calls: [{ to: cart }] }
          cart: { serviceTime: { p50: 15ms, p99: 90ms }, calls: [{ to: pricing }] }
          pricing: { serviceTime: { p50: 30ms, p99: 200ms }, calls: [{ to: promotions }] }
          promotions: { serviceTime: { p50: 10ms, p99: 60ms }, calls: [{ to: stock }] }
          stock: { serviceTime: { p50: 25ms, p99: 150ms } }
      `,
    },
    {
      title:
        'A slow hop that one request in a thousand makes, one that nobody waits for, and the same two calls side by side',
      good: yaml`
        journeys:
          product: { entry: web, latency: { p99: 400ms } }
          static: { entry: files }
        services:
          web:
            serviceTime: { p50: 2ms, p99: 10ms }
            calls:
              - { to: reviews, parallelGroup: page }
              - { to: prices, parallelGroup: page }
              - { to: archive, probability: 0.1%, parallelGroup: none }
              - { to: audit, mode: async }
          reviews: { latency: { p50: 120ms, p99: 300ms } }
          prices: { latency: { p50: 120ms, p99: 300ms } }
          archive: { latency: { p50: 2s, p99: 8s } }
          audit: { latency: { p50: 1s, p99: 5s } }
          files: {}
      `,
    },
  ],
})

interface Target {
  readonly percentile: Percentile
  readonly time: number
}

const targetsOf = ({ latency }: Journey): Target[] =>
  percentiles.flatMap(percentile => {
    const time = latency?.[percentile]
    return time === undefined ? [] : [{ percentile, time }]
  })

/** The draws are only made where the bound that needs none does not settle it. */
const isSlow = (latency: Latency, sample: (latency: Latency) => Sample, { percentile, time }: Target): boolean =>
  latency.ceiling(percentile) > time && sample(latency).exceeds(percentile, time / (1 - repeatability[percentile]))

/** First the spread of the hops that take most, then whether calls wait for each other. */
function inDoubt({ estimate, tree }: Latency): Path[] {
  const unspread = estimate.contributors
    .filter(({ component }) => estimate.assumed.includes(component))
    .map(({ component }) => tree.read.find(path => path[1] === component.name && path.at(-1) !== 'hitRatio')!)
  return [...unspread.map(at => [...at, 'p99']), ...tree.missing.filter(path => path.at(-1) === 'parallelGroup')]
}

function hopTooSlow(journey: Journey, { percentile, time }: Target, { time: hop, component, at }: Hop): Violation {
  return {
    at: [...journey.path, 'latency', percentile],
    message: `"${journey.name}" may take ${duration(time)} at ${percentile}, but "${component.name}" alone takes ${duration(hop)}; expected less`,
    arithmetic: `floor = slowest hop = ${duration(hop)} > ${duration(time)}`,
    fix: `Make "${component.name}" answer within ${duration(time)} at ${percentile}, answer without it, or promise at least ${duration(hop)}`,
    evidence: [{ label: `${String(at.at(-1))} of "${component.name}"`, at }],
    journeys: [journey],
  }
}

/** Independent hops of that shape are an assumption, though an ordinary one. */
function tooSlowTogether(journey: Journey, { percentile, time }: Target, { certain, tree }: Latency): Violation {
  const found = certain.quantile(percentile)
  const top = certain.contributors.filter(({ share }) => share >= 0.01).slice(0, 3)
  const parts = top.map(({ component, share }) => `${component.name} ${percent(Math.round(share * 100) / 100)}`)
  return {
    at: [...journey.path, 'latency', percentile],
    message: `"${journey.name}" may take ${duration(time)} at ${percentile}, but its hops together take about ${roughly(found)}; expected less`,
    arithmetic: [
      `estimate = ${roughly(found)} at ${percentile}, median ${roughly(certain.quantile('p50'))}, of independent log-normal hops`,
      `of the slowest 1%: ${list(parts)}`,
    ].join('\n'),
    fix: `Make "${top[0]!.component.name}" faster, run hops side by side, answer without what is slow, or promise ${roughly(found)}`,
    severity: 'warning',
    evidence: tree.read.slice(0, 5).map(at => ({ label: `${String(at.at(-1))} of "${String(at[1])}"`, at })),
    journeys: [journey],
  }
}
