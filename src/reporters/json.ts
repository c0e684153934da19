import type { Finding, OpenQuestion } from '../finding.ts'
import { notStated, type Report } from '../report.ts'
import { fingerprints } from '../engine/fingerprint.ts'
import { evidenceDocument, toElement, toEvidence, toLocation } from './evidence-json.ts'
import { jsonText } from './json-text.ts'
import { rules as builtIn } from '../rules/index.ts'
import type { AnyRule } from '../rules/define.ts'
import type { ManifestDocument, ReportDocument } from './report-schema.ts'
import type { Reporter, Run } from './reporter.ts'

/** For programs: all of the report, in the shape of `schemas/report.schema.json`. */
export const json: Reporter = run => jsonText(toDocument(run))

export const toDocument = ({ tool, reports, rules, shard }: Run): ReportDocument => ({
  schemaVersion: 1,
  tool: { name: tool.name, version: tool.version },
  ...(shard === undefined ? {} : { shard: { ...shard, positions: [...shard.positions] } }),
  rules: rules.map(toRule),
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
      at: toElement(location.path),
      location: toLocation(location),
      related: related.map(toEvidence),
    })),
    findings: report.findings.map(finding),
    notStated: notStated(report).map(toQuestion),
    openQuestions: report.openQuestions.map(toQuestion),
    waived: report.waived.map(({ finding: found, reason, owner, until, location }) => ({
      finding: finding(found),
      reason,
      owner,
      until,
      location: toLocation(location),
    })),
    baselined: {
      findings: report.baselined.findings.map(finding),
      notStated: report.baselined.notStated.map(toQuestion),
    },
    scoreboard: report.scoreboard,
    rules: report.rules,
    ...(report.evidence ? { evidence: evidenceDocument(report.evidence) } : {}),
    sources: report.sources.map(({ file, text }) => ({ file, text })),
  }
}

/** A rule of somebody's own, or one with another severity, is described: nobody else could know it. */
function toRule(rule: AnyRule): ReportDocument['rules'][number] {
  const { id, title, severity, question, why, formula, fix, sources } = rule
  const known = builtIn.find(one => one.id === id)
  const isKnown =
    known && [title, severity, why, fix].join() === [known.title, known.severity, known.why, known.fix].join()
  if (isKnown) return { id }
  return {
    id,
    described: {
      title,
      severity,
      question,
      why,
      ...(formula === undefined ? {} : { formula }),
      fix,
      sources: [...sources],
    },
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
    at: toElement(found.location.path),
    location: toLocation(found.location),
    evidence: found.evidence.map(toEvidence),
    journeys: found.journeys,
    alsoImplies: alsoImplies.map(implied => ({
      ruleId: implied.ruleId,
      message: implied.message,
      severity: implied.severity,
      subject: toElement(implied.subject),
      at: toElement(implied.at),
    })),
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
