import type { Path } from '../finding.ts'
import type { ManifestFiles } from '../manifest/files.ts'
import { manifestSchema } from '../manifest/schema/manifest.ts'
import type { Type } from '../manifest/schema/type.ts'
import { alternatives, itemOf, shapeOf } from '../manifest/walk-schema.ts'
import { isList, isValues } from './data.ts'
import type { Fix } from './fixes.ts'

/** What can go because it says nothing any more: waivers that are over, and names that are in a list twice. */
export function spentFixes(files: ManifestFiles, today: string | undefined): Fix[] {
  return [
    ...(today === undefined ? [] : expired(files, today)),
    ...[...repeated(files.value, manifestSchema, [])].map(path => removal(files, path, 'repetition')),
  ]
}

function expired(files: ManifestFiles, today: string): Fix[] {
  const { waivers } = files.value
  if (!isList(waivers)) return []
  return waivers.flatMap((waiver, i) => {
    const { rule, until } = isValues(waiver) ? waiver : {}
    const isOver = typeof until === 'string' && /^\d{4}-\d\d-\d\d$/.test(until) && until < today
    // One without a rule is broken rather than spent, and its author knows what was meant.
    return isOver && typeof rule === 'string' ? [removal(files, ['waivers', i], 'waiver')] : []
  })
}

function removal(files: ManifestFiles, path: Path, kind: 'waiver' | 'repetition'): Fix {
  const { source, path: inFile } = files.home(path)
  const value = path.reduce<unknown>((at, step) => (at as Record<string | number, unknown>)[step], files.value)
  const { rule, until } = isValues(value) ? value : {}
  const title =
    kind === 'waiver'
      ? `Take out the waiver of ${String(rule)}, which ended on ${String(until)}`
      : `Take out ${JSON.stringify(value)}, which is in the list already`
  return { kind, title, location: files.locate(path), file: source.file, changes: [{ path: inFile, value: undefined }] }
}

/** Paths of texts that a list of texts holds already. Lists of maps and of numbers may mean what they repeat. */
function* repeated(value: unknown, schema: Type, path: Path): Generator<Path> {
  if (isList(value)) {
    const item = alternatives(schema).map(itemOf).find(Boolean)
    if (!item) return
    const isText = alternatives(item).every(one => ['text', 'choice'].includes(one.kind))
    for (const [i, one] of value.entries()) {
      if (isText && typeof one === 'string' && value.indexOf(one) < i) yield [...path, i]
      yield* repeated(one, item, [...path, i])
    }
  } else if (isValues(value)) {
    for (const [key, inner] of Object.entries(value)) {
      const known = shapeOf(schema).get(key) ?? itemOf(schema)
      if (known) yield* repeated(inner, known, [...path, key])
    }
  }
}
