import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SettingsByManifest } from '../src/cli/lsp/settings.ts'
import { rules } from '../src/rules/index.ts'
import { folder, nothingHappens, run } from './cli-support.ts'
import { design, faultsOf, project, reviewIn } from './config-support.ts'
import { startEditor } from './lsp-support.ts'

/** What the configuration says holds in every command that reviews, not only in `review`. */

const off = 'rules: { ttl-missing: off, edge-unused: off }\n'
const policy = `policies:
  - id: our/owner
    on: service
    question: alerting
    severity: error
    require: { required: [owner] }
    message: '"{name}" has no owner'
    why: Nobody is called.
    fix: Name the team
`
/** What a command prints with and without the configuration of its folder. */
async function bothWays(cwd: string, ...argv: string[]): Promise<{ by: string; without: string }> {
  const [by, without] = [await run(argv, cwd), await run([...argv, '--no-config'], cwd)]
  expect([by.err, without.err]).toEqual(['', ''])
  return { by: by.out, without: without.out }
}

describe('baseline', () => {
  test('accepts what the review finds: with a policy, with severities, and without what is off', async () => {
    const cwd = project(`${off}questions: { partial-failure: info }\n${policy}`.replace(', edge-unused: off', ''))
    const { out, code } = await run(['baseline', 'write'], cwd)
    expect({ out, code }).toEqual({
      out: '.scaffold-review-baseline.json: accepts 2 errors and 1 note (scaffold.yaml)\n',
      code: 0,
    })
    const { found, err, code: after } = await reviewIn(cwd, '--fail-on', 'info', '--strict')
    expect({ found, err, after }).toEqual({ found: [], err: '', after: 0 })
    expect((await run(['baseline', 'check'], cwd)).code).toBe(0)
    // Under other rules it is out of date, and it is mended by those.
    expect((await run(['baseline', 'check', '--no-config'], cwd)).out).toContain('stale  our/owner on services.web')
    writeFileSync(join(cwd, '.scaffold-review.yaml'), off)
    expect((await run(['baseline', 'prune'], cwd)).out).toContain('1 entry kept, 2 taken out')
  })

  test('is about the manifests that the review finds by itself', async () => {
    const teams = { 'teams/a/scaffold.yaml': design, 'teams/b/scaffold.yaml': design }
    const cwd = project('include: teams/*/scaffold.yaml\n', teams)
    const { out } = await run(['baseline', 'write', '--file', 'accepted.json'], cwd)
    expect(out.match(/\(.*\)/g)).toEqual(['(teams/a/scaffold.yaml)', '(teams/b/scaffold.yaml)'])
    expect((await reviewIn(cwd, '--baseline', 'accepted.json')).found).toEqual([])
  })
})

describe('diff', () => {
  const change = (config: string) =>
    project(config, { 'scaffold.yaml': `${design}  more: { ttl: none, invalidation: none }\n`, 'before.yaml': design })

  test('finds nothing new by a rule that is off', async () => {
    const argv = ['diff', 'before.yaml', 'scaffold.yaml', '--fail-on-new', 'warning']
    const { by, without } = await bothWays(change(off), ...argv)
    expect(by).not.toContain('ttl-missing')
    expect(without).toContain('ttl-missing')
    expect((await run(argv, change(off))).code).toBe(0)
    expect((await run([...argv, '--no-config'], change(off))).code).toBe(1)
  })

  test('reviews both versions by the configuration of what is compared', async () => {
    const cwd = change('')
    mkdirSync(join(cwd, 'old'))
    writeFileSync(join(cwd, 'old/scaffold.yaml'), design)
    writeFileSync(join(cwd, 'old/.scaffold-review.yaml'), off)
    expect((await run(['diff', 'old/scaffold.yaml'], cwd)).out).toContain('ttl-missing')
    expect((await run(['diff', 'scaffold.yaml', 'old/scaffold.yaml'], cwd)).out).not.toContain('ttl-missing')
  })
})

test('checklist asks for what the rules that are on need, and of policies as of the others', async () => {
  const asks = 'retried-mutation-not-idempotent'
  const { by, without } = await bothWays(project(`rules: { ${asks}: off }\n`), 'checklist', '--list', '-f', 'json')
  expect(without).toContain(asks)
  expect(by).not.toContain(asks)
  const answers = { 'answers.yaml': 'answers: [{ fact: "services.web.calls[0].retries", answer: none }]\n' }
  const answered = await run(['checklist', '--answers', 'answers.yaml'], project(policy, answers))
  expect(answered.err).toBe('')
  expect(answered.out).toContain('2 errors')
})

test('graph marks what is found by the rules of the configuration', async () => {
  const { by, without } = await bothWays(project(`${off}${policy}`), 'graph')
  expect(without).toMatch(/pages<br>.*1 warning/)
  expect(by).not.toMatch(/pages<br>.*1 warning/)
  expect(by).toMatch(/web<br>.*1 error/)
})

test('analyze counts the checks that the configuration leaves', async () => {
  const { by, without } = await bothWays(project('questions: { caching: off }\n'), 'analyze', '--table', 'coverage')
  expect(without).toMatch(/caching +partly/)
  expect(by).toMatch(/caching +n\/a/)
})

describe('init', () => {
  test('says what the configuration makes of the new manifest', async () => {
    const cwd = folder({ 'in/.git/x': '', 'in/.scaffold-review.yaml': policy })
    const { out } = await run(['init', 'in', '--yes'], cwd)
    expect(out).toContain('error[our/owner] line ')
    expect((await run(['init', 'in', '--yes', '--force', '--no-config'], cwd)).out).not.toContain('our/owner')
  })

  test('writes nothing where the configuration cannot be used', async () => {
    const cwd = folder({ '.git/x': '', '.scaffold-review.yaml': 'rules: { nothing: off }\n' })
    expect(await faultsOf(cwd, ['init', '--yes'])).toHaveLength(1)
    expect((await run([], cwd)).err).toContain('There is no rule "nothing"')
    expect((await run(['--no-config'], cwd)).err).toContain('There is no scaffold.yaml')
  })
})

test.each([
  ['baseline write in/scaffold.yaml', 'accepts 2 warnings', 'accepts 1 warning '],
  ['diff before.yaml in/scaffold.yaml', '1 finding introduced', '0 findings introduced'],
  ['checklist in/scaffold.yaml --answers answers.yaml', '2 warnings', '1 warning,'],
  ['graph in/scaffold.yaml', 'pages<br>1 warning', 'pages<br>3 open'],
  ['analyze in/scaffold.yaml --table coverage', /caching +partly/, /caching +unknown/],
])('%s: waivers hold as the configuration beside the manifest says', async (command, by, without) => {
  const waivers = 'waivers: [{ rule: ttl-missing, on: caches.pages, reason: moves, owner: me, until: 2027-01-01 }]\n'
  const said = async (...more: string[]) => {
    const cwd = folder({
      'in/.git/x': '',
      'in/scaffold.yaml': `${design}${waivers}`,
      'in/.scaffold-review.yaml': 'waivers: { allow: false }\n',
      'before.yaml': design.replace(/caches:[^]*/, ''),
      'answers.yaml': 'answers: [{ fact: "services.web.calls[0].retries", answer: none }]\n',
    })
    const { out, err } = await run([...command.split(' '), ...more], cwd)
    expect(err).toBe('')
    return out
  }
  expect(await said()).toMatch(by)
  expect(await said('--no-config')).toMatch(without)
})

test.each([
  'baseline write',
  'baseline prune',
  'baseline check',
  'diff scaffold.yaml',
  'checklist --list',
  'graph',
  'analyze',
  'init other.yaml --yes',
])('%s says what is wrong with a configuration, and runs no plugin unless it may', async command => {
  const argv = command.split(' ')
  expect(await faultsOf(project('rules: { ttl-mising: off }\n'), argv)).toEqual([
    '.scaffold-review.yaml:1:10: There is no rule "ttl-mising"; did you mean "ttl-missing"?',
  ])
  const cwd = project('plugins: ./our.mjs\n', { 'our.mjs': 'throw new Error("it runs")\n' })
  expect(await faultsOf(cwd, argv)).toEqual([expect.stringContaining('Add --allow-plugins if you trust it')])
  expect(await faultsOf(cwd, [...argv, '--allow-plugins'])).toEqual([expect.stringContaining('it runs')])
})

describe('lsp', () => {
  const codes = (diagnostics: readonly { code?: unknown }[]) => diagnostics.map(({ code }) => String(code))

  test('shows what the configuration says, and a faulty one as one message', async () => {
    const cwd = project(`${off}${policy}`)
    const editor = await startEditor(cwd)
    const messages: string[] = []
    editor.connection.onNotification('window/showMessage', ({ message }: { message: string }) => {
      messages.push(message)
    })
    const config = join(cwd, '.scaffold-review.yaml')
    const saved = async () => {
      const changes = [{ uri: editor.uri('.scaffold-review.yaml'), type: 2 }]
      await editor.connection.sendNotification('workspace/didChangeWatchedFiles', { changes })
    }
    await editor.open('scaffold.yaml', design)
    const shown = codes(await editor.diagnostics('scaffold.yaml', ({ diagnostics }) => diagnostics.length > 0))
    expect(shown).toContain('our/owner')
    expect(shown).not.toContain('ttl-missing')

    writeFileSync(config, 'rules: { ttl-mising: off }\n')
    await saved()
    await editor.diagnostics('scaffold.yaml', ({ diagnostics }) => codes(diagnostics).includes('ttl-missing'))
    await editor.change('scaffold.yaml', `${design}  more: { ttl: none, invalidation: none }\n`)
    await editor.diagnostics('scaffold.yaml', ({ version }) => version === 2)
    expect(messages).toEqual([
      'The configuration cannot be used.\n  .scaffold-review.yaml:1:10: There is no rule "ttl-mising"; did you mean "ttl-missing"?\nUntil then the built-in rules hold.',
    ])

    writeFileSync(config, off)
    await saved()
    await editor.diagnostics('scaffold.yaml', ({ diagnostics }) => !codes(diagnostics).includes('ttl-missing'))
    expect(await editor.leave()).toBe(0)
  })

  test('runs plugins only when the command line says so', async () => {
    const cwd = project(`${off}plugins: ./our.mjs\n`, { 'our.mjs': 'throw new Error("it runs")\n' })
    const world = { cwd, env: {}, today: '2026-11-23', ...nothingHappens } as never
    const told: string[] = []
    const settings = (allowPlugins: boolean) =>
      new SettingsByManifest({ allowPlugins }, world, message => told.push(message))
    const strict = settings(false)
    expect((await strict.of(join(cwd, 'scaffold.yaml'))).rules).toBe(rules)
    await strict.of(join(cwd, 'other.yaml'))
    strict.forget()
    await strict.of(join(cwd, 'scaffold.yaml'))
    expect(told).toEqual([expect.stringContaining('Add --allow-plugins if you trust it')])
    await settings(true).of(join(cwd, 'scaffold.yaml'))
    expect(told[1]).toContain('it runs')
    // What was mended and breaks again is told again.
    const config = join(cwd, '.scaffold-review.yaml')
    for (const text of [off, `${off}plugins: ./our.mjs\n`]) {
      writeFileSync(config, text)
      strict.forget()
      for (const name of ['scaffold.yaml', 'other.yaml']) await strict.of(join(cwd, name))
    }
    expect(told).toHaveLength(3)
  })
})
