import * as z from 'zod'
import { questionKeys } from '../finding.ts'

/** Places, and what else stands in several parts of a report. */

export const count = () => z.int().nonnegative()

export const questionKey = z
  .enum(questionKeys)
  .meta({ id: 'QuestionKey', description: 'One of the eight questions of the checklist.' })
export const location = z
  .strictObject({
    file: z
      .string()
      .describe('The file as it was named on the command line or found by an include, with forward slashes.'),
    line: count().min(1).describe('Line, from 1.'),
    column: count().min(1).describe('Column, from 1, in UTF-16 code units.'),
    endLine: count().min(1).describe('Line of the end.'),
    endColumn: count().min(1).describe('Column after the last character.'),
  })
  .meta({ id: 'Location', description: 'Where something is written.' })

export const element = z
  .strictObject({
    path: z.string().describe('The path as people write it, such as services.web.calls[0].'),
    steps: z.array(z.union([z.string(), z.int()])).describe('The same path as keys and indices of lists.'),
  })
  .meta({ id: 'ManifestPath', description: 'A place in the manifest, independent of files and lines.' })

export const evidence = z
  .strictObject({
    label: z.string().describe('What is stated there.'),
    at: element.describe('The fact.'),
    location: location.describe('Where it is stated.'),
  })
  .meta({ id: 'Evidence', description: 'A stated fact that belongs to a finding or a problem.' })
