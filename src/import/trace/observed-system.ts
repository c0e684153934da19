import { duration, percent } from '../../units.ts'
import { nameFor, quoted } from '../names.ts'
import { compare, push } from '../order.ts'
import { partOf } from '../parts.ts'
import type {
  ElementKind,
  ImportedEdge,
  ImportedElement,
  ImportedFact,
  ImportedSystem,
  ImportNote,
  Source,
} from '../system.ts'
import type { Observed } from './graph.ts'
import { beyond, callsPerRequest, nodeFacts, quantileFacts, rateText } from './observed-facts.ts'

export interface Node {
  readonly name: string
  readonly kind: ElementKind | 'user' | 'outside'
  readonly engine: string | undefined
  readonly incoming: Observed[]
  readonly source: Source
}

/** Elements, calls and entries of what was seen. */
export function systemOf(seen: readonly Observed[]): ImportedSystem {
  const all = seen.filter(({ from, to }) => from !== to).sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to))
  const nodes = nodesOf(all)
  const isPart = (name: string) => !['user', 'outside'].includes(nodes.get(name)!.kind)
  const elements = [...nodes.values()]
    .filter(({ name }) => isPart(name))
    .map((node): ImportedElement => {
      const { name, source } = node
      const own = nameFor(name)
      return {
        kind: node.kind as ElementKind,
        name: own,
        aliases: own === name ? [] : [name],
        source,
        facts: nodeFacts(node),
      }
    })
  const hasUsers = [...nodes.values()].some(({ kind }) => kind === 'user')
  const edges = all.filter(({ from, to }) => isPart(from) && isPart(to)).map(one => edgeOf(one, nodes, hasUsers))
  const outside = [...nodes.values()].filter(({ kind }) => kind === 'outside').map(({ name }) => name)
  const notes: ImportNote[] = [
    ...(outside.length > 0
      ? [{ kind: 'ignored' as const, message: `Left out as no part of the system: ${quoted(outside)}` }]
      : []),
    ...beyond([...nodes.values()].filter(({ name }) => isPart(name))),
  ]
  return { elements, edges, notes, others: journeysOf(all, nodes) }
}

function nodesOf(all: readonly Observed[]): Map<string, Node> {
  const nodes = new Map<string, Node>()
  const [into, outOf] = [new Map<string, Observed[]>(), new Map<string, Observed[]>()]
  for (const one of all) {
    push(into, one.to, one)
    push(outOf, one.from, one)
  }
  for (const name of [...new Set([...into.keys(), ...outOf.keys()])].sort(compare)) {
    const [incoming, outgoing] = [into.get(name) ?? [], outOf.get(name) ?? []]
    const first = incoming[0] ?? outgoing[0]!
    const { kind, engine, isSure } = kindOf(name, incoming, outgoing)
    const source: Source = {
      file: first.file,
      line: first.line,
      signal: 'service graph',
      confidence: isSure ? 'derived' : 'guessed',
    }
    nodes.set(name, { name, kind, engine, incoming, source })
  }
  return nodes
}

/** The service graph connector calls whoever it knows no span of `user`, and others by what the caller's span says of them. */
function kindOf(
  name: string,
  incoming: readonly Observed[],
  outgoing: readonly Observed[],
): Pick<Node, 'kind' | 'engine'> & { isSure: boolean } {
  const isVirtual = (edges: readonly Observed[]) =>
    edges.length > 0 && edges.every(({ connection }) => connection === 'virtual_node')
  if (incoming.length === 0 && name === 'user' && isVirtual(outgoing))
    return { kind: 'user', engine: undefined, isSure: true }
  const part = partOf({ name })
  const { engine } = part
  if (part.kind === 'outside') return { kind: 'outside', engine, isSure: true }
  // Whoever calls others by itself runs code of its own.
  if (outgoing.length > 0) return { kind: 'service', engine: undefined, isSure: true }
  const isDatabase = incoming.some(({ connection }) => connection === 'database')
  if (isDatabase) return { kind: part.kind === 'cache' ? 'cache' : 'store', engine, isSure: true }
  if (part.kind === 'store' || part.kind === 'cache' || part.kind === 'queue')
    return { kind: part.kind, engine, isSure: false }
  return { kind: isVirtual(incoming) ? 'external' : 'service', engine: undefined, isSure: true }
}

function edgeOf(one: Observed, nodes: ReadonlyMap<string, Node>, hasUsers: boolean): ImportedEdge {
  const { from, to, connection, calls, failed, seconds, file, line } = one
  const source: Source = {
    file,
    line,
    signal: calls > 0 ? `service graph, ${calls} calls` : 'service graph',
    confidence: 'derived',
  }
  const fact = (path: ImportedFact['path'], value: unknown, signal: string): ImportedFact => ({
    path,
    value,
    source: { ...source, signal },
  })
  const perRequest = hasUsers ? callsPerRequest(one, nodes.get(from)!) : undefined
  const facts: ImportedFact[] = [
    ...(perRequest === undefined ? [] : [fact(['callsPerRequest'], perRequest.value, perRequest.signal)]),
    ...(seconds !== undefined && calls > 0
      ? [fact(['x-observed', 'rate'], rateText(calls / seconds), `${calls} calls in ${duration(seconds * 1000)}`)]
      : []),
    ...(failed !== undefined && calls > 0 && failed <= calls
      ? [fact(['x-observed', 'errors'], percent(failed / calls), `${failed} of ${calls} calls failed`)]
      : []),
    ...quantileFacts(['x-observed'], one.client.size > 0 ? one.client : one.server, source, 'service graph'),
  ]
  // Between a producer and a consumer there is a queue that the graph does not show.
  const isThroughQueue = connection === 'messaging_system' || nodes.get(to)!.kind === 'queue'
  return {
    from: nameFor(from),
    to: nameFor(to),
    kind: isThroughQueue ? 'unknown' : 'call',
    source,
    ...(facts.length > 0 ? { facts } : {}),
  }
}

/** Users of one service are a journey through it. */
function journeysOf(all: readonly Observed[], nodes: ReadonlyMap<string, Node>): ImportedSystem['others'] {
  return all.flatMap(({ from, to, calls, seconds, file, line }) => {
    if (nodes.get(from)!.kind !== 'user' || nodes.get(to)!.kind !== 'service') return []
    const source: Source = { file, line, signal: 'calls of users', confidence: 'derived' }
    const name = nameFor(to)
    const load =
      seconds !== undefined && calls > 0
        ? [
            {
              path: ['load', 'steady'],
              value: rateText(calls / seconds),
              source: { ...source, signal: `${calls} calls in ${duration(seconds * 1000)}` },
            },
          ]
        : []
    return [{ section: 'journeys', name, facts: [{ path: ['entry'], value: name, source }, ...load], source }]
  })
}
