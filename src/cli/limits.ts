import { InvalidArgumentError, Option, type Command } from 'commander'
import { readAs, refused } from '../manifest/schema/read-as.ts'
import { size } from '../manifest/schema/scalars.ts'
import type { Report } from '../report.ts'
import { bytes } from '../units.ts'

/** What a run takes in and gives out at most. docs/limits.md says what each one guards. */
export interface Limits {
  /** Bytes of all files of one manifest. */
  readonly maxInput: number
  /** Files of one manifest. */
  readonly maxFiles: number
  /** Findings, and likewise open questions and waived findings, that a run reports. All of them count for the exit code. */
  readonly maxFindings: number
}

const mebibyte = 2 ** 20

export const defaultLimits: Limits = { maxInput: 16 * mebibyte, maxFiles: 1000, maxFindings: 25_000 }

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

/** Leaves out what is beyond the limit, the least important first, and says so. */
export function cut(reports: readonly Report[], { maxFindings }: Limits): { reports: Report[]; notices: string[] } {
  const room = { findings: maxFindings, openQuestions: maxFindings, waived: maxFindings }
  const take = <T>(kind: keyof typeof room, items: T[]): T[] => {
    const taken = items.slice(0, room[kind])
    room[kind] -= taken.length
    return taken
  }
  const shown = reports.map(report => ({
    ...report,
    findings: take('findings', report.findings),
    openQuestions: take('openQuestions', report.openQuestions),
    waived: take('waived', report.waived),
  }))
  const count = (list: readonly Report[], of: (report: Report) => readonly unknown[]) =>
    list.reduce((sum, report) => sum + of(report).length, 0)
  const notices = (
    [
      ['findings', ({ findings }: Report) => findings],
      ['open questions', ({ openQuestions }: Report) => openQuestions],
      ['waived findings', ({ waived }: Report) => waived],
    ] as const
  ).flatMap(([what, of]) => {
    const [all, some] = [count(reports, of), count(shown, of)]
    return some < all ? [`${some} of ${all} ${what} are reported; --max-findings raises the limit`] : []
  })
  return { reports: shown, notices }
}
