import { fingerprints } from '../engine/fingerprint.ts'
import { formatPath, type Finding, type OpenQuestion, type QuestionKey } from '../finding.ts'
import type { Answer as Said, Report, Verdict } from '../report.ts'

/** What an answer did to the review. */
export interface Change {
  /** Rules that can be decided at more places than before. */
  readonly decided: readonly string[]
  readonly appeared: readonly Finding[]
  readonly gone: readonly Finding[]
  /** Questions that come up because of the answer. */
  readonly asked: readonly OpenQuestion[]
  /** From 0 to 1; `null` where there is nothing to decide. */
  readonly coverage: readonly [before: number | null, after: number | null]
  readonly verdict: readonly [before: Verdict, after: Verdict]
  /** Questions of the checklist that are answered otherwise than before. */
  readonly answers: readonly { readonly key: QuestionKey; readonly before: Said; readonly after: Said }[]
}

export function changeBetween(before: Report, after: Report): Change {
  const open = new Map(before.rules.map(({ ruleId, open }) => [ruleId, open]))
  const wasAsked = new Set(before.openQuestions.map(({ fact }) => formatPath(fact)))
  const [identitiesBefore, identitiesAfter] = [fingerprints(before), fingerprints(after)]
  const without = (findings: readonly Finding[], own: Map<Finding, string>, others: Report, theirs: typeof own) => {
    const known = new Set(others.findings.map(finding => theirs.get(finding)))
    return findings.filter(finding => !known.has(own.get(finding)))
  }
  return {
    decided: after.rules.filter(rule => rule.open < (open.get(rule.ruleId) ?? 0)).map(({ ruleId }) => ruleId),
    appeared: without(after.findings, identitiesAfter, before, identitiesBefore),
    gone: without(before.findings, identitiesBefore, after, identitiesAfter),
    asked: after.openQuestions.filter(({ fact }) => !wasAsked.has(formatPath(fact))),
    coverage: [before.coverage, after.coverage],
    verdict: [before.verdict, after.verdict],
    answers: after.scoreboard.flatMap(({ key, answer }) => {
      const old = before.scoreboard.find(score => score.key === key)?.answer ?? 'n/a'
      return old === answer ? [] : [{ key, before: old, after: answer }]
    }),
  }
}
