import { factsOf, type Facts } from '../analysis/index.ts'
import type { Path, Problem } from '../finding.ts'
import type { ManifestFiles } from '../manifest/files.ts'
import type { Model } from '../manifest/model.ts'
import { checkManifest, type Checked } from '../manifest/read.ts'
import { toModel } from '../manifest/to-model.ts'
import { tableOf, type DesignTableId } from '../tables/index.ts'
import type { Row, Table } from '../tables/table.ts'

/** A manifest as it was read last, and what follows from it, computed when somebody points at it. */
export interface Known {
  readonly files: ManifestFiles
  /** All that is wrong with the text. */
  readonly problems: readonly Problem[]
  /** `undefined` where the manifest cannot be read. */
  readonly model: Model | undefined
  /** Rows of the tables about the element at a path, each with its table. */
  rowsAbout(path: Path): readonly { table: Table; row: Row }[]
}

/** Tables with one row for each element of a kind; those about all of the manifest stay out. */
const tablesByKind: Readonly<Record<string, readonly DesignTableId[]>> = {
  calls: ['timeouts'],
  journeys: ['availability', 'latency', 'budget'],
  services: ['saturation', 'retries', 'blast-radius', 'zone-loss'],
  stores: ['saturation', 'connections', 'retries', 'blast-radius', 'recovery'],
  caches: ['saturation', 'cache-loss', 'blast-radius'],
  queues: ['drain', 'blast-radius'],
  externals: ['saturation', 'retries', 'blast-radius'],
  slos: ['budget'],
}

/** @param today ISO date */
export function knownOf(files: ManifestFiles, today: string): Known {
  let checked: Checked | undefined
  const check = () => (checked ??= checkManifest(files))
  let model: Model | undefined
  const modelOf = () => {
    const { stated } = check()
    return stated && (model ??= toModel(stated))
  }
  let facts: Facts | undefined
  const tables = new Map<string, Table>()
  const made = (id: DesignTableId, stated: Model, journeys: readonly string[], about: Path | undefined): Table => {
    const key = [id, ...journeys, ...(about ?? [])].join('\u0000')
    const known = tables.get(key)
    if (known) return known
    facts ??= factsOf(stated)
    const table = tableOf(id, { model: stated, facts, today, about }, journeys)
    tables.set(key, table)
    return table
  }
  return {
    files,
    get problems() {
      return check().problems ?? []
    },
    get model() {
      return modelOf()
    },
    rowsAbout: path => {
      const stated = modelOf()
      if (!stated) return []
      const kind = String(path.length === 4 ? path[2] : path[0])
      // Some tables cost more for each journey or call, so one that is pointed at is computed alone.
      const journeys = path[0] === 'journeys' ? [String(path[1])] : []
      const about = kind === 'calls' ? path : undefined
      return (tablesByKind[kind] ?? []).flatMap(id => {
        const table = made(id, stated, journeys, about)
        return table.rows.filter(({ at }) => at.join('\u0000') === path.join('\u0000')).map(row => ({ table, row }))
      })
    },
  }
}
