import { byImportance } from './analysis/reach.ts'
import { claimsInOrder, evidenceFindings, type EvidenceReader, type EvidenceSeverities } from './engine/evidence.ts'
import { evidenceRules } from './engine/evidence-rules.ts'
import { decideInSteps, type Decided } from './engine/decide.ts'
import { failureProblems } from './engine/failures.ts'
import { fold, type Candidate } from './engine/fold.ts'
import { openQuestions } from './engine/questions.ts'
import { coverageOf, scoreboard, tallies, verdictOf, waivedLookup } from './engine/score.ts'
import { finish } from './engine/steps.ts'
import { waive } from './engine/waive.ts'
import { waiverFindings, type WaiverContext } from './engine/waiver-findings.ts'
import { waiversOf } from './engine/waivers.ts'
import {
  severityRank,
  type Evidence,
  type Finding,
  type Location,
  type Path,
  type QuestionKey,
  type Severity,
} from './finding.ts'
import type { ManifestFiles } from './manifest/files.ts'
import type { Journey, Model } from './manifest/model.ts'
import { readManifest } from './manifest/read.ts'
import type { Report } from './report.ts'
import type { AnyRule, Violation } from './rules/define.ts'

export interface ReviewOptions {
  /** Options by rule id; each is checked against the rule's own schema. */
  readonly rules?: Readonly<Record<string, unknown>>
  /** ISO date by which waivers and ages are judged. Without one nothing has expired or is old: the core has no clock. */
  readonly today?: string
  readonly waivers?: WaiverOptions
  /** Holds the files of the evidence against the manifest. Without it the manifest is believed. */
  readonly evidence?: EvidenceReader
  /** Instead of the severities of `evidenceRules`. */
  readonly evidenceSeverities?: EvidenceSeverities
  /** Which findings of evidence are reported, by rule and question (default: all). */
  readonly evidenceKept?: (ruleId: string, question: QuestionKey) => boolean
  /** Told what is being done, and does it; the core has no clock to say how long that took. */
  readonly measure?: Measure
}

export interface WaiverOptions extends Pick<WaiverContext, 'known' | 'severities'> {
  /** Every finding stands, and nothing is said about waivers. */
  readonly ignore?: boolean
  /** Whether comments waive (default: true). Where they do not, each is a finding. */
  readonly comments?: boolean
  /** Most days from today that a waiver may last, by severity of the finding; 0: none is accepted. */
  readonly maxDays?: Readonly<Record<Severity, number>>
}

export type Measure = <T>(what: string, work: () => T) => T

const unmeasured: Measure = (_, work) => work()

/** The whole core: text and rules in, a report out. No files, no clock, no terminal. */
export function review(files: ManifestFiles, rules: readonly AnyRule[], options: ReviewOptions = {}): Report {
  const measure = options.measure ?? unmeasured
  const reading = measure('validate', () => readManifest(files))
  if (!reading.model) return unreadable(files, reading.problems)
  const { model } = reading
  const decided = measure('decide', () =>
    finish(decideInSteps(model, rules, options.rules ?? {}, options.today, measure)),
  )
  return measure('report', () => reportOf(files, model, rules, decided, options))
}

/** The same with pauses, for who has something else to do in between, or may no longer want the answer. */
export function* reviewInSteps(
  files: ManifestFiles,
  rules: readonly AnyRule[],
  options: ReviewOptions = {},
): Generator<undefined, Report> {
  const { model, problems } = readManifest(files)
  if (!model) return unreadable(files, problems)
  yield
  const decided = yield* decideInSteps(model, rules, options.rules ?? {}, options.today)
  return reportOf(files, model, rules, decided, options)
}

function reportOf(
  files: ManifestFiles,
  model: Model,
  rules: readonly AnyRule[],
  decided: Decided,
  options: ReviewOptions,
): Report {
  const candidates: Candidate[] = []
  for (const { rule, subject, violations } of decided.decisions)
    for (const violation of violations)
      candidates.push({ rule, violation, finding: toFinding(rule, violation, subject.path, files) })
  const folded = fold(candidates).map(({ finding }) => finding)
  for (const finding of folded) finding.journeys = mostCriticalFirst(finding.journeys, model)
  const told = options.evidence?.({ model, at: path => files.locateFact(path) })
  const problems = [...failureProblems(decided.failures, files), ...(told?.problems ?? [])]
  const sound = () => [
    ...rules.filter(rule => !decided.failures.some(failure => failure.rule === rule)),
    ...(told ? evidenceRules.map(({ id }) => ({ id, question: undefined })) : []),
  ]
  const found = [...folded, ...(told ? evidenceFindings(told, options) : [])]
  const { findings, waived } = withWaivers(inOrder(found), model, files, sound, options)
  const open = [...openQuestions(decided.decisions, model, decided.facts, files), ...(told?.questions ?? [])]
  const counted = tallies(rules, decided, waivedLookup(waived))
  return {
    file: files.sources[0]!.file,
    system: model.raw.system,
    verdict: verdictOf(findings, open.length + problems.length, model.journeys.size),
    problems,
    findings,
    waived,
    baselined: { findings: [], notStated: [] },
    openQuestions: open,
    scoreboard: scoreboard(counted, findings),
    rules: counted,
    coverage: coverageOf(counted),
    ...(told ? { evidence: { claims: claimsInOrder(told.claims), texts: told.texts } } : {}),
    sources: files.sources,
  }
}

/** What stands once waivers are applied, with what is wrong with the waivers. */
function withWaivers(
  found: Finding[],
  model: Model,
  files: ManifestFiles,
  sound: () => WaiverContext['rules'],
  { today, waivers: options = {} }: ReviewOptions,
): Pick<Report, 'findings' | 'waived'> {
  const { ignore = false, comments = true, maxDays } = options
  if (ignore) return { findings: found, waived: [] }
  const { waivers, malformed } = waiversOf(model, files, comments)
  // Most manifests waive nothing.
  if (waivers.length === 0 && malformed.length === 0) return { findings: found, waived: [] }
  const { findings, waived, used } = waive(found, waivers, today, maxDays)
  const faults = waiverFindings(waivers, malformed, findings, used, { ...options, model, files, rules: sound() })
  return { findings: faults.length > 0 ? inOrder([...findings, ...faults]) : findings, waived }
}

function unreadable(files: ManifestFiles, problems: Report['problems']): Report {
  return {
    file: files.sources[0]!.file,
    system: undefined,
    verdict: 'unreadable',
    problems,
    findings: [],
    waived: [],
    baselined: { findings: [], notStated: [] },
    openQuestions: [],
    scoreboard: [],
    rules: [],
    coverage: null,
    sources: files.sources,
  }
}

function toFinding(rule: AnyRule, violation: Violation, subject: Path, files: ManifestFiles): Finding {
  const {
    at,
    message,
    arithmetic,
    fix = rule.fix,
    severity = rule.severity,
    evidence = [],
    journeys = [],
    about = subject,
  } = violation
  const { location, byDefault } = files.locateBoth(at)
  const places: Evidence[] = []
  if (byDefault && !isSamePlace(byDefault, location))
    places.push({ label: 'stated by the defaults', location: byDefault })
  for (const { label, at } of evidence) places.push({ label, location: files.locateFact(at) })
  return {
    ruleId: rule.id,
    question: rule.question,
    severity,
    message,
    arithmetic,
    fix,
    location,
    subject: about,
    evidence: places,
    journeys: journeys.map(journey => journey.name),
    alsoImplies: [],
  }
}

const isSamePlace = (a: Location, b: Location) => a.file === b.file && a.start.offset === b.start.offset

/** Folding brings journeys of consequences behind those of their cause. */
function mostCriticalFirst(names: readonly string[], model: Model): string[] {
  if (names.length === 0) return []
  const journeys: Journey[] = []
  for (const name of new Set(names)) {
    const journey = model.journeys.get(name)
    if (journey) journeys.push(journey)
  }
  return journeys.sort(byImportance).map(({ name }) => name)
}

/** The one place that sorts: worst first, then by place, then by rule. */
function inOrder(findings: Finding[]): Finding[] {
  return findings.sort(
    (a, b) =>
      severityRank(a.severity) - severityRank(b.severity) ||
      compare(a.location.file, b.location.file) ||
      a.location.start.offset - b.location.start.offset ||
      compare(a.ruleId, b.ruleId) ||
      compare(a.message, b.message),
  )
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
