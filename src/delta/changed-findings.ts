import { severityRank, type Finding, type Location, type Severity } from '../finding.ts'
import type { Report } from '../report.ts'
import { pair, presentIn, type Entry, type Present } from './entry.ts'

/** What a change of the design does to what is found in it. */

export interface Found extends Entry {
  readonly location: Location
  readonly fix: string
}

export interface FindingChanges {
  /** Not there before. */
  readonly introduced: Found[]
  /** There before, and less severe. */
  readonly worsened: (Found & { readonly before: Severity })[]
  /** Not there any more. */
  readonly fixed: Found[]
  /** Still there, and waived now. */
  readonly waived: Found[]
}

export function compareFindings(before: Report, after: Report): FindingChanges {
  const [old, now] = [presentIn(before), presentIn(after)]
  const pairs = pair(old.map(toEntry), now.map(toEntry))
  const kept = new Set(pairs.values())
  const gone = old.filter(({ entry, isImplied }) => !isImplied && !kept.has(entry))
  const accepted = pair(gone.map(toEntry), waivedIn(after).map(toEntry))
  const waived = new Set(accepted.values())
  const standing = now.filter(({ isImplied }) => !isImplied)
  return {
    introduced: standing.filter(({ entry }) => !pairs.has(entry)).map(toFound),
    worsened: standing.flatMap(one => {
      const then = pairs.get(one.entry)
      const isWorse = then && severityRank(one.entry.severity) < severityRank(then.severity)
      return isWorse ? [{ ...toFound(one), before: then.severity }] : []
    }),
    fixed: gone.filter(({ entry }) => !waived.has(entry)).map(toFound),
    waived: gone.filter(({ entry }) => waived.has(entry)).map(toFound),
  }
}

const toEntry = ({ entry }: Present): Entry => entry

/** What would stand without the waivers. */
const waivedIn = (report: Report): Present[] =>
  presentIn({ ...report, findings: report.waived.map(({ finding }): Finding => finding), openQuestions: [] })

function toFound({ entry, finding, question }: Present): Found {
  const fix = finding?.fix ?? `State it in the manifest, for example as ${question!.example}`
  return { ...entry, location: (finding ?? question!).location, fix }
}

/** Findings that a gate for what is new counts, at or above a severity. */
export const newAtLeast = ({ introduced, worsened }: FindingChanges, limit: Severity): Found[] =>
  [...introduced, ...worsened].filter(({ severity }) => severityRank(severity) <= severityRank(limit))
