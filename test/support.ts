import { isCollection, isMap, isScalar, parseDocument, type Document } from 'yaml'
import { ManifestFiles } from '../src/manifest/files.ts'
import type { Model } from '../src/manifest/model.ts'
import { readManifest } from '../src/manifest/read.ts'
import { Source } from '../src/manifest/source.ts'
import { metaOf, schemaAt } from '../src/manifest/walk-schema.ts'
import type { Report } from '../src/report.ts'
import { review, type ReviewOptions } from '../src/review.ts'
import type { AnyRule, Example } from '../src/rules/define.ts'
import { rules as allRules } from '../src/rules/index.ts'

export const textOf = (example: Example): string =>
  'bad' in example ? example.bad : 'good' in example ? example.good : example.unclear

export const reviewText = (
  text: string,
  rules: readonly AnyRule[] = allRules,
  options: ReviewOptions = {},
  file = 'scaffold.yaml',
): Report => review(new ManifestFiles([new Source(file, text)]), rules, options)

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

/** The manifest once for each fact that can be left out: each key with a plain value or list, and each whole policy. */
export function* removals(text: string): Generator<{ text: string; path: string }> {
  const paths: (string | number)[][] = []
  const walk = (node: unknown, path: (string | number)[]) => {
    if (!isCollection(node)) return
    for (const [i, item] of node.items.entries()) {
      const pair = isMap(node) ? (item as { key: unknown; value: unknown }) : undefined
      const key = pair ? (isScalar(pair.key) ? String(pair.key.value) : '') : i
      const at = [...path, key]
      const value = pair ? pair.value : item
      // Names of elements, and items of lists of elements, are structure; everything below an element is a fact.
      const isFact =
        pair !== undefined &&
        path.length >= 2 &&
        !identity.has(String(key)) &&
        !['calls', 'publishes', 'consumes', 'steps'].includes(String(key))
      // A key with a default is a definition, such as `mode`: leaving it out states something else, not less.
      if (isFact && !hasDefault(at)) paths.push(at)
      walk(value, at)
    }
  }
  const parse = (): Document => parseDocument(text)
  walk(parse().contents, [])
  for (const path of paths) {
    const doc = parse()
    doc.deleteIn(path)
    yield { text: doc.toString(), path: path.join('.') }
  }
}
