import { Ajv } from 'ajv'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { factsOf } from '../src/analysis/index.ts'
import { saturationOf } from '../src/analysis/saturation.ts'
import { withLoad } from '../src/analysis/load-factor.ts'
import { whatIfJsonSchema } from '../src/reporters/whatif-json.ts'
import { matrixText } from '../src/reporters/whatif-matrix.ts'
import { singleFaults } from '../src/whatif/single-faults.ts'
import { folder, run } from './cli-support.ts'
import { modelOf, reviewText } from './support.ts'
import { outcomesOf, shop } from './whatif-support.ts'

const naive = 'examples/web-shop-naive/scaffold.yaml'
const whatif = (...argv: string[]) => run(['whatif', ...argv], process.cwd())
const cwd = folder({ 'scaffold.yaml': shop() })
const inShop = (...argv: string[]) => run(['whatif', ...argv], cwd)

describe('the command', () => {
  test('a journey that breaks, in 80 columns', async () => {
    const { out, code } = await inShop('--down', 'orders-db')
    expect(code).toBe(0)
    expect(out).toMatchInlineSnapshot(`
      "What if "orders-db" is down
        journey  outcome  availability  p99        lasts
        buy      broken!  99.9% -> 0%   80ms -> -  2x
        read     ok       100%          28ms       5x

      buy: broken
        web -> orders -> orders-db
        - "orders-db" is down
        - "orders" cannot do without "orders-db"
        - "web" cannot do without "orders"
        What would contain it:
        + Let "orders" answer without "orders-db" (fallback on "orders -> orders-db")

      ! broken, * delayed or degraded, ? facts decide that are not stated. Everything
      at the declared peak. Availability is a ceiling, p99 an estimate, "lasts" how
      many times this load fits.
      "
    `)
  })

  test('everything that it prints fits 80 columns', async () => {
    for (const argv of [
      ['--slow', 'shop-db', '--load', '3x'],
      ['--lose-zone'],
      ['--deploy'],
      ['--all-single-faults'],
      ['--cache-flush', 'catalogue-cache', '--down', 'mailer'],
    ]) {
      const { out, err } = await whatif(naive, ...argv)
      expect(err).toBe('')
      expect(out.split('\n').filter(line => line.length > 80)).toEqual([])
      expect(out).not.toMatch(/NaN|Infinity|undefined|no limit|\[object/)
    }
  })

  test('--journey leaves the others out; colour is not alone', async () => {
    const { out } = await inShop('--down', 'reviews', '--journey', 'read', '--color', 'always')
    expect(out).not.toContain('buy')
    expect(out).toContain('degraded*')
    expect(out).toContain('\u001b[33m')
  })

  test('--fail-on counts what is sure, and says what is not decided', async () => {
    const code = async (...argv: string[]) => (await inShop(...argv)).code
    expect(await code('--down', 'reviews', '--fail-on', 'broken')).toBe(0)
    expect(await code('--down', 'reviews', '--fail-on', 'degraded')).toBe(1)
    expect(await code('--down', 'mailer', '--fail-on', 'degraded')).toBe(0)
    expect(await code('--down', 'orders-db', '--fail-on', 'broken')).toBe(1)
    const open = await inShop('--deploy', 'orders', '--fail-on', 'broken')
    expect(open).toMatchObject({
      code: 0,
      err: 'scaffold-review: 1 journey may be broken: facts that decide are not stated\n',
    })
    expect(await code('--deploy', 'orders', '--fail-on', 'broken', '--strict')).toBe(1)
  })

  test.each([
    [['--down', 'order'], 'There is no component "order"; did you mean "orders"? The manifest has mailer, orders, web'],
    [['--slow', 'revews=2s'], 'did you mean "reviews"?'],
    [['--cache-flush', 'orders-db'], '"orders-db" is a store, not a cache. The manifest has none'],
    [['--data-loss', 'web'], '"web" is a service, not a store. The manifest has orders-db, reviews'],
    [['--deploy', 'wbe'], 'There is no service "wbe"'],
    [['--load', 'by=3x'], 'There is no journey "by"; did you mean "buy"?'],
    [['--journey', 'reed', '--down', 'web'], 'did you mean "read"?'],
    [[], 'Nothing happens. Say what does'],
    [['--slow', 'web=soon'], 'Expected a name and a time such as psp=2s'],
    [['--load', '-1'], 'Expected a factor such as 3x'],
    [['--all-single-faults', '--fail-on', 'broken'], 'cannot be used with'],
  ])('%j is a mistake, and says what to do', async (argv, message) => {
    const { code, out, err } = await inShop(...argv)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err.replaceAll(/\s+/g, ' ')).toContain(message)
  })

  test('a manifest that cannot be read is shown, and exits 2', async () => {
    const { code, out } = await run(['whatif', '-', '--down', 'web'], cwd, { stdin: 'servces: {}' })
    expect(code).toBe(2)
    expect(out).toContain('did you mean "services"')
  })

  test('the JSON is what its schema says', async () => {
    const valid = new Ajv({ strict: false }).compile(whatIfJsonSchema() as object)
    for (const argv of [
      ['--slow', 'psp,'.replace(',', ''), '--load', '3x'],
      ['--down', 'mailer', '--cache-flush', 'catalogue-cache'],
      ['--all-single-faults'],
    ]) {
      const { out } = await whatif(naive, ...argv, '-f', 'json')
      expect(valid(JSON.parse(out)), JSON.stringify(valid.errors)).toBe(true)
    }
  })
})

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
    // Measured well below a second; slack for slow machines and other tests.
    expect(user / 1e6).toBeLessThan(8)
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

test('docs/whatif.md shows what the program prints, and its expectations can be read', async () => {
  const page = readFileSync('docs/whatif.md', 'utf8')
  const shown = [...page.matchAll(/```text\n\$ scaffold-review (.+)\n([^]*?)```/g)]
  expect(shown.length).toBeGreaterThan(2)
  for (const [, argv, text] of shown) {
    const { out } = await run(argv!.split(' '), process.cwd())
    expect(out.startsWith(text!.trimEnd()), argv).toBe(true)
  }
  const [yaml] = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(([, text]) => text!)
  expect(reviewText(yaml!).problems).toEqual([])
})
