import { issuesOf } from '../manifest/schema/to-zod.ts'
import type { Type } from '../manifest/schema/type.ts'
import { itemOf, metaOf, schemaAt, shapeOf } from '../manifest/walk-schema.ts'
import type { AnyRule } from '../rules/define.ts'
import { madeBy, page, table } from './markdown.ts'

/** Elements with a table of their own, in the order in which one writes a manifest; the first is the top level. */
const sections: readonly { key: string; path: readonly (string | number)[]; title: string }[] = [
  { key: '', path: [], title: 'Top level' },
  ...['journeys', 'slos', 'alerts', 'services'].map(named),
  ...['calls', 'publishes', 'consumes'].map(key => ({
    key,
    path: ['services', 'x', key, 0],
    title: `services.*.${key}[]`,
  })),
  ...['stores', 'queues', 'caches', 'externals', 'jobs', 'drills', 'decisions', 'flags'].map(named),
  ...['waivers', 'expect'].map(key => ({ key, path: [key, 0], title: `${key}[]` })),
]

function named(key: string) {
  return { key, path: [key, 'x'], title: `${key}.*` }
}

const ownTables = new Set(sections.map(({ key }) => key))

/** The reference of the manifest: every key with its meaning, its form, its default and the rules that read it. */
export function manifestPage(rules: readonly AnyRule[], to = 'rules/'): string {
  const readers = new Map<string, string[]>()
  for (const { id, reads } of rules)
    for (const key of reads) readers.set(key, [...(readers.get(key) ?? []), `[${id}](${to}${id}.md)`])
  return page(
    '# The manifest',
    `One YAML map. Only names are required; each further fact sharpens the review. A key that is absent is "not stated", which
is neither yes nor no: what a rule cannot decide without it becomes an open question. \`none\` and \`false\` say that there
is none. Keys marked **must** are reported as "not stated" where they are missing on a journey that is critical, high or of
unstated criticality. An empty last column means that nothing reads the key yet: it can be stated, and changes no verdict.
Keys that start with \`x-\` are yours. \`defaults\` state facts for all elements of a kind.

Durations: \`250ms\`, \`2s\`, \`15m\`, \`1h30m\`, \`30d\`. Shares: \`99.9%\` or \`0.999\`. Rates: \`600/s\`, \`36000/min\`. Sizes: \`20GiB\`.`,
    ...sections.map(({ key, path, title }) => {
      const rows = [...keysOf(schemaAt(path)!, '', key === '' ? '' : `${key}.`)].map(({ name, full, schema }) =>
        row(name, schema, readers.get(full) ?? []),
      )
      return `## ${title}\n\n${table(['key', 'value', 'meaning', 'read by'], rows)}`
    }),
    madeBy('src/manifest/schema'),
  )
}

/** The keys of an element and of the maps in it, dotted; elements with a table of their own are not entered. */
function* keysOf(schema: Type, prefix: string, owner: string): Generator<{ name: string; full: string; schema: Type }> {
  for (const [key, child] of shapeOf(schema)) {
    const name = `${prefix}${key}`
    yield { name, full: `${owner}${name}`, schema: child }
    if (ownTables.has(key) && (owner === '' || key !== 'alerts')) continue
    if (owner === '' && key === 'defaults') continue
    const item = itemOf(child)
    if (shapeOf(child).size > 0) yield* keysOf(child, `${name}.`, owner)
    else if (item && shapeOf(item).size > 0) yield* keysOf(item, `${name}.`, owner)
  }
}

function row(name: string, schema: Type, readBy: readonly string[]): string[] {
  const meta = metaOf(schema)
  const notes = [
    ...(meta?.must ? ['**must**'] : []),
    ...(meta?.default === undefined ? [] : [`default: ${meta.default}`]),
    ...(meta?.example === undefined ? [] : [`e.g. \`${meta.example}\``]),
  ]
  return [
    `\`${name}\``,
    `${expected(schema)}${notes.length > 0 ? `; ${notes.join('; ')}` : ''}`,
    meta?.doc ?? '',
    readBy.join(', '),
  ]
}

/** The words with which the schema itself refuses what it does not know. */
export function expected(schema: Type): string {
  const [issue] = issuesOf(schema, Symbol('nothing that YAML can hold'))
  return (issue?.message ?? '').replace(/^expected /, '')
}
