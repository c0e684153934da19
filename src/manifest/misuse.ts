import { isAlias, isMap, isScalar, isSeq, visit, type Document, type Node, type YAMLMap } from 'yaml'
import type { Fault } from './refusal.ts'

/** What YAML allows and a manifest cannot mean. */
export function misuses(doc: Document): Fault[] {
  const found: Fault[] = []
  const anchors = new Map<string, Node>()
  const refuse = (node: Node, message: string, ruleId: Fault['ruleId'] = 'yaml-syntax') => {
    found.push({ ruleId, message, at: [node.range![0], node.range![1]] })
  }
  const note = (node: Node) => {
    if ('anchor' in node && node.anchor !== undefined) anchors.set(node.anchor, node)
    const tag = /^tag:yaml\.org,2002:(.*)/.exec(node.tag ?? '')?.[1]
    if (tag !== undefined && !plainTags.has(tag)) refuse(node, `The tag !!${tag} cannot be used`)
  }
  // An alias without an anchor is reported as such.
  const meant = (node: unknown): unknown => (isAlias(node) ? anchors.get(node.source) : node)
  const isMergeable = (node: unknown): boolean => meant(node) === undefined || isMap(meant(node))
  const canBeMerged = (node: unknown): boolean => {
    const target = meant(node)
    return isMergeable(node) || (isSeq(target) && target.items.every(isMergeable))
  }
  visit(doc, {
    Map: (_, map) => {
      found.push(...duplicates(map))
      note(map)
    },
    Seq: (_, list) => {
      note(list)
    },
    Scalar: (_, scalar) => {
      note(scalar)
    },
    Pair: (_, { key, value }) => {
      if (isMergeKey({ key }) && !canBeMerged(value))
        refuse(key as Node, '<< takes a map, an alias of one, or a list of them')
      // JavaScript and the schema keep this key for themselves, and what is under it would be lost.
      if (isScalar(key) && key.value === '__proto__')
        refuse(key, 'The name "__proto__" cannot be used', 'manifest-shape')
    },
    Alias: (_, alias, ancestors) => {
      const target = anchors.get(alias.source)
      if (!target) refuse(alias, `No anchor &${alias.source} is set before this alias`)
      // It would never end.
      else if (ancestors.includes(target)) refuse(alias, `The alias *${alias.source} stands inside what it stands for`)
    },
  })
  return found
}

/** Tags of plain data; others make sets, binary data and so on. Tags that nobody knows are the parser's to report. */
const plainTags = new Set(['str', 'int', 'float', 'bool', 'null', 'map', 'seq'])

function duplicates(map: YAMLMap): Fault[] {
  const found: Fault[] = []
  const seen = new Map<string, readonly [number, number]>()
  for (const { key } of map.items) {
    if (!isScalar(key) || isMergeKey({ key })) continue
    const name = String(key.value)
    const at = [key.range![0], key.range![1]] as const
    const first = seen.get(name)
    if (first) found.push({ ruleId: 'duplicate-name', message: `"${name}" is defined twice`, at, first })
    else seen.set(name, at)
  }
  return found
}

export const isMergeKey = ({ key }: { key: unknown }): boolean =>
  isScalar(key) && (key.value === '<<' || (typeof key.value === 'symbol' && key.value.description === '<<'))
