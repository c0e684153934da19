import { expect, test } from 'vitest'
import { yaml } from '../src/rules/define.ts'
import { findingsOf } from './support.ts'

test('times that contradict each other are named with what they should be', () => {
  const found = findingsOf(
    'contradictory-facts',
    yaml`
      services:
        shop:
          latency: { mean: 3ms, p50: 20ms, p99: 500ms }
          serviceTime: { p50: 90ms, p99: 60ms }
          consumes: [{ from: order-events, processing: { mean: 4ms, p99: 500ms } }]
    `,
  )
  expect(found.map(({ message }) => message)).toEqual([
    '"shop" has a mean of 3ms for its latency, though 50% of the times are 20ms or more; expected a mean of at least 10ms',
    '"shop" has a p99 of 60ms for its serviceTime, less than its p50 of 90ms; expected a p99 of at least 90ms',
    '"order-events -> shop" has a mean of 4ms for its processing, though 1% of the times are 500ms or more; expected a mean of at least 5ms',
  ])
})
