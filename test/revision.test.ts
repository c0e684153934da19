import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { parseRevision } from '../src/cli/reading/revision.ts'
import { folder, run } from './cli-support.ts'

const env = { PATH: process.env['PATH'] }
const hasGit = (() => {
  try {
    execFileSync('git', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

const web = (timeout: string) => `services:\n  web:\n    calls: [{ to: api, timeout: ${timeout} }]\n`

describe.skipIf(!hasGit)('a manifest of a revision (skipped where there is no git)', () => {
  const cwd = folder({
    'shop/scaffold.yaml': `include: [parts/*.yaml, api.yaml]\n`,
    'shop/parts/web.yaml': web('none'),
    'shop/api.yaml': 'services: { api: {} }\n',
    'outside.yaml': 'services: { other: {} }\n',
    'bad/scaffold.yaml': 'include: [../outside.yaml]\n',
    'bad/cycle.yaml': 'include: [cycle.yaml]\n',
    'bad/missing.yaml': 'include: [no*.yaml, gone.yaml]\n',
    'bad/binary.yaml': new Uint8Array([0xff, 0xfe, 0x00]),
    'ü a.yaml': 'services: { web: {} }\n',
  })
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { cwd, stdio: 'pipe' })
  const diff = (argv: readonly string[], at = cwd) => run(['diff', ...argv], at, { env })

  beforeAll(() => {
    git('init', '--quiet', '--initial-branch', 'main')
    symlinkSync('scaffold.yaml', join(cwd, 'shop/link.yaml'))
    git('add', '--all')
    git('commit', '--quiet', '--message', 'first')
    git('tag', 'v1')
    // From here on the disk differs: the revision must be read from git alone.
    writeFileSync(join(cwd, 'shop/parts/web.yaml'), web('1s'))
    rmSync(join(cwd, 'shop/api.yaml'))
    writeFileSync(join(cwd, 'shop/api.yaml'), 'services: { api: { replicas: 2 } }\n')
  })

  test('with what it includes, as it was', async () => {
    for (const base of [
      'main:shop/scaffold.yaml',
      'v1:shop/scaffold.yaml',
      'HEAD:shop/link.yaml',
      'HEAD~0:./shop/scaffold.yaml',
    ]) {
      const { code, out, err } = await diff([base, 'shop/scaffold.yaml'])
      expect([code, err]).toEqual([0, ''])
      expect(out, base).toContain('  ~ call web -> api\n      timeout: none -> 1s\n')
      expect(out, base).toContain('  ~ service api\n      replicas: not stated -> 2\n')
    }
  })

  test('places of findings name the revision', async () => {
    const { out } = await diff(['main:shop/scaffold.yaml', 'shop/scaffold.yaml'])
    expect(out).toMatch(/Fixed \(\d+\)[^]*main:shop\/parts\/web\.yaml:3:\d+/)
  })

  test('both sides can be revisions; paths start at the top, or here with ./', async () => {
    git('commit', '--quiet', '--all', '--message', 'second')
    const at = join(cwd, 'shop/parts')
    const { code, out } = await diff(['v1:shop/scaffold.yaml', 'main:../scaffold.yaml'], at)
    expect(code).toBe(0)
    expect(out).toContain('timeout: none -> 1s')
    expect((await diff(['v1:ü a.yaml', 'main:ü a.yaml'])).code).toBe(0)
  })

  test.each([
    [['mian:shop/scaffold.yaml'], 'There is no revision "mian" in this repository'],
    [['--', '--output=x:shop/scaffold.yaml'], 'There is no revision "--output=x"'],
    [['main:nope.yaml'], 'There is no file "main:nope.yaml"'],
    [['main:shop'], '"main:shop" is a folder; expected a file such as main:shop/scaffold.yaml'],
    [['main:../../etc/passwd'], 'There is no file'],
    [['main:'], 'Expected a revision and a file of it, such as main:scaffold.yaml'],
    [[':shop/scaffold.yaml'], 'Expected a revision and a file of it'],
    [['main'], 'There is no file "main". A revision is named with its file'],
    [['main:bad/scaffold.yaml'], 'lies outside the folder of the manifest'],
    [['main:bad/cycle.yaml'], 'Includes form a cycle: main:bad/cycle.yaml -> main:bad/cycle.yaml'],
    [['main:bad/missing.yaml'], '"no*.yaml" matches no file'],
    [['main:bad/missing.yaml'], 'There is no file "main:bad/gone.yaml"'],
    [['main:bad/binary.yaml'], 'is not a text file in UTF-8'],
    [['main:a\nb.yaml'], 'There is no file'],
  ])('%j says what is wrong, and exits 2', async (argv, message) => {
    const { code, out, err } = await diff([...argv, 'shop/scaffold.yaml'])
    expect([code, out, err.replaceAll(/\n +/g, ' ')]).toEqual([2, '', expect.stringContaining(message)])
    expect(err).not.toMatch(/\n +at /)
  })

  test('outside of a repository, and without git', async () => {
    const elsewhere = folder({ 'scaffold.yaml': 'services: { web: {} }\n' })
    const outside = await run(['diff', 'main:scaffold.yaml'], elsewhere, { env })
    expect([outside.code, outside.err]).toEqual([
      2,
      expect.stringContaining('git cannot read this repository: not a git'),
    ])
    const without = await run(['diff', 'main:scaffold.yaml'], elsewhere, { env: { PATH: elsewhere } })
    expect([without.code, without.err]).toEqual([2, expect.stringContaining('git is not installed')])
  })

  test('a file whose name has a colon is a file', async () => {
    mkdirSync(join(cwd, 'odd'), { recursive: true })
    writeFileSync(join(cwd, 'odd/a:b.yaml'), 'services: { web: {} }\n')
    expect((await diff(['a:b.yaml', 'a:b.yaml'], join(cwd, 'odd'))).code).toBe(0)
  })
})

test.each([
  ['main:scaffold.yaml', { revision: 'main', path: 'scaffold.yaml' }],
  ['a/b~2:c/d.yaml', { revision: 'a/b~2', path: 'c/d.yaml' }],
  ['C:\\shop\\scaffold.yaml', undefined],
  ['D:/shop/scaffold.yaml', undefined],
  ['scaffold.yaml', undefined],
])('%s', (text, expected) => {
  expect(parseRevision(text)).toEqual(expected)
})
