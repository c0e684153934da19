/** Characters from `start` up to `end` give way to `text`. Offsets count UTF-16 code units, as everywhere. */
export interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
}

export const insertion = (at: number, text: string): Splice => ({ start: at, end: at, text })

/** Makes all of them at once; each is meant for the text as it was, and none overlaps another. */
export function spliced(text: string, splices: readonly Splice[]): string {
  let [result, at] = ['', 0]
  for (const splice of [...splices].sort((a, b) => a.start - b.start)) {
    result += text.slice(at, splice.start) + splice.text
    at = Math.max(at, splice.end)
  }
  return result + text.slice(at)
}

export const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1

/** The offset of the line's newline, or of the text's end. */
export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  if (end === -1) return text.length
  return end > at && text[end - 1] === '\r' ? end - 1 : end
}

/** Whether nothing but indentation stands before this place in its line. */
export const isFirstInLine = (text: string, at: number): boolean => text.slice(lineStart(text, at), at).trim() === ''

/**
 * The end of the line, or of the comment lines below it that belong to a map or list with this indentation: those right below
 * that are indented at least as far, and behind blank lines those that are indented further.
 */
export function endWithComments(text: string, at: number, indent: number): number {
  const comment = /((?:\r?\n[ \t]*(?=\r?\n))*)\r?\n( *)#[^\r\n]*/y
  for (let end = lineEnd(text, at); ; end = comment.lastIndex) {
    comment.lastIndex = end
    const [, blank, spaces] = comment.exec(text) ?? []
    if (spaces === undefined || spaces.length < (blank === '' ? indent : indent + 1)) return end
  }
}

/** Takes out whole lines, and one of two blank lines that would then meet. */
export function withoutLines(text: string, from: number, to: number): Splice {
  const start = lineStart(text, from)
  const end = lineEnd(text, to)
  // A file without a newline at its end stays one.
  if (end === text.length) return { start: /\r?\n$/.exec(text.slice(0, start))?.index ?? start, end, text: '' }
  const next = text.indexOf('\n', end) + 1
  const blankBefore = /(?:^|\n)(\r?\n)$/.exec(text.slice(0, start))?.[1]
  const isBlankAfter = /^[ \t]*(?:\r?\n|$)/.test(text.slice(next))
  return { start: blankBefore && isBlankAfter ? start - blankBefore.length : start, end: next, text: '' }
}

export const hasBlankLine = (text: string): boolean => /\n[ \t]*\r?\n/.test(text)

/**
 * What differs between two texts as one splice of the first: what an editor is told. `undefined` where they are the same.
 */
export function difference(before: string, after: string): Splice | undefined {
  if (before === after) return undefined
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start++
  let tail = 0
  while (tail < shorter - start && before.at(-1 - tail) === after.at(-1 - tail)) tail++
  return { start, end: before.length - tail, text: after.slice(start, after.length - tail) }
}
