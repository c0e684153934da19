import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { presets } from '../src/config/presets.ts'
import { rules } from '../src/rules/index.ts'
import { folder, run } from './cli-support.ts'
import { design, faultsOf, project, reviewIn } from './config-support.ts'

const two = ['--only', 'call-without-timeout,ttl-missing']

describe('where a configuration is found', () => {
  test('beside the manifest or above, up to the folder that holds .git', async () => {
    const cwd = folder({
      '.scaffold-review.yaml': 'rules: { ttl-missing: off }\n',
      'inner/.git': 'gitdir: elsewhere\n',
      'inner/a/b/scaffold.yaml': design,
      'outer/a/scaffold.yaml': design,
    })
    expect((await reviewIn(cwd, 'outer/a/scaffold.yaml')).found).not.toContain('ttl-missing warning')
    expect((await reviewIn(cwd, 'inner/a/b/scaffold.yaml')).found).toContain('ttl-missing warning')
    writeFileSync(join(cwd, 'inner/.scaffold-review.yml'), 'rules: { ttl-missing: error }\n')
    expect((await reviewIn(cwd, 'inner/a/b/scaffold.yaml')).found).toContain('ttl-missing error')
    expect((await reviewIn(join(cwd, 'inner/a/b'))).found).toContain('ttl-missing error')
  })

  test('or named, or none at all', async () => {
    const cwd = project('rules: { ttl-missing: off }\n', { 'ci/strict.yaml': 'rules: { ttl-missing: error }\n' })
    expect((await reviewIn(cwd)).found).not.toContain('ttl-missing warning')
    expect((await reviewIn(cwd, '--config', 'ci/strict.yaml')).found).toContain('ttl-missing error')
    expect((await reviewIn(cwd, '--no-config')).found).toContain('ttl-missing warning')
    expect(await faultsOf(cwd, ['--config', 'nowhere.yaml'])).toEqual([
      'scaffold-review: There is no file "nowhere.yaml"',
    ])
  })

  test('standard input has the folder of its name', async () => {
    const cwd = folder({ 'a/.scaffold-review.yaml': 'rules: { ttl-missing: error }\n' })
    const argv = ['-', '-f', 'json', '--only', 'ttl-missing']
    expect((await run(argv, cwd, { stdin: design })).out).toContain('"severity": "warning"')
    expect((await run([...argv, '--stdin-filename', 'a/x.yaml'], cwd, { stdin: design })).out).toContain(
      '"severity": "error"',
    )
  })

  test('one run has one configuration', async () => {
    const cwd = folder({
      'a/.scaffold-review.yaml': '{}\n',
      'a/scaffold.yaml': design,
      'b/scaffold.yaml': design,
      'b/x/scaffold.yaml': design,
    })
    expect((await reviewIn(cwd, 'b/scaffold.yaml', 'b/x/scaffold.yaml', ...two)).code).toBe(0)
    expect(await faultsOf(cwd, ['b/scaffold.yaml', 'a/scaffold.yaml'])).toEqual([
      'scaffold-review: The manifests have different configurations, none and "a/.scaffold-review.yaml". Review them in one run each, or name one with --config',
    ])
  })

  test('a file that says nothing changes nothing', async () => {
    expect((await reviewIn(project('# nothing yet\n'))).found).toEqual(
      (await reviewIn(project(''), '--no-config')).found,
    )
  })
})

describe('what it decides', () => {
  test('severity by rule and by question, in findings, answers, tallies and the gate', async () => {
    const cwd = project('questions: { partial-failure: info, caching: off }\nrules: { call-without-timeout: error }\n')
    const { found, code, document } = await reviewIn(cwd)
    expect(code).toBe(1)
    expect(found).toContain('call-without-timeout error')
    expect(found.filter(one => one.startsWith('ttl'))).toEqual([])
    const [{ rules: tallies, scoreboard }] = document.manifests as [(typeof document.manifests)[0]]
    expect(tallies.find(({ ruleId }) => ruleId === 'call-without-timeout')).toMatchObject({ failed: 1 })
    expect(tallies.some(({ ruleId }) => ruleId === 'ttl-missing')).toBe(false)
    expect(scoreboard.find(({ key }) => key === 'partial-failure')).toMatchObject({
      answer: 'no',
      errors: 1,
      warnings: 0,
    })
    expect(scoreboard.find(({ key }) => key === 'caching')).toMatchObject({ answer: 'n/a' })
    const { out } = await run(['-f', 'sarif'], cwd)
    expect(out).toContain('"level": "error"')
  })

  test('options of rules, checked by the rule', async () => {
    const files = { 'scaffold.yaml': design.replace('none }', 'none, fallback: none }') }
    const depth = async (options: string) =>
      (await reviewIn(project(`rules: { sync-chain-too-deep: ${options} }\n`, files), '--only', 'sync-chain-too-deep'))
        .found
    expect(await depth('info')).toEqual([])
    expect(await depth('{ options: { note: 1 } }')).toEqual(['sync-chain-too-deep info'])
    expect(await depth('{ severity: error, options: { note: 1, warn: 2 } }')).toEqual(['sync-chain-too-deep error'])
  })

  test('when the build fails', async () => {
    const code = async (config: string, ...argv: string[]) => (await reviewIn(project(config), ...two, ...argv)).code
    expect(await code('{}\n')).toBe(0)
    expect(await code('failOn: warning\n')).toBe(1)
    expect(await code('failOn: warning\n', '--fail-on', 'error')).toBe(0)
    expect(await code('minCoverage: 100%\n')).toBe(0)
    const silent = design.replace(', timeout: none', '')
    const quiet = async (config: string, ...argv: string[]) =>
      (await reviewIn(project(config, { 'scaffold.yaml': silent.replace('normal', 'high') }), ...two, ...argv)).code
    expect(await quiet('minCoverage: 100%\n')).toBe(1)
    expect(await quiet('minCoverage: 100%\n', '--min-coverage', '10%')).toBe(0)
    expect(await quiet('strict: true\n')).toBe(1)
    expect(await quiet('strict: true\n', '--no-strict')).toBe(0)
    expect(await quiet('strict: false\n', '--strict')).toBe(1)
  })

  test('which manifests a run without names reviews', async () => {
    const more = {
      'teams/a/scaffold.yaml': design,
      'teams/b/scaffold.yaml': design,
      'teams/old/scaffold.yaml': design,
      'node_modules/x/scaffold.yaml': design,
    }
    const cwd = project('include: [teams/*/scaffold.yaml, "**/scaffold.yaml"]\nexclude: teams/old/**\n', more)
    const files = async (at: string, ...argv: string[]) =>
      (await reviewIn(at, ...argv, ...two)).document.manifests.map(({ file }) => file)
    expect(await files(cwd)).toEqual(['scaffold.yaml', 'teams/a/scaffold.yaml', 'teams/b/scaffold.yaml'])
    expect(await files(join(cwd, 'teams'))).toEqual(['../scaffold.yaml', 'a/scaffold.yaml', 'b/scaffold.yaml'])
    expect(await files(cwd, 'teams/old/scaffold.yaml')).toEqual(['teams/old/scaffold.yaml'])
    expect(await faultsOf(project('include: nowhere/*.yaml\n'))).toEqual([
      'scaffold-review: include of .scaffold-review.yaml:1 finds no manifest; expected globs relative to that file',
    ])
  })

  test('how waivers hold', async () => {
    const waived = `${design}waivers:\n  - { rule: ttl-missing, on: caches.pages, reason: moves, owner: me, until: 2026-12-31 }\n`
    const of = async (config: string, ...argv: string[]) => {
      const { document, found } = await reviewIn(
        project(config, { 'scaffold.yaml': waived }),
        '--only',
        'ttl-missing',
        ...argv,
      )
      return [document.manifests[0]!.waived.map(({ until }) => until), found]
    }
    const stands = [[], ['ttl-missing warning']]
    expect(await of('{}\n')).toEqual([['2026-12-31'], []])
    expect(await of('{}\n', '--no-waivers')).toEqual(stands)
    expect(await of('waivers: { allow: false }\n')).toEqual(stands)
    expect(await of('waivers: { maxDays: { warning: 37 } }\n')).toEqual(stands)
    expect(await of('rules: { ttl-missing: error }\nwaivers: { maxDays: { error: 37 } }\n')).toEqual([
      [],
      ['ttl-missing error'],
    ])
    expect(await of('{}\n', '--skip', 'caching', '--only', 'scaling')).toEqual([[], []])
  })
})

test('a rule that the command line names runs, also where it is turned off; a question turns nothing on', async () => {
  const cwd = project('rules: { ttl-missing: off }\n')
  expect((await reviewIn(cwd, '--only', 'ttl-missing')).found).toEqual(['ttl-missing warning'])
  expect((await reviewIn(cwd, '--only', 'caching')).found).not.toContain('ttl-missing warning')
  expect((await run(['--skip', 'ttl-missing'], cwd)).code).toBe(0)
})

test('presets name rules that there are, and each changes something', () => {
  for (const { name, config } of presets) {
    const unknown = Object.keys(config.rules ?? {}).filter(id => !rules.some(rule => rule.id === id))
    expect(unknown, name).toEqual([])
    for (const [id, { severity }] of Object.entries(config.rules ?? {}))
      expect(severity, `${id} of ${name}`).not.toBe(rules.find(rule => rule.id === id)!.severity)
  }
})

test('a folder or a pipe is no configuration', async () => {
  const cwd = folder({ 'scaffold.yaml': design })
  mkdirSync(join(cwd, '.scaffold-review.yaml'))
  expect((await faultsOf(cwd))[0]).toContain('".scaffold-review.yaml" is a folder')
  const device = folder({ 'scaffold.yaml': design })
  symlinkSync('/dev/zero', join(device, 'zero.yaml'))
  expect(await faultsOf(device, ['--config', 'zero.yaml'])).toEqual(['scaffold-review: "zero.yaml" is no file'])
})
