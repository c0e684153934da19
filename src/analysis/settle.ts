import type { Level, Step } from './spread.ts'

/** With every unstated fact in the author's favour, or against it. */
export type Bound = 'least' | 'most'

/** What the loss of a component does to the journey, and the step by which it does. */
export interface Reached {
  readonly level: Level
  readonly from?: Reached
  readonly step?: Step
}

/** The greatest effects that a start and the steps from it lead to: strongest first, so that each place is settled once. */
export function settle(
  start: ReadonlyMap<string, Reached>,
  stepsFrom: (name: string) => readonly Step[],
  bound: Bound,
): Map<string, Reached> {
  const found = new Map(start)
  const waiting: string[][] = [[], [], [], []]
  for (const [name, { level }] of start) waiting[level]!.push(name)
  for (const level of [3, 2, 1] as const) {
    // The queue grows while it is worked off, breadth first, so that routes are short.
    for (const name of waiting[level]!) {
      const from = found.get(name)!
      if (from.level !== level) continue
      for (const step of stepsFrom(name)) {
        const next = Math.min(level, step.passes[bound]) as Level
        if (next <= (found.get(step.to)?.level ?? 0)) continue
        found.set(step.to, { level: next, from, step })
        waiting[next]!.push(step.to)
      }
    }
  }
  return found
}
