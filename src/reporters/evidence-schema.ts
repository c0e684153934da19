import * as z from 'zod'
import { claimStates, evidenceKinds } from '../finding.ts'
import { element, evidence, location, questionKey } from './place-schema.ts'

const claim = z
  .strictObject({
    state: z
      .enum(claimStates)
      .describe(
        'evidenced: a file says the same. contradicted: a file says otherwise. missing: the files that would have to show it do not. claimed: no file speaks of it.',
      ),
    kind: z.enum(evidenceKinds).describe('The key of evidence whose files it was held against.'),
    subject: element.describe('The element that it is about.'),
    question: questionKey.describe('The question that it belongs to.'),
    message: z.string().describe('What the manifest says and what the files say. No full stop at the end.'),
    arithmetic: z.string().optional().describe('How what the files say was computed.'),
    fix: z.string().optional().describe('What to do.'),
    at: element.describe('The fact.'),
    location: location.describe('Where the manifest says it.'),
    places: z.array(evidence).describe('Where the files speak of it.'),
  })
  .meta({ id: 'Claim', description: 'Something that the manifest says, held against files.' })

export const evidenceReport = z
  .strictObject({
    claims: z
      .array(claim)
      .describe('In the order of the manifest. Those contradicted or missing are findings as well.'),
    texts: z
      .array(
        z.strictObject({
          file: z.string().describe('The file as locations call it.'),
          text: z.string().describe('All of it.'),
        }),
      )
      .describe('The files in which something was found, so that lines can be shown where the files are not.'),
  })
  .meta({ id: 'EvidenceReport', description: 'What the manifest claims; only where it names evidence.' })

export type EvidenceDocument = z.output<typeof evidenceReport>
