import { baselineSchema, type Baseline } from '../../delta/baseline-schema.ts'
import { parseJson, parseSyntax } from './read-json.ts'
import { UserError } from '../world.ts'

/**
 * @param shown how messages call the file
 * @throws {UserError} for what is no baseline, or one of a newer program
 */
export function parseBaseline(text: string, shown: string): Baseline {
  const what = 'a baseline of scaffold-review'
  const { schemaVersion } = (parseSyntax(text, shown, what) ?? {}) as { schemaVersion?: unknown }
  if (typeof schemaVersion === 'number' && schemaVersion > 1)
    throw new UserError(
      `"${shown}" has schemaVersion ${schemaVersion}, and this version of the program knows 1 only; use a newer one, or write the baseline anew`,
    )
  return parseJson(text, shown, what, baselineSchema)
}
