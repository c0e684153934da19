#!/usr/bin/env node
import { fstatSync, writeSync } from 'node:fs'
import process from 'node:process'
import { version } from '../src/cli/version.ts'
import type { World } from '../src/cli/world.ts'

const argv = process.argv.slice(2)
// Asked often and by other programs, so nothing else is read for it.
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) write(1, `${version}\n`)
else void run()

async function run(): Promise<void> {
  const { main } = await import('../src/cli/main.ts')
  process.exitCode = await main(argv, world())
}

function world(): World {
  const isTerminal = fstatSync(1).isCharacterDevice() && process.stdout.isTTY
  return {
    cwd: process.cwd(),
    env: process.env,
    today: new Date().toISOString().slice(0, 10),
    stdout: {
      write: text => {
        write(1, text)
      },
      isTTY: isTerminal,
      columns: isTerminal ? process.stdout.columns : undefined,
    },
    stderr: {
      write: text => {
        write(2, text)
      },
    },
    readStdin,
    // Asked for by few commands, and to look at a stream is to set it up.
    get terminal() {
      return isTerminal && process.stdin.isTTY ? { input: process.stdin, output: process.stdout } : undefined
    },
  }
}

async function readStdin(): Promise<Uint8Array> {
  const { buffer } = await import('node:stream/consumers')
  return buffer(process.stdin)
}

/** At once and whole: the streams of Node take longer to set up than a short answer takes altogether. */
function write(to: 1 | 2, text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(to, bytes, at)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // A reader that closes early, such as `head`, is no failure.
      if (code === 'EPIPE') process.exit()
      // A pipe that is full: its reader is asked again a little later.
      if (code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}
