import { evidenceRules } from '../engine/evidence-rules.ts'
import { engineOf } from '../analysis/engine.ts'
import { migrationsOf, stepsOf, type Step } from '../analysis/migrations.ts'
import type { Claim, Finding, Location, Path } from '../finding.ts'
import type { Model, Store } from '../manifest/model.ts'
import { nothing, unreadablePart, type Manifest, type Told } from './claims.ts'
import type { SqlEvidence } from './sql/evidence.ts'
import type { Hazard, SqlChange, StoreFacts } from './sql/types.ts'

/** SQL migrations: what is dangerous in them, and whether they are what the manifest plans. */

/** The migrations of a store, or those of which nobody knows the store. */
export interface ReadMigrations {
  readonly store: string | undefined
  readonly evidence: SqlEvidence
}

export function migrationEvidence(read: readonly ReadMigrations[], manifest: Manifest): Told {
  const told = nothing()
  for (const { store: name, evidence } of read) {
    const store = name === undefined ? undefined : manifest.model.stores.get(name)
    told.findings.push(...evidence.hazards.map(hazard => toFinding(hazard, store, manifest)))
    for (const note of evidence.notes) {
      if (note.kind === 'unreadable')
        told.questions.push(
          unreadablePart('migrations', 'migrations', note.file, note.message, placeOf(note), manifest),
        )
      else if (store)
        told.claims.push(claimOf(store, [...store.path, 'migrations'], 'claimed', note.message, [], manifest))
    }
    if (store) told.claims.push(...stepsOf(store).flatMap(step => stepClaim(store, step, evidence.changes, manifest)))
  }
  return told
}

interface Placed {
  readonly file: string
  readonly line: number
  readonly column: number
}

const placeOf = ({ file, line, column }: Placed): Location => {
  const point = { line, column, offset: 0 }
  return { file, path: [], start: point, end: point }
}

function toFinding(hazard: Hazard, store: Store | undefined, manifest: Manifest): Finding {
  const { id, file, table, severity, message, fix } = hazard
  const place = placeOf(hazard)
  const at: Path = ['evidence', 'migrations']
  return {
    ruleId: evidenceRules.find(one => one.id === 'migration-hazard')!.id,
    question: 'migrations',
    severity,
    message,
    fix,
    // Recognised in the next run by its file, its kind and its table, wherever it stands in the file.
    location: { ...place, path: [...at, file.split('/').at(-1)!, id, ...(table === undefined ? [] : [table])] },
    subject: store?.path ?? at,
    evidence: store
      ? [{ label: `migrations of "${store.name}"`, location: manifest.at([...store.path, 'migrations']) }]
      : [],
    journeys: [],
    alsoImplies: [],
  }
}

/** A planned step that is written already, and whether it is written as planned. Those that are not may come later. */
function stepClaim(store: Store, step: Step, changes: readonly SqlChange[], manifest: Manifest): Claim[] {
  const { kind, object, path } = step
  if (kind === undefined || object === undefined) return []
  const bare = (name: string) =>
    name
      .toLowerCase()
      .replaceAll('"', '')
      .replace(/^public\./, '')
  const found = changes.findLast(change => change.kind === kind && bare(change.object) === bare(object))
  if (!found)
    return [
      claimOf(
        store,
        path,
        'claimed',
        `The step ${kind} of ${object} in "${store.name}" is in no migration yet`,
        [],
        manifest,
      ),
    ]
  for (const key of ['concurrently', 'notValid', 'default', 'newTable'] as const) {
    const [stated, written] = [step[key], found[key]]
    if (stated === undefined || written === undefined || stated === written) continue
    const message = `The step ${kind} of ${object} in "${store.name}" has ${key} ${stated} in the manifest and ${written} in the migration; expected both to say the same`
    return [
      {
        ...claimOf(store, [...path, key], 'contradicted', message, [found], manifest),
        fix: `Correct the migration, or state ${key}: ${written}`,
      },
    ]
  }
  return [
    claimOf(
      store,
      path,
      'evidenced',
      `The step ${kind} of ${object} in "${store.name}" is written as planned`,
      [found],
      manifest,
    ),
  ]
}

const claimOf = (
  store: Store,
  at: Path,
  state: Claim['state'],
  message: string,
  places: readonly Placed[],
  manifest: Manifest,
): Claim => ({
  state,
  kind: 'migrations',
  subject: store.path,
  question: 'migrations',
  message,
  location: manifest.at(at),
  places: places.map(one => ({ label: 'the migration', location: placeOf(one) })),
})

/** What a store says of itself, as far as it decides what is dangerous. */
export function storeFactsOf(store: Store, model: Model): StoreFacts {
  const { tool, lockTimeout, statementTimeout, strategy } = migrationsOf(store) ?? {}
  const rows = stepsOf(store).flatMap(({ object, rows: count }) =>
    object === undefined || count === undefined ? [] : [[object.split('.')[0]!, count] as const],
  )
  return {
    ...engineOf(store),
    tool,
    lockTimeout,
    statementTimeout,
    strategy,
    overlaps: overlapsOf(store, model),
    ...(rows.length > 0 ? { rows: Object.fromEntries(rows) } : {}),
  }
}

/** Whether old and new code of a service that uses the store run at the same time; `undefined` where nobody says. */
function overlapsOf(store: Store, model: Model): boolean | undefined {
  const users = model.calls.filter(({ target }) => target === store).map(({ from }) => from)
  const strategies = users.map(user =>
    'deploy' in user && user.deploy !== undefined ? user.deploy.strategy : undefined,
  )
  if (strategies.some(one => one !== undefined && ['rolling', 'canary', 'blueGreen'].includes(one))) return true
  return strategies.length > 0 && strategies.every(one => one === 'recreate') ? false : undefined
}

/**
 * The store whose migrations a file holds: the one that names it, the only one that has migrations, or the one whose name is
 * a folder of its path.
 * @param names by store, whether its globs find the file
 */
export function storeOf(path: string, model: Model, names: (store: Store) => boolean): Store | undefined {
  const stores = [...model.stores.values()]
  const named = stores.filter(names)
  if (named.length > 0) return named.length === 1 ? named[0] : undefined
  const migrating = stores.filter(store => migrationsOf(store) !== undefined)
  if (migrating.length === 1) return migrating[0]
  const steps = path.toLowerCase().split('/').slice(0, -1)
  const inPath = stores.filter(({ name }) => steps.some(step => plain(step) === plain(name)))
  return inPath.length === 1 ? inPath[0] : undefined
}

/** The migrations of `orders-db` lie in `db/orders` as well as in `orders_db`. */
const plain = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '')
    .replace(/(?<=.)(?:db|database)$/, '')
