import { isAlias, isMap, isScalar, isSeq, parseDocument, type Document, type Node, type YAMLMap } from 'yaml'
import { isMergeKey, misuses } from './misuse.ts'
import { explainSyntax, whyNotParsed, type Fault } from './refusal.ts'
import { Tree, endOfBlock, kind, type Nodes, type Reading, type Unreadable } from './tree.ts'

/** Reads whatever is YAML, or says all that is wrong with it in one go. Takes several times as long as `quickRead`. */
export function thoroughRead(text: string): Reading | Unreadable {
  const refusal = whyNotParsed(text)
  if (refusal) return { faults: [refusal] }
  // uniqueKeys is off because the parser's own check is quadratic; duplicates are found by `misuses`.
  const doc = parseDocument(text, { prettyErrors: false, uniqueKeys: false, merge: true, logLevel: 'error' })
  const faults = [...syntaxFaults(doc), ...misuses(doc)]
  if (faults.length > 0) return { faults }
  try {
    return { value: doc.toJS({ maxAliasCount: 20_000 }) as unknown, tree: new Tree(text, nodesOf(doc, text)) }
  } catch (error) {
    // All that is left to fail: the parser counts how far aliases multiply.
    const multiply = 'Aliases multiply into more data than the text holds; write the values out'
    const message = error instanceof ReferenceError ? multiply : (error as Error).message
    return { faults: [{ ruleId: 'yaml-syntax', message, at: [0, 1] }] }
  }
}

function syntaxFaults({ errors, warnings }: Document): Fault[] {
  const found = [
    ...errors.map(({ code, message, pos }) => ({ message: explainSyntax(code, message), at: pos })),
    ...warnings.map(({ message, pos }) => ({ message, at: pos })),
  ]
  // One mistake can be reported once per level of nesting; the first ones say it all.
  return found
    .slice(0, 50)
    .map(({ message, at: [start, end] }) => ({ ruleId: 'yaml-syntax', message, at: [start, end] }))
}

/** The parser's tree in the shape that the quick reader makes. */
function nodesOf(doc: Document, text: string): Nodes {
  const kinds: number[] = []
  const starts: number[] = []
  const ends: number[] = []
  const nexts: number[] = []
  const names = new Map<number, string | undefined>()
  const targets = new Map<number, number>()
  const anchors = new Map<string, number>()
  const open = (is: number, start: number): number => {
    starts.push(start)
    return kinds.push(is) - 1
  }
  const close = (node: number, end: number) => {
    ends[node] = end
    nexts[node] = kinds.length
  }
  const add = (node: Node | null): number => {
    const [start, until] = node?.range ?? [0, 0]
    const isBlock = isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED')
    const end = isBlock ? endOfBlock(text, until) : until
    const here = open(
      isMap(node) ? kind.map : isSeq(node) ? kind.list : isAlias(node) ? kind.alias : kind.scalar,
      start,
    )
    // An alias means the last anchor of its name that was set before.
    if (isAlias(node)) targets.set(here, anchors.get(node.source)!)
    else if (node && 'anchor' in node && node.anchor !== undefined) anchors.set(node.anchor, here)
    if (isMap(node)) addPairs(node)
    if (isSeq(node)) for (const item of node.items) add(item as Node | null)
    close(here, end)
    return here
  }
  const addPairs = (map: YAMLMap) => {
    for (const { key, value } of map.items) {
      const at = add(key as Node | null)
      if (isMergeKey({ key })) kinds[at] = kind.merge
      else names.set(at, isScalar(key) ? String(key.value) : undefined)
      add(value as Node | null)
    }
  }
  add(doc.contents as Node | null)
  return { kinds, starts, ends, nexts, names, targets }
}
