import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml'
import { recover, spotsOf } from './spots.ts'

/** Text that goes in at one place. */
export interface Insertion {
  readonly offset: number
  readonly text: string
}

export interface WaiverText {
  readonly rule: string
  readonly on: string
  readonly owner: string
  /** ISO date, the last day. */
  readonly until: string
}

const reason = 'accepted for now, because ...'

/** Where a waiver goes and what it is, in the style of those that are there. `undefined` where the text is not laid out in lines. */
export function waiverInsertion(text: string, waiver: WaiverText): Insertion | undefined {
  const { contents } = recover(text)
  if (!isMap(contents) || contents.flow) return undefined
  const pair = contents.items.find(({ key }) => isScalar(key) && key.value === 'waivers')
  if (!pair) {
    const gap = text === '' || text.endsWith('\n') ? '' : '\n'
    return {
      offset: text.length,
      text: `${gap}${newline(text)}waivers:${newline(text)}${item(waiver, '  ', text)}${newline(text)}`,
    }
  }
  const list = pair.value as Node | null
  if (isSeq(list)) return list.flow ? intoFlow(list, waiver) : afterLast(text, list, waiver)
  return isScalar(list) && list.value === null ? afterKey(text, pair, contents, waiver) : undefined
}

const newline = (text: string) => (text.includes('\r\n') ? '\r\n' : '\n')

function item({ rule, on, owner, until }: WaiverText, indent: string, text: string): string {
  const facts = [`rule: ${rule}`, `on: ${plain(on)}`, `reason: ${reason}`, `owner: ${plain(owner)}`, `until: ${until}`]
  return `${indent}- ${facts.join(`${newline(text)}${indent}  `)}`
}

/** Quotes what plain text could not hold. */
const plain = (word: string) =>
  /^[\p{L}\p{N}_][\p{L}\p{N}_./ >-]*(?:\[\d+\])?$/u.test(word) ? word : JSON.stringify(word)

function intoFlow(list: YAMLSeq, { rule, on, owner, until }: WaiverText): Insertion {
  const last = list.items.at(-1) as Node | undefined
  const body = `{ rule: ${rule}, on: ${JSON.stringify(on)}, reason: "${reason}", owner: ${JSON.stringify(owner)}, until: ${until} }`
  return last ? { offset: last.range![1], text: `, ${body}` } : { offset: list.range![0] + 1, text: body }
}

function afterLast(text: string, list: YAMLSeq, waiver: WaiverText): Insertion | undefined {
  const last = list.items.at(-1) as Node | undefined
  if (!last?.range) return undefined
  const dash = text.lastIndexOf('-', last.range[0])
  const indent = text.slice(text.lastIndexOf('\n', dash) + 1, dash)
  const end = Math.max(dash, isMap(last) && last.flow ? last.range[1] : lastEnd(last))
  return { offset: lineEnd(text, end), text: `${newline(text)}${item(waiver, indent, text)}` }
}

/** Behind the last thing that is said in an element; comments below it may belong to what follows. */
const lastEnd = (node: Node) => Math.max(0, ...[...spotsOf(node)].map(({ range }) => range[1]))

function afterKey(text: string, pair: Pair, map: YAMLMap, waiver: WaiverText): Insertion {
  const next = map.items[map.items.indexOf(pair) + 1]?.key as Node | undefined
  const at = lineEnd(text, (pair.key as Node).range![1])
  // A comment may stand behind the key.
  return { offset: next?.range ? Math.min(at, next.range[0]) : at, text: `${newline(text)}${item(waiver, '  ', text)}` }
}

function lineEnd(text: string, offset: number): number {
  const found = text.indexOf('\n', offset)
  const end = found === -1 ? text.length : found
  return text[end - 1] === '\r' ? end - 1 : end
}
