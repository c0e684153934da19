import type { Cell, Column, Tone } from '../tables/table.ts'
import { number, percent, rate, roughly } from '../units.ts'
import { visible } from './text.ts'

const marks: Record<Tone, string> = { bad: '!', close: '*', good: ' ' }
/** A cell as people read it: `>=405ms`, `2.1s!`; `?` where the manifest does not say enough. */
export function said(cell: Cell, column: Column): string {
  if (cell === undefined) return '?'
  if (typeof cell === 'string') return visible(cell)
  if ('word' in cell) return `${visible(cell.word)}${cell.tone ? marks[cell.tone] : ''}`.trimEnd()
  const prefix = cell.bound === 'least' ? '>=' : cell.bound === 'most' ? '<=' : ''
  return `${prefix}${amount(cell.value, column)}${cell.tone ? marks[cell.tone] : ''}`.trimEnd()
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
