import type { ManifestFiles } from '../manifest/files.ts'
import type { Source } from '../manifest/source.ts'
import type { Change } from './change.ts'
import { editText } from './edit.ts'

/** A file of a manifest with another text than before. */
export interface EditedFile {
  readonly file: string
  readonly before: string
  readonly after: string
}

/**
 * Makes changes to a manifest of one or several files; each goes to the file that holds what it is about, and what is new to
 * the file that holds its section. Only the files that change come back. Throws EditError like `editText`.
 */
export function editFiles(files: ManifestFiles, changes: readonly Change[]): EditedFile[] {
  const bySource = new Map<Source, Change[]>()
  for (const change of changes) {
    const { source, path } = files.home(change.path)
    bySource.set(source, [...(bySource.get(source) ?? []), { ...change, path }])
  }
  return [...bySource].flatMap(([{ file, text }, mine]) => {
    const after = editText(text, mine)
    return after === text ? [] : [{ file, before: text, after }]
  })
}
