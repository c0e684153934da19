import { EditError, editText, type Edit } from '../edit/edit.ts'
import { formatPath, type Path, type Problem } from '../finding.ts'
import { ManifestFiles } from '../manifest/files.ts'
import { readManifest } from '../manifest/read.ts'
import type { waiverSchema } from '../manifest/schema/operations.ts'
import { Source } from '../manifest/source.ts'
import type { Output } from '../manifest/schema/type.ts'
import { problemWith } from './form.ts'
import { NoPlace, elementOf, nextItem, settingsFor, type Setting } from './landing.ts'
import { isSame, isValues, valueAt } from '../edit/data.ts'

export type Waiver = Output<typeof waiverSchema>

/** What a team says. Each lands in the manifest; there is no other place where answers live. */
export type Answer =
  | { readonly kind: 'fact'; readonly fact: Path; readonly value: unknown }
  /** A note `x-not-applicable` at the element. It decides nothing: the review still counts the question as open. */
  | { readonly kind: 'notApplicable'; readonly fact: Path; readonly reason: string }
  /** A finding is accepted for now. */
  | { readonly kind: 'risk'; readonly waiver: Waiver }

/** The manifest after an answer, and the one file whose text changed. */
export interface Applied {
  readonly files: ManifestFiles
  readonly file: string
  readonly before: string
  readonly after: string
  /** The place where the answer now stands. */
  readonly path: Path
}

export type Outcome = ({ readonly problem?: undefined } & Applied) | { readonly problem: string }

const noteKey = 'x-not-applicable'

/** Writes an answer into the text of a manifest, or says why that cannot be. The manifest itself is never worse for it. */
export function applyAnswer(files: ManifestFiles, answer: Answer): Outcome {
  if (answer.kind === 'fact') {
    const problem = problemWith(answer.fact, answer.value)
    if (problem !== undefined) return { problem }
  }
  try {
    if (answer.kind === 'notApplicable') return written(files, ...noteOf(files, answer.fact, answer.reason))
    const settings =
      answer.kind === 'fact' ? settingsFor(files, answer.fact, answer.value) : waiverSettings(files, answer.waiver)
    const [first] = settings
    if (!first) return { problem: 'There is no answer' }
    const edited = written(files, ...placed(files, settings))
    if (edited.problem !== undefined) return edited
    // What is read from all files together is what the team meant, and nothing else moved.
    const changed = settings.every(({ path, value }) => isSame(valueAt(edited.files.value, path), value))
    return changed
      ? { ...edited, path: first.path }
      : { problem: `The text of ${edited.file} cannot take this answer without changing other facts; edit it by hand` }
  } catch (error) {
    if (error instanceof NoPlace || error instanceof EditError) return { problem: error.message }
    throw error
  }
}

type Change = readonly [file: string, edits: readonly Edit[], path: Path]

function placed(files: ManifestFiles, settings: readonly Setting[]): Change {
  const [{ path }] = settings as [Setting, ...Setting[]]
  const edits = settings.map(setting => ({ path: home(files, setting.path).path, value: setting.value }))
  return [home(files, path).source.file, edits, path]
}

/** A new item stands behind the last one, in the file that holds that. */
function home(files: ManifestFiles, path: Path): ReturnType<ManifestFiles['home']> {
  const index = path.at(-1)
  if (typeof index !== 'number' || index === 0 || files.states(path)) return files.home(path)
  const last = files.home([...path.slice(0, -1), index - 1])
  return { source: last.source, path: [...last.path.slice(0, -1), Number(last.path.at(-1)) + 1] }
}

function waiverSettings(files: ManifestFiles, waiver: Waiver): Setting[] {
  const item = nextItem(files, 'waivers')
  return item[1] === 0 ? [{ path: ['waivers'], value: [waiver] }] : [{ path: item, value: waiver }]
}

function noteOf(files: ManifestFiles, fact: Path, reason: string): Change {
  const element = elementOf(fact)
  const { source, path } = files.home(element)
  const at = [...path, noteKey]
  const key = formatPath(fact.slice(element.length))
  const edit = isValues(valueAt(source.value, at))
    ? { path: [...at, key], value: reason }
    : { path: at, value: { [key]: reason } }
  return [source.file, [edit], fact]
}

/** The reason for which a fact is not applicable, as the manifest notes it. */
export function whyNotApplicable(files: ManifestFiles, fact: Path): string | undefined {
  const element = elementOf(fact)
  const { source, path } = files.home(element)
  const reason = valueAt(source.value, [...path, noteKey, formatPath(fact.slice(element.length))])
  return typeof reason === 'string' ? reason : undefined
}

function written(files: ManifestFiles, file: string, edits: readonly Edit[], path: Path): Outcome {
  const source = files.sources.find(one => one.file === file)!
  const after = editText(source.text, edits)
  const changed = withText(files, file, after)
  const [problem] = problemsOf(changed)
  return problem ? { problem: problem.message } : { files: changed, file, before: source.text, after, path }
}

/** The same manifest with another text in one of its files. */
export function withText(files: ManifestFiles, file: string, text: string): ManifestFiles {
  const [first, ...others] = files.sources.map(source => (source.file === file ? new Source(file, text) : source))
  return new ManifestFiles([first!, ...others])
}

export const problemsOf = (files: ManifestFiles): readonly Problem[] => readManifest(files).problems ?? []
