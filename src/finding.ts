/** The vocabulary that every layer shares. Plain data only: all of it survives `JSON.stringify`. */

/**
 * `error`: the manifest contradicts itself, or the arithmetic fails with every unknown taken in the author's favour.
 * `warning`: fails under ordinary stated assumptions, or a named failure has no declared defence.
 * `info`: a smell or a cost hint.
 */
export type Severity = 'error' | 'warning' | 'info'

export const severities = ['error', 'warning', 'info'] as const satisfies readonly Severity[]

/** 0 is the worst. Sorts findings and compares them with a threshold. */
export const severityRank = (severity: Severity): number => (severity === 'error' ? 0 : severity === 'warning' ? 1 : 2)

/** Keys and list indices from the top of the manifest. Rules name paths; the engine finds the characters. */
export type Path = readonly (string | number)[]

/** `services.web.calls[0].timeout`, the form in which people read and write a path. */
export function formatPath(path: Path): string {
  return path
    .map((step, i) => {
      if (typeof step === 'number') return `[${step}]`
      const plain = /^[\p{L}\p{N}_-]+$/u.test(step)
      return plain ? (i === 0 ? step : `.${step}`) : `[${JSON.stringify(step)}]`
    })
    .join('')
}

/** Line and column count from 1, in UTF-16 code units; `offset` counts from 0 into the file's text. */
export interface Point {
  line: number
  column: number
  offset: number
}

/** `end` is exclusive. `path` is what was asked for, also where the text only holds one of its ancestors. */
export interface Location {
  file: string
  path: Path
  start: Point
  end: Point
}

/** A stated fact that the arithmetic used. */
export interface Evidence {
  label: string
  location: Location
}

/** The eight questions of the checklist, in the order in which they are asked. */
export const questions = {
  'partial-failure': 'Can the system survive partial failures?',
  instrumentation: 'Are hot paths instrumented and monitored?',
  'read-write': 'Are read and write concerns separated where appropriate?',
  idempotency: 'Are critical operations idempotent?',
  caching: 'Are caching and TTLs sensible?',
  scaling: 'Can services be scaled independently?',
  migrations: 'Are database migrations safe and reversible?',
  alerting: 'Are there alerts for user-facing SLO breaches?',
} as const

export type QuestionKey = keyof typeof questions

export const questionKeys = Object.keys(questions) as QuestionKey[]

/** The one thing every rule leads to and every reporter consumes. */
export interface Finding {
  ruleId: string
  question: QuestionKey
  severity: Severity
  /** The element in quotes, what is, what was expected. No rule id, no colour, no full stop at the end. */
  message: string
  /** The formula with the numbers substituted; several lines where it has several steps. */
  arithmetic?: string | undefined
  /** An imperative sentence, with the computed number where there is one. */
  fix: string
  location: Location
  /** The element the finding is about; with the rule id it identifies the finding whatever the formatting of the file. */
  subject: Path
  evidence: Evidence[]
  /** Journeys that are affected, most critical first. */
  journeys: string[]
  /** Consequences that were folded into this finding because it is their cause. */
  alsoImplies: Implied[]
  /** Why it stands although it was accepted once: a waiver has expired, or it is worse than its baseline. */
  note?: string
}

/** A finding that another one is the cause of. */
export interface Implied {
  ruleId: string
  message: string
  severity: Severity
  subject: Path
  /** What it points at, as the `path` of a finding's location does. */
  at: Path
}

export interface Waived {
  finding: Finding
  reason: string
  owner: string
  /** ISO date, the last day on which the waiver holds. */
  until: string
  /** Where the waiver is written: in the manifest's list, or as a comment. */
  location: Location
}

/** A fact that the manifest does not state, and what is waiting for it. */
export interface OpenQuestion {
  /** The fact's path in the manifest. */
  fact: Path
  /** The fact's name independent of the element, such as `calls.timeout`. */
  key: string
  /** The element's name for people, such as `web -> orders`. */
  element: string
  /** In plain words, what to find out. */
  ask: string
  /** What the arithmetic would say in the worst case, or why it matters here. */
  because?: string
  /** YAML that would answer it. */
  example: string
  location: Location
  ruleIds: string[]
  questions: QuestionKey[]
  journeys: string[]
  /** True where the fact must be stated: it is then reported as a warning "not stated" (and stays a question). */
  mustBeStated: boolean
}

/** The keys of `evidence`: what kind of file a claim is checked against. */
export const evidenceKinds = ['prometheusRules', 'kubernetes', 'compose', 'openapi', 'migrations', 'documents'] as const
export type EvidenceKind = (typeof evidenceKinds)[number]

/**
 * `evidenced`: a file says the same. `contradicted`: a file says otherwise. `missing`: the files that would have to show it do
 * not. `claimed`: no file speaks of it, so it stands on the manifest's word.
 */
export const claimStates = ['evidenced', 'contradicted', 'missing', 'claimed'] as const
export type ClaimState = (typeof claimStates)[number]

/** Something that the manifest says, held against the files of its evidence. */
export interface Claim {
  state: ClaimState
  kind: EvidenceKind
  /** The element that it is about. */
  subject: Path
  question: QuestionKey
  /** What the manifest says and what the files say, the element in quotes. No full stop at the end. */
  message: string
  arithmetic?: string
  /** What to do; only where it is contradicted or missing. */
  fix?: string
  /** Where the manifest says it. */
  location: Location
  /** Where the files speak of it. */
  places: Evidence[]
}

/**
 * Why a manifest could not be reviewed; or, for `rule-failed`, why one rule could not, and for `evidence`, which files could
 * not be read: then what was found without them stands beside it. Problems never pass the gate.
 */
export interface Problem {
  ruleId: 'unreadable' | 'yaml-syntax' | 'duplicate-name' | 'manifest-shape' | 'include' | 'rule-failed' | 'evidence'
  message: string
  location: Location
  /** Other places that belong to it, such as the first definition of a name that is defined twice. */
  related: Evidence[]
}
