import type { Path } from '../finding.ts'
import type { Model, Service, Store } from '../manifest/model.ts'
import type { Answer } from './estimate.ts'
import { indicesOf } from './indices.ts'
import { isCodeChange, isContract, isExpand, isSwitch, type Step } from './migrations.ts'

/** What the plan says of the order in which a destructive step and the code that uses its object change. */
export interface Order {
  /** A step that has to ship before the destructive one, and does not. */
  readonly tooLate: { readonly step: Step; readonly sameRelease: boolean } | undefined
  /** Whether the plan says that code stops using the old shape in a release before. */
  readonly switched: boolean
}

/** Facts without which the plan may mean anything for a step: those of what may be about the same object. */
export function gapsAround(contract: Step, steps: readonly Step[]): Path[] {
  const near = steps.filter(
    step => step !== contract && (step.object === undefined || (concerns(step, contract) && !isContract(step))),
  )
  return (near.length === 0 ? [] : [contract, ...near]).flatMap(step =>
    (['kind', 'object', 'release'] as const).filter(key => step[key] === undefined).map(key => [...step.path, key]),
  )
}

/** For a plan without gaps. */
export function orderOf(contract: Step, steps: readonly Step[]): Order {
  const turns = steps
    .filter(step => step !== contract && concerns(step, contract))
    .map(step => ({ step, turn: turnOf(step, contract) }))
  const before = turns.filter(({ turn }) => turn === 'before').map(({ step }) => step)
  const switched = before.some(step => isReady(step, contract))
  // A column that comes back after code has left it is a new one, and what follows is about that.
  const reborn = switched ? turns.find(({ step, turn }) => turn === 'after' && isExpand(step))?.step : undefined
  const late = turns.filter(
    ({ step, turn }) =>
      isSurelyAbout(step, contract) &&
      mustPrecede(step, contract, before) &&
      (turn === 'after' || (turn === 'same' && isLateWithin(step, contract))) &&
      (reborn === undefined || turnOf(step, reborn) === 'before'),
  )
  const worst = late.find(({ turn }) => turn === 'same') ?? late[0]
  return { tooLate: worst && { step: worst.step, sameRelease: worst.turn === 'same' }, switched }
}

/** When a step ships, seen from another: by number where both releases are numbers, else by the order of the plan. */
function turnOf(step: Step, other: Step): 'before' | 'same' | 'after' {
  const [a, b] = [step.release, other.release]
  if (a === b) return 'same'
  const earlier = typeof a === 'number' && typeof b === 'number' ? a < b : step.index < other.index
  return earlier ? 'before' : 'after'
}

const covers = (table: string | undefined, object: string | undefined): boolean =>
  table !== undefined && (object === table || object?.startsWith(`${table}.`) === true)

/** The same object, a column of it, or in the author's favour its whole table. */
const concerns = (step: Step, contract: Step): boolean =>
  covers(contract.object, step.object) || covers(step.object, contract.object)

/** A step about a whole table need not be about the column that goes. */
const isSurelyAbout = (step: Step, contract: Step): boolean => covers(contract.object, step.object)

/** After this step the old shape can go; for a column that becomes required, every row has a value. */
const isReady = (step: Step, contract: Step): boolean =>
  isSwitch(step) || (contract.kind === 'setNotNull' && (step.kind === 'dualWrite' || step.kind === 'backfill'))

/** Steps that make sense only while the old shape is there. */
function mustPrecede(step: Step, contract: Step, before: readonly Step[]): boolean {
  // What counts for a required column is that code writes it; when code begins to read it does not matter.
  if (contract.kind === 'setNotNull' && isSwitch(step))
    return step.kind === 'switchCode' && !before.some(({ kind }) => kind === 'dualWrite')
  return isCodeChange(step) || isExpand(step) || step.kind === 'backfill'
}

/** In one release schema changes run in the order of the plan, but code changes while both versions of it run. */
const isLateWithin = (step: Step, contract: Step): boolean =>
  isCodeChange(step) || step.index > contract.index || (contract.kind === 'setNotNull' && step.default === 'none')

/** A table that the same release creates has no old shape. */
export const isBornWith = (contract: Step, steps: readonly Step[]): boolean =>
  contract.newTable === true ||
  steps.some(
    ({ kind, object, release }) =>
      kind === 'addTable' && covers(object, contract.object) && release !== undefined && release === contract.release,
  )

export const servicesOf = (store: Store, model: Model): Service[] =>
  [
    ...new Set(
      indicesOf(model)
        .callsTo(store.name)
        .map(({ from }) => from),
    ),
  ].filter(from => from.kind === 'service')

/** Whether a deploy of a service that uses the store runs its old and its new version at the same time. */
export function overlaps(store: Store, model: Model): Answer {
  const services = servicesOf(store, model)
  const answers = services.map((service): boolean | Path => {
    const strategy = service.deploy?.strategy ?? (model.raw.platform === 'kubernetes' ? 'rolling' : undefined)
    if (strategy === undefined) return [...service.path, 'deploy', 'strategy']
    return strategy !== 'recreate' && strategy !== 'allAtOnce'
  })
  if (answers.includes(true)) return true
  const missing = answers.filter(answer => typeof answer !== 'boolean')
  return missing.length > 0 && missing
}
