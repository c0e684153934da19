import { expect, test } from 'vitest'
import { findingsOf } from './support.ts'

/** Numbers and severities of rules about pools, waits and headroom, which marks in examples cannot show. */

const searchWith = (load: string, call: string, service = 'replicas: 6') => `
journeys:
  search: { entry: search, load: ${load} }
services:
  search: { ${service}, calls: [{ to: search-db, ${call} }] }
stores:
  search-db: {}
`

test('a pool that is too small at the steady load is an error, at the peak a warning', () => {
  const severity = (load: string, call: string, service?: string) =>
    findingsOf('pool-smaller-than-demand', searchWith(load, call, service)).map(finding => finding.severity)
  expect(severity('{ steady: 300/s, peak: 300/s }', 'holdTime: 20ms, pool: 1')).toEqual(['error'])
  expect(severity('{ steady: 299/s, peak: 300/s }', 'holdTime: 20ms, pool: 1')).toEqual(['warning'])
  expect(severity('{ steady: 299/s, peak: 299/s }', 'holdTime: 20ms, pool: 1')).toEqual([])
  // A tenth of the requests make the call; each process has a pool; the connection is held once for all five calls.
  expect(severity('{ steady: 300/s, peak: 600/s }', 'holdTime: 20ms, pool: 1, probability: 10%')).toEqual([])
  expect(severity('300/s', 'holdTime: 20ms, pool: 1', 'replicas: 6, processes: 2')).toEqual([])
  expect(severity('300/s', 'holdTime: 4ms, pool: 1, callsPerRequest: 5')).toEqual([])
  // An autoscaler may have added instances by then, as far as is stated; without one only the least number is sure.
  expect(severity('300/s', 'holdTime: 20ms, pool: 1', 'replicas: { min: 6, max: 7 }')).toEqual([])
  expect(severity('300/s', 'holdTime: 20ms, pool: 1', 'replicas: { min: 6, max: 7 }, autoscaling: none')).toEqual([
    'error',
  ])
})

test('the fix of a small pool gives the pool of one process', () => {
  const text = searchWith('{ steady: 40/s, peak: 200/s }', 'holdTime: 450ms, pool: 10', 'replicas: 4, processes: 2')
  expect(findingsOf('pool-smaller-than-demand', text)).toEqual([
    {
      severity: 'warning',
      message:
        '"search -> search-db" needs 90 connections at its peak, and the pools of "search" hold 80; expected a pool of at least 12',
      arithmetic: 'a = 200/s x 450ms = 90 busy connections\nrho = 90 / (4 x 2 x 10) = 1.13',
      fix: 'Raise the pool to at least 12 (15 for a utilisation of 0.8), or hold a connection for less time',
    },
  ])
})

const searchThat = (service: string, journey = 'latency: { p99: 500ms }') => `
journeys:
  search: { entry: search, load: { steady: 100/s, peak: 240/s }, ${journey} }
services:
  search: { serviceTime: { mean: 80ms }, ${service} }
`

test('a wait for a slot that is too long says what it is made of', () => {
  expect(findingsOf('utilisation-too-high', searchThat('replicas: 2, concurrency: 10'))).toEqual([
    {
      severity: 'warning',
      message:
        'One in a hundred requests waits at least 438ms for one of the 20 slots of "search" at its peak; expected at most 420ms, what 80ms of work leave of the 500ms that "search" may take',
      arithmetic: [
        'a = 240/s x 80ms own work = 19.2 busy slots',
        'rho = 19.2 / (2 x 10) = 0.96',
        'C = 0.801 of requests wait (random arrivals, exponential times, all slots shared evenly)',
        'p99 wait = 80ms / (20 - 19.2) x ln(C / 0.01) = 438ms > 500ms - 80ms = 420ms',
      ].join('\n'),
      fix: 'Raise the maximum to at least 3 replicas, or make requests hold their slot for less time',
    },
  ])
})

test('the limit of a wait is what the work leaves, to the millisecond', () => {
  const found = (service: string, limit: string) =>
    findingsOf('utilisation-too-high', searchThat(service, `latency: { p99: ${limit} }`)).length
  expect(found('replicas: 2, concurrency: 10', '518ms')).toBe(1)
  expect(found('replicas: 2, concurrency: 10', '519ms')).toBe(0)
  expect(found('replicas: 1, concurrency: 24', '131ms')).toBe(1)
  expect(found('replicas: 1, concurrency: 24', '132ms')).toBe(0)
  // Without any wait it is later than that: the fault of something else.
  expect(found('replicas: 2, concurrency: 10', '80ms')).toBe(0)
  expect(found('replicas: 3, concurrency: 6', '500ms')).toBe(1)
})

const pushed = (over: string, service: string) => `
platform: kubernetes
journeys:
  search: { entry: search, load: { steady: 50/s, peak: 600/s, spike: { from: 50/s, to: 600/s, over: ${over} } } }
services:
  search:
    concurrency: 10
    serviceTime: { mean: 120ms }
    startupTime: 45s
    autoscaling: { metric: cpu, target: 65%, window: 30s, provisioning: 0s, scheduled: false }
    replicas: { ${service}, max: 20 }
`

test('a spike is held against the instances that run before new ones serve', () => {
  expect(findingsOf('autoscale-headroom', pushed('20s', 'min: 3'))).toEqual([
    {
      severity: 'warning',
      message:
        '"search" needs 72 slots 1.5m into a spike of "search", when the first new instance serves; the 3 that run before have 30 slots',
      arithmetic:
        'T = 30s window + 15s sync + 45s startup = 1.5m\nload after 20s = 50/s + (600/s - 50/s) x 100% = 600/s\nrho = 72 / (3 x 10) = 2.4',
      fix: 'Keep at least 8 replicas, or add instances ahead of the spike',
    },
  ])
  const found = (over: string, min: string) => findingsOf('autoscale-headroom', pushed(over, min)).length
  expect([found('20s', 'min: 7'), found('20s', 'min: 8')]).toEqual([1, 0])
  // Half of the rise after 90s are 325/s, or 39 slots.
  expect([found('180s', 'min: 3'), found('180s', 'min: 4')]).toEqual([1, 0])
  expect(found('0s', 'min: 7')).toBe(1)
})
