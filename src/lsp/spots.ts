import {
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Document,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml'
import type { Path } from '../finding.ts'
import { whyNotParsed } from '../manifest/refusal.ts'

/** One scalar of a text, and what it is. */
export interface Spot {
  /** The path of the key or of the value. */
  readonly path: Path
  readonly role: 'key' | 'value'
  readonly value: unknown
  /** Offsets of its first character and of the one behind its last. */
  readonly range: readonly [number, number]
  /** Other keys of the map that it stands in, where it is a key. */
  readonly siblings: readonly string[]
}

/** Reads as far as possible: a text that is being typed is hardly ever right. */
export const recover = (text: string): Document<Node, false> =>
  parseDocument<Node, false>(whyNotParsed(text) ? '' : text, {
    prettyErrors: false,
    uniqueKeys: false,
    merge: true,
    strict: false,
    logLevel: 'silent',
  })

/** Every key and every plain value, in the order of the text. */
export function* spotsOf(node: unknown, path: Path = []): Generator<Spot> {
  if (isMap(node)) {
    for (const pair of node.items) yield* spotsOfPair(pair, node, path)
  } else if (isSeq(node)) {
    for (const [i, item] of node.items.entries()) yield* spotsOf(item, [...path, i])
  } else if (isScalar(node) && node.range) {
    yield { path, role: 'value', value: node.value, range: ends(node), siblings: [] }
  }
}

function* spotsOfPair({ key, value }: Pair, map: YAMLMap, path: Path): Generator<Spot> {
  const at = [...path, isScalar(key) ? String(key.value) : '']
  if (isScalar(key) && key.range) {
    const siblings = map.items.flatMap(other =>
      other.key !== key && isScalar(other.key) ? [String(other.key.value)] : [],
    )
    yield { path: at, role: 'key', value: key.value, range: ends(key), siblings }
  }
  yield* spotsOf(value, at)
}

const ends = ({ range }: Scalar): readonly [number, number] => [range![0], range![1]]
