import { describe, expect, test } from 'vitest'
import { factsOf } from '../src/analysis/index.ts'
import { afterLoss, sizeFor, zoneLossOf } from '../src/analysis/zone-loss.ts'
import { findingsOf, modelOf } from './support.ts'

test.each([
  [12, 2, 24],
  [12, 3, 18],
  [12, 4, 16],
  [6, 3, 9],
  [5, 3, 8],
])('%i needed over %i zones take %i', (needed, zones, size) => {
  expect(sizeFor(needed, zones)).toBe(size)
  expect(afterLoss(size, zones)).toBeGreaterThanOrEqual(needed)
  expect(afterLoss(size - 1, zones)).toBeLessThan(needed)
})

const text = (service: string, load = '{ steady: 600/s, peak: 600/s }') => `
journeys: { checkout: { entry: orders, criticality: critical, load: ${load} } }
services: { orders: { concurrency: 10, serviceTime: { mean: 200ms }, ${service} } }
`
const lossOf = (service: string, load?: string) => {
  const model = modelOf(text(service, load))
  return zoneLossOf(model.services.get('orders')!, 'peak', factsOf(model))
}

describe('zoneLossOf', () => {
  test('twelve of twelve needed leave eight', () => {
    expect(lossOf('zones: 3, replicas: 12')).toMatchObject({
      zones: 3,
      instances: { low: 12, high: 12 },
      needed: { low: 12, high: 12 },
      survivors: 8,
      shortfall: 4,
      enough: 18,
      missing: [],
    })
    expect(lossOf('zones: 3, replicas: 18')).toMatchObject({ survivors: 12, shortfall: 0, missing: [] })
  })

  test('a load test of one instance counts instead of its slots', () => {
    expect(lossOf('zones: 2, replicas: 12, capacity: { rps: 100 }')).toMatchObject({ needed: { low: 6 }, shortfall: 0 })
  })

  test('what an autoscaler keeps running counts, up to its maximum', () => {
    const of = (target: string, max: number) =>
      lossOf(`zones: 3, replicas: { min: 3, max: ${max} }, autoscaling: { metric: cpu, target: ${target} }`)
    expect(of('60%', 30)).toMatchObject({ instances: { low: 20 }, survivors: 13, shortfall: 0, missing: [] })
    expect(of('80%', 30)).toMatchObject({ instances: { low: 15 }, survivors: 10, shortfall: 2 })
    expect(of('60%', 15)).toMatchObject({ instances: { low: 15 }, survivors: 10, shortfall: 2 })
  })

  test('one zone, or no instances, have no zone to lose', () => {
    expect(lossOf('zones: 1, replicas: 12')).toBeUndefined()
    expect(lossOf('zones: 3, runtime: serverless')).toBeUndefined()
  })
})

describe('az-loss-capacity', () => {
  const found = (service: string, load?: string) => findingsOf('az-loss-capacity', text(service, load))

  test('says how many were needed before', () => {
    expect(found('zones: 3, replicas: 12')).toEqual([
      {
        severity: 'error',
        message:
          'The loss of one of 3 zones leaves 8 of 12 instances of "orders", but its steady load needs 12; expected 18 before the loss',
        arithmetic: 'left = 12 - 12 / 3 rounded up = 8 < 12\nn = 12 x 3 / 2 = 18',
        fix: 'Keep at least 18 instances running',
      },
    ])
  })

  test('is a warning where only the peak does not fit', () => {
    const scaled = 'zones: 3, replicas: { min: 6, max: 30 }, autoscaling: { metric: cpu, target: 80% }'
    expect(found(scaled, '{ steady: 60/s, peak: 600/s }')).toMatchObject([
      { severity: 'warning', fix: 'Keep at least 18 instances running, or let the autoscaler aim at 66% at most' },
    ])
  })

  test('a service that is stated to matter less is left out', () => {
    expect(found('zones: 3, replicas: 12, criticality: best-effort')).toEqual([])
    expect(found('zones: 3, replicas: 12, criticality: high')).toHaveLength(1)
  })
})
