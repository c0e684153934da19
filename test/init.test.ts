import { render } from '@inquirer/testing'
import { readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { readManifest } from '../src/manifest/read.ts'
import type { World } from '../src/cli/world.ts'
import { folder, run, type Ran } from './cli-support.ts'
import { filesOf, reviewText } from './support.ts'

const written = (cwd: string, name = 'scaffold.yaml') => readFileSync(join(cwd, name), 'utf8')
const linesOf = (text: string) => text.trimEnd().split('\n')

/** Runs `init` and gives the answers one after the other; `undefined` is Ctrl-C. Returns all questions as they were asked. */
async function answer(
  cwd: string,
  answers: readonly (string | undefined | (() => string))[],
  argv: readonly string[] = [],
) {
  const shown: string[] = []
  let done = false
  const ask = (_: undefined, { input, output }: NonNullable<World['terminal']>) => {
    const tee = new Writable({
      write(chunk: Buffer, _encoding, ready) {
        const text = stripVTControlCharacters(chunk.toString()).trim()
        if (text !== '') shown.push(text)
        output.write(chunk, ready)
      },
    })
    // One prompt ends the stream that it was given; a terminal goes on.
    const terminal = { input, output: Object.assign(tee, { columns: 10_000, end: () => tee }) }
    return run(['init', ...argv], cwd, { terminal }).finally(() => (done = true))
  }
  const { answer, events } = await render<Ran, undefined>(ask as never, undefined)
  const questions: string[] = []
  for (const given of answers) {
    const text = typeof given === 'function' ? given() : given
    await until(() => done || shown.at(-1)?.startsWith('?') === true)
    questions.push(shown.at(-1) ?? '')
    const before = shown.length
    if (text === undefined) events.keypress({ name: 'c', ctrl: true } as never)
    else {
      if (text !== '') events.type(text)
      events.keypress('enter')
    }
    await until(() => done || shown.slice(before).some(one => one.startsWith('✔') || one.includes('\n>')))
  }
  return { ...(await answer), questions, answered: shown.filter(one => one.startsWith('✔')).join('\n') }
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries++) {
    if (tries > 5000) throw new Error('The program asks nothing')
    await new Promise(resolve => setTimeout(resolve, 2))
  }
}

const shop = [
  'book-shop',
  'checkout, browse',
  '',
  'web, orders',
  '',
  'web, catalogue',
  '',
  'orders-db, psp, order-events',
  '',
  '',
  '',
  'mailer',
  'catalogue-db',
  '',
  '',
]

describe('the answers become a manifest', () => {
  test('of under thirty lines, that the schema takes and a review can use', async () => {
    const cwd = folder({ x: '' })
    const { code, out } = await answer(cwd, shop)
    expect(code).toBe(0)
    expect(written(cwd)).toMatchInlineSnapshot(`
      "# What is not known yet stays out: the review asks for it.
      # Every key: scaffold-review explain manifest
      version: 1
      system: book-shop

      journeys: # what users do; every judgement starts here
        checkout: { entry: web, criticality: critical }
        browse: { entry: web, criticality: high }

      services: # what you run, and what each of them calls
        web:
          calls: [{ to: orders, serves: [checkout] }, { to: catalogue, serves: [browse] }]
        orders:
          calls: [{ to: orders-db }, { to: psp }]
          publishes: [{ to: order-events }]
        catalogue:
          calls: [{ to: catalogue-db }]
        mailer:
          consumes: [{ from: order-events }]

      stores: # what keeps data
        orders-db: {}
        catalogue-db: {}

      queues: # what keeps messages until they are read
        order-events: {}

      externals: # what others run
        psp: {}
      "
    `)
    expect(linesOf(written(cwd)).length).toBeLessThan(30)
    const report = reviewText(written(cwd))
    expect(report.problems).toEqual([])
    expect(report.findings).toEqual([])
    expect(report.openQuestions.filter(({ mustBeStated }) => mustBeStated).length).toBeGreaterThan(10)
    expect(out).toMatch(/^Written: scaffold\.yaml\n/)
    expect(out).toContain('book-shop: incomplete')
    expect(out).toMatch(
      /1\. How long does the caller wait for one attempt\? \(web -> orders\)\n {3}at scaffold\.yaml:\d+, for example {2}timeout: 800ms/,
    )
    expect(out).toMatch(/\n2\. .*\n[^]*\n3\. /)
    expect(out).not.toMatch(/\n4\. /)
  })

  test('as the page about it shows', async () => {
    const cwd = folder({ x: '' })
    const { out, answered } = await answer(cwd, shop)
    const block = (language: string, text: string) => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\n`
    const shown = [block('text', answered), block('yaml', written(cwd)), block('text', out)]
    const page = readFileSync('docs/init.md', 'utf8')
    const fresh = page.replaceAll(/```(?:text|yaml)\n[^]*?```\n/g, () => shown.shift() ?? '')
    await expect(fresh).toMatchFileSnapshot('../docs/init.md')
    expect(shown).toEqual([])
  })

  test('with room for each call where there is little to say', async () => {
    const cwd = folder({ x: '' })
    await answer(cwd, ['mini', 'buy', '', 'web', 'db-1, redis-1', '', ''])
    expect(written(cwd)).toMatch(/\n {2}web:\n {4}calls:\n {6}- \{ to: db-1 \}\n {6}- \{ to: redis-1 \}\n\nstores: /)
  })

  test('a call says which journeys take it only where some do not', async () => {
    const cwd = folder({ x: '' })
    await answer(cwd, ['mini', 'buy, sell', '', 'web, orders', '', 'web, orders, stock', '', '', ''])
    expect(written(cwd)).toContain('calls: [{ to: orders }]')
    expect(written(cwd)).toContain('calls: [{ to: stock, serves: [sell] }]')
  })

  test('what a request goes through may be no service', async () => {
    const cwd = folder({ x: '' })
    const { questions } = await answer(cwd, ['mini', 'buy', '', 'web, jobs-queue', '', '', ''])
    expect(questions[4]).toContain('What is "jobs-queue"?')
    expect(written(cwd)).toContain('publishes: [{ to: jobs-queue }]')
  })
})

test.each([
  ['', 'Expected a name'],
  ['a, b, c, d', 'Expected at most 3'],
  ['check?out', 'The name "check?out" cannot be used; expected a name of at most 128 letters'],
])('names are checked in the words of the schema: %j', async (name, message) => {
  const cwd = folder({ x: '' })
  const { questions, code } = await answer(cwd, ['shop', name, undefined])
  expect(questions[2]!.replaceAll(/\s+/g, ' ')).toContain(message)
  expect(code).toBe(130)
})

test.each([0, 3, 9])('Ctrl-C after %d answers leaves nothing behind', async count => {
  const cwd = folder({ x: '' })
  const { code, out, err } = await answer(cwd, [...shop.slice(0, count), undefined])
  expect({ code, out }).toEqual({ code: 130, out: '' })
  expect(err).toBe('scaffold-review: nothing was written\n')
  expect(readdirSync(cwd)).toEqual(['x'])
})

describe('without questions', () => {
  test('--yes writes an example that can be reviewed', async () => {
    const cwd = folder({ 'my shop/x': '' })
    const { code, out } = await run(['init', 'my shop', '--yes'], cwd)
    expect(code).toBe(0)
    const text = written(cwd, 'my shop/scaffold.yaml')
    expect(text).toContain('\nsystem: my shop\n')
    expect(linesOf(text).length).toBeLessThan(30)
    expect(readManifest(filesOf(text)).problems).toBeUndefined()
    expect(out).toContain('Written: my shop/scaffold.yaml')
    expect(out).toMatch(/\nerror\[timeout-inversion\] line \d+: "web -> orders" gives up after 1s/)
    const again = await run(['my shop/scaffold.yaml', '--fail-on', 'error'], cwd)
    expect(again.code).toBe(1)
  })

  test('without a terminal and without --yes it refuses', async () => {
    const cwd = folder({ x: '' })
    const { code, err } = await run(['init'], cwd, { stdin: '\n\n\n' })
    expect(code).toBe(2)
    expect(err).toContain('There is no terminal to ask questions in. Use --yes')
    expect(readdirSync(cwd)).toEqual(['x'])
  })

  test('a file that is there stays, unless --force', async () => {
    const cwd = folder({ 'a.yaml': 'mine: 1\n' })
    const { code, err } = await run(['init', '-o', 'a.yaml', '--yes'], cwd)
    expect(code).toBe(2)
    expect(err).toContain('"a.yaml" is there already; --force writes over it')
    expect(written(cwd, 'a.yaml')).toBe('mine: 1\n')
    expect((await run(['init', 'a.yaml', '--yes', '--force'], cwd)).code).toBe(0)
    expect(written(cwd, 'a.yaml')).toContain('journeys:')
  })

  test('a file that comes while questions are asked stays too', async () => {
    const cwd = folder({ x: '' })
    const meanwhile = () => {
      writeFileSync(join(cwd, 'scaffold.yaml'), 'theirs: 1\n')
      return ''
    }
    const { code, err } = await answer(cwd, ['mini', 'buy', '', 'web', meanwhile])
    expect(code).toBe(2)
    expect(err).toContain('"scaffold.yaml" is there already')
    expect(written(cwd)).toBe('theirs: 1\n')
  })

  test('the schema of the package is named where it is installed, also in a folder above', async () => {
    const cwd = folder({ 'node_modules/scaffold-review/schemas/manifest.schema.json': '{}', 'a/b/x': '' })
    await run(['init', '--yes'], cwd)
    await run(['init', 'a/b', '--yes'], cwd)
    const schema = 'node_modules/scaffold-review/schemas/manifest.schema.json\n'
    expect(written(cwd)).toMatch(new RegExp(`^# yaml-language-server: \\$schema=./${schema}`))
    expect(written(cwd, 'a/b/scaffold.yaml')).toMatch(new RegExp(`^# yaml-language-server: \\$schema=../../${schema}`))
  })

  test('a folder that is not there, and a link', async () => {
    const cwd = folder({ 'real/x': '' })
    expect((await run(['init', 'a/new/one.yaml', '--yes'], cwd)).code).toBe(0)
    expect(written(cwd, 'a/new/one.yaml')).toContain('journeys:')
    expect((await run(['init', 'real/x/y.yaml', '--yes'], cwd)).err).toMatch(/^scaffold-review: Cannot write /)
    writeFileSync(join(cwd, 'real/here.yaml'), 'old')
    symlinkSync('real/here.yaml', join(cwd, 'scaffold.yaml'))
    expect((await run(['init', '--yes', '--force'], cwd)).code).toBe(0)
    expect(written(cwd, 'real/here.yaml')).toContain('journeys:')
  })
})
