import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseDocument } from 'yaml'
import type { Path } from '../src/finding.ts'
import { ManifestFiles } from '../src/manifest/files.ts'
import type { Model } from '../src/manifest/model.ts'
import { readManifest } from '../src/manifest/read.ts'
import { Source } from '../src/manifest/source.ts'
import { metaOf, schemaAt } from '../src/manifest/walk-schema.ts'
import type { Report } from '../src/report.ts'
import { review, type ReviewOptions } from '../src/review.ts'
import { exampleDay as today, type AnyRule, type Example } from '../src/rules/define.ts'
import { rules as allRules } from '../src/rules/index.ts'

export const textOf = (example: Example): string =>
  'bad' in example ? example.bad : 'good' in example ? example.good : example.unclear

export const reviewText = (
  text: string,
  rules: readonly AnyRule[] = allRules,
  options: ReviewOptions = { today },
  file = 'scaffold.yaml',
): Report => review(new ManifestFiles([new Source(file, text)]), rules, options)

/** Reviews a file of the repository with what it includes (plain names only). */
export function reviewFile(
  path: string,
  rules: readonly AnyRule[] = allRules,
  options: ReviewOptions = { today },
): Report {
  const root = new Source(path, readFileSync(path, 'utf8'))
  const include = (root.value as { include?: string[] }).include ?? []
  const others = include
    .map(name => join(dirname(path), name))
    .map(file => new Source(file, readFileSync(file, 'utf8')))
  return review(new ManifestFiles([root, ...others]), rules, options)
}

const structure = new Set(['calls', 'publishes', 'consumes', 'steps'])

/** Files `0.yaml`, `1.yaml` and so on, read as one manifest. */
export function filesOf(...texts: string[]): ManifestFiles {
  const [first, ...others] = texts.map((text, i) => new Source(`${i}.yaml`, text))
  return new ManifestFiles([first!, ...others])
}

/** The model of a manifest that can be read. */
export function modelOf(text: string): Model {
  const { model, problems } = readManifest(filesOf(text))
  if (!model) throw new Error(problems.map(({ message }) => message).join('\n'))
  return model
}

/** Keys that make an element what it is rather than state a fact about it. */
const identity = new Set([
  'to',
  'from',
  'entry',
  'service',
  'version',
  'system',
  'journey',
  'include',
  'rule',
  'on',
  'reason',
  'owner',
  'until',
  'serves',
])

const hasDefault = (path: (string | number)[]) => {
  const schema = schemaAt(path)
  return schema !== undefined && metaOf(schema)?.default !== undefined
}

export interface Removal {
  /** What was left out, such as `services.web.calls.0.timeout`. */
  path: string
  rest: unknown
  /** The rest, reviewed. Positions mean nothing in it: the text is not written and parsed again for each of a thousand facts. */
  review: (rules?: readonly AnyRule[]) => Report
}

/**
 * The manifest once for each fact that can be left out: each key with a plain value or list, and each whole policy.
 * `everything`: also what makes an element what it is, keys with a default, and single items of lists.
 */
export function* removals(text: string, { everything = false } = {}): Generator<Removal> {
  const value: unknown = parseDocument(text, { merge: true }).toJS()
  for (const path of everything ? allPaths(value, []) : factPaths(value, [])) {
    // A key with a default is a definition, such as `mode`: leaving it out states something else, not less.
    if (!everything && hasDefault(path)) continue
    const rest = structuredClone(value)
    let parent = rest as Record<string | number, unknown>
    for (const step of path.slice(0, -1)) parent = parent[step] as Record<string | number, unknown>
    if (Array.isArray(parent)) parent.splice(Number(path.at(-1)), 1)
    else Reflect.deleteProperty(parent, path.at(-1)!)
    yield {
      path: path.join('.'),
      rest,
      review: (rules = allRules) => review(new ManifestFiles([positionless(rest)]), rules, { today }),
    }
  }
}

function* allPaths(value: unknown, path: (string | number)[]): Generator<(string | number)[]> {
  // Whole sections and whole elements are structure: without them names would mean nothing.
  if (path.length > 1 && !(path.length === 2 && typeof value === 'object')) yield path
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value))
    yield* allPaths(inner, [...path, Array.isArray(value) ? Number(key) : key])
}

function* factPaths(value: unknown, path: (string | number)[]): Generator<(string | number)[]> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key]
    // Names of elements, and items of lists of elements, are structure; everything below an element is a fact.
    if (!Array.isArray(value) && path.length >= 2 && !identity.has(key) && !structure.has(key)) yield at
    yield* factPaths(inner, at)
  }
}

function positionless(value: unknown): Source {
  const point = { line: 1, column: 1, offset: 0 }
  const locate = (path: Path) => ({ file: 'scaffold.yaml', path, start: point, end: point })
  return {
    file: 'scaffold.yaml',
    text: '',
    lines: [],
    value,
    problems: [],
    locate,
    states: () => false,
    place: (path: Path) => ({ location: locate(path), isStated: false }),
  } as unknown as Source
}

/** What one rule finds: numbers and severities, which the examples do not show. */
export const findingsOf = (id: string, text: string) =>
  reviewText(
    text,
    allRules.filter(rule => rule.id === id),
  ).findings.map(({ severity, message, arithmetic = '', fix }) => ({ severity, message, arithmetic, fix }))

/** The same with maps as any others: those of a small manifest have no prototype. */
export function ordinary(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordinary)
  if (typeof value !== 'object' || value === null) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, ordinary(inner)]))
}
