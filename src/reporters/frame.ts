import type { Location } from '../finding.ts'
import type { Text } from '../report.ts'
import { visible } from './text.ts'

export interface Painter {
  dim(text: string): string
  mark(text: string): string
}

/** `file:line:column`, which terminals make clickable. */
export const place = ({ file, start }: Location): string => `${file}:${start.line}:${start.column}`

const split = new WeakMap<Text, readonly string[]>()

/** The lines of a file, split once; `undefined` where its text is not known. */
export function linesOf(texts: readonly Text[], file: string): readonly string[] | undefined {
  const text = texts.find(one => one.file === file)
  if (!text) return undefined
  let lines = split.get(text)
  if (!lines) split.set(text, (lines = text.text.split(/\r\n|\n|\r/)))
  return lines
}

/** The line that is meant, with the characters marked; long lines are cut on both sides. */
export function frame(texts: readonly Text[], { file, start, end }: Location, width: number, paint: Painter): string[] {
  const line = linesOf(texts, file)?.[start.line - 1]
  if (line === undefined) return []
  const gutter = String(start.line).length
  const room = Math.max(20, width - gutter - 4)
  // Columns count UTF-16 units; what is made visible keeps its length only if it is plain, which keys of manifests are.
  const length = Math.max(1, (end.line === start.line ? end.column : line.length + 1) - start.column)
  const from = Math.max(0, Math.min(start.column - 1 - Math.floor(room / 4), line.length - room))
  const shown = visible(line.slice(from, from + room))
  const marks = '^'.repeat(Math.min(length, Math.max(1, from + room - (start.column - 1))))
  const bar = paint.dim('|')
  return [
    `${paint.dim(String(start.line))} ${bar} ${shown}`,
    `${' '.repeat(gutter)} ${bar} ${' '.repeat(start.column - 1 - from)}${paint.mark(marks)}`,
  ]
}
