import { latencyOf, type Latency } from '../analysis/latency.ts'
import { percentiles, type Percentile } from '../analysis/formulas/log-normal.ts'
import { byImportance } from '../analysis/reach.ts'
import type { Call, Journey, Service } from '../manifest/model.ts'
import { duration, list, percent } from '../units.ts'
import { atLeast, figure, row, type Row, type Sources, type Table, type Tone } from './table.ts'

/** Where the time of each journey goes, against its target. */
export function latencyTable({ model, facts }: Sources): Table {
  const journeys = [...model.journeys.values()].sort(byImportance)
  return {
    id: 'latency',
    title: 'Latency budget of each journey',
    notes: [
      'floor: the slowest hop at the percentile of the target; no request that waits for it is faster.',
      'p50, p99: of independent log-normal hops, 20 000 draws with a fixed seed. Percentiles do not add up.',
      'worst: by the timeouts, when everything that is called hangs.',
    ],
    columns: [
      { key: 'journey', title: 'journey', unit: 'text' },
      { key: 'target', title: 'target', unit: 'text' },
      { key: 'floor', title: 'floor', unit: 'duration' },
      { key: 'means', title: 'means', unit: 'duration' },
      { key: 'p50', title: 'p50', unit: 'duration' },
      { key: 'p99', title: 'p99', unit: 'duration' },
      { key: 'worst', title: 'worst', unit: 'duration' },
    ],
    rows: journeys.flatMap(journey => {
      const latency = latencyOf(journey, model, facts)
      return latency ? [rowOf(journey, latency, { model, facts })] : []
    }),
    empty: 'No journey has an entry.',
  }
}

function rowOf(journey: Journey, latency: Latency, { model, facts }: Pick<Sources, 'model' | 'facts'>): Row {
  const target = targetOf(journey)
  const { missing, read, isCyclic } = latency.tree
  const bound = missing.length > 0 ? 'least' : 'exact'
  const judged = target?.percentile ?? 'p99'
  const floor = latency.floor(judged)
  const hasTimes = read.some(path => path.at(-1) === 'latency' || path.at(-1) === 'serviceTime')
  const estimate = hasTimes ? latency.estimate : undefined
  const tone = (time: number | undefined): Tone | undefined =>
    time === undefined || !target ? undefined : time > target.time ? 'bad' : time > 0.8 * target.time ? 'close' : 'good'
  const p99 = estimate?.quantile('p99')
  const entry = model.services.get(journey.entry!)
  const worst = entry && facts.durations.worstAnswer(entry, callsOf(journey, entry, facts))
  const targetFacts = [...journey.path, 'latency']
  return row(
    journey.path,
    [journey],
    [
      journey.name,
      target ? `${target.percentile} ${duration(target.time)}` : undefined,
      figure(floor?.time, tone(floor?.time)),
      latency.means > 0 ? figure(latency.means, undefined, 'least') : undefined,
      figure(estimate?.quantile('p50'), undefined, bound),
      figure(p99, judged === 'p99' ? tone(p99) : undefined, bound),
      worst && Number.isFinite(worst.low) ? atLeast(worst) : worst && 'for ever',
    ],
    [...read, targetFacts],
    [...missing, ...(target ? [] : [targetFacts]), ...(worst?.missing ?? [])],
    estimate ? detailsOf(latency, isCyclic) : [],
  )
}

/** The strictest statement that is usual: the highest percentile of the target. */
function targetOf({ latency }: Journey): { percentile: Percentile; time: number } | undefined {
  const stated = percentiles.flatMap(percentile => {
    const time = latency?.[percentile]
    return time === undefined ? [] : [{ percentile, time }]
  })
  return stated.find(({ percentile }) => percentile === 'p99') ?? stated.at(-1)
}

function detailsOf({ estimate, tree }: Latency, isCyclic: boolean): string[] {
  const top = estimate.contributors.slice(0, 3).filter(({ share }) => share >= 0.005)
  const assumed = estimate.assumed.map(({ name }) => name)
  return [
    ...(top.length > 0
      ? [
          `slowest 1 %: ${top.map(({ component, share }) => `${component.name} ${percent(Math.round(share * 100) / 100)}`).join(', ')}`,
        ]
      : []),
    ...(assumed.length > 0
      ? [`ordinary spread assumed for ${list(assumed.slice(0, 3))}${more(assumed.length - 3)}`]
      : []),
    ...(tree.missing.length > 0 ? ['what is not stated takes no time here'] : []),
    ...(isCyclic ? ['through a call cycle: a lower bound'] : []),
  ]
}

const more = (n: number) => (n > 0 ? ` and ${n} more` : '')

const callsOf = (journey: Journey, entry: Service, { graph, reach }: Sources['facts']): Call[] =>
  graph.out
    .get(entry.name)!
    .filter(edge => edge.kind === 'call' && reach.get(journey.name)!.takes(edge) === 'yes')
    .map(edge => edge.via as Call)
    .filter(call => call.mode !== 'async' && call.transport !== 'streaming')
