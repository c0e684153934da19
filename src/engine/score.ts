import { isEvidenceRule } from './evidence-rules.ts'
import {
  questionKeys,
  questions,
  type Finding,
  type Path,
  type QuestionKey,
  type Severity,
  type Waived,
} from '../finding.ts'
import type { Answer, QuestionScore, Tally, Verdict } from '../report.ts'
import type { AnyRule } from '../rules/define.ts'
import type { Decided } from './decide.ts'

/** Counts the five outcomes per rule. A subject all of whose violations are waived counts as waived; one on which the rule threw is open. */
export function tallies(
  rules: readonly AnyRule[],
  { decisions, passed, notApplicable, failures }: Decided,
  isWaived: (ruleId: string, subject: Path) => boolean,
): Tally[] {
  const byRule = new Map<string, Tally>()
  for (const { id, question } of rules) {
    byRule.set(id, {
      ruleId: id,
      question,
      passed: passed.get(id) ?? 0,
      failed: 0,
      open: 0,
      notApplicable: notApplicable.get(id) ?? 0,
      waived: 0,
    })
  }
  for (const { rule, subject, violations } of decisions) {
    const tally = byRule.get(rule.id)!
    if (violations.length === 0) tally.open++
    else if (violations.every(({ about = subject.path }) => isWaived(rule.id, about))) tally.waived++
    else tally.failed++
  }
  for (const { rule } of failures) byRule.get(rule.id)!.open++
  return [...byRule.values()]
}

type Outcomes = Pick<Tally, 'passed' | 'failed' | 'open' | 'notApplicable' | 'waived'>

/** What is counted of one question. */
interface Count {
  readonly outcomes: Outcomes
  readonly found: Record<Severity, number>
  /** Of those, the ones that answer the question. */
  readonly judged: Record<Severity, number>
  /** What the files say against the manifest. */
  contradicted: number
  /** Whether a fault was folded into its cause, under whatever question that is. */
  hasFolded: boolean
}

/** Answers the eight questions. */
export function scoreboard(rules: readonly Tally[], findings: readonly Finding[]): QuestionScore[] {
  const counts = new Map<QuestionKey, Count>()
  for (const key of questionKeys)
    counts.set(key, {
      outcomes: { passed: 0, failed: 0, open: 0, notApplicable: 0, waived: 0 },
      found: { error: 0, warning: 0, info: 0 },
      judged: { error: 0, warning: 0, info: 0 },
      contradicted: 0,
      hasFolded: false,
    })
  const byRule = new Map<string, Count>()
  for (const { ruleId, question, passed, failed, open, notApplicable, waived } of rules) {
    const count = counts.get(question)!
    byRule.set(ruleId, count)
    count.outcomes.passed += passed
    count.outcomes.failed += failed
    count.outcomes.open += open
    count.outcomes.notApplicable += notApplicable
    count.outcomes.waived += waived
  }
  for (const { ruleId, question, severity, alsoImplies } of findings) {
    const count = counts.get(question)!
    count.found[severity]++
    if (isEvidenceRule(ruleId)) count.contradicted++
    // What is wrong with a waiver is listed here, but does not answer the question.
    if (isEvidenceRule(ruleId) || byRule.get(ruleId) === count) count.judged[severity]++
    for (const implied of alsoImplies) {
      const answered = byRule.get(implied.ruleId)
      if (answered) answered.hasFolded = true
    }
  }
  return questionKeys.map(key => scoreOf(key, counts.get(key)!))
}

function scoreOf(key: QuestionKey, count: Count): QuestionScore {
  const { passed, failed, open, notApplicable, waived } = count.outcomes
  return {
    key,
    question: questions[key],
    answer: answerOf(count),
    passed,
    // What the files say against the manifest is a check that failed, though no rule's.
    failed: failed + count.contradicted,
    open,
    notApplicable,
    waived,
    errors: count.found.error,
    warnings: count.found.warning,
    infos: count.found.info,
    coverage: coverageOf([count.outcomes]),
  }
}

function answerOf({ outcomes: { open, passed, failed, waived }, judged, contradicted, hasFolded }: Count): Answer {
  if (judged.error > 0) return 'no'
  // A fault that was folded into its cause under another question still answers this one.
  if (judged.warning > 0 || hasFolded) return 'partly'
  if (open > 0) return 'unknown'
  return passed + failed + contradicted + waived > 0 ? 'yes' : 'n/a'
}

/** Decided of those that could be decided; `null` where there was nothing to decide. */
export function coverageOf(counted: readonly Outcomes[]): number | null {
  let decided = 0
  let undecided = 0
  for (const { passed, failed, waived, open } of counted) {
    decided += passed + failed + waived
    undecided += open
  }
  return decided + undecided === 0 ? null : decided / (decided + undecided)
}

/**
 * @param open how many questions are open and how many rules failed
 * @param journeys how many there were to follow; without any nothing was reviewed, so nothing can be ready
 */
export function verdictOf(findings: readonly Finding[], open: number, journeys: number): Verdict {
  if (findings.some(({ severity }) => severity !== 'info')) return 'not ready'
  return open > 0 || journeys === 0 ? 'incomplete' : 'ready'
}

/** Looks up whether a finding was waived, by rule and element. */
export function waivedLookup(waived: readonly Waived[]): (ruleId: string, subject: Path) => boolean {
  if (waived.length === 0) return () => false
  const key = (ruleId: string, subject: Path) => `${ruleId}\u0001${subject.join('\u0000')}`
  const keys = new Set(waived.map(({ finding }) => key(finding.ruleId, finding.subject)))
  return (ruleId, subject) => keys.has(key(ruleId, subject))
}
