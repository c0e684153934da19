import type { Path } from '../finding.ts'
import type { Fault } from './refusal.ts'

/** What a node is. `merge` is the key `<<`, which copies other maps into its own. */
export const kind = { scalar: 0, map: 1, list: 2, alias: 3, merge: 4 } as const

/**
 * Where each node of a text stands, in the order of the text: a node, then what is inside it; in a map each key before its
 * value. Flat lists of numbers, because a large manifest has more than a million nodes and few of them are ever asked for.
 */
export interface Nodes {
  readonly kinds: ArrayLike<number>
  /** Offset of the first character. */
  readonly starts: ArrayLike<number>
  /** Offset after the last character of a scalar or an alias; of an empty scalar, where it begins. */
  readonly ends: ArrayLike<number>
  /** The node after all that is inside this one. */
  readonly nexts: ArrayLike<number>
  /** Keys whose name is not their own text, without quotes: with escapes, numbers written in another way, or no scalar at all. */
  readonly names: ReadonlyMap<number, string | undefined>
  /** What each alias stands for. */
  readonly targets: ReadonlyMap<number, number>
}

/** A text as data, and where each part of it stands. */
export interface Reading {
  readonly value: unknown
  readonly tree: Tree
  readonly faults?: undefined
}

export interface Unreadable {
  readonly value?: undefined
  readonly tree?: undefined
  /** At least one. */
  readonly faults: readonly Fault[]
}

/** Offsets of the first character and of the one after the last. */
export type Range = readonly [start: number, end: number]

/** A block scalar ends with its last word: the empty lines behind it may as well belong to what comes next. */
export function endOfBlock(text: string, end: number): number {
  let last = end
  while (last > 0 && /\s/.test(text[last - 1]!)) last--
  return last
}

/** Keys beyond which a map is worth an index: making one takes as long as a look at a hundred keys or more. */
const few = 64

/** Finds the place of any path. Indices are made for what is asked for and kept. */
export class Tree {
  readonly #nodes: Nodes
  readonly #text: string
  readonly #keys = new Map<number, ReadonlyMap<string, number>>()
  readonly #items = new Map<number, readonly number[]>()

  constructor(text: string, nodes: Nodes) {
    this.#text = text
    this.#nodes = nodes
  }

  /** The place of `path`, or of the nearest of its ancestors that is there; `complete` says which. */
  find(path: Path): { range: Range; complete: boolean } {
    const { kinds, targets } = this.#nodes
    let node = 0
    let shown: Found | undefined
    let throughAlias = false
    for (const step of path) {
      if (kinds[node] === kind.alias) {
        node = targets.get(node)!
        throughAlias = true
      }
      const found =
        kinds[node] === kind.map
          ? this.#pair(node, String(step))
          : kinds[node] === kind.list
            ? this.#item(node, Number(step))
            : undefined
      if (!found) return { range: this.#rangeOf(shown), complete: false }
      node = found.value
      // What an anchor holds is reported where it is used, so that each use has a place of its own.
      if (!throughAlias) shown = found
      throughAlias ||= found.merged
    }
    return { range: this.#rangeOf(shown), complete: true }
  }

  #pair(map: number, name: string): Found | undefined {
    const key = this.#keyOf(map, name)
    if (key !== undefined) return { value: key + 1, at: key, merged: false }
    const { kinds, nexts } = this.#nodes
    for (let merge = map + 1; merge < nexts[map]!; merge = nexts[merge + 1]!) {
      if (kinds[merge] !== kind.merge) continue
      for (const from of this.#merged(merge + 1)) {
        const found = this.#pair(from, name)
        if (found) return { value: found.value, at: merge, merged: true }
      }
    }
    return undefined
  }

  #keyOf(map: number, name: string): number | undefined {
    const indexed = this.#keys.get(map)
    if (indexed) return indexed.get(name)
    const { nexts } = this.#nodes
    const end = nexts[map]!
    let passed = 0
    for (let key = map + 1; key < end; key = nexts[key + 1]!) {
      if (this.#isNamed(key, name)) return key
      if (++passed === few) return this.#index(map).get(name)
    }
    return undefined
  }

  /** `#nameOf(key) === name`, without a text of its own for each key that is passed. */
  #isNamed(key: number, name: string): boolean {
    const { kinds, names, starts, ends } = this.#nodes
    if (names.size > 0 && names.has(key)) return names.get(key) === name
    const start = starts[key]!
    const more = ends[key]! - start - name.length
    // With two characters more it can only be the same in quotes.
    if ((more !== 0 && more !== 2) || kinds[key] !== kind.scalar) return false
    const isQuoted = isQuote(this.#text[start])
    return isQuoted === (more === 2) && this.#text.startsWith(name, isQuoted ? start + 1 : start)
  }

  #index(map: number): ReadonlyMap<string, number> {
    const { nexts } = this.#nodes
    const index = new Map<string, number>()
    for (let key = map + 1; key < nexts[map]!; key = nexts[key + 1]!) {
      const name = this.#nameOf(key)
      if (name !== undefined) index.set(name, key)
    }
    this.#keys.set(map, index)
    return index
  }

  #nameOf(key: number): string | undefined {
    const { kinds, names, starts, ends } = this.#nodes
    if (names.has(key)) return names.get(key)
    if (kinds[key] !== kind.scalar) return undefined
    const [start, end] = [starts[key]!, ends[key]!]
    return isQuote(this.#text[start]) ? this.#text.slice(start + 1, end - 1) : this.#text.slice(start, end)
  }

  #item(list: number, index: number): Found | undefined {
    let items = this.#items.get(list)
    if (!items) {
      const { nexts } = this.#nodes
      const found: number[] = []
      for (let node = list + 1; node < nexts[list]!; node = nexts[node]!) found.push(node)
      this.#items.set(list, (items = found))
    }
    const value = items[index]
    return value === undefined ? undefined : { value, at: value, merged: false }
  }

  /** The maps that a merge key copies. */
  #merged(value: number): number[] {
    const { kinds, nexts, targets } = this.#nodes
    const target = kinds[value] === kind.alias ? targets.get(value)! : value
    if (kinds[target] === kind.map) return [target]
    if (kinds[target] !== kind.list) return []
    const maps: number[] = []
    for (let node = target + 1; node < nexts[target]!; node = nexts[node]!) maps.push(...this.#merged(node))
    return maps
  }

  #rangeOf(shown: Found | undefined): Range {
    if (!shown) return this.#keyOrStart(0)
    const { kinds, starts, ends } = this.#nodes
    const { value, at, merged } = shown
    if (!merged && at < value) return this.#pairRange(at)
    const isPlain = merged || kinds[at] === kind.scalar || kinds[at] === kind.alias
    return isPlain ? [starts[at]!, ends[at]!] : this.#keyOrStart(at)
  }

  /** A plain value is shown with its key; of a map, a list or nothing the key says where it is. */
  #pairRange(key: number): Range {
    const { kinds, starts, ends } = this.#nodes
    const value = key + 1
    const isPlain = kinds[value] === kind.scalar && ends[value]! > starts[value]!
    return [starts[key]!, isPlain ? ends[value]! : ends[key]!]
  }

  /** A map is pointed at by its first key, which is short, rather than by all of its lines. */
  #keyOrStart(node: number): Range {
    const { kinds, starts, nexts } = this.#nodes
    if (kinds[node] === kind.map && nexts[node]! > node + 1) return this.#pairRange(node + 1)
    return [starts[node]!, starts[node]!]
  }
}

const isQuote = (character: string | undefined) => character === '"' || character === "'"

interface Found {
  /** The node of the value. */
  readonly value: number
  /** What is pointed at: the key, the merge key by which it comes, or the item itself. */
  readonly at: number
  readonly merged: boolean
}
