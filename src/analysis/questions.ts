import type { Path } from '../finding.ts'
import { distinct } from './estimate.ts'

/** The facts to ask for first: those of the first kind that is missing; the answers may make the others needless. */
export function firstOf(missing: readonly Path[], kinds: readonly string[]): readonly Path[] {
  const kind = kinds.find(key => missing.some(path => path.at(-1) === key))
  return distinct(kind === undefined ? missing : missing.filter(path => path.at(-1) === kind))
}
