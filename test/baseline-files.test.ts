import { Ajv } from 'ajv'
import fc from 'fast-check'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { applyBaseline, acceptAll, prune, sectionOf } from '../src/delta/baseline.ts'
import { baselineJsonSchema } from '../src/delta/baseline-schema.ts'
import { pair, type Entry } from '../src/delta/entry.ts'
import { accepted, baselineOf, naive, name, shop } from './baseline-support.ts'
import { folder, run } from './cli-support.ts'
import { reviewText } from './support.ts'

describe('files', () => {
  test('fit their schema, and are the same whenever they are written', async () => {
    const cwd = await accepted()
    const text = readFileSync(join(cwd, name), 'utf8')
    const valid = new Ajv({ strict: true }).compile(baselineJsonSchema() as object)
    expect(valid(JSON.parse(text)) ? [] : valid.errors).toEqual([])
    await run(['baseline', 'write'], cwd)
    expect(readFileSync(join(cwd, name), 'utf8')).toBe(text)
  })

  test('--file and --baseline name another one, for manifests of several folders', async () => {
    const cwd = folder({ 'a/scaffold.yaml': shop('none'), 'b/scaffold.yaml': shop('1s'), 'ci/x': '' })
    const both = ['a/scaffold.yaml', 'b/scaffold.yaml']
    expect((await run(['baseline', 'write', ...both, '--file', 'ci/known.json'], cwd)).code).toBe(0)
    expect(baselineOf(cwd, 'ci/known.json').manifests.map(({ file }) => file)).toEqual([
      '../a/scaffold.yaml',
      '../b/scaffold.yaml',
    ])
    expect((await run([...both, '--baseline', 'ci/known.json', '--fail-on', 'info'], cwd)).code).toBe(0)
    expect((await run([...both, '--fail-on', 'info'], cwd)).code).toBe(1)
  })

  const broken = '{ "schemaVersion": 1, "manifests": [ { "file": "scaffold.yaml", "accepted": [ { "rule": 1 } ] } ] }'
  test.each([
    [
      '{ "schemaVersion": 1,\n  "manifests": [ }',
      /json:2:18: this is not a baseline .* not valid JSON: Unexpected token '}'\n/,
    ],
    ['<<<<<<< HEAD\n{}\n=======\n>>>>>>> x\n', /marks of a merge that was not finished/],
    [broken, /json:1:81: this is not a baseline .*manifests\[0\]\.accepted\[0\]\.rule: /],
    ['[]', /is not a baseline/],
    ['null', /is not a baseline/],
    ['', /not valid JSON/],
    ['{ "schemaVersion": 2, "manifests": [] }', /has schemaVersion 2, and this version of the program knows 1 only/],
  ])('one that cannot be read is exit 2, never a pass: %j', async (text, message) => {
    const cwd = folder({ 'scaffold.yaml': shop('none'), [name]: text })
    for (const argv of [['--exit-zero'], ['baseline', 'check'], ['baseline', 'write'], ['baseline', 'prune']]) {
      const { code, err } = await run(argv, cwd)
      expect([code, err]).toEqual([2, expect.stringMatching(message)])
      expect(err).not.toMatch(/\n +at /)
    }
    expect(readFileSync(join(cwd, name), 'utf8')).toBe(text)
  })

  test.each([
    [['--baseline', 'no.json'], 'There is no baseline "no.json"'],
    [['baseline', 'check'], `There is no baseline "${name}"`],
    [['baseline', 'prune'], `There is no baseline "${name}"`],
    [['baseline', 'wirte'], 'Allowed choices are write, prune, check'],
    [['baseline'], "missing required argument 'action'"],
    [['baseline', 'write', '-'], 'A baseline belongs to a file'],
    [['baseline', 'write', 'wrong.yaml'], 'servicez'],
    [['baseline', 'write', 'nope.yaml'], 'There is no file "nope.yaml"'],
  ])('%j says what is wrong, and exits 2', async (argv, message) => {
    const { code, err } = await run(argv, folder({ 'scaffold.yaml': shop('none'), 'wrong.yaml': 'servicez: {}' }))
    expect([code, err]).toEqual([2, expect.stringContaining(message)])
  })

  test('a baseline that knows another manifest only says which', async () => {
    const cwd = await accepted(shop('none'))
    writeFileSync(join(cwd, 'other.yaml'), shop('none'))
    const { code, err } = await run(['baseline', 'check', 'other.yaml'], cwd)
    expect([code, err]).toEqual([
      2,
      expect.stringContaining('says nothing about "other.yaml"; it knows "scaffold.yaml"'),
    ])
  })

  test('one that is a folder is not taken for none', async () => {
    const cwd = folder({ 'scaffold.yaml': shop('1s') })
    mkdirSync(join(cwd, name))
    expect((await run([], cwd)).code).toBe(2)
  })
})

test('a manifest that was renamed is found by its system, and never where two could be meant', () => {
  const section = (file: string, system?: string) => ({
    file,
    accepted: [],
    ...(system === undefined ? {} : { system }),
  })
  const find = (sections: ReturnType<typeof section>[], system?: string, isGone = () => true) =>
    sectionOf({ schemaVersion: 1, manifests: sections }, 'new.yaml', system, isGone)?.file
  expect(find([section('a.yaml')])).toBe('a.yaml')
  expect(find([section('a.yaml'), section('b.yaml')])).toBe(undefined)
  expect(find([section('a.yaml', 'shop'), section('b.yaml', 'bank')], 'bank')).toBe('b.yaml')
  expect(find([section('a.yaml', 'shop'), section('b.yaml', 'shop')], 'shop')).toBe(undefined)
  expect(find([section('a.yaml', 'shop')], 'bank')).toBe(undefined)
  expect(find([section('a.yaml')], undefined, () => false)).toBe(undefined)
  expect(find([section('a.yaml'), section('new.yaml', 'shop')], 'bank')).toBe('new.yaml')
})

describe('pairs', () => {
  const entry = fc.record({
    rule: fc.constantFrom('a', 'b'),
    element: fc.constantFrom('x', 'y'),
    at: fc.constantFrom('x.k', 'x.l', undefined),
    severity: fc.constantFrom('error' as const, 'warning' as const, 'info' as const),
    message: fc.constantFrom('m', 'n'),
  })
  const entries = fc.array(entry, { maxLength: 8 })

  test('each entry is used once, and only for its own rule and element', () => {
    fc.assert(
      fc.property(entries, entries, (before, after) => {
        const pairs = [...pair(before, after)]
        expect(new Set(pairs.map(([, then]) => then)).size).toBe(pairs.length)
        for (const [now, then] of pairs) expect([then.rule, then.element]).toEqual([now.rule, now.element])
      }),
      { numRuns: 60 },
    )
  })

  test('the same entries in another order are all found', () => {
    fc.assert(
      fc.property(entries, list => {
        const copies = list.map(one => ({ ...one }))
        const pairs = pair(list, copies.toReversed())
        expect(pairs.size).toBe(list.length)
        for (const [now, then] of pairs) expect([now.at, now.message]).toEqual([then.at, then.message])
      }),
      { numRuns: 60 },
    )
  })

  const one = (at: string | undefined, message: string): Entry => ({
    rule: 'r',
    element: 'e',
    at,
    severity: 'info',
    message,
  })
  test('a second finding of a rule on an element leaves the first where it was', () => {
    const [known, same, other] = [one('e.timeout', 'a'), one('e.timeout', 'b'), one('e.retries', 'c')]
    expect([...pair([known], [other, same])]).toEqual([[same, known]])
    expect([...pair([known, other], [one('e.retries', 'x')])].map(([, then]) => then)).toEqual([other])
  })
  test('the only one on both sides is the same wherever it points', () => {
    expect(pair([one(undefined, 'a')], [one('e.timeout', 'b')]).size).toBe(1)
    expect(pair([one('e.a', 'a'), one('e.b', 'b')], [one('e.c', 'c')]).size).toBe(0)
  })
})

test('whatever is accepted is green, and nothing of it is stale', () => {
  const report = reviewText(naive)
  const all = acceptAll(report)
  fc.assert(
    fc.property(fc.subarray(all), some => {
      const applied = applyBaseline(report, some)
      expect(applied.stale).toEqual([])
      expect(prune(report, some)).toEqual({ kept: some, stale: [], eased: [] })
      const left = applied.report.findings.length + applied.report.baselined.findings.length
      expect(left).toBe(report.findings.length)
    }),
    { numRuns: 20 },
  )
})
