import { isAlias, isMap, isScalar, isSeq, type Alias, type Node } from 'yaml'
import { formatPath, type Path } from '../finding.ts'
import { addToBlock, blockToBlock, blockToInline, inlineToBlock, removeFromBlock } from './block.ts'
import { EditError, isRename, type Change } from './change.ts'
import { isValues, valueAt } from './data.ts'
import { addToFlow, removeFromFlow } from './flow.ts'
import { blockLines, fitsInline, indented, inline, inlinePair, scalarText, type Quoting } from './render.ts'
import { insertion, lineStart, type Splice } from './splice.ts'
import {
  endOfNode,
  entriesOf,
  hasColon,
  indentOf,
  isBlock,
  isCollection,
  isEmpty,
  isNothing,
  slotOf,
  tagOf,
  type Collection,
  type Entry,
  type Tree,
} from './tree.ts'

/** Where a value stands: behind a key or a dash. */
interface Slot {
  readonly within: Collection
  readonly index: number
  readonly entry: Entry
}

/**
 * The splices that make a change.
 * @param wanted the data as it has to be afterwards
 */
export function splicesOf(tree: Tree, change: Change, wanted: unknown): Splice[] {
  const { path } = change
  const slots: Slot[] = []
  let node = tree.doc.contents as Node | null
  for (const [depth, step] of path.entries()) {
    const here = valueAt(wanted, path.slice(0, depth))
    if (isAlias(node)) return throughAlias(tree, slots.at(-1), node, here, { step, depth, change })
    if (!isCollection(node) || isNothing(node)) return put(tree, slots.at(-1), node, here, depth)
    const entries = entriesOf(node)
    const index = isMap(node) ? entries.findLastIndex(({ key }) => key === String(step)) : Number(step)
    const entry = entries[index]
    if (!entry) return add(tree, node, step, valueAt(here, [step]), path.slice(0, depth + 1), change)
    slots.push({ within: node, index, entry })
    node = entry.value
  }
  if (isRename(change)) return rename(slots.at(-1)!, change.to)
  if (change.value === undefined) return remove(tree, slots)
  return put(tree, slots.at(-1), node, change.value, path.length)
}

function rename({ entry }: Slot, to: string): Splice[] {
  const key = entry.token.key as { offset: number; source: string; type: string }
  const quoting: Quoting =
    key.type === 'double-quoted-scalar'
      ? 'QUOTE_DOUBLE'
      : key.type === 'single-quoted-scalar'
        ? 'QUOTE_SINGLE'
        : 'PLAIN'
  const text = scalarText(to, { inFlow: true, quoting })
  return [{ start: key.offset, end: key.offset + key.source.length, text }]
}

function add(tree: Tree, node: Collection, key: string | number, value: unknown, path: Path, change: Change): Splice[] {
  // What is there and not written here comes from an anchor.
  if (isRename(change) || value === undefined)
    throw new EditError(`"${formatPath(path)}" comes from an anchor; change it there`)
  const place = { depth: path.length, step: tree.step }
  return isBlock(node) ? addToBlock(tree, node, key, value, place) : addToFlow(tree, node, key, value)
}

function remove(tree: Tree, slots: readonly Slot[]): Splice[] {
  const slot = slots.at(-1)
  if (!slot) throw new EditError('The manifest as a whole cannot be taken out')
  const { within, index } = slot
  return isBlock(within)
    ? removeFromBlock(tree, within, index, slots.at(-2)?.entry)
    : removeFromFlow(tree, within, index)
}

/** Changes what an alias stands for at this one place, and leaves the anchor as it is. */
function throughAlias(
  tree: Tree,
  slot: Slot | undefined,
  alias: Alias,
  here: unknown,
  { step, depth, change }: { step: string | number; depth: number; change: Change },
): Splice[] {
  const value = valueAt(here, [step])
  if (isRename(change) || value === undefined || !isMap(alias.resolve(tree.doc)))
    return put(tree, slot, alias, here, depth)
  const text = `{ <<: *${alias.source}, ${inlinePair(String(step), value)} }`
  return [{ start: alias.range![0], end: alias.range![1], text }]
}

/** Writes a value in the place of another one, or where there was none. */
function put(tree: Tree, slot: Slot | undefined, old: Node | null, value: unknown, depth: number): Splice[] {
  if (!slot) return putRoot(tree, old, value)
  const { entry, within } = slot
  const place = { depth, step: tree.step }
  const tag = tagOf(entry)
  const untagged = tag ? [{ start: tag.offset, end: slotEnd(tree.text, tag), text: '' }] : []
  const isOneLine = !isBlock(within) || fitsInline(value, place)
  if (isCollection(old) && isBlock(old)) {
    const least = indentOf(within) + tree.step
    return isOneLine
      ? [...untagged, ...blockToInline(tree, old, inline(value, false), entry)]
      : [...untagged, ...blockToBlock(tree, old, blockLines(value, place), least)]
  }
  const start = slotOf(entry)
  const end = endOfNode(old) ?? start
  if (!isOneLine) return [...untagged, ...inlineToBlock(tree, entry, within, { start, end }, blockLines(value, place))]
  if (isEmpty(old))
    return [...untagged, insertion(start, `${colonFor(entry, within)} ${inline(value, !isBlock(within))}`)]
  return [...untagged, { start: old!.range![0], end, text: inPlaceOf(tree, old!, value, within) }]
}

const slotEnd = (text: string, { offset, source }: { offset: number; source: string }) =>
  offset + source.length + (/^[ \t]/.test(text.slice(offset + source.length)) ? 1 : 0)

const colonFor = (entry: Entry, within: Collection) => (isSeq(within) || hasColon(entry) ? '' : ':')

function inPlaceOf({ text, newline }: Tree, old: Node, value: unknown, within: Collection): string {
  const inFlow = !isBlock(within)
  if (!isScalar(old) || isValues(value) || Array.isArray(value)) return inline(value, inFlow)
  const isLiteral = old.type === 'BLOCK_LITERAL' || old.type === 'BLOCK_FOLDED'
  if (!isLiteral || typeof value !== 'string' || !/^[^ \n][^\r]*[^\n]\n$/.test(value))
    return scalarText(value, { inFlow, quoting: old.type ?? undefined })
  const lines = value.trimEnd().split('\n')
  const indent = /\n( +)/.exec(text.slice(old.range![0]))?.[1] ?? ' '.repeat(indentOf(within) + 2)
  return ['|', ...indented(lines, indent.length)].join(newline)
}

function putRoot({ text, newline, step }: Tree, old: Node | null, value: unknown): Splice[] {
  const lines = blockLines(value, { depth: 0, step }).join(newline)
  if (old && !isEmpty(old)) {
    const start = old.range![0]
    const end = endOfNode(old) ?? old.range![1]
    // Behind `---` a map needs a line of its own.
    return [{ start, end, text: text.slice(lineStart(text, start), start).trim() === '' ? lines : newline + lines }]
  }
  // At the end, behind the comments, but before the marker that ends the document.
  const at = /^\.\.\.(?=\s|$)/m.exec(text)?.index ?? text.length
  const before = at === 0 || text[at - 1] === '\n' || text.slice(0, at) === '\ufeff' ? '' : newline
  return [insertion(at, before + lines + newline)]
}
