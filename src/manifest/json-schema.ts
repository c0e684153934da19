import * as z from 'zod'
import { manifestSchema } from './schema/manifest.ts'
import { zodOf } from './schema/to-zod.ts'

/** The manifest's JSON Schema, draft-07 because that is what editors understand. Keys that start with `x-` are free. */
export function manifestJsonSchema(): object {
  const schema = z.toJSONSchema(zodOf(manifestSchema), {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema }) => {
      if (jsonSchema.type === 'object' && jsonSchema.additionalProperties === false)
        jsonSchema.patternProperties = { '^x-': {} }
    },
  })
  return { $schema: 'http://json-schema.org/draft-07/schema#', title: 'scaffold-review manifest', ...schema }
}
