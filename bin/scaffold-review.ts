#!/usr/bin/env node
import { once } from 'node:events'
import { fstatSync, statSync, writeSync } from 'node:fs'
import { version } from '../src/cli/version.ts'
import type { World } from '../src/cli/world.ts'

const argv = process.argv.slice(2)
/** Bytes that are written in one go, so that a long text does not stand in memory twice. */
const piece = 2 ** 20
/** Outputs whose reader went away. */
const isClosed = new Set<number>()
// Asked often and by other programs, so nothing else is read for it.
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) write(1, `${version}\n`)
else void run()

async function run(): Promise<void> {
  endCleanly()
  if (process.version.startsWith('v20.')) compileLater()
  else letNodeKeep()
  const { isReview, main } = await import('../src/cli/main.ts')
  process.exitCode = await main(argv, world())
  // Other commands, and reviews that come to nothing, run too little of the program.
  if (isReview(argv) && process.exitCode !== 2) (await import('./compiled.ts')).keepCompiled()
}

/**
 * Node 20 makes machine code of whatever ran a few hundred times. A review runs many functions, few of them for long, so that
 * nearly half of its processor time went into compiling what was hardly used again. Later versions have a compiler in between.
 */
function compileLater(): void {
  // An `import()` of what is built in would start the loader of modules, which nothing else needs.
  const { setFlagsFromString } = process.getBuiltinModule('node:v8')
  // In bytes of code that ran: four times what is usual.
  setFlagsFromString('--interrupt-budget=540672')
}

/** What `runCompiled` does not keep: the parts that few runs need. Node keeps them in the folder for temporary files. */
function letNodeKeep(): void {
  const nodeModule: object = process.getBuiltinModule('node:module')
  ;(nodeModule as { enableCompileCache?: () => unknown }).enableCompileCache?.()
}

/**
 * Ctrl-C ends the program with 130 and leaves nothing half written, unless somebody who listens knows better, such as a prompt.
 * It waits for a computation to end; SIGTERM, to which nobody listens, does not.
 */
function endCleanly(): void {
  process.on('SIGINT', () => {
    if (process.listenerCount('SIGINT') > 1) return
    void import('../src/cli/writing/write.ts').then(({ abandonWrites }) => {
      abandonWrites()
      process.exit(130)
    })
  })
}

function world(): World {
  const output = fstatSync(1)
  // To ask whether it is a terminal, the stream is set up; nothing comes of it where nobody listens.
  const isNowhere = output.rdev === statSync('/dev/null', { throwIfNoEntry: false })?.rdev
  const isTerminal = output.isCharacterDevice() && !isNowhere && process.stdout.isTTY
  return {
    cwd: process.cwd(),
    env: process.env,
    get today() {
      return new Date().toISOString().slice(0, 10)
    },
    stdout: {
      write: text => {
        write(1, text)
      },
      isTTY: isTerminal,
      columns: isTerminal ? process.stdout.columns : undefined,
      isFile: output.isFile(),
    },
    stderr: {
      write: text => {
        write(2, text)
      },
      // Asked for by few commands, and to look at a stream is to set it up.
      get isTTY() {
        return process.stderr.isTTY
      },
    },
    readStdin: async most => (await import('../src/cli/reading/read-up-to.ts')).readUpTo(process.stdin, most),
    watch: async (paths, changed) => (await import('../src/cli/commands/watch-files.ts')).watchFiles(paths, changed),
    // Asked for by few commands, and to look at a stream is to set it up.
    get streams() {
      return { input: process.stdin, output: process.stdout }
    },
    get terminal() {
      return isTerminal && process.stdin.isTTY ? { input: process.stdin, output: process.stdout } : undefined
    },
    runInTerminal,
    onInterrupt: act => {
      process.on('SIGINT', act)
      return () => process.off('SIGINT', act)
    },
  }
}

/** Ctrl-C in the meantime is for the other program. */
async function runInTerminal(program: string, args: readonly string[]): Promise<number> {
  const { spawn } = await import('node:child_process')
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

/** At once and whole: the streams of Node take longer to set up than a short answer takes altogether. */
function write(to: 1 | 2, text: string): void {
  const [encoder, bytes] = [new TextEncoder(), new Uint8Array(Math.min(piece, 3 * text.length))]
  for (let from = 0; from < text.length;) {
    const { read, written } = encoder.encodeInto(text.slice(from), bytes)
    writeBytes(to, bytes.subarray(0, written))
    from += read
  }
}

function writeBytes(to: 1 | 2, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length && !isClosed.has(to);) {
    try {
      at += writeSync(to, bytes, at)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // A reader that closes early, such as `head`, is no failure; files are still written, and the exit code is the same.
      if (code === 'EPIPE') isClosed.add(to)
      // A pipe that is full: its reader is asked again a little later.
      else if (code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
      else throw error
    }
  }
}
