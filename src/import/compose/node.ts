import { LineCounter, isAlias, isMap, isScalar, isSeq, parseAllDocuments, type Node as Yaml, type Pair } from 'yaml'
import { explainSyntax, whyNotParsed, whyNotRead } from '../../manifest/refusal.ts'
import { number } from '../../units.ts'
import type { ImportFile, ImportNote } from '../system.ts'

/** A value of a Compose file with its place. Anchors, aliases and merge keys are resolved; nothing here changes a node. */
export type Node = Scalar | List | Mapping

/** Lines and columns count from 1. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

interface Common {
  readonly at: Place
  /** `!reset` and `!override` say how the value meets that of an earlier file. */
  readonly tag: 'reset' | 'override' | undefined
  /** Whether it stands elsewhere and came here by an alias or a merge key. */
  readonly isShared: boolean
}

export interface Scalar extends Common {
  readonly is: 'scalar'
  readonly value: string | number | boolean | null
}

export interface List extends Common {
  readonly is: 'list'
  readonly items: readonly Node[]
}

export interface Mapping extends Common {
  readonly is: 'map'
  readonly entries: ReadonlyMap<string, Node>
}

/** Values of all files of a project together, aliases followed, beyond which the text is made to exhaust its reader. */
const maxNodes = 300_000
const maxDocuments = 100
const maxDepth = 100
/** Characters of one file: ten times the largest Compose file that people write. */
const maxText = 2 * 1024 * 1024

class Refused extends Error {}

/** How many values may still be read; shared by the files of a project. */
export interface Budget {
  nodes: number
}
export const freshBudget = (): Budget => ({ nodes: maxNodes })

/** The documents of a file, empty ones left out, or why it cannot be read. */
export function documentsOf({ name, text }: ImportFile, budget: Budget): { documents: Node[]; note?: ImportNote } {
  const lines = new LineCounter()
  const refuse = (message: string, offset = 0) => {
    const { line, col } = lines.linePos(offset)
    return {
      documents: [],
      note: { kind: 'unreadable', message, file: name, line: line || 1, column: col || 1 } as const,
    }
  }
  if (text.length > maxText)
    return refuse(
      `The file has ${number(Math.round(text.length / 2 ** 20))} million characters; expected at most ${maxText / 2 ** 20} million in a Compose file`,
    )
  const fault = whyNotRead(text) ?? whyNotParsed(text)
  if (fault) return refuse(fault.message, fault.at[0])
  const count = [...text.matchAll(/^---(?=\s|$)/gm)].length
  if (count > maxDocuments) return refuse(`The file holds ${number(count)} documents; expected one`)
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error',
  })
  const documents = Array.isArray(parsed) ? parsed : []
  for (const { errors } of documents) {
    const [error] = errors
    if (error) return refuse(explainSyntax(error.code, error.message), error.pos[0])
  }
  try {
    const reading = new Reading(name, lines, budget)
    return {
      documents: documents.flatMap(({ contents }) => {
        if (contents === null || (isScalar(contents) && contents.value === null)) return []
        return [reading.node(contents as Yaml, { isShared: false, depth: 0 })]
      }),
    }
  } catch (error) {
    if (error instanceof Refused) return refuse(error.message)
    throw error
  }
}

interface Where {
  readonly isShared: boolean
  readonly depth: number
}

/** Reads the documents of one file; holds what anchors stand for. */
class Reading {
  readonly #file: string
  readonly #lines: LineCounter
  readonly #budget: Budget
  readonly #anchors = new Map<string, Yaml>()
  readonly #open = new Set<Yaml>()

  constructor(file: string, lines: LineCounter, budget: Budget) {
    this.#file = file
    this.#lines = lines
    this.#budget = budget
  }

  node(node: Yaml | null, where: Where): Node {
    if (--this.#budget.nodes < 0)
      throw new Refused('Aliases multiply into more data than the text holds; write the values out')
    if (where.depth > maxDepth) throw new Refused('Nested too deeply to be a Compose file')
    if (isAlias(node)) return this.#alias(node.source, where)
    const common = { at: this.#place(node), tag: tagOf(node), isShared: where.isShared }
    const anchor = (node as { anchor?: string } | null)?.anchor
    if (anchor !== undefined && node) this.#anchors.set(anchor, node)
    const inner = { ...where, depth: where.depth + 1 }
    if (isMap(node))
      return { ...common, is: 'map', entries: this.#within(node, () => this.#entries(node.items, inner)) }
    if (isSeq(node)) {
      const items = this.#within(node, () => node.items.map(item => this.node(item as Yaml | null, inner)))
      return { ...common, is: 'list', items }
    }
    const value: unknown = isScalar(node) ? node.value : null
    // What is neither text nor number nor yes or no is written as it stands: a time stamp, a big number.
    return { ...common, is: 'scalar', value: isPlain(value) ? value : ((node as { source?: string }).source ?? '') }
  }

  #alias(name: string, where: Where): Node {
    const target = this.#anchors.get(name)
    if (!target) throw new Refused(`There is no anchor "${name}" above its alias`)
    if (this.#open.has(target)) throw new Refused(`The anchor "${name}" holds itself`)
    return this.node(target, { isShared: true, depth: where.depth + 1 })
  }

  #within<T>(node: Yaml, read: () => T): T {
    this.#open.add(node)
    const result = read()
    this.#open.delete(node)
    return result
  }

  #entries(pairs: readonly Pair[], where: Where): Map<string, Node> {
    const own = new Map<string, Node>()
    const merged = new Map<string, Node>()
    for (const { key, value } of pairs) {
      const name = isScalar(key) ? String(key.value) : undefined
      const node = this.node(value as Yaml | null, where)
      if (name === '<<') {
        for (const source of node.is === 'list' ? node.items : [node]) {
          if (source.is !== 'map') continue
          for (const [inner, one] of source.entries)
            if (!merged.has(inner)) merged.set(inner, { ...one, isShared: true })
        }
      } else if (name !== undefined && name !== '__proto__') own.set(name, node)
    }
    return new Map([...merged, ...own])
  }

  #place(node: Yaml | null): Place {
    const { line, col } = this.#lines.linePos(node?.range?.[0] ?? 0)
    return { file: this.#file, line: line || 1, column: col || 1 }
  }
}

const isPlain = (value: unknown): value is Scalar['value'] =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value)

const tagOf = (node: Yaml | null): Common['tag'] => {
  const tag = (node as { tag?: string } | null)?.tag
  return tag === '!reset' ? 'reset' : tag === '!override' ? 'override' : undefined
}

/** The value under a key, where a node is a map that has it. */
export const under = (node: Node | undefined, key: string): Node | undefined =>
  node?.is === 'map' ? node.entries.get(key) : undefined

export const entriesOf = (node: Node | undefined): [string, Node][] => (node?.is === 'map' ? [...node.entries] : [])

export const itemsOf = (node: Node | undefined): readonly Node[] => (node?.is === 'list' ? node.items : [])

/** The text of a single value; `undefined` for `null`, maps and lists. */
export const textOf = (node: Node | undefined): string | undefined =>
  node?.is === 'scalar' && node.value !== null ? String(node.value) : undefined

/** A value that may be one text or a list of them. */
export const textsOf = (node: Node | undefined): string[] =>
  (node?.is === 'list' ? node.items : node ? [node] : []).flatMap(item => textOf(item) ?? [])
