import { factsOf, type Facts } from '../analysis/index.ts'
import type { Path } from '../finding.ts'
import type { ManifestFiles } from '../manifest/files.ts'
import type { Model } from '../manifest/model.ts'
import { readManifest } from '../manifest/read.ts'
import type { Report } from '../report.ts'
import { reviewInSteps, type ReviewOptions } from '../review.ts'
import type { AnyRule } from '../rules/define.ts'
import { tablesOf, type TableId } from '../tables/index.ts'
import type { Row, Table } from '../tables/table.ts'

/** A manifest as it was reviewed last, and what follows from it, computed when somebody points at it. */
export interface Reviewed {
  readonly files: ManifestFiles
  readonly rules: readonly AnyRule[]
  readonly report: Report
  /** `undefined` where the manifest cannot be read. */
  readonly model: Model | undefined
  /** Rows of the tables about the element at a path, each with its table. */
  rowsAbout(path: Path): readonly { table: Table; row: Row }[]
}

/** Tables with one row for each element of a kind; those about all of the manifest stay out. */
const tablesByKind: Readonly<Record<string, readonly TableId[]>> = {
  calls: ['timeouts'],
  journeys: ['availability', 'latency', 'budget'],
  services: ['saturation', 'retries', 'blast-radius', 'zone-loss'],
  stores: ['saturation', 'connections', 'retries', 'blast-radius', 'recovery'],
  caches: ['saturation', 'cache-loss', 'blast-radius'],
  queues: ['drain', 'blast-radius'],
  externals: ['saturation', 'retries', 'blast-radius'],
  slos: ['budget'],
}

/** Reviews with pauses, as `reviewInSteps` does. */
export function* reviewedInSteps(
  files: ManifestFiles,
  rules: readonly AnyRule[],
  options: ReviewOptions,
): Generator<undefined, Reviewed> {
  const report = yield* reviewInSteps(files, rules, options)
  let model: { value: Model | undefined } | undefined
  let facts: Facts | undefined
  const tables = new Map<string, Table>()
  const modelOf = () => (model ??= { value: readManifest(files).model }).value
  const tableOf = (id: TableId, journeys: readonly string[]): Table => {
    const key = [id, ...journeys].join('\u0000')
    const known = tables.get(key)
    if (known) return known
    const stated = modelOf()!
    facts ??= factsOf(stated)
    const [made] = tablesOf({ model: stated, facts, today: options.today }, report, { ids: [id], journeys })
    tables.set(key, made!)
    return made!
  }
  return {
    files,
    rules,
    report,
    get model() {
      return modelOf()
    },
    rowsAbout: path => {
      if (!modelOf()) return []
      const kind = String(path.length === 4 ? path[2] : path[0])
      // Some tables cost more for each journey, so one that is pointed at is computed alone.
      const journeys = path[0] === 'journeys' ? [String(path[1])] : []
      return (tablesByKind[kind] ?? []).flatMap(id => {
        const table = tableOf(id, journeys)
        return table.rows.filter(({ at }) => at.join('\u0000') === path.join('\u0000')).map(row => ({ table, row }))
      })
    },
  }
}
