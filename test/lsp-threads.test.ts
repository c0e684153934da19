import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test, type TestContext } from 'vitest'
import type { CodeAction, CompletionItem, Hover, Location } from 'vscode-languageserver-types'
import { project } from './config-support.ts'
import { positionOf, shop, startEditor, type Editor } from './lsp-support.ts'

/** What the language server does while a review takes long, and when one fails: rules of a plugin see to both. */

const zod = pathToFileURL(join(import.meta.dirname, '../node_modules/zod/index.js')).href
const plugin = (body: string) => `
import { appendFileSync } from 'node:fs'
import { z } from '${zod}'
const options = z.strictObject({})
const note = text => appendFileSync(new URL('notes', import.meta.url), text + '\\n')
const wait = ms => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
const rule = (id, check) => ({
  id: 'our/' + id, title: 'Ours', severity: 'warning', question: 'alerting', on: 'service', options,
  why: 'It is.', fix: 'Mend it', sources: [], reads: [], examples: [], check,
})
export default ${body}
`
const nothing = "[rule('none', function* () {})]"
const name = 'scaffold.yaml'
const codes = (diagnostics: readonly { code?: unknown }[]) => diagnostics.map(({ code }) => String(code)).sort()

/** An editor with a folder in which these rules hold, what they have noted so far, and what the editor is told. */
async function editorWith(
  { onTestFinished }: TestContext,
  body: string,
): Promise<{ editor: Editor; notes: () => string[]; messages: string[] }> {
  const cwd = project('plugins: ./our.mjs\n', { 'our.mjs': plugin(body), notes: '' })
  const editor = await startEditor(cwd, process.pid, '--allow-plugins')
  const messages: string[] = []
  for (const told of ['window/showMessage', 'window/logMessage'])
    editor.connection.onNotification(told, ({ message }: { message: string }) => {
      messages.push(message)
    })
  onTestFinished(async () => {
    expect(await editor.leave()).toBe(0)
  })
  const notes = () => readFileSync(join(cwd, 'notes'), 'utf8').split('\n').slice(0, -1)
  return { editor, notes, messages }
}
const until = async (isSo: () => boolean) => {
  while (!isSo()) await new Promise(resolve => setTimeout(resolve, 10))
}
const shownIn = ({ contents }: Hover) => (contents as { value: string }).value
const at = (editor: Editor, text: string, needle: string, shift = 1) => ({
  textDocument: { uri: editor.uri(name) },
  position: positionOf(text, needle, shift),
})

describe.concurrent('while a review takes long', () => {
  const slow = "[rule('slow', function* ({ name }) { if (name === 'web') { note('slow'); wait(3000) } })]"

  test('a text is spoken of as soon as it is read, and what is asked of it is answered', async context => {
    const { editor, notes } = await editorWith(context, slow)
    await editor.open(name, shop)
    expect(codes(await editor.diagnostics(name))).toContain('retry-without-backoff-or-jitter')
    const misspelt = `# one more line\n${shop.replace('concurrency: 10', 'concurency: 10')}`
    await editor.change(name, shop.replace('# a shop', '# the shop'))
    await until(() => notes().length === 2)
    const version = await editor.change(name, misspelt)
    const first = await editor.atOnce(name, params => params.version === version)
    expect(codes(first)).toContain('manifest-shape')
    const moved = first.find(({ code }) => code === 'retry-without-backoff-or-jitter')
    expect(moved!.range.start).toEqual(positionOf(misspelt, 'backoff: none'))
    const [items, hover, places] = await Promise.all([
      editor.request<CompletionItem[]>('textDocument/completion', at(editor, misspelt, 'to: orders\n', 4)),
      editor.request<Hover>('textDocument/hover', at(editor, misspelt, 'timeout: 1s')),
      editor.request<Location[]>('textDocument/definition', at(editor, misspelt, 'to: orders\n', 4)),
    ])
    expect(items.map(({ label }) => label)).toContain('orders-db')
    expect(shownIn(hover)).toContain('| 1s | 3 | 3s')
    expect(places.map(({ range: { start } }) => start.line)).toEqual([15])
    // All of that came while the rule was still asleep over the text before.
    const isReviewed = editor.said.filter(params => params.version! > 1).length > 2
    expect({ isReviewed, notes: notes() }).toEqual({ isReviewed: false, notes: ['slow', 'slow'] })
  })

  test('what is asked of a text that has just changed is answered of that text', async context => {
    const { editor } = await editorWith(context, nothing)
    await editor.open(name, shop)
    const misspelt = `# one more line\n${shop.replace('replicas: 3', 'replicaz: 3')}`
    const range = { start: positionOf(misspelt, 'replicaz'), end: positionOf(misspelt, 'replicaz', 8) }
    const ask = <T>(method: string, more: object) =>
      editor.request<T>(method, { textDocument: { uri: editor.uri(name) }, ...more })
    const places = ask<Location[]>('textDocument/definition', at(editor, shop, 'to: orders\n', 4))
    await editor.change(name, misspelt)
    const actions = ask<CodeAction[]>('textDocument/codeAction', { range, context: { diagnostics: [] } })
    expect((await places).map(({ range: { start } }) => start.line)).toEqual([14])
    expect((await actions).map(({ title }) => title)).toEqual(['Write "replicas" instead of "replicaz"'])
  })

  test('what is typed meanwhile ends it', async context => {
    const { editor, notes } = await editorWith(
      context,
      "Array.from({ length: 9 }, (_, i) => rule('r' + i, function* ({ name }) { if (name === 'web') { note(i); wait(100) } }))",
    )
    await editor.open(name, shop)
    await until(() => notes().includes('1'))
    const version = await editor.change(name, `${shop}# more\n`)
    await editor.diagnostics(name, params => params.version === version)
    expect(notes().filter(line => line === '0')).toHaveLength(2)
    expect(notes().filter(line => line === '8')).toHaveLength(1)
  })
})

test('what a rule prints is logged', async context => {
  const { editor, messages } = await editorWith(context, "[rule('prints', function* () { console.log('here I am') })]")
  await editor.open(name, shop)
  expect(codes(await editor.diagnostics(name))).toContain('retry-without-backoff-or-jitter')
  await until(() => messages.some(message => message.includes('here I am')))
})

describe.concurrent('when a review fails', () => {
  test('because a rule throws, that is a problem, and the other rules hold', async context => {
    const { editor, messages } = await editorWith(
      context,
      "[rule('bad', function* () { throw new Error('so be it') })]",
    )
    await editor.open(name, shop)
    const shown = await editor.diagnostics(name)
    expect(codes(shown)).toContain('retry-without-backoff-or-jitter')
    expect(JSON.stringify(shown)).toContain('so be it')
    expect(messages).toEqual([])
  })

  test('because its thread ends, that is told once, the text is still spoken of, and the next review begins anew', async context => {
    const { editor, messages } = await editorWith(
      context,
      "[rule('end', function* ({ owner }) { if (owner === 'nobody') process.exit(3) })]",
    )
    const ending = shop.replace('    replicas: 3', '    owner: nobody\n    replicas: 3')
    await editor.open(name, shop)
    const before = codes(await editor.diagnostics(name))
    for (const more of ['', '# more\n']) {
      const version = await editor.change(name, ending + more)
      expect(codes(await editor.atOnce(name, params => params.version === version))).toEqual(before)
      await until(() => messages.length > 0)
      const actions = editor.request('textDocument/codeAction', {
        textDocument: { uri: editor.uri(name) },
        range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
        context: { diagnostics: [] },
      })
      // It may be that the thread ends over this question as well.
      await actions.catch(() => undefined)
    }
    const hover = await editor.request<Hover>('textDocument/hover', at(editor, ending, 'timeout: 1s'))
    expect(shownIn(hover)).toContain('| 1s | 3 | 3s')
    const version = await editor.change(name, shop)
    expect(codes(await editor.diagnostics(name, params => params.version === version))).toEqual(before)
    expect(messages).toEqual([
      'The manifest cannot be reviewed: it ended by itself\nThat is tried again at the next change.',
    ])
  })
})

describe.concurrent('a text that only the thorough reader reads', () => {
  // It has a tag.
  const tagged = shop.replace('engine: postgres@16', 'engine: !!str postgres@16')

  test('is spoken of when it is reviewed, and known from then on', async context => {
    const { editor } = await editorWith(context, nothing)
    await editor.open(name, tagged)
    expect(codes(await editor.diagnostics(name))).toContain('retry-without-backoff-or-jitter')
    const hover = () => editor.request<Hover>('textDocument/hover', at(editor, tagged, 'timeout: 1s'))
    while (!shownIn(await hover()).includes('| 1s | 3 | 3s')) await new Promise(resolve => setTimeout(resolve, 10))
    expect(
      (await editor.request<Location[]>('textDocument/definition', at(editor, tagged, 'to: orders\n', 4))).length,
    ).toBe(1)
  })

  test('offers the names that it has while it could never be read', async context => {
    const { editor } = await editorWith(context, nothing)
    const broken = shop.replace('[{ to: orders-db', '[{ to: ')
    await editor.open(name, broken)
    const items = await editor.request<CompletionItem[]>('textDocument/completion', at(editor, broken, '[{ to: ', 7))
    expect(items.map(({ label }) => label)).toEqual(expect.arrayContaining(['web', 'orders']))
  })
})
