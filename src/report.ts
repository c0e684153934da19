import type { Claim, Finding, OpenQuestion, Problem, QuestionKey, Waived } from './finding.ts'
import type { Source } from './manifest/source.ts'

/**
 * How one rule fared: subjects by outcome. A subject with a violation counts as failed, else with a question as open, and so
 * does one on which the rule failed.
 */
export interface Tally {
  ruleId: string
  question: QuestionKey
  passed: number
  failed: number
  open: number
  notApplicable: number
  waived: number
}

/** `partly`: warnings only. `unknown`: nothing failed but questions are open. `n/a`: nothing to ask of this system. */
export type Answer = 'yes' | 'no' | 'partly' | 'unknown' | 'n/a'

export interface QuestionScore {
  key: QuestionKey
  question: string
  answer: Answer
  errors: number
  warnings: number
  infos: number
  passed: number
  failed: number
  open: number
  notApplicable: number
  waived: number
  /** Decided of those that could be decided, from 0 to 1; `null` where there was nothing to decide. */
  coverage: number | null
}

/**
 * `not ready`: an error or a warning stands. `incomplete`: none stands, but questions are open,
 * a rule failed, or there was no journey to follow. `ready`: none of these.
 * `unreadable`: the manifest could not be read, so nothing was reviewed.
 */
export type Verdict = 'ready' | 'not ready' | 'incomplete' | 'unreadable'

/** What stood already when the baseline was written: taken out of the report, but not out of the verdict. */
export interface Baselined {
  findings: Finding[]
  /** Facts that must be stated and are not. */
  notStated: OpenQuestion[]
}

/** What the manifest claims, held against the files of its evidence. */
export interface EvidenceReport {
  /** In the order of the manifest. */
  claims: Claim[]
  /** The files in which something was found, for code frames. */
  texts: readonly Text[]
}

/** A file that locations lead to. */
export interface Text {
  readonly file: string
  readonly text: string
}

/** The result of the review of one manifest. */
export interface Report {
  /** The file that was asked for. */
  file: string
  system: string | undefined
  verdict: Verdict
  problems: Problem[]
  findings: Finding[]
  waived: Waived[]
  baselined: Baselined
  openQuestions: OpenQuestion[]
  scoreboard: QuestionScore[]
  rules: Tally[]
  coverage: number | null
  /** Absent where the manifest names no evidence, or none was asked for. */
  evidence?: EvidenceReport
  /** What was read, for code frames; not part of any machine format. */
  sources: readonly Source[]
}

/** All files that locations of a report may lead to, those of the manifest first. */
export const textsOf = ({ sources, evidence }: Report): readonly Text[] => [...sources, ...(evidence?.texts ?? [])]

/** Open questions that are surfaced as warnings "not stated". */
export const notStated = (report: Pick<Report, 'openQuestions'>): OpenQuestion[] =>
  report.openQuestions.filter(question => question.mustBeStated)
