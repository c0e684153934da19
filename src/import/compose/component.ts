import type { Part } from '../parts.ts'
import type { ComposeService } from './service.ts'

/** A service of a Compose file and what it is to the system. */
export interface Component {
  readonly service: ComposeService
  readonly part: Part
}

export const nameOf = ({ service }: Component): string => service.name
export const isData = ({ part: { kind } }: Component): boolean =>
  kind === 'store' || kind === 'queue' || kind === 'cache'

/** Names in quotes, the first ones only where there are many. */
export function listed(names: readonly string[], most = 12): string {
  const shown = names.slice(0, most).map(name => `"${name}"`)
  const more = names.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}
