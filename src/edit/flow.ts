import { isMap, type CST } from 'yaml'
import { inline, inlinePair } from './render.ts'
import { insertion, isFirstInLine, lineEnd, lineStart, withoutLines, type Splice } from './splice.ts'
import { endOf, entriesOf, startOf, type Collection, type Tree } from './tree.ts'

/** Maps and lists in brackets. */

/** Longest line that a new entry still goes into. */
const widest = 120

/** Offsets of the two brackets. */
function bracketsOf(node: Collection): { open: number; close: number } {
  const { start, end } = node.srcToken as CST.FlowCollection
  return { open: start.offset, close: end.find(({ type }) => type.startsWith('flow-'))!.offset }
}

/** Offset of the comma between `from` and the next entry, or the closing bracket. */
function commaAfter(node: Collection, from: number): number | undefined {
  const { items } = node.srcToken as CST.FlowCollection
  const tokens = items.flatMap(({ start }) => start)
  return tokens.find(({ type, offset }) => type === 'comma' && offset >= from)?.offset
}

export function addToFlow(tree: Tree, node: Collection, key: string | number, value: unknown): Splice[] {
  const { text, newline } = tree
  const { open, close } = bracketsOf(node)
  const added = isMap(node) ? inlinePair(String(key), value) : inline(value)
  const last = entriesOf(node).at(-1)
  if (!last) {
    const [before, after] = isMap(node) ? ['{ ', ' }'] : ['[', ']']
    if (text.slice(open + 1, close).trim() === '')
      return [{ start: open, end: close + 1, text: before + added + after }]
    return [insertion(lineStart(text, close), `${added}${newline}`)]
  }
  const end = endOf(last)
  const comma = commaAfter(node, end)
  const behind = comma === undefined ? end : comma + 1
  // Where the bracket closes in a line of its own, each entry has one too.
  if (!text.slice(behind, close).includes('\n')) {
    const space = separator(tree, node, behind, added)
    return [insertion(behind, (comma === undefined ? ',' : '') + space + added)]
  }
  const indent = /^[ \t]*/.exec(text.slice(lineStart(text, startOf(last))))![0]
  const line = insertion(lineEnd(text, behind), `${newline}${indent}${added}${comma === undefined ? '' : ','}`)
  return comma === undefined ? [insertion(end, ','), line] : [line]
}

/** A space, or a new line where the old one would become too long to read. */
function separator({ text, newline, step }: Tree, node: Collection, at: number, added: string): string {
  const start = lineStart(text, at)
  if (lineEnd(text, at) - start + added.length + 2 <= widest) return ' '
  const indent = /^[ \t]*/.exec(text.slice(start))![0]
  // Behind a key or a dash; the lines that follow stand where the second one does.
  const isFirst = node.range![0] >= start
  return newline + indent + (isFirst ? ' '.repeat(step + 2) : '')
}

export function removeFromFlow({ text }: Tree, node: Collection, index: number): Splice[] {
  const { open, close } = bracketsOf(node)
  const entries = entriesOf(node)
  const [before, entry, after] = [entries[index - 1], entries[index]!, entries[index + 1]]
  const [start, end] = [startOf(entry), endOf(entry)]
  const hasOwnLines = (next: number) => isFirstInLine(text, start) && next > lineEnd(text, end)
  if (after)
    return [hasOwnLines(startOf(after)) ? withoutLines(text, start, end) : { start, end: startOf(after), text: '' }]
  if (!before) return [{ start: open + 1, end: close, text: '' }]
  // A comma may stand behind the last entry, so that of the one before can stay where a comment follows it.
  if (hasOwnLines(close)) return [withoutLines(text, start, end)]
  const isCommented = text.slice(endOf(before), start).includes('#')
  return [{ start: isCommented ? start : endOf(before), end, text: '' }]
}
