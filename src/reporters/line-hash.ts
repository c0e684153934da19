/**
 * `primaryLocationLineHash`, by which GitHub code scanning recognises an alert when lines above it come and go: for each line
 * a polynomial hash, modulo 2^64, of the 100 UTF-16 code units from its start on. Spaces and tabs do not count, all line
 * ends are one line feed, and the end of the file is a code unit of its own, followed by as many zeros as it takes. After
 * the colon: which of the lines with this hash it is.
 */

const window = 100
const base = 37
const endOfFile = 0xffff
const lineFeed = 10
const two32 = 2 ** 32

/** 37^100 modulo 2^64: the weight with which a code unit leaves the window. */
const leaving = (() => {
  let [high, low] = [0, 1]
  for (let i = 0; i < window; i++) [high, low] = halves(base * high, base * low)
  return { high, low }
})()

/** Carries what does not fit into 32 bits. Exact below 2^53, and nothing here reaches 2^49. */
function halves(high: number, low: number): [high: number, low: number] {
  const rest = low >>> 0
  return [(high + (low - rest) / two32) >>> 0, rest]
}

/** One hash for each line, the empty one after a last line feed included. */
export function lineHashes(text: string): string[] {
  const { units, end } = unitsOf(text)
  const seen = new Map<string, number>()
  const hashes: string[] = []
  let [high, low] = [0, 0]
  for (let i = window; i < end + window - 1; i++) {
    const gone = units[i - window]!
    const rest = base * low + units[i]! - leaving.low * gone
    // As in `halves`, without an array for every character.
    low = rest >>> 0
    high = (base * high - leaving.high * gone + (rest - low) / two32) >>> 0
    // The window now starts at `i - window + 1`; a line does where what has left before is a line feed.
    if (gone !== lineFeed && i !== 2 * window - 1) continue
    const hash = high === 0 ? low.toString(16) : high.toString(16) + low.toString(16).padStart(8, '0')
    const count = (seen.get(hash) ?? 0) + 1
    seen.set(hash, count)
    hashes.push(`${hash}:${count}`)
  }
  return hashes
}

/** What is hashed, between two windows full of zeros; `end` is the index after the end of the file. */
function unitsOf(text: string): { units: Uint16Array; end: number } {
  const kept = text.replaceAll(/\r\n?/g, '\n').replaceAll(/[ \t]+/g, '')
  const units = new Uint16Array(kept.length + 1 + 2 * window)
  for (let i = 0; i < kept.length; i++) units[window + i] = kept.charCodeAt(i)
  const end = window + kept.length + 1
  units[end - 1] = endOfFile
  return { units, end }
}
