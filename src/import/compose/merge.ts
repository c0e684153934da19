import { entriesOf, itemsOf, textOf, under, type List, type Mapping, type Node, type Scalar } from './node.ts'

/** How the values of several files meet, as the Compose specification says. */

/**
 * The service in one form of the two that many keys have: `environment`, `labels`, `depends_on`, `networks` and the like as maps.
 * Entries of a list that name a key alone have no value.
 */
export function canonical(service: Node): Node {
  if (service.is !== 'map') return service
  const entries = [...service.entries].map(([key, value]): [string, Node] => {
    if (value.is !== 'list') return [key, value]
    if (pairs.has(key)) return [key, mapOf(value, item => splitPair(item, key === 'extra_hosts' ? /[=:]/ : /=/))]
    if (names.has(key)) return [key, mapOf(value, item => [textOf(item), nothing(item)])]
    return [key, value]
  })
  return { ...service, entries: new Map(entries) }
}

const pairs = new Set(['environment', 'labels', 'annotations', 'extra_hosts', 'sysctls'])
const names = new Set(['depends_on', 'networks'])

function mapOf(list: List, pair: (item: Node) => [string | undefined, Node]): Mapping {
  const found = list.items.map(pair).filter((one): one is [string, Node] => one[0] !== undefined)
  return { is: 'map', at: list.at, tag: list.tag, isShared: list.isShared, entries: new Map(found) }
}

const nothing = ({ at, isShared }: Node): Scalar => ({ is: 'scalar', at, tag: undefined, isShared, value: null })

function splitPair(item: Node, separator: RegExp): [string | undefined, Node] {
  const text = textOf(item)
  const at = text?.search(separator) ?? -1
  if (text === undefined || at === -1) return [text, nothing(item)]
  return [text.slice(0, at), { ...nothing(item), value: text.slice(at + 1) }]
}

/** Lists of which the later one stands alone. */
const replaced = new Set(['command', 'entrypoint', 'test'])

/** What identifies an item of a list, so that a later file can give it other settings. */
const identities: Readonly<Record<string, (item: Node) => string | undefined>> = {
  volumes: item => textOf(under(item, 'target')) ?? volumeTarget(textOf(item)),
  devices: item => textOf(under(item, 'target')) ?? volumeTarget(textOf(item)),
  configs: item => textOf(under(item, 'target')) ?? textOf(under(item, 'source')) ?? textOf(item),
  secrets: item => textOf(under(item, 'target')) ?? textOf(under(item, 'source')) ?? textOf(item),
}

/** `data:/var/lib/mysql:ro` -> `/var/lib/mysql`; a Windows drive keeps its colon. */
export const volumeTarget = (text: string | undefined): string | undefined => volumeParts(text)?.target

export function volumeParts(
  text: string | undefined,
): { source: string | undefined; target: string; mode: string } | undefined {
  if (text === undefined || text === '') return undefined
  const [, source, rest] = /^([A-Za-z]:[\\/][^:]*|[^:]*):(.*)$/.exec(text) ?? []
  if (rest === undefined) return { source: undefined, target: text, mode: '' }
  const [target = '', mode = ''] = rest.split(':')
  return { source, target, mode }
}

/** A value of an earlier file and one of a later, under the same key. `undefined`: the later one takes it away. */
export function merged(key: string, earlier: Node | undefined, later: Node): Node | undefined {
  if (later.tag === 'reset') return undefined
  if (earlier === undefined || later.tag === 'override') return withoutResets(later)
  if (later.is === 'scalar' && later.value === null && earlier.is !== 'scalar') return earlier
  if (earlier.is === 'map' && later.is === 'map') {
    const entries = new Map(earlier.entries)
    for (const [inner, value] of later.entries) {
      const met = merged(inner, entries.get(inner), value)
      if (met) entries.set(inner, met)
      else entries.delete(inner)
    }
    return { ...earlier, entries }
  }
  if (earlier.is === 'list' && later.is === 'list' && !replaced.has(key)) return appended(key, earlier, later)
  return withoutResets(later)
}

function appended(key: string, earlier: List, later: List): List {
  const identity = identities[key]
  const ids = new Map(later.items.map((item): [string, Node] => [identity?.(item) ?? plainText(item), item]))
  const kept = earlier.items.map(item => ids.get(identity?.(item) ?? plainText(item)) ?? item)
  return { ...later, items: [...kept, ...[...ids.values()].filter(item => !kept.includes(item))] }
}

/** Items that say the same are one. */
const plainText = (node: Node): string =>
  node.is === 'map'
    ? `{${entriesOf(node)
        .map(([key, value]) => `${key}:${plainText(value)}`)
        .join()}}`
    : node.is === 'list'
      ? `[${itemsOf(node).map(plainText).join()}]`
      : JSON.stringify(node.value)

/** `!reset` of what no earlier file has takes away nothing, and is no value either. */
function withoutResets(node: Node): Node {
  if (node.is !== 'map') return node
  const kept = [...node.entries].filter(([, value]) => value.tag !== 'reset')
  return { ...node, entries: new Map(kept.map(([key, value]) => [key, withoutResets(value)])) }
}
