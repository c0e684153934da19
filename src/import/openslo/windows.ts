import { at, factOf, textOf, type Spot } from '../spot.ts'
import type { ImportedFact } from '../system.ts'

/** Days in what OpenSLO counts by the calendar: a month has 30, a quarter 90, a year 365. */
const days: Readonly<Record<string, number>> = {
  d: 1,
  w: 7,
  M: 30,
  Q: 90,
  Y: 365,
  Day: 1,
  Week: 7,
  Month: 30,
  Quarter: 90,
  Year: 365,
}

/** `duration: 28d`, or in the first draft `count: 28` and `unit: Day`. */
export function windowOf(window: Spot): ImportedFact[] {
  const spot = at(window, 'duration').value === undefined ? at(window, 'count') : at(window, 'duration')
  const [, amount, letter = ''] = /^(\d{1,4})([mhdwMQY])$/.exec(textOf(spot) ?? '') ?? []
  const unit = letter || (textOf(at(window, 'unit')) ?? '')
  const count = Number(amount ?? textOf(spot))
  if (!(count > 0)) return []
  if (unit === 'h' || unit === 'Hour') return [factOf(['window'], `${count}h`, spot, 'timeWindow', 'stated')]
  const factor = days[unit]
  if (factor === undefined) return []
  return [factOf(['window'], `${count * factor}d`, spot, 'timeWindow', factor > 7 ? 'derived' : 'stated')]
}

/** Minutes: nobody promises anything over those, and `1m` is a common slip for the month that is written `1M`. */
export const isTooShort = (window: Spot): boolean => /^\d+m$/.test(textOf(at(window, 'duration')) ?? '')
