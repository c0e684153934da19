import { describe, expect, test } from 'vitest'
import { findingsOf } from './support.ts'

describe('health-detection-too-slow', () => {
  const text = ({
    objective = '99.999%',
    replicas = '6',
    readiness = '{}',
    liveness = 'none',
    criticality = 'normal',
    retries = '2',
    entry = 'shop',
    platform = 'kubernetes',
  } = {}) => `
platform: ${platform}
journeys: { checkout: { entry: ${entry}, criticality: ${criticality} } }
slos: { checkout-success: { journey: checkout, indicator: availability, objective: ${objective}, window: 30d } }
services:
  shop: { calls: [{ to: orders, fallback: none, retries: ${retries} }] }
  orders:
    replicas: ${replicas}
    outlierDetection: false
    health: { liveness: ${liveness}, readiness: ${readiness} }
`
  const found = (options?: Parameters<typeof text>[0]) => findingsOf('health-detection-too-slow', text(options))
  const slow = '{ interval: 30s, timeout: 5s, failures: 3 }'

  test('says what one dead instance takes of the error budget, and which defaults count', () => {
    expect(found()).toEqual([
      {
        severity: 'warning',
        message:
          'A dead instance of "orders" gets requests for 31s (an interval of 10s and 3 failures and a timeout of 1s are defaults of Kubernetes), which takes 5.17s of the error budget of "checkout-success"; expected at most 5% of it',
        arithmetic: 'T = 3 x 10s + 1s = 31s\nlost = 31s / 6 = 5.17s > 5% of (1 - 99.999%) x 30d',
        fix: 'Probe every 2s with 3 failures, or let callers stop using an instance that fails (outlierDetection)',
      },
    ])
  })

  test('needs the tightest of all limits, and only another defence where no interval is short enough', () => {
    expect(found({ objective: '99.9999%' })).toMatchObject([
      { fix: 'Let callers stop using an instance that fails (outlierDetection)' },
    ])
    expect(found({ readiness: slow, criticality: 'critical', objective: '99.9%' })).toMatchObject([
      {
        message: 'A dead instance of "orders" gets requests for 95s; expected at most 1m for a critical service',
        arithmetic: 'T = 3 x 30s + 5s = 95s > 1m',
        fix: 'Probe every 18s with 3 failures, or let callers stop using an instance that fails (outlierDetection)',
      },
    ])
  })

  test('counts instances at full scale, and the faster of both probes', () => {
    expect(found({ objective: '99.99%', replicas: '2' })).toHaveLength(1)
    expect(found({ objective: '99.99%', replicas: '{ min: 2, max: 3 }' })).toEqual([])
    expect(found({ objective: '99.9%', readiness: slow, criticality: 'critical', liveness: '{}' })).toEqual([])
    expect(found({ objective: '99.9%', readiness: slow })).toEqual([])
  })

  test('a retry hides it where every caller tries another instance after a timeout, and users come through callers', () => {
    const elsewhere = '{ max: 1, differentReplica: true }'
    expect(found({ retries: elsewhere })).toEqual([])
    expect(found({ retries: elsewhere, entry: 'orders' })).toHaveLength(1)
    expect(found({ retries: '{ max: 1, differentReplica: true, retryOn: [timeout] }' })).toEqual([])
    expect(found({ retries: '{ max: 1, differentReplica: true, retryOn: [connect] }' })).toHaveLength(1)
    expect(found({ retries: '{ max: 0, differentReplica: true }' })).toHaveLength(1)
  })

  test('assumes defaults on Kubernetes only', () => {
    expect(found({ platform: 'ecs' })).toEqual([])
  })
})
