import * as z from 'zod'
import { formatPath } from '../finding.ts'
import type { Cell, Table } from '../tables/table.ts'
import { jsonText } from './json-text.ts'

/** The contract of `analyze --format json`; the same promise as that of the report. */

const fact = z.string().describe('A fact by its path, such as services.web.calls[0].timeout.')
const cell = z
  .strictObject({
    value: z
      .union([z.string(), z.number(), z.null()])
      .describe('What the column says it is; null where the manifest does not say enough.'),
    bound: z
      .enum(['exact', 'least', 'most'])
      .optional()
      .describe('Of numbers. least: at least this, as facts are missing. most: at most this.'),
    tone: z
      .enum(['bad', 'close', 'good'])
      .optional()
      .describe('bad: more than there is, or less than was promised. close: nearly.'),
  })
  .meta({ id: 'Cell', description: 'One value of a row.' })
const column = z
  .strictObject({
    key: z.string().describe('Key of its cells in the rows.'),
    title: z.string().describe('Its head in the printed table.'),
    unit: z
      .enum(['text', 'duration', 'share', 'utilisation', 'rate', 'number', 'factor'])
      .describe('duration: milliseconds. rate: per second. share, utilisation: fraction of 1. factor: times.'),
  })
  .meta({ id: 'Column', description: 'What the cells of a column are.' })
const row = z
  .strictObject({
    element: z.string().describe('The element that the row is about, by its path.'),
    journeys: z.array(z.string()).describe('Journeys that come through it, most critical first.'),
    cells: z.record(z.string(), cell).describe('By the key of the column.'),
    known: z.int().nonnegative().describe('Facts that the row needs and that are stated.'),
    total: z.int().nonnegative().describe('Facts that the row needs.'),
    missing: z.array(fact).describe('Facts that are not stated; of many the first.'),
    details: z.array(z.string()).describe('What people read below the row.'),
  })
  .meta({ id: 'Row', description: 'One element.' })
const table = z
  .strictObject({
    id: z.string().describe('What --table calls it.'),
    title: z.string().describe('What it shows.'),
    notes: z.array(z.string()).describe('How to read it, and what it does not know.'),
    columns: z.array(column).describe('In the order of the printed table.'),
    rows: z.array(row).describe('In the order of the printed table.'),
  })
  .meta({ id: 'Table', description: 'One analysis.' })
const analysis = z.strictObject({
  schemaVersion: z.literal(1).describe('Raised when a key goes away or changes its meaning.'),
  file: z.string().describe('The manifest.'),
  load: z.record(z.string(), z.number()).describe('Factors by which loads were multiplied, by journey.'),
  tables: z.array(table).describe('The analyses that were asked for.'),
})

export const analysisJsonSchema = (): unknown => ({
  ...z.toJSONSchema(analysis, { target: 'draft-7' }),
  title: 'scaffold-review analysis',
})

export function tablesJson(tables: readonly Table[], file: string, load: Readonly<Record<string, number>>): string {
  const data: z.input<typeof analysis> = {
    schemaVersion: 1,
    file,
    load,
    tables: tables.map(({ id, title, notes, columns, rows }) => ({
      id,
      title,
      notes: [...notes],
      columns: columns.map(({ key, title, unit }) => ({ key, title, unit })),
      rows: rows.map(({ at, journeys, cells, known, total, missing, details = [] }) => ({
        element: formatPath(at),
        journeys: journeys.map(({ name }) => name),
        cells: Object.fromEntries(columns.map(({ key }, i) => [key, cellOf(cells[i])])),
        known,
        total,
        missing: missing.map(formatPath),
        details: [...details],
      })),
    })),
  }
  return jsonText(data)
}

function cellOf(value: Cell): z.input<typeof cell> {
  if (typeof value !== 'object') return { value: value ?? null }
  const tone = value.tone ? { tone: value.tone } : {}
  return 'word' in value
    ? { value: value.word, ...tone }
    : { value: value.value, bound: value.bound ?? 'exact', ...tone }
}
