import type { Severity } from '../finding.ts'

/** Faults of waivers, which are found without a rule file. Their severity can be configured like that of a rule. */

export const waiverRuleIds = ['waiver-malformed', 'waiver-unknown', 'waiver-unused'] as const
export type WaiverRuleId = (typeof waiverRuleIds)[number]

export interface WaiverRule {
  readonly id: WaiverRuleId
  readonly title: string
  readonly severity: Severity
  readonly why: string
  readonly fix: string
}

export const waiverRules: readonly WaiverRule[] = [
  {
    id: 'waiver-malformed',
    title: 'A comment that should waive a finding waives nothing',
    severity: 'warning',
    why: 'Somebody meant to accept a finding, and the comment says too little or says it in the wrong form: so the finding stands, and nobody knows who accepted it, why, and for how long.',
    fix: 'Write it as # scaffold-review: ignore[rule] until=2027-01-31 owner=team -- reason',
  },
  {
    id: 'waiver-unknown',
    title: 'A waiver names a rule or an element that there is not',
    severity: 'warning',
    why: 'A name is misspelt, or what it stood for is gone: the waiver holds for nothing, while its author counts on it.',
    fix: 'Correct the name, or remove the waiver',
  },
  {
    id: 'waiver-unused',
    title: 'A waiver accepts what is not found any more',
    severity: 'info',
    why: 'What was accepted has been mended, or is found elsewhere. If it stays, the waiver silently accepts the same fault when it comes back.',
    fix: 'Remove the waiver',
  },
]
