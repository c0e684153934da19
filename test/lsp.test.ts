import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CodeAction, CompletionItem, DocumentSymbol, Hover, Location } from 'vscode-languageserver-types'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { folder, run } from './cli-support.ts'
import { positionOf, startEditor, startServer, type Editor } from './lsp-support.ts'

const shop = `# a shop
version: 1
owner: team-shop
journeys:
  checkout: { entry: web, criticality: critical, load: { steady: 100/s, peak: 500/s } }
services:
  web:
    replicas: 3
    concurrency: 10
    serviceTime: { mean: 20ms, p99: 90ms }
    calls:
      - to: orders
        timeout: 1s
        retries: { max: 2, backoff: none, budget: none }
  orders:
    replicas: 2
    calls: [{ to: orders-db, timeout: 900ms, retries: none }]
stores:
  orders-db: { engine: postgres@16, role: systemOfRecord }
`
const cwd = folder({
  'scaffold.yaml': 'include: [parts/*.yaml]\nservices: { web: { calls: [{ to: orders, timeout: none }] } }\n',
  'parts/orders.yaml': 'services:\n  orders: { replicas: 1 }\n',
})

let editor: Editor
beforeAll(async () => {
  editor = await startEditor(cwd)
})
afterAll(async () => {
  expect(await editor.leave()).toBe(0)
})

const codes = (diagnostics: readonly { code?: unknown }[]) => diagnostics.map(({ code }) => String(code)).sort()
const at = (name: string, text: string, needle: string, shift = 0) => ({
  textDocument: { uri: editor.uri(name) },
  position: positionOf(text, needle, shift),
})

describe('what is said of a manifest', () => {
  test('is what the command says, with the same places', async () => {
    const name = 'naive.scaffold.yaml'
    const naive = readFileSync('examples/web-shop-naive/scaffold.yaml', 'utf8')
    writeFileSync(join(cwd, name), naive)
    await editor.open(name, naive)
    const shown = await editor.diagnostics(name)
    const { out } = await run(['review', name, '-f', 'json'], cwd, { today: new Date().toISOString().slice(0, 10) })
    const [manifest] = (
      JSON.parse(out) as {
        manifests: {
          findings: { ruleId: string; location: { line: number; column: number } }[]
          openQuestions: { mustBeStated: boolean }[]
        }[]
      }
    ).manifests
    const places = (list: readonly string[]) => [...list].sort()
    expect(manifest!.findings.length).toBeGreaterThan(20)
    expect(
      places(
        shown
          .filter(({ code }) => code !== 'not-stated')
          .map(({ code, range: { start } }) => `${String(code)} ${start.line + 1}:${start.character + 1}`),
      ),
    ).toEqual(places(manifest!.findings.map(({ ruleId, location: { line, column } }) => `${ruleId} ${line}:${column}`)))
    expect(shown.filter(({ code }) => code === 'not-stated')).toHaveLength(
      manifest!.openQuestions.filter(({ mustBeStated }) => mustBeStated).length,
    )
    await editor.close(name)
    expect(await editor.diagnostics(name, ({ diagnostics }) => diagnostics.length === 0)).toEqual([])
  })

  test('follows the text: broken, repaired, changed in one place', async () => {
    const name = 'scaffold.yml'
    await editor.open(name, shop)
    expect(codes(await editor.diagnostics(name))).toContain('retry-without-backoff-or-jitter')
    let version = await editor.change(name, shop.replace('calls: [{ to: orders-db', 'calls: [{ to orders-db'))
    const broken = await editor.diagnostics(name, params => params.version === version)
    expect(broken.every(({ code }) => code === 'manifest-shape' || code === 'yaml-syntax')).toBe(true)
    version = await editor.change(name, shop)
    expect(codes(await editor.diagnostics(name, params => params.version === version))).toContain(
      'retry-without-backoff-or-jitter',
    )
    const start = positionOf(shop, 'backoff: none', 9)
    version = await editor.change(name, 'exponential, base: 50ms, jitter: true', {
      start,
      end: { ...start, character: start.character + 4 },
    })
    expect(codes(await editor.diagnostics(name, params => params.version === version))).not.toContain(
      'retry-without-backoff-or-jitter',
    )
    await editor.close(name)
  })

  test('is about the last text, and never goes back to an older one', async () => {
    const name = 'typed.scaffold.yaml'
    await editor.open(name, shop)
    const before = editor.said.length
    let version = 1
    for (let i = 0; i < 30; i++) version = await editor.change(name, `${shop}# ${'x'.repeat(i)}\n`)
    await editor.diagnostics(name, params => params.version === version)
    const versions = editor.said
      .slice(before)
      .flatMap(({ uri, version }) => (uri === editor.uri(name) ? [version!] : []))
    expect(versions).toEqual([...versions].sort((a, b) => a - b))
    expect(versions.length).toBeLessThan(15)
    await editor.close(name)
  })

  test('covers what the manifest includes, as it is on the screen', async () => {
    const [part, main] = ['parts/orders.yaml', 'scaffold.yaml']
    await editor.open(part, 'services:\n  orders: { replicas: 1 }\n')
    expect(codes(await editor.diagnostics(main))).toContain('call-without-timeout')
    const version = await editor.change(part, 'services:\n  order: { replicas: 1 }\n')
    await editor.diagnostics(part, params => params.version === version)
    expect(
      codes(await editor.diagnostics(main, ({ diagnostics }) => codes(diagnostics).includes('dangling-reference'))),
    ).toBeTruthy()
    await editor.close(part)
  })

  test('is nothing for other YAML', async () => {
    await editor.open('deployment.yaml', 'kind: Deployment\n')
    await editor.open('a.scaffold.yaml', 'kind: Deployment\n')
    expect(codes(await editor.diagnostics('a.scaffold.yaml'))).toEqual(['manifest-shape'])
    expect(editor.said.some(({ uri }) => uri === editor.uri('deployment.yaml'))).toBe(false)
    await editor.close('a.scaffold.yaml')
  })

  test('of 17 MB is why they are not read', async () => {
    const name = 'huge.scaffold.yaml'
    await editor.open(name, `# ${'x'.repeat(17 * 2 ** 20)}\n`)
    const [only] = await editor.diagnostics(name)
    expect(only!.message).toMatch(/expected at most 16/)
    expect(await editor.request('textDocument/hover', at(name, 'x', 'x'))).toBeNull()
    await editor.close(name)
  })
})

describe('questions about a place', () => {
  const name = 'ask.scaffold.yaml'
  beforeAll(async () => {
    await editor.open(name, shop)
    await editor.diagnostics(name)
  })
  const hover = async (needle: string, shift = 1) => {
    const found = await editor.request<Hover | null>('textDocument/hover', at(name, shop, needle, shift))
    return (found?.contents as { value: string } | undefined)?.value ?? ''
  }
  const labels = async (text: string, needle: string, shift: number) => {
    const version = await editor.change(name, text)
    await editor.diagnostics(name, params => params.version === version)
    const items = await editor.request<CompletionItem[]>('textDocument/completion', at(name, text, needle, shift))
    return items.map(({ label }) => label)
  }

  test('hover: what a key means, and the longest time of its call', async () => {
    const text = await hover('timeout: 1s')
    expect(text).toMatch(/^\*\*timeout\*\* The caller gives up on one attempt after this long\./)
    // (1 + 2) x 1s
    expect(text).toMatch(/\| timeout \| tries \| longest \|[^]*\| 1s \| 3 \| 3s[!*]? \|/)
  })
  test('hover: how busy a service is, and how often a failing one is asked', async () => {
    // 500/s x 20ms of own work, of 3 x 10 slots.
    expect(await hover('web:\n')).toMatch(/\| slots \| >=10 \| 30 \|/)
    expect(await hover('orders:\n')).toMatch(/\| R \|[^]*\| 3x/)
  })
  test('hover: what a name stands for', async () => {
    expect(await hover('to: orders-db', 5)).toMatch(/^\*\*orders-db\*\* in `stores`, ask\.scaffold\.yaml:19/)
  })
  test('hover: nothing about nothing', async () => {
    expect(await hover('# a shop', 0)).toBe('')
  })

  test('completion: names where a name is expected, keys that are not there yet, words of a choice', async () => {
    expect(await labels(shop, 'to: orders\n', 4)).toEqual(['orders', 'web', 'orders-db'])
    const key = shop.replace('        timeout: 1s\n', '        timeout: 1s\n        \n')
    const keys = await labels(key, '1s\n        \n', 11)
    expect(keys).toContain('circuitBreaker')
    expect(keys).not.toContain('timeout')
    expect(await labels(shop.replace('role: systemOfRecord', 'role: '), 'role: ', 6)).toContain('systemOfRecord')
    // The text is broken here, and the names are those of the last one that was not.
    expect(await labels(shop.replace('[{ to: orders-db', '[{ to: '), '[{ to: ', 7)).toEqual([
      'orders',
      'web',
      'orders-db',
    ])
    await labels(shop, '# a', 1)
  })

  test('definition and references, also while the text is broken', async () => {
    const places = (found: Location[] | null) =>
      (found ?? []).map(({ range: { start, end } }) => `${start.line}:${start.character}-${end.character}`)
    const context = { context: { includeDeclaration: true } }
    const ask = (text: string, needle: string, shift = 4) => ({ ...at(name, text, needle, shift), ...context })
    expect(places(await editor.request('textDocument/definition', ask(shop, 'to: orders\n')))).toEqual(['14:2-8'])
    expect(places(await editor.request('textDocument/references', ask(shop, '\n  web:')))).toEqual(['6:2-5', '4:21-24'])
    const broken = `# one more line\n${shop}x: [\n`
    const version = await editor.change(name, broken)
    await editor.diagnostics(name, params => params.version === version)
    expect(places(await editor.request('textDocument/definition', ask(broken, 'to: orders\n')))).toEqual(['15:2-8'])
    await editor.change(name, shop)
  })

  test('symbols: sections, elements, calls', async () => {
    const found = await editor.request<DocumentSymbol[]>('textDocument/documentSymbol', {
      textDocument: { uri: editor.uri(name) },
    })
    const services = found.find(symbol => symbol.name === 'services')
    expect(services?.children?.map(({ name, children }) => [name, children?.map(call => call.name)])).toEqual([
      ['web', ['-> orders']],
      ['orders', ['-> orders-db']],
    ])
  })

  test('code action: a waiver that holds', async () => {
    const shown = await editor.diagnostics(name, ({ diagnostics }) =>
      codes(diagnostics).includes('retry-without-backoff-or-jitter'),
    )
    const diagnostic = shown.find(({ code }) => code === 'retry-without-backoff-or-jitter')!
    const actions = await editor.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri: editor.uri(name) },
      range: diagnostic.range,
      context: { diagnostics: [diagnostic] },
    })
    const action = actions.find(({ title }) => title.startsWith('Accept retry-without-backoff-or-jitter'))!
    const edits = action.edit!.changes![editor.uri(name)]!
    const text = TextDocument.applyEdits(TextDocument.create('', 'yaml', 0, shop), edits)
    expect(text).toContain('    owner: team-shop\n')
    const version = await editor.change(name, text)
    const after = await editor.diagnostics(name, params => params.version === version)
    expect(codes(after)).not.toContain('retry-without-backoff-or-jitter')
    expect(codes(after)).not.toContain('manifest-shape')
  })

  test('code action: what is misspelt', async () => {
    const misspelt = shop.replace('replicas: 3', 'replicaz: 3')
    const version = await editor.change(name, misspelt)
    const [problem] = await editor.diagnostics(name, params => params.version === version)
    const [action] = await editor.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri: editor.uri(name) },
      range: problem!.range,
      context: { diagnostics: [problem] },
    })
    expect(action!.title).toBe('Write "replicas" instead of "replicaz"')
    expect(action!.diagnostics).toHaveLength(1)
    const edits = action!.edit!.changes![editor.uri(name)]!
    expect(TextDocument.applyEdits(TextDocument.create('', 'yaml', 0, misspelt), edits)).toBe(shop)
    await editor.change(name, shop)
  })

  test('a request that is cancelled is answered all the same', async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 5 }, () => {
        const text = editor.request('textDocument/definition', at(name, shop, 'to: orders\n', 4))
        return text
      }),
    )
    expect(answers.every(({ status }) => status === 'fulfilled')).toBe(true)
    const { CancellationTokenSource } = await import('vscode-languageserver/node')
    const cancel = new CancellationTokenSource()
    await editor.change(name, `${shop}# cancelled\n`)
    const asked = editor.connection.sendRequest(
      'textDocument/references',
      { ...at(name, shop, 'to: orders\n', 4), context: {} },
      cancel.token,
    )
    cancel.cancel()
    await expect(asked).rejects.toMatchObject({ code: -32800 })
    expect(await hover('timeout: 1s')).toContain('timeout')
  })
})

describe.concurrent('the end', () => {
  const codeOf = async (child: ReturnType<typeof startServer>) => ((await once(child, 'exit')) as [number | null])[0]
  const output = (child: ReturnType<typeof startServer>) => {
    let text = ''
    child.stdout!.on('data', (part: Buffer) => (text += part.toString()))
    child.stderr!.on('data', (part: Buffer) => (text += part.toString()))
    return () => text
  }

  test('comes with the end of the input', async () => {
    const child = startServer(cwd)
    child.stdin!.end()
    expect(await codeOf(child)).toBe(1)
  })
  test('comes with the end of the editor, although the input stays open', { timeout: 20_000 }, async () => {
    const gone = spawn(process.execPath, ['-e', '0'])
    await once(gone, 'exit')
    const { child } = await startEditor(cwd, gone.pid!)
    expect(await codeOf(child)).toBe(1)
  })
  test.each([
    'nonsense\r\n\r\n{}',
    'Content-Length: 5\r\n\r\n{{{{{',
    'Content-Length: -1\r\n\r\n',
    '\u0000\u0001\u0002',
  ])('after %j there is no stack trace', async garbage => {
    const child = startServer(cwd)
    const said = output(child)
    child.stdin!.end(garbage)
    expect(await codeOf(child)).toBe(1)
    expect(said()).not.toMatch(/\n\s+at /)
  })
})
