import { distinct, type Estimate } from '../analysis/estimate.ts'
import type { Facts } from '../analysis/index.ts'
import type { Path } from '../finding.ts'
import type { Journey, Model } from '../manifest/model.ts'

/** What `analyze` shows: tables of numbers that follow from a manifest, whether or not anything is wrong. */

export interface Table {
  /** What `--table` calls it. */
  readonly id: string
  readonly title: string
  /** How to read it, and what it does not know: one sentence each. */
  readonly notes: readonly string[]
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  /** Said instead of rows where there are none. */
  readonly empty: string
}

/** Durations are milliseconds, rates per second, shares and utilisations fractions of 1; an utilisation is shown in whole percent. */
export type Unit = 'text' | 'duration' | 'share' | 'utilisation' | 'rate' | 'number' | 'factor'

export interface Column {
  /** Key of the cell in the JSON. */
  readonly key: string
  readonly title: string
  readonly unit: Unit
  /** Drawn as a bar as well: a share of what there is. */
  readonly bar?: boolean
}

/** `least`: at least this, as facts are missing that could only add to it. `most`: the other way round. */
export type Bound = 'exact' | 'least' | 'most'
/** `bad`: more than there is, or less than was promised. `close`: nearly. */
export type Tone = 'bad' | 'close' | 'good'

export interface Figure {
  readonly value: number
  readonly bound?: Bound
  readonly tone?: Tone | undefined
}

/** A word that is good or bad news. */
export interface Word {
  readonly word: string
  readonly tone?: Tone | undefined
}

/** `undefined`: the manifest does not say enough. */
export type Cell = string | Word | Figure | undefined

export interface Row {
  readonly cells: readonly Cell[]
  /** The element it is about. */
  readonly at: Path
  /** Journeys that come through; a table of one journey shows only its rows. */
  readonly journeys: readonly Journey[]
  /** Facts that it needs and that are stated, of all that it needs. */
  readonly known: number
  readonly total: number
  readonly missing: readonly Path[]
  /** One line each, below the row. */
  readonly details?: readonly string[]
}

/** What a table is made of. */
export interface Sources {
  readonly model: Model
  readonly facts: Facts
  /** ISO date by which ages are judged. */
  readonly today: string | undefined
  /** Names of the journeys that were asked for; all where it is empty. */
  readonly only: readonly string[]
  /** The one element whose rows are asked for. A table may have others all the same. */
  readonly about?: Path | undefined
}

/** The value of a cell to sort by; nothing known comes last. */
export const valueOf = (cell: Cell): number =>
  typeof cell === 'object' && 'value' in cell ? cell.value : Number.NEGATIVE_INFINITY

/** @param needs facts that the row was computed from, whether they are stated or not */
export function row(
  at: Path,
  journeys: readonly Journey[],
  cells: readonly Cell[],
  needs: readonly Path[],
  missing: readonly Path[],
  details: readonly string[] = [],
): Row {
  const open = distinct(missing)
  const openKeys = new Set(open.map(key))
  const known = new Set(needs.map(key).filter(fact => !openKeys.has(fact))).size
  return { cells, at, journeys, known, total: known + open.length, missing: open, details }
}

const key = (path: Path) => path.join('\u0000')

export const figure = (value: number | undefined, tone?: Tone, bound: Bound = 'exact'): Cell =>
  value === undefined || !Number.isFinite(value) ? undefined : { value, bound, ...(tone ? { tone } : {}) }

/** What is needed, loaded or waited for: at least its lower bound. Nothing known of it is no figure. */
export function atLeast({ low, high }: Estimate, tone?: Tone): Cell {
  if (low === high) return figure(low, tone)
  return low > 0 ? figure(low, tone, 'least') : undefined
}

/** What there is of something: at most its upper bound. */
export function atMost({ low, high }: Estimate, tone?: Tone): Cell {
  if (low === high) return figure(low, tone)
  return figure(high, tone, 'most')
}

/** Whole above 1 is bad, above `close` nearly. */
export const utilisationTone = (rho: number, close = 0.8): Tone => (rho >= 1 ? 'bad' : rho >= close ? 'close' : 'good')
