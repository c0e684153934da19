import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CancellationTokenSource } from 'vscode-languageserver/node'
import type { CodeAction, CompletionItem, DocumentSymbol, Hover, Location } from 'vscode-languageserver-types'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { folder } from './cli-support.ts'
import { positionOf, shop, startEditor, type Editor } from './lsp-support.ts'

const cwd = folder({})

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
    // In one piece, so that the server knows of the cancellation before it begins, however fast it is.
    const id = 'cancelled at once'
    const params = { ...at(name, shop, 'to: orders\n', 4), context: { includeDeclaration: true } }
    const answer = await editor.raw(
      [
        { id, method: 'textDocument/references', params },
        { method: '$/cancelRequest', params: { id } },
      ],
      id,
    )
    expect(answer).toMatchObject({ id, error: { code: -32800 } })
  })

  test('a request that is cancelled too late, or for a text that has changed, is answered or refused', async () => {
    for (let turn = 0; turn < 5; turn++) {
      const cancel = new CancellationTokenSource()
      await editor.change(name, `${shop}# ${turn}\n`)
      const params = { ...at(name, shop, 'to: orders\n', 4), context: { includeDeclaration: true } }
      const asked = editor.connection.sendRequest('textDocument/references', params, cancel.token)
      await new Promise(resolve => setTimeout(resolve, turn * 10))
      cancel.cancel()
      const answer = await asked.catch((error: unknown) => error)
      // The protocol leaves it to the server which of the two it is.
      if (Array.isArray(answer)) expect(answer).toHaveLength(2)
      else expect(answer).toMatchObject({ code: -32800 })
    }
    expect(await hover('timeout: 1s')).toContain('timeout')
  })
})
