import { kindsByName, referencesOf } from '../analysis/references.ts'
import type { ManifestFiles } from '../manifest/files.ts'
import { onlyNearest } from '../manifest/nearest.ts'
import { readManifest } from '../manifest/read.ts'
import type { Fix } from './fixes.ts'
import { insteadOf, quote } from './shape-fixes.ts'

/** Names that stand for nothing and are one typo away from one that does. */
export function nameFixes(files: ManifestFiles): Fix[] {
  const { model } = readManifest(files)
  if (!model) return []
  const known = kindsByName(model)
  return referencesOf(model).flatMap(({ path, name, kinds }): Fix[] => {
    if (known.has(name) || name.startsWith('external:')) return []
    const fitting = [...known].flatMap(([other, its]) => (its.some(kind => kinds.includes(kind)) ? [other] : []))
    const meant = onlyNearest(name, fitting)
    // Two names that differ in their numbers, such as shards, are two things.
    if (meant === undefined || digits(meant) !== digits(name)) return []
    const { source, path: inFile } = files.home(path)
    return [
      {
        kind: 'name',
        title: insteadOf(quote(meant), quote(name)),
        location: files.locate(path),
        file: source.file,
        changes: [{ path: inFile, value: meant }],
      },
    ]
  })
}

const digits = (text: string) => text.replaceAll(/\D/g, '')
