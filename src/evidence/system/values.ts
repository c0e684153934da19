import type { Path } from '../../finding.ts'
import { formatPath } from '../../finding.ts'
import { readAs as readType, refused } from '../../manifest/schema/read-as.ts'
import { schemaAt } from '../../manifest/walk-schema.ts'

/** Values of files and of a manifest, in the form in which they can be compared. */

/** A plain value below a fact, by its path from the element. */
export interface Leaf {
  readonly path: Path
  readonly value: string | number | boolean
}

/** A value as the manifest's schema reads it: `45s` is 45000. `undefined` where it is none. */
export function readAs(path: Path, value: unknown): unknown {
  const type = schemaAt(path)
  const read = type === undefined ? refused : readType(type, value)
  return read === refused ? undefined : read
}

export function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}

/** All plain values below a value. Lists say more than one thing and are left out. */
export function leavesOf(value: unknown, path: Path): Leaf[] {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return [{ path, value }]
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]))
}

/** Whether two values say the same, the second at least as exactly: `postgres` and `postgres@16.4` do, `postgres@15` does not. */
export function agree(stated: Leaf['value'], found: Leaf['value'], path: Path): boolean {
  if (typeof stated === 'number' && typeof found === 'number')
    return Math.abs(stated - found) <= 1e-6 * Math.max(Math.abs(stated), Math.abs(found))
  if (path.at(-1) !== 'engine' || typeof stated !== 'string' || typeof found !== 'string') return stated === found
  const [[product, version], [other, exactly]] = [stated.split('@'), found.split('@')]
  if (product!.toLowerCase() !== other!.toLowerCase()) return false
  return (
    version === undefined ||
    exactly === undefined ||
    `${exactly}.`.startsWith(`${version}.`) ||
    `${version}.`.startsWith(`${exactly}.`)
  )
}

/** `replicas.min`, as people call a fact of an element; `maxSurge: 25%` is read as a share, and written without that word. */
export const factName = (path: Path): string =>
  formatPath(['share', 'count'].includes(String(path.at(-1))) ? path.slice(0, -1) : path)
