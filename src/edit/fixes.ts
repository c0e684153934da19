import type { Location } from '../finding.ts'
import type { ManifestFiles } from '../manifest/files.ts'
import { isRename, type Change } from './change.ts'
import { valueAt } from './data.ts'
import { editText } from './edit.ts'
import type { EditedFile } from './files.ts'
import { nameFixes } from './name-fixes.ts'
import { shapeFixes } from './shape-fixes.ts'
import { spentFixes } from './spent-fixes.ts'

/** What a program may change in a manifest without deciding anything about the design. */
export interface Fix {
  /** What is mended: a key, a value or a name that is misspelt, a unit that is missing, a waiver that is over, an item that is there twice. */
  readonly kind: 'key' | 'value' | 'unit' | 'name' | 'waiver' | 'repetition'
  /** An imperative sentence without a full stop, such as `Write "replicas" instead of "replicaz"`. */
  readonly title: string
  /** Where the fault is. */
  readonly location: Location
  /** The file that changes, which is the one of the location. */
  readonly file: string
  /** Changes of that file, for `editText`. */
  readonly changes: readonly Change[]
}

export interface FixOptions {
  /** ISO date by which waivers are over; without one none is. */
  readonly today?: string
}

/**
 * The fixes that can be made now, in the order of the text. Some faults show only when others are mended, such as misspelt
 * names in a manifest whose shape is wrong. There are none where a file cannot be read as YAML.
 */
export function fixesFor(files: ManifestFiles, { today }: FixOptions = {}): Fix[] {
  if (files.problems.length > 0) return []
  const fixes = [...shapeFixes(files), ...nameFixes(files), ...spentFixes(files, today)]
  const order = new Map(files.sources.map(({ file }, i) => [file, i]))
  return fixes.sort(
    (a, b) => order.get(a.file)! - order.get(b.file)! || a.location.start.offset - b.location.start.offset,
  )
}

/** Makes several fixes of one manifest at once. Throws EditError like `editText`. */
export function applyFixes(files: ManifestFiles, fixes: readonly Fix[]): EditedFile[] {
  return files.sources.flatMap(({ file, text, value }) => {
    const changes = fixes.filter(fix => fix.file === file).flatMap(fix => fix.changes)
    const after = editText(text, inTurn(changes, value))
    return after === text ? [] : [{ file, before: text, after }]
  })
}

/** Items are taken out last and from behind, as each one moves those after it; a list whose items all go, goes. */
function inTurn(changes: readonly Change[], value: unknown): Change[] {
  const isRemoval = (change: Change) => !isRename(change) && change.value === undefined
  const removals = changes.filter(isRemoval)
  const lists = new Map(removals.map(({ path }) => [path.slice(0, -1).join('\0'), path.slice(0, -1)]))
  const inOrder = [...lists].flatMap(([key, list]) => {
    const mine = removals.filter(({ path }) => path.slice(0, -1).join('\0') === key)
    const items = valueAt(value, list)
    if (Array.isArray(items) && mine.length === items.length) return [{ path: list, value: undefined }]
    return mine.sort((a, b) => Number(b.path.at(-1)) - Number(a.path.at(-1)))
  })
  return [...changes.filter(change => !isRemoval(change)), ...inOrder]
}
