import type { Simulation } from '../simulate/results.ts'
import { number, percent, rate, roughly } from '../units.ts'

/** A line over time. */
export interface Trace {
  readonly name: string
  readonly values: readonly number[]
}

/** Lines that share a scale. */
export interface Panel {
  readonly title: string
  readonly traces: readonly Trace[]
  /** Where the scale ends at least; `undefined`: at the largest value. */
  readonly top: number | undefined
  readonly words: (value: number) => string
}

/** Lines of one panel that can be told apart. */
const most = 4

/** What is worth a look, users first. */
export function panelsOf({ journeys, stations, calls, caches }: Simulation): Panel[] {
  const shares = (value: number) => percent(Number(value.toFixed(3)))
  const busiest = stations
    .filter(({ mostWaiting }) => mostWaiting >= 1)
    .sort((a, b) => b.mostWaiting - a.mostWaiting)
    .slice(0, most)
  const repeated = calls
    .filter(one => one.attempts > one.calls * 1.05)
    .sort((a, b) => b.attempts / b.calls - a.attempts / a.calls)
    .slice(0, most)
  const shown = journeys.slice(0, most)
  const used = stations
    .filter(({ slots, arrivals }) => Number.isFinite(slots) && arrivals > 0)
    .sort((a, b) => b.utilisation - a.utilisation)
    .slice(0, most)
  const panels: Panel[] = [
    {
      title: 'Answered, of the requests that came',
      traces: shown.map(({ name, series }) => ({ name, values: series.success })),
      top: 1,
      words: shares,
    },
    {
      title: 'Latency of answers, 99th percentile',
      traces: shown.map(({ name, series }) => ({ name, values: series.p99 })),
      top: undefined,
      words: roughly,
    },
    {
      title: 'Requests that wait',
      traces: busiest.map(({ name, series }) => ({ name, values: series.waiting })),
      top: undefined,
      words: value => number(Math.round(value)),
    },
    {
      title: 'Attempts of calls that are tried again',
      traces: repeated.map(({ name, series }) => ({ name, values: series.attempts })),
      top: undefined,
      words: rate,
    },
    {
      title: 'Slots in use',
      traces: used.map(({ name, series }) => ({ name, values: series.utilisation })),
      top: 1,
      words: shares,
    },
    {
      title: 'Reads that caches answer',
      traces: caches.slice(0, most).map(({ name, series }) => ({ name, values: series.hitRatio })),
      top: 1,
      words: shares,
    },
  ]
  return panels.filter(({ traces }) => traces.some(({ values }) => values.some(value => Number.isFinite(value))))
}
