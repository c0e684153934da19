import type { Evidence, Location, Problem } from '../finding.ts'
import type { Text } from '../report.ts'

/** What a manifest and the files of its evidence do not have in common. */

/** `perhaps`: the files only hint at it. Only what is `different` contradicts the manifest. */
export const driftStates = ['different', 'onlyInManifest', 'onlyInFiles', 'perhaps'] as const
export type DriftState = (typeof driftStates)[number]

export interface DriftItem {
  readonly state: DriftState
  readonly kind: 'component' | 'edge' | 'fact'
  /** The element as people call it: `orders`, `web -> orders`. */
  readonly name: string
  /** What is where. No full stop at the end. */
  readonly message: string
  /** Of a fact that only the files have: the fact alone, such as `cpu.limit: 2`. */
  readonly fact?: string
  readonly fix?: string
  /** In the manifest; where it does not have it, where it would belong. */
  readonly location: Location
  readonly places: readonly Evidence[]
}

export interface Drift {
  /** The manifest. */
  readonly file: string
  readonly system: string | undefined
  /** By state, then in the order of the manifest, then by name. */
  readonly items: readonly DriftItem[]
  /** Claims that the files confirm. */
  readonly same: number
  /** What the readers of files have to say, one line each. */
  readonly notes: readonly string[]
  /** Evidence that cannot be read. */
  readonly problems: readonly Problem[]
  readonly sources: readonly Text[]
}

export const itemsOf = ({ items }: Drift, state: DriftState): DriftItem[] => items.filter(item => item.state === state)
