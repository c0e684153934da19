import { Ajv } from 'ajv'
import fc from 'fast-check'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { applyBaseline, acceptAll, prune } from '../src/delta/baseline.ts'
import { baselineJsonSchema, type Baseline } from '../src/delta/baseline-schema.ts'
import { pair, type Entry } from '../src/delta/entry.ts'
import type { ReportDocument } from '../src/reporters/report-schema.ts'
import { folder, run } from './cli-support.ts'
import { reviewText } from './support.ts'

const naive = readFileSync('examples/web-shop-naive/scaffold.yaml', 'utf8')
const name = '.scaffold-review-baseline.json'

const baselineOf = (cwd: string, file = name) => JSON.parse(readFileSync(join(cwd, file), 'utf8')) as Baseline
const manifestOf = async (cwd: string, ...argv: string[]) => {
  const { code, out, err } = await run([...argv, '-f', 'json'], cwd)
  const [manifest] = (JSON.parse(out) as ReportDocument).manifests
  return { code, err, ...manifest! }
}
/** A folder whose baseline accepts the manifest as it is. */
async function accepted(text = naive): Promise<string> {
  const cwd = folder({ 'scaffold.yaml': text })
  expect((await run(['baseline', 'write'], cwd)).code).toBe(0)
  return cwd
}

describe('on the naive web shop', () => {
  test('written, the review is green, and the verdict still tells the truth', async () => {
    const cwd = await accepted()
    const { code, verdict, findings, notStated, baselined, scoreboard, err } = await manifestOf(
      cwd,
      '--fail-on',
      'info',
      '--strict',
    )
    expect({ code, verdict, findings, notStated, err }).toEqual({
      code: 0,
      verdict: 'not ready',
      findings: [],
      notStated: [],
      err: '',
    })
    expect(baselined.findings.length).toBe(53)
    expect(baselined.notStated.length).toBe(2)
    expect(scoreboard[0]!.answer).toBe('no')
    const { out } = await run([], cwd)
    expect(out).toContain('Baseline: 29 errors, 24 warnings, 2 facts not stated; --no-baseline shows them\n')
    expect(out.replaceAll('\n', ' ')).toContain('not ready (22 open questions, 55 accepted by the baseline')
    expect((await run(['-f', 'sarif'], cwd)).out).not.toContain('"ruleIndex"')
  })

  test('one more fault added, exactly that one is red', async () => {
    const cwd = await accepted()
    const service = 'latency: { mean: 20ms, p99: 150ms }\n    state: '
    writeFileSync(join(cwd, 'scaffold.yaml'), naive.replace(`${service}none`, `${service}local`))
    const { code, findings } = await manifestOf(cwd, '--fail-on', 'warning')
    expect(code).toBe(1)
    expect(findings.map(({ ruleId, subject }) => `${ruleId} ${subject.path}`)).toEqual([
      'local-state-with-replicas services.catalogue',
    ])
  })

  test('one fixed, the stale entry is named; prune takes it out, check is content again', async () => {
    const cwd = await accepted()
    writeFileSync(join(cwd, 'scaffold.yaml'), naive.replace('state: local', 'state: none'))
    const { code, err } = await run([], cwd)
    expect(code).toBe(0)
    expect(err).toBe(
      `scaffold-review: ${name}: 1 entry is stale: local-state-with-replicas on services.web; "scaffold-review baseline prune" takes it out\n`,
    )
    const check = await run(['baseline', 'check'], cwd)
    expect(check.code).toBe(1)
    expect(check.out).toContain('  stale  local-state-with-replicas on services.web: "web"')
    const before = baselineOf(cwd).manifests[0]!.accepted
    expect((await run(['baseline', 'prune'], cwd)).out).toContain('61 entries kept, 1 taken out')
    const after = baselineOf(cwd).manifests[0]!.accepted
    expect(after).toEqual(before.filter(({ rule }) => rule !== 'local-state-with-replicas'))
    expect((await run(['baseline', 'check'], cwd)).code).toBe(0)
    expect((await run([], cwd)).err).toBe('')
    writeFileSync(join(cwd, 'scaffold.yaml'), naive)
    expect((await manifestOf(cwd)).findings.map(({ ruleId }) => ruleId)).toEqual(['local-state-with-replicas'])
  })

  test('a cause that is mended does not make a new finding of what followed from it', async () => {
    const cwd = await accepted()
    const before = await manifestOf(cwd, '--no-baseline')
    const cause = before.findings.find(({ ruleId, alsoImplies }) => ruleId === 'retry-amplification' && alsoImplies[0])!
    expect(cause.alsoImplies.map(({ ruleId }) => ruleId)).toContain('retry-without-budget')
    const { code, findings } = await manifestOf(cwd, '--skip', 'retry-amplification', '--fail-on', 'info')
    expect([code, findings]).toEqual([0, []])
  })
})

const shop = (timeout: string, more = '', journey = 'criticality: critical') => `
system: shop
journeys: { buy: { entry: web, ${journey} } }
services:
  web:
    calls:
      - { to: api, timeout: ${timeout} }
      - { to: psp, timeout: none }${more}
  api: {}
externals: { psp: {} }
`
const only = ['--only', 'call-without-timeout']

describe('what an entry is recognised by', () => {
  const reordered = (text: string): string => {
    const reverse = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(reverse)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, inner]) => [key, reverse(inner)]),
            )
          : value
    return `# written anew\n\n${stringify(reverse(parse(text)), { indent: 4 })}`
  }

  test('neither formatting, nor the order of keys, nor the name of the file', async () => {
    const cwd = await accepted()
    renameSync(join(cwd, 'scaffold.yaml'), join(cwd, 'shop.yaml'))
    writeFileSync(join(cwd, 'shop.yaml'), reordered(naive))
    const { code, findings, baselined, err } = await manifestOf(cwd, 'shop.yaml', '--fail-on', 'info', '--strict')
    expect({ code, findings, err }).toEqual({ code: 0, findings: [], err: '' })
    expect(baselined.findings.length).toBe(53)
  })

  test('a part that moved into an included file', async () => {
    const cwd = await accepted(shop('none'))
    writeFileSync(join(cwd, 'scaffold.yaml'), `include: [web.yaml]\nsystem: shop\n`)
    writeFileSync(join(cwd, 'web.yaml'), shop('none').replace('system: shop\n', ''))
    expect((await manifestOf(cwd, ...only)).findings).toEqual([])
  })

  test('not the place in a list: a call above does not rename those below', async () => {
    const cwd = await accepted(shop('none'))
    const text = shop('none').replace('    calls:\n', '    calls:\n      - { to: new, timeout: none }\n')
    writeFileSync(join(cwd, 'scaffold.yaml'), text.replace('api: {}', 'api: {}\n  new: {}'))
    const { findings } = await manifestOf(cwd, ...only)
    expect(findings.map(({ message }) => message)).toEqual([
      '"web -> new" waits without a timeout on the critical "buy"; expected one',
    ])
  })

  test('a manifest beside it is another one', async () => {
    const cwd = await accepted(shop('none'))
    writeFileSync(join(cwd, 'other.yaml'), shop('none'))
    expect((await manifestOf(cwd, 'other.yaml', ...only)).findings).toHaveLength(2)
    expect((await run(['baseline', 'write', 'other.yaml'], cwd)).code).toBe(0)
    expect(baselineOf(cwd).manifests.map(({ file }) => file)).toEqual(['other.yaml', 'scaffold.yaml'])
    expect((await manifestOf(cwd, 'other.yaml', ...only)).findings).toEqual([])
  })

  test('the file of another system is not taken for one that was renamed', async () => {
    const cwd = await accepted(shop('none'))
    renameSync(join(cwd, 'scaffold.yaml'), join(cwd, 'moved.yaml'))
    writeFileSync(join(cwd, 'new.yaml'), shop('none').replace('system: shop', 'system: bank'))
    expect((await manifestOf(cwd, 'new.yaml', ...only)).findings).toHaveLength(2)
    expect((await manifestOf(cwd, 'moved.yaml', ...only)).findings).toEqual([])
  })
})

describe('what is worse than it was accepted', () => {
  const mild = shop('none', '', 'criticality: normal')

  test('stands, and says so; what is milder is eased by prune and cannot grow back', async () => {
    const cwd = await accepted(mild)
    const file = join(cwd, 'scaffold.yaml')
    writeFileSync(file, shop('none'))
    const { code, findings, baselined } = await manifestOf(cwd, ...only)
    expect(code).toBe(1)
    expect(findings.map(({ severity, note }) => [severity, note])).toEqual(
      Array.from({ length: 2 }, () => ['error', 'The baseline accepts it as a warning only']),
    )
    expect(baselined.findings).toEqual([])
    await run(['baseline', 'write'], cwd)
    expect((await manifestOf(cwd, ...only)).findings).toEqual([])
    writeFileSync(file, mild)
    expect((await run(['baseline', 'check'], cwd)).out).toMatch(/eased {2}call-without-timeout .* \(now warning\)/)
    await run(['baseline', 'prune'], cwd)
    writeFileSync(file, shop('none'))
    expect((await manifestOf(cwd, ...only)).findings).toHaveLength(2)
  })
})

test('a waiver answers for what it covers: its entry is stale, so that the end of the waiver is not the start of silence', async () => {
  const cwd = await accepted(shop('none'))
  const waiver = `waivers:\n  - { rule: call-without-timeout, on: services.web, reason: replaced in May, owner: team-web, until: 2026-12-31 }\n`
  writeFileSync(join(cwd, 'scaffold.yaml'), shop('none') + waiver)
  expect((await run(['baseline', 'check'], cwd)).code).toBe(1)
  await run(['baseline', 'prune'], cwd)
  expect((await manifestOf(cwd, ...only, '--today', '2027-01-01')).findings).toHaveLength(2)
})

test('rules that were not applied leave no stale entry', async () => {
  const cwd = await accepted()
  expect((await run(['--only', 'ttl-missing'], cwd)).err).toBe('')
})

test('facts that must be stated are accepted by name', async () => {
  const cwd = await accepted('services:\n  web:\n    calls: [{ to: api }]\n  api: {}\n')
  const { accepted: entries } = baselineOf(cwd).manifests[0]!
  expect(entries.find(({ element }) => element.endsWith('timeout'))).toEqual({
    rule: 'not-stated',
    element: 'services.web.calls.api.timeout',
    severity: 'warning',
    message: '"web -> api" does not state timeout',
  })
  expect((await run(['--strict', '--fail-on', 'info'], cwd)).code).toBe(0)
})

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
