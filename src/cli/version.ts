import { readFileSync } from 'node:fs'

/** The package's version, from the package.json above this file, in the sources as in the build. */
export const version: string = (() => {
  for (const up of ['../../package.json', '../../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')) as {
        name: string
        version: string
      }
      if (name === 'scaffold-review') return version
    } catch {
      // Not at this level.
    }
  }
  return '0.0.0'
})()
