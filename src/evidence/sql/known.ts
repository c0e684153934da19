import type { SqlType } from './nodes.ts'

/**
 * What the migrations so far say of the schema. Names as `tableName` makes them. Only what the files say is in it: a table that is
 * not here may exist.
 */
export interface Known {
  readonly columns: Map<string, Map<string, { readonly type: SqlType; readonly notNull: boolean }>>
  /** Checks by table and name: the columns that they prove to be not null, and whether all rows were checked. */
  readonly checks: Map<string, Map<string, { readonly notNull: readonly string[]; readonly validated: boolean }>>
  /** The table of an index. */
  readonly indexes: Map<string, string>
  /** Whether a declared function is volatile. */
  readonly functions: Map<string, boolean>
  /** Domains with a constraint: a column of one makes ADD COLUMN rewrite the table. */
  readonly strictDomains: Set<string>
  readonly policies: Set<string>
  readonly partitioned: Set<string>
  /** The default partition of a table. */
  readonly defaultPartitions: Map<string, string>
}

export const nothingKnown = (): Known => ({
  columns: new Map(),
  checks: new Map(),
  indexes: new Map(),
  functions: new Map(),
  strictDomains: new Set(),
  policies: new Set(),
  partitioned: new Set(),
  defaultPartitions: new Map(),
})

export function setColumn(known: Known, table: string, column: string, type: SqlType, notNull: boolean): void {
  const columns = known.columns.get(table) ?? new Map<string, { type: SqlType; notNull: boolean }>()
  known.columns.set(table, columns.set(column, { type, notNull }))
}

export function setCheck(
  known: Known,
  table: string,
  name: string,
  notNull: readonly string[],
  validated: boolean,
): void {
  const checks = known.checks.get(table) ?? new Map<string, { notNull: readonly string[]; validated: boolean }>()
  known.checks.set(table, checks.set(name, { notNull, validated }))
}

/** Everything that is known of a table goes to its new name, or away with it. */
export function renameTable(known: Known, from: string, to: string | undefined): void {
  for (const map of [known.columns, known.checks, known.defaultPartitions] as Map<string, unknown>[]) {
    const of = map.get(from)
    map.delete(from)
    if (to !== undefined && of !== undefined) map.set(to, of)
  }
  for (const set of [known.policies, known.partitioned]) if (set.delete(from) && to !== undefined) set.add(to)
}
