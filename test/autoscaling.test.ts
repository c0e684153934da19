import { describe, expect, test } from 'vitest'
import { findingsOf } from './support.ts'

describe('autoscale-metric-blind', () => {
  const orders = ({ platform = 'kubernetes', autoscaling = 'target: 65%', concurrency = 10, min = 3 } = {}) => `
platform: ${platform}
journeys: { checkout: { entry: orders, load: { steady: 100/s, peak: 600/s } } }
services:
  orders:
    replicas: { min: ${min}, max: 12 }
    autoscaling: { metric: cpu, ${autoscaling} }
    concurrency: ${concurrency}
    serviceTime: { mean: 20ms }
    cpu: { request: 1, limit: 2, perRequest: 4ms }
    calls: [{ to: payments }]
externals: { payments: { latency: { mean: 80ms } } }
`
  const found = (options?: Parameters<typeof orders>[0]) => findingsOf('autoscale-metric-blind', orders(options))

  test('says what full slots burn, from where on the autoscaler acts, and a target that it passes in time', () => {
    expect(found()).toEqual([
      {
        severity: 'warning',
        message:
          '"orders" has all slots busy at 40% CPU, but its autoscaler adds instances only above 71.5%; expected a metric that sees full slots',
        arithmetic:
          'u = 10 x 4ms / (100ms x 1) = 40%\n40% <= 65% x 1.1 = 71.5%\n60 slots are busy at the peak, of 3 x 10 = 30 before any instance is added',
        fix: 'Scale on concurrency, or lower the target to 28%, where 70% of the slots are busy',
      },
    ])
  })

  test('acts above the target, and on Kubernetes only beyond its tolerance', () => {
    expect(found({ autoscaling: 'target: 38%' })).toHaveLength(1)
    expect(found({ autoscaling: 'target: 36%' })).toEqual([])
    expect(found({ autoscaling: 'target: 38%', platform: 'ecs' })).toEqual([])
    expect(found({ autoscaling: 'target: 40%', platform: 'ecs' })).toHaveLength(1)
    expect(found({ autoscaling: 'target: 38%, tolerance: 5%' })).toEqual([])
  })

  test('no target helps where the tolerance is as wide as the slots that are left', () => {
    expect(found({ autoscaling: 'target: 40%, tolerance: 50%' })).toMatchObject([{ fix: 'Scale on concurrency' }])
    expect(found({ concurrency: 1, min: 1 })).toMatchObject([{ fix: expect.stringContaining('to 2%') as string }])
  })

  test('needs no autoscaler where the fewest instances carry the peak', () => {
    expect(found({ min: 5 })).toHaveLength(1)
    expect(found({ min: 6 })).toEqual([])
  })

  const worker = (queues: string) => `
services:
  mails:
    replicas: { min: 2, max: 12 }
    autoscaling: { metric: cpu, target: 60% }
    cpu: { request: 0.5, perRequest: 3ms }
    consumes:
      - { from: receipts, group: mails, concurrency: 8, processing: { mean: 90ms } }
      - { from: reminders, group: mails, concurrency: 1, processing: { mean: 90ms } }
queues: { ${queues} }
`
  test('a worker burns what the messages of all its queues cost, and is short where one of them is', () => {
    const shown = (queues: string) => findingsOf('autoscale-metric-blind', worker(queues))
    expect(shown('receipts: { load: 200/s }, reminders: { load: 1/s }')).toMatchObject([
      {
        arithmetic:
          'u = 8 x 3ms / (90ms x 0.5) + 1 x 3ms / (90ms x 0.5) = 60%\n60% <= 60%\n18 slots are busy at the peak, of 2 x 8 = 16 before any instance is added',
        fix: 'Scale on queueAge, or lower the target to 42%, where 70% of the slots are busy',
      },
    ])
    expect(shown('receipts: { load: 100/s }, reminders: { load: 30/s }')).toMatchObject([
      { arithmetic: expect.stringContaining('2.7 slots are busy at the peak, of 2 x 1 = 2') as string },
    ])
    expect(shown('receipts: { load: 100/s }, reminders: { load: 1/s }')).toEqual([])
  })

  const weighted = (browse: string) => `
journeys:
  checkout: { entry: shop, load: { steady: 10/s, peak: 20/s } }
  browse: { entry: shop, load: { steady: ${browse}, peak: 9000/s } }
services:
  shop:
    replicas: { min: 1, max: 60 }
    autoscaling: { metric: cpu, target: 65% }
    concurrency: 10
    serviceTime: { mean: 8ms }
    cpu: { request: 1, perRequest: 4ms }
    calls: [{ to: bank, serves: [checkout] }]
externals: { bank: { latency: { mean: 500ms } } }
`
  test('weights the calls of journeys by their loads', () => {
    expect(findingsOf('autoscale-metric-blind', weighted('5000/s'))).toEqual([])
    expect(findingsOf('autoscale-metric-blind', weighted('10/s'))).toMatchObject([
      { arithmetic: expect.stringContaining('u = 10 x 4ms / (258ms x 1) = 15.5%') as string },
    ])
  })
})
