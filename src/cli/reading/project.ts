import { dirname, join, sep } from 'node:path'
import { stat } from '../at-once.ts'

const configNames = ['.scaffold-review.yaml', '.scaffold-review.yml']

/** The configuration of a folder: its own or that of the nearest folder above, up to the one that holds `.git`. */
export async function findConfig(from: string): Promise<string | undefined> {
  for (let folder = from; ; folder = dirname(folder)) {
    for (const name of configNames) {
      const path = join(folder, name)
      if (await exists(path)) return path
    }
    if ((await exists(join(folder, '.git'))) || dirname(folder) === folder) return undefined
  }
}

/** Whether there is something of this name, of whatever kind. */
const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )

/** The folder that a configuration may read from: the nearest one above it that holds `.git`, else its own. */
export async function projectOf(configPath: string): Promise<string> {
  const own = dirname(configPath)
  for (let folder = own; ; folder = dirname(folder)) {
    if (await exists(join(folder, '.git'))) return folder
    if (dirname(folder) === folder) return own
  }
}

export const isInside = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
