import { claimStates, type Claim, type ClaimState } from '../finding.ts'
import type { Report } from '../report.ts'
import { list, plural } from '../units.ts'
import { place } from './frame.ts'

/** How evidence is told of in text: the counts in a line, and each claim with both of its places. */

const words: Readonly<Record<ClaimState, string>> = {
  evidenced: 'confirmed',
  contradicted: 'contradicted',
  missing: 'missing',
  claimed: 'not checked',
}

/** `Evidence: 31 claims confirmed, 2 contradicted and 4 missing`; `undefined` where there is no evidence. */
export function evidenceLine(report: Report): string | undefined {
  const counts = claimCounts(report)
  return counts === undefined ? undefined : `Evidence: ${counts}`
}

/** The same without the word in front. */
export function claimCounts({ evidence }: Report): string | undefined {
  if (!evidence) return undefined
  const { claims } = evidence
  if (claims.length === 0) return 'no claim to check'
  const parts = claimStates.flatMap(state => {
    const count = claims.filter(claim => claim.state === state).length
    return count === 0 ? [] : [[count, words[state]] as const]
  })
  const said = parts.map(([count, word], i) => (i === 0 ? `${plural(count, 'claim')} ${word}` : `${count} ${word}`))
  return list(said)
}

/** Where the manifest says it, and where the files speak of it. */
export const placesOf = ({ location, places }: Claim): string =>
  [place(location), ...places.map(({ location: other }) => place(other))].join(' <> ')

export const wordOf = (state: ClaimState): string => words[state]
