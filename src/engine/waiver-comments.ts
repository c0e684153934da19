import { didYouMean } from '../manifest/nearest.ts'
import type { Location } from '../finding.ts'
import type { Source } from '../manifest/source.ts'

/** Waivers as comments: `# scaffold-review: ignore[ttl-missing] until=2027-03-31 owner=team-web -- removed in March`. */
export interface WaiverComment {
  rules: readonly string[]
  until: string
  owner: string
  reason: string
  /** The line that it is about, from 1: its own, or the next one that holds more than a comment. */
  line: number
  location: Location
}

export interface MalformedComment {
  /** The comment as far as it names itself, such as `ignore[ttl-missing]`. */
  text: string
  /** What is wrong with it, and what was expected. */
  fault: string
  location: Location
}

const marker = /scaffold-review/gi

/** What may be such a comment. Most files have none, and are not looked at further. */
const candidate = /#[ \t]*scaffold-review(?:\s*:|\s+(?:ignore|disable|waive))/i

/**
 * All comments of a file that are addressed to the program. The text is searched for the program's name, and what stands in
 * keys and values of the file is no comment. Nothing else of YAML has to be known for that: a name without spaces and
 * escapes is written in a scalar as it is read.
 */
export function waiverComments(source: Source): { comments: WaiverComment[]; malformed: MalformedComment[] } {
  if (!candidate.test(source.text)) return { comments: [], malformed: [] }
  const found = [...source.text.matchAll(marker)].map(({ index }) => index)
  const inScalars = offsetsInScalars(source, found)
  const lines = linesOf(source.text)
  const comments: WaiverComment[] = []
  const malformed: MalformedComment[] = []
  let line = 0
  for (const offset of found) {
    while (line + 1 < lines.starts.length && lines.starts[line + 1]! <= offset) line++
    const comment = inScalars.has(offset) ? undefined : commentAt(source, lines, line, offset)
    if (!comment) continue
    const read = parse(comment.rest)
    if (typeof read === 'string')
      malformed.push({ text: comment.rest.split(' ', 1)[0]!, fault: read, location: comment.location })
    else comments.push({ ...read, line: comment.line, location: comment.location })
  }
  return { comments, malformed }
}

/** A comment that begins with the name, followed by a colon, or by a word that shows that the colon was forgotten. */
function commentAt(
  { text, file }: Source,
  { starts, next }: Lines,
  index: number,
  offset: number,
): { rest: string; line: number; location: Location } | undefined {
  const start = starts[index]!
  const before = text.slice(start, offset)
  const sign = /(^|\s)#+[ \t]*$/.exec(before)
  if (!sign) return undefined
  const after = /^[^\r\n]*/.exec(text.slice(offset, starts[index + 1]))![0]
  const said = /^scaffold-review(?:\s*:|\s+(?=ignore|disable|waive))\s*(.*)$/i.exec(after)
  if (!said) return undefined
  const hash = sign.index + sign[1]!.length
  const point = (column: number) => ({ line: index + 1, column: column + 1, offset: start + column })
  return {
    rest: said[1]!.trim(),
    line: 1 + (before.slice(0, hash).trim() === '' ? next[index]! : index),
    location: { file, path: [], start: point(hash), end: point(before.length + after.trimEnd().length) },
  }
}

interface Lines {
  /** Offset of the first character of each line. */
  readonly starts: readonly number[]
  /** For each line the next one that holds more than a comment; the number of lines where there is none. */
  readonly next: readonly number[]
}

function linesOf(text: string): Lines {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)]
  const next = new Array<number>(starts.length)
  let code = starts.length
  for (let i = starts.length - 1; i >= 0; i--) {
    next[i] = code
    if (!/^\s*(?:#.*|---\s*|%.*)?$/.test(text.slice(starts[i], starts[i + 1]).trimEnd())) code = i
  }
  return { starts, next }
}

const form = 'ignore[rule] until=2027-01-31 owner=team -- reason'

/** The waiver, or what is wrong with it. */
function parse(text: string): Omit<WaiverComment, 'line' | 'location'> | string {
  const word = /^[^\s[]*/.exec(text)![0]
  if (word !== 'ignore') return `"${word}" is not known${didYouMean(word, ['ignore'])}; expected ${form}`
  const [head, rules] = /^ignore\s*\[([^\]]*)\]/.exec(text) ?? []
  const names = (rules ?? '').split(',').map(name => name.trim())
  if (head === undefined || names.some(name => name === '')) return `no rule is named in brackets; expected ${form}`
  const [attributes = '', ...reasons] = text.slice(head.length).split(/(?:^|\s)--(?:\s|$)/)
  const reason = reasons.join(' -- ').trim()
  const values = new Map<string, string>()
  for (const attribute of attributes.split(/\s+/).filter(part => part !== '')) {
    const [key = '', ...value] = attribute.split('=')
    if (key !== 'until' && key !== 'owner')
      return `"${attribute}" is not known${didYouMean(key, ['until', 'owner'])}; expected until=2027-01-31, owner=team and, after --, the reason`
    if (values.has(key)) return `"${key}" is given twice`
    values.set(key, value.join('='))
  }
  const until = values.get('until') ?? ''
  const owner = values.get('owner') ?? ''
  if (!isDate(until))
    return `"until" is ${until === '' ? 'missing' : `"${until}"`}; expected a day such as until=2027-01-31`
  if (owner === '') return '"owner" is missing; expected who accepts it, such as owner=team-web'
  if (reason.length < 3)
    return `the reason is ${reason === '' ? 'missing' : 'too short'}; expected it at the end, after --`
  return { rules: names, until, owner, reason }
}

/** A day that the calendar has. */
function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number)
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

/** Which of the offsets lie in a key or a value. */
function offsetsInScalars(source: Source, offsets: readonly number[]): Set<number> {
  const taken = new Set<number>()
  const claim = (path: (string | number)[], inKey: number, inValue: number) => {
    const { start, end } = source.locate(path)
    const within = offsets.filter(offset => offset >= start.offset && offset < end.offset)
    // A comment may stand between the two, so the key has the first ones and the value the last.
    for (const offset of within.slice(0, inKey)) taken.add(offset)
    for (const offset of within.slice(within.length - Math.min(inValue, within.length))) taken.add(offset)
  }
  const visit = (value: unknown, path: (string | number)[], inKey: number) => {
    const inValue = typeof value === 'string' ? count(value) : 0
    if (inKey + inValue > 0) claim(path, inKey, inValue)
    if (Array.isArray(value)) for (const [i, item] of value.entries()) visit(item, [...path, i], 0)
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) visit(inner, [...path, key], count(key))
  }
  visit(source.value, [], 0)
  return taken
}

const count = (text: string) => [...text.matchAll(marker)].length
