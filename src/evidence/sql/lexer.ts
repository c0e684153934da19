/** Where the lexical elements of SQL end, as PostgreSQL reads them: "Lexical Structure" of its manual. Offsets in UTF-16 code units. */

const identifierPart = /[\w$\u0080-\uffff]/
const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y

/** What begins here, and where it ends (exclusive). `closed: false`: the text ends first. */
export interface Span {
  readonly kind: 'comment' | 'string' | 'name' | 'dollar'
  readonly end: number
  readonly closed: boolean
}

/** A comment, a string or a quoted name that begins at `at`; `undefined` where none does. */
export function quotedAt(text: string, at: number, limit: number): Span | undefined {
  const char = text[at]
  if (char === '-' && text[at + 1] === '-') return { kind: 'comment', end: lineEnd(text, at, limit), closed: true }
  if (char === '/' && text[at + 1] === '*') return blockComment(text, at, limit)
  if (char === "'") return string(text, at, limit, isEscape(text, at))
  if (char === '"') return string(text, at, limit, false, 'name')
  if (char === '$' && !identifierPart.test(text[at - 1] ?? ' ')) return dollarQuote(text, at, limit)
  return undefined
}

export function lineEnd(text: string, at: number, limit: number): number {
  const end = text.slice(at, limit).indexOf('\n')
  return end === -1 ? limit : at + end
}

/** `E'...'`: a backslash takes the next character with it. */
const isEscape = (text: string, at: number): boolean =>
  (text[at - 1] === 'e' || text[at - 1] === 'E') && !identifierPart.test(text[at - 2] ?? ' ')

function string(text: string, at: number, limit: number, escapes: boolean, kind: 'string' | 'name' = 'string'): Span {
  const quote = text[at]!
  for (let i = at + 1; i < limit; i++) {
    if (escapes && text[i] === '\\') i++
    else if (text[i] === quote) {
      if (text[i + 1] !== quote) return { kind, end: i + 1, closed: true }
      i++
    }
  }
  return { kind, end: limit, closed: false }
}

/** Comments nest. */
function blockComment(text: string, at: number, limit: number): Span {
  let depth = 0
  for (let i = at; i < limit - 1; i++) {
    if (text[i] === '/' && text[i + 1] === '*') {
      depth++
      i++
    } else if (text[i] === '*' && text[i + 1] === '/') {
      depth--
      i++
      if (depth === 0) return { kind: 'comment', end: i + 1, closed: true }
    }
  }
  return { kind: 'comment', end: limit, closed: false }
}

function dollarQuote(text: string, at: number, limit: number): Span | undefined {
  dollarTag.lastIndex = at
  const tag = dollarTag.exec(text)?.[0]
  if (tag === undefined) return undefined
  const body = at + tag.length
  const end = text.slice(body, limit).indexOf(tag)
  return end === -1
    ? { kind: 'dollar', end: limit, closed: false }
    : { kind: 'dollar', end: body + end + tag.length, closed: true }
}

/** The text with all that is quoted or a comment made blank, as long as before. */
export function blankQuoted(text: string): string {
  const parts: string[] = []
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const span = quotedAt(text, i, text.length)
    if (!span) continue
    parts.push(text.slice(from, i), ' '.repeat(span.end - i))
    from = span.end
    i = span.end - 1
  }
  parts.push(text.slice(from))
  return parts.join('')
}
