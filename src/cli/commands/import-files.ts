import { realpath, stat } from 'node:fs/promises'
import { dirname, resolve, sep } from 'node:path'
import type { ImportFile, ImportInput, ImportNote } from '../../import/system.ts'
import { number } from '../../units.ts'
import type { Limits } from '../reading/limits.ts'
import { shown } from '../reading/load.ts'
import { decode, readText } from '../reading/read-text.ts'
import type { World } from '../world.ts'

export interface Gathered extends Pick<ImportInput, 'files' | 'read'> {
  /** Of files that cannot be read, one line each. */
  readonly notes: readonly ImportNote[]
}

type Pick_ = (names: readonly string[]) => string[]

/**
 * Reads the files that are named, and those in folders that are named: YAML and JSON in them and below. Links to folders are not
 * followed. All files together stay below the limits of a manifest.
 * @param pick which of the names found in a folder to read; absent: all
 */
export async function gather(
  paths: readonly string[],
  pick: Pick_ | undefined,
  { maxInput, maxFiles }: Pick<Limits, 'maxInput' | 'maxFiles'>,
  world: World,
): Promise<Gathered> {
  const room = { bytes: maxInput, files: maxFiles }
  const files: ImportFile[] = []
  const notes: ImportNote[] = []
  const seen = new Set<string>()
  const roots = [await real(world.cwd)]
  const refuse = (message: string, file: string) => notes.push({ kind: 'unreadable', message, file })

  const take = async (absolute: string, folder?: string): Promise<void> => {
    const path = await real(absolute)
    if (seen.has(path)) return
    seen.add(path)
    const name = shown(absolute, world)
    if (room.files-- <= 0) return
    const { text, size, problem } = await readText(absolute, name, room.bytes)
    if (problem) return void refuse(problem.message, name)
    room.bytes -= size
    files.push({ name, text, ...(folder === undefined ? {} : { folder }) })
  }

  for (const path of paths) {
    if (path === '-') {
      const { text, problem } = decode(await world.readStdin(room.bytes), 'stdin.yaml', room.bytes)
      if (problem) refuse(problem.message, 'stdin.yaml')
      else files.push({ name: 'stdin.yaml', text })
      continue
    }
    const absolute = resolve(world.cwd, path)
    const found = await stat(absolute).catch(() => undefined)
    if (found?.isDirectory()) {
      const name = shown(absolute, world)
      const inside = await namesIn(absolute)
      const picked = pick ? pick(inside) : inside
      if (picked.length === 0)
        refuse(`"${name}" holds no file to read${pick ? ' under a usual name; name the files' : ''}`, name)
      roots.push(await real(absolute))
      for (const one of picked) await take(resolve(absolute, one), name)
    } else {
      roots.push(dirname(await real(absolute)))
      await take(absolute)
    }
  }
  if (room.files < 0)
    refuse(
      `More than ${number(maxFiles)} files; the others were not read. --max-files raises the limit`,
      shown(world.cwd, world),
    )
  const read = async (name: string): Promise<ImportFile | undefined> => {
    const absolute = resolve(world.cwd, name)
    const path = await real(absolute)
    // What a file speaks of is read only where the person who named it looks: not a key in another folder of the machine.
    if (!roots.some(root => path.startsWith(root.endsWith(sep) ? root : root + sep))) return undefined
    if (!(await isFile(path)) || room.files-- <= 0) return undefined
    const { text, size, problem } = await readText(absolute, name, room.bytes)
    if (problem) return undefined
    room.bytes -= size
    return { name: shown(absolute, world), text }
  }
  return { files, notes, read }
}

const real = (path: string) => realpath(path).catch(() => path)

const isFile = (path: string) =>
  stat(path).then(
    found => found.isFile(),
    () => false,
  )

/** YAML and JSON in a folder and below, named from it, in a fixed order. */
async function namesIn(folder: string): Promise<string[]> {
  const { glob } = await import('tinyglobby')
  const found = await glob('**/*.{yaml,yml,json}', {
    cwd: folder,
    onlyFiles: true,
    followSymbolicLinks: false,
    ignore: ['**/node_modules/**', '**/.git/**'],
  })
  return found.sort()
}
