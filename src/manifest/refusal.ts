import type { Problem } from '../finding.ts'

/** What is wrong with a text, without lines and columns. */
export interface Fault {
  readonly ruleId: Problem['ruleId']
  readonly message: string
  /** Offsets of the first character and of the one after the last. */
  readonly at: readonly [number, number]
  /** Where a name that is defined twice was defined first. */
  readonly first?: readonly [number, number]
}

const refused = (message: string, offset = 0): Fault => ({ ruleId: 'yaml-syntax', message, at: [offset, offset + 1] })

/** Largest text that is parsed, in UTF-16 code units: beyond any manifest written by people. */
export const maxTextLength = 16 * 1024 * 1024

/** Open brackets beyond which no parser is asked. Far above what nests, so that stray quotes cannot reach it. */
const bracketFlood = 10_000

/** Commas and lines beyond which a parser would need gigabytes. */
const maxValues = 1_000_000

/** The parser's own words, except where they speak of programming or leave the reader without a remedy. */
export function explainSyntax(code: string, message: string): string {
  if (code === 'MULTIPLE_DOCS') return 'A second document begins here; expected one document a file'
  if (code === 'RESOURCE_EXHAUSTION') return 'Nested too deeply to be a manifest'
  if (code === 'TAB_AS_INDENT') return 'A tab indents this line; expected spaces'
  return message
}

/** Texts that no parser is given, whichever it is. */
export function whyNotRead(text: string): Fault | undefined {
  if (text.length > maxTextLength) {
    const size = Math.round(text.length / 1024 / 1024)
    return refused(
      `The file has ${size} million characters; expected at most ${maxTextLength / 1024 / 1024}. Split it and use include`,
    )
  }
  const binary = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffd]/.exec(text.slice(0, 65536))
  if (binary) return refused('This is not a text file in UTF-8', binary.index)
  if (text.length > maxValues && separators(text) > maxValues)
    return refused('The file holds more than a million values. Split it and use include')
  return undefined
}

/** Nesting on which the thorough parser would spend seconds to say little. Brackets in quotes and comments do not nest. */
export function whyNotParsed(text: string): Fault | undefined {
  // Lists in lists, keys that are maps, anchors, aliases and tags in a row.
  const run = /(?:[-?&*!][^\s,[\]{}]* ){1000}/.exec(text)
  if (run) return refused('Nested too deeply to be a manifest', run.index)
  let depth = 0
  for (const match of text.matchAll(/"(?:[^"\\]|\\.)*"|'[^'\n]*'|(?<=\s)#.*|[[\]{}]/g)) {
    const open = match[0] === '[' || match[0] === '{'
    if (open && ++depth > bracketFlood) return refused('Nested too deeply to be a manifest', match.index)
    if (match[0] === ']' || match[0] === '}') depth = Math.max(0, depth - 1)
  }
  return undefined
}

function separators(text: string): number {
  let count = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 10 || code === 44) count++
  }
  return count
}
