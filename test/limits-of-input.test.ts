import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { readUpTo } from '../src/cli/reading/read-up-to.ts'
import { folder, run } from './cli-support.ts'

const service = (name: string) => `services: { ${name}: {} }\n`
const flat = (text: string) => text.replaceAll(/\s+/g, ' ')

test('--max-input counts all files of a manifest', async () => {
  const main = 'include: [parts/*.yaml]\n'
  const cwd = folder({ 'scaffold.yaml': main, 'parts/a.yaml': service('a'), 'parts/b.yaml': service('b') })
  const all = main.length + service('a').length + service('b').length
  expect((await run(['--max-input', `${all}B`], cwd)).code).not.toBe(2)
  const { code, out } = await run(['--max-input', `${all - 1}B`], cwd)
  expect(code).toBe(2)
  expect(flat(out)).toContain(
    `"parts/b.yaml" has ${service('b').length}B; expected at most ${service('b').length - 1}B, for all files of a manifest together. --max-input raises the limit --> scaffold.yaml:1:11`,
  )
  expect(flat((await run(['--max-input', '10B'], cwd)).out)).toContain(
    `"scaffold.yaml" has ${main.length}B; expected at most 10B`,
  )
  expect(flat((await run(['-', '--max-input', '10B'], cwd, { stdin: 'x'.repeat(11) })).out)).toContain(
    '"stdin.yaml" has 11B',
  )
  expect((await run(['--max-input', '10'], cwd)).err).toContain('Expected a size such as 64MiB')
})

test('--max-files counts the manifest and what it includes, and is reported once', async () => {
  const names = Array.from({ length: 6 }, (_, i) => `s${i}`)
  const cwd = folder({
    'scaffold.yaml': 'include: [parts/*.yaml, other/*.yaml]\n',
    ...Object.fromEntries(names.map(name => [`parts/${name}.yaml`, service(name)])),
    'other/t.yaml': service('t'),
  })
  expect((await run(['--max-files', '8'], cwd)).code).not.toBe(2)
  const { code, out } = await run(['--max-files', '7', '-f', 'json'], cwd)
  expect(code).toBe(2)
  const [manifest] = (JSON.parse(out) as { manifests: { problems: { message: string }[] }[] }).manifests
  expect(manifest!.problems.map(({ message }) => message)).toEqual([
    'The manifest has more than 7 files; --max-files raises the limit',
  ])
  expect((await run(['--max-files', '0'], cwd)).err).toContain('Expected a whole number from 1')
})

test('--max-findings leaves out the least important, says so, and spares the exit code nothing', async () => {
  const calls = Array.from({ length: 9 }, (_, i) => `{ to: nobody${i} }`).join(', ')
  const cwd = folder({ 'scaffold.yaml': `services: { web: { role: gateway, calls: [${calls}] } }\n` })
  const rest = async (...argv: string[]) => {
    const { code, out, err } = await run(['-f', 'json', '--fail-on', 'info', ...argv], cwd)
    const [manifest] = (
      JSON.parse(out) as {
        manifests: { findings: unknown[]; openQuestions: unknown[]; scoreboard: unknown; verdict: string }[]
      }
    ).manifests
    return { code, err, ...manifest! }
  }
  const [all, some] = [await rest(), await rest('--max-findings', '2')]
  expect(all.findings.length).toBeGreaterThanOrEqual(9)
  expect(all.err).toBe('')
  expect(some.findings).toEqual(all.findings.slice(0, 2))
  expect(some.openQuestions).toHaveLength(Math.min(2, all.openQuestions.length))
  expect(some).toMatchObject({ code: all.code, scoreboard: all.scoreboard, verdict: all.verdict })
  expect(some.err).toContain(
    `scaffold-review: 2 of ${all.findings.length} findings are reported; --max-findings raises the limit\n`,
  )
})

test('a pipe is read like a file, and one that never ends as far as the limit', async () => {
  const cwd = folder({})
  const fifo = join(cwd, 'pipe.yaml')
  execFileSync('mkfifo', [fifo])
  const written = writeFile(fifo, 'services: { web: {} }\n')
  expect((await run([fifo, '-f', 'json'], cwd)).out).toContain('"verdict"')
  await written
  expect(flat((await run(['/dev/zero', '--max-input', '1MiB'], cwd)).out)).toMatch(
    /"\.\..*zero" has .*; expected at most 1MiB/,
  )
})

test('a stream is read no further than somewhat beyond the limit', async () => {
  let given = 0
  const endless = Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc((given += 10) && 10)
    })(),
  )
  expect((await readUpTo(endless, 95)).length).toBe(100)
  expect(given).toBeLessThan(1000)
  expect(await readUpTo(Readable.from([Buffer.from('ab'), Buffer.from('c')]), 3)).toEqual(Buffer.from('abc'))
})
