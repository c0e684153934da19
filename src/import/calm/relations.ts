import { isMap } from '../documents.ts'
import { at, factOf, items, sourceOf, textOf, type Spot } from '../spot.ts'
import type { ImportedEdge, ImportedFact } from '../system.ts'
import { metadataOf } from './metadata.ts'
import type { CalmNode } from './nodes.ts'

export interface Relation {
  readonly id: string
  readonly type: string
  readonly spot: Spot
  /** Of `connects`. */
  readonly source?: string
  readonly target?: string
  /** Of `interacts`. */
  readonly actor?: string
  readonly reached: readonly string[]
  /** Of `deployed-in` and `composed-of`. */
  readonly container?: string
  readonly protocol: string
}

const types = ['connects', 'interacts', 'deployed-in', 'composed-of', 'options'] as const

/** `relationship-type` is a map with the one that it is, or its name beside it; before 1.0 there were only `from` and `to`. */
export function relationOf(spot: Spot): Relation | undefined {
  const stated = at(spot, 'relationship-type')
  const type = types.find(one => (isMap(stated.value) ? at(stated, one) : at(spot, one)).value !== undefined)
  const id = textOf(at(spot, 'unique-id')) ?? ''
  const protocol = (textOf(at(spot, 'protocol')) ?? '').toLowerCase()
  const [from, to] = [textOf(at(spot, 'from')), textOf(at(spot, 'to'))]
  if (type === undefined)
    return from === undefined || to === undefined
      ? undefined
      : { id: id || `${from} to ${to}`, type: 'connects', spot, source: from, target: to, reached: [], protocol }
  const inner = isMap(stated.value) ? at(stated, type) : at(spot, type)
  const names = items(at(inner, 'nodes')).flatMap(one => textOf(one) ?? [])
  const common = { id, type, spot, protocol }
  if (type === 'connects') {
    const end = (key: string) => textOf(at(inner, key, 'node')) ?? textOf(at(inner, key))
    const [source, target] = [end('source'), end('destination')]
    return source === undefined || target === undefined ? undefined : { ...common, source, target, reached: [] }
  }
  if (type === 'interacts') {
    const actor = textOf(at(inner, 'actor'))
    return { ...common, ...(actor === undefined ? {} : { actor }), reached: names }
  }
  const container = textOf(at(inner, 'container'))
  return { ...common, ...(container === undefined ? {} : { container }), reached: type === 'options' ? [] : names }
}

const transports: Readonly<Record<string, string>> = { grpc: 'grpc', websocket: 'streaming', socketio: 'streaming' }

export function edgeOf(relation: Relation, nodes: ReadonlyMap<string, CalmNode>): ImportedEdge[] {
  const [from, to] = [nodes.get(relation.source ?? ''), nodes.get(relation.target ?? '')]
  if (!from || !to || from === to) return []
  const { spot, protocol } = relation
  const words = textOf(at(spot, 'description')) ?? ''
  const source = sourceOf(spot, `connects${protocol === '' ? '' : ` by ${protocol}`}`, 'stated')
  if (from.kind === 'queue') {
    // A line from a queue to whoever reads it; a queue calls nobody.
    return to.kind === 'service' ? [{ from: to.name, to: from.name, kind: 'consume', source }] : []
  }
  if (from.kind !== 'service') return []
  const facts = factsOf(spot, protocol)
  const more = facts.length > 0 ? { facts } : {}
  if (to.kind === 'queue') return [{ from: from.name, to: to.name, kind: sideIn(words), source }]
  // Messages between two services go through a broker that is not drawn.
  if (/^(?:amqp|kafka|mqtt|jms|stomp)/.test(protocol))
    return [{ from: from.name, to: to.name, kind: 'unknown', source }]
  return [{ from: from.name, to: to.name, kind: 'call', source, ...more }]
}

function sideIn(words: string): ImportedEdge['kind'] {
  const [publishes, consumes] = [
    /\b(?:publish|emit|send|produc|push|enqueue|raise|post)/i.test(words),
    /\b(?:consum|subscrib|read|listen|poll|receiv|dequeue|pull)/i.test(words),
  ]
  return publishes === consumes ? 'unknown' : publishes ? 'publish' : 'consume'
}

function factsOf(spot: Spot, protocol: string): ImportedFact[] {
  const facts: ImportedFact[] = []
  const transport = transports[protocol]
  if (transport !== undefined) facts.push(factOf(['transport'], transport, at(spot, 'protocol'), 'protocol', 'stated'))
  for (const [key, value] of metadataOf(spot)) {
    if (!/^circuit[-_ ]?breaker$/i.test(key)) continue
    if (value.value === true || textOf(value) === 'true')
      facts.push(factOf(['circuitBreaker'], true, value, `metadata ${key}`, 'stated'))
    if (value.value === false || textOf(value) === 'false')
      facts.push(factOf(['circuitBreaker'], 'none', value, `metadata ${key}`, 'stated'))
  }
  return facts
}
