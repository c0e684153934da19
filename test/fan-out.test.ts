import { expect, test } from 'vitest'
import { anySlow } from '../src/analysis/fan-out.ts'
import rule from '../src/rules/partial-failure/fan-out-tail.ts'
import { yaml } from '../src/rules/define.ts'
import { reviewText } from './support.ts'

test.each([
  [20, 0.01, 0.182],
  [100, 0.01, 0.634],
  [2000, 0.0001, 0.181],
  [1, 0.05, 0.05],
  [20, 0, 0],
])('of %d calls, each slow with %d, one is slow with %d', (calls, share, slow) => {
  expect(anySlow([{ share, calls }])).toBeCloseTo(slow, 3)
  expect(
    anySlow([
      { share, calls: calls - 1 },
      { share, calls: 1 },
    ]),
  ).toBeCloseTo(slow, 3)
})

const said = (call: string, latency: string, target = '{ p99: 300ms }', before = '') => {
  const text = yaml`
    journeys: { search: { entry: web, latency: TARGET } }
    services:
      web: { calls: [{ to: search, fallback: none BEFORE }] }
      search: { calls: [{ to: shard, fallback: none, hedge: none, CALL }] }
      shard: { latency: LATENCY }
  `
  const full = text
    .replace('TARGET', target)
    .replace('CALL', call)
    .replace('LATENCY', latency)
    .replace('BEFORE', before)
  const { findings, openQuestions } = reviewText(full, [rule])
  return [
    ...findings.map(({ message }) => /[\d.]+%/.exec(message)![0]),
    ...openQuestions.map(({ fact }) => fact.at(-1)),
  ]
}

test('what is surely late is compared with what the target allows', () => {
  expect(said('callsPerRequest: 20, quorum: 20', '{ p99: 301ms }')).toEqual(['18.21%'])
  expect(said('callsPerRequest: 20, quorum: 20', '{ p99: 300ms, p999: 301ms }')).toEqual(['1.98%'])
  expect(said('callsPerRequest: 10, quorum: 10', '{ p99: 300ms, p999: 301ms }')).toEqual([])
  expect(said('callsPerRequest: 11, quorum: 11', '{ p99: 300ms, p999: 301ms }')).toEqual(['1.09%'])
  expect(said('callsPerRequest: 20, quorum: 20', '{ p999: 301ms }', '{ p999: 300ms }')).toEqual(['1.98%'])
  expect(said('callsPerRequest: 20, quorum: 20', '{ p99: 301ms }', '{ p999: 300ms }')).toEqual([])
  expect(said('callsPerRequest: 20, quorum: 20', '{ p99: 151ms }')).toEqual(['p999'])
  expect(said('callsPerRequest: 20, quorum: 20', '{ p99: 150ms }')).toEqual([])
})

test('shares of requests and of calls count with their share', () => {
  expect(said('callsPerRequest: 20, quorum: 20, probability: 50%', '{ p99: 301ms }')).toEqual(['9.54%'])
  expect(said('callsPerRequest: 20, quorum: 20', '{ p99: 301ms }', '{ p99: 300ms }', ', probability: 50%')).toEqual([
    '9.1%',
  ])
  expect(said('callsPerRequest: 20, quorum: 20', '{ p99: 301ms }', '{ p99: 300ms }', ', probability: 5%')).toEqual([])
})

test('one quorum is said for the whole group', () => {
  const text = yaml`
    defaults: { calls: { fallback: none, hedge: none } }
    journeys: { search: { entry: web, latency: { p99: 300ms } } }
    services:
      web:
        calls:
          - { to: a, parallelGroup: shards, callsPerRequest: 3 }
          - { to: b, parallelGroup: shards, callsPerRequest: 3, quorum: QUORUM }
    externals: { a: { latency: { p99: 301ms } }, b: { latency: { p99: 301ms } } }
  `
  expect(reviewText(text.replace('QUORUM', '5'), [rule]).findings).toEqual([])
  const [found, ...others] = reviewText(text.replace('QUORUM', '6'), [rule]).findings
  expect(others).toEqual([])
  expect(found?.message).toContain('one of 6 parallel calls')
})

test('only calls that somebody waits for are in a group', () => {
  const text = yaml`
    defaults: { calls: { fallback: none, hedge: none } }
    journeys: { search: { entry: web, latency: { p99: 300ms } } }
    services:
      web:
        calls:
          - { to: b, parallelGroup: shards, mode: async, callsPerRequest: 4 }
          - { to: a, parallelGroup: shards, callsPerRequest: 3, quorum: 3 }
          - { to: b, parallelGroup: shards, callsPerRequest: 3, mode: async }
    externals: { a: { latency: { p99: 301ms } }, b: { latency: { p99: 301ms } } }
  `
  expect(reviewText(text, [rule]).findings).toEqual([])
})
