import type { Journey } from '../manifest/model.ts'
import { rankOf } from './reach.ts'

/**
 * How much a journey counts: critical twice as much as high, and so on down to best effort, times its load at the peak. Loads
 * count only where every journey states one, as otherwise the silent ones would weigh nothing.
 */
export function weightsOf(journeys: readonly Journey[]): ReadonlyMap<string, number> {
  const loads = journeys.map(({ load }) => load?.peak ?? load?.steady)
  const isKnown = !loads.includes(undefined)
  return new Map(
    journeys.map(({ name, criticality }, i) => [name, 2 ** (4 - rankOf(criticality)) * (isKnown ? loads[i]! : 1)]),
  )
}
