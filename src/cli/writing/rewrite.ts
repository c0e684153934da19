import { readFile, realpath, stat, writeFile, rename, rm, chmod } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import type { EditedFile } from '../../edit/files.ts'
import { UserError, type World } from '../world.ts'

/**
 * Writes changed files over those that they were read from. All are looked at before the first is written: one that cannot be
 * written, or that somebody else has changed since, stops the whole. Links are followed as far as they stay in the project.
 */
export async function rewrite(edited: readonly EditedFile[], world: World): Promise<void> {
  const ready = []
  for (const one of edited) ready.push(await prepared(one, world))
  for (const { path, bytes, mode } of ready) await replace(path, bytes, mode)
}

async function prepared({ file, before, after }: EditedFile, world: World) {
  const named = resolve(world.cwd, file)
  try {
    const path = await realpath(named)
    const folders = [await realpath(world.cwd), await realpath(dirname(named))]
    if (
      path !== join(await realpath(dirname(named)), basename(named)) &&
      !folders.some(one => path.startsWith(one + sep))
    )
      throw new UserError(
        `"${file}" is a link to "${relative(world.cwd, path)}", outside of this project; change that file where it belongs`,
      )
    const { mode } = await stat(path)
    if ((mode & 0o222) === 0) throw new UserError(`"${file}" is read-only; nothing was written`)
    const current = await readFile(path)
    if (new TextDecoder().decode(current) !== before)
      throw new UserError(`"${file}" has changed since it was read; nothing was written. Try again`)
    // The mark at the start of some files is no part of their text.
    const mark = current.subarray(0, 3).equals(byteOrderMark) ? byteOrderMark : Buffer.alloc(0)
    return { path, bytes: Buffer.concat([mark, Buffer.from(after)]), mode }
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`Cannot write "${file}": ${messageOf(error)}`)
  }
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])

async function replace(path: string, bytes: Buffer, mode: number): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}`)
  try {
    await writeFile(temporary, bytes)
    await chmod(temporary, mode)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw new UserError(`Cannot write "${path}": ${messageOf(error)}`)
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
