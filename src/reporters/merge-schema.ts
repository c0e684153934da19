import * as z from 'zod'
import { questionKeys, severities } from '../finding.ts'

/** What a report carries so that another run can make every format of it: the rules, the texts, and which shard it is. */

const count = () => z.int().nonnegative()

export const shard = z.strictObject({
  index: count().min(1).describe('Which shard, from 1.'),
  count: count().min(1).describe('Of how many.'),
  positions: z.array(count()).describe('Where each manifest stood in the list of all, from 0.'),
})

export const sources = z
  .array(
    z.strictObject({
      file: z.string().describe('The file as locations call it.'),
      text: z.string().describe('All of it; empty where it could not be read.'),
    }),
  )
  .describe('What was read, the manifest first, so that lines can be shown where the files are not.')

export const rule = z
  .strictObject({
    id: z.string().describe('Its id.'),
    described: z
      .strictObject({
        title: z.string().describe('What it finds.'),
        severity: z.enum(severities).describe('How severe a finding usually is.'),
        question: z.enum(questionKeys).describe('The question that it belongs to.'),
        why: z.string().describe('Why it matters.'),
        formula: z.string().optional().describe('By what it judges.'),
        fix: z.string().describe('What to do.'),
        sources: z
          .array(
            z.strictObject({
              title: z.string().describe('Its title.'),
              id: z.string().optional().describe('By what it is found.'),
              revision: z.string().optional().describe('Which revision was read.'),
            }),
          )
          .describe('Where that is written.'),
      })
      .optional()
      .describe('Where the rule, or its severity, is not the one that is built in.'),
  })
  .meta({ id: 'Rule', description: 'A rule.' })
