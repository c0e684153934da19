import { locator } from './split.ts'
import type { SqlFile, SqlNote } from './types.ts'

/** The text of a file in UTF-8, or the place of the first byte that is not. A mark of the byte order at its beginning is no text. */
export function sqlFile(name: string, bytes: Uint8Array): SqlFile | SqlNote {
  try {
    return { name, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    const text = new TextDecoder('utf-8').decode(bytes)
    const message = 'This is not text in UTF-8; expected the file to be saved in that encoding'
    return { kind: 'unreadable', message, file: name, ...locator(text)(brokenAt(text, bytes)) }
  }
}

/** The sign that stands for what could not be decoded may also stand in the text itself, as three bytes. */
function brokenAt(text: string, bytes: Uint8Array): number {
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  const encoder = new TextEncoder()
  let from = 0
  let before = mark
  for (let at = text.indexOf('\ufffd'); at !== -1; at = text.indexOf('\ufffd', at + 1)) {
    before += encoder.encode(text.slice(from, at)).length
    if (bytes[before] !== 0xef || bytes[before + 1] !== 0xbf || bytes[before + 2] !== 0xbd) return at
    from = at
  }
  return 0
}
