import type { Path } from '../finding.ts'
import { sectionAt } from './section.ts'
import { recover, spotsOf, type Spot } from './spots.ts'

/** What stands at a place of a text: a key or a value with its path. Ranges are offsets of the whole text. */
export function spotAt(text: string, offset: number): Spot | undefined {
  const section = sectionAt(text, offset)
  const at = section.inside(offset)
  const doc = recover(section.text)
  for (const spot of spotsOf(doc.contents)) {
    const [start, end] = spot.range
    if (start <= at && at <= end && end > start)
      return { ...spot, range: [section.outside(start), section.outside(end)] }
  }
  return undefined
}

/** A place where something is being typed. */
export interface Gap {
  readonly path: Path
  readonly role: 'key' | 'value'
  /** What has been typed of it so far. */
  readonly typed: string
  /** Offsets of the first and behind the last character of the word that is being typed. */
  readonly range: readonly [number, number]
  /** Keys that the map has already, where a key is typed. */
  readonly siblings: readonly string[]
}

/** Stands for what will be typed. No key or name holds it. */
const caret = '\u{e000}'

/**
 * Where in the manifest the next character will stand. A mark is put there, the text is read as far as it can be, and the
 * place is where the mark comes out: so an empty line in a map is a key to come, and the end of `to: ` a value.
 */
export function gapAt(text: string, offset: number): Gap | undefined {
  const section = sectionAt(text, offset)
  const at = section.inside(offset)
  const marked = `${section.text.slice(0, at)}${caret}${section.text.slice(at)}`
  for (const spot of spotsOf(recover(marked).contents)) {
    const [start, end] = spot.range
    const found = marked.slice(start, end).indexOf(caret)
    if (found === -1) continue
    const quote = '"\''.includes(marked[start]!) ? 1 : 0
    const first = section.outside(start + quote)
    const path = spot.role === 'key' ? spot.path.slice(0, -1) : spot.path
    const last = spot.role === 'key' || !spot.value?.toString().includes('\n') ? end - 1 - quote : at
    return {
      path,
      role: spot.role,
      typed: text.slice(first, offset),
      range: [first, Math.max(offset, section.outside(last))],
      siblings: spot.siblings,
    }
  }
  return undefined
}
