import { Chalk, type ChalkInstance } from 'chalk'
import type { Cell, Column, Figure, Row, Table, Tone } from '../tables/table.ts'
import { said } from './cell.ts'
import type { Style } from './reporter.ts'
import { visible, wrap } from './text.ts'

/** Tables for people: as wide as the terminal, colour never alone. */
export function tablesText(tables: readonly Table[], style: Pick<Style, 'color' | 'width'>): string {
  const c = new Chalk({ level: style.color ? 1 : 0 })
  const blocks = tables.map(table => tableText(table, style.width, c))
  return `${[...blocks, c.dim(wrap(legend, style.width))].join('\n\n')}\n`
}

const legend =
  '! beyond what there is or was promised, * close to it. >= at least, <= at most: facts are missing. ? not stated. Facts: known of needed.'

const paints = { bad: 'red', close: 'yellow', good: 'green' } as const satisfies Record<Tone, string>

function tableText({ title, notes, columns, rows, empty }: Table, width: number, c: ChalkInstance): string {
  const head = [c.bold(title), ...notes.map(note => c.dim(wrap(visible(note), width, '  ')))]
  if (rows.length === 0) return [...head, `  ${empty}`].join('\n')
  const all: readonly Column[] = [...columns, { key: 'facts', title: 'facts', unit: 'number' }]
  const lines = rows.map(row => [...row.cells.map((cell, i) => barred(cell, columns[i]!)), facts(row)])
  const widths = fitted(all, lines, width)
  const line = (cells: readonly string[], paint: (text: string, i: number) => string) =>
    `  ${cells.map((text, i) => paint(padded(text, widths[i]!, all[i]!), i)).join('  ')}`.trimEnd()
  const titles = line(
    all.map(({ title }) => title),
    text => c.dim(text),
  )
  const body = rows.flatMap((row, r) => [
    line(lines[r]!, (text, i) => painted(text, row.cells[i], c)),
    ...(row.details ?? []).map(detail => c.dim(wrap(visible(detail), width, '      ', '    '))),
  ])
  return [...head, titles, ...body].join('\n')
}

const facts = ({ known, total }: Row) => `${known}/${total}`

const barred = (cell: Cell, column: Column): string =>
  column.bar && typeof cell === 'object' && 'value' in cell ? `${bars(cell)} ${said(cell, column)}` : said(cell, column)

const cells = 8

/** A share of what there is; more than all of it is drawn as all. */
function bars({ value }: Figure): string {
  const full = Math.max(0, Math.min(cells, Math.round(value * cells)))
  return '#'.repeat(full) + '.'.repeat(cells - full)
}

/** Each column as wide as its longest text, unless that is too wide for the terminal: then the widest text columns give way. */
function fitted(columns: readonly Column[], lines: readonly (readonly string[])[], width: number): number[] {
  const widths = columns.map(({ title }, i) => Math.max(title.length, ...lines.map(line => line[i]!.length)))
  const room = width - 2 - 2 * (columns.length - 1)
  const texts = columns.flatMap(({ unit }, i) => (unit === 'text' ? [i] : []))
  const least = 8
  for (let over = widths.reduce((a, b) => a + b, 0) - room; over > 0; over--) {
    const widest = texts.reduce((a, b) => (widths[b]! > widths[a]! ? b : a), texts[0]!)
    if (widths[widest]! <= least) break
    widths[widest]!--
  }
  return widths
}

function padded(text: string, width: number, { unit }: Column): string {
  const shown = text.length > width ? shortened(text, width) : text
  return unit === 'text' ? shown.padEnd(width) : shown.padStart(width)
}

/** Both ends tell names apart: `web -> checko.. -> db`. */
function shortened(text: string, width: number): string {
  const head = Math.ceil((width - 2) / 2)
  return `${text.slice(0, head)}..${text.slice(text.length - (width - 2 - head))}`
}

function painted(text: string, cell: Cell, c: ChalkInstance): string {
  if (typeof cell !== 'object' || !cell.tone) return text
  return c[paints[cell.tone]](text)
}
