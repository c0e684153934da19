import { Ajv } from 'ajv'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { whatIfJsonSchema } from '../src/reporters/whatif-json.ts'
import { folder, run } from './cli-support.ts'
import { reviewText } from './support.ts'
import { shop } from './whatif-support.ts'

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
        journey  outcome  availability  p99          lasts
        buy      broken!  99.9% -> 0%   78.4ms -> -  2x
        read     ok       100%          27.3ms       5x

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
    for (const asked of [['-f', 'json'], ['--as-expectation']]) {
      const { out, err } = await run(['whatif', '-', '--down', 'web', ...asked], cwd, { stdin: 'servces: {}' })
      expect(out).toBe('')
      expect(err).toContain('servces')
    }
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
