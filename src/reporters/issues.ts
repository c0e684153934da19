import {
  severityRank,
  type Evidence,
  type Finding,
  type Location,
  type OpenQuestion,
  type Path,
  type Problem,
  type Severity,
} from '../finding.ts'
import { notStated, type Report } from '../report.ts'
import { fingerprint, fingerprints } from '../engine/fingerprint.ts'
import { notStatedRule } from './pseudo-rules.ts'

interface Common {
  ruleId: string
  severity: Severity
  /** What is, then what was expected; it has to make sense alone. No full stop at the end. */
  message: string
  /** The arithmetic, or what to find out and why; steps are lines. */
  reasons: string[]
  /** What to do; a problem says it in its message. */
  fix?: string
  /** What follows from it, and why it is back. */
  consequences: string[]
  location: Location
  related: readonly Evidence[]
  /** The element, or the fact that is not stated. */
  element: Path
  /** Recognises it in the next run, within its manifest. */
  fingerprint: string
}

/** What every list of results holds: why a manifest was not reviewed, what was found, and what must be stated and is not. */
export type Issue = Common &
  (
    | { kind: 'problem'; problem: Problem }
    | { kind: 'finding'; finding: Finding }
    | { kind: 'not stated'; question: OpenQuestion }
  )

/** In the order of the report: worst first, then what is not stated. Waived findings are not among them. */
export function issuesOf(report: Report): Issue[] {
  const identities = fingerprints(report)
  return [
    ...report.problems.map(problem => ofProblem(problem, report)),
    ...report.findings.map(finding => ofFinding(finding, identities.get(finding)!)),
    ...notStated(report).map(open => ofQuestion(open, fingerprint(notStatedRule.id, open.fact, report.sources))),
  ]
}

const ofProblem = (problem: Problem, { sources }: Report): Issue => ({
  kind: 'problem',
  problem,
  ruleId: problem.ruleId,
  severity: 'error',
  message: problem.message,
  reasons: [],
  consequences: [],
  location: problem.location,
  related: problem.related,
  element: [],
  // Problems come and go within minutes; the message is all the identity that text without a shape has.
  fingerprint: fingerprint(problem.ruleId, problem.location.path, sources, [problem.message]),
})

function ofFinding(finding: Finding, identity: string): Issue {
  const { ruleId, severity, message, arithmetic, fix, location, subject, evidence, alsoImplies, note } = finding
  return {
    kind: 'finding',
    finding,
    ruleId,
    severity,
    message,
    reasons: arithmetic === undefined ? [] : [arithmetic],
    fix,
    consequences: [...alsoImplies.map(implied => `Also: ${implied.message}`), ...(note === undefined ? [] : [note])],
    location,
    related: evidence,
    element: subject,
    fingerprint: identity,
  }
}

function ofQuestion(question: OpenQuestion, identity: string): Issue {
  const { key, element, ask, because, example, fact, location } = question
  return {
    kind: 'not stated',
    question,
    ruleId: notStatedRule.id,
    severity: notStatedRule.severity,
    message: `"${element}" does not state ${key.replace(/^[^.]*\./, '')}`,
    reasons: [ask, ...(because === undefined ? [] : [because])],
    fix: `State it in the manifest, for example as "${example}"`,
    consequences: [],
    location,
    related: [],
    element: fact,
    fingerprint: identity,
  }
}

/** Problems before all others, as nothing else is known of their manifest. */
export const worstFirst = (issues: readonly Issue[]): Issue[] => issues.toSorted((a, b) => rank(a) - rank(b))

const rank = ({ kind, severity }: Issue) => (kind === 'problem' ? -1 : severityRank(severity))

/** All that an issue says, a paragraph each; the first is its message. */
export const paragraphsOf = ({ message, reasons, fix, consequences }: Issue, beforeFix = ''): [string, ...string[]] => [
  message,
  ...reasons,
  ...(fix === undefined ? [] : [beforeFix + fix]),
  ...consequences,
]

/** Steps of arithmetic in one line. */
export const steps = (text: string): string => text.split('\n').join('; ')

/** A full stop where the text has no end of its own. */
export const sentence = (text: string): string => (/[.!?:]\s*$/.test(text) ? text : `${text}.`)
