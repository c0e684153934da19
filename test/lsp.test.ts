import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { folder, run } from './cli-support.ts'
import { positionOf, shop, startEditor, type Editor } from './lsp-support.ts'

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
    // What was said of other lines stays meanwhile.
    expect(codes(broken)).toContain('manifest-shape')
    expect(codes(broken)).toContain('retry-without-backoff-or-jitter')
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
    await editor.diagnostics(main, ({ diagnostics }) => codes(diagnostics).includes('call-without-timeout'))
    const version = await editor.change(part, 'services:\n  order: { replicas: 1 }\n')
    await editor.diagnostics(part, params => params.version === version)
    expect(
      codes(await editor.diagnostics(main, ({ diagnostics }) => codes(diagnostics).includes('dangling-reference'))),
    ).toContain('dangling-reference')
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
