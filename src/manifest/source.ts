import {
  LineCounter,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml'
import type { Location, Path, Problem } from '../finding.ts'
import { isMergeKey, mergedMaps, misuses } from './misuse.ts'
import { explainSyntax, whyNotParsed } from './refusal.ts'

/** A parsed file that can say where any path in it was written. Only this file and `misuse.ts` know which parser reads. */
export class Source {
  readonly file: string
  readonly text: string
  /** Plain data, or `undefined` where there are problems. */
  readonly value: unknown
  readonly problems: Problem[]
  readonly #doc: Document
  readonly #lines = new LineCounter()
  #split: string[] | undefined
  readonly #index = new WeakMap<YAMLMap, Map<string, Pair>>()

  constructor(file: string, text: string) {
    this.file = file
    this.text = text
    const refusal = whyNotParsed(text)
    // uniqueKeys is off because the parser's own check is quadratic; duplicates are found below.
    this.#doc = parseDocument(refusal ? '' : text, {
      prettyErrors: false,
      uniqueKeys: false,
      merge: true,
      logLevel: 'error',
    })
    // Counted here, as the parser forgets lines after some errors.
    this.#lines.lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)]
    this.problems = refusal
      ? [this.#problem('yaml-syntax', refusal.message, refusal.offset, refusal.offset + 1)]
      : [...this.#syntaxProblems(), ...this.#misuses()]
    this.value = this.problems.length > 0 ? undefined : this.#toValue()
  }

  /** The text by lines, for code frames. */
  get lines(): readonly string[] {
    return (this.#split ??= this.text.split(/\r\n|\n|\r/))
  }

  /** Where `path` is. A path that is not there resolves to the key of its nearest ancestor that is. */
  locate(path: Path): Location {
    return this.#find(path).location
  }

  /** Whether the text itself holds `path`, by whatever anchor or merge key. */
  states(path: Path): boolean {
    return this.#find(path).complete
  }

  #find(path: Path): { location: Location; complete: boolean } {
    let node = this.#doc.contents as Node | null
    let range = keyOrStart(node)
    let throughAlias = false
    for (const step of path) {
      if (isAlias(node)) {
        node = node.resolve(this.#doc) ?? null
        throughAlias = true
      }
      const found = isMap(node)
        ? this.#pair(node, String(step))
        : isSeq(node)
          ? item(node.items[Number(step)])
          : undefined
      if (!found) return { location: this.#location(path, ...range), complete: false }
      node = found.value
      // What an anchor holds is reported where it is used, so that each use has a place of its own.
      if (!throughAlias) range = found.range
      throughAlias ||= found.merged
    }
    return { location: this.#location(path, ...range), complete: true }
  }

  #pair(map: YAMLMap, key: string): Found | undefined {
    const own = this.#indexOf(map).get(key)
    if (own) {
      const at = (own.key as Node).range!
      const value = own.value as Node | null
      const end = endOf(value) ?? at[1]
      return { value, range: [at[0], end], merged: false }
    }
    for (const pair of map.items) {
      if (!isMergeKey(pair)) continue
      const range = (pair.key as Node).range!
      for (const merged of mergedMaps(pair.value as Node | null, this.#doc)) {
        const found = this.#pair(merged, key)
        if (found) return { value: found.value, range: [range[0], range[1]], merged: true }
      }
    }
    return undefined
  }

  #indexOf(map: YAMLMap): Map<string, Pair> {
    let index = this.#index.get(map)
    if (!index) {
      index = new Map()
      for (const pair of map.items) if (isScalar(pair.key)) index.set(String(pair.key.value), pair)
      this.#index.set(map, index)
    }
    return index
  }

  #syntaxProblems(): Problem[] {
    const errors = this.#doc.errors.map(e =>
      this.#problem('yaml-syntax', explainSyntax(e.code, e.message), e.pos[0], e.pos[1]),
    )
    const warnings = this.#doc.warnings.map(w => this.#problem('yaml-syntax', w.message, w.pos[0], w.pos[1]))
    // One mistake can be reported once per level of nesting; the first ones say it all.
    return [...errors, ...warnings].slice(0, 50)
  }

  #misuses(): Problem[] {
    return misuses(this.#doc).map(({ ruleId, message, at: [start, end], first }) => {
      const problem = this.#problem(ruleId, message, start, end)
      if (first) problem.related.push({ label: 'first defined', location: this.#location([], ...first) })
      return problem
    })
  }

  #toValue(): unknown {
    try {
      return this.#doc.toJS({ maxAliasCount: 20_000 })
    } catch (error) {
      // All that is left to fail: the parser counts how far aliases multiply.
      const text = 'Aliases multiply into more data than the text holds; write the values out'
      this.problems.push(
        this.#problem('yaml-syntax', error instanceof ReferenceError ? text : (error as Error).message, 0, 1),
      )
      return undefined
    }
  }

  #problem(ruleId: Problem['ruleId'], message: string, start: number, end: number): Problem {
    return { ruleId, message, location: this.#location([], start, end), related: [] }
  }

  #location(path: Path, start: number, end: number): Location {
    const point = (at: number) => {
      // The parser puts what is missing at the end behind the end.
      const offset = Math.min(at, this.text.length)
      const { line, col } = this.#lines.linePos(offset)
      return { line: Math.max(1, line), column: Math.max(1, col), offset }
    }
    return { file: this.file, path, start: point(start), end: point(Math.max(start, end)) }
  }
}

interface Found {
  value: Node | null
  range: [number, number]
  merged: boolean
}

function item(node: unknown): Found | undefined {
  if (node === undefined) return undefined
  const value = node as Node | null
  return {
    value,
    range: isScalar(value) || isAlias(value) ? [value.range![0], value.range![1]] : keyOrStart(value),
    merged: false,
  }
}

/** A plain value is shown with its key; of a map, a list or nothing the key says where it is. */
const endOf = (value: Node | null): number | undefined =>
  isScalar(value) && value.range && value.range[1] > value.range[0] ? value.range[1] : undefined

/** A map is pointed at by its first key, which is short, rather than by all of its lines. */
function keyOrStart(node: Node | null): [number, number] {
  const key = isMap(node) ? (node.items[0]?.key as Node | undefined) : undefined
  if (isMap(node) && key?.range) {
    const value = node.items[0]!.value as Node | null
    return [key.range[0], endOf(value) ?? key.range[1]]
  }
  const start = node?.range?.[0] ?? 0
  return [start, start]
}
