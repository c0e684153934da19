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
