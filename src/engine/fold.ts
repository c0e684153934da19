import { severityRank, type Finding, type Path } from '../finding.ts'
import type { AnyRule, Violation } from '../rules/define.ts'

/** A finding together with what folding needs to know of where it came from. */
export interface Candidate {
  finding: Finding
  rule: AnyRule
  violation: Violation
}

const key = (path: Path) => path.join('\u0000')

/**
 * One cause, one finding: a consequence on the same element goes into the finding of its cause, and what was computed from a
 * fact that cannot be believed goes into the finding that says so. A cause is as severe as the worst it causes.
 */
export function fold(candidates: readonly Candidate[]): Candidate[] {
  const byRuleAndElement = new Map<string, Candidate>()
  const disbelieved = new Map<string, Candidate>()
  for (const candidate of candidates) {
    const id = `${candidate.rule.id}\u0001${key(candidate.finding.subject)}`
    if (!byRuleAndElement.has(id)) byRuleAndElement.set(id, candidate)
    for (const fact of candidate.violation.contradicts ?? []) disbelieved.set(key(fact), candidate)
  }
  const causeOf = (candidate: Candidate): Candidate | undefined => {
    for (const ruleId of candidate.rule.impliedBy ?? []) {
      const cause = byRuleAndElement.get(`${ruleId}\u0001${key(candidate.finding.subject)}`)
      if (cause && cause !== candidate) return cause
    }
    const used = [candidate.violation.at, ...(candidate.violation.evidence ?? []).map(({ at }) => at)]
    const cause = used.map(fact => disbelieved.get(key(fact))).find(found => found !== undefined)
    return cause === candidate ? undefined : cause
  }

  const roots: Candidate[] = []
  for (const candidate of candidates) {
    let root = candidate
    const seen = new Set([candidate])
    for (let cause = causeOf(root); cause && !seen.has(cause); cause = causeOf(root)) {
      seen.add(cause)
      root = cause
    }
    if (root === candidate) roots.push(candidate)
    else absorb(root.finding, candidate.finding)
  }
  return roots
}

function absorb(cause: Finding, consequence: Finding): void {
  cause.alsoImplies.push({ ruleId: consequence.ruleId, message: consequence.message })
  if (severityRank(consequence.severity) < severityRank(cause.severity)) cause.severity = consequence.severity
  cause.journeys = [...new Set([...cause.journeys, ...consequence.journeys])]
}
