import type { Report } from '../report.ts'
import { availabilityTable } from './availability.ts'
import { blastRadiusTable } from './blast-radius.ts'
import { budgetTable } from './budget.ts'
import { cacheLossTable } from './cache-loss.ts'
import { connectionsTable } from './connections.ts'
import { coverageTable } from './coverage.ts'
import { drainTable } from './drain.ts'
import { latencyTable } from './latency.ts'
import { recoveryTable } from './recovery.ts'
import { retriesTable } from './retries.ts'
import { saturationTable } from './saturation.ts'
import { slowDependenciesTable } from './slow-dependencies.ts'
import type { Row, Sources, Table } from './table.ts'
import { timeoutsTable } from './timeouts.ts'
import { zoneLossTable } from './zone-loss.ts'

/** All tables in the order in which they are read: first the user, then what breaks, then the supports. */
const builders = {
  latency: latencyTable,
  availability: availabilityTable,
  retries: retriesTable,
  'blast-radius': blastRadiusTable,
  saturation: saturationTable,
  drain: drainTable,
  budget: budgetTable,
  timeouts: timeoutsTable,
  connections: connectionsTable,
  'cache-loss': cacheLossTable,
  'slow-dependencies': slowDependenciesTable,
  'zone-loss': zoneLossTable,
  recovery: recoveryTable,
} as const satisfies Record<string, (sources: Sources) => Table>

/** Tables about the design. The one that is left is about its review. */
export type DesignTableId = keyof typeof builders
export type TableId = DesignTableId | 'coverage'
export const tableIds = [...Object.keys(builders), 'coverage'] as TableId[]

export interface Selection {
  readonly ids: readonly TableId[]
  /** Only rows that these journeys come through; all where it is empty. */
  readonly journeys: readonly string[]
}

/** @param report the review of the same manifest, for what it says about coverage */
export function tablesOf(stated: Omit<Sources, 'only'>, report: Report, { ids, journeys }: Selection): Table[] {
  return ids.map(id =>
    id === 'coverage' ? concerning(coverageTable(report), journeys) : tableOf(id, stated, journeys),
  )
}

/** @param journeys as in `Selection` */
export const tableOf = (
  id: DesignTableId,
  stated: Omit<Sources, 'only'>,
  journeys: Selection['journeys'] = [],
): Table => concerning(builders[id]({ ...stated, only: journeys }), journeys)

function concerning(table: Table, journeys: Selection['journeys']): Table {
  if (journeys.length === 0) return table
  const isAsked = (row: Row) => row.journeys.length === 0 || row.journeys.some(({ name }) => journeys.includes(name))
  return { ...table, rows: table.rows.filter(isAsked) }
}
