import { describe, expect, test } from 'vitest'
import type { Fault } from '../src/simulate/plan.ts'
import { simulate } from './closed-forms.ts'

/** What one kind of call, worker or limit does, on systems small enough to say the numbers beforehand. */

const down = (component: string): Fault => ({ kind: 'down', component, from: 0, to: 20_000 })
const short = { duration: 20_000, warmUp: 0 }
const shop = (calls: string, more = '') => `
journeys: { buy: { entry: web, load: 100/s } }
services:
  web: { replicas: 1, concurrency: 1000, queueLimit: none, serviceTime: { mean: 1ms }, calls: [${calls}] }
  a: { replicas: 1, concurrency: 1000, queueLimit: none, serviceTime: { mean: 5ms } }
  b: { replicas: 1, concurrency: 1000, queueLimit: none, serviceTime: { mean: 5ms } }
${more}`
const call = (to: string, more: string) => `{ to: ${to}, timeout: 1s, retries: none, ${more} }`
const counts = (text: string, faults: readonly Fault[]) => simulate(text, { ...short, faults }).journeys[0]!.counts

describe('a call to what is down', () => {
  test('fails a request that cannot do without', () => {
    const { arrivals, failed } = counts(shop(call('a', 'fallback: none')), [down('a')])
    expect(failed).toBe(arrivals)
  })

  test('degrades a request that can, and no other', () => {
    const text = shop(`${call('a', 'optional: true')}, ${call('b', 'fallback: none')}`)
    const without = counts(text, [down('a')])
    expect(without).toMatchObject({ failed: 0, ok: 0 })
    expect(without.degraded).toBeGreaterThan(1900)
    expect(counts(text, [])).toMatchObject({ failed: 0, degraded: 0 })
    // What fails is not degraded besides.
    expect(counts(text, [down('a'), down('b')])).toMatchObject({ ok: 0, degraded: 0 })
  })
})

test('all attempts together end at the total timeout, and none comes after', () => {
  const slow: Fault = { kind: 'slow', component: 'a', time: 400, from: 0, to: 20_000 }
  const of = (totalTimeout: string) => {
    const text = shop(
      `{ to: a, timeout: 100ms, ${totalTimeout} fallback: none, retries: { max: 3, backoff: none, jitter: false, budget: none } }`,
    )
    const [found] = simulate(text, { ...short, faults: [slow], shape: 'constant' }).calls
    return found!.attempts / found!.calls
  }
  expect(of('')).toBeCloseTo(4, 1)
  expect(of('totalTimeout: 250ms,')).toBeCloseTo(3, 1)
})

test('shedding lets as many wait as are worked on', () => {
  const desk = (shedding: string) => `
journeys: { ask: { entry: desk, load: 400/s } }
services: { desk: { replicas: 1, concurrency: 2, ${shedding} serviceTime: { mean: 10ms } } }
`
  const of = (text: string) => simulate(text, { ...short, faults: [] }).stations.find(({ name }) => name === 'desk')!
  expect(of(desk('loadShedding: true,')).mostWaiting).toBeLessThanOrEqual(2)
  expect(of(desk('loadShedding: true,')).mostWaiting).toBeGreaterThan(1)
  expect(of(desk('queueLimit: none,')).mostWaiting).toBeGreaterThan(1000)
})

test('messages go to the readers of a group by their workers, and functions never let one wait', () => {
  const text = (reader: string) => `
journeys: { buy: { entry: web, load: 100/s } }
services:
  web: { replicas: 1, concurrency: 100, queueLimit: none, serviceTime: { mean: 1ms }, publishes: [{ to: q }] }
${reader}
queues: { q: { delivery: atLeastOnce } }
`
  const one = (name: string, concurrency: number) =>
    `  ${name}: { replicas: 1, consumes: [{ from: q, group: g, concurrency: ${concurrency}, processing: { mean: 10ms } }] }`
  const { stations } = simulate(text(`${one('few', 5)}\n${one('many', 15)}`), { ...short, faults: [] })
  const arrivals = (name: string) => stations.find(station => station.name === `q -> ${name}`)!.arrivals
  expect(arrivals('many') / arrivals('few')).toBeGreaterThan(2.6)
  expect(arrivals('many') / arrivals('few')).toBeLessThan(3.4)
  const lambda = `  lambda: { runtime: serverless, consumes: [{ from: q, group: g, processing: { mean: 500ms } }] }`
  const functions = simulate(text(lambda), { ...short, faults: [] }).stations.find(({ kind }) => kind === 'consumer')!
  expect(functions.mostWaiting).toBe(0)
})

test('a journey without load sends nothing', () => {
  const text = shop(call('a', 'fallback: none')).replace('load: 100/s', 'load: 0/s')
  expect(simulate(text, { ...short, faults: [] }).stations.every(({ arrivals }) => arrivals === 0)).toBe(true)
})

test('a call is made with its probability, as often as it is stated', () => {
  const text = shop(call('a', 'fallback: none, probability: 30%, callsPerRequest: 2'))
  const { calls, journeys } = simulate(text, { ...short, faults: [] })
  expect(calls[0]!.calls / journeys[0]!.counts.arrivals).toBeGreaterThan(0.54)
  expect(calls[0]!.calls / journeys[0]!.counts.arrivals).toBeLessThan(0.66)
})

test('a message is sent as often for each request as is stated', () => {
  const text = `
journeys: { buy: { entry: web, load: 100/s } }
services:
  web:
    replicas: 1
    concurrency: 1000
    queueLimit: none
    serviceTime: { mean: 1ms }
    publishes: [{ to: q, perRequest: 0.3 }]
  mailer: { replicas: 1, consumes: [{ from: q, concurrency: 9, processing: { mean: 1ms } }] }
queues: { q: { delivery: atLeastOnce } }
`
  const { stations, journeys } = simulate(text, { ...short, faults: [] })
  const sent = stations.find(({ kind }) => kind === 'consumer')!.arrivals
  const came = (journeys[0]!.counts.arrivals / short.duration) * 1000
  expect(sent / came).toBeGreaterThan(0.27)
  expect(sent / came).toBeLessThan(0.33)
})

test('a quorum does without as many answers as it may', () => {
  // Two of three calls at once find a slot, and the third is turned away.
  const text = (quorum: string) => `
journeys: { read: { entry: web, load: 1/s } }
services:
  web:
    replicas: 1
    concurrency: 1000
    queueLimit: none
    serviceTime: { mean: 1ms }
    calls: [{ to: a, callsPerRequest: 3, sequential: false, ${quorum} timeout: 1s, retries: none, fallback: none }]
  a: { replicas: 1, concurrency: 2, queueLimit: 0, serviceTime: { mean: 5ms } }
`
  const of = (quorum: string) => simulate(text(quorum), { ...short, shape: 'constant', faults: [] }).journeys[0]!.counts
  expect(of('quorum: 2,').failed).toBe(0)
  expect(of('quorum: 3,').ok).toBe(0)
  expect(of('').ok).toBe(0)
})
