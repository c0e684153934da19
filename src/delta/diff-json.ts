import * as z from 'zod'
import { severities } from '../finding.ts'
import type { Report } from '../report.ts'
import type { Found } from './changed-findings.ts'
import type { Diff } from './diff.ts'
import type { Value } from './journeys.ts'

/** The contract of `diff --format json`; the same promise as that of the report. */

const named = {
  kind: z.string().describe('What it is: service, call, store and so on.'),
  name: z.string().describe('As people call it, such as web -> orders.'),
  element: z
    .string()
    .describe('Its structural path, such as services.web.calls.orders; empty for the manifest itself.'),
}
const element = z.strictObject(named).meta({ id: 'Element', description: 'An element of the design.' })
const written = z.string().nullable()
const changed = z
  .strictObject({
    ...named,
    facts: z
      .array(
        z.strictObject({
          fact: z.string().describe('The fact, from its element, such as retries.max; empty for the element itself.'),
          before: written.describe('As it was written, as YAML in one line; null where it was not stated.'),
          after: written.describe('As it is written now; null where it is not stated.'),
        }),
      )
      .describe('What changed.'),
  })
  .meta({ id: 'ChangedElement', description: 'An element that both have, with facts that differ.' })

const severity = z.enum(severities)
const foundShape = {
  rule: z.string().describe('Id of the rule; not-stated for a fact that must be stated and is not.'),
  element: z.string().describe('The element, by its structural path.'),
  at: z.string().optional().describe('The key that is wrong, where it is not the element itself.'),
  severity: severity.describe('How severe it is.'),
  message: z.string().describe('What is, then what was expected.'),
  fix: z.string().describe('What to do.'),
  location: z
    .strictObject({
      file: z.string().describe('The file; of a revision as revision:file.'),
      line: z.int().min(1).describe('Line, from 1.'),
      column: z.int().min(1).describe('Column, from 1, in UTF-16 code units.'),
    })
    .describe('Where it is, in the version in which it stands.'),
}
const found = z.strictObject(foundShape).meta({ id: 'Found', description: 'A finding.' })
const worse = z
  .strictObject({ ...foundShape, before: severity.describe('How severe it was.') })
  .meta({ id: 'Worsened', description: 'A finding that both have, more severe now.' })

const value = z
  .strictObject({
    value: z.number().nullable().describe('Milliseconds, a fraction of 1, or times; null: without end.'),
    bound: z.enum(['exact', 'least', 'most']).describe('least: at least this, as facts are missing. most: at most.'),
    where: z.string().optional().describe('The component that it is about, where it is one of several.'),
  })
  .meta({ id: 'Value', description: 'A number of a journey.' })
const measure = z
  .strictObject({
    key: z.string().describe('Its name for programs.'),
    title: z.string().describe('Its name for people.'),
    unit: z
      .enum(['duration', 'share', 'factor'])
      .describe('duration: milliseconds. share: fraction of 1. factor: times.'),
    before: value.nullable().describe('Before; null where the manifest does not say enough.'),
    after: value.nullable().describe('After; null where the manifest does not say enough.'),
    move: z
      .enum(['better', 'worse', 'none', 'unclear'])
      .describe('unclear: one side is not known, or is bounded in another way.'),
  })
  .meta({ id: 'Measure', description: 'One number of a journey, before and after.' })
const journey = z
  .strictObject({
    journey: z.string().describe('Its name.'),
    change: z.enum(['added', 'removed', 'kept']).describe('Whether both versions have it.'),
    measures: z.array(measure).describe('Always all of them, in one order.'),
  })
  .meta({ id: 'JourneyChange', description: 'What users get, before and after.' })

const version = z
  .strictObject({
    file: z.string().describe('The manifest; of a revision as revision:file.'),
    system: z.string().nullable().describe('Name of the system; null where the manifest does not say.'),
    verdict: z.enum(['ready', 'not ready', 'incomplete']).describe('The verdict of its review.'),
    coverage: z.number().nullable().describe('Share of the checks that could be decided; null where there were none.'),
  })
  .meta({ id: 'Version', description: 'One version of the design.' })

const diffSchema = z.strictObject({
  schemaVersion: z.literal(1).describe('Raised when a key goes away or changes its meaning.'),
  before: version.describe('What is compared with.'),
  after: version.describe('What is compared.'),
  elements: z
    .strictObject({
      added: z.array(element).describe('Only after.'),
      removed: z.array(element).describe('Only before.'),
      changed: z.array(changed).describe('Both, with facts that differ.'),
    })
    .describe('The design.'),
  findings: z
    .strictObject({
      introduced: z.array(found).describe('Not there before.'),
      worsened: z.array(worse).describe('There before, and less severe.'),
      fixed: z.array(found).describe('Not there any more.'),
      waived: z.array(found).describe('Still there, and waived now.'),
    })
    .describe('What is found in it.'),
  journeys: z.array(journey).describe('What users get.'),
})

export const diffJsonSchema = (): unknown => ({
  ...z.toJSONSchema(diffSchema, { target: 'draft-7' }),
  title: 'scaffold-review diff',
})

type Document = z.input<typeof diffSchema>

export function diffJson({ before, after, elements, findings, journeys }: Diff): string {
  const document: Document = {
    schemaVersion: 1,
    before: toVersion(before),
    after: toVersion(after),
    elements: {
      added: [...elements.added],
      removed: [...elements.removed],
      changed: elements.changed.map(one => ({
        ...one,
        facts: one.facts.map(fact => ({ ...fact, before: fact.before ?? null, after: fact.after ?? null })),
      })),
    },
    findings: {
      introduced: findings.introduced.map(toFound),
      worsened: findings.worsened.map(one => ({ ...toFound(one), before: one.before })),
      fixed: findings.fixed.map(toFound),
      waived: findings.waived.map(toFound),
    },
    journeys: journeys.map(one => ({
      ...one,
      measures: one.measures.map(({ key, title, unit, before: then, after: now, move }) => {
        return { key, title, unit: unit as 'duration', before: toValue(then), after: toValue(now), move }
      }),
    })),
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}

const toVersion = ({ file, system, verdict, coverage }: Report): Document['before'] => ({
  file,
  system: system ?? null,
  verdict: verdict as Document['before']['verdict'],
  coverage,
})

function toFound({ rule, element, at, severity, message, fix, location }: Found): z.input<typeof found> {
  const { file, start } = location
  const place = { file, line: start.line, column: start.column }
  return { rule, element, ...(at === undefined ? {} : { at }), severity, message, fix, location: place }
}

const toValue = (one: Value | undefined) => (one === undefined ? null : { ...one })
