import type { Path } from '../finding.ts'
import type { Component } from '../manifest/model.ts'
import type { Level } from './spread.ts'

/** Why a component is not what it was; a scenario begins with these. */
export interface Fault {
  readonly component: Component
  /** What it does to whoever needs the component: 3 fails, 2 gets less, 1 gets it later, 0 waits for it. */
  readonly level: Level
  /** Milliseconds until it answers; `Infinity` where it never does, `undefined` where it is no slower than before. */
  readonly time?: number
  /** Facts that decide whether it comes to this; empty where that is sure. */
  readonly missing: readonly Path[]
  /** `"psp" is down`: no full stop. */
  readonly message: string
  /** The formula with the numbers substituted. */
  readonly arithmetic?: string
  /** What would prevent it: an imperative with the number. */
  readonly fix?: string
  /** The stated fact that sets the limit. */
  readonly at: Path
}

/**
 * What decides whether a load is more than a component carries. Where all is stated, own work alone and all that is waited
 * for still bound what its slots carry; then what a load test finds.
 */
export const decidedBy = (missing: readonly Path[], { path }: Component): readonly Path[] =>
  missing.length > 0 ? missing : [[...path, 'capacity', 'rps']]
