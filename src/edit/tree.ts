import {
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type CST,
  type Document,
  type Node,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { explainSyntax, whyNotParsed } from '../manifest/refusal.ts'
import { EditError } from './change.ts'

/** A text that can be changed: what it means, and where in it everything stands. */
export interface Tree {
  readonly text: string
  readonly doc: Document
  /** Plain data, anchors and merge keys resolved. */
  readonly value: unknown
  readonly newline: string
  /** Spaces by which a map under a key is indented. */
  readonly step: number
}

export type Collection = YAMLMap | YAMLSeq

/** A key with its value, or an item of a list. */
export interface Entry {
  readonly token: CST.CollectionItem
  readonly value: Node | null
  /** `undefined` for items, and for keys that are not plain values. */
  readonly key: string | undefined
}

export function treeOf(text: string): Tree {
  const refusal = whyNotParsed(text)
  if (refusal) throw new EditError(refusal.message)
  const doc = parseDocument(text, {
    keepSourceTokens: true,
    prettyErrors: false,
    uniqueKeys: false,
    merge: true,
    logLevel: 'error',
  })
  const [error] = doc.errors
  if (error) throw new EditError(`line ${lineAt(text, error.pos[0])}: ${explainSyntax(error.code, error.message)}`)
  return { text, doc, value: dataOf(doc), newline: text.includes('\r\n') ? '\r\n' : '\n', step: stepOf(doc) }
}

function dataOf(doc: Document): unknown {
  try {
    return doc.toJS({ maxAliasCount: 20_000 })
  } catch (error) {
    throw new EditError(error instanceof Error ? error.message : String(error))
  }
}

/** The indentation of the first map that stands under a key. */
function stepOf({ contents }: Document): number {
  if (!isMap(contents) || contents.flow === true) return 2
  for (const { value } of contents.items) {
    if (isMap(value) && isBlock(value)) return Math.max(1, indentOf(value as YAMLMap))
  }
  return 2
}

export const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

export const isCollection = (node: unknown): node is Collection => isMap(node) || isSeq(node)

/** Whether a map or list stands in lines of its own rather than in brackets. */
export const isBlock = (node: unknown): boolean => isCollection(node) && node.flow !== true

/** The column, from 0, at which the keys or dashes of a map or list in lines stand. */
export const indentOf = (node: Collection): number => (node.srcToken as CST.BlockMap | CST.BlockSequence).indent

export function entriesOf(node: Collection): Entry[] {
  // A map of one pair in a list in brackets needs none of its own: [a: 1].
  if (!node.srcToken) throw new EditError('A map without braces in a list cannot be changed; write the braces')
  if (isMap(node)) {
    return node.items.map(({ key, value, srcToken }) => ({
      token: srcToken!,
      value: value as Node | null,
      key: isScalar(key) ? String(key.value) : undefined,
    }))
  }
  const tokens = (node.srcToken as CST.BlockSequence | CST.FlowCollection).items.filter(isItem)
  return node.items.map((value, i) => ({ token: tokens[i]!, value: value as Node | null, key: undefined }))
}

/** What follows the last comma or the last item is no item. */
const isItem = ({ start, key, sep, value }: CST.CollectionItem): boolean =>
  Boolean(key ?? sep ?? value) || start.some(({ type }) => !isFiller(type))

const isFiller = (type: string) => type === 'space' || type === 'newline' || type === 'comment' || type === 'comma'

const endOfToken = ({ offset, source }: CST.SourceToken) => offset + source.length

/** Offset of the first character: of the key with its anchor, of the dash, of the value in brackets. */
export function startOf({ token: { start, key, sep, value } }: Entry): number {
  const lead = start.find(({ type }) => !isFiller(type))
  return lead?.offset ?? key?.offset ?? sep?.[0]?.offset ?? value?.offset ?? 0
}

/** Offset behind the last character, comments not counted. */
export const endOf = (entry: Entry): number => endOfNode(entry.value) ?? slotOf(entry)

/** Offset at which a value begins that is not there: behind the colon or the dash, and behind an anchor or a tag. */
export function slotOf({ token: { start, key, sep } }: Entry): number {
  const last = [...start, ...(sep ?? [])].findLast(({ type }) => !isFiller(type))
  const keyEnd = key && 'source' in key ? key.offset + key.source.length : 0
  return Math.max(last ? endOfToken(last) : 0, keyEnd)
}

/** Whether a key has its colon; `{ a }` has none. */
export const hasColon = ({ token: { sep } }: Entry): boolean =>
  sep?.some(({ type }) => type === 'map-value-ind') ?? false

/** The tag of a value: it would say something else of a new one. */
export function tagOf({ token: { start, key, sep } }: Entry): CST.SourceToken | undefined {
  return (key || sep ? (sep ?? []) : start).find(({ type }) => type === 'tag')
}

/** `undefined` where nothing is written. */
export function endOfNode(node: Node | null): number | undefined {
  if (isCollection(node) && isBlock(node)) {
    const last = entriesOf(node).at(-1)
    return last && endOf(last)
  }
  if (!node?.range || isEmpty(node)) return undefined
  const [, end] = node.range
  const isLiteral = isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED')
  return isLiteral ? end - trailingNewline(node) : end
}

/** The parser counts the newline behind the last line of `|` and `>` as part of it. */
function trailingNewline(node: Node): number {
  const { source } = (node as { srcToken?: { source: string } }).srcToken ?? { source: '' }
  return source.endsWith('\r\n') ? 2 : source.endsWith('\n') ? 1 : 0
}

/** `key:` with nothing behind it. */
export const isEmpty = (node: Node | null): boolean =>
  node === null || (isScalar(node) && (!node.range || node.range[0] === node.range[1]))

export const isNothing = (node: Node | null): boolean => node === null || (isScalar(node) && node.value === null)
