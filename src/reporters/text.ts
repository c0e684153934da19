import { wrapAnsi } from 'fast-wrap-ansi'

/**
 * Text for terminals and logs: nothing that a manifest contains may move the cursor, change colours, turn the reading
 * direction, hide, or be taken for a command by the CI that keeps the log.
 */

/** Controls except the line feed, what reorders or hides text, half characters, and what is no character at all. */
export const unsafe = /(?![\n\ufe0e\ufe0f])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}\p{NChar}]/gu

/** Runners of GitHub obey `::name` where a line begins, and `##[name]` anywhere; those of Azure `##vso[name]`. */
const commandAtStart = /(^|\s)::(?=[a-z])/gi
export const commandAnywhere = /##(?=[a-z]*\[)/gi

export const visible = (text: string): string =>
  (isPlain(text) ? text : text.replaceAll(unsafe, char => (char === '\t' ? ' ' : codePoint(char))))
    .replaceAll(commandAtStart, `$1${codePoint(':')}:`)
    .replaceAll(commandAnywhere, `#${codePoint('#')}`)

/** What takes long to compile is not asked of text in which nothing can be unsafe. */
const isPlain = (text: string) => /^[\n -~]*$/.test(text)

const codePoint = (char: string) => `\\u{${char.codePointAt(0)!.toString(16)}}`

/** The same in one line. */
export const visibleLine = (text: string): string => visible(text.replaceAll(/\s*\n\s*/g, ' '))

/** The beginning of what is longer than a format takes. */
export const clip = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 3).replace(/[\ud800-\udbff]$/, '')}...`

/** Lines of at most `width` columns, the first after `first`, the others after `indent`. Words that are too long stand alone. */
export function wrap(text: string, width: number, indent = '', first = indent): string {
  const room = (prefix: string) => Math.max(20, width - prefix.length)
  const fit = (line: string, columns: number) =>
    isNarrow(line, columns) ? [line] : wrapAnsi(line, columns, { trim: true }).split('\n')
  return text
    .split('\n')
    .flatMap((line, i) => {
      const columns = room(i === 0 ? first : indent)
      const lines = fit(line, columns)
      return lines.length === 1 || columns === room(indent)
        ? lines
        : [lines[0]!, ...fit(lines.slice(1).join(' '), room(indent))]
    })
    .map((line, i) => (i === 0 ? first : indent) + line)
    .join('\n')
}

/** Whether nothing is to be done: to measure any text takes longer than all else that a report of a few findings needs. */
const isNarrow = (line: string, columns: number) => line.length <= columns && /^(?:[!-~]+(?: [!-~]+)*)?$/.test(line)
