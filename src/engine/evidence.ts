import type { Claim, Finding, Location, OpenQuestion, Path, Problem, QuestionKey, Severity } from '../finding.ts'
import type { Model } from '../manifest/model.ts'
import type { EvidenceReport } from '../report.ts'
import { evidenceRules, type EvidenceRuleId } from './evidence-rules.ts'

/** What evidence is held against. */
export interface Manifest {
  readonly model: Model
  /** Where the manifest states a fact. */
  readonly at: (path: Path) => Location
}

/** What files say of a manifest. */
export interface Told {
  readonly claims: Claim[]
  /** Faults of the files themselves, such as an alert that can never fire. */
  readonly findings: Finding[]
  /** Parts of a file that cannot be read, so that nobody knows what they would have said. */
  readonly questions: OpenQuestion[]
  /** Files of which nothing can be read, and globs that find none. */
  readonly problems: Problem[]
}

/** Holds the files, which somebody has read, against the manifest; the core reads none. */
export type EvidenceReader = (manifest: Manifest) => Told & { readonly texts: EvidenceReport['texts'] }

export type EvidenceSeverities = Readonly<Partial<Record<EvidenceRuleId, Severity | 'off'>>>

interface Choice {
  readonly evidenceSeverities?: EvidenceSeverities
  readonly evidenceKept?: (ruleId: string, question: QuestionKey) => boolean
}

/** Claims that are contradicted or missing, and faults of the files, as findings of the severity that was configured. */
export function evidenceFindings(
  { claims, findings }: Told,
  { evidenceSeverities: severities = {}, evidenceKept: isKept = () => true }: Choice,
): Finding[] {
  return [...claims.flatMap(claim => toFinding(claim) ?? []), ...findings].flatMap(finding => {
    const configured = severities[finding.ruleId as EvidenceRuleId]
    if (configured === 'off' || !isKept(finding.ruleId, finding.question)) return []
    return configured === undefined ? [finding] : [{ ...finding, severity: configured }]
  })
}

function toFinding(claim: Claim): Finding | undefined {
  const { state, subject, question, message, arithmetic, location, places } = claim
  if (state !== 'contradicted' && state !== 'missing') return undefined
  const { id, severity, fix } = evidenceRules.find(one => one.id === `evidence-${state}`)!
  return {
    ruleId: id,
    question,
    severity,
    message,
    ...(arithmetic === undefined ? {} : { arithmetic }),
    fix: claim.fix ?? fix,
    location,
    subject,
    evidence: places,
    journeys: [],
    alsoImplies: [],
  }
}

/** In the order of the manifest. */
export const claimsInOrder = (claims: readonly Claim[]): Claim[] =>
  claims.toSorted(
    ({ location: a }, { location: b }) =>
      (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.start.offset - b.start.offset,
  )
