import type { Model } from '../manifest/model.ts'
import type { LoadFactors } from './load-factor.ts'

/** What happens to a system at the same time. Components by their names; what has no such name is left out. */
export interface Scenario {
  /** They refuse, or answer with errors. */
  readonly down: readonly string[]
  readonly slow: readonly Slowdown[]
  /** Stores whose data is gone until it is restored. */
  readonly dataLoss: readonly string[]
  /** Caches that answer but hold nothing. */
  readonly cacheFlush: readonly string[]
  /** Services that are rolled out. */
  readonly deploy: readonly string[]
  /** One availability zone is lost: for each component the one that hurts it most. */
  readonly zoneLoss: boolean
  /** `undefined`: the load is not what is asked about. */
  readonly load: LoadFactors | undefined
}

export interface Slowdown {
  readonly component: string
  /** Milliseconds until it answers; `Infinity` where it never does. */
  readonly time: number
}

export const calm: Scenario = {
  down: [],
  slow: [],
  dataLoss: [],
  cacheFlush: [],
  deploy: [],
  zoneLoss: false,
  load: undefined,
}

/** Whether anything happens at all. */
export const isCalm = ({ down, slow, dataLoss, cacheFlush, deploy, zoneLoss, load }: Scenario): boolean =>
  [down, slow, dataLoss, cacheFlush, deploy].every(({ length }) => length === 0) && !zoneLoss && load === undefined

/** The factor of every journey: one for all, then those of single ones. */
export function factorsOf(
  asked: readonly { readonly journey: string | undefined; readonly factor: number }[],
  { raw, journeys }: Model,
): LoadFactors {
  // Journeys that follow from entry points state no load that could grow.
  const names = Object.keys(raw.journeys ?? {}).length > 0 ? [...journeys.keys()] : []
  return Object.fromEntries(
    asked.flatMap(({ journey, factor }) => (journey === undefined ? names : [journey]).map(name => [name, factor])),
  )
}
