import { access, constants, readFile, realpath, stat } from 'node:fs/promises'
import { dirname, resolve, sep } from 'node:path'
import type { ManifestFiles } from '../../manifest/files.ts'
import { UserError, type World } from '../world.ts'
import { writeAtomically } from '../writing/write.ts'

const bom = '\uFEFF'

/** Somebody else changed a file since it was read. Nothing was written. */
export class ChangedOnDisk extends Error {
  readonly file: string

  constructor(file: string) {
    super(`${file} changed on disk since it was read; nothing was written`)
    this.file = file
  }
}

/**
 * Writes the text of one of the manifest's files, whole or not at all.
 * @param files as they were read: each of them must still be so on disk, or the answer was given to another manifest
 * @throws ChangedOnDisk, or UserError where the file cannot be written
 */
export async function save(files: ManifestFiles, file: string, text: string, world: World): Promise<void> {
  for (const source of files.sources) {
    const now = await textOnDisk(resolve(world.cwd, source.file))
    if (now === undefined || withoutMark(now) !== source.text) throw new ChangedOnDisk(source.file)
  }
  const target = await writable(file, files.sources[0]!.file, world)
  const hasMark = (await textOnDisk(target))?.startsWith(bom) ?? false
  await writeAtomically(target, hasMark ? bom + text : text)
}

const withoutMark = (text: string) => (text.startsWith(bom) ? text.slice(1) : text)

const textOnDisk = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined)

/**
 * The file that is written for `file`: itself, or what a symbolic link leads to, if that lies in the folder of the manifest or
 * in the one the program was started in. A link that leads elsewhere is somebody else's file.
 */
export async function writable(file: string, manifest: string, { cwd }: World): Promise<string> {
  const path = resolve(cwd, file)
  const real = await realpath(path).catch(() => path)
  const own = await Promise.all(
    [cwd, dirname(resolve(cwd, manifest))].map(folder => realpath(folder).catch(() => folder)),
  )
  const isOwn = own.some(folder => real.startsWith(folder.endsWith(sep) ? folder : folder + sep))
  const isLink = real !== resolve(await realpath(dirname(path)).catch(() => dirname(path)), path.split(sep).at(-1)!)
  if (isLink && !isOwn)
    throw new UserError(
      `"${file}" is a link to ${real}, which lies outside this folder. Run the checklist on that file`,
    )
  const { mode } = await stat(real).catch(() => ({ mode: 0 }))
  const allowed = await access(real, constants.W_OK).then(
    () => true,
    () => false,
  )
  // A file that was made read-only is left alone, also where its folder would let it be replaced.
  if (!allowed || (mode & 0o222) === 0)
    throw new UserError(`"${file}" is read-only, so no answer could be saved. Make it writable first`)
  return real
}
