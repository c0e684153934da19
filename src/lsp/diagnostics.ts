import {
  DiagnosticSeverity,
  type Diagnostic,
  type DiagnosticRelatedInformation,
  type Range,
} from 'vscode-languageserver-types'
import type { Evidence, Finding, Location, OpenQuestion, Path, Problem } from '../finding.ts'
import { formatPath } from '../finding.ts'
import { notStated, type Report } from '../report.ts'
import { notStatedRule } from '../reporters/pseudo-rules.ts'

/** What a code action needs to know of a diagnostic, sent along with it and given back by the editor. */
export interface DiagnosticData {
  readonly ruleId: string
  /** The element that a waiver would name; `undefined` for what cannot be waived. */
  readonly subject?: string
}

const severityOf = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
} as const

/** Lines and columns from 0, in UTF-16 code units. */
export const rangeOf = ({ start, end }: Pick<Location, 'start' | 'end'>): Range => ({
  start: { line: start.line - 1, character: start.column - 1 },
  end: { line: end.line - 1, character: end.column - 1 },
})

/** What is said of a manifest: all of a report, or what can be said before there is one. */
type Said = Pick<Report, 'sources' | 'problems' | 'findings' | 'openQuestions'>

/**
 * What is said, by file; a file of which nothing is said has an empty list, so that what stood there goes away.
 * @param uriOf the address of a file of the manifest
 */
export function diagnosticsOf(said: Said, uriOf: (file: string) => string): ReadonlyMap<string, Diagnostic[]> {
  const byFile = new Map<string, Diagnostic[]>(said.sources.map(({ file }) => [file, []]))
  const put = (file: string, diagnostic: Diagnostic) => {
    const known = byFile.get(file)
    if (known) known.push(diagnostic)
    else byFile.set(file, [diagnostic])
  }
  const related = (evidence: readonly Evidence[]): DiagnosticRelatedInformation[] =>
    evidence.map(({ label, location }) => ({
      message: label,
      location: { uri: uriOf(location.file), range: rangeOf(location) },
    }))
  for (const problem of said.problems)
    put(problem.location.file, { ...ofProblem(problem), relatedInformation: related(problem.related) })
  for (const finding of said.findings)
    put(finding.location.file, { ...ofFinding(finding), relatedInformation: related(finding.evidence) })
  for (const question of notStated(said)) put(question.location.file, ofQuestion(question))
  return byFile
}

const source = 'scaffold-review'

function ofProblem({ ruleId, message, location }: Problem): Diagnostic {
  const data: DiagnosticData = { ruleId }
  return { range: rangeOf(location), severity: DiagnosticSeverity.Error, source, code: ruleId, message, data }
}

function ofFinding(finding: Finding): Diagnostic {
  const { ruleId, severity, message, arithmetic, fix, note, location, subject } = finding
  const data: DiagnosticData = { ruleId, subject: formatPath(subject) }
  const text = [message, ...(arithmetic === undefined ? [] : [arithmetic]), `Fix: ${fix}`, ...(note ? [note] : [])]
  return {
    range: rangeOf(location),
    severity: severityOf[severity],
    source,
    code: ruleId,
    message: text.join('\n'),
    data,
  }
}

function ofQuestion({ fact, element, ask, because, example, location, ruleIds }: OpenQuestion): Diagnostic {
  const data: DiagnosticData = { ruleId: notStatedRule.id }
  const name = lastKey(fact)
  const text = [
    `${name} of "${element}" is not stated. ${ask}`,
    ...(because === undefined ? [] : [because]),
    `State it, for example: ${example}`,
    `Waiting for it: ${ruleIds.join(', ')}`,
  ]
  return {
    range: rangeOf(location),
    severity: DiagnosticSeverity.Warning,
    source,
    code: notStatedRule.id,
    message: text.join('\n'),
    data,
  }
}

const lastKey = (path: Path): string => path.findLast(step => typeof step === 'string') ?? ''
