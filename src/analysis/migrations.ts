import type { Path } from '../finding.ts'
import type { Store } from '../manifest/model.ts'

type Migrations = Exclude<NonNullable<Store['migrations']>, 'none'>

/** A planned change, with its place in the plan. */
export type Step = NonNullable<Migrations['steps']>[number] & { readonly index: number; readonly path: Path }
export type StepKind = NonNullable<Step['kind']>

export const migrationsOf = ({ migrations }: Store): Migrations | undefined =>
  migrations === 'none' ? undefined : migrations

export function stepsOf(store: Store): readonly Step[] {
  return (migrationsOf(store)?.steps ?? []).map((step, index) => ({
    ...step,
    index,
    path: [...store.path, 'migrations', 'steps', index],
  }))
}

const includes = (kinds: readonly StepKind[], kind: StepKind | undefined) => kind !== undefined && kinds.includes(kind)

/** Ends the old shape: code that still uses it fails from then on. */
export const isContract = ({ kind }: Step): boolean =>
  includes(['dropColumn', 'dropTable', 'renameColumn', 'renameTable', 'changeType', 'setNotNull'], kind)

/** Undoing it brings the column or table back, but empty. */
export const losesData = ({ kind }: Step): boolean => includes(['dropColumn', 'dropTable'], kind)

/** A change of the code that uses the object; it takes effect while a release rolls out. */
export const isCodeChange = ({ kind }: Step): boolean => includes(['dualWrite', 'switchReads', 'switchCode'], kind)

/** From here on code uses the new shape only. */
export const isSwitch = ({ kind }: Step): boolean => includes(['switchReads', 'switchCode'], kind)

export const isExpand = ({ kind }: Step): boolean => includes(['addTable', 'addColumn'], kind)

/** Takes a lock on a table that others use: everything but new tables, changes of code, and changes of rows. */
export const blocksTable = (step: Step): boolean =>
  step.kind !== undefined &&
  step.kind !== 'addTable' &&
  step.kind !== 'backfill' &&
  step.newTable !== true &&
  !isCodeChange(step)

/** `dropColumn orders.total`. */
export const stepName = ({ kind, object }: Step): string => [kind, object].filter(part => part !== undefined).join(' ')
