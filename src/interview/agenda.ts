import { formatPath, severityRank, type Finding, type OpenQuestion, type Path, type QuestionKey } from '../finding.ts'
import { fingerprints } from '../engine/fingerprint.ts'
import type { ManifestFiles } from '../manifest/files.ts'
import { keyOf } from '../manifest/walk-schema.ts'
import type { Report } from '../report.ts'
import type { AnyRule } from '../rules/define.ts'
import { whyNotApplicable } from './answer.ts'

/** What there is to talk about, the most valuable first: what is not known, then what is wrong. */
export type Item =
  | { readonly kind: 'question'; readonly id: string; readonly question: OpenQuestion }
  | { readonly kind: 'finding'; readonly id: string; readonly finding: Finding }

/**
 * @param scope one of the eight questions; without it all of them
 * Facts that are noted as not applicable are not asked for again.
 */
export function agenda(report: Report, files: ManifestFiles, scope?: QuestionKey): Item[] {
  const isInScope = (keys: readonly QuestionKey[]) => scope === undefined || keys.includes(scope)
  const identities = fingerprints(report)
  return [
    ...report.openQuestions
      .filter(({ questions, fact }) => isInScope(questions) && whyNotApplicable(files, fact) === undefined)
      .map((question): Item => ({ kind: 'question', id: formatPath(question.fact), question })),
    ...report.findings
      .filter(({ question }) => isInScope([question]))
      .sort((a, b) => severityRank(a.severity) - severityRank(b.severity))
      .map((finding): Item => ({ kind: 'finding', id: identities.get(finding)!, finding })),
  ]
}

/** Open questions about the same fact of other elements, which one answer may settle as well. */
export const alike = (question: OpenQuestion, report: Report, files: ManifestFiles): OpenQuestion[] =>
  report.openQuestions.filter(
    other => other.key === question.key && other !== question && whyNotApplicable(files, other.fact) === undefined,
  )

/** A rule that passed, and the facts that it passed on. */
export interface Evidence {
  readonly ruleId: string
  readonly title: string
  readonly passed: number
  /** Keys that the rule reads and the manifest states, with how often. */
  readonly facts: readonly { readonly key: string; readonly times: number }[]
}

/** Why a question of the checklist is answered as far as it is. */
export function evidenceOf(
  scope: QuestionKey,
  report: Report,
  files: ManifestFiles,
  rules: readonly AnyRule[],
): Evidence[] {
  const stated = countsByKey(files.value)
  return report.rules
    .filter(({ question, passed }) => question === scope && passed > 0)
    .map(({ ruleId, passed }) => {
      const rule = rules.find(({ id }) => id === ruleId)
      const facts = (rule?.reads ?? []).flatMap(key => {
        const times = stated.get(key) ?? 0
        return times > 0 ? [{ key, times }] : []
      })
      return { ruleId, title: rule?.title ?? '', passed, facts }
    })
    .sort((a, b) => b.passed - a.passed || (a.ruleId < b.ruleId ? -1 : 1))
}

/** How often each key of the schema is stated, whatever the element. */
function countsByKey(value: unknown): Map<string, number> {
  const counts = new Map<string, number>()
  const visit = (inner: unknown, path: Path) => {
    if (path.length > 0 && typeof path.at(-1) === 'string') {
      const key = keyOf(path)
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    if (typeof inner !== 'object' || inner === null) return
    for (const [key, next] of Object.entries(inner)) visit(next, [...path, Array.isArray(inner) ? Number(key) : key])
  }
  visit(value, [])
  return counts
}
