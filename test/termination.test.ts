import { expect, test } from 'vitest'
import { findingsOf } from './support.ts'

test('drain-shorter-than-request counts the wait before the signal, and says what is a default', () => {
  const text = 'platform: kubernetes\nservices: { exports: { preStop: 5s, latency: { p99: 28s } } }'
  expect(findingsOf('drain-shorter-than-request', text)).toEqual([
    {
      severity: 'warning',
      message:
        '"exports" is killed 30s (the default of Kubernetes) after it was told to stop, but a request to "exports" may take 28s; expected time to finish',
      arithmetic: 'preStop 5s + 28s = 33s > 30s',
      fix: 'Raise terminationGrace to at least 33s, or make the work shorter or resumable',
    },
  ])
  expect(findingsOf('drain-shorter-than-request', text.replace('28s', '25s'))).toEqual([])
})

test('scale-to-zero-on-critical-path: five in a hundred start cold at 0.01/s and 5m', () => {
  const text = (idle: string) => `
journeys: { refund: { entry: refunds, criticality: critical, load: 0.01/s, latency: { p99: 1s } } }
services: { refunds: { replicas: { min: 0, max: 5 }, coldStart: 3s, idleTimeout: ${idle} } }
`
  expect(findingsOf('scale-to-zero-on-critical-path', text('5m'))).toEqual([
    {
      severity: 'warning',
      message:
        '4.98% of the requests of "refund" find no instance of "refunds" and wait 3s for one, but 99% must be answered within 1s; expected an instance that always runs',
      arithmetic: 'P(cold) = e^(-36/h x 5m) = 4.98%\n4.98% > 1%, and 3s > 1s',
      fix: 'Keep at least one instance running (min: 1), or keep idle ones for more than 7.68m',
    },
  ])
  expect(findingsOf('scale-to-zero-on-critical-path', text('8m'))).toEqual([])
})
