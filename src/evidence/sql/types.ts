import type { Severity } from '../../finding.ts'

/** What is read of SQL migrations and what is said of them. Plain data. */

/** A file as it was read by the caller; `name` is what messages call it. */
export interface SqlFile {
  readonly name: string
  readonly text: string
}

/**
 * Whether the tool that runs a migration opens a transaction around it.
 * `yes`, `no`: it does, it does not.
 * `ifSeveral`: the tool sends the file as one query, which PostgreSQL runs as one transaction where it holds several statements.
 * `ifPossible`: the tool looks for statements that cannot run in a transaction, and leaves it out for those.
 * `unknown`: it depends on a setting outside the file.
 */
export type TransactionMode = 'yes' | 'no' | 'ifSeveral' | 'ifPossible' | 'unknown'

export type Direction = 'up' | 'down' | 'repeatable'

export type Framework =
  | 'flyway'
  | 'liquibase'
  | 'golang-migrate'
  | 'prisma'
  | 'diesel'
  | 'dbmate'
  | 'goose'
  | 'sql-migrate'
  | 'node-pg-migrate'
  | 'sqitch'
  | 'plain'

/** A statement before it is parsed. Line and column count from 1, in UTF-16 code units; `offset` counts from 0 into the file. */
export interface Statement {
  /** What the parser gets: as long as the source, with placeholders made into identifiers. */
  readonly text: string
  readonly offset: number
  readonly line: number
  readonly column: number
  /** The first words in upper case: `['CREATE', 'INDEX', 'CONCURRENTLY']`. */
  readonly words: readonly string[]
  /** Placeholders of a template, as the parser sees them and as they are written. */
  readonly placeholders: readonly { readonly seen: string; readonly written: string }[]
}

/** Something that could not be read, or was passed over. */
export interface SqlNote {
  readonly kind: 'unreadable' | 'skipped'
  readonly message: string
  readonly file: string
  readonly line: number
  readonly column: number
}

/** What runs as one step of the tool: a file, a section of one, or a changeset. */
export interface Migration {
  readonly file: string
  /** The same for the two directions of one migration. */
  readonly key: string
  readonly name: string
  /** As it is written, such as `1.2`; `undefined` for what has none. */
  readonly version: string | undefined
  readonly direction: Direction
  readonly framework: Framework
  readonly transaction: TransactionMode
  readonly statements: readonly Statement[]
  readonly notes: readonly SqlNote[]
  /** The author says that nothing has to be undone, as by `--rollback empty`. */
  readonly deliberatelyEmpty?: boolean
  /** Where the section begins, for what is said of all of it. */
  readonly line: number
  readonly column: number
}

/** The modes of the manual, "Table-Level Locks". */
export type Lock = 'ACCESS EXCLUSIVE' | 'EXCLUSIVE' | 'SHARE ROW EXCLUSIVE' | 'SHARE' | 'SHARE UPDATE EXCLUSIVE'

/**
 * `blocks`: others wait for as long as the statement works. `holds`: others wait until the transaction ends. `fails`: PostgreSQL
 * refuses it. `breaksCode`: code that runs meanwhile fails. `losesData`: rows are gone. `irreversible`: the way back does not lead back.
 */
export type HazardClass = 'blocks' | 'holds' | 'fails' | 'breaksCode' | 'losesData' | 'irreversible'

export interface Hazard {
  readonly id: HazardId
  readonly class: HazardClass
  readonly severity: Severity
  readonly message: string
  readonly fix: string
  readonly file: string
  readonly line: number
  readonly column: number
  readonly table?: string
  /** The strongest lock that it takes on the table. */
  readonly lock?: Lock
  /** The beginning of the statement, in one line. */
  readonly statement: string
}

export const hazardIds = [
  'index-not-concurrent',
  'drop-index-not-concurrent',
  'reindex-not-concurrent',
  'constraint-not-valid-missing',
  'foreign-key-with-column',
  'constraint-builds-index',
  'domain-constraint-checks-rows',
  'set-not-null-scans',
  'type-change-rewrites',
  'add-column-rewrites',
  'required-column-without-default',
  'table-rewrite',
  'lock-table',
  'refresh-not-concurrent',
  'attach-partition-scans',
  'detach-not-concurrent',
  'whole-table-write',
  'work-under-lock',
  'validate-under-lock',
  'many-locks-in-transaction',
  'concurrently-in-transaction',
  'not-in-transaction',
  'mixed-transaction',
  'enum-value-used-too-early',
  'set-local-without-transaction',
  'transaction-left-open',
  'commit-in-tool-transaction',
  'no-lock-timeout',
  'no-statement-timeout',
  'drop-table',
  'drop-column',
  'drop-database',
  'truncate',
  'truncate-cascade',
  'rename',
  'row-security-without-policy',
  'contract-with-expand',
  'irreversible-step',
  'down-brings-back-empty',
  'down-does-not-undo',
] as const
export type HazardId = (typeof hazardIds)[number]

/** A fact that neither the files nor the manifest state, and that decides: how long a statement waits for a lock. */
export interface SqlQuestion {
  readonly fact: 'lockTimeout'
  readonly because: string
  readonly file: string
  readonly line: number
  readonly column: number
}

/** What the store says of itself in the manifest. What is absent is not known. */
export interface StoreFacts {
  /** Canonical name such as `postgres`, and the first number of its version; without one the newest is assumed. */
  readonly product?: string | undefined
  readonly major?: number | undefined
  /** What runs the migrations, such as `flyway`, for files whose names do not say. */
  readonly tool?: string | undefined
  /** Holds for files whose names and markers say nothing, in place of what the tool does. */
  readonly transaction?: TransactionMode | undefined
  /** Milliseconds; `none`: stated that there is none. A default of the role or of the tool's connection counts. */
  readonly lockTimeout?: number | 'none' | undefined
  readonly statementTimeout?: number | 'none' | undefined
  readonly strategy?: 'expandContract' | 'maintenanceWindow' | 'inPlace' | undefined
  /** Whether old and new code run at the same time while a release rolls out. */
  readonly overlaps?: boolean | undefined
  /** Rows by table. */
  readonly rows?: Readonly<Record<string, number>> | undefined
}

/** A change in the words of the manifest's `migrations.steps`, for comparison with what is planned there. */
export interface SqlChange {
  readonly kind:
    | 'addTable'
    | 'addColumn'
    | 'addIndex'
    | 'addConstraint'
    | 'backfill'
    | 'dropColumn'
    | 'dropTable'
    | 'renameColumn'
    | 'renameTable'
    | 'changeType'
    | 'setNotNull'
    | 'dropConstraint'
  /** `table` or `table.column`. */
  readonly object: string
  readonly concurrently?: boolean
  readonly notValid?: boolean
  readonly default?: 'none' | 'constant' | 'volatile'
  readonly newTable?: boolean
  readonly file: string
  readonly line: number
  readonly column: number
}
