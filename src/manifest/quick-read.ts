import {
  EVENT_ID,
  SCALAR_STYLE,
  YAMLException,
  getScalarValue,
  parseEvents,
  type Event,
  type MappingEvent,
  type ScalarEvent,
  type SequenceEvent,
} from 'js-yaml'
import { coreValue } from './core-scalars.ts'
import { mapOfItsOwn } from './own-map.ts'
import { Tree, endOfBlock, kind, type Reading } from './tree.ts'

/**
 * Reads what nearly every manifest consists of, several times faster than a parser that can tell what is wrong. `undefined`
 * where the text is broken, or holds anything of which the two might not think alike (tags, directives, tabs, keys that are no
 * plain text, anchors inside anchors): then the thorough reader decides.
 */
export function quickRead(text: string): Reading | undefined {
  // Tabs, byte order marks, returns that end no line, marks that end a document, and ones that begin it and are indented.
  if (/[\t\ufeff]|\r(?!\n)|^\.\.\.|^ +---/m.test(text)) return undefined
  try {
    return new Reader(text, parseEvents(text, { maxDepth: 100 })).read()
  } catch (error) {
    if (error instanceof YAMLException || error === unsure) return undefined
    throw error
  }
}

const unsure = new Error('For the thorough reader')

/** Uses of anchors beyond which the thorough reader counts what they multiply to. */
const manyAliases = 10_000

/** Length of a text, in UTF-16 code units, from which on its maps are taken to have the same keys as others of it. */
const manyAlike = 100_000

/** Longest name that is read here: beyond about a thousand characters no colon makes a key. */
const longKey = 1000

type Values = Record<string, unknown>

type Content = ScalarEvent | SequenceEvent | MappingEvent

interface Anchor {
  readonly node: number
  readonly value: unknown
}

const isQuoted = (style: number) => style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED

/** One pass over the parser's events. Event and node have the same number, save that a document comes before its node. */
class Reader {
  readonly #text: string
  readonly #events: readonly Event[]
  #at = 1
  #nodes = 0
  readonly #kinds: Uint8Array
  readonly #starts: Int32Array
  readonly #ends: Int32Array
  readonly #nexts: Int32Array
  readonly #names = new Map<number, string>()
  readonly #targets = new Map<number, number>()
  readonly #anchors = new Map<string, Anchor>()
  /** How many anchored nodes are open. */
  #inAnchors = 0

  constructor(text: string, events: readonly Event[]) {
    this.#text = text
    this.#events = events
    this.#kinds = new Uint8Array(events.length)
    this.#starts = new Int32Array(events.length)
    this.#ends = new Int32Array(events.length)
    this.#nexts = new Int32Array(events.length)
  }

  read(): Reading {
    const [document, root] = this.#events
    if (document?.type !== EVENT_ID.DOCUMENT || document.directives.length > 0) throw unsure
    // Anything else is no manifest.
    if (root?.type !== EVENT_ID.MAPPING) throw unsure
    const value = this.#node()
    // The document's end, and nothing behind it.
    if (this.#at !== this.#events.length - 1) throw unsure
    const [kinds, starts, ends, nexts] = [this.#kinds, this.#starts, this.#ends, this.#nexts]
    const nodes = { kinds, starts, ends, nexts, names: this.#names, targets: this.#targets }
    return { value, tree: new Tree(this.#text, nodes) }
  }

  #node(): unknown {
    const event = this.#events[this.#at++]!
    if (event.type === EVENT_ID.ALIAS) return this.#alias(event.anchorStart, event.anchorEnd)
    if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP || event.tagStart !== -1) throw unsure
    if (event.anchorStart !== -1) return this.#anchored(event)
    return this.#plain(event)
  }

  #plain(event: Content): unknown {
    if (event.type === EVENT_ID.SCALAR) return this.#scalar(event)
    return event.type === EVENT_ID.MAPPING ? this.#map(event.start) : this.#list(event.start)
  }

  #anchored(event: Content): unknown {
    const name = this.#anchorName(event.anchorStart, event.anchorEnd)
    if (this.#inAnchors > 0) throw unsure
    const node = this.#nodes
    this.#inAnchors++
    const value = this.#plain(event)
    this.#inAnchors--
    this.#anchors.set(name, { node, value })
    return value
  }

  #alias(start: number, end: number): unknown {
    const anchor = this.#anchors.get(this.#anchorName(start, end))
    // What stands for itself or multiplies is for the thorough reader.
    if (!anchor || this.#inAnchors > 0 || this.#targets.size >= manyAliases) throw unsure
    const node = this.#open(kind.alias, start - 1)
    this.#close(node, end)
    this.#targets.set(node, anchor.node)
    return anchor.value
  }

  #anchorName(start: number, end: number): string {
    const name = this.#text.slice(start, end)
    if (!/^[\w-]+$/.test(name)) throw unsure
    return name
  }

  #open(is: number, start: number): number {
    const node = this.#nodes++
    this.#kinds[node] = is
    this.#starts[node] = start
    return node
  }

  #close(node: number, end: number): void {
    this.#ends[node] = end
    this.#nexts[node] = this.#nodes
  }

  #scalar(event: ScalarEvent): unknown {
    const { valueStart, valueEnd, style } = event
    const isPlain = style === SCALAR_STYLE.PLAIN
    // Where nothing is written, the value has no place of its own.
    if (valueStart === -1) {
      this.#close(this.#open(kind.scalar, 0), 0)
      return null
    }
    const value = event.fast ? this.#text.slice(valueStart, valueEnd) : getScalarValue(this.#text, event)
    if (isPlain) this.#close(this.#open(kind.scalar, valueStart), valueEnd)
    else if (isQuoted(style)) this.#close(this.#open(kind.scalar, valueStart - 1), valueEnd + 1)
    else this.#close(this.#open(kind.scalar, this.#header(valueStart)), endOfBlock(this.#text, valueEnd))
    return isPlain ? coreValue(value) : value
  }

  /** Where the `|` or `>` of a block scalar stands: in the line above its text. */
  #header(textStart: number): number {
    const lineStart = this.#text.lastIndexOf('\n', textStart - 2) + 1
    const at = this.#text.slice(lineStart, textStart).search(/(?<=\s)[|>][-+\d]*\s*$/)
    if (at === -1) throw unsure
    return lineStart + at
  }

  #list(start: number): unknown[] {
    const node = this.#open(kind.list, start)
    const items: unknown[] = []
    while (this.#events[this.#at]!.type !== EVENT_ID.POP) {
      const event = this.#events[this.#at]!
      // An item of which nothing is written stands somewhere between others.
      if (event.type === EVENT_ID.SCALAR && event.valueStart === -1) throw unsure
      items.push(this.#node())
    }
    this.#at++
    this.#close(node, start)
    return items
  }

  #map(start: number): Values {
    const node = this.#open(kind.map, start)
    const map = this.#text.length < manyAlike ? mapOfItsOwn() : ({} as Values)
    let merged: Set<string> | undefined
    while (this.#events[this.#at]!.type !== EVENT_ID.POP) {
      const name = this.#key(this.#events[this.#at++]!)
      if (name === undefined) this.#merge(map, (merged ??= new Set()))
      // A name that is defined twice is for the thorough reader, unless the first was copied from elsewhere.
      else if (Object.hasOwn(map, name) && merged?.delete(name) !== true) throw unsure
      else map[name] = this.#node()
    }
    this.#at++
    this.#close(node, start)
    return map
  }

  /** The name of a key, or `undefined` for a merge key. */
  #key(event: Event): string | undefined {
    if (event.type !== EVENT_ID.SCALAR || event.valueStart === -1) throw unsure
    const { valueStart, valueEnd, anchorStart, tagStart, style } = event
    if (anchorStart !== -1 || tagStart !== -1 || valueEnd - valueStart > longKey) throw unsure
    const text = this.#text.slice(valueStart, valueEnd)
    if (style === SCALAR_STYLE.PLAIN) {
      if (!event.fast) throw unsure
      const isMerge = text === '<<'
      const node = this.#open(isMerge ? kind.merge : kind.scalar, valueStart)
      this.#close(node, valueEnd)
      if (isMerge) return undefined
      const value = coreValue(text)
      if (value === null || text === '__proto__') throw unsure
      const name = String(value)
      if (name !== text) this.#names.set(node, name)
      return name
    }
    if (!isQuoted(style)) throw unsure
    const name = event.fast ? text : getScalarValue(this.#text, event)
    if (text.includes('\n') || name === '<<' || name === '__proto__') throw unsure
    const node = this.#open(kind.scalar, valueStart - 1)
    this.#close(node, valueEnd + 1)
    if (name !== text) this.#names.set(node, name)
    return name
  }

  /** Copies the keys of one map or several that are not there yet. */
  #merge(map: Values, merged: Set<string>): void {
    const value = this.#node()
    for (const source of Array.isArray(value) ? value : [value]) {
      if (typeof source !== 'object' || source === null || Array.isArray(source)) throw unsure
      for (const [name, inner] of Object.entries(source as Values)) {
        if (Object.hasOwn(map, name)) continue
        map[name] = inner
        merged.add(name)
      }
    }
  }
}
