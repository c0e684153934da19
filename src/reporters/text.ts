import wrapAnsi from 'wrap-ansi'

/** Text for terminals: nothing that a manifest contains may move the cursor, change colours or turn the reading direction. */

// C0 and C1 controls except the line feed, and the marks that reorder or hide text.
// eslint-disable-next-line no-control-regex -- that is what is looked for
const unsafe = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

export const visible = (text: string): string =>
  text.replaceAll(unsafe, char => (char === '\t' ? ' ' : `\\u{${char.codePointAt(0)!.toString(16)}}`))

/** Lines of at most `width` columns; lines after the first are indented. Words that are too long stand alone. */
export function wrap(text: string, width: number, indent = '', first = indent): string {
  const room = Math.max(20, width - Math.max(indent.length, first.length))
  return text
    .split('\n')
    .flatMap(line => wrapAnsi(line, room, { trim: true }).split('\n'))
    .map((line, i) => (i === 0 ? first : indent) + line)
    .join('\n')
}
