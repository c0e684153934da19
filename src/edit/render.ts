import { Scalar, stringify } from 'yaml'
import { isList, isValues } from './data.ts'

/** New values as a person would write them: small maps and lists in one line, as in our examples. */

/** Longest line, indentation not counted, that a map or list is written in. */
const longest = 80

const plainOptions = {
  lineWidth: 0,
  blockQuote: false,
  doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
} as const

/** How a value was quoted, which a new one keeps. */
export type Quoting = Scalar.Type | undefined

export function scalarText(value: unknown, { inFlow, quoting }: { inFlow: boolean; quoting?: Quoting }): string {
  const scalar = new Scalar(value)
  if (typeof value === 'string' && (quoting === 'QUOTE_DOUBLE' || quoting === 'QUOTE_SINGLE'))
    scalar.type = value.includes('\n') ? 'QUOTE_DOUBLE' : quoting
  // In brackets a comma or a brace needs quotes.
  if (inFlow)
    return stringify([scalar], { ...plainOptions, collectionStyle: 'flow' })
      .trimEnd()
      .slice(2, -2)
  return stringify(scalar, plainOptions).trimEnd()
}

/** In one line, as it may stand in brackets too. */
export function inline(value: unknown, inFlow = true): string {
  if (isList(value)) return `[${value.map(item => inline(item)).join(', ')}]`
  if (!isValues(value)) return scalarText(value, { inFlow })
  const pairs = stated(value).map(([key, inner]) => inlinePair(key, inner))
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`
}

export const inlinePair = (key: string, value: unknown): string => `${keyText(key)}: ${inline(value)}`

export const keyText = (key: string): string => scalarText(key, { inFlow: true })

const stated = (value: Readonly<Record<string, unknown>>) =>
  Object.entries(value).filter(([, inner]) => inner !== undefined)

/** Where a value goes: how deep in the manifest, and by how many spaces its file indents. */
export interface Place {
  /** Number of keys and indices above the value: 1 for a section, 2 for an element. */
  readonly depth: number
  readonly step: number
}

/** Whether a value is written in the line of its key. Sections have a line for each element. */
export function fitsInline(value: unknown, { depth }: Place): boolean {
  if (!isValues(value) && !isList(value)) return true
  if (isList(value) ? value.length === 0 : stated(value).length === 0) return true
  if (depth < 2 && isValues(value)) return false
  if (depth < 3 && isValues(value) && Object.values(value).some(holdsMaps)) return false
  if (isList(value) && value.length > 1 && holdsMaps(value)) return false
  return inline(value).length <= longest
}

const holdsMaps = (value: unknown) => isList(value) && value.some(isValues)

/** The lines of a map or list, without indentation of their own. */
export function blockLines(value: unknown, place: Place): string[] {
  const inner = { ...place, depth: place.depth + 1 }
  if (isList(value)) return value.flatMap(item => itemLines(item, inner))
  if (isValues(value)) return stated(value).flatMap(([key, one]) => pairLines(key, one, inner))
  return [scalarText(value, { inFlow: false })]
}

export function pairLines(key: string, value: unknown, place: Place): string[] {
  if (fitsInline(value, place)) return [`${keyText(key)}: ${inline(value, false)}`]
  return [`${keyText(key)}:`, ...indented(blockLines(value, place), place.step)]
}

/** @param spread whether a map has a line for each of its keys */
export function itemLines(value: unknown, place: Place, spread = false): string[] {
  if ((!spread || !isValues(value)) && fitsInline(value, place)) return [`- ${inline(value, false)}`]
  const [first, ...rest] = blockLines(value, place)
  return [`- ${first!}`, ...indented(rest, 2)]
}

export const indented = (lines: readonly string[], spaces: number): string[] =>
  lines.map(line => (line === '' ? line : ' '.repeat(spaces) + line))
