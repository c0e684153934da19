#!/usr/bin/env node
import process from 'node:process'
import { main } from '../src/cli/main.ts'
import { readUpTo } from '../src/cli/read-up-to.ts'

// A reader that closes early, such as `head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  throw error
})

process.exitCode = await main(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  get today() {
    return new Date().toISOString().slice(0, 10)
  },
  stdout: { write: text => process.stdout.write(text), isTTY: process.stdout.isTTY, columns: process.stdout.columns },
  stderr: process.stderr,
  readStdin: most => readUpTo(process.stdin, most),
  watch: async (paths, changed) => (await import('../src/cli/watch-files.ts')).watchFiles(paths, changed),
  interrupted: () =>
    new Promise(resolve => {
      process.once('SIGINT', () => {
        resolve()
      })
    }),
  streams: { input: process.stdin, output: process.stdout },
  terminal: process.stdin.isTTY && process.stdout.isTTY ? { input: process.stdin, output: process.stdout } : undefined,
})
