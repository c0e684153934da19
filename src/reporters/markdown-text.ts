import { visible, visibleLine } from './text.ts'

/**
 * Pieces of GitHub's Markdown. Text out of a manifest is always shown as it is written: it formats nothing, links nothing and
 * calls nobody. Pieces never begin a line with such text.
 */

/** Within a line: a paragraph, an item, a heading, a cell of a table. */
export const inline = (text: string): string =>
  visibleLine(text)
    .replaceAll(/[\\`*_[\]<&~|$^]/g, '\\$&')
    // Addresses become links by themselves.
    .replaceAll(/:(?=\/)|(?<=www)\./gi, '\\$&')
    // So do names of people and numbers of issues, whatever is escaped; what has no width keeps them apart.
    .replaceAll(/@(?=\w)|#(?=\d)/g, '$&&#8203;')

/** A code span. */
export function code(text: string): string {
  const line = visibleLine(text).trim()
  if (line === '') return ''
  const ticks = '`'.repeat(longestRun(line) + 1)
  const pad = ticks.length > 1 ? ' ' : ''
  return `${ticks}${pad}${line}${pad}${ticks}`
}

export function fence(language: string, text: string): string {
  const shown = visible(text)
  const ticks = '`'.repeat(Math.max(3, longestRun(shown) + 1))
  return `${ticks}${language}\n${shown}\n${ticks}`
}

const longestRun = (text: string) => Math.max(0, ...(text.match(/`+/g) ?? []).map(run => run.length))

/** @param align which columns are of numbers */
export const table = (head: readonly string[], rows: readonly (readonly string[])[], numbers: readonly string[] = []) =>
  [head, head.map(title => (numbers.includes(title) ? '--:' : '---')), ...rows]
    .map(row => `| ${row.join(' | ')} |`)
    .join('\n')

/** An item of a list; its blocks are below each other. */
export const item = (...blocks: readonly string[]): string =>
  `- ${blocks.join('\n\n').replaceAll(/\n(?=[^\n])/g, '\n  ')}`

/** Closed until it is clicked at. The summary is HTML. */
export const details = (summary: string, ...blocks: readonly string[]): string =>
  [`<details><summary>${summary}</summary>`, ...blocks, '</details>'].join('\n\n')
