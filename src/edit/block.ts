import { isMap } from 'yaml'
import { indented, itemLines, pairLines, type Place } from './render.ts'
import {
  endWithComments,
  hasBlankLine,
  insertion,
  isFirstInLine,
  lineEnd,
  lineStart,
  withoutLines,
  type Splice,
} from './splice.ts'
import { endOf, entriesOf, indentOf, isBlock, slotOf, startOf, type Collection, type Entry, type Tree } from './tree.ts'

/** Maps and lists in lines of their own. */

/** Puts a new key or item behind the last one, and behind the comments that belong to it. */
export function addToBlock(
  { text, newline }: Tree,
  node: Collection,
  key: string | number,
  value: unknown,
  place: Place,
): Splice[] {
  const entries = entriesOf(node)
  const [before, last] = [entries.at(-2), entries.at(-1)!]
  const indent = indentOf(node)
  const lines = isMap(node)
    ? pairLines(String(key), value, place)
    : itemLines(value, place, isMap(last.value) && isBlock(last.value))
  const isApart = before && hasBlankLine(text.slice(endOf(before), startOf(last)))
  const added = ['', ...(isApart ? [''] : []), ...indented(lines, indent)].join(newline)
  return [insertion(endWithComments(text, endOf(last), indent), added)]
}

/** @param parent the entry that holds the map or list; `undefined` for the manifest as a whole */
export function removeFromBlock(tree: Tree, node: Collection, index: number, parent: Entry | undefined): Splice[] {
  const { text } = tree
  const entries = entriesOf(node)
  const entry = entries[index]!
  if (entries.length === 1) return blockToInline(tree, node, isMap(node) ? '{}' : '[]', parent)
  const [start, end] = [startOf(entry), endOf(entry)]
  if (isFirstInLine(text, start)) return [withoutLines(text, start, end)]
  // The first of a map or list that begins behind a dash: what follows moves up behind it.
  const next = lineEnd(text, end) + /^\s*/.exec(text.slice(lineEnd(text, end)))![0].length
  return [{ start, end: next, text: '' }]
}

/** Puts one line in the place of a map or list in lines. */
export function blockToInline({ text }: Tree, node: Collection, line: string, parent: Entry | undefined): Splice[] {
  const [start, end] = boundsOf(node)
  if (!parent || !isFirstInLine(text, start)) return [{ start, end, text: line }]
  return [insertion(slotOf(parent), ` ${line}`), withoutLines(text, start, end)]
}

/** Puts other lines in the place of a map or list in lines. */
export function blockToBlock({ text, newline }: Tree, node: Collection, lines: string[], least: number): Splice[] {
  const [start, end] = boundsOf(node)
  const column = start - lineStart(text, start)
  if (!isFirstInLine(text, start)) return [{ start, end, text: indented(lines, column).join(newline).trimStart() }]
  const moved = indented(lines, Math.max(column, least)).join(newline)
  return [{ start: lineStart(text, start), end, text: moved }]
}

/** Puts lines below a key or behind a dash that has held one value or nothing. */
export function inlineToBlock(
  { text, newline, step }: Tree,
  entry: Entry,
  within: Collection,
  { start, end }: { start: number; end: number },
  lines: string[],
): Splice[] {
  const indent = indentOf(within)
  if (isMap(within)) {
    const below = indented(lines, indent + step).join(newline)
    return [{ start, end, text: '' }, insertion(endWithComments(text, end, indent + 1), newline + below)]
  }
  const dash = startOf(entry)
  const column = slotOf(entry) - dash + 1 + indent
  const [first, ...rest] = indented(lines, column)
  const below = rest.map(line => newline + line).join('')
  return [{ start, end, text: ` ${first!.trimStart()}` }, insertion(lineEnd(text, end), below)]
}

function boundsOf(node: Collection): [number, number] {
  const entries = entriesOf(node)
  return [startOf(entries[0]!), endOf(entries.at(-1)!)]
}
