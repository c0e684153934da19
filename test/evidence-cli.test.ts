import { execFileSync } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { formats } from '../src/reporters/index.ts'
import { folder, run } from './cli-support.ts'

const manifest = (evidence = '[ops/*.yaml]', more = '') => `
system: shop
journeys: { checkout: { entry: web, criticality: critical } }
slos:
  checkout-success:
    journey: checkout
    objective: 99.9%
    window: 30d
    alerts: [{ burnRate: 14.4, longWindow: 1h, severity: page, owner: team, runbook: docs/r.md }]
services: { web: {} }
evidence:
  prometheusRules: ${evidence}
${more}`

const ratio = 'sum(rate(requests_total{code="500"}[1h])) / sum(rate(requests_total[1h]))'
const rules = (burnRate: string, name = 'CheckoutSuccess') => `groups:
  - name: shop
    rules:
      - alert: ${name}
        expr: ${ratio} > ${burnRate} * 0.001
        labels: { severity: page }
`
const flat = (text: string) => text.replaceAll(/\s+/g, ' ')
const shop = (burnRate = '14.4', ...given: Parameters<typeof manifest>) =>
  folder({ 'scaffold.yaml': manifest(...given), 'ops/a.yaml': rules(burnRate) })

interface Said {
  manifests: {
    verdict: string
    problems: { ruleId: string; message: string; location: { line: number } }[]
    findings: { ruleId: string; severity: string; evidence: { location: { file: string } }[] }[]
    openQuestions: { key: string; because?: string }[]
    evidence?: { claims: { state: string; location: { line: number }; places: { location: { file: string } }[] }[] }
  }[]
}
async function said(cwd: string, ...argv: string[]) {
  const { code, out } = await run(['-f', 'json', ...argv], cwd)
  const [report] = (JSON.parse(out) as Said).manifests
  const about = report!.findings.filter(({ ruleId }) => /^(?:evidence|alert-never)/.test(ruleId))
  return { code, ...report!, found: about.map(({ ruleId, severity }) => `${severity}[${ruleId}]`) }
}

test('a claim that is confirmed has both places and is no finding', async () => {
  const { found, evidence } = await said(shop())
  expect(found).toEqual([])
  expect(evidence?.claims).toMatchObject([
    { state: 'evidenced', location: { line: 9 }, places: [{ location: { file: 'ops/a.yaml', line: 5 } }] },
  ])
  const { out } = await run([], shop())
  expect(out).toContain('Evidence: 1 claim confirmed\n')
  expect((await run(['--verbose'], shop())).out).toContain('scaffold.yaml:9:16 <> ops/a.yaml:5:9')
  // Words only, as the judge of the gate expects in a comment.
  const comment = (await run(['-f', 'markdown'], shop())).out
  expect(comment).toContain('<summary>Evidence with 1 claim confirmed</summary>')
})

test('a claim that is contradicted is a finding at the manifest, with the place in the file', async () => {
  const { found, findings } = await said(shop('10'))
  expect(found).toEqual(['warning[evidence-contradicted]'])
  const [finding] = findings.filter(({ ruleId }) => ruleId === 'evidence-contradicted')
  expect(finding?.evidence[0]?.location.file).toBe('ops/a.yaml')
})

test('a fault of a file is shown with the line of that file', async () => {
  const { out } = await run([], shop('2000'))
  expect(flat(out)).toContain('error[alert-never-fires] "CheckoutSuccess" can never fire')
  expect(out).toMatch(/--> ops\/a\.yaml:5:9\n5 \| +expr: sum/)
})

test('severities are configured, names are chosen, and waivers hold', async () => {
  const configured = (text: string) => {
    const cwd = shop('10')
    writeFileSync(join(cwd, '.scaffold-review.yaml'), text)
    return said(cwd)
  }
  expect((await configured('rules: { evidence-contradicted: error }\n')).found).toEqual([
    'error[evidence-contradicted]',
  ])
  expect((await configured('rules: { evidence-contradicted: off }\n')).found).toEqual([])
  expect((await said(shop('10'), '--skip', 'evidence-contradicted')).found).toEqual([])
  expect((await said(shop('10'), '--skip', 'alerting')).found).toEqual([])
  expect((await said(shop('10'), '--only', 'evidence-contradicted')).found).toHaveLength(1)
  expect((await said(shop('10'), '--only', 'call-without-timeout')).evidence).toBeUndefined()
  const waiver = (rule: string) =>
    `waivers: [{ rule: ${rule}, on: slos.checkout-success, reason: agreed, owner: team, until: 2026-12-31 }]\n`
  expect((await said(shop('10', undefined, waiver('evidence-contradicted')))).found).toEqual([])
  const unused = await said(shop('14.4', undefined, waiver('evidence-contradicted')))
  expect(unused.findings.map(({ ruleId }) => ruleId)).toContain('waiver-unused')
})

test('what cannot be read is a problem, never a pass, and the rest is reviewed', async () => {
  const cwd = folder({
    'scaffold.yaml': manifest(
      '[ops/*.yaml, nope/*.yaml, gone.yaml, ../x.yaml, /etc/passwd, link.yaml, bytes.yaml, broken.yaml]',
    ),
    'ops/a.yaml': rules('14.4'),
    'bytes.yaml': new Uint8Array([0xff, 0xfe, 0x00]),
    'broken.yaml': 'groups: [\n',
  })
  symlinkSync('/etc/hostname', join(cwd, 'link.yaml'))
  const { code, verdict, problems, evidence } = await said(cwd)
  expect(code).toBe(2)
  expect(verdict).not.toBe('ready')
  expect(
    problems.map(({ ruleId, location, message }) => `${ruleId} ${location.line} ${message.split(';')[0]!}`),
  ).toEqual([
    'evidence 12 "nope/*.yaml" matches no file, so nothing is checked against it',
    'evidence 12 There is no file "gone.yaml"',
    'evidence 12 "../x.yaml" leads out of the folder of the manifest',
    'evidence 12 "/etc/passwd" leads out of the folder of the manifest',
    'evidence 12 "link.yaml" lies outside the folder of the manifest',
    'evidence 12 "bytes.yaml" is not a text file in UTF-8',
    expect.stringMatching(/^evidence 12 broken\.yaml:\d+: /),
  ])
  expect(evidence?.claims.map(({ state }) => state)).toEqual(['evidenced'])
})

test('nothing is missing where a glob finds nothing', async () => {
  const { evidence } = await said(folder({ 'scaffold.yaml': manifest('nope/*.yaml') }))
  expect(evidence?.claims.map(({ state }) => state)).toEqual(['claimed'])
})

test('an alert that cannot be read leaves a question, and nothing is missing then', async () => {
  const cwd = shop()
  writeFileSync(
    join(cwd, 'ops/a.yaml'),
    rules('14.4').replace(ratio, 'sum(').concat(rules('1', 'Other').split('\n').slice(3).join('\n')),
  )
  const { code, verdict, openQuestions, evidence } = await said(cwd)
  expect(code).toBe(0)
  expect(verdict).toBe('incomplete')
  expect(openQuestions.find(({ key }) => key === 'evidence.prometheusRules')?.because).toMatch(
    /"CheckoutSuccess" cannot be read: .*\(ops\/a\.yaml:5\)/,
  )
  expect(evidence?.claims.map(({ state }) => state)).toEqual(['claimed'])
})

test('large and hostile files end soon, with a reason', async () => {
  const started = performance.now()
  const big = shop()
  writeFileSync(join(big, 'ops/b.yaml'), 'a'.repeat(50_000_000))
  expect((await said(big)).problems[0]?.message).toMatch(/"ops\/b\.yaml" has 50MB; expected at most/)
  const many = shop()
  writeFileSync(join(many, 'ops/b.yaml'), '---\n'.repeat(100_000))
  expect((await said(many)).problems[0]?.message).toContain('ops/b.yaml:1: There are no groups of rules in it')
  const deep = shop()
  writeFileSync(join(deep, 'ops/b.yaml'), rules('14.4', 'Deep').replace(ratio, `${'('.repeat(50_000)}up`))
  expect((await said(deep)).problems[0]?.message).toContain(
    '"Deep" cannot be read: the expression is nested more than 250 levels deep',
  )
  expect(performance.now() - started).toBeLessThan(20_000)
})

test('--max-files and --max-input hold for evidence as well', async () => {
  const cwd = folder({ 'scaffold.yaml': manifest(), 'ops/a.yaml': rules('14.4'), 'ops/b.yaml': rules('1', 'B') })
  expect((await said(cwd, '--max-files', '1')).problems[0]?.message).toContain('The evidence has more than 1 files')
  const size = manifest().length + 10
  expect((await said(cwd, '--max-input', `${size}B`)).problems[0]?.message).toMatch(/"ops\/b\.yaml" has/)
})

test('globs start at the file that says so', async () => {
  const [top, evidence] = manifest('[alerts/*.yaml]').split('evidence:\n')
  const cwd = folder({
    'scaffold.yaml': `include: [ops/evidence.yaml]\n${top!}`,
    'ops/evidence.yaml': `evidence:\n${evidence!}`,
    'ops/alerts/a.yaml': rules('14.4'),
  })
  const { evidence: read, problems } = await said(cwd)
  expect(problems).toEqual([])
  expect(read?.claims.map(({ state }) => state)).toEqual(['evidenced'])
})

test('merged reports are the same, byte for byte, in every format', async () => {
  const cwd = shop('2000')
  await run(['-o', 'json=r.json'], cwd)
  for (const format of formats.filter(one => one !== 'json'))
    expect((await run(['merge', 'r.json', '-f', format], cwd)).out).toBe((await run(['-f', format], cwd)).out)
  expect((await run(['-f', 'html'], cwd)).out).toContain('Evidence (1)')
  expect((await run(['-f', 'sarif'], cwd)).out).toContain('"claims"')
})

test('a baseline accepts what the evidence contradicts', async () => {
  const cwd = shop('10')
  await run(['baseline', 'write'], cwd)
  expect((await said(cwd)).found).toEqual([])
})

test('diff reads the evidence of each revision', async () => {
  const cwd = shop()
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.example', ...args], { cwd })
  git('init', '-q', '-b', 'main')
  git('add', '.')
  git('commit', '-qm', 'a')
  writeFileSync(join(cwd, 'ops/a.yaml'), rules('10'))
  const { out } = await run(['diff', 'main:scaffold.yaml'], cwd)
  expect(out).toContain('evidence-contradicted')
  git('commit', '-qam', 'b')
  expect((await run(['diff', 'main:scaffold.yaml'], cwd)).out).not.toContain('evidence-contradicted')
})
