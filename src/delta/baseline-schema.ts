import * as z from 'zod'
import { severities } from '../finding.ts'

/** The contract of the baseline file; the same promise as that of the report. */

const entry = z
  .strictObject({
    rule: z.string().describe('Id of the rule; not-stated for a fact that must be stated and is not.'),
    element: z
      .string()
      .describe('The element, with items of lists called by what they lead to, such as services.web.calls.orders.'),
    at: z.string().optional().describe('The key that is wrong, where it is not the element itself.'),
    severity: z.enum(severities).describe('How severe it was. A finding that is worse is not accepted.'),
    message: z.string().describe('What was said of it, for people; it decides nothing where rule, element and key do.'),
  })
  .meta({ id: 'Accepted', description: 'A finding that stood when the baseline was written.' })

const section = z
  .strictObject({
    file: z.string().describe('The manifest, relative to this file, with forward slashes.'),
    system: z.string().optional().describe('Name of the system, by which a renamed manifest is recognised.'),
    accepted: z.array(entry).describe('Sorted by rule, element and key.'),
  })
  .meta({ id: 'Section', description: 'What is accepted of one manifest.' })

export const baselineSchema = z.strictObject({
  $schema: z.string().optional().describe('Where editors find this schema.'),
  schemaVersion: z.literal(1).describe('Raised when a key goes away or changes its meaning.'),
  manifests: z.array(section).describe('One for each manifest, sorted by file.'),
})

export type Baseline = z.output<typeof baselineSchema>
export type Section = Baseline['manifests'][number]

export const baselineJsonSchema = (): unknown => ({
  ...z.toJSONSchema(baselineSchema, { target: 'draft-7' }),
  title: 'scaffold-review baseline',
})

export const baselineText = (baseline: Baseline): string => `${JSON.stringify(baseline, undefined, 2)}\n`
