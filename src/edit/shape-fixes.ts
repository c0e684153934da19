import type { Path } from '../finding.ts'
import type { ManifestFiles } from '../manifest/files.ts'
import { onlyNearest } from '../manifest/nearest.ts'
import { manifestSchema } from '../manifest/schema/manifest.ts'
import { accepts } from '../manifest/schema/read-as.ts'
import { problemsWith, type ShapeProblem } from '../manifest/shape-problems.ts'
import { alternatives, itemOf, schemaAt, shapeOf } from '../manifest/walk-schema.ts'
import type { Change } from './change.ts'
import { isValues, valueAt } from './data.ts'
import type { Fix } from './fixes.ts'

/** Misspelt keys and values, and units that the schema knows to be meant. */
export function shapeFixes(files: ManifestFiles): Fix[] {
  if (accepts(manifestSchema, files.value)) return []
  return problemsWith(manifestSchema, files.value).flatMap(problem => {
    const { source, path } = files.home(problem.path)
    const mended = keyFix(problem, files.value, path) ?? valueFix(problem, files.value, path)
    return mended ? [{ ...mended, location: files.locate(problem.path), file: source.file }] : []
  })
}

type Mended = Pick<Fix, 'kind' | 'title' | 'changes'>

function keyFix({ path }: ShapeProblem, root: unknown, inFile: Path): Mended | undefined {
  const [above, key] = [path.slice(0, -1), path.at(-1)]
  const schema = schemaAt(above)
  const map = valueAt(root, above)
  if (typeof key !== 'string' || !schema || !isValues(map) || shapeOf(schema).has(key) || itemOf(schema))
    return undefined
  const to = onlyNearest(key, [...shapeOf(schema).keys()])
  // What a misspelt `include` names was not read, so nothing can be said about the rest.
  if (path.length === 1 && to === 'include') return undefined
  // Both names may be there, and then one of them is not a typo of the other.
  if (to === undefined || Object.hasOwn(map, to) || !suits([...above, to], map[key])) return undefined
  return { kind: 'key', title: insteadOf(quote(to), quote(key)), changes: [{ path: inFile, to }] }
}

function valueFix({ path, message }: ShapeProblem, root: unknown, inFile: Path): Mended | undefined {
  const value = valueAt(root, path)
  const set = (to: unknown): Change[] => [{ path: inFile, value: to }]
  if (typeof value === 'number') {
    const [, meant] = /; did you mean ([^"?]+)\?$/.exec(message) ?? []
    if (meant === undefined || !fits(path, meant)) return undefined
    return { kind: 'unit', title: insteadOf(meant, String(value)), changes: set(meant) }
  }
  if (typeof value !== 'string') return undefined
  const to = onlyNearest(value, wordsAt(path))
  if (to === undefined || !fits(path, to)) return undefined
  return { kind: 'value', title: insteadOf(quote(to), quote(value)), changes: set(to) }
}

export const insteadOf = (meant: string, written: string): string => `Write ${meant} instead of ${written}`
export const quote = (text: string): string => `"${text}"`

/** Whether a value is of the kind that the schema has at a path; what is wrong within it is mended in its turn. */
function suits(path: Path, value: unknown): boolean {
  const schema = schemaAt(path)
  return !schema || problemsWith(schema, value).every(one => one.path.length > 0)
}

/** Whether the schema takes a value at a path. */
function fits(path: Path, value: unknown): boolean {
  const schema = schemaAt(path)
  return schema !== undefined && accepts(schema, value)
}

/** The words that a value may be, where it is a choice. */
function wordsAt(path: Path): string[] {
  const schema = schemaAt(path)
  return (schema ? alternatives(schema) : []).flatMap(one => {
    const words = one.kind === 'choice' || one.kind === 'literal' ? one.values : []
    return words.filter(word => typeof word === 'string')
  })
}
