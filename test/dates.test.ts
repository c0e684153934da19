import { expect, test } from 'vitest'
import { ageAt } from '../src/analysis/dates.ts'
import { exampleDay } from '../src/rules/define.ts'
import { rule } from './fake-rules.ts'
import { reviewText } from './support.ts'

const days = (n: number) => n * 86_400_000

test('an age is whole days, whatever months and years lie between', () => {
  expect(ageAt('2026-11-23', '2026-11-23')).toBe(0)
  expect(ageAt('2026-03-01', '2026-02-28')).toBe(days(1))
  expect(ageAt('2028-03-01', '2028-02-28')).toBe(days(2))
  expect(ageAt('2026-01-01', '2025-01-01')).toBe(days(365))
  expect(ageAt('2026-11-23', '2026-12-01')).toBe(days(-8))
  expect(ageAt('2026-03-02', '2026-02-30')).toBe(0)
})

test('nothing has an age without a day to judge it by', () => {
  expect(ageAt(undefined, '2020-01-01')).toBeUndefined()
})

test('rules see the date of the review, and no other', () => {
  const seen: (string | undefined)[] = []
  const look = rule('look', (_service, { today }) => {
    seen.push(today)
    return []
  })
  const text = 'services: { web: {} }\n'
  reviewText(text, [look], { today: '2030-01-31' })
  reviewText(text, [look], {})
  reviewText(text, [look])
  expect(seen).toEqual(['2030-01-31', undefined, exampleDay])
})
