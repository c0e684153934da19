import { InvalidArgumentError, Option, type Command } from 'commander'
import { readAs, refused } from '../../manifest/schema/read-as.ts'
import { size } from '../../manifest/schema/scalars.ts'
import { bytes } from '../../units.ts'
import { defaultLimits } from './limits.ts'

/** The options for the limits, with their defaults. */
export function withLimits(command: Command): Command {
  const { maxInput, maxFiles, maxFindings } = defaultLimits
  return command
    .addOption(
      new Option('--max-input <size>', 'most that all files of a manifest may hold')
        .argParser(sizeOf)
        .default(maxInput, bytes(maxInput)),
    )
    .addOption(
      new Option('--max-files <number>', 'most files that a manifest may consist of')
        .argParser(countOf)
        .default(maxFiles),
    )
    .addOption(
      new Option('--max-findings <number>', 'most findings that are reported; all count for the exit code')
        .argParser(countOf)
        .default(maxFindings),
    )
}

export function sizeOf(value: string): number {
  const read = readAs(size(), value)
  if (read === refused) throw new InvalidArgumentError('Expected a size such as 64MiB.')
  return read
}

export function countOf(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new InvalidArgumentError('Expected a whole number from 1 to 999999999.')
  return Number(value)
}
