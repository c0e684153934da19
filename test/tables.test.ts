import { Ajv } from 'ajv'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { factsOf } from '../src/analysis/index.ts'
import { withLoad } from '../src/analysis/load-factor.ts'
import { saturationOf } from '../src/analysis/saturation.ts'
import { analysisJsonSchema, tablesJson } from '../src/reporters/table-json.ts'
import { tablesText } from '../src/reporters/table-text.ts'
import { tableIds, tablesOf, type TableId } from '../src/tables/index.ts'
import type { Table } from '../src/tables/table.ts'
import { folder, run } from './cli-support.ts'
import { modelOf, reviewText } from './support.ts'

const tables = (text: string, ids: readonly TableId[] = tableIds, journeys: readonly string[] = []): Table[] => {
  const model = modelOf(text)
  return tablesOf({ model, facts: factsOf(model), today: '2026-11-23' }, reviewText(text), { ids, journeys })
}
const table = (text: string, id: TableId): Table => tables(text, [id])[0]!
const cells = (text: string, id: TableId, row = 0) => {
  const { columns, rows } = table(text, id)
  return Object.fromEntries(columns.map(({ key }, i) => [key, rows[row]!.cells[i]]))
}

const bare = 'services:\n  web: { calls: [{ to: db }] }\nstores: { db: {} }\n'
const shop = `
journeys: { buy: { entry: web, load: { steady: 100/s, peak: 200/s }, latency: { p99: 300ms } } }
services:
  web:
    replicas: 4
    concurrency: 10
    serviceTime: { mean: 20ms, p99: 50ms }
    calls:
      - { to: db, timeout: 1s, retries: { max: 2, backoff: none, budget: none }, fallback: none, pool: 5 }
stores:
  db: { capacity: { rps: 500 }, latency: { mean: 10ms, p99: 40ms }, availability: 99.9%, maxConnections: 100, engine: postgres@16 }
slos: { buy: { journey: buy, indicator: availability, objective: 99.5%, window: 30d } }
`

describe('a manifest that says nothing', () => {
  test.each(tableIds.filter(id => id !== 'coverage'))('%s invents no number', id => {
    for (const { cells } of table(bare, id).rows)
      expect(cells.filter(cell => typeof cell === 'object' && 'value' in cell && cell.value > 1)).toEqual([])
  })
})

describe('numbers of a small shop', () => {
  test('retries: three attempts for each of 200 requests, and a third of the capacity left', () => {
    expect(cells(shop, 'retries')).toMatchObject({
      component: 'db',
      factor: { value: 3, bound: 'exact' },
      load: { value: 200 },
      failing: { value: 600, tone: 'close', bound: 'most' },
      capacity: { value: 500 },
    })
    expect((cells(shop, 'retries')['left'] as { value: number }).value).toBeCloseTo(500 / 3, 9)
  })

  test('availability: the database is the ceiling, and the objective is below it', () => {
    expect(cells(shop, 'availability')).toMatchObject({
      objective: { value: 0.995 },
      ceiling: { value: 0.999, bound: 'most', tone: 'good' },
      down: { bound: 'least' },
      budget: { value: 0.005 * 30 * 86_400_000 },
    })
  })

  test('saturation: the first to run out is first', () => {
    const rows = table(shop, 'saturation').rows.map(({ cells }) => [cells[0], cells[1]])
    expect(rows).toEqual([
      ['db', 'requests'],
      ['web', 'slots'],
      ['db', 'connections'],
    ])
    expect(cells(shop, 'saturation')).toMatchObject({ utilisation: { value: 0.4 }, times: { value: 2.5 } })
    // 200/s hold a slot for 20ms of own work and 10ms of the database: 6 of 40.
    expect(cells(shop, 'saturation', 1)).toMatchObject({ utilisation: { value: 0.15 }, used: '6' })
  })

  test('timeouts and hangs: three attempts of a second, 600 requests waiting for 40 slots', () => {
    expect(cells(shop, 'timeouts')).toMatchObject({
      timeout: { value: 1000 },
      attempts: { value: 3 },
      longest: { value: 3000 },
    })
    expect(cells(shop, 'slow-dependencies')).toMatchObject({ waiting: { value: 600 }, slots: { value: 40 } })
    // (40 - 6) / 200 per second.
    expect((cells(shop, 'slow-dependencies')['fills'] as { value: number }).value).toBeCloseTo(170, 6)
  })

  test('connections: four instances with five each, and what a rollout may add', () => {
    expect(cells(shop, 'connections')).toMatchObject({ client: 'web', instances: { value: 4 }, pool: { value: 5 } })
    expect(cells(shop, 'connections', 1)).toMatchObject({
      connections: { value: 20, bound: 'least' },
      limit: { value: 97 },
    })
  })

  test('connections run out with the instances that more load needs, not with the load itself', () => {
    // 20 busy slots at the peak need two instances of ten slots; the fifth opens more than 47 connections.
    const text = `
journeys: { buy: { entry: web, load: 1000/s } }
services:
  web: { replicas: { min: 1, max: 9 }, concurrency: 10, serviceTime: { mean: 20ms }, calls: [{ to: db, pool: 10, mode: async }], deploy: { strategy: recreate } }
stores: { db: { engine: postgres@16, maxConnections: 50 } }
`
    const found = saturationOf(modelOf(text), factsOf(modelOf(text))).find(one => one.resource === 'connections')!
    expect([found.used.low, found.available.high, found.times.high]).toEqual([20, 47, 2.1])
  })

  test('blast radius: nothing does without the database', () => {
    expect(cells(shop, 'blast-radius')).toMatchObject({ buy: { word: 'fails', tone: 'bad' } })
  })
})

describe('each row says how much of it is known', () => {
  test('and names what is missing', () => {
    const [row] = table(shop.replace(', latency: { p99: 300ms }', ''), 'latency').rows
    expect(row).toMatchObject({ known: 2, total: 3, missing: [['journeys', 'buy', 'latency']] })
    expect(table(shop, 'latency').rows[0]).toMatchObject({ known: 3, total: 3, missing: [] })
  })
})

describe('under another load', () => {
  test('what lasts k times the peak lasts a k-th of that at k times the load', () => {
    const model = modelOf(shop)
    const times = (factor: number) => {
      const scaled = withLoad(model, { buy: factor })
      return saturationOf(scaled, factsOf(scaled)).flatMap(({ resource, times }) =>
        resource === 'connections' ? [] : [times.high!],
      )
    }
    for (const factor of [0.5, 2, 10])
      expect(times(factor).map(k => k * factor)).toEqual(times(1).map(k => expect.closeTo(k, 9) as number))
  })

  test('stated messages of a queue grow only with all journeys', () => {
    const text = `
journeys: { buy: { entry: web, load: 10/s }, look: { entry: web, load: 10/s } }
services: { web: {} }
queues: { mails: { load: 7/s } }
`
    const load = (factors: Record<string, number>) => withLoad(modelOf(text), factors).queues.get('mails')!.load
    expect(load({ buy: 3, look: 3 })).toBe(21)
    expect(load({ buy: 3 })).toBe(7)
    expect(load({})).toBe(7)
  })
})

describe('as JSON', () => {
  const valid = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true }).compile(
    analysisJsonSchema() as object,
  )
  test.each([bare, shop, readFileSync('examples/online-boutique/scaffold.yaml', 'utf8')])('fits its schema', text => {
    const json: unknown = JSON.parse(tablesJson(tables(text), 'scaffold.yaml', {}))
    expect(valid(json) ? [] : valid.errors).toEqual([])
  })
})

describe('as text', () => {
  const plain = (width: number) => tablesText(tables(shop), { color: false, width })

  test.each([80, 200])('fits %i columns', width => {
    expect(
      plain(width)
        .split('\n')
        .filter(line => line.length > width),
    ).toEqual([])
  })

  test('colours say nothing that the marks do not', () => {
    const colored = tablesText(tables(shop), { color: true, width: 80 })
    expect(colored).toContain('\u001b[31m')
    expect(colored.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain(80))
  })
})

describe('scaffold-review analyze', () => {
  const two = shop
    .replace('journeys: {', 'journeys: { look: { entry: help, load: 5/s },')
    .replace('services:', 'services:\n  help: { serviceTime: { mean: 1ms } }')
  const cwd = folder({ 'scaffold.yaml': two, 'wrong.yaml': 'servicez: {}', 'x.yaml': shop })
  const json = async (...argv: string[]) => {
    const { out } = await run(['analyze', '-f', 'json', ...argv], cwd)
    return JSON.parse(out) as {
      load: object
      tables: { id: string; rows: { journeys: string[]; cells: Record<string, { value: unknown }> }[] }[]
    }
  }

  test('prints all tables of the manifest that it finds', async () => {
    const { code, out, err } = await run(['analyze'], cwd)
    expect([code, err]).toEqual([0, ''])
    for (const { title } of tables(two)) expect(out).toContain(title)
  })

  test('prints the tables that are named, in that order', async () => {
    const { tables } = await json('--table', 'retries,latency', '--table', 'budget')
    expect(tables.map(({ id }) => id)).toEqual(['retries', 'latency', 'budget'])
  })

  test('leaves out rows that a journey does not come through', async () => {
    const { tables } = await json('--journey', 'look')
    const rows = tables.flatMap(({ rows }) => rows)
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.every(({ journeys }) => journeys.length === 0 || journeys.includes('look'))).toBe(true)
    const { columns } = tablesOf(
      { model: modelOf(two), facts: factsOf(modelOf(two)), today: undefined },
      reviewText(two),
      { ids: ['blast-radius'], journeys: ['look'] },
    )[0]!
    expect(columns.map(({ key }) => key)).toEqual(['component', 'when', 'look'])
  })

  test('multiplies the load of all journeys, or of one', async () => {
    const peak = async (...argv: string[]) => {
      const { tables, load } = await json('--table', 'retries', ...argv)
      return [tables[0]!.rows.find(({ cells }) => cells['component']!.value === 'db')!.cells['load']!.value, load]
    }
    expect(await peak('--load', '3x')).toEqual([600, { buy: 3, look: 3 }])
    expect(await peak('--load', 'look=3')).toEqual([200, { look: 3 }])
    expect(await peak('--load', '2x', '--load', 'buy=1.5x')).toEqual([300, { buy: 1.5, look: 2 }])
  })

  test.each([
    [['--journey', 'bui'], 'There is no journey "bui"; did you mean "buy"?'],
    [['--load', 'bye=2x'], 'There is no journey "bye"'],
    [['--load', '0x'], 'Expected a factor such as 3x'],
    [['--load', 'much'], 'Expected a factor such as 3x'],
    [['--table', 'latencyy'], 'There is no table "latencyy"; did you mean "latency"?'],
    [['missing.yaml'], 'missing.yaml'],
    [['wrong.yaml'], 'servicez'],
  ])('%j is answered with what is wrong, and exit 2', async (argv, message) => {
    const { code, out, err } = await run(['analyze', ...argv], cwd)
    expect(code).toBe(2)
    expect(out + err).toContain(message)
    expect(out + err).not.toMatch(/\n +at /)
  })

  test('reads standard input', async () => {
    const { code, out } = await run(['analyze', '-', '--table', 'latency'], cwd, { stdin: shop })
    expect(code).toBe(0)
    expect(out).toContain('buy')
  })
})
