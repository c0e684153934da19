import { lineEnd, quotedAt } from './lexer.ts'
import { placeholderAt } from './templates.ts'
import type { SqlFile, SqlNote, Statement } from './types.ts'

/** Part of a file. `delimiter`: ends a statement as a semicolon does. */
export interface Part {
  readonly start: number
  readonly end: number
  readonly delimiter?: string | undefined
}

/** Line and column of an offset, counted from 1. */
export type Locate = (offset: number) => { readonly line: number; readonly column: number }

export function locator(text: string): Locate {
  const starts = [0]
  for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) starts.push(i + 1)
  return offset => {
    let low = 0
    let high = starts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (starts[middle]! <= offset) low = middle
      else high = middle
    }
    return { line: low + 1, column: offset - starts[low]! + 1 }
  }
}

const word = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y
const fromStdin = /^COPY\b[\s\S]*\bFROM\s+STDIN\b/i
const mostWords = 8
/** Twice the placeholders of one statement; the rest stay as they are. */
const mostPieces = 2000
/** Of one migration; one that has so many is not SQL. */
const mostNotes = 10

/** What is gathered of a statement while its end is looked for. */
interface Draft {
  start: number
  /** After its last sign that is not a comment. */
  until: number
  pieces: string[]
  from: number
  words: string[]
  depth: number
  /** Depth in the body of a function in SQL, `BEGIN ATOMIC ... END`, whose semicolons end nothing. */
  atomic: number
  last: string
  placeholders: Statement['placeholders'][number][]
}

/**
 * The statements of a part of a file: split where psql splits, without comments before them, data of COPY and commands of psql.
 * Takes time in proportion to the length of the text, whatever it holds.
 */
export function splitStatements({ name, text }: SqlFile, part: Part, locate: Locate) {
  const statements: Statement[] = []
  const notes: SqlNote[] = []
  const note = (kind: SqlNote['kind'], at: number, message: string) => {
    if (notes.length < mostNotes) notes.push({ kind, message, file: name, ...locate(at) })
  }
  let draft: Draft | undefined

  const finish = () => {
    if (!draft) return
    const { start, from, until, pieces, words, placeholders } = draft
    if (until > from) pieces.push(text.slice(from, until))
    const sql = pieces.join('').trimEnd()
    draft = undefined
    statements.push({ text: sql, offset: start, ...locate(start), words, placeholders })
  }

  let i = part.start
  while (i < part.end) {
    const char = text[i]!
    if (char === ' ' || char === '\n' || char === '\r' || char === '\t' || char === '\f' || char === '\ufeff') {
      i++
      continue
    }
    const span = quotedAt(text, i, part.end)
    if (span) {
      if (!span.closed) note('unreadable', i, unclosed[span.kind])
      if (span.kind !== 'comment') {
        draft ??= begin(i)
        draft.until = span.end
      }
      i = span.end
      continue
    }
    if (char === '\\') {
      i = metaCommand(i)
      continue
    }
    if (part.delimiter !== undefined && isDelimiter(text, i, part.delimiter)) {
      finish()
      i += part.delimiter.length
      continue
    }
    if (char === ';' && (!draft || (draft.depth <= 0 && draft.atomic === 0))) {
      const copies = draft !== undefined && fromStdin.test(text.slice(draft.start, Math.min(i, draft.start + 10_000)))
      finish()
      i = copies ? copyData(i + 1) : i + 1
      continue
    }
    const placeholder = draft && draft.pieces.length > mostPieces ? undefined : placeholderAt(text, i)
    if (placeholder && !draft && placeholder.placeholder === undefined) {
      i = placeholder.end
      continue
    }
    draft ??= begin(i)
    if (placeholder) {
      draft.pieces.push(text.slice(draft.from, i), placeholder.instead)
      draft.from = placeholder.end
      if (placeholder.placeholder) draft.placeholders.push(placeholder.placeholder)
      i = placeholder.end
    } else i = token(draft, i)
    draft.until = i
  }
  finish()
  return { statements, notes }

  /** A word, a parenthesis or another sign. */
  function token(into: Draft, at: number): number {
    const char = text[at]!
    if (char === '(' || char === '[') into.depth++
    else if (char === ')' || char === ']') into.depth--
    word.lastIndex = at
    const found = word.exec(text)?.[0]
    if (found === undefined) return at + 1
    const upper = found.toUpperCase()
    if (into.words.length < mostWords) into.words.push(upper)
    if (upper === 'ATOMIC' && into.last === 'BEGIN' && into.words[0] === 'CREATE') into.atomic = 1
    else if (into.atomic > 0 && (upper === 'CASE' || upper === 'BEGIN')) into.atomic++
    else if (into.atomic > 0 && upper === 'END') into.atomic--
    into.last = upper
    return at + found.length
  }

  function metaCommand(at: number): number {
    const end = lineEnd(text, at, part.end)
    const [command = ''] = text.slice(at, end).split(/\s/, 1)
    const followed = /^\\(?:i|ir|include|include_relative|copy)$/.test(command)
    if (followed) note('skipped', at, `"${command}" of psql is not followed; expected the statements in this file`)
    else if (/^\\(?:c|connect)$/.test(command))
      note(
        'skipped',
        at,
        `"${command}" of psql is passed over; what follows is read as if it were for the same database`,
      )
    else if (/^\\(?:if|elif|else)$/.test(command))
      note('skipped', at, `"${command}" of psql is passed over; all branches are read`)
    // "\g" and its kind run what stands before them.
    if (draft && /^\\g/.test(command)) finish()
    return end
  }

  /** The rows after "COPY ... FROM stdin;", up to "\." on a line of its own. */
  function copyData(at: number): number {
    const begins = lineEnd(text, at, part.end)
    const end = /^\\\.[ \t\r]*$/m
    const rest = text.slice(begins, part.end)
    const found = end.exec(rest)
    if (!found) note('unreadable', at - 1, 'The data of this COPY has no end; expected a line with "\\." alone')
    return found ? begins + found.index + found[0].length : part.end
  }
}

/** A delimiter that is a word, such as GO, stands on a line of its own. */
const isDelimiter = (text: string, at: number, delimiter: string): boolean =>
  text.startsWith(delimiter, at) &&
  (!/^\w+$/.test(delimiter) ||
    (/^[\n\r]?$/.test(text[at - 1] ?? '') && /^[\s;]?$/.test(text[at + delimiter.length] ?? '')))

const begin = (start: number): Draft => ({
  start,
  until: start,
  pieces: [],
  from: start,
  words: [],
  depth: 0,
  atomic: 0,
  last: '',
  placeholders: [],
})

const unclosed = {
  comment: 'This comment has no end; expected "*/"',
  string: 'This text has no end; expected a closing "\'"',
  name: "This name has no end; expected a closing '\"'",
  dollar: 'This dollar-quoted text has no end; expected its tag again',
}
