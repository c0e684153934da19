import type { Location, Path } from '../finding.ts'
import { readAs, refused } from '../manifest/schema/read-as.ts'
import { problemsWith } from '../manifest/shape-problems.ts'
import type { Source } from '../manifest/source.ts'
import { configSchema, type Config } from './schema.ts'

/** Why a configuration cannot be used. Nothing is reviewed with half of one. */
export interface ConfigProblem {
  message: string
  location: Location
}

export type ConfigReading = { config: Config; problems?: undefined } | { config?: undefined; problems: ConfigProblem[] }

/** The configuration that a file holds, or all that is wrong with its shape. A file without content says nothing. */
export function readConfig(source: Source): ConfigReading {
  if (source.problems.length > 0) return { problems: source.problems }
  const value = withoutOwnKeys(source.value ?? {})
  const config = readAs(configSchema, value)
  if (config !== refused) return { config }
  return {
    problems: problemsWith(configSchema, value, 'The configuration').map(({ path, message }) =>
      problemAt(source, path, message),
    ),
  }
}

export const problemAt = (source: Source, path: Path, message: string): ConfigProblem => ({
  message,
  location: source.locate(path),
})

/** Keys of the top level that start with `x-` are the author's, for example to hold what anchors stand for. */
function withoutOwnKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith('x-')))
}
