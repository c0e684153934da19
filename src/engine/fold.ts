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
  const causeOf = causesAmong(candidates)
  const rootOf = (candidate: Candidate): Candidate => {
    let cause = causeOf(candidate)
    if (!cause) return candidate
    const chain = [candidate]
    for (; cause; cause = causeOf(cause)) {
      const start = chain.indexOf(cause)
      if (start !== -1) {
        const circle = new Set(chain.slice(start))
        return candidates.find(one => circle.has(one))!
      }
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

/** Finds what another candidate follows from at once, if from anything. */
function causesAmong(candidates: readonly Candidate[]): (candidate: Candidate) => Candidate | undefined {
  const causes = new Set<string>()
  const disbelieved = new Map<string, Candidate>()
  for (const candidate of candidates) {
    for (const id of candidate.rule.impliedBy ?? []) causes.add(id)
    for (const fact of candidate.violation.contradicts ?? []) setFirst(disbelieved, key(fact), candidate)
  }
  const byRuleAndElement = new Map<string, Candidate>()
  for (const candidate of candidates) {
    const { ruleId, subject } = candidate.finding
    if (causes.has(ruleId)) setFirst(byRuleAndElement, `${ruleId}\u0001${key(subject)}`, candidate)
  }
  return candidate => {
    const { rule, finding, violation } = candidate
    for (const id of rule.impliedBy ?? []) {
      const cause = byRuleAndElement.get(`${id}\u0001${key(finding.subject)}`)
      if (cause && cause !== candidate) return cause
    }
    // Of most manifests everything is believed.
    if (disbelieved.size === 0) return undefined
    const cause = disbelieved.get(key(violation.at))
    if (cause && cause !== candidate) return cause
    for (const { at } of violation.evidence ?? []) {
      const cause = disbelieved.get(key(at))
      if (cause && cause !== candidate) return cause
    }
    return undefined
  }
}

function setFirst<K, V>(map: Map<K, V>, key: K, value: V): void {
  if (!map.has(key)) map.set(key, value)
}

function absorb(cause: Finding, consequence: Finding): void {
  const { ruleId, message, severity, subject, location } = consequence
  cause.alsoImplies.push({ ruleId, message, severity, subject, at: location.path })
  if (severityRank(consequence.severity) < severityRank(cause.severity)) cause.severity = consequence.severity
  cause.journeys = [...new Set([...cause.journeys, ...consequence.journeys])]
}
