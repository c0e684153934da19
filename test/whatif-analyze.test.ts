import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { factsOf } from '../src/analysis/index.ts'
import { withLoad } from '../src/analysis/load-factor.ts'
import { saturationOf } from '../src/analysis/saturation.ts'
import { matrixText } from '../src/reporters/whatif-matrix.ts'
import { singleFaults } from '../src/whatif/single-faults.ts'
import { folder, run } from './cli-support.ts'
import { modelOf } from './support.ts'
import { outcomesOf, shop } from './whatif-support.ts'

const naive = 'examples/web-shop-naive/scaffold.yaml'
const whatif = (...argv: string[]) => run(['whatif', ...argv], process.cwd())
const cwd = folder({ 'scaffold.yaml': shop() })
const inShop = (...argv: string[]) => run(['whatif', ...argv], cwd)

describe('agrees with analyze', () => {
  const cells = async (table: string, ...argv: string[]) => {
    const { out } = await run(['analyze', naive, '--table', table, '-f', 'json', ...argv], process.cwd())
    const [found] = (JSON.parse(out) as { tables: { rows: { cells: Record<string, { value: unknown }> }[] }[] }).tables
    return found!.rows.map(({ cells }) =>
      Object.fromEntries(Object.entries(cells).map(([key, { value }]) => [key, value])),
    )
  }
  const words: Record<string, string> = { '-': 'ok', fails: 'broken', degraded: 'degraded', delayed: 'delayed' }

  test('down, slow and lost data are the blast radius', async () => {
    const model = modelOf(readFileSync(naive, 'utf8'))
    for (const row of await cells('blast-radius')) {
      for (const when of String(row['when']).split(', ')) {
        const name = String(row['component'])
        const scenario =
          when === 'down'
            ? { down: [name] }
            : when === 'slow'
              ? { slow: [{ component: name, time: Number.POSITIVE_INFINITY }] }
              : { dataLoss: [name] }
        for (const [journey, { outcome }] of Object.entries(outcomesOf(model, scenario)))
          expect(outcome, `${name} ${when} ${journey}`).toBe(words[String(row[journey])])
      }
    }
  })

  test('the load is the saturation table: what lasts less than it is the cause, the first first', async () => {
    const { out } = await whatif(naive, '--load', '3x', '-f', 'json')
    const { faults, journeys } = JSON.parse(out) as {
      faults: { component: string; isSure: boolean }[]
      journeys: { after: { bottleneck: { times: number } } }[]
    }
    const rows = (await cells('saturation', '--load', '3x')).filter(({ resource }) => resource !== 'cache empty')
    const beyond = rows.filter(({ times }) => typeof times === 'number' && times <= 1).map(({ component }) => component)
    expect(beyond.length).toBeGreaterThan(3)
    expect(faults.filter(({ isSure }) => isSure).map(({ component }) => component)).toEqual(beyond)
    expect(journeys[0]!.after.bottleneck.times).toBeCloseTo(
      Math.min(...rows.map(({ times }) => Number(times ?? 1e9))),
      9,
    )
  })

  test('availability and latency before are those of the tables', async () => {
    const { out } = await whatif(naive, '--down', 'mailer', '-f', 'json')
    const { journeys } = JSON.parse(out) as {
      journeys: { journey: string; before: { availability: number; p99: number } }[]
    }
    const [availability, latency] = [await cells('availability'), await cells('latency')]
    for (const { journey, before } of journeys) {
      const row = availability.find(row => row['journey'] === journey)!
      expect(Object.values(row)).toContain(before.availability)
      expect(latency.find(row => row['journey'] === journey)!['p99']).toBe(before.p99)
    }
  })

  test('a zone is the zone-loss table', async () => {
    const short = (await cells('zone-loss')).filter(({ shortfall }) => typeof shortfall === 'number' && shortfall > 0)
    const { out } = await whatif(naive, '--lose-zone', '-f', 'json')
    const { faults } = JSON.parse(out) as { faults: { component: string; message: string }[] }
    const few = faults
      .filter(({ message }) => / keeps \d+ of \d+ instance/.test(message))
      .map(({ component }) => component)
    expect(few).toEqual(expect.arrayContaining(short.map(({ service }) => service)))
  })
})

describe('all single faults', () => {
  test('500 components in time, and in lines that fit', () => {
    const n = 450
    const services = Object.fromEntries(
      Array.from({ length: n }, (_, i) => {
        const calls = [1, 2, 3].map(k => ({
          to: i * 2 + k + 17 < n ? `s${i * 2 + k + 17}` : `d${(i + k) % 50}`,
          timeout: '1s',
          retries: 'none',
          fallback: k < 3 ? 'none' : i % 5 === 0 ? { to: `d${(i + 7) % 50}` } : 'static',
        }))
        return [`s${i}`, { replicas: 3, concurrency: 20, serviceTime: { mean: '5ms' }, calls }]
      }),
    )
    const stores = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [`d${i}`, { capacity: { rps: 5000 }, latency: { mean: '2ms' } }]),
    )
    const journeys = Object.fromEntries(
      Array.from({ length: 12 }, (_, i) => [
        `j${i}`,
        { entry: `s${i}`, criticality: i < 4 ? 'critical' : 'normal', load: { peak: '50/s', coincident: true } },
      ]),
    )
    const model = modelOf(JSON.stringify({ journeys, services, stores }))
    const before = process.cpuUsage()
    const found = singleFaults(model, factsOf(model))
    const { user } = process.cpuUsage(before)
    expect(found.rows.length).toBeGreaterThan(300)
    expect(found.cutSets).toHaveLength(4)
    expect(
      matrixText(found, { color: false, width: 80 })
        .split('\n')
        .filter(line => line.length > 80),
    ).toEqual([])
    // Measured at 0.6 s; slack for slow machines and other tests.
    expect(user / 1e6).toBeLessThan(2)
  })

  test('the matrix of a small shop', async () => {
    const { out } = await inShop('--all-single-faults')
    expect(out).toMatchInlineSnapshot(`
      "Each component lost alone, the most harmful first
        down, then slow: . ok, L delayed, D degraded, B broken, ? facts decide that
        are not stated

        1 buy (critical) and 2 read (high)
        component   1    2
        web        BB   BB
        orders     BB   ..
        orders-db  BB   ..
        reviews    ..   DD
        events     LL   ..
        mailer     LL   ..

      What surely breaks buy (critical)
        3 components alone: orders, web and orders-db
        no pair of others
      "
    `)
  })

  test('a pair that breaks what neither breaks alone', async () => {
    const text = shop({ reviewCall: 'timeout: 200ms, fallback: { to: orders-db, maxRps: 100 }' }).replaceAll(
      'criticality: high',
      'criticality: critical',
    )
    const { out } = await run(['whatif', '-', '--all-single-faults', '-f', 'json'], cwd, { stdin: text })
    const { cutSets } = JSON.parse(out) as { cutSets: unknown }
    expect(cutSets).toEqual([
      { journey: 'buy', singles: ['orders', 'web', 'orders-db'], pairs: [] },
      { journey: 'read', singles: ['web'], pairs: [['orders-db', 'reviews']] },
    ])
  })
})

test('what runs out first under load is what the saturation table names first', () => {
  const model = withLoad(modelOf(shop()), { buy: 5, read: 5 })
  const first = saturationOf(model, factsOf(model))[0]!
  const { buy } = outcomesOf(shop(), { load: { buy: 5, read: 5 } })
  expect(buy!.after.bottleneck).toEqual({
    component: first.component.name,
    resource: first.resource,
    times: first.times.high,
  })
})
