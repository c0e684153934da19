import { formatPath, type Evidence, type Finding, type Location, type OpenQuestion, type Path } from '../finding.ts'
import { notStated, type Report } from '../report.ts'
import { fingerprints } from '../engine/fingerprint.ts'
import type { ManifestDocument, ReportDocument } from './report-schema.ts'
import type { Reporter, Run } from './reporter.ts'

/** For programs: all of the report, in the shape of `schemas/report.schema.json`. */
export const json: Reporter = run => `${JSON.stringify(toDocument(run), null, 2)}\n`

export const toDocument = ({ tool, reports }: Run): ReportDocument => ({
  schemaVersion: 1,
  tool: { name: tool.name, version: tool.version },
  manifests: reports.map(toManifest),
})

function toManifest(report: Report): ManifestDocument {
  const identities = fingerprints(report)
  const finding = (found: Finding) => toFinding(found, identities.get(found)!)
  return {
    file: report.file,
    system: report.system ?? null,
    verdict: report.verdict,
    coverage: report.coverage,
    problems: report.problems.map(({ ruleId, message, location, related }) => ({
      ruleId,
      message,
      location: toLocation(location),
      related: related.map(toEvidence),
    })),
    findings: report.findings.map(finding),
    notStated: notStated(report).map(toQuestion),
    openQuestions: report.openQuestions.map(toQuestion),
    waived: report.waived.map(({ finding: found, reason, owner, until }) => ({
      finding: finding(found),
      reason,
      owner,
      until,
    })),
    baselined: {
      findings: report.baselined.findings.map(finding),
      notStated: report.baselined.notStated.map(toQuestion),
    },
    scoreboard: report.scoreboard,
    rules: report.rules,
  }
}

// Key by key rather than by spreading: what is added to a finding reaches the contract only on purpose.

function toFinding(found: Finding, fingerprint: string): ManifestDocument['findings'][number] {
  const { ruleId, question, severity, message, arithmetic, fix, alsoImplies, note } = found
  return {
    ruleId,
    question,
    severity,
    message,
    ...(arithmetic === undefined ? {} : { arithmetic }),
    fix,
    subject: toElement(found.subject),
    location: toLocation(found.location),
    evidence: found.evidence.map(toEvidence),
    journeys: found.journeys,
    alsoImplies: alsoImplies.map(implied => ({ ruleId: implied.ruleId, message: implied.message })),
    ...(note === undefined ? {} : { note }),
    fingerprint,
  }
}

function toQuestion(open: OpenQuestion): ManifestDocument['openQuestions'][number] {
  const { key, element, ask, because, example, ruleIds, questions, journeys, mustBeStated } = open
  return {
    fact: toElement(open.fact),
    key,
    element,
    ask,
    ...(because === undefined ? {} : { because }),
    example,
    ruleIds,
    questions,
    journeys,
    mustBeStated,
    location: toLocation(open.location),
  }
}

const toElement = (path: Path) => ({ path: formatPath(path), steps: [...path] })

const toEvidence = ({ label, location }: Evidence) => ({ label, location: toLocation(location) })

const toLocation = ({ file, start, end }: Location) => ({
  file,
  line: start.line,
  column: start.column,
  endLine: end.line,
  endColumn: end.column,
})
