import { expect, test } from 'vitest'
import { readRules } from '../src/evidence/prometheus/rules.ts'
import { recordingsOf, waysOf } from '../src/evidence/prometheus/tiers.ts'
import { duration, number } from '../src/units.ts'

const total = (window: string) => `sum(rate(http_requests_total[${window}]))`
const good = (window: string) => `sum(rate(http_requests_total{code="200"}[${window}]))`

/** `0.0144 1h 5m` for each way in which an alert fires; what the other rules of the file record is known. */
function ways(expr: string, records: Record<string, string> = {}): string[] {
  const recorded = Object.entries(records).map(([name, own]) => ({ record: name, expr: own }))
  const text = JSON.stringify({ groups: [{ rules: [...recorded, { alert: 'A', expr }] }] })
  const { rules, faults } = readRules({ name: 'a.yaml', text })
  expect(faults).toEqual([])
  return waysOf(
    rules.find(({ kind }) => kind === 'alert')!,
    recordingsOf(rules),
  ).map(({ tier, dead }) =>
    [
      ...(tier
        ? [
            `${tier.unit === 'burnRate' ? 'x' : ''}${number(tier.threshold)}`,
            duration(tier.longWindow),
            ...(tier.shortWindow === undefined ? [] : [duration(tier.shortWindow)]),
          ]
        : ['nothing']),
      ...(dead ? ['never'] : []),
    ].join(' '),
  )
}

test.each([
  ['a share of good events', `${good('1h')} / ${total('1h')} < 0.9856`, ['0.0144 1h']],
  ['what is left of all', `1 - ${good('1h')} / ${total('1h')} > 0.0144`, ['0.0144 1h']],
  [
    'what is left of all, before it is divided',
    `(${total('1h')} - ${good('1h')}) / ${total('1h')} > 0.0144`,
    ['0.0144 1h'],
  ],
  ['a percentage', `100 * ${good('6h')} / ${total('6h')} > 1.5`, ['0.015 6h']],
  ['a burn rate', 'checkout:burnrate1h > 14.4', ['x14.4 1h']],
  ['a burn rate that is a ratio of errors', 'checkout:burnrate1h > 14 * (1 - 0.99)', ['0.14 1h']],
  ['the short window first', 'a:ratio_rate5m > 0.1 and a:ratio_rate1h > 0.1', ['0.1 1h 5m']],
  ['traffic beside it', `a:ratio_rate1h > 0.1 and ${total('5m')} > 10`, ['0.1 1h']],
  ['a subquery', 'avg_over_time((a:ratio_rate5m)[1h:5m]) > 0.1', ['nothing']],
  ['windows that differ within one quotient', `${good('5m')} / ${total('1h')} > 0.1`, ['nothing']],
  ['no window', 'errors / requests > 0.1', ['nothing']],
  ['a queue', 'queue_age_seconds > 300', ['nothing']],
])('%s', (_, expr, expected) => {
  expect(ways(expr)).toEqual(expected)
})

test('a recording rule says its window; the name says it where several are behind it, or none is there', () => {
  const expr = 'a:ratio_rate1h > 0.1'
  expect(ways(expr)).toEqual(['0.1 1h'])
  expect(ways(expr, { 'a:ratio_rate1h': `${good('5m')} / ${total('5m')}` })).toEqual(['0.1 5m'])
  expect(ways(expr, { 'a:ratio_rate1h': `${good('5m')} / ${total('30d')}` })).toEqual(['0.1 1h'])
  expect(ways('a:errors:share > 0.1', { 'a:errors:share': `1 - ${good('6h')} / ${total('6h')}` })).toEqual(['0.1 6h'])
})

test('a budget that is recorded is a number', () => {
  expect(ways('a:ratio_rate1h > 14.4 * on () group_left budget', { budget: 'vector(1 - 0.999)' })).toEqual([
    '0.0144 1h',
  ])
  // Not recorded in these files, and yet a budget by its name; of another metric nobody knows what it is.
  expect(ways('a:ratio_rate1h > 14.4 * on () group_left error_budget')).toEqual(['x14.4 1h'])
  expect(ways('a:ratio_rate1h > 14.4 * on () group_left other')).toEqual(['nothing'])
})

test.each([
  ['buckets of a histogram', 'sum(rate(d_bucket{le="0.5"}[1h])) / sum(rate(d_count[1h])) > 1'],
  ['buckets of a bucket', 'sum(rate(d_bucket{le="0.5"}[1h])) / sum(rate(d_bucket{le="+Inf"}[1h])) > 1'],
  ['what is left of all', `(${total('1h')} - ${good('1h')}) / ${total('1h')} > 1`],
  ['good events', `${good('1h')} / ${total('1h')} < 0`],
  ['what is recorded', 'a:errors:share > 1'],
])('a share is never above 1 nor below 0: %s', (_, expr) => {
  expect(ways(expr, { 'a:errors:share': `${good('1h')} / ${total('1h')}` })[0]).toMatch(/never$/)
})

test.each([
  ['other labels', 'sum(rate(a{x="1"}[1h])) / sum(rate(a{y="2"}[1h])) > 1'],
  ['other windows', 'sum(rate(a{x="1"}[1h])) / sum(rate(a[5m])) > 1'],
  ['sum by count', 'sum(rate(d_sum[1h])) / sum(rate(d_count[1h])) > 1'],
  ['the whole by the part', `${total('1h')} / ${good('1h')} > 1`],
  ['a difference from something else', `(${total('1h')} - ${good('1h')}) / ${good('1h')} > 1`],
])('and what only looks like one may be: %s', (_, expr) => {
  expect(ways(expr)[0]).not.toMatch(/never/)
})
