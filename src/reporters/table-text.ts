import { Chalk, type ChalkInstance } from 'chalk'
import type { Cell, Column, Figure, Row, Table, Tone } from '../tables/table.ts'
import { number, percent, rate, roughly } from '../units.ts'
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

const marks: Record<Tone, string> = { bad: '!', close: '*', good: ' ' }
const paints = { bad: 'red', close: 'yellow', good: 'green' } as const satisfies Record<Tone, string>

function tableText({ title, notes, columns, rows, empty }: Table, width: number, c: ChalkInstance): string {
  const head = [c.bold(title), ...notes.map(note => c.dim(wrap(visible(note), width, '  ')))]
  if (rows.length === 0) return [...head, `  ${empty}`].join('\n')
  const all: readonly Column[] = [...columns, { key: 'facts', title: 'facts', unit: 'number' }]
  const lines = rows.map(row => [...row.cells.map((cell, i) => said(cell, columns[i]!)), facts(row)])
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

/** One cell as people read it, with the mark of its tone; `?` where it is not known. */
export function said(cell: Cell, column: Column): string {
  if (cell === undefined) return '?'
  if (typeof cell === 'string') return visible(cell)
  if ('word' in cell) return `${visible(cell.word)}${cell.tone ? marks[cell.tone] : ''}`.trimEnd()
  const prefix = cell.bound === 'least' ? '>=' : cell.bound === 'most' ? '<=' : ''
  const bar = column.bar ? `${bars(cell)} ` : ''
  return `${bar}${prefix}${amount(cell.value, column)}${cell.tone ? marks[cell.tone] : ''}`.trimEnd()
}

function amount(value: number, { unit }: Column): string {
  switch (unit) {
    case 'duration':
      return roughly(value)
    case 'share':
      return percent(value)
    case 'utilisation':
      return value < 10 ? `${number(Math.round(value * 100))}%` : '>999%'
    case 'rate':
      return value < 1e5 ? rate(value) : `${compact(value)}/s`
    case 'factor':
      return value > 0 && value < 0.01 ? '<0.01x' : `${number(value)}x`
    default:
      return compact(value)
  }
}

const large = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const

/** `120k`, where all digits would take the room of a name. */
function compact(value: number): string {
  const [factor, letter] = large.find(([factor]) => value >= 1e5 && value >= factor) ?? [1, '']
  return `${number(value / factor)}${letter}`
}

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
