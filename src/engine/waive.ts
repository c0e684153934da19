import { plural } from '../units.ts'
import type { Finding, Severity, Waived } from '../finding.ts'
import type { Waiver } from './waivers.ts'

/** How long a finding can be waived, in days from today, unless the configuration says otherwise. */
export const waiverDays: Readonly<Record<Severity, number>> = { error: 90, warning: 180, info: 365 }

export interface Waiving {
  findings: Finding[]
  waived: Waived[]
  /** Waivers that are about some finding, whether or not they hold. */
  used: Set<Waiver>
}

/**
 * Takes accepted findings out. A waiver holds for its element and what lies under it, until the end of its last day; after
 * that the finding is back, with a note. One that would hold for longer than it may does not hold at all.
 * @param today ISO date; without one no waiver is judged to have expired, or to last too long
 */
export function waive(
  findings: readonly Finding[],
  waivers: readonly Waiver[],
  today: string | undefined,
  maxDays: Readonly<Record<Severity, number>> = waiverDays,
): Waiving {
  const byRule = new Map<string, Waiver[]>()
  for (const waiver of waivers) byRule.set(waiver.rule, [...(byRule.get(waiver.rule) ?? []), waiver])
  const result: Waiving = { findings: [], waived: [], used: new Set() }
  for (const finding of findings) {
    const matching = (byRule.get(finding.ruleId) ?? []).filter(waiver => waiver.covers(finding))
    for (const waiver of matching) result.used.add(waiver)
    const judged = matching.map(waiver => ({ waiver, fault: faultOf(waiver, finding, today, maxDays) }))
    const valid = judged.find(({ fault }) => fault === undefined)?.waiver
    if (valid) {
      const { reason, owner, until, location } = valid
      result.waived.push({ finding, reason, owner, until, location })
    } else {
      const note = judged[0]?.fault
      result.findings.push(note === undefined ? finding : { ...finding, note })
    }
  }
  return result
}

/** Why a waiver does not hold for a finding that it is about. */
function faultOf(
  { owner, until, reason }: Waiver,
  { severity }: Finding,
  today: string | undefined,
  maxDays: Readonly<Record<Severity, number>>,
): string | undefined {
  if (today === undefined) return undefined
  if (today > until) return `The waiver of ${owner} ended on ${until}: ${reason}`
  const days = maxDays[severity]
  const last = dayAfter(today, days)
  if (until <= last && days > 0) return undefined
  const kind = severity === 'info' ? 'a finding of severity info' : severity === 'error' ? 'an error' : 'a warning'
  return days === 0
    ? `The waiver of ${owner} does not hold, as the configuration lets nobody waive ${kind}`
    : `The waiver of ${owner} does not hold, as it lasts until ${until}; expected ${last} at the latest, as ${kind} can be waived for ${plural(days, 'day')}`
}

const dayAfter = (date: string, days: number): string => {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number)
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10)
}
