import type { Path } from '../finding.ts'
import { formatPath } from '../finding.ts'
import { expected } from '../docs/manifest-page.ts'
import { bullet, fence, page, table } from '../docs/markdown.ts'
import { namedSections } from '../manifest/schema/manifest.ts'
import { metaOf, schemaAt } from '../manifest/walk-schema.ts'
import { said } from '../reporters/cell.ts'
import type { Row, Table } from '../tables/table.ts'
import { isElement, namedAt, targetsOf, type Target } from './names.ts'
import type { Known } from './known.ts'
import type { RuleText } from './rule-text.ts'
import type { Spot } from './spots.ts'

/** What is known about a key or a value: what it means, what it names, and the numbers that follow from it. In Markdown. */
export function hoverText(spot: Spot, rules: readonly RuleText[], known: Known | undefined): string | undefined {
  const { path, role, value } = spot
  const parts =
    role === 'key'
      ? [meaningOf(path), numbersAbout(elementAt(path), known)]
      : [ruleText(path, value, rules), referenceText(path, value, known), meaningOf(path)]
  const text = parts.filter(part => part !== undefined).join('\n\n')
  return text === '' ? undefined : text
}

/** The meaning of a key as the reference of the manifest has it. */
export function meaningOf(path: Path): string | undefined {
  const schema = schemaAt(path)
  const meta = schema && metaOf(schema)
  if (!meta) return undefined
  const { doc, must, default: preset, example } = meta
  const form = expected(schema)
  return [
    `**${String(path.at(-1))}** ${doc}`,
    [
      ...(form === '' ? [] : [bullet(`Expected: ${form}`)]),
      ...(preset === undefined ? [] : [bullet(`Default: ${preset}`)]),
      ...(example === undefined ? [] : [bullet(`Example: \`${example}\``)]),
      ...(must ? [bullet('Must be stated on an important journey.')] : []),
    ].join('\n'),
  ]
    .filter(part => part !== '')
    .join('\n\n')
}

/** The element whose numbers a key shows: the call that it belongs to, or the element that it names. */
function elementAt(path: Path): Path | undefined {
  if (isElement(path)) return path
  return path[2] === 'calls' && path.length >= 4 ? path.slice(0, 4) : undefined
}

function numbersAbout(path: Path | undefined, known: Known | undefined): string | undefined {
  if (!path || !known) return undefined
  const byTable = new Map<Table, Row[]>()
  for (const { table, row } of known.rowsAbout(path)) byTable.set(table, [...(byTable.get(table) ?? []), row])
  const withNotes = byTable.size === 1
  const tables = [...byTable].map(([table, rows]) => numbersOf(table, rows, withNotes))
  return tables.length === 0 ? undefined : tables.join('\n\n')
}

/** Rows of a table about one element: the first column, which names it, and columns of which nothing is known are left out. */
function numbersOf({ title, notes, columns }: Table, rows: readonly Row[], withNotes: boolean): string {
  const shown = columns
    .map((column, i) => ({ column, i }))
    .filter(({ i }) => i > 0 && rows.some(row => row.cells[i] !== undefined))
  const cells = rows.map(row => shown.map(({ column, i }) => said(row.cells[i], { ...column, bar: false })))
  const details = rows.flatMap(row => row.details ?? [])
  const missing = [...new Set(rows.flatMap(row => row.missing.map(formatPath)))]
  return page(
    `**${title}**`,
    table(
      shown.map(({ column }) => column.title),
      cells,
    ),
    details.length > 0 && fence('text', details.join('\n')),
    missing.length > 0 && `Not stated: ${missing.map(fact => `\`${fact}\``).join(', ')}`,
    withNotes && notes.map(note => `_${note}_`).join('\n\n'),
  ).trimEnd()
}

function referenceText(path: Path, value: unknown, known: Known | undefined): string | undefined {
  const sections = namedAt(path)
  if (!sections || !known) return undefined
  const found = targetsOf(String(value), sections, elementsOf(known))
  if (found.length === 0) return `Nothing has the name "${String(value)}".`
  return found
    .map(target => [summaryOf(target, known), numbersAbout([target.section, target.name], known)])
    .flat()
    .filter(part => part !== undefined)
    .join('\n\n')
}

/** Where it is defined, as `file:line`. */
function summaryOf({ section, name }: Target, { files }: Known): string {
  const { file, start } = files.locate([section, name])
  return `**${name}** in \`${section}\`, ${file}:${start.line}`
}

/** Every element that is defined. */
export function elementsOf({ files, problems }: Known): Target[] {
  if (problems.length > 0) return []
  return namedSections.flatMap(section =>
    Object.keys(files.value[section] ?? {})
      .sort()
      .map((name): Target => ({ section, name })),
  )
}

function ruleText(path: Path, value: unknown, rules: readonly RuleText[]): string | undefined {
  if (path[0] !== 'waivers' || path.at(-1) !== 'rule') return undefined
  const rule = rules.find(({ id }) => id === value)
  return rule && `**${rule.id}** ${rule.title}.\n\n${rule.why}\n\n${rule.fix}`
}
