import type { Report } from '../report.ts'
import type { AnyRule } from '../rules/define.ts'

/** Which part of a larger review a run is. */
export interface Shard {
  /** From 1. */
  readonly index: number
  readonly count: number
  /** Where each manifest stood in the list of all, from 0. */
  readonly positions: readonly number[]
}

/** All that one run found; most runs review one manifest. */
export interface Run {
  readonly tool: { readonly name: string; readonly version: string }
  readonly reports: readonly Report[]
  /** The rules that were applied. */
  readonly rules: readonly AnyRule[]
  readonly shard?: Shard
}

export interface Style {
  readonly color: boolean
  /** Columns of the terminal. */
  readonly width: number
  /** Show what is usually left out: all open questions, all evidence. */
  readonly verbose: boolean
  /** Only what fails. */
  readonly quiet: boolean
}

/** Text out of a run. Pure: the exit code is not its business, and formats for machines ignore the style. */
export type Reporter = (run: Run, style: Style) => string

/** A reporter that waits for something, such as the engine that draws. */
export type AsyncReporter = (run: Run, style: Style) => Promise<string>
