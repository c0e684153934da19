import { wrapAnsi } from 'fast-wrap-ansi'

/** Text for terminals: nothing that a manifest contains may move the cursor, change colours or turn the reading direction. */

// C0 and C1 controls except the line feed, and the marks that reorder or hide text.
const unsafe = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

export const visible = (text: string): string =>
  text.replaceAll(unsafe, char => (char === '\t' ? ' ' : `\\u{${char.codePointAt(0)!.toString(16)}}`))

/** Lines of at most `width` columns, the first after `first`, the others after `indent`. Words that are too long stand alone. */
export function wrap(text: string, width: number, indent = '', first = indent): string {
  const fit = (line: string, prefix: string) =>
    wrapAnsi(line, Math.max(20, width - prefix.length), { trim: true }).split('\n')
  return text
    .split('\n')
    .flatMap((line, i) => {
      const [head = '', ...rest] = fit(line, i === 0 ? first : indent)
      return [head, ...(rest.length > 0 ? fit(rest.join(' '), indent) : [])]
    })
    .map((line, i) => (i === 0 ? first : indent) + line)
    .join('\n')
}
