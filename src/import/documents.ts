import { maxTextLength } from '../manifest/refusal.ts'
import { Source as Text } from '../manifest/source.ts'
import { number } from '../units.ts'
import type { ImportFile, ImportNote } from './system.ts'

export type Values = Record<string, unknown>
export type Steps = readonly (string | number)[]

export const isMap = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Where something stands. Lines and columns count from 1. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** One YAML or JSON document of a file, as data that knows its places. */
export interface YamlDocument {
  readonly file: string
  readonly value: unknown
  /** The place of a path, or of the nearest of its ancestors that is there. */
  readonly place: (path: Steps) => Place
  readonly states: (path: Steps) => boolean
}

/** Documents of one file beyond which nobody wrote it by hand, and no machine needs that many for one system. */
const maxDocuments = 20_000

/**
 * The documents of a file in their order, empty ones left out. A broken document costs only itself; the first one is told with
 * its place and the number of the others.
 * @param skip says of a document's text that it need not be read
 */
export function documentsOf(
  { name, text }: ImportFile,
  skip: (text: string) => boolean = () => false,
): { documents: YamlDocument[]; notes: ImportNote[] } {
  const refuse = (message: string) => ({
    documents: [],
    notes: [{ kind: 'unreadable' as const, message, file: name, line: 1, column: 1 }],
  })
  if (text.length > maxTextLength) {
    const size = (length: number) => Math.ceil(length / 1024 / 1024)
    return refuse(
      `The file has ${size(text.length)} million characters; expected at most ${size(maxTextLength)}. Import fewer files at once`,
    )
  }
  const pieces = piecesOf(text.startsWith('\ufeff') ? ` ${text.slice(1)}` : text)
  if (pieces.length > maxDocuments)
    return refuse(
      `The file holds ${number(pieces.length)} documents; expected at most ${number(maxDocuments)}. Import the files of one system`,
    )
  const documents: YamlDocument[] = []
  const faults: ImportNote[] = []
  for (const { text, line } of pieces) {
    if (skip(text)) continue
    const read = new Text(name, forParser(text))
    const [problem] = read.problems
    const placeOf = (path: Steps): Place => {
      const { start } = read.locate(path)
      return { file: name, line: start.line + line - 1, column: start.column }
    }
    if (problem) {
      const { start } = problem.location
      faults.push({
        kind: 'unreadable',
        message: problem.message,
        file: name,
        line: start.line + line - 1,
        column: start.column,
      })
    } else if (read.value !== null)
      documents.push({ file: name, value: read.value, place: placeOf, states: path => read.states(path) })
  }
  return { documents, notes: oneNote(faults) }
}

function oneNote([first, ...others]: readonly ImportNote[]): ImportNote[] {
  if (!first) return []
  const more = others.length === 0 ? '' : ` (and ${number(others.length)} more of its documents cannot be read)`
  return [{ ...first, message: first.message + more }]
}

/** The parser takes tabs for a fault wherever they indent; in JSON they are no more than spaces. */
const forParser = (text: string): string => (/^\s*[[{]/.test(text) ? text.replaceAll('\t', ' ') : text)

interface Piece {
  readonly text: string
  /** Line of the file in which the piece begins. */
  readonly line: number
}

/** Cuts at `---` and `...`, which mark documents wherever they begin a line, even inside a block of text. */
function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = []
  let [from, line] = [0, 1]
  const add = (end: number) => {
    const piece = text.slice(from, end)
    if (/^[^\S\n]*[^\s#%]/m.test(piece)) pieces.push({ text: piece, line })
    for (let at = text.indexOf('\n', from); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) line++
    from = end + 3
  }
  for (const { index } of text.matchAll(/^(?:---|\.\.\.)(?=\s|$)/gm)) add(index)
  add(text.length)
  return pieces
}
