import { SymbolKind, type DocumentSymbol } from 'vscode-languageserver-types'
import type { TextDocument } from 'vscode-languageserver-textdocument'
import { isMap, isScalar, isSeq, type Node, type Pair } from 'yaml'
import { referencesOf } from '../analysis/references.ts'
import type { Path } from '../finding.ts'
import { namedSections } from '../manifest/schema/manifest.ts'
import { elementsOf } from './hover.ts'
import { isElement, namedAt, sectionOf, targetsOf, type Target } from './names.ts'
import type { Known } from './known.ts'
import { recover, spotsOf, type Spot } from './spots.ts'

/** Offsets in one file of the manifest. */
export interface Place {
  readonly file: string
  readonly range: readonly [number, number]
}

/** The elements that a key or a value stands for. */
export function targetsAt({ path, role, value }: Spot, known: Known): Target[] {
  if (role === 'key') return isElement(path) ? [{ section: String(path[0]), name: String(path[1]) }] : []
  const sections = namedAt(path)
  return sections ? targetsOf(String(value), sections, elementsOf(known)) : []
}

/**
 * Where an element is defined.
 * @param textOf the text of a file as it is now, which may be newer than what was reviewed
 */
export function definitionOf({ section, name }: Target, { files }: Known, textOf: TextOf): Place | undefined {
  const path = [section, name]
  const reviewedAt = files.locate(path)
  const source = files.sources.find(({ file }) => file === reviewedAt.file)
  const text = textOf(reviewedAt.file)
  if (source && (text === undefined || text === source.text)) {
    const start = reviewedAt.start.offset
    return { file: source.file, range: [start, start + keyLength(source.text, start, name)] }
  }
  if (text === undefined) return undefined
  const key = [...spotsOf(recover(text).contents)].find(spot => spot.role === 'key' && same(spot.path, path))
  return key && { file: reviewedAt.file, range: key.range }
}

type TextOf = (file: string) => string | undefined

const same = (a: Path, b: Path) => a.length === b.length && a.every((step, i) => step === b[i])

/** A name may be written in quotes. */
const keyLength = (text: string, start: number, name: string) =>
  '"\''.includes(text[start] ?? ' ')
    ? Math.max(name.length, text.indexOf(text[start]!, start + 1) + 1 - start)
    : name.length

/** Every place that names an element, as of the last review. */
export function referencesTo({ section, name }: Target, { files, model }: Known): Place[] {
  if (!model) return []
  return referencesOf(model)
    .filter(reference => reference.name === name && reference.kinds.some(kind => sectionOf(kind) === section))
    .map(({ path }) => {
      const { file, start, end } = files.locate(path)
      const { text } = files.sources.find(source => source.file === file)!
      // The place of a key begins with the key; the name is at its end.
      const at = text.slice(start.offset, end.offset).lastIndexOf(name)
      const first = at === -1 ? start.offset : start.offset + at
      return { file, range: [first, at === -1 ? end.offset : first + name.length] }
    })
}

const symbolKinds: Readonly<Record<string, SymbolKind>> = {
  journeys: SymbolKind.Event,
  services: SymbolKind.Class,
  stores: SymbolKind.Object,
  queues: SymbolKind.Array,
  caches: SymbolKind.Object,
  externals: SymbolKind.Interface,
}

/** Sections, their elements, and the calls of those, also of a text that is not right at the moment. */
export function symbolsOf(document: TextDocument): DocumentSymbol[] {
  const { contents } = recover(document.getText())
  if (!isMap(contents)) return []
  return contents.items.flatMap(pair => {
    const section = symbol(pair, document, SymbolKind.Namespace)
    if (!section) return []
    const kind = symbolKinds[section.name] ?? SymbolKind.Object
    const holdsNames = (namedSections as readonly string[]).includes(section.name)
    const elements = holdsNames && isMap(pair.value) ? pair.value.items : []
    section.children = elements.flatMap(element => {
      const made = symbol(element, document, kind)
      return made ? [{ ...made, children: callsOf(element, document) }] : []
    })
    return [section]
  })
}

function callsOf({ value }: Pair, document: TextDocument): DocumentSymbol[] {
  const calls = isMap(value) ? value.get('calls', true) : undefined
  if (!isSeq(calls)) return []
  return calls.items.flatMap(call => {
    const to = isMap(call) ? call.get('to') : undefined
    if (!isMap(call) || typeof to !== 'string' || to === '' || !call.range) return []
    const range = rangeIn(document, call.range[0], call.range[1])
    return [
      { name: `-> ${to}`, kind: SymbolKind.Method, range, selectionRange: { start: range.start, end: range.start } },
    ]
  })
}

function symbol({ key, value }: Pair, document: TextDocument, kind: SymbolKind): DocumentSymbol | undefined {
  if (!isScalar(key) || !key.range) return undefined
  const name = String(key.value)
  if (name === '') return undefined
  const [start, keyEnd] = key.range
  const end = Math.max(keyEnd, (value as Node | null)?.range?.[1] ?? keyEnd)
  return {
    name,
    kind,
    range: rangeIn(document, start, end),
    selectionRange: rangeIn(document, start, keyEnd),
  }
}

export const rangeIn = (document: TextDocument, start: number, end: number) => ({
  start: document.positionAt(start),
  end: document.positionAt(end),
})
