import type { ChalkInstance } from 'chalk'
import type { Simulation } from '../simulate/results.ts'
import { number, percent, rate, roughly } from '../units.ts'
import { sparkline } from './sparkline.ts'
import { clip, visible } from './text.ts'

/** Lines of blocks: what users got, then what changed most. */

interface Line {
  readonly what: string
  readonly values: readonly number[]
  /** 1 where a full block is all of it and the lowest value is telling. */
  readonly top: 0 | 1
  readonly words: (value: number) => string
}

/** Lines of each kind that are shown. */
const most = 3
const page = 80
/** `, most 12.3s` */
const range = 13

export function overTime(result: Simulation, c: ChalkInstance): string {
  const { options, stopped, interval } = result
  if (options.faults.length === 0) return ''
  const lines = linesOf(result)
  const widest = Math.max(...lines.map(({ what }) => what.length))
  const columns = page - 2 - widest - 1 - range
  const each = Math.ceil((stopped ?? options.duration) / interval / columns) * interval
  return [
    c.bold(`Over time, ${roughly(each)} a column`),
    ...lines.map(({ what, values, top, words }) => {
      const { text, from, to } = sparkline(values, columns, top)
      const said =
        from === undefined || to === undefined ? '-' : top === 1 ? `least ${words(from)}` : `most ${words(to)}`
      return `  ${what.padEnd(widest)} ${text} ${said}`
    }),
  ].join('\n')
}

function linesOf({ journeys, stations, calls, caches }: Simulation): Line[] {
  const named = (name: string, what: string) => `${clip(visible(name), 18)} ${what}`
  const shares = (value: number) => percent(Number(value.toFixed(2)))
  const users = journeys.flatMap(({ name, series }): Line[] => [
    { what: named(name, 'answered'), values: series.success, top: 1, words: shares },
    { what: named(name, 'p99'), values: series.p99, top: 0, words: roughly },
  ])
  const queues = stations
    .filter(({ mostWaiting }) => mostWaiting >= 1)
    .sort((a, b) => b.mostWaiting - a.mostWaiting)
    .slice(0, most)
    .map(({ name, series }): Line => {
      return { what: named(name, 'waiting'), values: series.waiting, top: 0, words: value => number(Math.round(value)) }
    })
  const repeated = calls
    .filter(one => one.attempts > one.calls * 1.05)
    .sort((a, b) => b.attempts / b.calls - a.attempts / a.calls)
    .slice(0, most)
    .map(({ name, series }): Line => {
      return { what: named(name, 'attempts'), values: series.attempts, top: 0, words: value => rate(Math.round(value)) }
    })
  const hits = caches.slice(0, most).map(({ name, series }): Line => {
    return { what: named(name, 'hits'), values: series.hitRatio, top: 1, words: shares }
  })
  return [...users, ...queues, ...repeated, ...hits]
}
