import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keptFor, outages } from '../src/analysis/drain.ts'
import { exactly } from '../src/analysis/estimate.ts'
import { factsOf } from '../src/analysis/index.ts'
import golden from './golden/values.json' with { type: 'json' }
import { findingsOf, modelOf } from './support.ts'

const minutes = 60_000

const drainsOf = (text: string) => {
  const model = modelOf(text)
  return factsOf(model).drains(model.queues.get('order-events')!)
}

/** Each worker handles ten messages a second and asks a database twice for each. */
const shop = (replicas: number, load: number, rps: number) => `
services:
  invoices:
    replicas: ${replicas}
    consumes: [{ from: order-events, concurrency: 1, processing: { mean: 100ms } }]
    calls: [{ to: invoices-db, callsPerRequest: 2, fallback: none }]
stores:
  invoices-db: { capacity: { rps: ${rps} } }
queues:
  order-events: { load: ${load}/s, retention: 1h }
`

describe('drain', () => {
  test('golden values', () => {
    const { arrivals, capacity, outageMinutes, backlog, minutes: drain } = golden.drain
    const [found] = drainsOf(shop(capacity / 10, arrivals, 10_000))
    expect(found!.utilisation).toEqual(exactly(0.8))
    expect(found!.after(outageMinutes * minutes)).toEqual({
      outage: outageMinutes * minutes,
      backlog: exactly(backlog),
      drain: exactly(drain * minutes),
      oldest: outageMinutes * minutes,
      kept: true,
    })
    expect(outages.map(outage => found!.after(outage).kept)).toEqual([true, true, true, false])
    expect(outages.map(outage => found!.after(outage).drain.low / minutes)).toEqual([20, 120, 240, 960])
  })

  test('while the backlog is worked off the database gets what the consumers can do, not what arrives', () => {
    const [found] = drainsOf(shop(50, 400, 1250))
    expect(found!.downstream.map(({ utilisation, load, spare }) => [utilisation, load, spare])).toEqual([
      [exactly(0.8), exactly(800), exactly(225)],
    ])
    expect(found!.bottleneck).toBeUndefined()
    expect(found!.spare).toEqual(exactly(100))
  })

  test('a database that carries less than the consumers could ask for sets the pace', () => {
    const [found] = drainsOf(shop(50, 400, 900))
    expect(found!.bottleneck?.component.name).toBe('invoices-db')
    expect(found!.spare).toEqual(exactly(50))
    expect(found!.downstream[0]!.utilisation.low).toBeCloseTo(1000 / 900, 12)
  })

  test('a database that is full without any backlog is another fault, and sets no pace', () => {
    const [found] = drainsOf(shop(50, 400, 800))
    expect(found!.bottleneck).toBeUndefined()
    expect(found!.spare).toEqual(exactly(100))
  })

  test('what nobody handles fast enough is never caught up with; what never arrives takes no time', () => {
    expect(drainsOf(shop(40, 400, 9000))[0]!.after(5 * minutes).drain.low).toBe(Number.POSITIVE_INFINITY)
    expect(drainsOf(shop(40, 0, 9000))[0]!.after(5 * minutes).drain).toEqual(exactly(0))
  })

  test('of several services in a group nothing is said about what they call', () => {
    const text = shop(50, 400, 900).replace(
      'stores:',
      '  audit: { replicas: 10, consumes: [{ from: order-events, concurrency: 1, processing: { mean: 100ms } }] }\nstores:',
    )
    const [found] = drainsOf(text.replace('retention: 1h', 'engine: sqs'))
    expect(found!.group.members).toHaveLength(2)
    expect(found!.downstream).toEqual([])
    expect(found!.spare).toEqual(exactly(200))
  })

  test('a service that others call as well may take other calls for them', () => {
    const text = shop(50, 400, 900).replace('services:', 'services:\n  web: { calls: [{ to: invoices }] }')
    expect(drainsOf(text)[0]!.bottleneck).toBeUndefined()
    const entry = `journeys: { pay: { entry: invoices, load: 1/s } }\n${shop(50, 400, 900)}`
    expect(drainsOf(entry)[0]!.bottleneck).toBeUndefined()
    const some = shop(50, 400, 900).replace('fallback: none', 'fallback: none, serves: [pay]')
    expect(drainsOf(`journeys: { pay: {} }\n${some}`)[0]!.bottleneck).toBeUndefined()
  })

  test('nothing stated: nothing bounds it, and what is missing is named', () => {
    const [found] = drainsOf(
      'services: { invoices: { consumes: [{ from: order-events }] } }\nqueues: { order-events: {} }',
    )
    const { drain, backlog, kept } = found!.after(60 * minutes)
    expect([drain.low, drain.high, backlog.low]).toEqual([0, undefined, 0])
    expect(drain.missing.map(path => path.at(-1))).toContain('concurrency')
    expect(kept).toEqual([['queues', 'order-events', 'retention']])
  })

  test('an unstated fact never moves the drain out of its bounds', () => {
    const arbitrary = fc.tuple(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 0, max: 600 }),
      fc.integer({ min: 100, max: 2000 }),
      fc.constantFrom(/replicas: .*\n {4}/, / processing: [^}]*}/, /fallback: none/),
    )
    fc.assert(
      fc.property(arbitrary, ([replicas, load, rps, fact]) => {
        const text = shop(replicas, load, rps)
        const [known, less] = [text, text.replace(fact, '')].map(one => drainsOf(one)[0]!.after(60 * minutes).drain)
        expect(less!.low).toBeLessThanOrEqual(known!.low)
        if (less!.high !== undefined) expect(less!.high).toBeGreaterThanOrEqual(known!.high ?? Number.POSITIVE_INFINITY)
      }),
      { numRuns: 50 },
    )
  })
})

describe('how long a message is kept', () => {
  const kept = (facts: string, arrivals: number) => {
    const model = modelOf(`queues: { order-events: { ${facts} } }`)
    return keptFor(model.queues.get('order-events')!, exactly(arrivals))
  }

  test('by age, or until there is no room, whichever comes first', () => {
    expect(kept('retention: 1h', 100)).toEqual(exactly(60 * minutes))
    expect(kept('retention: 1h, retentionSize: 1000kB, messageSize: 1kB', 10)).toEqual(exactly(100_000))
    expect(kept('retention: 1m, retentionSize: 1000kB, messageSize: 1kB', 10)).toEqual(exactly(minutes))
    expect(kept('retention: none, retentionSize: 1000kB, messageSize: 1kB', 10)).toEqual(exactly(100_000))
    expect(kept('retention: none', 10).low).toBe(Number.POSITIVE_INFINITY)
    expect(kept('compacted: true, retention: 1h', 10).low).toBe(Number.POSITIVE_INFINITY)
    expect(kept('retention: 1h, retentionSize: 1MB', 10)).toMatchObject({ low: 0, high: 60 * minutes })
  })
})

describe('drain-time-excessive', () => {
  const text = (replicas: number, rps: number, freshness = '') =>
    shop(replicas, 400, rps).replace('retention: 1h', `retention: 1h${freshness}`)

  test('shows how the time comes about, and what would be enough', () => {
    expect(findingsOf('drain-time-excessive', text(45, 9000, ', freshness: 30m'))).toEqual([
      {
        severity: 'warning',
        message:
          '"order-events" needs 8h to catch up after 1h without consumers, as "invoices" has 50/s left beside the 400/s that arrive; expected at most 4h',
        arithmetic: [
          'mu = 45 x 1 / 100ms = 450/s',
          'backlog = 400/s x 1h = 1 440 000 messages',
          'drain = 1 440 000 / 50/s = 8h',
          'older than 30m for (1h - 30m) x (1 + 400/s / 50/s) = 4.5h',
        ].join('\n'),
        fix: 'Handle at least 500/s at full scale instead of 450/s, or agree that messages may be 1h old',
      },
    ])
    expect(findingsOf('drain-time-excessive', text(50, 9000))).toEqual([])
  })

  test('names the database that holds the consumers back', () => {
    const [found] = findingsOf('drain-time-excessive', text(60, 900))
    expect(found!.message).toContain('as "invoices-db" leaves 50/s beside the 400/s that arrive')
    expect(found!.arithmetic).toContain('left by invoices-db = (900/s - 800/s) / 2 = 50/s')
    expect(found!.fix).toBe('Let "invoices-db" carry at least 1000/s; more consumers do not help')
  })

  test('says "never" where nothing is left for a backlog', () => {
    const [found] = findingsOf('drain-time-excessive', text(40, 9000))
    expect(found!.message).toMatch(/^"order-events" never catches up .* "invoices" handles at most 400\/s/)
  })
})
