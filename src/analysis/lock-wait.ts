import type { Store } from '../manifest/model.ts'
import type { Facts } from './index.ts'

/** Beyond this a lock timeout protects nobody, however large the pools are. */
const longestSensible = 1000

/**
 * The largest lock timeout for which the queries that wait meanwhile stay below the pools of the callers:
 * λ · t < Σ pools, in milliseconds. `undefined` where load or pools are not known.
 */
export function largestHarmlessWait(
  store: Store,
  facts: Facts,
): { perSecond: number; pools: number; wait: number } | undefined {
  const perSecond = facts.load.at(store.name, 'peak').high
  const mine = facts.ledger(store).entries.filter(({ call }) => call.target === store)
  if (perSecond === undefined || perSecond === 0 || mine.some(({ total }) => total.high === undefined)) return undefined
  const pools = mine.reduce((sum, { total }) => sum + total.low, 0)
  const step = Math.max(1, 10 ** (Math.floor(Math.log10((pools / perSecond) * 1000)) - 1))
  // Two significant digits, rounded down, and strictly below.
  const wait = (Math.ceil((pools / perSecond) * (1000 / step)) - 1) * step
  return wait < 1 ? undefined : { perSecond, pools, wait: Math.min(wait, longestSensible) }
}
