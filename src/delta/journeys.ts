import type { Model } from '../manifest/model.ts'
import { factsOf } from '../analysis/index.ts'
import type { Report } from '../report.ts'
import { tablesOf } from '../tables/index.ts'
import type { Bound, Cell, Row, Table, Unit } from '../tables/table.ts'

/** How what users get moved: the numbers of the tables, before and after. */

export interface Value {
  /** `null`: without end, such as the wait for a call that has no timeout. */
  readonly value: number | null
  readonly bound: Bound
  /** The component that it is about, where it is one of several. */
  readonly where?: string
}

/** `unclear`: one of the sides is not known, or only bounded in another way. */
export type Move = 'better' | 'worse' | 'none' | 'unclear'

export interface Measure {
  readonly key: string
  readonly title: string
  readonly unit: Unit
  readonly before: Value | undefined
  readonly after: Value | undefined
  readonly move: Move
}

export interface JourneyChange {
  readonly journey: string
  readonly change: 'added' | 'removed' | 'kept'
  readonly measures: Measure[]
}

interface Kind {
  readonly key: string
  readonly title: string
  readonly unit: Unit
  readonly more: 'better' | 'worse'
  /** Smaller relative differences are no movement. */
  readonly noise: number
  of(tables: Tables, journey: string): Value | undefined
}

type Tables = Readonly<Record<'latency' | 'availability' | 'retries' | 'saturation', Table>>

const exact = 1e-9
/** The estimate is drawn by chance, with a fixed seed; another path draws other numbers. */
const drawn = 0.01

const kinds: readonly Kind[] = [
  {
    key: 'ceiling',
    title: 'availability ceiling',
    unit: 'share',
    more: 'better',
    noise: exact,
    of: (tables, journey) => ownValue(tables.availability, 'ceiling', journey),
  },
  {
    key: 'availability',
    title: 'availability, if failures are independent',
    unit: 'share',
    more: 'better',
    noise: exact,
    of: (tables, journey) => ownValue(tables.availability, 'product', journey),
  },
  {
    key: 'latency',
    title: 'latency p99, estimated',
    unit: 'duration',
    more: 'worse',
    noise: drawn,
    of: (tables, journey) => ownValue(tables.latency, 'p99', journey),
  },
  {
    key: 'worst',
    title: 'worst case, by the timeouts',
    unit: 'duration',
    more: 'worse',
    noise: exact,
    of: (tables, journey) => ownValue(tables.latency, 'worst', journey),
  },
  {
    key: 'amplification',
    title: 'attempts for one request',
    unit: 'factor',
    more: 'worse',
    noise: exact,
    of: (tables, journey) => extreme(tables.retries, 'factor', journey, (a, b) => b > a),
  },
  {
    key: 'saturation',
    title: 'lasts, in times its peak',
    unit: 'factor',
    more: 'better',
    noise: exact,
    of: (tables, journey) => extreme(tables.saturation, 'times', journey, (a, b) => b < a),
  },
]

/** A manifest and its review. */
export interface Reviewed {
  readonly model: Model
  readonly report: Report
}

export function compareJourneys(before: Reviewed, after: Reviewed, today: string | undefined): JourneyChange[] {
  const [old, now] = [before, after].map(side => tables(side, today)) as [Tables, Tables]
  const names = new Set([...after.model.journeys.keys(), ...before.model.journeys.keys()])
  return [...names].map(journey => {
    const [was, is] = [before.model.journeys.has(journey), after.model.journeys.has(journey)]
    return {
      journey,
      change: was && is ? 'kept' : is ? 'added' : 'removed',
      measures: kinds.map(({ key, title, unit, ...kind }) => {
        const [then, present] = [kind.of(old, journey), kind.of(now, journey)]
        return { key, title, unit, before: then, after: present, move: moveOf(then, present, kind) }
      }),
    }
  })
}

function tables({ model, report }: Reviewed, today: string | undefined): Tables {
  const ids = ['latency', 'availability', 'retries', 'saturation'] as const
  const found = tablesOf({ model, facts: factsOf(model), today }, report, { ids, journeys: [] })
  return Object.fromEntries(found.map(table => [table.id, table])) as unknown as Tables
}

/** The cell of the journey's own row. */
function ownValue(table: Table, column: string, journey: string): Value | undefined {
  const row = table.rows.find(({ at: [section, name] }) => section === 'journeys' && name === journey)
  return row && toValue(cellOf(table, row, column))
}

/** The most extreme cell of the components that the journey comes through. */
function extreme(
  table: Table,
  column: string,
  journey: string,
  isMore: (a: number, b: number) => boolean,
): Value | undefined {
  let found: Value | undefined
  for (const row of table.rows) {
    if (!row.journeys.some(({ name }) => name === journey)) continue
    const value = toValue(cellOf(table, row, column))
    if (value?.value === undefined || value.value === null) continue
    if (found && !isMore(found.value!, value.value)) continue
    found = { ...value, where: String(row.at.at(-1)) }
  }
  return found
}

const cellOf = ({ columns }: Table, { cells }: Row, column: string): Cell =>
  cells[columns.findIndex(({ key }) => key === column)]

function toValue(cell: Cell): Value | undefined {
  if (cell === undefined) return undefined
  // The only word among these numbers is that of a wait without end.
  if (typeof cell === 'string' || 'word' in cell) return { value: null, bound: 'exact' }
  return { value: cell.value, bound: cell.bound ?? 'exact' }
}

function moveOf(
  before: Value | undefined,
  after: Value | undefined,
  { more, noise }: Pick<Kind, 'more' | 'noise'>,
): Move {
  if (!before || !after) return before === after ? 'none' : 'unclear'
  const [then, now] = [before.value ?? Number.POSITIVE_INFINITY, after.value ?? Number.POSITIVE_INFINITY]
  const largest = Math.max(Math.abs(then), Math.abs(now))
  const isNear = then === now || (largest !== Number.POSITIVE_INFINITY && Math.abs(now - then) <= noise * largest)
  if (before.bound !== after.bound) return 'unclear'
  if (isNear) return 'none'
  return now > then === (more === 'better') ? 'better' : 'worse'
}
