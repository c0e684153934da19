import { createReadStream } from 'node:fs'
import type { Problem } from '../../finding.ts'
import { bytes } from '../../units.ts'
import { readFile, stat } from '../at-once.ts'
import { defaultLimits } from './limits.ts'
import { readUpTo } from './read-up-to.ts'

/** A text that was read, or why it could not be. */
export interface Text {
  text: string
  /** Bytes. */
  size: number
  problem?: Problem
}

/**
 * The text of a file, or why it cannot be read.
 * @param file what the file is called
 * @param most bytes
 */
export async function readText(absolute: string, file: string, most = defaultLimits.maxInput): Promise<Text> {
  try {
    const found = await stat(absolute)
    if (found.isDirectory())
      return unreadable(file, `"${file}" is a folder; expected a file such as ${file}/scaffold.yaml`)
    if (found.size > most) return tooLarge(file, found.size, most)
    // A pipe or a device has no size, and may never end.
    return decode(
      found.isFile() ? await readFile(absolute) : await readUpTo(createReadStream(absolute), most),
      file,
      most,
    )
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return unreadable(file, `There is no file "${file}"`)
    if (code === 'EACCES' || code === 'EPERM') return unreadable(file, `"${file}" cannot be read: permission denied`)
    return unreadable(file, `"${file}" cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

export function decode(bytes: Uint8Array, file: string, most: number): Text {
  if (bytes.length > most) return tooLarge(file, bytes.length, most)
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), size: bytes.length }
  } catch {
    return unreadable(file, `"${file}" is not a text file in UTF-8`)
  }
}

export const tooLarge = (file: string, size: number, most: number): Text =>
  unreadable(
    file,
    `"${file}" has ${bytes(size)}; expected at most ${bytes(most)}, for all files of a manifest together. --max-input raises the limit`,
  )

export function unreadable(file: string, message: string): Text {
  const start = { line: 1, column: 1, offset: 0 }
  return {
    text: '',
    size: 0,
    problem: { ruleId: 'unreadable', message, location: { file, path: [], start, end: start }, related: [] },
  }
}
