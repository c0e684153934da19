import { describe, expect, test } from 'vitest'
import { findingsOf } from './support.ts'

describe('startup-exceeds-liveness-window', () => {
  const found = (health: string, platform = '') =>
    findingsOf(
      'startup-exceeds-liveness-window',
      `${platform}\nservices: { search: { startupTime: 55s, health: { ${health} } } }`,
    )

  test('says when the instance is killed, and which startup probe would wait', () => {
    expect(found('liveness: { initialDelay: 10s, interval: 10s, failures: 3 }, startup: none')).toEqual([
      {
        severity: 'error',
        message:
          '"search" needs 55s to start, but its liveness probe kills it after 40s; expected more time than a start takes',
        arithmetic: '10s + 3 x 10s = 40s < 55s',
        fix: 'Give it a startup probe with an interval of 10s and at least 9 failures, or start in less than 40s',
      },
    ])
  })

  test('marks what is a default of the platform', () => {
    expect(found('startup: { initialDelay: 20s }', 'platform: kubernetes')).toMatchObject([
      {
        message:
          '"search" needs 55s to start, but its startup probe kills it after 50s (an interval of 10s and 3 failures are defaults of Kubernetes); expected more time than a start takes',
        fix: 'Let the startup probe fail at least 7 times, or start in less than 50s',
      },
    ])
    expect(found('startup: { interval: 2s }', 'platform: kubernetes')[0]!.message).toMatch(
      / after 6s \(3 failures is the default of Kubernetes\);/,
    )
    expect(found('startup: { initialDelay: 20s }', 'platform: ecs')).toEqual([])
  })

  test('a probe that waits for longer than its interval delays the next one', () => {
    const probe = 'initialDelay: 0s, interval: 10s, failures: 3'
    expect(found(`startup: { ${probe}, timeout: 10s }`)).toHaveLength(1)
    expect(found(`startup: { ${probe}, timeout: 19s }`)).toEqual([])
    expect(found(`startup: { ${probe}, timeout: 15s }`)[0]!.arithmetic).toBe('3 x 15s = 45s < 55s')
  })
})

describe('probe-checks-dependency', () => {
  const found = (health: string, call = 'fallback: empty', replicas = '6') =>
    findingsOf(
      'probe-checks-dependency',
      `services: { orders: { replicas: ${replicas}, health: { ${health} }, calls: [{ to: prices, ${call} }] }, prices: {} }`,
    )

  test('an error for liveness, which restarts what is healthy', () => {
    expect(found('liveness: { checks: [prices] }')).toMatchObject([
      {
        severity: 'error',
        message:
          'The liveness probe of "orders" asks "prices", so an outage there restarts 6 instances here again and again; expected it to ask nothing but its own process',
      },
    ])
    expect(found('liveness: { checks: [prices] }', 'fallback: none', '{ min: 2 }')[0]!.message).toMatch(
      /restarts every instance here/,
    )
  })

  test('a warning for readiness', () => {
    const readiness = 'readiness: { checks: [prices], failOpen: false }'
    expect(found(readiness)).toMatchObject([
      { severity: 'warning', message: expect.stringMatching(/all requests can/) },
    ])
    expect(found(readiness, 'fallback: none, probability: 10%')).toMatchObject([
      { message: expect.stringMatching(/some requests can/) },
    ])
    expect(found(readiness, 'mustSucceed: true')).toEqual([])
  })

  test('a component that one of two calls needs is needed', () => {
    const readiness = 'readiness: { checks: [prices], failOpen: false }'
    expect(found(readiness, 'fallback: none }, { to: prices, fallback: empty')).toEqual([])
  })
})
