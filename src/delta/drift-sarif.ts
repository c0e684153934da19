import { formatPath, type Finding } from '../finding.ts'
import type { Report } from '../report.ts'
import { evidenceRules } from '../engine/evidence-rules.ts'
import { driftRule } from '../reporters/pseudo-rules.ts'
import type { Run, Style } from '../reporters/reporter.ts'
import { sarif } from '../reporters/sarif.ts'
import { Source } from '../manifest/source.ts'
import type { Drift, DriftItem } from './drift.ts'

/** A drift as code scanning reads it: each item at the line of the manifest, and the places in the files beside it. */
export function driftSarif(drift: Drift, tool: Run['tool'], style: Style): string {
  const report: Report = {
    file: drift.file,
    system: drift.system,
    verdict: 'incomplete',
    problems: [...drift.problems],
    findings: drift.items.map(toFinding),
    waived: [],
    baselined: { findings: [], notStated: [] },
    openQuestions: [],
    scoreboard: [],
    rules: [],
    coverage: null,
    sources: drift.sources.map(({ file, text }) => new Source(file, text)),
  }
  return sarif({ tool, rules: [], reports: [report] }, style)
}

function toFinding({ state, message, fix, location, places }: DriftItem): Finding {
  const rule = state === 'different' ? evidenceRules.find(({ id }) => id === 'evidence-contradicted')! : driftRule
  const { path } = location
  return {
    ruleId: rule.id,
    question: 'partial-failure',
    severity: rule.severity,
    message,
    fix: fix ?? rule.fix,
    location,
    // Facts of one element are told apart by the key; what is not in the manifest by the name that it has in the files.
    subject: formatPath(path) === '' ? ['drift'] : path,
    evidence: [...places],
    journeys: [],
    alsoImplies: [],
  }
}
