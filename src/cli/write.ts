import { randomUUID } from 'node:crypto'
import { chmod, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { UserError } from './world.ts'

/** Writes a file whole or not at all: readers never see a half of it. Who may read and write it stays as it was. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}`)
  try {
    await writeFile(temporary, text)
    const mode = await stat(path).then(
      found => found.mode,
      () => undefined,
    )
    if (mode !== undefined) await chmod(temporary, mode)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw new UserError(`Cannot write "${path}": ${error instanceof Error ? error.message : String(error)}`)
  }
}
