import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { importKinds } from '../src/import/index.ts'
import { folder, run } from './cli-support.ts'

const shop = `services:
  web: { image: web, ports: ["80:80"], environment: { API_URL: "http://api:\${PORT}" } }
  api: { image: api, environment: { AI: "http://ai:5001" } }
`

describe('import', () => {
  test('writes a draft to standard output and what is to be looked at to standard error', async () => {
    const cwd = folder({ 'shop/compose.yaml': shop, 'shop/.env': 'PORT=8080' })
    const { code, out, err } = await run(['import', 'compose', 'shop/compose.yaml'], cwd)
    expect(code).toBe(0)
    expect(out).toContain('system: shop\nplatform: compose\n')
    expect(out).toContain(
      '- to: api\n        x-source: { file: shop/compose.yaml, line: 2, signal: env API_URL, confidence: derived }',
    )
    expect(err).toContain(
      'shop/compose.yaml:3: warning: "api" addresses "ai:5001" (env AI), which is not in these files\n',
    )
    expect(out).toContain('# - shop/compose.yaml:3: warning: "api" addresses "ai:5001"')
    expect(err).toMatch(/scaffold-review: 2 components, 1 edge\n$/)
  })

  test('what it writes is reviewed without a complaint about its form', async () => {
    const cwd = folder({ 'compose.yaml': shop })
    expect((await run(['import', 'compose', '.', '-o', 'scaffold.yaml'], cwd)).code).toBe(0)
    const { code, out } = await run(['review', '--format', 'json'], cwd)
    expect(code).toBe(0)
    expect(out).toContain('"call-without-timeout"')
  })

  test('takes the usual file of a folder and its override, and leaves what lies below', async () => {
    const cwd = folder({
      'compose.yaml': 'services: { web: { image: a } }',
      'compose.override.yaml': 'services: { web: { deploy: { replicas: 2 } } }',
      'compose.prod.yaml': 'services: { web: { deploy: { replicas: 3 } } }',
      'examples/compose.yaml': 'services: { example: { image: b } }',
    })
    const { out } = await run(['import', 'compose', '.'], cwd)
    expect(out).toContain('replicas: 2')
    expect(out).not.toContain('example')
  })

  test('reads standard input', async () => {
    const { code, out } = await run(['import', 'compose', '-', '--system', 'piped'], folder({}), { stdin: shop })
    expect(code).toBe(0)
    expect(out).toContain('system: piped')
    expect(out).toContain('file: stdin.yaml')
  })

  test('variables come from .env or from the file that is named, never from the environment', async () => {
    const cwd = folder({ 'compose.yaml': 'services: { web: { image: "web:${TAG}" } }', 'ci.env': 'TAG=ci' })
    const tag = async (...more: string[]) =>
      /image (web:\w*)/.exec(
        (await run(['import', 'compose', '.', ...more], cwd, { env: { TAG: 'process' } })).out,
      )?.[1]
    expect(await tag()).toBe('web:')
    expect(await tag('--env-file', 'ci.env')).toBe('web:ci')
    expect((await run(['import', 'compose', '.', '--env-file', 'none.env'], cwd)).err).toContain(
      'There is no file "none.env"',
    )
  })

  test('writes over nothing unless it is told to', async () => {
    const cwd = folder({ 'compose.yaml': shop, 'scaffold.yaml': 'services: {}\n' })
    const refused = await run(['import', 'compose', '.', '-o', 'scaffold.yaml'], cwd)
    expect([refused.code, refused.err]).toEqual([
      2,
      'scaffold-review: "scaffold.yaml" is there already; --into scaffold.yaml adds what is new to it, --force writes over it\n',
    ])
    expect(readFileSync(join(cwd, 'scaffold.yaml'), 'utf8')).toBe('services: {}\n')
    expect((await run(['import', 'compose', '.', '-o', 'scaffold.yaml', '--force'], cwd)).code).toBe(0)
    expect(readFileSync(join(cwd, 'scaffold.yaml'), 'utf8')).toContain('web:')
  })

  test('adds to a manifest, and the second time nothing', async () => {
    const cwd = folder({ 'compose.yaml': shop, 'scaffold.yaml': 'services:\n  web: { replicas: 3 } # ours\n' })
    const first = await run(['import', 'compose', '.', '--into', 'scaffold.yaml'], cwd)
    expect([first.code, first.out]).toEqual([0, ''])
    expect(first.err).toMatch(/2 components, 1 edge; \d+ additions to scaffold\.yaml\n$/)
    const once = readFileSync(join(cwd, 'scaffold.yaml'), 'utf8')
    expect(once).toContain('replicas: 3')
    expect(once).toContain('# ours')
    const again = await run(['import', 'compose', '.', '--into', 'scaffold.yaml'], cwd)
    expect(again.err).toMatch(/"scaffold\.yaml" has it all, nothing was added\n$/)
    expect(readFileSync(join(cwd, 'scaffold.yaml'), 'utf8')).toBe(once)
  })

  test('a manifest that cannot be read is left alone', async () => {
    const cwd = folder({ 'compose.yaml': shop, 'scaffold.yaml': 'services: [\n', 'odd.yaml': 'servces: {}\n' })
    for (const name of ['scaffold.yaml', 'odd.yaml', 'none.yaml']) {
      const { code, err } = await run(['import', 'compose', '.', '--into', name], cwd)
      expect(code).toBe(2)
      expect(err).toMatch(new RegExp(`${name}.*Mend the manifest first; nothing was added`))
    }
    const both = await run(['import', 'compose', '.', '--into', 'a.yaml', '-o', 'b.yaml'], cwd)
    expect([both.code, both.err]).toEqual([2, expect.stringContaining('cannot be used with')])
  })
})

describe('files that cannot be read', () => {
  test('cost one line each, and the others are read', async () => {
    const cwd = folder({
      'a.yaml': shop,
      'bytes.yaml': new Uint8Array([0x73, 0xff, 0xfe]),
      'tab.yaml': 'services:\n\tweb: {}\n',
      'list.yaml': '- a\n',
    })
    const { code, err, out } = await run(
      ['import', 'compose', 'a.yaml', 'bytes.yaml', 'tab.yaml', 'list.yaml', 'none.yaml'],
      cwd,
    )
    expect(code).toBe(0)
    expect(out).toContain('web:')
    expect(err.split('\n').filter(line => line.includes(': error: '))).toEqual([
      'bytes.yaml: error: "bytes.yaml" is not a text file in UTF-8',
      'none.yaml: error: There is no file "none.yaml"',
      'tab.yaml:2:1: error: A tab indents this line; expected spaces',
      'list.yaml:1:1: error: This is no Compose file; expected a map with "services"',
    ])
  })

  test.each([
    ['nothing', {}, 'none.yaml', 'There is no file "none.yaml"'],
    ['a broken file', { 'a.yaml': 'a: [' }, 'a.yaml', 'error: '],
    ['an empty file', { 'a.yaml': '' }, 'a.yaml', 'there is nothing to import'],
    ['an empty folder', { 'x/readme.md': '' }, 'x', '"x" holds no file to read'],
    ['no service', { 'a.yaml': 'services: {}' }, 'a.yaml', 'there is nothing to import'],
  ])('%s is exit code 2', async (_, files, path, message) => {
    const { code, err, out } = await run(['import', 'compose', path], folder(files as Record<string, string>))
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(message)
  })

  test('what watches a system and nothing else is no error', async () => {
    const cwd = folder({ 'compose.yaml': 'services: { grafana: { image: grafana/grafana } }' })
    const { code, out, err } = await run(['import', 'compose', '.'], cwd)
    expect(code).toBe(0)
    expect(err).toContain('No part of the system: "grafana"')
    expect(out).toContain('version: 1')
  })

  test('a kind that nobody knows is told with those there are', async () => {
    const { code, err } = await run(['import', 'terraform', 'x'], folder({}))
    expect(code).toBe(2)
    for (const { name } of importKinds) expect(err).toContain(name)
  })
})

describe('hostile input', () => {
  const bomb = (head: string, links: string) =>
    [
      'x-a0: &a0 [x,x,x,x,x,x,x,x,x]',
      ...Array.from({ length: 10 }, (_, i) => `x-a${i + 1}: &a${i + 1} [${links.replaceAll('*', `*a${i}`)}]`),
      head,
    ].join('\n')

  test.each([
    [
      'aliases that multiply',
      bomb('services: { web: { image: x, command: *a10 } }', '*,*,*,*,*,*,*,*,*'),
      'Aliases multiply',
    ],
    ['an anchor that holds itself', 'services: { web: &a { x: *a } }', 'holds itself'],
    ['a hundred thousand documents', '---\na: b\n'.repeat(100_000), '100 000 documents'],
    ['fifty megabytes', '# a line of text that says nothing\n'.repeat(1_500_000), 'at most 16MiB'],
    ['a large file', `services: { web: { image: x } }\n${'# nothing\n'.repeat(300_000)}`, 'million characters'],
    [
      'many services',
      `services:\n${Array.from({ length: 2500 }, (_, i) => `  s${i}: { image: x }\n`).join('')}`,
      '2500 services',
    ],
    ['brackets', `services: ${'['.repeat(20_000)}`, 'Nested too deeply'],
  ])('%s', async (_, text, message) => {
    const { code, err } = await run(['import', 'compose', 'a.yaml'], folder({ 'a.yaml': text }))
    expect(code).toBe(2)
    expect(err).toContain(message)
    expect(err).not.toMatch(/\n\s+at /)
  })

  test('links that lead in a circle, and files outside', async () => {
    const outside = folder({ 'secret.env': 'URL=http://api:80\n' })
    const cwd = folder({
      'in/compose.yaml': `services: { web: { image: w, env_file: ${join(outside, 'secret.env')} }, api: { image: a } }`,
    })
    mkdirSync(join(cwd, 'in/deep'))
    symlinkSync(join(cwd, 'in'), join(cwd, 'in/deep/loop'))
    const { code, out } = await run(['import', 'compose', 'in'], join(cwd, 'in'))
    expect(code).toBe(2)
    const there = await run(['import', 'compose', '.'], join(cwd, 'in'))
    expect(there.code).toBe(0)
    expect(there.out).not.toContain('to: api')
    expect(out).toBe('')
  })

  test('limits hold for all files together', async () => {
    const cwd = folder({ 'compose.yaml': shop, 'more.yaml': shop })
    const few = await run(['import', 'compose', 'compose.yaml', 'more.yaml', '--max-files', '1'], cwd)
    expect(few.err).toContain('More than 1 files; the others were not read. --max-files raises the limit')
    const small = await run(['import', 'compose', 'compose.yaml', 'more.yaml', '--max-input', '200B'], cwd)
    expect(small.err).toContain('--max-input raises the limit')
  })

  test.skipIf(process.getuid?.() === 0)('a file that may not be read', async () => {
    const cwd = folder({ 'a.yaml': shop })
    chmodSync(join(cwd, 'a.yaml'), 0)
    expect((await run(['import', 'compose', 'a.yaml'], cwd)).err).toContain('permission denied')
  })

  test('a manifest that changes meanwhile keeps what was written', async () => {
    const cwd = folder({ 'compose.yaml': shop, 'scaffold.yaml': 'services: &a {}\nx-own: *a\n' })
    writeFileSync(join(cwd, 'other.yaml'), '')
    const { code, err } = await run(['import', 'compose', '.', '--into', 'scaffold.yaml'], cwd)
    expect([code, err]).toEqual([2, expect.stringContaining('nothing was added')])
    expect(readFileSync(join(cwd, 'scaffold.yaml'), 'utf8')).toBe('services: &a {}\nx-own: *a\n')
  })
})
