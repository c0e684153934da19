import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { folder } from './cli-support.ts'
import { startEditor, startServer } from './lsp-support.ts'

const cwd = folder({})

describe.concurrent('the end of the server', { timeout: 60_000 }, () => {
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
  test('comes with the end of the editor, although the input stays open', async () => {
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
