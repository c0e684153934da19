import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatPath } from '../src/finding.ts'
import type { ManifestFiles } from '../src/manifest/files.ts'
import { readManifest } from '../src/manifest/read.ts'
import { manifestSchema } from '../src/manifest/schema/manifest.ts'
import { Source } from '../src/manifest/source.ts'
import { isListType, itemOf, shapeOf } from '../src/manifest/walk-schema.ts'
import { rules } from '../src/rules/index.ts'
import { review } from '../src/review.ts'
import { filesOf, modelOf, removals, textOf } from './support.ts'

const problems = (text: string) =>
  (readManifest(filesOf(text)).problems ?? []).map(
    ({ location: { start }, message }) => `${start.line}:${start.column} ${message}`,
  )

const expected = '; expected a map with services, calls between them, stores, journeys and so on'
test.each([
  ['nothing', '', `1:1 The manifest is empty${expected}`],
  ['a comment', '# soon\n', `1:1 The manifest is empty${expected}`],
  ['null', '~\n', `1:1 The manifest is empty${expected}`],
  ['a list', '- a\n', `1:1 The manifest holds a list${expected}`],
  ['a scalar', 'hello\n', `1:1 The manifest holds a single value${expected}`],
  ['two documents', 'services: {}\n---\na: 1\n', '2:1 A second document begins here; expected one document a file'],
  ['tabs', 'services:\n\tweb: {}\n', '2:1 A tab indents this line; expected spaces'],
  ['binary data', 'a: 1\r\nb: 2\r\nc: \u0000\r\n', '3:4 This is not a text file in UTF-8'],
  ['broken UTF-8', 'a: \ufffd\n', '1:4 This is not a text file in UTF-8'],
  [
    'a bracket too few',
    'services: [\n',
    '2:1 Flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
  ['an alias without an anchor', 'a: *b\n', '1:4 No anchor &b is set before this alias'],
  ['an alias before its anchor', 'a: *b\nc: &b 1\n', '1:4 No anchor &b is set before this alias'],
  ['an alias inside what it stands for', 'a: &a { b: [*a] }\n', '1:13 The alias *a stands inside what it stands for'],
  ['a merge of itself', 'a: &a { <<: *a }\n', '1:13 The alias *a stands inside what it stands for'],
  ['a set', 'services: !!set { web, shop }\n', '1:17 The tag !!set cannot be used'],
  ['binary scalars', 'services: !!binary aGVsbG8=\n', '1:20 The tag !!binary cannot be used'],
  ['a tag of its own', 'services: !mine {}\n', '1:11 Unresolved tag: !mine'],
])('%s', (_, text, problem) => {
  expect(problems(text)).toEqual([problem])
})

test('plain tags change nothing', () => {
  expect(modelOf('system: !!str 7\nservices: !!map { web: { zones: !!int "3" } }\n').services.get('web')!.zones).toBe(3)
})

describe('texts that are made to hurt are refused, and quickly', () => {
  const deep = 'Nested too deeply to be a manifest'
  const million = 1_000_000
  const bomb = (link: (to: string) => string) =>
    `x-0: &0 { k: v }\n${Array.from({ length: 40 }, (_, i) => `x-${i + 1}: &${i + 1} ${link(`*${i}`)}`).join('\n')}\n`
  test.each([
    ['5 MB of brackets', '['.repeat(5 * million), deep],
    ['5 MB of braces', '{a: '.repeat(1.25 * million), deep],
    ['5 MB of lists in lists', '- '.repeat(2.5 * million), deep],
    ['5 MB of keys that are maps', '? '.repeat(2.5 * million), deep],
    ['5 MB of anchors', '&a '.repeat(1.6 * million), deep],
    ['5 MB of aliases', '*a '.repeat(1.6 * million), deep],
    ['5 MB of tags', '!!map '.repeat(0.8 * million), deep],
    ['brackets between stray quotes', `a: b"c\nd: ${'['.repeat(50_000)}${']'.repeat(50_000)}\ne: f"g\n`, deep],
    ['maps in maps, line by line', Array.from({ length: 2000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), deep],
    [
      '17 MB',
      ' '.repeat(17 * 1024 * 1024),
      'The file has 17 million characters; expected at most 16. Split it and use include',
    ],
    [
      'aliases that multiply',
      bomb(to => `[${`${to}, `.repeat(9)}]`),
      'Aliases multiply into more data than the text holds; write the values out',
    ],
    [
      'merges that multiply',
      bomb(to => `{ <<: [${to}, ${to}] }`),
      'Aliases multiply into more data than the text holds; write the values out',
    ],
  ])('%s', (_, text, message) => {
    const started = performance.now()
    const { problems = [] } = readManifest(filesOf(text))
    expect(problems.map(({ message }) => message)).toContain(message)
    expect(problems.length).toBeLessThanOrEqual(100)
    expect(performance.now() - started).toBeLessThan(3000)
  })

  test('brackets in quotes and comments do not nest', () => {
    expect(
      problems(`system: "${'['.repeat(20_000)}" # ${'{'.repeat(20_000)}\ndescription: '${'{'.repeat(20_000)}'\n`),
    ).toEqual([])
  })

  test('thousands of anchors are no more work than as many values', () => {
    const text = Array.from({ length: 1500 }, (_, i) => `x-${i}: &n${i} { a: 1 }\nx-l${i}: *n${i}\n`).join('')
    const started = performance.now()
    expect(new Source('a.yaml', text).problems).toEqual([])
    expect(performance.now() - started).toBeLessThan(3000)
  })
})

describe('names that JavaScript knows', () => {
  test('are names like others', () => {
    const { services, calls } = modelOf(
      'services:\n  constructor: { calls: [{ to: toString }] }\n  toString: {}\n  hasOwnProperty: { consumes: [] }\n',
    )
    expect([...services.keys()]).toEqual(['constructor', 'hasOwnProperty', 'toString'])
    expect(calls[0]!.target).toBe(services.get('toString'))
    expect(modelOf('services: { web: { calls: [{ to: valueOf }] } }\n').calls[0]!.target).toBeUndefined()
  })

  test('are unknown as keys, and the one that cannot be kept is refused rather than lost', () => {
    expect(problems('services: { web: { constructor: 1 } }\ntoString: 2\n')).toEqual([
      '1:20 Unknown key "constructor" in "web"; keys of your own start with x-',
      '2:1 Unknown key "toString"; keys of your own start with x-',
    ])
    for (const text of [
      '__proto__: 1\n',
      'services: { __proto__: {} }\n',
      'services: { web: { "__proto__": { zones: 3 } } }\n',
    ])
      expect(problems(text)).toEqual([`1:${text.search(/"?__/) + 1} The name "__proto__" cannot be used`])
    expect(({} as Record<string, unknown>).zones).toBeUndefined()
  })
})

/** Every problem lies inside its text, and says something in the words of the manifest. */
function expectSound(files: ManifestFiles, path: string): void {
  const report = review(files, [])
  for (const { ruleId, message, location, related } of report.problems) {
    for (const { file, start, end } of [location, ...related.map(({ location }) => location)]) {
      const { text } = files.sources.find(source => source.file === file)!
      const lines = text.slice(0, start.offset).split('\n')
      expect([start.line, start.column], message).toEqual([lines.length, lines.at(-1)!.length + 1])
      expect(end.offset).toBeGreaterThanOrEqual(start.offset)
      expect(end.offset).toBeLessThanOrEqual(text.length)
    }
    // The parser has words of its own.
    if (ruleId !== 'yaml-syntax')
      expect(message, path).not.toMatch(/invalid |must match|too small|too big|undefined|object Object|received/i)
  }
}

test('any text is read or refused, without a throw and with a place in the text', () => {
  const line = fc.constantFrom(
    'services:',
    '  web:',
    '  - to: a',
    'x: &a [',
    ']',
    '{',
    '}',
    '*a',
    '<<: *a',
    '? b',
    ': c',
    '"',
    "'",
    '\t',
    '---',
    '...',
    '%YAML 1.1',
    '| ',
    '\r',
    '# #',
    '~',
    '!!str',
    '&b',
    'stores: {}',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.array(line, { maxLength: 12 }).map(lines => lines.join('\n')),
      ),
      text => {
        expectSound(filesOf(text), text)
      },
    ),
    { numRuns: 300 },
  )
})

test('any JSON value is read or refused as a manifest, without a throw', () => {
  fc.assert(
    fc.property(fc.jsonValue({ depthSize: 'small' }), value => {
      expectSound(filesOf(JSON.stringify(value)), '')
      expectSound(filesOf(JSON.stringify({ services: value, journeys: { a: value }, stores: { b: value } })), '')
    }),
    { numRuns: 150 },
  )
})

/** Every key of the vocabulary, by a path that leads to it. */
function* keys(schema: Parameters<typeof shapeOf>[0], path: (string | number)[] = []): Generator<(string | number)[]> {
  if (path.length > 0) yield path
  for (const [key, inner] of shapeOf(schema)) yield* keys(inner, [...path, key])
  const item = itemOf(schema)
  if (item) yield* keys(item, [...path, isListType(schema) ? 0 : 'one'])
}

test('whatever stands at a key of the vocabulary, what is wrong with it is said in the words of the manifest', () => {
  const all = [...keys(manifestSchema)]
  expect(all.length).toBeGreaterThan(500)
  for (const [i, path] of all.entries()) {
    const absurd = [-1, 'text', 1.5e300, [], {}, null, true, '-5s', { a: 1 }, [1], ''][i % 11]
    const value = path.reduceRight<unknown>(
      (inner, step) => (typeof step === 'number' ? [inner] : { [step]: inner }),
      absurd,
    )
    expectSound(filesOf(JSON.stringify(value)), `${formatPath(path)}: ${JSON.stringify(absurd)}`)
  }
})

test('an example without one of its facts can still be read', () => {
  for (const rule of rules) {
    for (const { rest } of [...removals(textOf(rule.examples[0]))].slice(0, 5)) {
      const { problems = [] } = readManifest(filesOf(JSON.stringify(rest)))
      // What makes an element what it is may be missing; nothing else may be wrong.
      expect(problems.filter(({ message }) => !message.includes('is missing'))).toEqual([])
    }
  }
})
