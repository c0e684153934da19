import { CompletionItemKind, MarkupKind, type CompletionItem } from 'vscode-languageserver-types'
import { formatPath, type Path } from '../finding.ts'
import { alternatives, isListType, isRequired, itemOf, metaOf, schemaAt, shapeOf } from '../manifest/walk-schema.ts'
import { meaningOf } from './hover.ts'
import { namedAt, type Target } from './names.ts'
import { gapAt, type Gap } from './path-at.ts'
import type { RuleText } from './rule-text.ts'

/** What can be inserted, and the offsets of what it takes the place of. */
export interface Completions {
  readonly range: readonly [number, number]
  readonly items: readonly CompletionItem[]
}

/**
 * What may stand at a place of the text: keys that the map does not have, values that the key takes, names of elements.
 * @param elements those of all files of the manifest
 */
export function completionsAt(
  text: string,
  offset: number,
  rules: readonly RuleText[],
  elements: readonly Target[],
): Completions | undefined {
  const gap = gapAt(text, offset)
  if (!gap) return undefined
  const items = gap.role === 'key' ? keysFor(gap, text) : valuesFor(gap, text, rules, elements)
  const inOrder = items.map((item, i) => ({ ...item, sortText: String(i).padStart(4, '0') }))
  return { range: gap.range, items: inOrder }
}

function keysFor({ path, siblings, range: [, end] }: Gap, text: string): CompletionItem[] {
  const schema = schemaAt(path)
  if (!schema) return []
  const taken = new Set(path.length === 0 ? topKeys(text) : siblings)
  const isRenamed = /^["']?\s*:/.test(text.slice(end, end + 20))
  return [...shapeOf(schema)]
    .filter(([key]) => !taken.has(key))
    .map(([key, inner]) => ({ key, inner, must: metaOf(inner)?.must === true || isRequired(inner) }))
    .sort((a, b) => Number(b.must) - Number(a.must))
    .map(({ key, inner, must }) => ({
      label: key,
      kind: CompletionItemKind.Property,
      insertText: isRenamed ? key : `${key}:${holdsMore(inner) ? '' : ' '}`,
      ...(must ? { detail: 'must be stated' } : {}),
      ...documented([...path, key]),
    }))
}

/** Only the element around the place was read, so that the keys of the top level are looked for by themselves. */
const topKeys = (text: string) => Array.from(text.matchAll(/^["']?([\w-]+)["']?\s*:/gm), ([, key]) => key!)

type Schema = NonNullable<ReturnType<typeof schemaAt>>

const holdsMore = (schema: Schema) => shapeOf(schema).size > 0 || itemOf(schema) !== undefined

function valuesFor(gap: Gap, text: string, rules: readonly RuleText[], elements: readonly Target[]): CompletionItem[] {
  const { path } = gap
  const schema = schemaAt(path)
  if (!schema) return []
  if (path[0] === 'waivers' && path.at(-1) === 'rule')
    return rules.map(({ id, title }) => ({ label: id, kind: CompletionItemKind.Reference, detail: title }))
  if (path[0] === 'waivers' && path.at(-1) === 'on')
    return elements.map(({ section, name }) => ({
      label: formatPath([section, name]),
      kind: CompletionItemKind.Reference,
    }))
  const sections = namedAt(path)
  const names = sections ? elements.filter(({ section }) => sections.includes(section)) : []
  const ownLine = /(?:^|\n)[ \t]*(?:- +)*$/.test(text.slice(0, gap.range[0]))
  return [
    ...names.map(({ section, name }) => ({ label: name, kind: CompletionItemKind.Reference, detail: section })),
    ...(ownLine ? [...keysFor(gap, text), ...itemsFor(schema, path)] : wordsOf(schema, path)),
  ]
}

/** `- to: ` where a list of maps is to begin. */
function itemsFor(schema: Schema, path: Path): CompletionItem[] {
  const item = isListType(schema) ? itemOf(schema) : undefined
  const first = item && [...shapeOf(item)].find(([, inner]) => isRequired(inner))?.[0]
  if (first === undefined) return []
  const label = `- ${first}: `
  return [{ label, kind: CompletionItemKind.Struct, insertText: label, ...documented([...path, 0, first]) }]
}

/** Words that the schema takes, and the example of the reference. */
function wordsOf(schema: Schema, path: Path): CompletionItem[] {
  const words = alternatives(schema).flatMap(one => {
    if (one.kind === 'choice' || one.kind === 'literal') return one.values.map(String)
    return one.kind === 'flag' ? ['true', 'false'] : []
  })
  // `false` is another way to write `none`.
  const plain = words.includes('none') ? words.filter(word => word !== 'false') : words
  const example = metaOf(schema)?.example
  return [
    ...[...new Set(plain)].map(label => ({ label, kind: CompletionItemKind.EnumMember, ...documented(path) })),
    ...(example === undefined || plain.includes(example)
      ? []
      : [{ label: example, kind: CompletionItemKind.Value, detail: 'example', ...documented(path) }]),
  ]
}

function documented(path: Path): Pick<CompletionItem, 'documentation'> {
  const value = meaningOf(path)
  return value === undefined ? {} : { documentation: { kind: MarkupKind.Markdown, value } }
}
