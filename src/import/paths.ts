/** Names of files with forward slashes, as the readers of files know them. No disk is asked. */

/** The folder of a file: `deploy/compose.yaml` -> `deploy`, `compose.yaml` -> `` (the folder where the command runs). */
export const folderOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('/')))

/** A path from a folder: `deploy` and `../nginx.conf` -> `nginx.conf`. Absolute paths stay, and `..` may lead above the start. */
export function joined(folder: string, path: string): string {
  const isAbsolute = path.startsWith('/')
  const start = isAbsolute ? '' : folder
  const steps: string[] = []
  for (const step of `${start}/${path}`.split('/')) {
    if (step === '' || step === '.') continue
    if (step === '..' && steps.length > 0 && steps.at(-1) !== '..') steps.pop()
    else steps.push(step)
  }
  return (isAbsolute || start.startsWith('/') ? '/' : '') + steps.join('/')
}

/** The last part of a path. */
export const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
