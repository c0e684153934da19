import { inOrder, modeOfTool, namedBy, neighbours, type Named } from './frameworks.ts'
import { sectionsOf } from './sections.ts'
import { locator, splitStatements } from './split.ts'
import type { Migration, SqlFile, StoreFacts, TransactionMode } from './types.ts'

/**
 * The migrations in the files, in the order in which their tool runs them, each cut into statements and not yet parsed. The tool, the
 * version, the direction and whether there is a transaction follow from the names of the files and the markers in them.
 * Takes time in proportion to the length of the texts. Never throws; what is wrong with a text stands in `notes`.
 */
export function readMigrations(
  files: readonly SqlFile[],
  facts: Pick<StoreFacts, 'tool' | 'transaction'> = {},
): Migration[] {
  const folders = neighbours(files)
  const assumed = facts.transaction ?? modeOfTool(facts.tool)
  return files
    .map(file => ({ file, named: namedBy(file, folders) }))
    .filter(({ named }) => named.skip === undefined)
    .sort((a, b) => inOrder(a.named, b.named) || (a.file.name < b.file.name ? -1 : 1))
    .flatMap(({ file, named }) => migrationsIn(file, named, assumed))
}

function migrationsIn(file: SqlFile, named: Named, assumed: TransactionMode | undefined): Migration[] {
  const place = locator(file.text)
  const broken = brokenAt(file.text)
  return sectionsOf(file, named).map(section => {
    const locate = (offset: number) => place(offset + section.base)
    const { statements, notes } = splitStatements({ name: file.name, text: section.text }, section, locate)
    const { framework, key, name, version, direction, transaction } = section.named
    // A marker or a name says more than what the manifest says of all files.
    const mode = framework === 'plain' && transaction === 'unknown' ? (assumed ?? transaction) : transaction
    const inside =
      broken !== undefined && broken.at >= section.base + section.start && broken.at < section.base + section.end
    return {
      file: file.name,
      key,
      name,
      version,
      direction,
      framework,
      transaction: mode,
      statements: statements.map(statement => ({ ...statement, offset: statement.offset + section.base })),
      notes: inside
        ? [...notes, { kind: 'unreadable' as const, message: broken.message, file: file.name, ...place(broken.at) }]
        : notes,
      ...(section.deliberatelyEmpty && { deliberatelyEmpty: true }),
      ...locate(section.start),
    }
  })
}

/** A parser in C ends its text at a NUL and would pass what follows. */
function brokenAt(text: string): { at: number; message: string } | undefined {
  const at = text.indexOf('\0')
  return at === -1
    ? undefined
    : { at, message: 'A NUL character stands here, which PostgreSQL refuses; expected text in UTF-8' }
}
