import type { Evidence, Finding, Location, OpenQuestion, Path, Point } from '../finding.ts'
import { Source } from '../manifest/source.ts'
import type { EvidenceReport, Report, Text } from '../report.ts'
import type { ManifestDocument } from '../reporters/report-schema.ts'

/** The way back from the JSON of a report, so that all formats can be made of it. */

type FindingDocument = ManifestDocument['findings'][number]
type QuestionDocument = ManifestDocument['openQuestions'][number]

export function toReport(document: ManifestDocument): Report {
  const sources = document.sources.map(({ file, text }) => new Source(file, text))
  const at = locator([...sources, ...(document.evidence?.texts ?? [])])
  return {
    file: document.file,
    system: document.system ?? undefined,
    verdict: document.verdict,
    problems: document.problems.map(({ ruleId, message, at: path, location, related }) => ({
      ruleId,
      message,
      location: at(location, path.steps),
      related: related.map(one => pointer(one, at)),
    })),
    findings: document.findings.map(one => finding(one, at)),
    waived: document.waived.map(({ finding: found, reason, owner, until, location }) => ({
      finding: finding(found, at),
      reason,
      owner,
      until,
      location: at(location, []),
    })),
    baselined: {
      findings: document.baselined.findings.map(one => finding(one, at)),
      notStated: document.baselined.notStated.map(one => question(one, at)),
    },
    openQuestions: document.openQuestions.map(one => question(one, at)),
    scoreboard: document.scoreboard,
    rules: document.rules,
    coverage: document.coverage,
    ...(document.evidence ? { evidence: evidence(document.evidence, at) } : {}),
    sources,
  }
}

type Locator = (location: FindingDocument['location'], path: Path) => Location

function finding(found: FindingDocument, at: Locator): Finding {
  const { ruleId, question, severity, message, arithmetic, fix, subject, location, evidence, journeys, note } = found
  return {
    ruleId,
    question,
    severity,
    message,
    ...(arithmetic === undefined ? {} : { arithmetic }),
    fix,
    location: at(location, found.at.steps),
    subject: subject.steps,
    evidence: evidence.map(one => pointer(one, at)),
    journeys,
    alsoImplies: found.alsoImplies.map(implied => ({
      ...implied,
      subject: implied.subject.steps,
      at: implied.at.steps,
    })),
    ...(note === undefined ? {} : { note }),
  }
}

function question({ because, ...open }: QuestionDocument, at: Locator): OpenQuestion {
  const fact = open.fact.steps
  return { ...open, ...(because === undefined ? {} : { because }), fact, location: at(open.location, fact) }
}

const evidence = ({ claims, texts }: NonNullable<ManifestDocument['evidence']>, at: Locator): EvidenceReport => ({
  claims: claims.map(({ arithmetic, fix, at: path, ...claim }) => ({
    ...claim,
    ...(arithmetic === undefined ? {} : { arithmetic }),
    ...(fix === undefined ? {} : { fix }),
    subject: claim.subject.steps,
    location: at(claim.location, path.steps),
    places: claim.places.map(one => pointer(one, at)),
  })),
  texts,
})

const pointer = ({ label, at: path, location }: FindingDocument['evidence'][number], at: Locator): Evidence => ({
  label,
  location: at(location, path.steps),
})

/** Lines and columns again as offsets into the text. */
function locator(sources: readonly Text[]): Locator {
  const starts = new Map(
    sources.map(({ file, text }) => [file, [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)]]),
  )
  return ({ file, line, column, endLine, endColumn }, path) => {
    const point = (line: number, column: number): Point => {
      const start = starts.get(file)?.[line - 1]
      return { line, column, offset: start === undefined ? 0 : start + column - 1 }
    }
    return { file, path, start: point(line, column), end: point(endLine, endColumn) }
  }
}
