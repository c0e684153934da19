import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { main } from '../src/cli/main.ts'
import type { World } from '../src/cli/world.ts'

export interface Ran {
  code: number
  out: string
  err: string
}

/** A fresh folder with the given files. */
export function folder(files: Record<string, string | Uint8Array>): string {
  const root = mkdtempSync(join(tmpdir(), 'scaffold-review-'))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), content)
  }
  return root
}

/** A machine on which no file changes, nobody presses Ctrl-C and nobody speaks a protocol. */
export const nothingHappens: Pick<World, 'watch' | 'onInterrupt' | 'streams'> = {
  watch: () => Promise.reject(new Error('nothing is watched in this test')),
  onInterrupt: () => () => undefined,
  streams: { input: Readable.from([]), output: new Writable() },
}

/** Runs the program in this process. */
export async function run(
  argv: readonly string[],
  cwd: string,
  more: Partial<World> & { stdin?: string } = {},
): Promise<Ran> {
  let [out, err] = ['', '']
  const { stdin = '', ...world } = more
  const code = await main(argv, {
    cwd,
    env: {},
    today: '2026-11-23',
    stdout: { write: text => (out += text), isTTY: false, columns: 80 },
    stderr: { write: text => (err += text) },
    terminal: undefined,
    readStdin: () => Promise.resolve(new TextEncoder().encode(stdin)),
    ...nothingHappens,
    ...world,
  })
  return { code, out, err }
}
