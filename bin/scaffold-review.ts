#!/usr/bin/env node
import { fstatSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { main } from '../src/cli/main.ts'
import { readUpTo } from '../src/cli/read-up-to.ts'
import { exitCode } from '../src/cli/world.ts'
import { abandonWrites } from '../src/cli/write.ts'

// A reader that closes early, such as `head`, is no failure; the files are still written, and the exit code is the same.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

const ends = { SIGINT: exitCode.interrupted, SIGTERM: 143 } as const
for (const [signal, code] of Object.entries(ends)) {
  process.on(signal, () => {
    // Whoever else listens, such as a prompt, knows better what to do.
    if (process.listenerCount(signal) > 1) return
    abandonWrites()
    process.exit(code)
  })
}

const isFile = () => {
  try {
    return fstatSync(process.stdout.fd).isFile()
  } catch {
    return false
  }
}

/** Ctrl-C in the meantime is for the other program. */
async function runInTerminal(program: string, args: readonly string[]): Promise<number> {
  const ignore = () => undefined
  process.on('SIGINT', ignore)
  try {
    const child = spawn(program, args, { stdio: 'inherit' })
    const [code] = (await once(child, 'exit')) as [number | null]
    return code ?? 1
  } finally {
    process.off('SIGINT', ignore)
  }
}

process.exitCode = await main(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  get today() {
    return new Date().toISOString().slice(0, 10)
  },
  stdout: {
    write: text => process.stdout.write(text),
    isTTY: process.stdout.isTTY,
    columns: process.stdout.columns,
    isFile: isFile(),
  },
  stderr: process.stderr,
  readStdin: most => readUpTo(process.stdin, most),
  watch: async (paths, changed) => (await import('../src/cli/watch-files.ts')).watchFiles(paths, changed),
  streams: { input: process.stdin, output: process.stdout },
  terminal: process.stdin.isTTY && process.stdout.isTTY ? { input: process.stdin, output: process.stdout } : undefined,
  runInTerminal,
  onInterrupt: act => {
    process.on('SIGINT', act)
    return () => process.off('SIGINT', act)
  },
})
