import type { Report } from '../../report.ts'

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
