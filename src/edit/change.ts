import type { Path } from '../finding.ts'

/** Sets the value at a path. What is missing on the way to it is added: keys, sections, and the item after the last one of a list. */
export interface Edit {
  readonly path: Path
  /** Plain data as it is written in a manifest, such as `250ms`; `undefined` takes the key or the item out. */
  readonly value: unknown
}

/** Gives a key another name, and leaves what it holds where it is. */
export interface Rename {
  readonly path: Path
  readonly to: string
}

export type Change = Edit | Rename

export const isRename = (change: Change): change is Rename => 'to' in change

/** Why a text could not be changed, in a sentence for people. The text is as it was. */
export class EditError extends Error {}
