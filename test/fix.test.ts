import { applyPatch } from 'diff'
import fc from 'fast-check'
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { drawsFrom } from '../src/analysis/formulas/log-normal.ts'
import { fixesFor, mend } from '../src/edit/fixes.ts'
import { readManifest } from '../src/manifest/read.ts'
import { rules } from '../src/rules/index.ts'
import { review } from '../src/review.ts'
import { folder, run } from './cli-support.ts'
import { randomManifest } from './random-manifest.ts'
import { filesOf } from './support.ts'

const today = '2026-11-23'
const titles = (...texts: string[]) => fixesFor(filesOf(...texts), { today }).map(({ title }) => title)
const mended = (...texts: string[]) => mend(filesOf(...texts), { today }).files.sources.map(({ text }) => text)

const faulty = `# A shop.
services:
  web:
    replicaz: 3 # three
    health: { liveness: { checks: [orders, orders] } }
    availability: 99.9
    calls: [{ to: ordes, serves: [buy, buy, bye], retries: { max: 1, backoff: exponental, jiter: true } }]
  orders: {}
journeys:
  buy: { entry: web, criticality: crtical, load: { peak: 600 } }
  bye: { entry: wb }
waivers:
  - { rule: a-b, on: services.web, reason: because, owner: me, until: 2025-01-01 }
`
const right = `# A shop.
services:
  web:
    replicas: 3 # three
    health: { liveness: { checks: [orders] } }
    availability: 99.9%
    calls: [{ to: orders, serves: [buy, bye], retries: { max: 1, backoff: exponential, jitter: true } }]
  orders: {}
journeys:
  buy: { entry: web, criticality: critical, load: { peak: 600/s } }
  bye: { entry: web }
`

describe('what can be mended', () => {
  test('keys, values, units, names, waivers, repetitions', () => {
    expect(mended(faulty)).toEqual([right])
    expect(
      fixesFor(filesOf(faulty), { today }).map(
        ({ kind, title, location: { start } }) => `${start.line}:${start.column} ${kind}: ${title}`,
      ),
    ).toEqual([
      '4:5 key: Write "replicas" instead of "replicaz"',
      '5:44 repetition: Take out "orders", which is in the list already',
      '6:5 unit: Write 99.9% instead of 99.9',
      '7:40 repetition: Take out "buy", which is in the list already',
      '7:70 value: Write "exponential" instead of "exponental"',
      '7:91 key: Write "jitter" instead of "jiter"',
      '10:22 value: Write "critical" instead of "crtical"',
      '10:52 unit: Write 600/s instead of 600',
      '13:7 waiver: Take out the waiver of a-b, which ended on 2025-01-01',
    ])
  })

  test.each<[string, string, readonly string[]]>([
    ['a key inside a key that is misspelt', 'servces: { web: { zonez: 3 } }\n', ['services: { web: { zones: 3 } }\n']],
    [
      'a percentage above one',
      'services: { web: { autoscaling: { metric: cpu, target: 65 } } }\n',
      ['services: { web: { autoscaling: { metric: cpu, target: 65% } } }\n'],
    ],
    [
      'one waiver of two',
      'services: { web: {} }\nwaivers:\n  # old\n  - { rule: a-b, on: x, reason: why, owner: me, until: 2026-11-22 }\n  - { rule: a-b, on: x, reason: why, owner: me, until: 2026-11-23 }\n',
      [
        'services: { web: {} }\nwaivers:\n  # old\n  - { rule: a-b, on: x, reason: why, owner: me, until: 2026-11-23 }\n',
      ],
    ],
  ])('%s', (_, before, after) => {
    expect(mended(before)).toEqual(after)
  })

  test('in the file that holds it', () => {
    const texts = [
      'include: [1.yaml]\nservices: { web: { calls: [{ to: ordrs }] } }\n',
      'services:\r\n  orders: { zonez: 3 }\r\n',
    ]
    expect(mended(...texts)).toEqual([texts[0]!.replace('ordrs', 'orders'), texts[1]!.replace('zonez', 'zones')])
  })
})

test.each([
  ['two keys that are as near', 'services: { web: { calls: [{ to: x, exponetial: 1 }] } }\n'],
  ['a key that is there already', 'services: { web: { zones: 3, zonez: 2 } }\n'],
  ['a key whose value would not fit', 'services: { web: { zonez: many } }\n'],
  ['a duration whose unit nobody said', 'services: { web: { terminationGrace: 30 } }\n'],
  ['a rate that may be meant per minute', 'services: { web: { rateLimit: { limit: 600/x } } }\n'],
  ['names that are numbered', 'services: { web: { calls: [{ to: shard-2 }] } }\nstores: { shard-1: {} }\n'],
  [
    'a name that could be two',
    'services: { web: { calls: [{ to: order-d }] } }\nstores: { order-a: {}, order-b: {} }\n',
  ],
  ['a name of the wrong kind', 'journeys: { buy: { entry: ordes } }\nstores: { orders: {} }\nservices: { web: {} }\n'],
  ['what lies outside', "services: { web: { calls: [{ to: 'external:web2' }] } }\n"],
  ['two calls of the same', 'services: { web: { calls: [{ to: db }, { to: db }] } }\nstores: { db: {} }\n'],
  ['two steps of the same size', 'services: { web: { deploy: { steps: [5%, 5%] } } }\n'],
  ['files that a misspelt include would name', 'inclde: [1.yaml]\nservices: { web: {} }\n'],
  ['a text that is no YAML', 'services: { web: [\n'],
  ['what is right', right],
])('%s: left alone', (_, text) => {
  expect(titles(text)).toEqual([])
})

test('without a date no waiver is over', () => {
  expect(fixesFor(filesOf(faulty)).map(({ kind }) => kind)).not.toContain('waiver')
})

describe('on random manifests', () => {
  /** Misspells a key, a name or a value here and there. */
  const misspelt = (text: string, random: () => number) =>
    text.replaceAll(/"([a-zA-Z-]{5,})"/g, (whole, word: string) =>
      random() < 0.08 ? `"${word.slice(0, 3)}${word.slice(4)}"` : whole,
    )

  test('fixing twice changes no more than fixing once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999 }), seed => {
        const { uniform } = drawsFrom(seed / 1_000_000)
        const once = mend(
          filesOf(misspelt(JSON.stringify(part(randomManifest(seed), uniform), undefined, 1), uniform)),
          { today },
        )
        const twice = mend(once.files, { today })
        expect(twice.fixes).toEqual([])
        expect(fixesFor(filesOf(...once.files.sources.map(({ text }) => text)), { today })).toEqual([])
      }),
      { numRuns: 10, seed: 5 },
    )
  })

  test('a manifest that can be read says the same of everything but what was mended', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999 }), seed => {
        const { uniform } = drawsFrom(seed / 1_000_000)
        const before = filesOf(JSON.stringify(part(randomManifest(seed), uniform)))
        expect(readManifest(before).problems).toBeUndefined()
        const { files, fixes } = mend(before, { today })
        // Names aside, which are themselves findings, nothing in the answers may move.
        if (fixes.some(({ kind }) => kind === 'name')) return
        // A name that is in a list twice is found twice where it is wrong.
        const said = (one: typeof files) =>
          new Set(review(one, rules, { today }).findings.map(({ ruleId, message }) => `${ruleId}: ${message}`))
        expect(said(files)).toEqual(said(before))
      }),
      { numRuns: 10, seed: 6 },
    )
  })

  const part = (manifest: Record<string, unknown>, random: () => number) => ({
    system: 'x',
    ...Object.fromEntries(Object.entries(manifest).filter(() => random() < 0.25)),
  })
})

describe('the command', () => {
  test('shows a diff that patch takes, and writes only with --write', async () => {
    const cwd = folder({ 'scaffold.yaml': faulty })
    const shown = await run(['fix'], cwd)
    expect(shown.code).toBe(1)
    expect(applyPatch(faulty, shown.out)).toBe(right)
    expect(shown.out).toMatch(/^--- a\/scaffold\.yaml\n\+\+\+ b\/scaffold\.yaml\n@@/)
    expect(shown.err).toContain('scaffold.yaml:4:5: Write "replicas" instead of "replicaz"\n')
    expect(shown.err).toContain('scaffold-review: can mend 11 faults in 1 file with --write\n')
    expect(readFileSync(join(cwd, 'scaffold.yaml'), 'utf8')).toBe(faulty)

    const written = await run(['fix', '--write'], cwd)
    expect(written).toEqual({
      code: 0,
      out: shown.out,
      err: shown.err.replace('can mend 11 faults in 1 file with --write', 'mended 11 faults in 1 file'),
    })
    expect(readFileSync(join(cwd, 'scaffold.yaml'), 'utf8')).toBe(right)
    expect(await run(['fix'], cwd)).toEqual({ code: 0, out: '', err: 'scaffold-review: nothing to mend\n' })
  })

  test('what only people can mend is said, and is no success', async () => {
    const cwd = folder({ 'a.yaml': 'services:\n  web: { zonez: 3, terminationGrace: 30 }\n', 'b.yaml': 'a: [' })
    const { code, err } = await run(['fix', 'a.yaml', '--write'], cwd)
    expect(code).toBe(2)
    expect(err).toContain('a.yaml:2:20: "terminationGrace" is 30, expected a duration with a unit')
    expect(err).toContain('mended 1 fault in 1 file; 1 problem left for you')
    expect(readFileSync(join(cwd, 'a.yaml'), 'utf8')).toContain('zones: 3, terminationGrace: 30')
    expect((await run(['fix', 'b.yaml'], cwd)).code).toBe(2)
    expect((await run(['fix', 'c.yaml'], cwd)).err).toContain('There is no file "c.yaml"')
  })

  test('standard input is shown, never written', async () => {
    const cwd = folder({ x: '' })
    expect((await run(['fix', '-'], cwd, { stdin: faulty })).code).toBe(1)
    expect((await run(['fix', '-', '--write'], cwd, { stdin: faulty })).err).toContain(
      'Standard input cannot be written to',
    )
  })

  test('colours only where they are wanted', async () => {
    const cwd = folder({ 'scaffold.yaml': faulty })
    expect((await run(['fix'], cwd)).out).not.toContain('\u001b')
    expect((await run(['fix', '--color', 'always'], cwd)).out).toContain('\u001b[32m+    replicas: 3 # three')
  })

  test('keeps the mode of the file and the mark at its start, and follows a link in the project', async () => {
    const cwd = folder({ 'real/shop.yaml': `\ufeff${faulty}` })
    chmodSync(join(cwd, 'real/shop.yaml'), 0o640)
    symlinkSync('real/shop.yaml', join(cwd, 'scaffold.yaml'))
    expect((await run(['fix', '--write'], cwd)).code).toBe(0)
    expect(readFileSync(join(cwd, 'real/shop.yaml'), 'utf8')).toBe(`\ufeff${right}`)
    expect(statSync(join(cwd, 'real/shop.yaml')).mode & 0o777).toBe(0o640)
  })

  test('a link out of the project and a read-only file are left alone', async () => {
    const outside = folder({ 'shop.yaml': faulty })
    const cwd = folder({ 'locked.yaml': faulty })
    symlinkSync(join(outside, 'shop.yaml'), join(cwd, 'scaffold.yaml'))
    const link = await run(['fix', '--write'], cwd)
    expect(link.code).toBe(2)
    expect(link.err).toMatch(/"scaffold\.yaml" is a link to ".*shop\.yaml", outside of this project/)
    expect(readFileSync(join(outside, 'shop.yaml'), 'utf8')).toBe(faulty)
    chmodSync(join(cwd, 'locked.yaml'), 0o444)
    const locked = await run(['fix', 'locked.yaml', '--write'], cwd)
    expect(locked).toMatchObject({
      code: 2,
      err: expect.stringContaining('"locked.yaml" is read-only; nothing was written'),
    })
    expect(readFileSync(join(cwd, 'locked.yaml'), 'utf8')).toBe(faulty)
  })

  test('a file that changes in the meantime is left alone, and so are the others', async () => {
    const cwd = folder({ 'scaffold.yaml': 'include: [more/*.yaml]\nservices:\n  web: { zonez: 3 }\n' })
    mkdirSync(join(cwd, 'more'))
    writeFileSync(join(cwd, 'more/orders.yaml'), 'services:\n  orders: { zonez: 3 }\n')
    const late = join(cwd, 'more/orders.yaml')
    const out = {
      isTTY: false,
      columns: 80,
      write: () => {
        writeFileSync(late, 'services: {}\n')
      },
    }
    const { code, err } = await run(['fix', '--write'], cwd, { stdout: out })
    expect(code).toBe(2)
    expect(err).toContain('"more/orders.yaml" has changed since it was read; nothing was written')
    expect(readFileSync(join(cwd, 'scaffold.yaml'), 'utf8')).toContain('zonez')
    expect(readFileSync(late, 'utf8')).toBe('services: {}\n')
  })
})
