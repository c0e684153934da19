import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The package's version, from the package.json above this file, in the sources as in the build. */
export const version: string = (() => {
  for (const up of ['../..', '../../..']) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(import.meta.dirname, up, 'package.json'), 'utf8')) as {
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
