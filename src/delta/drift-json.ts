import * as z from 'zod'
import { formatPath } from '../finding.ts'
import { jsonText } from '../reporters/json-text.ts'
import { toEvidence, toLocation } from '../reporters/evidence-json.ts'
import { evidence, location } from '../reporters/place-schema.ts'
import { driftStates, type Drift } from './drift.ts'

/** The contract of `drift --format json`; the same promise as that of the report. */

const item = z
  .strictObject({
    state: z
      .enum(driftStates)
      .describe(
        'different: both have it, and not alike. perhaps: the files only hint at it. Only what is different contradicts.',
      ),
    kind: z.enum(['component', 'edge', 'fact']).describe('What it is.'),
    name: z.string().describe('The element as people call it, such as web -> orders.'),
    element: z
      .string()
      .describe('Its place in the manifest, such as services.web; where it is not there, where it would belong.'),
    message: z.string().describe('What is where. No full stop at the end.'),
    fix: z.string().optional().describe('What to do.'),
    location: location.describe('In the manifest.'),
    places: z.array(evidence).describe('In the files.'),
  })
  .meta({ id: 'DriftItem', description: 'Something that the manifest and the files do not have in common.' })

const driftSchema = z
  .strictObject({
    schemaVersion: z.literal(1).describe('Version of this format.'),
    file: z.string().describe('The manifest.'),
    system: z.string().nullable().describe('Name of the system; null where the manifest does not say.'),
    items: z.array(item).describe('By state, then in the order of the manifest.'),
    same: z.int().nonnegative().describe('Claims that the files confirm.'),
    notes: z.array(z.string()).describe('What the readers of files have to say.'),
    problems: z
      .array(z.strictObject({ message: z.string().describe('What is wrong.'), location: location.describe('Where.') }))
      .describe('Evidence that cannot be read.'),
  })
  .meta({ title: 'Drift of scaffold-review', description: 'What `scaffold-review drift --format json` writes.' })

export const driftJsonSchema = () => z.toJSONSchema(driftSchema, { target: 'draft-7' })

export function driftJson({ file, system, items, same, notes, problems }: Drift): string {
  const document: z.output<typeof driftSchema> = {
    schemaVersion: 1,
    file,
    system: system ?? null,
    items: items.map(({ state, kind, name, message, fix, location: at, places }) => ({
      state,
      kind,
      name,
      element: formatPath(at.path),
      message,
      ...(fix === undefined ? {} : { fix }),
      location: toLocation(at),
      places: places.map(toEvidence),
    })),
    same,
    notes: [...notes],
    problems: problems.map(({ message, location: at }) => ({ message, location: toLocation(at) })),
  }
  return jsonText(document)
}
