#!/usr/bin/env node
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { buffer } from 'node:stream/consumers'
import { main } from '../src/cli/main.ts'

// A reader that closes early, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  throw error
})

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
  today: new Date().toISOString().slice(0, 10),
  stdout: { write: text => process.stdout.write(text), isTTY: process.stdout.isTTY, columns: process.stdout.columns },
  stderr: process.stderr,
  readStdin: () => buffer(process.stdin),
  terminal: process.stdin.isTTY && process.stdout.isTTY ? { input: process.stdin, output: process.stdout } : undefined,
  runInTerminal,
  onInterrupt: act => {
    process.on('SIGINT', act)
    return () => process.off('SIGINT', act)
  },
})
