import { questionKeys, severities } from '../finding.ts'
import { anything, element, fact, held, listOf, oneOf, preset, record, required } from '../manifest/schema/fact.ts'
import { choice, flag, longText, number, text, textLike } from '../manifest/schema/scalars.ts'
import type { Output } from '../manifest/schema/type.ts'

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

const literal = oneOf([text(), number(), flag()], 'text, a number, true or false')

/** A value: it must be this one. A list: one of these. `present`, `not`: whether it is stated, what it must not be. */
const condition = oneOf(
  [
    literal,
    listOf(literal, 'values'),
    element(
      {
        present: fact(flag(), 'Whether the fact must be stated, or must not be.'),
        not: fact(
          oneOf([literal, listOf(literal, 'values')], 'a value or a list of values'),
          'A value, or values, that the fact must not have.',
        ),
      },
      'a value, a list of values, or a map with present or not',
    ),
  ],
  'a value, a list of values, or a map with present or not',
)

export type Condition = Output<typeof condition>

const exampleSchema = held(
  element(
    {
      title: fact(text(), 'What the example shows.'),
      good: fact(text(), 'A manifest in which nothing is found.'),
      bad: fact(text(), 'A manifest in which something is found, in the lines that end with # <--.'),
    },
    'a map with title, and good or bad',
  ),
  ({ good, bad }) => (good === undefined) !== (bad === undefined),
  'expected either good or bad, each with a manifest',
)

export const policySchema = element(
  {
    id: required(
      textLike(ownRuleId, ownRuleIdText),
      'Its name, in which a slash keeps it apart from built-in rules, such as our/calls-give-up.',
    ),
    title: fact(text(), 'The fault in a few words. Default: the words of its id.'),
    on: required(choice(...policyKinds), 'What it looks at, one element after another.'),
    where: fact(
      record(condition, 'a map from key to condition'),
      'Which of the elements; all conditions must hold. Keys as in the manifest, dotted where they are nested.',
    ),
    require: required(record(anything, 'a JSON Schema'), 'A JSON Schema (draft-07) that must hold for the element.'),
    message: required(
      longText(3, 'what is said of an element, such as "{name}" has no owner'),
      'What is found, and what is expected. {name} and other keys in braces are filled in.',
    ),
    severity: preset(choice(...severities), 'warning', 'Severity of its findings. Default: warning.'),
    question: required(
      choice(...(questionKeys as [(typeof questionKeys)[number], ...typeof questionKeys])),
      'The question of the checklist that it belongs to.',
    ),
    why: required(text(), 'What goes wrong otherwise.'),
    fix: required(text(), 'What to do, as an imperative.'),
    examples: preset(
      listOf(exampleSchema, 'examples, each with good or bad'),
      [],
      'Manifests that "scaffold-review rules --test" reviews.',
    ),
  },
  'a map with id, on, require, message, question, why and fix',
)

export type Policy = Output<typeof policySchema>
