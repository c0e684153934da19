/** Paths with `/` between folders, as files are named here. */

export const dirname = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('/')))

/** `join('a/b', '../c')` is `a/c`. */
export function join(folder: string, path: string): string {
  const steps: string[] = []
  for (const step of [...folder.split('/'), ...path.split('/')]) {
    if (step === '' || step === '.') continue
    if (step === '..' && steps.length > 0 && steps.at(-1) !== '..') steps.pop()
    else steps.push(step)
  }
  return (folder.startsWith('/') ? '/' : '') + steps.join('/')
}
