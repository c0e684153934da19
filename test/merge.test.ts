import { copyFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { merge } from '../src/delta/merge.ts'
import { shardOf } from '../src/delta/shard.ts'
import { formats, reporterFor } from '../src/reporters/index.ts'
import { toDocument } from '../src/reporters/json.ts'
import { reportSchema, type ReportDocument } from '../src/reporters/report-schema.ts'
import type { Run } from '../src/reporters/reporter.ts'
import { rules } from '../src/rules/index.ts'
import { folder, run } from './cli-support.ts'
import { checkoutReport, everywhere, problems, runOf, waivedReport } from './reporter-runs.ts'

const incidents = readdirSync('examples/incidents')
  .filter(name => !name.includes('repaired'))
  .slice(0, 4)

const shop = (timeout: string) => `services:\n  web:\n    calls: [{ to: api, timeout: ${timeout} }]\n  api: {}\n`

/** An estate of manifests, one of which cannot be read and one of which includes another file. */
function estate(): string {
  const cwd = folder({
    'z-broken.yaml': 'servicez:\n  web: {}\n',
    'a é b.yaml': '# ünïcode 𝄞\r\nservices: { "wéb": { calls: [{ to: api, timeout: none }] }, api: {} }\r\n',
    'with-parts.yaml': `include: [part.yaml]\n${shop('none')}`,
    'part.yaml': 'stores:\n  db: { engine: postgres@16 }\n',
    'known.yaml': shop('none'),
    'empty.yaml': '',
  })
  for (const name of incidents) copyFileSync(join('examples/incidents', name), join(cwd, name))
  return cwd
}

const reportsOf = (cwd: string) => readdirSync(cwd).filter(name => /^r\d\.json$/.test(name))
const asked = (cwd: string) => [
  ...readdirSync(cwd).filter(name => name.endsWith('.yaml') && name !== 'part.yaml'),
  'missing.yaml',
]

describe('an estate in shards', () => {
  const cwd = estate()
  // Not in the order of the names: the merged report has to have the order in which they were asked for.
  const manifests = asked(cwd).reverse()
  const inShards = async (count: number) => {
    for (let k = 1; k <= count; k++)
      await run([...manifests, '--shard', `${k}/${count}`, '-o', `json=r${k}.json`], cwd, { today: '2026-11-23' })
    return reportsOf(cwd)
  }

  test('merged, every format is what one run over all writes, byte for byte, and so is the exit code', async () => {
    expect((await run(['baseline', 'write', 'known.yaml'], cwd)).code).toBe(0)
    const reports = await inShards(3)
    expect(reports).toHaveLength(3)
    for (const format of formats) {
      const whole = await run([...manifests, '-f', format], cwd)
      const merged = await run(['merge', ...reports.toReversed(), '-f', format, '-o', `${format}=merged.out`], cwd)
      expect(merged.out, format).toBe(whole.out)
      expect(merged.code, format).toBe(whole.code)
      await run([...manifests, '-o', `${format}=whole.out`], cwd)
      expect(readFileSync(join(cwd, 'merged.out'), 'utf8'), format).toBe(readFileSync(join(cwd, 'whole.out'), 'utf8'))
    }
  })

  test('a shard that is missing is not one without findings', async () => {
    const { code, err } = await run(['merge', 'r1.json', 'r3.json'], cwd)
    expect([code, err]).toEqual([2, 'scaffold-review: The report of shard 2/3 is missing; did its job fail?\n'])
  })

  test('more shards than manifests: those without any say so, and merge as well', async () => {
    const few = folder({ 'a.yaml': shop('1s'), 'b.yaml': shop('none') })
    for (const k of [1, 2, 3]) {
      const { code, err } = await run(['a.yaml', 'b.yaml', '--shard', `${k}/3`, '-o', `json=r${k}.json`], few)
      expect([code, err.includes('shard 3/3 has nothing to review, as there are 2 manifests')]).toEqual([0, k === 3])
    }
    const merged = await run(['merge', ...reportsOf(few), '-f', 'json'], few)
    expect(merged.out).toBe((await run(['a.yaml', 'b.yaml', '-f', 'json'], few)).out)
  })
})

describe('reports that are not shards', () => {
  const cwd = folder({ 'a.yaml': shop('none'), 'b.yaml': shop('none'), 'fails.yaml': '' })
  const journey = 'journeys:\n  buy: { entry: web, criticality: critical }\n'
  writeFileSync(join(cwd, 'fails.yaml'), journey + shop('none'))
  const report = async (name: string) => {
    await run([`${name}.yaml`, '-o', `json=${name}.json`], cwd)
    return `${name}.json`
  }

  test('follow each other as they are named', async () => {
    const [a, b] = [await report('a'), await report('b')]
    const merged = await run(['merge', b, a, '-f', 'json'], cwd)
    expect(merged.out).toBe((await run(['b.yaml', 'a.yaml', '-f', 'json'], cwd)).out)
  })

  test('are judged like a review', async () => {
    const [a, fails] = [await report('a'), await report('fails')]
    const code = async (...argv: string[]) => (await run(['merge', ...argv], cwd)).code
    expect(await code(a, '--fail-on', 'error')).toBe(0)
    expect(await code(a, '--fail-on', 'warning')).toBe(1)
    expect(await code(a, fails)).toBe(1)
    expect(await code(a, fails, '--exit-zero')).toBe(0)
    expect(await code(a, '--min-coverage', '99%')).toBe(1)
  })

  const written = async () => JSON.parse(readFileSync(join(cwd, await report('a')), 'utf8')) as ReportDocument
  test.each<[string, (document: ReportDocument) => unknown, RegExp]>([
    [
      'an older version',
      one => ({ ...one, tool: { ...one.tool, version: '0.0.1' } }),
      /version 0\.0\.1, and this is \d/,
    ],
    ['another tool', one => ({ ...one, tool: { name: 'eslint', version: '1' } }), /is not a report of scaffold-review/],
    ['no report', () => [], /is not a report of scaffold-review/],
    ['null', () => null, /is not a report of scaffold-review/],
    ['a missing key', one => ({ ...one, manifests: undefined }), /x\.json:1:\d+: this is not a report .*manifests: /],
    ['a strange key', one => ({ ...one, extra: 1 }), /Unrecognized key: "extra"/],
    [
      'a strange severity',
      one => JSON.stringify(one).replace('"severity":"warning"', '"severity":"fatal"'),
      /severity: Invalid option/,
    ],
    [
      'a rule that nobody describes',
      one => ({ ...one, rules: [{ id: 'own' }] }),
      /applies a rule "own" that nobody describes/,
    ],
    ['half of it', one => JSON.stringify(one).slice(0, 500), /x\.json:1:501: .* not valid JSON/],
    [
      'shards and no shards',
      one => ({ ...one, shard: { index: 1, count: 1, positions: [0] } }),
      /expected either all or none/,
    ],
  ])('%s is refused with what is wrong, exit 2', async (_, change, message) => {
    const changed = change(await written())
    writeFileSync(join(cwd, 'x.json'), typeof changed === 'string' ? changed : JSON.stringify(changed))
    const { code, out, err } = await run(['merge', 'x.json', await report('b'), '--exit-zero'], cwd)
    expect([code, out, err]).toEqual([2, '', expect.stringMatching(message)])
    expect(err).not.toMatch(/\n +at /)
  })

  test.each([
    [['no.json'], 'There is no file "no.json"'],
    [[], "missing required argument 'report'"],
    [['a.json', './a.json'], '"a.yaml" was reviewed twice, in "a.json" and in "./a.json"'],
  ])('merge %j says what is wrong', async (argv, message) => {
    await report('a')
    const { code, err } = await run(['merge', ...argv], cwd)
    expect([code, err]).toEqual([2, expect.stringContaining(message)])
  })

  test('shards of two reviews are not mixed', async () => {
    await run(['a.yaml', '--shard', '1/1', '-o', 'json=s1.json'], cwd)
    await run(['b.yaml', '--shard', '1/2', '-o', 'json=s2.json'], cwd)
    await run(['b.yaml', '--shard', '1/1', '-o', 'json=s3.json'], cwd)
    expect((await run(['merge', 's1.json', 's2.json'], cwd)).err).toContain('expected those of one review')
    expect((await run(['merge', 's1.json', 's3.json'], cwd)).err).toContain('are both shard 1/1')
  })
})

test.each(['0/3', '4/3', '1', 'a/b', '1/0', '-1/2', '1.5/2'])('--shard %s is refused', async value => {
  const { code, err } = await run(['a.yaml', `--shard=${value}`], folder({ 'a.yaml': shop('1s') }))
  expect([code, err]).toEqual([2, expect.stringContaining('Expected which of how many, such as 2/5')])
})

test('every manifest is in one shard, none is larger by more than one, and the order of the list does not matter', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-zé]{1,4}$/), { maxLength: 40 })
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 9 }), (list, count) => {
      const shards = Array.from({ length: count }, (_, i) => shardOf(list, { index: i + 1, count }))
      expect(shards.flatMap(one => one.names).sort()).toEqual(list.toSorted())
      const sizes = shards.map(one => one.names.length)
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      for (const { names: mine, shard } of shards) expect(shard.positions.map(i => list[i])).toEqual(mine)
      const other = shardOf(list.toReversed(), { index: 1, count })
      expect(other.names.toSorted()).toEqual(shards[0]!.names.toSorted())
    }),
    { numRuns: 50 },
  )
})

describe('the way through JSON loses nothing', () => {
  const through = (given: Run) => {
    const document = JSON.parse(JSON.stringify(toDocument(given))) as ReportDocument
    reportSchema.parse(document)
    return merge([{ file: 'x.json', document }], given.tool)
  }
  const style = { color: true, width: 70, verbose: true, quiet: false }
  const hostile = everywhere('::error::%0A|`<script>\u001b[31m\u202e=cmd() "𝄞"\n- x')
  const own = { ...rules[0]!, id: 'own-rule', title: 'Of our own', why: 'Because.', formula: 'a = b' }
  const louder = { ...rules[1]!, severity: 'info' as const }

  test.each<[string, Run]>([
    ['findings', runOf(checkoutReport())],
    ['waivers', runOf(waivedReport())],
    ['problems', problems()],
    ['hostile text', runOf({ ...hostile, waived: [] })],
    ['rules of somebody else', { ...runOf(checkoutReport()), rules: [own, louder, ...rules.slice(2)] }],
  ])('%s', async (_, given) => {
    for (const format of formats) {
      const reporter = await reporterFor(format)
      expect(await reporter(through(given), style), format).toBe(await reporter(given, style))
    }
  })
})
