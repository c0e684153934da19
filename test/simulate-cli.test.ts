import { Ajv } from 'ajv'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { XmlDocument } from 'libxml2-wasm'
import { describe, expect, test } from 'vitest'
import { progressBar } from '../src/cli/writing/progress-bar.ts'
import { simulationJsonSchema } from '../src/reporters/simulate-json.ts'
import { executablePath, hasBrowser, launch, open } from './browser.ts'
import { folder, run } from './cli-support.ts'

const shop = `
journeys: { browse: { entry: web, criticality: high, load: { steady: 100/s, peak: 300/s } } }
services:
  web:
    replicas: 2
    concurrency: 50
    queueLimit: 50
    serviceTime: { mean: 5ms, p99: 20ms }
    calls: [{ to: db, timeout: 500ms, retries: { max: 3, backoff: none, budget: none }, circuitBreaker: none, fallback: none }]
stores: { db: { capacity: { rps: 200 }, latency: { mean: 5ms, p99: 20ms } } }
`
const cwd = folder({
  'scaffold.yaml': shop,
  'bare.yaml': 'services: { web: { calls: [{ to: db }] } }\nstores: { db: {} }\n',
})
const quick = ['--duration', '60s', '--warm-up', '5s']
const simulate = (...argv: string[]) => run(['simulate', ...quick, ...argv], cwd)

describe('the command', () => {
  test('a system that nothing happens to: means with intervals, in 80 columns', async () => {
    const { out, err, code } = await simulate()
    expect({ err, code }).toEqual({ err: '', code: 0 })
    expect(out).toMatchInlineSnapshot(`
      "Simulated scaffold.yaml: 1m after a warm-up of 5s, seed 1

        journey  offered  answered  failed         mean     p50     p99
        browse     100/s      100%      0%  14.8 ±0.8ms  11.9ms  52.1ms

        browse holds

      What is busiest
        component  comes  slots       in use  waiting        wait
        db         100/s      1   50.9 ±1.7%    0.479  4.8 ±0.8ms
        web        100/s    100  1.48 ±0.10%        0          0s

      20 280 events. ±: 95% confidence interval by 20 batch means. What a fallback
      answers counts as answered.
      "
    `)
  })

  test('a storm, and what holds it', async () => {
    const { out } = await simulate('--slow', 'db=300ms@10s..20s')
    expect(out).toMatchInlineSnapshot(`
      "Simulated scaffold.yaml: 1m after a warm-up of 5s, seed 1
        "db" answers after 300ms from 10s to 20s

        journey  offered  answered  failed    mean     p50     p99
        browse     100/s     16.3%   80.4%  14.4ms  11.7ms  47.8ms

      ! browse does not recover within 40s: retries hold "db" at 1x its capacity;
          goodput is 0%

      Over time, 1.4s a column
        browse answered    ███████▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁ least 0%
        browse p99         ▂▂▂▂▂▂▂█                                    most 301ms
        db waiting         ▁▁▁▁▁▁▁▂▂▃▄▅▆▇███▇▇████████████████████████ most 2102
        web waiting        ▁▁▁▁▁▁▁▂███████████████████████████████████ most 100
        web -> db attempts ▆▄▅▅▅▅▅▇▇▇██▇▇▇▇▇▇▇▇▇▇▇▇▇▇██████▇██▇▇▇▇▇█▇▇ most 270/s

      What is busiest
        component  comes  slots  in use  waiting  most   wait  refused
        web        100/s    100   82.7%     77.1   100  1.29s    40.6%
        db         182/s      1   91.4%     1490  2102  8.93s       0%

      37 661 events. ! not back, or not enough, * back: goodput is at least 95% of
      what is offered. What a fallback answers counts as answered.
      "
    `)
  })

  test('everything fits 80 columns and is a number', async () => {
    for (const argv of [
      ['examples/web-shop-naive/scaffold.yaml', '--slow', 'psp@10s..20s', '--cache-flush', 'catalogue-cache@30s'],
      ['examples/web-shop/scaffold.yaml', '--load', 'peak@10s', '--down', 'mailer@10s..20s'],
      ['examples/online-boutique/scaffold.yaml', '--assume', '--scale', '3'],
    ]) {
      const { out, err, code } = await run(['simulate', ...quick, '--max-events', '300000', ...argv], process.cwd())
      expect({ err, code }).toEqual({ err: '', code: 0 })
      expect(out.split('\n').filter(line => line.length > 80)).toEqual([])
      expect(out).not.toMatch(/NaN|Infinity|undefined|no limit\/|\[object/)
    }
  })

  test('what is not stated is asked for, with what --assume would take', async () => {
    const { out, err, code } = await run(['simulate', ...quick, 'bare.yaml'], cwd)
    expect({ out, code }).toEqual({ out: '', code: 2 })
    expect(err).toMatchInlineSnapshot(`
      "A simulation needs 7 facts that the manifest does not state:
        ? journeys.web.load
            How many requests arrive, steady and at peak? For example load: { steady:
            120/s, peak: 600/s }
            --assume takes: 100/s
        ? services.web.serviceTime
            How long is its own work for one request, waits excluded? For example
            serviceTime: { mean: 20ms, p99: 90ms }
            --assume takes: mean 10ms
        ? services.web.concurrency
            How many requests does one instance handle at the same time? For example
            concurrency: 32
            --assume takes: no limit
        ? stores.db.latency
            How long does it take to answer? For example latency: { p50: 2ms, p99:
            20ms }
            --assume takes: mean 5ms
        ? stores.db.capacity
            How many requests per second can it carry? For example capacity: { rps:
            3000 }
            --assume takes: no limit
        ? services.web.calls[0].timeout
            How long does the caller wait for one attempt? For example timeout: 800ms
            --assume takes: none
        ? services.web.calls[0].retries
            How often is a failed attempt repeated? For example retries: { max: 1,
            backoff: exponential, base: 50ms, jitter: true, budget: 10% }
            --assume takes: none
      State them, or let --assume take these values; the output then says so.
      "
    `)
    const taken = await run(['simulate', ...quick, 'bare.yaml', '--assume'], cwd)
    expect(taken.code).toBe(0)
    for (const line of [
      'assumed: 100/s (journeys.web.load)',
      'assumed: mean 10ms (services.web.serviceTime)',
      'assumed: no limit (stores.db.capacity)',
    ])
      expect(taken.out).toContain(line)
  })

  test('JSON obeys its schema, and says the same as the text', async () => {
    const { out } = await simulate('--slow', 'db=300ms@10s..20s', '-f', 'json')
    const validate = new Ajv({ strict: false }).compile(simulationJsonSchema() as object)
    const data = JSON.parse(out) as {
      journeys: { verdict: { kind: string; text: string }; series: Record<string, unknown[]> }[]
      interval: number
    }
    validate(data)
    expect(validate.errors).toBeNull()
    expect(data.journeys[0]!.verdict).toMatchObject({ kind: 'stays' })
    expect((await simulate('--slow', 'db=300ms@10s..20s')).out.replaceAll(/\s+/g, ' ')).toContain(
      data.journeys[0]!.verdict.text,
    )
    for (const values of Object.values(data.journeys[0]!.series)) expect(values).toHaveLength(60_000 / data.interval)
    expect((await simulate('-f', 'json')).out).toBe((await simulate('-f', 'json')).out)
  })

  test('a file is written whole, and standard output stays empty', async () => {
    const { out, code } = await simulate('-f', 'svg', '-o', 'out/plot.svg')
    expect({ out, code }).toEqual({ out: '', code: 0 })
    XmlDocument.fromString(readFileSync(join(cwd, 'out/plot.svg'), 'utf8')).dispose()
  })

  test('names of a manifest cannot become part of the drawing', async () => {
    const hostile = shop.replaceAll('browse', '"a<b&c"').replaceAll(' db', ' d.b/x')
    const { out } = await run(['simulate', ...quick, '-', '-f', 'svg'], cwd, { stdin: hostile })
    if (out !== '') XmlDocument.fromString(out).dispose()
    expect(out).not.toContain('<b&')
  })

  test.each([
    [['--down', 'dv@10s'], 'There is no component "dv"; did you mean "db"?'],
    [['--down', 'db=2s@10s'], 'Expected a name, and when, such as psp@60s..120s'],
    [['--slow', 'db=soon@10s'], 'Expected a name, a time or none, and when'],
    [['--slow', 'db=2s@20s..10s'], 'It ends before it begins'],
    [['--slow', 'db=2s@10s..30s', '--slow', 'db=3s@20s..40s'], 'has two times at once'],
    [['--cache-flush', 'db@10s'], '"db" is a store, not a cache'],
    [['--load', '0x@10s'], 'Expected a factor or peak'],
    [['--load', 'brows=2x@10s'], 'There is no journey "brows"; did you mean "browse"?'],
    [['--down', 'db@70s'], 'begins at 70s, and the simulation ends at 1m'],
    [['--duration', 'long'], 'Expected a time such as 5m'],
    [['--seed', '-1'], 'Expected a whole number from 0'],
    [['--scale', '0'], 'Expected a whole number from 1'],
    [['--journey', 'x'], 'There is no journey "x"'],
  ])('%j is a mistake, and says what to do', async (argv, message) => {
    const { code, out, err } = await run(['simulate', ...(argv[0] === '--duration' ? [] : quick), ...argv], cwd)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err.replaceAll(/\s+/g, ' ')).toContain(message)
  })

  test('an unreadable manifest, and one in which nothing comes', async () => {
    const broken = await run(['simulate', '-', '-f', 'json'], cwd, { stdin: 'servces: {}' })
    expect(broken).toMatchObject({ code: 2, out: '' })
    expect(broken.err).toContain('did you mean "services"?')
    const empty = await run(['simulate', '-'], cwd, { stdin: 'services: {}' })
    expect(empty).toMatchObject({ code: 2, out: '' })
    expect(empty.err).toContain('No request comes')
  })

  test('--max-events stops, and says so', async () => {
    const { out, code } = await simulate('--max-events', '5000')
    expect(code).toBe(0)
    expect(out).toMatch(/Stopped at [\d.]+m?s of 1m \(--max-events\)/)
  })
})

test('the bar is drawn on a terminal after a while, and goes away', () => {
  let [written, now] = ['', 0]
  const bar = (isTTY: boolean) =>
    progressBar({ stderr: { write: (text: string) => (written += text), isTTY } } as never, 'Simulating', () => now)
  const slow = bar(true)
  now = 400
  slow.show(0.1)
  expect(written).toBe('')
  now = 700
  slow.show(0.5)
  expect(written).toBe(`\rSimulating [${'#'.repeat(15)}${'.'.repeat(15)}]  50%`)
  slow.clear()
  expect(written.endsWith('\r')).toBe(true)
  written = ''
  now = 0
  const file = bar(false)
  now = 9000
  file.show(0.5)
  file.clear()
  expect(written).toBe('')
})

test.skipIf(!hasBrowser)('the drawing in a real browser: nothing is loaded, no text leaves it', async () => {
  await simulate('--slow', 'db=300ms@10s..20s', '-f', 'svg', '-o', 'plot.svg')
  expect(existsSync(executablePath)).toBe(true)
  const browser = await launch()
  try {
    const { page, complaints } = await open(browser, join(cwd, 'plot.svg'))
    expect(complaints).toEqual([])
    const outside = await page.evaluate(`[...document.querySelectorAll('text')].filter(text => {
      const { x, width } = text.getBBox()
      return x < 0 || x + width > 760
    }).map(text => text.textContent)`)
    expect(outside).toEqual([])
  } finally {
    await browser.close()
  }
})
