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
 * fact that cannot be believed goes into the finding that says so. A cause is as severe as the worst it causes. Of findings
 * that cause each other the first stays.
 */
export function fold(candidates: readonly Candidate[]): Candidate[] {
  const byRuleAndElement = new Map<string, Candidate>()
  const disbelieved = new Map<string, Candidate>()
  for (const candidate of candidates) {
    const id = `${candidate.rule.id}\u0001${key(candidate.finding.subject)}`
    if (!byRuleAndElement.has(id)) byRuleAndElement.set(id, candidate)
    for (const fact of candidate.violation.contradicts ?? [])
      if (!disbelieved.has(key(fact))) disbelieved.set(key(fact), candidate)
  }
  const causeOf = (candidate: Candidate): Candidate | undefined => {
    const { rule, finding, violation } = candidate
    const rules = (rule.impliedBy ?? []).map(id => byRuleAndElement.get(`${id}\u0001${key(finding.subject)}`))
    // Of most manifests everything is believed.
    const used = disbelieved.size > 0 ? [violation.at, ...(violation.evidence ?? []).map(({ at }) => at)] : []
    const facts = used.map(fact => disbelieved.get(key(fact)))
    return [...rules, ...facts].find(cause => cause !== undefined && cause !== candidate)
  }
  const order = new Map(candidates.map((candidate, i) => [candidate, i]))
  const rootOf = (candidate: Candidate): Candidate => {
    const chain = [candidate]
    for (let cause = causeOf(candidate); cause; cause = causeOf(cause)) {
      const start = chain.indexOf(cause)
      if (start !== -1) return chain.slice(start).reduce((a, b) => (order.get(a)! < order.get(b)! ? a : b))
      chain.push(cause)
    }
    return chain.at(-1)!
  }

  const roots: Candidate[] = []
  for (const candidate of candidates) {
    const root = rootOf(candidate)
    if (root === candidate) roots.push(candidate)
    else absorb(root.finding, candidate.finding)
  }
  return roots
}

function absorb(cause: Finding, consequence: Finding): void {
  const { ruleId, message, severity, subject, location } = consequence
  cause.alsoImplies.push({ ruleId, message, severity, subject, at: location.path })
  if (severityRank(consequence.severity) < severityRank(cause.severity)) cause.severity = consequence.severity
  cause.journeys = [...new Set([...cause.journeys, ...consequence.journeys])]
}
