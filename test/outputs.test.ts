import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { appendStepSummary } from '../src/cli/writing/step-summary.ts'
import { abandonWrites, writeAtomically } from '../src/cli/writing/write.ts'
import { folder, run } from './cli-support.ts'

const failing = `journeys:
  buy: { entry: web, criticality: critical }
services:
  web: { calls: [{ to: api, timeout: none }] }
  api: {}
`
const only = ['--only', 'call-without-timeout']
const hidden = (cwd: string) => readdirSync(cwd).filter(name => name.startsWith('.'))

describe('one output that cannot be written', () => {
  test('loses no other, and each is named', async () => {
    const cwd = folder({ 'scaffold.yaml': failing, 'file.txt': '', 'taken/x': '' })
    const { code, out, err } = await run(
      [...only, '-o', 'json=taken', '-o', 'csv=file.txt/a.csv', '-o', 'sarif=new/folder/a.sarif', '-o', 'junit=a.xml'],
      cwd,
    )
    expect(code).toBe(2)
    expect(out).toMatch(/^error\[call-without-timeout\]/)
    expect(err.split('\n')).toEqual([
      `scaffold-review: Cannot write "${join(cwd, 'taken')}": it is a folder`,
      `scaffold-review: Cannot write "${join(cwd, 'file.txt/a.csv')}": a part of the path is a file, not a folder`,
      '',
    ])
    expect(existsSync(join(cwd, 'new/folder/a.sarif'))).toBe(true)
    expect(readFileSync(join(cwd, 'a.xml'), 'utf8')).toContain('<failure')
    expect([...hidden(cwd), ...hidden(join(cwd, 'new/folder'))]).toEqual([])
  })

  test('counts though nothing was found, and with --exit-zero', async () => {
    const cwd = folder({ 'scaffold.yaml': 'services: { web: { role: sidecar } }\n', 'taken/x': '' })
    expect((await run([...only, '-o', 'json=taken'], cwd)).code).toBe(2)
    expect((await run([...only, '--exit-zero', '-o', 'json=taken'], cwd)).code).toBe(2)
    expect((await run([...only, '-o', 'json=fine'], cwd)).code).toBe(0)
  })

  test('may be standard output', async () => {
    const cwd = folder({ 'scaffold.yaml': failing })
    const write = () => {
      throw new Error('closed')
    }
    const { code, err } = await run([...only, '-o', 'json=a.json'], cwd, {
      stdout: { write, isTTY: false, columns: 80 },
    })
    expect([code, err]).toEqual([2, 'scaffold-review: closed\n'])
    expect(existsSync(join(cwd, 'a.json'))).toBe(true)
  })
})

describe('outputs that would destroy something are refused before anything is written', () => {
  const cwd = folder({ 'scaffold.yaml': `include: [more.yaml]\n${failing}`, 'more.yaml': 'stores: { db: {} }\n' })
  test.each([
    [
      ['-o', 'json=a.json', '-o', 'csv=./a.json'],
      'Two outputs go to "./a.json", json and csv; expected a file for each',
    ],
    [
      ['-o', 'json=a.json', '-o', 'csv=scaffold.yaml'],
      'The output csv would overwrite "scaffold.yaml", which is reviewed',
    ],
    [['-o', 'json=a.json', '-o', 'csv=more.yaml'], 'The output csv would overwrite "more.yaml", which is reviewed'],
  ])('%j', async (argv, message) => {
    expect(await run([...only, ...argv], cwd)).toEqual({ code: 2, out: '', err: `scaffold-review: ${message}\n` })
    expect(readdirSync(cwd).sort()).toEqual(['more.yaml', 'scaffold.yaml'])
  })

  test('standard output is chosen by --format', async () => {
    const { code, err } = await run(['-o', 'json=-'], cwd)
    expect(code).toBe(2)
    expect(err).toContain('for standard output: --format json')
  })
})

describe('writing', () => {
  test('keeps who may read a file, follows links, and puts no file in place of a device', async () => {
    const cwd = folder({ 'real.txt': 'old' })
    chmodSync(join(cwd, 'real.txt'), 0o600)
    symlinkSync('real.txt', join(cwd, 'link.txt'))
    await writeAtomically(join(cwd, 'link.txt'), 'new')
    expect(readFileSync(join(cwd, 'real.txt'), 'utf8')).toBe('new')
    expect(statSync(join(cwd, 'real.txt')).mode & 0o777).toBe(0o600)
    await writeAtomically('/dev/null', 'nothing')
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true)
  })

  test('that is broken off leaves nothing behind, and the old file as it was', async () => {
    const cwd = folder({ 'a.txt': 'old' })
    const writing = writeAtomically(join(cwd, 'a.txt'), 'x'.repeat(50_000_000))
    while (hidden(cwd).length === 0) await new Promise(setImmediate)
    abandonWrites()
    expect(readdirSync(cwd)).toEqual(['a.txt'])
    await expect(writing).rejects.toThrow(/^Cannot write /)
    expect(readFileSync(join(cwd, 'a.txt'), 'utf8')).toBe('old')
    expect(readdirSync(cwd)).toEqual(['a.txt'])
  })
})

describe('inside GitHub Actions', () => {
  const setting = () => {
    const cwd = folder({ 'scaffold.yaml': failing, summary: '' })
    return {
      cwd,
      summary: join(cwd, 'summary'),
      env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(cwd, 'summary') },
    }
  }

  test('the summary of the step is added to, once for each run', async () => {
    const { cwd, summary, env } = setting()
    expect((await run([...only, '-f', 'json'], cwd, { env })).code).toBe(1)
    const once = readFileSync(summary, 'utf8')
    expect(once).toMatch(/^<!-- scaffold-review -->\n\n## scaffold\.yaml: not ready\n/)
    await run(only, cwd, { env })
    expect(readFileSync(summary, 'utf8')).toBe(`${once}\n${once}`)
  })

  test.each([
    [['--no-ci-detect'], {}],
    [[], { GITHUB_ACTIONS: undefined }],
    [[], { GITHUB_ACTIONS: 'false' }],
  ])('not with %j and %j', async (argv, other) => {
    const { cwd, summary, env } = setting()
    const { out } = await run([...only, ...argv], cwd, { env: { ...env, ...other } })
    expect(readFileSync(summary, 'utf8')).toBe('')
    expect(out).not.toContain('\u001b[')
  })

  test('a summary that is full or cannot be written is said, and fails nothing', async () => {
    const { cwd, summary, env } = setting()
    writeFileSync(summary, 'ü'.repeat(2 ** 19 - 10))
    const full = await run([...only, '--exit-zero'], cwd, { env })
    expect([full.code, full.err]).toEqual([
      0,
      'scaffold-review: The summary of this step is full, so the review is not added to it\n',
    ])
    expect(statSync(summary).size).toBe(2 ** 20 - 20)
    const { code, err } = await run([...only, '--exit-zero'], cwd, { env: { ...env, GITHUB_STEP_SUMMARY: cwd } })
    expect(code).toBe(0)
    expect(err).toMatch(/^scaffold-review: The summary of this step cannot be written: /)
  })

  test('a summary may be just as long as GitHub takes', async () => {
    const { summary, env } = setting()
    let err = ''
    const world = { env, stderr: { write: (text: string) => (err += text) } }
    // Counted in bytes.
    await appendStepSummary(() => Promise.resolve('ü'.repeat(2 ** 19 + 1)), world)
    expect(err).toMatch(/is full/)
    err = ''
    await appendStepSummary(() => Promise.resolve('x'.repeat(2 ** 20)), world)
    expect([err, statSync(summary).size]).toEqual(['', 2 ** 20])
  })

  test.each([
    [{}, {}, true],
    [{ NO_COLOR: '1' }, {}, false],
    [{}, { isFile: true }, false],
  ])('colours with %j on %j: %j', async (more, stdout, colored) => {
    const { cwd, env } = setting()
    let out = ''
    const write = (text: string) => (out += text)
    await run(only, cwd, { env: { ...env, ...more }, stdout: { write, isTTY: false, columns: undefined, ...stdout } })
    expect(out.includes('\u001b[')).toBe(colored)
  })
})

const program = 'dist/bin/scaffold-review.cjs'
const missing = existsSync(program) ? '' : ` (skipped: there is no ${program})`

describe.skipIf(missing !== '')(`the process${missing}`, () => {
  const start = (argv: string[], cwd: string) =>
    spawn(process.execPath, [join(process.cwd(), program), ...argv], { cwd, stdio: ['pipe', 'pipe', 'pipe'] })

  test('ends with 130 when it is interrupted, and leaves no file', async () => {
    const cwd = folder({})
    const pipe = join(cwd, 'scaffold.yaml')
    execFileSync('mkfifo', [pipe])
    const child = start(['scaffold.yaml', '-o', 'json=a.json'], cwd)
    // Opened as soon as the program reads at the other end.
    const writer = await open(pipe, 'w')
    child.kill('SIGINT')
    const ended = once(child, 'exit')
    await new Promise(resolve => setTimeout(resolve, 100))
    await writer.close()
    expect(await ended).toEqual([130, null])
    expect(readdirSync(cwd)).toEqual(['scaffold.yaml'])
  })

  test('writes its files and says its code to a reader that closes early', async () => {
    const cwd = folder({ 'scaffold.yaml': failing })
    const child = start(['-f', 'json', '-o', 'json=a.json'], cwd)
    child.stdout.destroy()
    const [code] = (await once(child, 'exit')) as [number]
    expect(code).toBe(1)
    expect(JSON.parse(readFileSync(join(cwd, 'a.json'), 'utf8'))).toMatchObject({ schemaVersion: 1 })
  })

  test('writes plain text into a file that GitHub Actions redirects', () => {
    const cwd = folder({ 'scaffold.yaml': failing })
    mkdirSync(join(cwd, 'out'))
    const env = { ...process.env, GITHUB_ACTIONS: 'true', FORCE_COLOR: undefined, NO_COLOR: undefined }
    const command = (more: string) => `"${process.execPath}" "${join(process.cwd(), program)}" --exit-zero ${more}`
    const shell = (text: string) => execFileSync('sh', ['-c', text], { cwd, env, encoding: 'utf8' })
    shell(command('> out/a.txt'))
    expect(readFileSync(join(cwd, 'out/a.txt'), 'utf8')).not.toContain('\u001b[')
    expect(shell(command('| cat'))).toContain('\u001b[')
  })
})
