import { isKnown, type ImportedEdge } from '../system.ts'

/** Share of the components that edges have to connect before the order of starting is taken for the wiring. */
const mostConnected = 0.75

/**
 * Where no address says whom a service calls, and the edges of all connect most of what there is, the order of starting is what
 * the authors wrote the wiring down as: likely rather than guessed. A service that addresses others has said whom it needs, and
 * in a sparse order much is left out.
 */
export function weighed(edges: readonly ImportedEdge[], components: number): ImportedEdge[] {
  const connected = new Set(edges.flatMap(({ from, to }) => [from, to]))
  if (connected.size < mostConnected * components) return [...edges]
  const speaks = new Set(edges.filter(({ source }) => isKnown(source)).map(({ from }) => from))
  return edges.map(edge =>
    edge.source.signal === 'depends_on' && !speaks.has(edge.from)
      ? { ...edge, source: { ...edge.source, confidence: 'likely' } }
      : edge,
  )
}
