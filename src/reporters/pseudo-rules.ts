import { evidenceRules } from '../engine/evidence-rules.ts'
import { waiverRules } from '../engine/waiver-rules.ts'
import type { Problem, Severity } from '../finding.ts'

/** What is reported without a rule file behind it: a fact that must be stated, a fault of a waiver, and why something was not reviewed. */
export interface PseudoRule {
  id: string
  /** The name in SARIF, which must not be the id again; otherwise it is made from the id. */
  name?: string
  title: string
  severity: Severity
  why: string
  fix: string
}

export const notStatedRule: PseudoRule = {
  id: 'not-stated',
  title: 'A fact that must be stated is not',
  severity: 'warning',
  why: 'Nobody can tell whether the design holds, because a number or a decision that it depends on is written down nowhere. Often it was never taken: then the default of some library decides, at the worst moment.',
  fix: 'State the fact in the manifest; write none where there is none, and the review says what follows from it.',
}

/** What `drift` says besides contradictions; no review reports it. */
export const driftRule: PseudoRule = {
  id: 'drift',
  name: 'ManifestDrift',
  title: 'The manifest and its files do not hold the same',
  severity: 'info',
  why: 'A review judges what is in the manifest: what only the files have it does not see, and what only the manifest has nobody may have built.',
  fix: 'Add it where it is missing, or take it out where it is not meant',
}

const problemRules: { [id in Problem['ruleId']]: Omit<PseudoRule, 'id' | 'severity'> } = {
  unreadable: {
    name: 'UnreadableFile',
    title: 'A file cannot be read',
    why: 'Nothing was reviewed, because the manifest is missing, is not a text file or may not be read.',
    fix: 'Name a file that exists, is text in UTF-8 and may be read.',
  },
  'yaml-syntax': {
    title: 'The text is not valid YAML',
    why: 'Nothing was reviewed, because what the text means is not certain.',
    fix: 'Correct the text at the place that is named.',
  },
  'duplicate-name': {
    title: 'A name is defined twice',
    why: 'Nothing was reviewed, because one of the definitions would silently win over the other, and a call to the name could mean either.',
    fix: 'Rename one of them, or merge the two.',
  },
  'manifest-shape': {
    title: 'The manifest has a key or a value that it cannot have',
    why: 'Nothing was reviewed, because a misspelt key would count as a fact that is not stated.',
    fix: 'Correct the key or the value; keys of your own start with x-.',
  },
  include: {
    name: 'UnusableInclude',
    title: 'A file that the manifest includes cannot be used',
    why: 'Nothing was reviewed, because a part of the design is missing.',
    fix: 'Name files that exist in the folder of the manifest or below, and that do not include each other in a circle.',
  },
  evidence: {
    name: 'UnreadableEvidence',
    title: 'Evidence cannot be read',
    why: 'The manifest names files that its claims are checked against, and they are not there, lie outside its folder or cannot be read. So nobody knows whether the claims hold. What the review found without them stands.',
    fix: 'Name files that exist in the folder of the manifest or below, or take the key out of evidence.',
  },
  'rule-failed': {
    title: 'A rule failed',
    why: 'The rule threw an error instead of an answer, so nobody knows whether the elements that it failed on are in order. What the other rules found stands.',
    fix: 'Correct the rule, or turn it off until it is; report it where it belongs to the program.',
  },
}

export const pseudoRules: readonly PseudoRule[] = [
  notStatedRule,
  ...waiverRules,
  ...evidenceRules,
  driftRule,
  ...Object.entries(problemRules).map(([id, rule]): PseudoRule => ({ id, severity: 'error', ...rule })),
]
