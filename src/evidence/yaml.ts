import type { Location, Path, Point, Problem } from '../finding.ts'
import { Source } from '../manifest/source.ts'

/** A file as evidence sees it: read by the caller, and called as messages call it. */
export interface EvidenceFile {
  readonly name: string
  readonly text: string
}

/** One YAML document of a file, with places that count from the top of the file. */
export interface Document {
  readonly value: unknown
  readonly problems: readonly Problem[]
  readonly locate: (path: Path) => Location
}

/** More documents in one file than anybody writes; each costs a parser of its own. */
const mostDocuments = 10_000

/** The YAML or JSON documents of a file. */
export function documentsOf({ name, text }: EvidenceFile): Document[] {
  const found: Document[] = []
  for (const { start, end, line } of partsOf(text)) {
    const source = new Source(name, text.slice(start, end))
    const move = ({ line: own, column, offset }: Point): Point => ({ line: own + line, column, offset: offset + start })
    const moved = (location: Location): Location => ({
      ...location,
      start: move(location.start),
      end: move(location.end),
    })
    found.push({
      value: source.value,
      problems: source.problems.map(problem => ({ ...problem, location: moved(problem.location) })),
      locate: path => moved(source.locate(path)),
    })
  }
  return found
}

interface Part {
  readonly start: number
  readonly end: number
  /** Lines before it. */
  readonly line: number
}

/** Documents begin behind a line that starts with `---`; those without a word in them are left out. */
function partsOf(text: string): Part[] {
  const parts: Part[] = []
  let [start, line] = [0, 0]
  const take = (end: number) => {
    const part = text.slice(start, end)
    if (/^[^\s#]/m.test(part) || /^\s+[^\s#]/m.test(part)) parts.push({ start, end, line })
    return part
  }
  for (const { 0: mark, index } of text.matchAll(/^---(?=\s|$).*\n?/gm)) {
    if (parts.length >= mostDocuments) return parts
    line += lineEnds(take(index)) + 1
    start = index + mark.length
  }
  take(text.length)
  return parts
}

function lineEnds(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++
  return count
}

export type Values = Readonly<Record<string, unknown>>

export const isMap = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The items of a list; none where it is no list. */
export const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
