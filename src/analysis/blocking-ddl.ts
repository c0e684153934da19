import type { Path } from '../finding.ts'
import type { Engine } from './engine.ts'
import type { Step } from './migrations.ts'

/** What a step does to others who use its table. */
export type Blocking =
  | { readonly ask: 'concurrently' | 'notValid' | 'default' | 'batched' }
  /** `blocks`: what cannot be done meanwhile; `while`: how long; `key`: the stated fact that says so. */
  | {
      readonly key: 'concurrently' | 'notValid' | 'default' | 'batched'
      readonly blocks: 'writes' | 'reads and writes' | 'the same rows'
      readonly during: string
      readonly instead: string
    }

/** `undefined` where nobody has to wait for long, as far as the manifest says. A version that is not stated is the newest. */
export function blockingOf(step: Step, { product, major = Number.POSITIVE_INFINITY }: Engine): Blocking | undefined {
  if (step.kind === 'backfill') return backfill(step)
  return product === 'postgres' ? inPostgres(step, major) : inMySql(step)
}

/** `concurrently` says of any change that nobody has to wait for it. */
function unlessOnline(step: Step, blocking: Omit<Extract<Blocking, { key: string }>, 'key'>): Blocking | undefined {
  if (step.concurrently === true) return undefined
  return step.concurrently === undefined ? { ask: 'concurrently' } : { key: 'concurrently', ...blocking }
}

function backfill({ batched }: Step): Blocking | undefined {
  if (batched === true) return undefined
  if (batched === undefined) return { ask: 'batched' }
  const during = 'until the whole table is filled, in one transaction'
  return { key: 'batched', blocks: 'the same rows', during, instead: 'Fill it in batches of a few thousand rows' }
}

function inPostgres(step: Step, major: number): Blocking | undefined {
  const everything = 'reads and writes'
  switch (step.kind) {
    case 'addIndex':
      return unlessOnline(step, {
        blocks: 'writes',
        during: 'while the index is built',
        instead: 'Use CREATE INDEX CONCURRENTLY, outside a transaction',
      })
    case 'addConstraint':
      if (step.notValid === true) return undefined
      // A unique constraint takes over an index that was built before.
      if (step.concurrently === true) return undefined
      if (step.notValid === undefined) return { ask: 'notValid' }
      if (step.concurrently === undefined) return { ask: 'concurrently' }
      return {
        key: 'notValid',
        blocks: 'writes',
        during: 'while all rows are checked',
        instead:
          'Add it NOT VALID and validate it in a later step; build the index of a unique one concurrently before',
      }
    case 'setNotNull':
      if (step.notValid === true && major >= 12) return undefined
      if (step.notValid === undefined) return { ask: 'notValid' }
      return {
        key: 'notValid',
        blocks: everything,
        during: 'while all rows are checked',
        instead:
          major >= 12
            ? 'Add CHECK (... IS NOT NULL) NOT VALID, validate it, and set NOT NULL then, which needs no scan since PostgreSQL 12'
            : 'Keep a validated CHECK (... IS NOT NULL) instead; before PostgreSQL 12 to set NOT NULL scans the table in any case',
      }
    case 'changeType':
      return unlessOnline(step, {
        blocks: everything,
        during: 'while the table is rewritten',
        instead: 'Add a column of the new type, copy in batches, and switch',
      })
    case 'addColumn':
      if (step.default === 'volatile' || (step.default === 'constant' && major < 11))
        return {
          key: 'default',
          blocks: everything,
          during: 'while the table is rewritten',
          instead: 'Add the column without a default, set the default, and fill the rows in batches',
        }
      // Since PostgreSQL 11 only a default that is made anew for each row rewrites the table.
      return step.default === undefined && major < 11 ? { ask: 'default' } : undefined
    default:
      return undefined
  }
}

/** InnoDB builds indices and adds columns while others write; a foreign key, a check or another type copies the table. */
function inMySql(step: Step): Blocking | undefined {
  if (step.kind !== 'changeType' && step.kind !== 'addConstraint') return undefined
  return unlessOnline(step, {
    blocks: 'writes',
    during: 'while the table is copied',
    instead: 'Use a tool that copies the table online, such as gh-ost or pt-online-schema-change',
  })
}

/** Facts without which another step of the plan may be the one that creates the table, with the same release. */
export function mayBeBornWith(step: Step, steps: readonly Step[]): Path[] {
  const creates = (other: Step) =>
    other !== step &&
    (other.kind === undefined || other.kind === 'addTable') &&
    (other.release === undefined || step.release === undefined || other.release === step.release) &&
    (other.object === undefined ||
      step.object === undefined ||
      step.object === other.object ||
      step.object.startsWith(`${other.object}.`))
  const missing = (one: Step, keys: readonly ('kind' | 'object' | 'release')[]): Path[] =>
    keys.filter(key => one[key] === undefined).map(key => [...one.path, key])
  const other = steps.find(creates)
  return other ? [...missing(other, ['kind', 'object', 'release']), ...missing(step, ['object', 'release'])] : []
}
