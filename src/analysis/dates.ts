const day = 86_400_000

/** Milliseconds from one ISO date to another; negative when it is yet to come, `undefined` when there is no day to judge it by. */
export const ageAt = (today: string | undefined, date: string): number | undefined =>
  today === undefined ? undefined : (dayNumber(today) - dayNumber(date)) * day

/** Days by the calendar. `Date.UTC` counts on from a 30 February, on which engines differ when they parse it. */
function dayNumber(date: string): number {
  const [year = 0, month = 1, dayOfMonth = 1] = date.split('-').map(Number)
  return Date.UTC(year, month - 1, dayOfMonth) / day
}
