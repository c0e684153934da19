import { questionKeys, questions, type Finding, type Waived } from '../finding.ts'
import type { Answer, QuestionScore, Tally, Verdict } from '../report.ts'
import type { AnyRule } from '../rules/define.ts'
import type { Decided } from './decide.ts'

/** Counts the five outcomes per rule. A subject all of whose violations are waived counts as waived; one on which the rule threw is open. */
export function tallies(
  rules: readonly AnyRule[],
  { decisions, passed, notApplicable, failures }: Decided,
  isWaived: (ruleId: string, subject: string) => boolean,
): Tally[] {
  const byRule = new Map<string, Tally>(
    rules.map(({ id, question }) => [
      id,
      {
        ruleId: id,
        question,
        passed: passed.get(id) ?? 0,
        failed: 0,
        open: 0,
        notApplicable: notApplicable.get(id) ?? 0,
        waived: 0,
      },
    ]),
  )
  for (const { rule, subject, violations } of decisions) {
    const tally = byRule.get(rule.id)!
    if (violations.length > 0) {
      const all = violations.every(violation => isWaived(rule.id, (violation.about ?? subject.path).join('\u0000')))
      tally[all ? 'waived' : 'failed']++
    } else tally.open++
  }
  for (const { rule } of failures) byRule.get(rule.id)!.open++
  return [...byRule.values()]
}

/** Answers the eight questions. */
export function scoreboard(rules: readonly Tally[], findings: readonly Finding[]): QuestionScore[] {
  return questionKeys.map(key => {
    const mine = rules.filter(rule => rule.question === key)
    const total = (outcome: 'passed' | 'failed' | 'open' | 'notApplicable' | 'waived') =>
      mine.reduce((sum, rule) => sum + rule[outcome], 0)
    const found = findings.filter(finding => finding.question === key)
    const count = (severity: Finding['severity']) => found.filter(finding => finding.severity === severity).length
    const score = {
      passed: total('passed'),
      failed: total('failed'),
      open: total('open'),
      notApplicable: total('notApplicable'),
      waived: total('waived'),
      errors: count('error'),
      warnings: count('warning'),
      infos: count('info'),
    }
    // A fault that was folded into its cause under another question still answers this one.
    const folded = findings.some(({ alsoImplies }) =>
      alsoImplies.some(({ ruleId }) => mine.some(rule => rule.ruleId === ruleId)),
    )
    // What is wrong with a waiver is listed here, but does not answer the question.
    const judged = found.filter(finding => mine.some(rule => rule.ruleId === finding.ruleId))
    const answer = answerOf(judged, score, folded)
    return { key, question: questions[key], answer, ...score, coverage: coverageOf(mine) }
  })
}

type Counts = Pick<QuestionScore, 'passed' | 'failed' | 'open' | 'waived'>

function answerOf(findings: readonly Finding[], { open, passed, failed, waived }: Counts, folded: boolean): Answer {
  const has = (severity: Finding['severity']) => findings.some(finding => finding.severity === severity)
  if (has('error')) return 'no'
  if (has('warning') || folded) return 'partly'
  if (open > 0) return 'unknown'
  return passed + failed + waived > 0 ? 'yes' : 'n/a'
}

/** Decided of those that could be decided; `null` where there was nothing to decide. */
export function coverageOf(rules: readonly Tally[]): number | null {
  const decided = rules.reduce((sum, { passed, failed, waived }) => sum + passed + failed + waived, 0)
  const open = rules.reduce((sum, rule) => sum + rule.open, 0)
  return decided + open === 0 ? null : decided / (decided + open)
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
export function waivedLookup(waived: readonly Waived[]): (ruleId: string, subject: string) => boolean {
  const keys = new Set(waived.map(({ finding }) => `${finding.ruleId}\u0001${finding.subject.join('\u0000')}`))
  return (ruleId, subject) => keys.has(`${ruleId}\u0001${subject}`)
}
