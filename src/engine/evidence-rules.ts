import type { Severity } from '../finding.ts'

/** What holding a manifest against its files can find, without a rule file. Their severity can be configured like that of a rule. */

export const evidenceRuleIds = [
  'evidence-contradicted',
  'evidence-missing',
  'alert-never-fires',
  'alert-after-budget',
  'migration-hazard',
] as const
export type EvidenceRuleId = (typeof evidenceRuleIds)[number]

export const isEvidenceRule = (id: string): id is EvidenceRuleId => (evidenceRuleIds as readonly string[]).includes(id)

export interface EvidenceRule {
  readonly id: EvidenceRuleId
  readonly title: string
  readonly severity: Severity
  readonly why: string
  readonly fix: string
}

export const evidenceRules: readonly EvidenceRule[] = [
  {
    id: 'evidence-contradicted',
    title: 'A file says otherwise than the manifest',
    severity: 'warning',
    why: 'The manifest and what is deployed are two systems. The review judged the one in the manifest, and users meet the other.',
    fix: 'Correct whichever of the two is wrong',
  },
  {
    id: 'evidence-missing',
    title: 'The files do not hold what the manifest claims',
    severity: 'warning',
    why: 'The design counts on an alert, a runbook or a guard that is not where the manifest says that such things are. It was planned and never built, or was removed.',
    fix: 'Add it to the files, or take the claim out of the manifest',
  },
  {
    id: 'alert-never-fires',
    title: 'An alert rule waits for what cannot be',
    severity: 'error',
    why: 'Not even an outage in which every request fails makes the expression true, so nobody is told. Most often a burn rate was made for another objective.',
    fix: 'Lower the threshold to a value that the signal can reach',
  },
  {
    id: 'alert-after-budget',
    title: 'An alert rule waits until the error budget is gone',
    severity: 'warning',
    why: 'The time in `for` is longer than the budget lasts, so the promise is broken before anybody is told.',
    fix: 'Shorten `for`; the windows of a burn-rate alert keep noise out already',
  },
  {
    id: 'migration-hazard',
    title: 'A migration file can stop the service',
    severity: 'warning',
    why: 'The statement takes a lock that others wait for, rewrites a table, or removes what running code still uses.',
    fix: 'Spread the change over several migrations, each of which is safe while the old code runs',
  },
]
