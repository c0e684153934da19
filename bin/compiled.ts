import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Script, constants } from 'node:vm'

/** What was compiled in this run, by the file that it may be kept in. */
const isNew = new Map<string, Script>()

/**
 * Runs a file of CommonJS in plain ASCII by what V8 made of it in an earlier run: of a small review nearly half of the processor
 * time is compiling. Node's own cache keeps what is compiled when a file is loaded, this one all that was by the end of the run.
 * It lies beside the program, so who may write it may write the program as well; where nobody may, nothing is kept.
 */
export function runCompiled(file: string, module: NodeJS.Module, require: NodeJS.Require): void {
  const kept = keptFor(file)
  const cachedData = ifPossible(() => checked(readFileSync(kept)))
  const script = new Script(
    `(function (exports, require, module, __filename, __dirname) { ${readFileSync(file, 'latin1')}\n})`,
    {
      filename: file,
      ...(cachedData && { cachedData }),
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    },
  )
  if (cachedData === undefined || script.cachedDataRejected === true) isNew.set(kept, script)
  const run = script.runInThisContext() as (...given: unknown[]) => void
  run.call(module.exports, module.exports, require, module, file, dirname(file))
}

/**
 * V8 compares its own version and flags, but of the text only the length; so what is changed has another name. To ask V8 for a
 * name of its own costs more than is gained.
 */
function keptFor(file: string): string {
  const { mtimeMs } = statSync(file)
  return join(dirname(file), '.compiled', `${basename(file)}-${Math.floor(mtimeMs)}-${process.version}-${process.arch}`)
}

/** In CI the next run is on another machine. The variable is the one that turns off Node's own cache. */
export function keepCompiled(): void {
  if (process.env['CI'] || process.env['NODE_DISABLE_COMPILE_CACHE'] === '1') return
  for (const [path, script] of isNew) keep(script, path)
}

/** At the end, where it leaves the rest as V8 wants it aligned. */
function withChecksum(data: Buffer): Buffer {
  const sum = Buffer.alloc(checksumBytes)
  sum.writeUInt32LE(checksum(data))
  return Buffer.concat([data, sum])
}

/** V8 believes what it is given, and a process that was given something else ends without a word. */
function checked(kept: Buffer): Buffer | undefined {
  const data = kept.subarray(0, -checksumBytes)
  return kept.readUInt32LE(data.length) === checksum(data) ? data : undefined
}

const checksumBytes = 4

/** Of 4 bytes in each 128, as a disk loses blocks of 512 and more. To load Node's own checksums takes longer than all of this. */
function checksum(data: Buffer): number {
  const view = new DataView(data.buffer, data.byteOffset, data.length)
  let sum = data.length
  for (let at = 0; at + 4 <= data.length; at += 128) sum = Math.imul(sum ^ view.getInt32(at), 0x01000193)
  return sum >>> 0
}

/** Nothing depends on a file that cannot be read or written. */
function ifPossible<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}

/** Whole or not at all: another run may read it at the same time. */
function keep(script: Script, path: string): void {
  const unfinished = `${path}.${process.pid}`
  ifPossible(() => {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(unfinished, withChecksum(script.createCachedData()))
    renameSync(unfinished, path)
  })
  ifPossible(() => {
    rmSync(unfinished, { force: true })
  })
}
