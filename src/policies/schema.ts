import * as z from 'zod'
import { questionKeys, severities } from '../finding.ts'
import { element, listOf, oneOf } from '../manifest/schema/fact.ts'
import { choice, flag, text } from '../manifest/schema/scalars.ts'

/** A rule of a team's own, without code: which elements it is about, and what must hold for them. */

export const policyKinds = [
  'manifest',
  'journey',
  'slo',
  'component',
  'service',
  'store',
  'queue',
  'cache',
  'external',
  'job',
  'flag',
  'call',
  'publish',
  'consume',
] as const

/** Ids of own rules have a slash, so that no built-in rule can ever have the same. */
export const ownRuleId = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\/[a-z0-9]+(?:-[a-z0-9]+)*)+$/

export const ownRuleIdText = 'an id of lower-case words with a slash, such as our/calls-give-up'

const literal = oneOf([z.string(), z.number(), z.boolean()], 'text, a number, true or false')

/** A value: it must be this one. A list: one of these. `present`, `not`: whether it is stated, what it must not be. */
const condition = oneOf(
  [
    literal,
    listOf(literal, 'values'),
    element(
      {
        present: flag().optional().describe('Whether the fact must be stated, or must not be.'),
        not: oneOf([literal, listOf(literal, 'values')], 'a value or a list of values')
          .optional()
          .describe('A value, or values, that the fact must not have.'),
      },
      'a value, a list of values, or a map with present or not',
    ),
  ],
  'a value, a list of values, or a map with present or not',
)

export type Condition = z.output<typeof condition>

const exampleSchema = z
  .strictObject(
    {
      title: text().optional().describe('What the example shows.'),
      good: text().optional().describe('A manifest in which nothing is found.'),
      bad: text().optional().describe('A manifest in which something is found, in the lines that end with # <--.'),
    },
    { error: issue => (issue.code === 'invalid_type' ? 'expected a map with title, and good or bad' : undefined) },
  )
  .refine(({ good, bad }) => (good === undefined) !== (bad === undefined), {
    error: 'expected either good or bad, each with a manifest',
  })

export const policySchema = element(
  {
    id: z
      .string({ error: `expected ${ownRuleIdText}` })
      .regex(ownRuleId, { error: `expected ${ownRuleIdText}` })
      .describe('Its name, in which a slash keeps it apart from built-in rules, such as our/calls-give-up.'),
    title: text().optional().describe('The fault in a few words. Default: the words of its id.'),
    on: choice(...policyKinds).describe('What it looks at, one element after another.'),
    where: z
      .record(z.string(), condition, { error: 'expected a map from key to condition' })
      .optional()
      .describe(
        'Which of the elements; all conditions must hold. Keys as in the manifest, dotted where they are nested.',
      ),
    require: z
      .record(z.string(), z.unknown(), { error: 'expected a JSON Schema' })
      .describe('A JSON Schema (draft-07) that must hold for the element.'),
    message: text()
      .min(3, { error: 'expected what is said of an element, such as "{name}" has no owner' })
      .describe('What is found, and what is expected. {name} and other keys in braces are filled in.'),
    severity: choice(...severities)
      .default('warning')
      .describe('Severity of its findings. Default: warning.'),
    question: choice(...(questionKeys as [(typeof questionKeys)[number], ...typeof questionKeys])).describe(
      'The question of the checklist that it belongs to.',
    ),
    why: text().describe('What goes wrong otherwise.'),
    fix: text().describe('What to do, as an imperative.'),
    examples: listOf(exampleSchema, 'examples, each with good or bad')
      .default([])
      .describe('Manifests that "scaffold-review rules --test" reviews.'),
  },
  'a map with id, on, require, message, question, why and fix',
)

export type Policy = z.output<typeof policySchema>
