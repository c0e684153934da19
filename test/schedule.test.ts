import { describe, expect, test } from 'vitest'
import { hoursOf, lead, lengthOf, shortestGap, timesOfDay } from '../src/analysis/schedule.ts'

const hour = 3_600_000
const at = (time: string) => hoursOf(`${time}-00:00`).from

describe('times of day', () => {
  test.each<[string, string[]]>([
    ['0 3 * * *', ['03:00']],
    ['30 11,13 * * 1-5', ['11:30', '13:30']],
    ['0 0 1 1 *', ['00:00']],
    ['*/30 22-23 * * *', ['22:00', '22:30', '23:00', '23:30']],
    ['@daily', ['00:00']],
  ])('%s', (schedule, times) => {
    expect(timesOfDay(schedule)).toEqual(times.map(at))
  })

  test('every minute', () => {
    expect(timesOfDay('* * * * *')).toHaveLength(1440)
  })

  test.each(['nightly', '60 * * * *', '0 0 12 * * *', '2026-10-02T12:00:00', ''])('not cron: %s', text => {
    expect(timesOfDay(text)).toBeUndefined()
  })
})

test.each<[string, number]>([
  ['11:30-13:30', 2],
  ['22:00-02:00', 4],
  ['08:00-08:00', 24],
])('%s lasts %d hours', (text, hours) => {
  expect(lengthOf(hoursOf(text))).toBe(hours * hour)
})

test.each<[string, number | undefined]>([
  ['*/5 * * * *', 1 / 12],
  // After :56 comes :00.
  ['*/7 * * * *', 4 / 60],
  ['0 23,1 * * *', 2],
  ['0 3 * * 1', 7 * 24],
  ['0 3 1 * *', 28 * 24],
  ['0 0 30 2 *', undefined],
  ['nightly', undefined],
])('%s fires every %d hours at its closest', (schedule, hours) => {
  expect(shortestGap(schedule)).toBe(hours === undefined ? undefined : hours * hour)
})

describe('lead', () => {
  test.each<[string[], string, number]>([
    [['12:00'], '11:30-13:30', 0],
    [['11:30'], '11:30-13:30', 0],
    // The end does not belong to the hours any more.
    [['13:30'], '11:30-13:30', 22],
    [['03:30', '10:30'], '11:30-13:30', 1],
    [['01:00'], '22:00-02:00', 0],
    [['20:00'], '22:00-02:00', 2],
    [['23:30'], '00:30-01:00', 1],
    [['05:00'], '08:00-08:00', 0],
  ])('%s before %s: %d hours', (times, hours, expected) => {
    expect(lead(times.map(at), hoursOf(hours))).toBe(expected * hour)
  })
})
