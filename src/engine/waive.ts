import { formatPath, type Finding, type Waived } from '../finding.ts'
import type { Model } from '../manifest/model.ts'

type Waiver = NonNullable<Model['raw']['waivers']>[number]

/**
 * Takes accepted findings out. A waiver holds for its element and what lies under it, until the end of its last day; after
 * that the finding is back, with a note.
 * @param today ISO date; without one no waiver is judged to have expired
 */
export function waive(
  findings: readonly Finding[],
  waivers: readonly Waiver[],
  today?: string,
): { findings: Finding[]; waived: Waived[] } {
  const kept: Finding[] = []
  const waived: Waived[] = []
  for (const finding of findings) {
    const matching = waivers.filter(waiver => covers(waiver, finding))
    const valid = matching.find(waiver => today === undefined || today <= waiver.until)
    const expired = matching[0]
    if (valid) waived.push({ finding, reason: valid.reason, owner: valid.owner, until: valid.until })
    else if (expired)
      kept.push({ ...finding, note: `The waiver of ${expired.owner} ended on ${expired.until}: ${expired.reason}` })
    else kept.push(finding)
  }
  return { findings: kept, waived }
}

function covers(waiver: Waiver, finding: Finding): boolean {
  if (waiver.rule !== finding.ruleId) return false
  // `services.a.b` is how people write it, also where the name of the service is `a.b`.
  return finding.subject.some((_, i) => {
    const element = finding.subject.slice(0, i + 1)
    return formatPath(element) === waiver.on || element.join('.') === waiver.on
  })
}
