import { structuralPath } from '../engine/fingerprint.ts'
import type { Finding, OpenQuestion, Path, Severity } from '../finding.ts'
import { notStatedRule } from '../reporters/pseudo-rules.ts'
import { notStated, type Report } from '../report.ts'

/** A finding as another version of the design recognises it: by rule and element, whatever the file, the line or the words. */
export interface Entry {
  /** Id of the rule; `not-stated` for a fact that must be stated and is not. */
  rule: string
  /** The element by its structural path, such as `services.web.calls.orders`. */
  element: string
  /** The key that is pointed at, where it is not the element itself. It tells several findings of a rule apart. */
  at?: string | undefined
  severity: Severity
  /** For people, who read which risk is accepted. */
  message: string
}

/** What an entry was made from. An implied one stands behind the finding that it was folded into. */
export type Present =
  | { entry: Entry; finding: Finding; isImplied: boolean; question?: undefined }
  | { entry: Entry; question: OpenQuestion; finding?: undefined; isImplied: false }

/**
 * All that a report holds against the design: what stands, the facts that must be stated, and what was folded into another
 * finding, which would stand alone if its cause were mended. What is waived is not among them: a waiver answers for it.
 */
export function presentIn(report: Report): Present[] {
  const { findings, sources } = report
  const entry = (rule: string, subject: Path, path: Path, severity: Severity, message: string): Entry => {
    const [element, at] = [structuralPath(subject, sources), structuralPath(path, sources)]
    return { rule, element, ...(at === element ? {} : { at }), severity, message }
  }
  return [
    ...findings.flatMap((finding): Present[] => [
      {
        entry: entry(finding.ruleId, finding.subject, finding.location.path, finding.severity, finding.message),
        finding,
        isImplied: false,
      },
      ...finding.alsoImplies.map(({ ruleId, subject, at, severity, message }): Present => ({
        entry: entry(ruleId, subject, at, severity, message),
        finding,
        isImplied: true,
      })),
    ]),
    ...notStated(report).map((question): Present => {
      const message = `"${question.element}" does not state ${question.key.replace(/^[^.]*\./, '')}`
      const { id, severity } = notStatedRule
      return { entry: entry(id, question.fact, question.fact, severity, message), question, isImplied: false }
    }),
  ]
}

/**
 * Which entry of one version is which of another: the same rule on the same element, and of several those that point at the
 * same key, first with the same words and then with others. Where there is one on both sides, it is the same wherever it points.
 * @returns from entries of `after` to entries of `before`; each is used once
 */
export function pair(before: readonly Entry[], after: readonly Entry[]): Map<Entry, Entry> {
  const pairs = new Map<Entry, Entry>()
  const known = grouped(before)
  for (const [id, mine] of grouped(after)) {
    const others = known.get(id) ?? []
    const isOnly = mine.length === 1 && others.length === 1
    const free = new Set(others)
    const take = (isSame: (a: Entry, b: Entry) => boolean) => {
      for (const entry of mine) {
        const found = pairs.has(entry) ? undefined : [...free].find(other => isSame(entry, other))
        if (!found) continue
        pairs.set(entry, found)
        free.delete(found)
      }
    }
    take((a, b) => a.at === b.at && a.message === b.message)
    take((a, b) => a.at === b.at)
    take(() => isOnly)
  }
  return pairs
}

function grouped(entries: readonly Entry[]): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>()
  for (const entry of entries) {
    const id = JSON.stringify([entry.rule, entry.element])
    const group = groups.get(id)
    if (group) group.push(entry)
    else groups.set(id, [entry])
  }
  return groups
}

/** By what people look for first, so that a change of the design changes few lines of the file. */
export function inOrder(entries: readonly Entry[]): Entry[] {
  const keys = ({ rule, element, at = '', message }: Entry) => [rule, element, at, message]
  return entries.toSorted((a, b) => {
    const [left, right] = [keys(a), keys(b)]
    const i = left.findIndex((key, j) => key !== right[j])
    return i === -1 ? 0 : left[i]! < right[i]! ? -1 : 1
  })
}
