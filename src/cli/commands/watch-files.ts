import { watch } from 'chokidar'
import { once } from 'node:events'
import { dirname, sep } from 'node:path'
import type { Watched } from '../world.ts'

/**
 * Files are watched through their folders, so that one that is removed and made again, or replaced by renaming another into
 * its place, as many editors save, is still the one that is watched. A file counts as changed when nobody has written to it
 * for a moment.
 */
export async function watchFiles({ files, folders }: Watched, changed: () => void): Promise<{ stop(): Promise<void> }> {
  const named = new Set(files)
  const parents = new Set([...files.map(path => dirname(path)), ...folders])
  const isBelow = (path: string) => folders.some(folder => path.startsWith(folder + sep))
  const watcher = watch([...parents], {
    ignoreInitial: true,
    awaitWriteFinish: { stabilityThreshold: 60, pollInterval: 20 },
    ignored: (path, stats) =>
      !named.has(path) &&
      !parents.has(path) &&
      (!isBelow(path) ||
        /[/\\](?:node_modules|\.git)(?:[/\\]|$)/.test(path) ||
        (stats?.isFile() === true && !/\.(?:ya?ml|json|sql|md)$/.test(path))),
  })
  watcher.on('all', changed)
  // A folder that may not be read must not end the program.
  watcher.on('error', () => undefined)
  await once(watcher, 'ready')
  return { stop: () => watcher.close() }
}
