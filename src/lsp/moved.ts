import type { Diagnostic, Range } from 'vscode-languageserver-types'

/** Lines that a change of a text replaces, counted from 0: those from `from` up to, but without, `to`. */
export interface LineChange {
  readonly from: number
  readonly to: number
  /** Lines that the text has more than before. */
  readonly more: number
}

export function lineChange(before: string, after: string): LineChange {
  const [old, now] = [before.split('\n'), after.split('\n')]
  const shorter = Math.min(old.length, now.length)
  let from = 0
  while (from < shorter && old[from] === now[from]) from++
  let tail = 0
  while (tail < shorter - from && old.at(-1 - tail) === now.at(-1 - tail)) tail++
  return { from, to: old.length - tail, more: now.length - old.length }
}

/**
 * What was said of the text before, at its places in the text after; what was said of a line that has changed is gone.
 * @param uri the file that the diagnostics are shown in
 * @param changed the file that has changed
 */
export function moved(
  diagnostics: readonly Diagnostic[],
  uri: string,
  changed: string,
  change: LineChange,
): Diagnostic[] {
  return diagnostics.flatMap(diagnostic => {
    const range = uri === changed ? movedRange(diagnostic.range, change) : diagnostic.range
    if (!range) return []
    if (!diagnostic.relatedInformation) return [{ ...diagnostic, range }]
    const relatedInformation = diagnostic.relatedInformation.flatMap(related => {
      const { location } = related
      const place = location.uri === changed ? movedRange(location.range, change) : location.range
      return place ? [{ ...related, location: { ...location, range: place } }] : []
    })
    return [{ ...diagnostic, range, relatedInformation }]
  })
}

function movedRange({ start, end }: Range, { from, to, more }: LineChange): Range | undefined {
  if (end.line < from) return { start, end }
  if (start.line < to) return undefined
  return { start: { ...start, line: start.line + more }, end: { ...end, line: end.line + more } }
}
