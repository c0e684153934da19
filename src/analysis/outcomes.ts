import type { Effect } from './spread.ts'

/** What people call what happens to a journey, from the best to the worst. */
export const outcomeNames = ['ok', 'delayed', 'degraded', 'broken'] as const
export type Outcome = (typeof outcomeNames)[number]

export const outcomes: Readonly<Record<Effect, Outcome>> = {
  unaffected: 'ok',
  delayed: 'delayed',
  degraded: 'degraded',
  fails: 'broken',
}

/** 0 is ok. */
export const outcomeRank = (outcome: Outcome): number => outcomeNames.indexOf(outcome)
