import { severityRank, type Finding } from '../finding.ts'
import type { Report } from '../report.ts'
import type { Baseline, Section } from './baseline-schema.ts'
import { inOrder, pair, presentIn, type Entry } from './entry.ts'

/** What a design is allowed to keep for now: the findings that stood when the gate was switched on. */

export interface Applied {
  report: Report
  /** Accepted once, and not found any more. */
  stale: Entry[]
}

/**
 * Takes what is accepted out of a report. What has become worse than it was accepted stands, with a note. Verdict, scoreboard
 * and coverage stay as they are: they speak of the design and not of the gate.
 * @param judges whether it can be told that an entry is stale; not where its rule was not applied
 */
export function applyBaseline(
  report: Report,
  accepted: readonly Entry[],
  judges: (entry: Entry) => boolean = () => true,
): Applied {
  const present = presentIn(report)
  const pairs = pair(
    accepted,
    present.map(({ entry }) => entry),
  )
  const gone = new Set<unknown>()
  const notes = new Map<Finding, string>()
  for (const { entry, finding, question, isImplied } of present) {
    const known = pairs.get(entry)
    if (!known || isImplied) continue
    if (severityRank(entry.severity) >= severityRank(known.severity)) gone.add(finding ?? question)
    else if (finding) notes.set(finding, `The baseline accepts it as ${nameOf(known)} only`)
  }
  const { findings, openQuestions } = report
  return {
    report: {
      ...report,
      findings: findings.filter(finding => !gone.has(finding)).map(finding => noted(finding, notes.get(finding))),
      openQuestions: openQuestions.filter(question => !gone.has(question)),
      baselined: {
        findings: findings.filter(finding => gone.has(finding)),
        notStated: openQuestions.filter(question => gone.has(question)),
      },
    },
    stale: unpaired(accepted, pairs).filter(judges),
  }
}

const nameOf = ({ severity }: Entry) => ({ error: 'an error', warning: 'a warning', info: 'a note' })[severity]

const noted = (finding: Finding, note: string | undefined): Finding =>
  note === undefined ? finding : { ...finding, note: finding.note === undefined ? note : `${finding.note}\n${note}` }

function unpaired(accepted: readonly Entry[], pairs: ReadonlyMap<Entry, Entry>): Entry[] {
  const found = new Set(pairs.values())
  return accepted.filter(entry => !found.has(entry))
}

/** Everything that stands, accepted as it is. */
export const acceptAll = (report: Report): Entry[] => inOrder(presentIn(report).map(({ entry }) => entry))

export interface Pruned {
  kept: Entry[]
  stale: Entry[]
  /** Found still, but milder than it was accepted; kept as it is now, so that it cannot grow back. */
  eased: Entry[]
}

/** What of a baseline is still needed. It never accepts more than before. */
export function prune(report: Report, accepted: readonly Entry[]): Pruned {
  const current = presentIn(report).map(({ entry }) => entry)
  const pairs = pair(accepted, current)
  const isEased = ([now, then]: [Entry, Entry]) => severityRank(now.severity) > severityRank(then.severity)
  const eased = [...pairs].filter(isEased).map(([now]) => now)
  const kept = [...pairs].map(found => (isEased(found) ? found[0] : found[1]))
  return { kept: inOrder(kept), stale: unpaired(accepted, pairs), eased }
}

/**
 * The part of a baseline that is about a manifest: by the name of its file, or that of a file which is gone, as then it was
 * renamed. The name of the system decides between several, and never fits another system.
 */
export function sectionOf(
  { manifests }: Baseline,
  file: string,
  system: string | undefined,
  isGone: (file: string) => boolean,
): Section | undefined {
  const exact = manifests.find(section => section.file === file)
  if (exact) return exact
  const left = manifests.filter(section => isGone(section.file))
  const named = left.filter(section => section.system !== undefined && section.system === system)
  const silent = left.filter(section => section.system === undefined || system === undefined)
  const [found, ...others] = named.length > 0 ? named : silent
  return others.length === 0 ? found : undefined
}

/** The baseline with one of its sections replaced, or added. */
export function withSection(baseline: Baseline, before: Section | undefined, section: Section): Baseline {
  const all = [...baseline.manifests.filter(one => one !== before), section]
  return { ...baseline, manifests: all.toSorted((a, b) => (a.file < b.file ? -1 : 1)) }
}
