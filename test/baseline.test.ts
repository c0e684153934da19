import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { accepted, baselineOf, manifestOf, naive, name, shop } from './baseline-support.ts'
import { run } from './cli-support.ts'

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
    expect(baselined.findings.length).toBe(52)
    expect(baselined.notStated.length).toBe(2)
    expect(scoreboard[0]!.answer).toBe('no')
    const { out } = await run([], cwd)
    expect(out).toContain('Baseline: 29 errors, 23 warnings, 2 facts not stated; --no-baseline shows them\n')
    expect(out.replaceAll('\n', ' ')).toContain('not ready (23 open questions, 54 accepted by the baseline')
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
    expect((await run(['baseline', 'prune'], cwd)).out).toContain('60 entries kept, 1 taken out')
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
    expect(baselined.findings.length).toBe(52)
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
