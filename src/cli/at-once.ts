import { accessSync, readFileSync, realpathSync, statSync, type Stats } from 'node:fs'

/**
 * Files on the disk, as `node:fs/promises` gives them, read at once. That module and the threads behind it take longer to
 * start than the few files of a run to read.
 */
export const stat = (path: string): Promise<Stats> => settled(() => statSync(path))
export const access = (path: string): Promise<void> =>
  settled(() => {
    accessSync(path)
  })
export const realpath = (path: string): Promise<string> => settled(() => realpathSync.native(path))
export const readFile = (path: string): Promise<Uint8Array> => settled(() => readFileSync(path))

const settled = <T>(work: () => T): Promise<T> =>
  new Promise(resolve => {
    resolve(work())
  })
