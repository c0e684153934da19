import type { Problem } from '../finding.ts'
import type { ManifestFiles } from './files.ts'
import type { Model } from './model.ts'
import { manifestSchema, type Manifest } from './schema/manifest.ts'
import { readAs, refused } from './schema/read-as.ts'
import { problemsWith } from './shape-problems.ts'
import { ambiguousNames, toModel } from './to-model.ts'

/** The model, or all that is wrong with the text, in the order of the text. */
export type Reading = { model: Model; problems?: undefined } | { model?: undefined; problems: Problem[] }

export function readManifest(files: ManifestFiles): Reading {
  const { stated, problems } = checkManifest(files)
  return stated ? { model: toModel(stated) } : { problems }
}

/** What the model is made of, for who may not need that. */
export type Checked = { stated: Manifest; problems?: undefined } | { stated?: undefined; problems: Problem[] }

export function checkManifest(files: ManifestFiles): Checked {
  if (files.problems.length > 0) return { problems: inOrder(files.problems) }
  const stated = readAs(manifestSchema, files.value)
  const shape =
    stated === refused
      ? problemsWith(manifestSchema, files.value).map(({ ruleId, path, message }): Problem => {
          return { ruleId, message, location: files.locate(path), related: [] }
        })
      : []
  const names = ambiguousNames(files.value).map(({ first, second, name }): Problem => {
    const message = `"${name}" is defined twice, in ${String(first[0])} and in ${String(second[0])}; a call could mean either`
    const related = [{ label: 'first defined', location: files.locate(first) }]
    return { ruleId: 'duplicate-name', message, location: files.locate(second), related }
  })
  if (stated !== refused && names.length === 0) return { stated }
  return { problems: inOrder([...shape, ...names]) }
}

function inOrder(problems: Problem[]): Problem[] {
  const key = ({ location: { file, start } }: Problem) => [file, start.offset] as const
  return problems.sort((a, b) => {
    const [[fileA, offsetA], [fileB, offsetB]] = [key(a), key(b)]
    return fileA === fileB ? offsetA - offsetB : fileA < fileB ? -1 : 1
  })
}
