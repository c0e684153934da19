import { formatPath, type Claim, type Evidence, type Location, type Path } from '../finding.ts'
import type { EvidenceReport } from '../report.ts'
import type { EvidenceDocument } from './evidence-schema.ts'

/** Claims and places as JSON has them. */

export const evidenceDocument = ({ claims, texts }: EvidenceReport): EvidenceDocument => ({
  claims: claims.map(toClaim),
  texts: texts.map(({ file, text }) => ({ file, text })),
})

function toClaim(claim: Claim): EvidenceDocument['claims'][number] {
  const { state, kind, subject, question, message, arithmetic, fix, location, places } = claim
  return {
    state,
    kind,
    subject: toElement(subject),
    question,
    message,
    ...(arithmetic === undefined ? {} : { arithmetic }),
    ...(fix === undefined ? {} : { fix }),
    at: toElement(location.path),
    location: toLocation(location),
    places: places.map(toEvidence),
  }
}

export const toElement = (path: Path) => ({ path: formatPath(path), steps: [...path] })

export const toEvidence = ({ label, location }: Evidence) => ({
  label,
  at: toElement(location.path),
  location: toLocation(location),
})

export const toLocation = ({ file, start, end }: Location) => ({
  file,
  line: start.line,
  column: start.column,
  endLine: end.line,
  endColumn: end.column,
})
