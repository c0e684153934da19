import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawsFrom } from '../src/analysis/formulas/log-normal.ts'
import { applyFixes, fixesFor, mend } from '../src/edit/fixes.ts'
import { readManifest } from '../src/manifest/read.ts'
import { rules } from '../src/rules/index.ts'
import { review } from '../src/review.ts'
import { faulty, right } from './fix-support.ts'
import { randomManifest } from './random-manifest.ts'
import { filesOf } from './support.ts'

const today = '2026-11-23'
const titles = (...texts: string[]) => fixesFor(filesOf(...texts), { today }).map(({ title }) => title)
const mended = (...texts: string[]) => mend(filesOf(...texts), { today }).files.sources.map(({ text }) => text)

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
    ...['{ on: x, reason: why, owner: me, until: 2020-01-01 }', '{ rule: { a: b }, on: x, until: 2020-01-01 }'].map(
      (waiver): [string, string, readonly string[]] => [
        `nothing of a waiver that names no rule: ${waiver}`,
        `services: { web: {} }\nwaivers: [${waiver}]\n`,
        [`services: { web: {} }\nwaivers: [${waiver}]\n`],
      ],
    ),
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

  test('several items of one list at once', () => {
    const files = filesOf('services: { web: { calls: [{ to: db, serves: [a, a, b, c, b] }] } }\nstores: { db: {} }\n')
    const fixes = fixesFor(files).filter(({ kind }) => kind === 'repetition')
    expect(applyFixes(files, fixes).map(({ after }) => after)).toEqual([
      'services: { web: { calls: [{ to: db, serves: [a, b, c] }] } }\nstores: { db: {} }\n',
    ])
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
