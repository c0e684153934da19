import { budgetSpent, burnRateFor } from './formulas/error-budget.ts'

const hour = 3_600_000
const month = 30 * 24 * hour

/** Burn rates that are computed for 30 days, with the share of the budget that they stand for. */
const tiers = [
  { long: hour, burnRate: 14.4, share: 0.02 },
  { long: 6 * hour, burnRate: 6, share: 0.05 },
  { long: 24 * hour, burnRate: 3, share: 0.1 },
  { long: 72 * hour, burnRate: 1, share: 0.1 },
]

/** A page is for a tenth of the budget at most and half a percent at least; a quarter more or less is a matter of taste. */
export const [mostForPage, usualForPage, leastForPage] = [0.1, 0.02, 0.005]
const tolerance = 1.25

/** What is wrong with a burn rate over a time, measured against the window of its SLO. */
export interface BurnFault {
  readonly kind: 'onBudget' | 'copied' | 'late' | 'noisy'
  /** Share of the budget that is gone when it fires. */
  readonly spent: number
  /** The share that is meant, and the burn rate that is it. */
  readonly share: number
  readonly burnRate: number
}

/** @param pages whether it surely wakes somebody: only then the share of the budget is too much or too little */
export function faultOf(burnRate: number, long: number, window: number, pages: boolean): BurnFault | undefined {
  const spent = budgetSpent(burnRate, long, window)
  const tier = tiers.find(one => one.long === long && one.burnRate === burnRate)
  const share = tier?.share ?? usualForPage
  const found = { spent, share, burnRate: burnRateFor(share, long, window) }
  if (burnRate * tolerance < 1) return { kind: 'onBudget', ...found }
  // On a short window the book's share may need a burn rate below 1; then there is none to use instead.
  if (tier && Math.max(window / month, month / window) > tolerance && found.burnRate >= 1)
    return { kind: 'copied', ...found }
  if (pages && spent > mostForPage * tolerance) return { kind: 'late', ...found }
  return pages && spent * tolerance < leastForPage ? { kind: 'noisy', ...found } : undefined
}
