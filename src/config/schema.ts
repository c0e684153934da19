import { questionKeys, severities } from '../finding.ts'
import { anything, element, fact, listOf, literal, oneOf, reading, record } from '../manifest/schema/fact.ts'
import { choice, count, flag, share, text } from '../manifest/schema/scalars.ts'
import type { Field, Output, Type } from '../manifest/schema/type.ts'
import { policySchema } from '../policies/schema.ts'

/** What `.scaffold-review.yaml` may say. Every key is optional: what a file does not say, what it extends or the built-in values say. */

export const severityOrOff = () => choice('off', ...severities)

/** One entry, or a list of them; read as a list. */
const oneOrList = (expected: string) =>
  oneOf([reading(text(), one => [one]), listOf(text(), expected)], `${expected}, one or a list of them`)

const ruleSetting: Type<RuleSetting> = oneOf(
  [
    reading(severityOrOff(), (severity): RuleSetting => ({ severity })),
    element(
      {
        severity: fact(severityOrOff(), 'Of every finding of the rule.'),
        options: fact(record(anything, 'a map of options'), 'Options of the rule; its page lists them.'),
      },
      'a severity, or a map with severity and options',
    ),
  ],
  'off, info, warning, error, or a map with severity and options',
)

export interface RuleSetting {
  severity?: 'off' | (typeof severities)[number] | undefined
  options?: Record<string, unknown> | undefined
}

const days = (severity: string, preset: number) =>
  fact(
    count(0, { is: 'most', than: 3650, error: 'expected a whole number of days from 0 to 3650' }),
    `For ${severity}; 0: nobody can waive one. Default: ${preset}.`,
  )

export const configSchema = element(
  {
    version: fact(literal([1], 'expected 1, the only version there is'), 'Version of the format. Default: 1.'),
    extends: fact(
      oneOrList('names of presets or files that start with ./ or ../'),
      'Presets (recommended, strict, startup) and files of the same project; later ones win, and this file wins over all.',
    ),
    failOn: fact(choice(...severities), 'Exit 1 from this severity up. Default: error.'),
    strict: fact(flag(), 'Exit 1 also when something that must be stated is not. Default: false.'),
    minCoverage: fact(share(), 'Exit 1 when fewer of the checks can be decided, such as 80%.'),
    include: fact(oneOrList('globs'), 'Manifests to review when none is named; globs relative to this file.'),
    exclude: fact(oneOrList('globs'), 'Manifests that include must not find.'),
    questions: fact(
      element(
        Object.fromEntries(
          questionKeys.map(key => [key, fact(severityOrOff(), 'Severity of every finding of its rules.')]),
        ) as Record<(typeof questionKeys)[number], Field<Output<ReturnType<typeof severityOrOff>>, 'optional'>>,
        'a map from question to severity',
      ),
      'Severity by question of the checklist.',
    ),
    rules: fact(
      record(ruleSetting, 'a map from rule to severity'),
      'Severity and options by rule. A rule wins over its question.',
    ),
    waivers: fact(
      element(
        {
          allow: fact(flag(), 'Whether waivers hold at all. Default: true.'),
          comments: fact(flag(), 'Whether comments in manifests waive. Default: true.'),
          maxDays: fact(
            element(
              {
                error: days('an error', 90),
                warning: days('a warning', 180),
                info: days('a finding of severity info', 365),
              },
              'a map with error, warning, info',
            ),
            'Most days from today that a waiver may last, by severity of the finding.',
          ),
        },
        'a map with allow, comments, maxDays',
      ),
      'What waivers can do.',
    ),
    policies: fact(listOf(policySchema, 'policies'), 'Rules of your own, without code.'),
    plugins: fact(
      oneOrList('files that start with ./ or ../, or packages'),
      'Rules of your own in code. They run only with --allow-plugins.',
    ),
  },
  'a map with extends, rules, failOn and so on',
)

export type Config = Output<typeof configSchema>
