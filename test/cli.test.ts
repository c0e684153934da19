import { mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { folder, run } from './cli-support.ts'

const good = 'services:\n  web: { role: sidecar }\n'
const warned = 'services:\n  web:\n    calls: [{ to: api, timeout: none }]\n  api: {}\n'
const failed = `journeys:\n  buy: { entry: web, criticality: critical }\n${warned}`
const silent = 'services:\n  web:\n    calls: [{ to: api }]\n  api: {}\n'

const only = ['--only', 'call-without-timeout']

describe('exit codes', () => {
  const cwd = folder({
    'good.yaml': good,
    'warned.yaml': warned,
    'failed.yaml': failed,
    'silent.yaml': silent,
    'wrong.yaml': 'servicez: {}',
  })
  test.each([
    [['good.yaml', ...only], 0],
    [['warned.yaml', ...only], 0],
    [['failed.yaml', ...only], 1],
    [['silent.yaml', ...only], 0],
    [['warned.yaml', ...only, '--fail-on', 'warning'], 1],
    [['silent.yaml', ...only, '--fail-on', 'warning'], 1],
    [['silent.yaml', ...only, '--fail-on', 'info'], 1],
    [['silent.yaml', ...only, '--strict'], 1],
    [['good.yaml', ...only, '--strict'], 0],
    [['silent.yaml', ...only, '--min-coverage', '80%'], 1],
    [['failed.yaml', ...only, '--min-coverage', '80%', '--exit-zero'], 0],
    [['warned.yaml', ...only, '--min-coverage', '0.8'], 0],
    [['good.yaml', 'failed.yaml', ...only], 1],
    [['wrong.yaml', '--exit-zero'], 2],
    [['good.yaml', 'wrong.yaml'], 2],
    [['failed.yaml', 'wrong.yaml'], 2],
    [['missing.yaml'], 2],
    [['good.yaml', '--format', 'xml'], 2],
    [['good.yaml', '--nonsense'], 2],
    [['good.yaml', '--only', 'call-without-timeot'], 2],
    [['good.yaml', '--min-coverage', 'much'], 2],
    [['good.yaml', '--today', '2026-13-45'], 2],
    [['good.yaml', '-o', 'pretty'], 2],
    [['good.yaml', '-o', 'nosuch=x'], 2],
    [['explain', 'no-such-rule'], 2],
    [['--help'], 0],
    [['review', '--help'], 0],
    [['--version'], 0],
    [['rules'], 0],
    [['schema'], 0],
    [['explain'], 0],
  ])('%j', async (argv, code) => {
    expect((await run(argv, cwd)).code).toBe(code)
  })

  test('are the same in every format', async () => {
    for (const format of ['pretty', 'json', 'sarif']) {
      expect((await run(['failed.yaml', ...only, '-f', format], cwd)).code).toBe(1)
      expect((await run(['wrong.yaml', '-f', format], cwd)).code).toBe(2)
      expect((await run(['warned.yaml', ...only, '-f', format], cwd)).code).toBe(0)
    }
  })

  test('stay 1 with 256 findings', async () => {
    const calls = Array.from({ length: 256 }, (_, i) => `      - { to: api${i}, timeout: none }`).join('\n')
    const apis = Array.from({ length: 256 }, (_, i) => `  api${i}: {}`).join('\n')
    const many = `journeys:\n  buy: { entry: web, criticality: critical }\nservices:\n${apis}\n  web:\n    calls:\n${calls}\n`
    const { code, out } = await run(['-', '-f', 'json', ...only], cwd, { stdin: many })
    expect((JSON.parse(out) as { manifests: { findings: unknown[] }[] }).manifests[0]!.findings).toHaveLength(256)
    expect(code).toBe(1)
  })
})

describe('streams', () => {
  const cwd = folder({ 'failed.yaml': failed, 'silent.yaml': silent })

  test('the report goes to standard output and nothing else does', async () => {
    const { out, err } = await run(['silent.yaml', '-f', 'json', '--strict', '--min-coverage', '90%'], cwd)
    expect(() => JSON.parse(out) as unknown).not.toThrow()
    expect(err).toMatch(/--strict/)
    expect(err).toMatch(/--min-coverage asks for 90%/)
  })

  test('files are written whole, beside what is printed', async () => {
    const { out } = await run(['failed.yaml', '-o', 'json=a.json', '-o', 'pretty=b.txt', '--color', 'always'], cwd)
    expect(out).toContain('\u001b[')
    expect(JSON.parse(readFileSync(join(cwd, 'a.json'), 'utf8'))).toMatchObject({ schemaVersion: 1 })
    expect(readFileSync(join(cwd, 'b.txt'), 'utf8')).not.toContain('\u001b[')
    expect(readdirSync(cwd).filter(name => name.startsWith('.'))).toEqual([])
  })

  test('a file that cannot be written is said, and exits 2', async () => {
    mkdirSync(join(cwd, 'taken'), { recursive: true })
    const { code, err } = await run(['silent.yaml', '-o', 'json=taken'], cwd)
    expect(code).toBe(2)
    expect(err).toMatch(/^scaffold-review: Cannot write "/)
    expect(readdirSync(cwd).filter(name => name.startsWith('.'))).toEqual([])
  })

  test.each([
    [{}, {}, false],
    [{}, { isTTY: true }, true],
    [{ NO_COLOR: '1' }, { isTTY: true }, false],
    [{ FORCE_COLOR: '1' }, {}, true],
    [{ FORCE_COLOR: '0' }, { isTTY: true }, false],
    [{ TERM: 'dumb' }, { isTTY: true }, false],
  ])('colours with %j on %j: %j', async (env, stdout, colored) => {
    let out = ''
    await run(['failed.yaml'], cwd, {
      env,
      stdout: { write: text => (out += text), isTTY: false, columns: 80, ...stdout },
    })
    expect(out.includes('\u001b[')).toBe(colored)
  })
})

describe('what is reviewed', () => {
  const cwd = folder({ 'scaffold.yaml': failed, 'deep/er/here.txt': '', 'empty/x': '' })

  test('scaffold.yaml is found upwards', async () => {
    const { code, out } = await run(only, join(cwd, 'deep/er'))
    expect(code).toBe(1)
    expect(out).toContain('--> ../../scaffold.yaml:')
  })

  test('none found is an error that says what to do', async () => {
    const { code, err } = await run([], folder({ x: '' }))
    expect(code).toBe(2)
    expect(err).toMatch(/There is no scaffold\.yaml here or in a folder above/)
  })

  test('standard input has the name it is given', async () => {
    const { out } = await run(['-', '--stdin-filename', 'draft/shop.yaml', ...only], cwd, { stdin: failed })
    expect(out).toContain('--> draft/shop.yaml:5:')
  })

  test('several manifests in one run, each named, none twice', async () => {
    const { out } = await run(['scaffold.yaml', '-', 'scaffold.yaml', '-f', 'json', ...only], cwd, { stdin: good })
    const { manifests } = JSON.parse(out) as { manifests: { file: string }[] }
    expect(manifests.map(({ file }) => file)).toEqual(['scaffold.yaml', 'stdin.yaml'])
  })

  test('--only and --skip take rules and questions', async () => {
    const ids = async (...argv: string[]) => {
      const { out } = await run(['scaffold.yaml', '-f', 'json', ...argv], cwd)
      return (JSON.parse(out) as { manifests: { rules: { ruleId: string }[] }[] }).manifests[0]!.rules.map(
        ({ ruleId }) => ruleId,
      )
    }
    expect(await ids('--only', 'call-without-timeout,capacity-below-peak')).toEqual([
      'call-without-timeout',
      'capacity-below-peak',
    ])
    expect(await ids('--only', 'scaling', '--skip', 'capacity-below-peak')).not.toContain('capacity-below-peak')
    expect(await ids('--only', 'scaling')).toContain('capacity-below-peak')
    expect(await ids('--skip', 'partial-failure')).not.toContain('call-without-timeout')
  })

  test('waivers are judged by the day that is given', async () => {
    const waived = `${failed}waivers:\n  - { rule: call-without-timeout, on: services.web, reason: gone in May, owner: team-web, until: 2026-12-31 }\n`
    expect((await run(['-', ...only], cwd, { stdin: waived })).code).toBe(0)
    const late = await run(['-', '--today', '2027-01-01', ...only], cwd, { stdin: waived })
    expect(late.code).toBe(1)
    expect(late.out).toContain('The waiver of team-web ended on 2026-12-31')
  })
})

describe('reference', () => {
  const cwd = folder({ x: '' })

  test('explain knows rules, questions, tables and whole references, and suggests names', async () => {
    expect((await run(['explain', 'call-without-timeout'], cwd)).out).toMatch(/^# call-without-timeout\n/)
    expect((await run(['explain', 'caching'], cwd)).out).toMatch(/^# Are caching and TTLs sensible\?/)
    expect((await run(['explain', 'manifest'], cwd)).out).toMatch(/^# The manifest\n/)
    expect((await run(['explain', 'checklist'], cwd)).out).toMatch(/^# The checklist\n/)
    expect((await run(['explain', 'analyses'], cwd)).out).toMatch(/^# What follows from a manifest\n/)
    expect((await run(['explain', 'waiver-unused'], cwd)).out).toMatch(/^# waiver-unused\n[^]*Remove the waiver/)
    expect((await run(['explain', 'retries'], cwd)).out).toMatch(/^# retries\n/)
    expect((await run(['explain', 'call-without-timeot'], cwd)).err).toContain('did you mean "call-without-timeout"?')
  })

  test('rules as JSON', async () => {
    const { rules } = JSON.parse((await run(['rules', '--format', 'json'], cwd)).out) as { rules: { id: string }[] }
    expect(rules.map(({ id }) => id)).toContain('call-without-timeout')
  })

  test('schemas are the published ones', async () => {
    expect((await run(['schema'], cwd)).out).toBe(readFileSync('schemas/manifest.schema.json', 'utf8'))
    expect((await run(['schema', 'report'], cwd)).out).toBe(readFileSync('schemas/report.schema.json', 'utf8'))
  })

  test('a mistyped command is taken for a file and says so', async () => {
    expect((await run(['explian', 'caching'], cwd)).out).toContain('There is no file "explian"')
  })
})
