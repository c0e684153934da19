import type { Cron } from 'croner'
import type { Journey } from '../manifest/model.ts'
import { cronOf } from './cron.ts'

/** Hours of the day as `11:30-13:30`, in milliseconds from midnight. `to` is before `from` where they go over midnight. */
export interface Hours {
  readonly from: number
  readonly to: number
}

const minute = 60_000
const day = 24 * 60 * minute

export function hoursOf(text: string): Hours {
  const [from = 0, to = 0] = text.split('-').map(time => {
    const [h, m] = time.split(':')
    return (Number(h) * 60 + Number(m)) * minute
  })
  return { from, to }
}

const untilNext = (from: number, to: number): number => (to - from + day) % day

/** `23:00-23:00` is the whole day. */
export const lengthOf = ({ from, to }: Hours): number => untilNext(from, to) || day

/** The longest peak that is stated, in milliseconds. */
export function longestPeak(journeys: readonly Journey[]): number | undefined {
  const windows = journeys.flatMap(({ load }) => load?.peakWindow ?? [])
  return windows.length === 0 ? undefined : Math.max(...windows.map(window => lengthOf(hoursOf(window))))
}

/**
 * Times of the day at which a cron expression fires, on the days on which it does. `undefined` for what is not an expression
 * with five fields.
 */
export function timesOfDay(schedule: string): number[] | undefined {
  const daily = dailyPart(schedule)
  if (!daily) return undefined
  const times: number[] = []
  // Any day will do. The search begins before midnight, as it looks for what comes after.
  let run = daily.nextRun(new Date(-1))
  while (run && run.getTime() < day) {
    times.push(run.getTime())
    run = daily.nextRun(run)
  }
  return times
}

/** Runs that are looked at: more than a week of every second hour, and two years of every week. */
const someRuns = 100

/** Shortest time between two runs of a cron expression; `undefined` for what is not one with five fields, or hardly ever fires. */
export function shortestGap(schedule: string): number | undefined {
  if (!knownGaps.has(schedule)) knownGaps.set(schedule, gapOf(schedule))
  return knownGaps.get(schedule)
}

/** Working out a hundred runs takes longer than all else about a job, and several rules ask. */
const knownGaps = new Map<string, number | undefined>()

function gapOf(schedule: string): number | undefined {
  if (timesOfDay(schedule) === undefined) return undefined
  const runs = cronOf(schedule).nextRuns(someRuns, new Date(0))
  const gaps = runs.slice(1).map((run, i) => run.getTime() - runs[i]!.getTime())
  return gaps.length === 0 ? undefined : Math.min(...gaps)
}

function dailyPart(schedule: string): Cron | undefined {
  try {
    const [minutes, hours] = cronOf(schedule).getPattern()?.split(/\s+/) ?? []
    return minutes === undefined ? undefined : cronOf(`${minutes} ${hours} * * *`)
  } catch {
    return undefined
  }
}

/** How long before the hours the last run starts that may reach into them; 0 for a run that starts within. */
export function lead(times: readonly number[], hours: Hours): number {
  const length = lengthOf(hours)
  return Math.min(...times.map(time => (untilNext(hours.from, time) < length ? 0 : untilNext(time, hours.from))))
}
