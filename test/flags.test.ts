import { expect, test } from 'vitest'
import { yaml } from '../src/rules/define.ts'
import { rules } from '../src/rules/index.ts'
import { findingsOf, modelOf, reviewText } from './support.ts'

const text = yaml`
  owner: team-shop
  journeys: { checkout: { entry: shop, criticality: critical }, browse: { entry: news, criticality: high } }
  services: { shop: {}, news: {} }
  flags:
    new-pricing: { type: release, created: 2025-09-20, expires: none }
    blue-button: { type: experiment, expires: 2026-11-22 }
    stop-charging: { type: ops, default: none, guards: [shop] }
    stop-news: { type: ops, default: none, guards: [news] }
    try-charging: { default: none, guards: [shop] }
`

test('only a kill switch of something critical that has no value is more than a smell', () => {
  const found = findingsOf('flag-stale-or-unowned', text)
  expect(found.map(({ severity, message, arithmetic }) => [severity, message, arithmetic])).toEqual([
    [
      'warning',
      'The flag "stop-charging", a kill switch on the way of the critical "checkout", has no value while its provider is down; expected one that holds without it',
      '',
    ],
    [
      'info',
      'The release flag "new-pricing" is 429d old and never expires; expected a day on which it is gone',
      '2026-11-23 - 2025-09-20 = 429 days',
    ],
    [
      'info',
      'The experiment flag "blue-button" was to be gone 1d ago; expected it to be removed',
      '2026-11-23 - 2026-11-22 = 1 day',
    ],
    ['info', 'The flag "stop-news" has no value while its provider is down; expected one that holds without it', ''],
    ['info', 'The flag "try-charging" has no value while its provider is down; expected one that holds without it', ''],
  ])
})

test('without a day nothing is old, and nothing is asked of what has an age', () => {
  const only = rules.filter(({ id }) => id === 'flag-stale-or-unowned')
  const flags =
    'owner: a\nflags: { x: { type: release, created: 2020-01-01 }, y: { type: release, expires: 2020-01-01 } }'
  const { findings, openQuestions } = reviewText(flags, only, {})
  expect([findings, openQuestions]).toEqual([[], []])
})

test('false is the value of a flag, none is none', () => {
  const { flags } = modelOf('flags: { a: { default: false }, b: { default: none }, c: { default: off } }')
  expect([...flags.values()].map(flag => flag.default)).toEqual([false, 'none', 'off'])
})
