/** A part of a manifest that can be read by itself: the line of its section, and the element around a place. */
export interface Section {
  readonly text: string
  /** Where a place of the whole text is in this part. */
  readonly inside: (offset: number) => number
  /** Where a place of this part is in the whole text. */
  readonly outside: (offset: number) => number
}

/**
 * Cuts out what is needed to know where in a manifest `offset` is, so that a key press in a file of a megabyte costs what one
 * in a small file does, and a mistake elsewhere does not matter. Goes by indentation: where the layout is another, as in JSON,
 * the part is larger, up to all of the text.
 */
export function sectionAt(text: string, offset: number): Section {
  const start = lineOfTop(text, offset)
  const end = nextTop(text, lineEnd(text, offset))
  const head = lineEnd(text, start)
  const own = elementAt(text, head, end, offset)
  if (!own) return part(text, start, start, start, end)
  return part(text, start, head, own.start, own.end)
}

/** The text from `start` to `head`, and from `from` to `end`. */
function part(text: string, start: number, head: number, from: number, end: number): Section {
  const skipped = from - head
  const length = head - start
  return {
    text: text.slice(start, head) + text.slice(from, end),
    inside: offset => (offset <= head ? offset - start : offset - start - skipped),
    outside: offset => (offset < length ? offset + start : offset + start + skipped),
  }
}

/** The lines of the one key of a section that hold a place; `undefined` where the section is no block map. */
function elementAt(
  text: string,
  from: number,
  end: number,
  offset: number,
): { start: number; end: number } | undefined {
  let indent: number | undefined
  let start: number | undefined
  for (let at = from; at < end; at = lineEnd(text, at)) {
    const own = indentOf(text, at)
    if (own === undefined) continue
    // The first line decides; a list is not cut, as its items are known by their number.
    if (indent === undefined) {
      if (own === 0 || '-[{'.includes(text[at + own]!)) return undefined
      indent = own
    }
    if (own < indent) return undefined
    if (own > indent) continue
    if (at > offset) return start === undefined ? undefined : { start, end: at }
    start = at
  }
  return start === undefined || offset < start ? undefined : { start, end }
}

/** The start of the nearest line at or above a place that begins a section. */
function lineOfTop(text: string, offset: number): number {
  let at = lineStart(text, offset)
  while (at > 0 && !isTop(text, at)) at = lineStart(text, at - 1)
  return at
}

function nextTop(text: string, from: number): number {
  let at = from
  while (at < text.length && !isTop(text, at)) at = lineEnd(text, at)
  return at
}

/** Items of a list and closing brackets at the margin belong to the key above them. */
const isTop = (text: string, at: number) => indentOf(text, at) === 0 && !'-]}'.includes(text[at]!)

const lineStart = (text: string, offset: number) => text.lastIndexOf('\n', offset - 1) + 1

function lineEnd(text: string, offset: number): number {
  const found = text.indexOf('\n', offset)
  return found === -1 ? text.length : found + 1
}

/** Spaces before the first character of a line; `undefined` for a line of nothing but spaces or a comment. */
function indentOf(text: string, at: number): number | undefined {
  let i = at
  while (text[i] === ' ') i++
  return i >= text.length || '\n\r#'.includes(text[i]!) ? undefined : i - at
}
