import * as z from 'zod'
import { questionKeys, severities } from '../finding.ts'
import { element, listOf, oneOf } from '../manifest/schema/fact.ts'
import { choice, count, flag, share, text } from '../manifest/schema/scalars.ts'
import { policySchema } from '../policies/schema.ts'

/** What `.scaffold-review.yaml` may say. Every key is optional: what a file does not say, what it extends or the built-in values say. */

export const severityOrOff = () => choice('off', ...severities)

/** One entry, or a list of them; read as a list. */
const oneOrList = (expected: string) =>
  oneOf([text().transform(one => [one]), listOf(text(), expected)], `${expected}, one or a list of them`)

const ruleSetting = oneOf(
  [
    severityOrOff().transform((severity): RuleSetting => ({ severity })),
    element(
      {
        severity: severityOrOff().optional().describe('Of every finding of the rule.'),
        options: z
          .record(z.string(), z.unknown(), { error: 'expected a map of options' })
          .optional()
          .describe('Options of the rule; its page lists them.'),
      },
      'a severity, or a map with severity and options',
    ) as z.ZodType<RuleSetting>,
  ],
  'off, info, warning, error, or a map with severity and options',
)

export interface RuleSetting {
  severity?: 'off' | (typeof severities)[number] | undefined
  options?: Record<string, unknown> | undefined
}

const days = (severity: string, preset: number) =>
  count(0)
    .max(3650, { error: 'expected a whole number of days from 0 to 3650' })
    .optional()
    .describe(`For ${severity}; 0: nobody can waive one. Default: ${preset}.`)

export const configSchema = element(
  {
    version: z
      .literal(1, { error: 'expected 1, the only version there is' })
      .optional()
      .describe('Version of the format. Default: 1.'),
    extends: oneOrList('names of presets or files that start with ./ or ../')
      .optional()
      .describe(
        'Presets (recommended, strict, startup) and files of the same project; later ones win, and this file wins over all.',
      ),
    failOn: choice(...severities)
      .optional()
      .describe('Exit 1 from this severity up. Default: error.'),
    strict: flag().optional().describe('Exit 1 also when something that must be stated is not. Default: false.'),
    minCoverage: share().optional().describe('Exit 1 when fewer of the checks can be decided, such as 80%.'),
    include: oneOrList('globs')
      .optional()
      .describe('Manifests to review when none is named; globs relative to this file.'),
    exclude: oneOrList('globs').optional().describe('Manifests that include must not find.'),
    questions: element(
      Object.fromEntries(
        questionKeys.map(key => [key, severityOrOff().optional().describe('Severity of every finding of its rules.')]),
      ) as Record<(typeof questionKeys)[number], z.ZodOptional<ReturnType<typeof severityOrOff>>>,
      'a map from question to severity',
    )
      .optional()
      .describe('Severity by question of the checklist.'),
    rules: z
      .record(z.string(), ruleSetting, { error: 'expected a map from rule to severity' })
      .optional()
      .describe('Severity and options by rule. A rule wins over its question.'),
    waivers: element(
      {
        allow: flag().optional().describe('Whether waivers hold at all. Default: true.'),
        comments: flag().optional().describe('Whether comments in manifests waive. Default: true.'),
        maxDays: element(
          {
            error: days('an error', 90),
            warning: days('a warning', 180),
            info: days('a finding of severity info', 365),
          },
          'a map with error, warning, info',
        )
          .optional()
          .describe('Most days from today that a waiver may last, by severity of the finding.'),
      },
      'a map with allow, comments, maxDays',
    )
      .optional()
      .describe('What waivers can do.'),
    policies: listOf(policySchema, 'policies').optional().describe('Rules of your own, without code.'),
    plugins: oneOrList('files that start with ./ or ../, or packages')
      .optional()
      .describe('Rules of your own in code. They run only with --allow-plugins.'),
  },
  'a map with extends, rules, failOn and so on',
)

export type Config = z.output<typeof configSchema>
