import * as z from 'zod'
import { severities } from '../finding.ts'
import { count, element, evidence, location, questionKey } from './place-schema.ts'
import { evidenceReport } from './evidence-schema.ts'
import { rule, shard, sources } from './merge-schema.ts'

/**
 * The contract of `--format json`. Keys may be added without notice; whatever takes one away, renames it or changes what it
 * means raises `schemaVersion`.
 */

const journeys = z.array(z.string()).describe('Names of the journeys that are affected, most critical first.')
const ruleId = z.string().describe('Id of the rule.')
const coverage = z
  .number()
  .min(0)
  .max(1)
  .nullable()
  .describe('Share of the checks that could be decided, from 0 to 1; null where there was nothing to decide.')

const severity = z.enum(severities)

const finding = z
  .strictObject({
    ruleId,
    question: questionKey.describe('The question that the rule belongs to.'),
    severity: severity.describe(
      'error: wrong whatever else holds. warning: wrong under ordinary assumptions. info: a smell.',
    ),
    message: z.string().describe('What is, then what was expected. No full stop at the end.'),
    arithmetic: z.string().optional().describe('The formula with the numbers substituted, one step a line.'),
    fix: z.string().describe('What to do.'),
    subject: element.describe('The element that the finding is about.'),
    at: element.describe('The fact that is wrong, whether or not it is stated.'),
    location: location.describe('The key that is wrong, or its element where the key is not stated.'),
    evidence: z.array(evidence).describe('Stated facts that the arithmetic used.'),
    journeys,
    alsoImplies: z
      .array(
        z.strictObject({
          ruleId,
          message: z.string().describe('What is, then what was expected.'),
          severity: severity.describe('How severe it would be alone.'),
          subject: element.describe('The element that it is about.'),
          at: element.describe('The fact that is wrong.'),
        }),
      )
      .describe('Findings that were folded into this one because it is their cause.'),
    note: z.string().optional().describe('Why it stands although it was accepted once.'),
    fingerprint: z
      .string()
      .describe(
        'Recognises the finding in the next run: 32 hexadecimal digits that depend on rule and element, not on lines.',
      ),
  })
  .meta({ id: 'Finding', description: 'A fault, or a smell.' })

const openQuestion = z
  .strictObject({
    fact: element.describe('Where the fact belongs in the manifest.'),
    key: z.string().describe('The name of the fact whatever the element, such as calls.timeout.'),
    element: z.string().describe('The element as people call it, such as web -> orders.'),
    ask: z.string().describe('What to find out, in plain words.'),
    because: z.string().optional().describe('Why it matters here.'),
    example: z.string().describe('YAML that would answer it.'),
    ruleIds: z.array(z.string()).describe('Ids of the rules that wait for the answer.'),
    questions: z.array(questionKey).describe('The questions of the checklist that those rules belong to.'),
    journeys,
    mustBeStated: z.boolean().describe('Whether the fact must be stated, so that its absence is a warning.'),
    location: location.describe('The element that does not state it.'),
  })
  .meta({ id: 'OpenQuestion', description: 'A fact that the manifest does not state and that rules wait for.' })

const problem = z
  .strictObject({
    ruleId: z
      .enum(['unreadable', 'yaml-syntax', 'duplicate-name', 'manifest-shape', 'include', 'rule-failed', 'evidence'])
      .describe('The kind.'),
    message: z.string().describe('What is wrong.'),
    at: element.describe('The place in the manifest, where it has one.'),
    location: location.describe('Where it is.'),
    related: z.array(evidence).describe('Other places that belong to it, such as the first definition of a name.'),
  })
  .meta({ id: 'Problem', description: 'Why the manifest, or one rule, could not be reviewed.' })

const waived = z
  .strictObject({
    finding: finding.describe('What was found.'),
    reason: z.string().describe('Why it is accepted.'),
    owner: z.string().describe('Who accepted it.'),
    until: z.string().describe('The last day on which the waiver holds, such as 2026-11-30.'),
    location: location.describe('Where the waiver is written.'),
  })
  .meta({ id: 'Waived', description: 'A finding that is accepted until a day.' })

const baselined = z
  .strictObject({
    findings: z.array(finding).describe('Findings that stood when the baseline was written.'),
    notStated: z.array(openQuestion).describe('Facts that must be stated and were not when it was written.'),
  })
  .meta({ id: 'Baselined', description: 'What the baseline accepts. It stands apart, but speaks in the verdict.' })

const outcomes = {
  passed: count().describe('Elements on which nothing was found.'),
  failed: count().describe('Elements with a finding.'),
  open: count().describe('Elements that could not be decided because a fact is not stated, or the rule failed.'),
  notApplicable: count().describe('Elements about which the rule has nothing to say.'),
  waived: count().describe('Elements all findings of which are waived.'),
}

const score = z
  .strictObject({
    key: questionKey.describe('The question.'),
    question: z.string().describe('The question in words.'),
    answer: z
      .enum(['yes', 'no', 'partly', 'unknown', 'n/a'])
      .describe('no: an error stands. partly: a warning does. unknown: questions are open. n/a: nothing to ask.'),
    errors: count().describe('Findings of severity error.'),
    warnings: count().describe('Findings of severity warning.'),
    infos: count().describe('Findings of severity info.'),
    ...outcomes,
    coverage,
  })
  .meta({ id: 'QuestionScore', description: 'How one of the eight questions is answered.' })

const tally = z
  .strictObject({ ruleId, question: questionKey.describe('The question that the rule belongs to.'), ...outcomes })
  .meta({ id: 'Tally', description: 'How one rule fared, in elements that it looked at.' })

const manifest = z
  .strictObject({
    file: z.string().describe('The manifest that was asked for.'),
    system: z.string().nullable().describe('Name of the system; null where the manifest does not say.'),
    verdict: z
      .enum(['ready', 'not ready', 'incomplete', 'unreadable'])
      .describe('not ready: an error or a warning stands. incomplete: questions are open. unreadable: not reviewed.'),
    coverage,
    problems: z
      .array(problem)
      .describe(
        'Why it could not be reviewed: the rest is empty then. After rule-failed the rest is what other rules found.',
      ),
    findings: z.array(finding).describe('What stands, worst first.'),
    notStated: z
      .array(openQuestion)
      .describe('The open questions that weigh as warnings. Each of them is among openQuestions as well.'),
    openQuestions: z.array(openQuestion).describe('What rules wait for, the most valuable answer first.'),
    waived: z.array(waived).describe('What was found and is accepted.'),
    baselined: baselined.describe('What was found and stood already when the baseline was written.'),
    scoreboard: z.array(score).describe('The eight questions in their order; what the baseline accepts counts.'),
    rules: z.array(tally).describe('The rules that were applied.'),
    evidence: evidenceReport.optional().describe('What the manifest claims, held against its evidence.'),
    sources,
  })
  .meta({ id: 'Manifest', description: 'The review of one manifest.' })

export const reportSchema = z
  .strictObject({
    schemaVersion: z.literal(1).describe('Version of this format.'),
    tool: z
      .strictObject({ name: z.string().describe('Its name.'), version: z.string().describe('Its version.') })
      .describe('What wrote the report.'),
    shard: shard.optional().describe('Where only a part of the manifests was reviewed, by --shard.'),
    rules: z.array(rule).describe('The rules that were applied.'),
    manifests: z.array(manifest).describe('One review for each manifest, in the order in which they were asked for.'),
  })
  .meta({ title: 'Report of scaffold-review', description: 'What `scaffold-review --format json` writes.' })

export type ReportDocument = z.output<typeof reportSchema>
export type ManifestDocument = ReportDocument['manifests'][number]

/** The published schema, draft-07 because editors read nothing newer. */
export const reportJsonSchema = () => z.toJSONSchema(reportSchema, { target: 'draft-7' })
