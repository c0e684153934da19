import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { chmod, mkdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { UserError } from '../world.ts'

/**
 * Writes a file whole or not at all: readers never see a half of it. Folders that are missing are made, links are followed, and
 * who may read and write the file stays as it was.
 */
export async function writeAtomically(path: string, text: string): Promise<void> {
  try {
    const target = await realpath(path).catch(() => path)
    const before = await stat(target).catch(() => undefined)
    // A device or a pipe is written to; in its place there must be no file.
    if (before && !before.isFile() && !before.isDirectory()) await writeFile(target, text)
    else await replace(target, text, before?.mode)
  } catch (error) {
    throw new UserError(`Cannot write "${path}": ${reason(error as NodeJS.ErrnoException)}`)
  }
}

/** Files of which only a part may be written yet. */
const unfinished = new Set<string>()

async function replace(target: string, text: string, mode: number | undefined): Promise<void> {
  const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}`)
  unfinished.add(temporary)
  try {
    await mkdir(dirname(target), { recursive: true })
    await writeFile(temporary, text)
    if (mode !== undefined) await chmod(temporary, mode)
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  } finally {
    unfinished.delete(temporary)
  }
}

/** For a program that ends at once: nothing half written stays behind. */
export function abandonWrites(): void {
  for (const temporary of unfinished) rmSync(temporary, { force: true })
}

function reason({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EISDIR') return 'it is a folder'
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'a part of the path is a file, not a folder'
  if (code === 'ENOSPC') return 'no space is left'
  if (code === 'EROFS') return 'nothing can be written there'
  return message
}
