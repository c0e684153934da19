import type { ConfigProblem } from '../../config/read.ts'
import { visible } from '../../reporters/text.ts'
import { UserError } from '../world.ts'

/** A configuration that cannot be used: everything that is wrong with it, each with its place. */
export class ConfigError extends UserError {
  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ message, location: { file, start } }) =>
      oneLine(`  ${file}:${start.line}:${start.column}: ${message}`),
    )
    super(`The configuration cannot be used.\n${[...new Set(lines)].join('\n')}`)
  }
}

/** What a configuration holds may neither move the cursor nor look like a line of its own. */
export const oneLine = (text: string): string => visible(text).replaceAll('\n', ' ')
