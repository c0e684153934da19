import { visible } from '../reporters/text.ts'

/** Pieces of Markdown into which a manifest or a person may put anything: it stays text, on its line and in its cell. */

/** Prose: nothing in it marks up, links, names people or starts a list. */
export const prose = (text: string): string =>
  oneLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '&#64;')
    .replaceAll(/[\\`*_[\]()#|~!$]/g, '\\$&')
    .replace(/^([-+=]|\d+[.)])/, mark => mark.replace(/.$/, '\\$&'))

/** A name, a path or a value, in a fence longer than any in it. In tables as well, where a bar would end the cell. */
export function code(text: string): string {
  const plain = oneLine(text).replaceAll('|', '\\|')
  if (plain === '') return ''
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length))
  const ticks = '`'.repeat(longest + 1)
  const space = plain.startsWith('`') || plain.endsWith('`') ? ' ' : ''
  return `${ticks}${space}${plain}${space}${ticks}`
}

const oneLine = (text: string) =>
  visible(text)
    .replaceAll(/[\n\r]+/g, ' ')
    .trim()

/** Cells hold Markdown already. */
export const rows = (head: readonly string[], body: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...body].map(row => `| ${row.join(' | ')} |`).join('\n')
