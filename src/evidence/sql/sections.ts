import type { Named } from './frameworks.ts'
import type { SqlFile, TransactionMode } from './types.ts'

/** A part of a file that runs as one migration. */
export interface Section extends Fragment {
  readonly start: number
  readonly end: number
  readonly named: Named
  readonly delimiter?: string | undefined
  readonly deliberatelyEmpty?: boolean
}

/** Text that begins at `base` in the file, with what is not for the database made blank; `start` and `end` of a section count in it. */
interface Fragment {
  readonly text: string
  readonly base: number
}

interface Line {
  readonly start: number
  /** After the line break. */
  readonly end: number
  readonly text: string
}

/** What the markers in a file say; a file without markers is one section. */
export function sectionsOf(file: SqlFile, named: Named): Section[] {
  const { text } = file
  const marked =
    /^[ \t]*--[ \t]*(?:migrate:(?:up|down)\b|\+(?:goose|migrate)\b|liquibase formatted|changeset\b|(?:up|down) migration\b)/im
  // A megabyte of rows need not be looked at line by line.
  if (!marked.test(text)) return [whole(file, named)]
  const lines = markerLines(text)
  const liquibase = lines.some(line => /^--\s*(?:liquibase formatted|changeset\s)/i.test(line.text))
  return liquibase ? changesets(file, named, lines) : directions(file, named, lines)
}

function whole(file: SqlFile, named: Named): Section {
  const none = /^\s*--\s*(?:no[- ]transaction|disable_ddl_transaction|pgm?[.:]? ?no-?transaction)/i.test(
    file.text.slice(0, 500),
  )
  return {
    start: 0,
    end: file.text.length,
    text: file.text,
    base: 0,
    named: none ? { ...named, transaction: named.transaction === 'ifSeveral' ? 'ifSeveral' : 'no' } : named,
  }
}

/** Lines that are a comment from their first sign on, or begin or end a longer one. */
function markerLines(text: string): Line[] {
  const found: Line[] = []
  const pattern = /^[ \t]*(--[^\n]*|\/\*[ \t]*liquibase[^\n]*)(?:\n|$)/gim
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    if (match[0] === '') pattern.lastIndex++
    else found.push({ start: match.index, end: match.index + match[0].length, text: match[1]!.trimEnd() })
  }
  return found
}

/** dbmate, goose, sql-migrate, node-pg-migrate: one marker for each direction. */
function directions(file: SqlFile, named: Named, lines: readonly Line[]): Section[] {
  const marker = /^--\s*(?:(migrate):(up|down)|\+(goose|migrate)\s+(up|down)|(up|down)\s+(migration))\b\s*(.*)$/i
  const noTransaction = lines.some(line => /^--\s*\+goose\s+NO\s+TRANSACTION\b/i.test(line.text))
  const seen = { up: 0, down: 0 }
  const marks = lines.flatMap(line => {
    const [, dbmate, way, plus, plusWay, nodeWay, , rest = ''] = marker.exec(line.text) ?? []
    const direction = (way ?? plusWay ?? nodeWay)?.toLowerCase() as 'up' | 'down' | undefined
    if (direction === undefined) return []
    const nth = seen[direction]++
    const key = nth === 0 ? named.key : `${named.key} ${nth}`
    const framework = dbmate !== undefined ? 'dbmate' : plus === undefined ? 'node-pg-migrate' : goose(plus)
    const transaction = without(framework, rest, noTransaction)
    return [{ line, named: { ...named, key, framework, direction, transaction } as const }]
  })
  return marks.map(({ line, named }, i) => ({
    start: line.end,
    end: marks[i + 1]?.line.start ?? file.text.length,
    text: file.text,
    base: 0,
    named,
  }))
}
const goose = (plus: string) => (plus.toLowerCase() === 'goose' ? ('goose' as const) : ('sql-migrate' as const))

function without(framework: string, rest: string, noTransaction: boolean): TransactionMode {
  // dbmate still sends all statements as one query, which PostgreSQL runs as one transaction.
  if (framework === 'dbmate') return /\btransaction:\s*false\b/i.test(rest) ? 'ifSeveral' : 'yes'
  if (framework === 'goose') return noTransaction ? 'no' : 'yes'
  if (framework === 'sql-migrate') return /\bnotransaction\b/i.test(rest) ? 'no' : 'yes'
  return 'unknown'
}

/** Liquibase: each changeset is a migration, its rollback is the way back. */
function changesets(file: SqlFile, named: Named, lines: readonly Line[]): Section[] {
  const heads = lines.filter(({ text }) => /^--\s*changeset\s/i.test(text))
  let next = 0
  return heads.flatMap((head, i): Section[] => {
    const end = heads[i + 1]?.start ?? file.text.length
    const [, id = '', rest = ''] = /^--\s*changeset\s+("[^"]+"|\S+)(.*)$/i.exec(head.text) ?? []
    const attribute = (key: string) => new RegExp(`\\b${key}:"?([^\\s"]+)`, 'i').exec(rest)?.[1]
    const dbms = attribute('dbms')?.toLowerCase().split(',')
    if (dbms && !dbms.some(one => /^(?:postgres|all$)/.test(one)) && !dbms.every(one => one.startsWith('!'))) return []
    if (dbms?.some(one => one.startsWith('!postgres'))) return []
    const transaction = attribute('runInTransaction')?.toLowerCase() === 'false' ? 'no' : 'yes'
    const common = { ...named, framework: 'liquibase', key: `${file.name} ${id}`, name: id, transaction } as const
    const inside: Line[] = []
    while (next < lines.length && lines[next]!.start < end) {
      const line = lines[next++]!
      if (line.start > head.start) inside.push(line)
    }
    const back = rollbackOf(file, inside, end)
    const delimiter = attribute('endDelimiter')?.replace(/\\[nr]/g, '')
    const up: Section = {
      start: head.end,
      end,
      text: file.text,
      base: 0,
      named: { ...common, direction: 'up' },
      ...(delimiter !== undefined && delimiter !== '' && { delimiter }),
      ...(back.deliberatelyEmpty && { deliberatelyEmpty: true }),
    }
    return [up, ...back.parts.map(part => ({ ...part, named: { ...common, direction: 'down' as const } }))]
  })
}

/** `--rollback DROP TABLE a;` line by line, or a comment that begins with `liquibase rollback`. */
function rollbackOf({ text }: SqlFile, lines: readonly Line[], end: number) {
  const parts: Omit<Section, 'named'>[] = []
  const said: { from: number; end: number }[] = []
  let deliberatelyEmpty = false
  for (const line of lines) {
    const [all, sql = ''] = /^--\s*rollback\b[ \t]*(.*)$/i.exec(line.text) ?? []
    if (all !== undefined) {
      if (/^(?:empty|not required)?;?$/i.test(sql.trim())) deliberatelyEmpty = true
      else said.push({ from: text.indexOf('--', line.start) + all.length - sql.length, end: line.end })
    } else if (/^\/\*\s*liquibase\s+rollback\b/i.test(line.text)) {
      const close = text.slice(line.end, end).indexOf('*/')
      parts.push({ start: line.end, end: close === -1 ? end : line.end + close, text, base: 0 })
    }
  }
  if (said.length > 0) {
    const base = said[0]!.from
    let at = base
    const pieces = said.flatMap(({ from, end: to }) => {
      const gap = ' '.repeat(from - at)
      at = to
      return [gap, text.slice(from, to)]
    })
    parts.push({ start: 0, end: at - base, text: pieces.join(''), base })
  }
  return { parts, deliberatelyEmpty }
}
