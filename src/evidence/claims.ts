import type { Manifest, Told } from '../engine/evidence.ts'
import type { EvidenceKind, Location, OpenQuestion, Problem, QuestionKey } from '../finding.ts'

export type { Manifest, Told } from '../engine/evidence.ts'

export const nothing = (): Told => ({ claims: [], findings: [], questions: [], problems: [] })

export function together(parts: readonly Told[]): Told {
  return {
    claims: parts.flatMap(({ claims }) => claims),
    findings: parts.flatMap(({ findings }) => findings),
    questions: parts.flatMap(({ questions }) => questions),
    problems: parts.flatMap(({ problems }) => problems),
  }
}

/** A part of a file that cannot be read is asked for like a fact that is not stated. */
export function unreadablePart(
  kind: EvidenceKind,
  question: QuestionKey,
  element: string,
  fault: string,
  where: Location,
  manifest: Manifest,
): OpenQuestion {
  const fact = ['evidence', kind]
  return {
    fact,
    key: fact.join('.'),
    element,
    ask: 'What does this part of the evidence say? It cannot be read, so nothing is checked against it',
    because: `${fault} (${where.file}:${where.start.line})`,
    example: `${kind}: [...]`,
    location: manifest.at(fact),
    ruleIds: ['evidence-contradicted'],
    questions: [question],
    journeys: [],
    mustBeStated: false,
  }
}

/** A file of which nothing can be read. */
export const unreadableFile = (kind: EvidenceKind, message: string, where: Location, manifest: Manifest): Problem => ({
  ruleId: 'evidence',
  message,
  location: manifest.at(['evidence', kind]),
  related: [{ label: 'the file', location: where }],
})
