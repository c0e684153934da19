import type { Direction, Framework, SqlFile, TransactionMode } from './types.ts'

/** What the name of a file says of it, by the conventions of the tools. */
export interface Named {
  readonly framework: Framework
  readonly key: string
  readonly name: string
  readonly version: string | undefined
  readonly direction: Direction
  readonly transaction: TransactionMode
  /** Nothing that changes a schema: a script that only verifies. */
  readonly skip?: string
}

/** `V1_2__add_email.sql`, `U1_2__add_email.sql`, `B1__all.sql`, `R__views.sql`. */
const flyway = /^(?:([VUB])(\d[\d._]*)|(R))__(.+)\.sql$/
/** `0001_add_email.up.sql`, and the spellings of other tools. */
const upDown = /^(.*?)[._-](up|do|down|undo|rollback|revert)\.(?:sql|pgsql)$/i
const leadingVersion = /^[vV]?(\d[\d._]*?)(?:[_-]+|\.(?=[A-Za-z]))(.*?)(?:\.sql)?$/

const isBack = (word: string): boolean => /^(?:down|undo|rollback|revert)$/i.test(word)

export function namedBy(file: SqlFile, folders: ReadonlySet<string>): Named {
  const path = file.name.replaceAll('\\', '/').split('/')
  const base = path.at(-1)!
  const folder = path.at(-2) ?? ''
  const above = path.slice(0, -1).join('/')
  return byFlyway(base, above) ?? byFolder(base, folder, path, folders) ?? byBaseName(base, above)
}

function byFlyway(base: string, above: string): Named | undefined {
  const [, kind, number, repeatable, description = ''] = flyway.exec(base) ?? []
  if (kind === undefined && repeatable === undefined) return undefined
  const version = number?.replaceAll('_', '.')
  return {
    framework: 'flyway',
    key: `${above}/${version ?? `R ${description}`}`,
    name: description.replaceAll('_', ' '),
    version,
    direction: repeatable === undefined ? (kind === 'U' ? 'down' : 'up') : 'repeatable',
    transaction: 'ifPossible',
  }
}

/** Tools that give each migration a folder, or each direction. */
function byFolder(base: string, folder: string, path: string[], folders: ReadonlySet<string>): Named | undefined {
  const [, version, name = folder] = /^(\d[\d-]*)_?(.*)$/.exec(folder) ?? []
  const common = { key: path.slice(0, -1).join('/'), name, version }
  if (
    version !== undefined &&
    (base === 'migration.sql' || (base === 'down.sql' && folders.has(`${common.key}/migration.sql`)))
  )
    return { framework: 'prisma', ...common, direction: base === 'down.sql' ? 'down' : 'up', transaction: 'ifSeveral' }
  // Whether diesel opens a transaction stands in a metadata.toml beside the file.
  if (version !== undefined && (base === 'up.sql' || base === 'down.sql'))
    return { framework: 'diesel', ...common, direction: base === 'down.sql' ? 'down' : 'up', transaction: 'unknown' }
  const root = path.slice(0, -2).join('/')
  const isSqitch = ['deploy', 'revert'].every(part => folders.has(root === '' ? part : `${root}/${part}`))
  if (!isSqitch || !['deploy', 'revert', 'verify'].includes(folder)) return undefined
  return {
    framework: 'sqitch',
    key: `${root}/${base}`,
    name: base.replace(/\.sql$/i, ''),
    version: undefined,
    direction: folder === 'revert' ? 'down' : 'up',
    transaction: 'no',
    ...(folder === 'verify' && { skip: 'a script that verifies' }),
  }
}

function byBaseName(base: string, above: string): Named {
  const [, stem = base.replace(/\.sql$/i, ''), direction] = upDown.exec(base) ?? []
  const [, version, name = stem] = leadingVersion.exec(stem) ?? []
  const numbered = version !== undefined && direction !== undefined && /^(?:up|down)$/i.test(direction)
  return {
    framework: numbered ? 'golang-migrate' : 'plain',
    key: `${above}/${stem}`,
    name: name === '' ? stem : name,
    version: version?.replaceAll('_', '.'),
    direction: direction !== undefined && isBack(direction) ? 'down' : 'up',
    transaction: numbered ? 'ifSeveral' : 'unknown',
  }
}

/** All folders that hold a file, and the paths of the files of Prisma: the conventions of some tools show only in the neighbours. */
export function neighbours(files: readonly SqlFile[]): Set<string> {
  const found = new Set<string>()
  for (const { name } of files) {
    const path = name.replaceAll('\\', '/').split('/')
    found.add(path.slice(0, -1).join('/'))
    if (path.at(-1) === 'migration.sql') found.add(path.join('/'))
  }
  return found
}

/** What a tool does by default for a file whose name and markers do not say which tool it is for. */
export function modeOfTool(tool: string | undefined): TransactionMode | undefined {
  const name = tool?.toLowerCase().replace(/[^a-z]/g, '') ?? ''
  if (/^flyway/.test(name)) return 'ifPossible'
  if (
    /^(?:liquibase|dbmate|goose|pressly|sqlmigrate|nodepgmigrate|knex|typeorm|alembic|django|rails|activerecord|ecto)/.test(
      name,
    )
  )
    return 'yes'
  if (/^(?:golangmigrate|migrate|prisma)/.test(name)) return 'ifSeveral'
  if (/^psql/.test(name)) return 'no'
  return undefined
}

/** By the numbers in the versions: the order in which tools run them. Repeatable ones run last. */
export function inOrder(a: Named, b: Named): number {
  const last = Number(a.direction === 'repeatable') - Number(b.direction === 'repeatable')
  if (last !== 0) return last
  const [one, other] = [numbersOf(a), numbersOf(b)]
  for (let i = 0; i < Math.max(one.length, other.length); i++) {
    const [x = -1n, y = -1n] = [one[i], other[i]]
    if (x !== y) return x < y ? -1 : 1
  }
  return 0
}
const numbersOf = ({ version }: Named): bigint[] => (version?.match(/\d{1,30}/g) ?? []).map(BigInt)
