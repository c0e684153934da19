import type { Edge, Graph } from './graph.ts'
import { stronglyConnected } from './order.ts'

/** Services that wait for each other. */
export interface Cycle {
  /** One way round: the shortest from the member whose name sorts first. */
  readonly edges: readonly Edge[]
  /** All that can be reached and can come back, in the order of their names. */
  readonly members: readonly string[]
}

/** The groups of components that wait for themselves over the edges that `waits` lets through, one circle for each. */
export function cyclesOf(graph: Graph, waits: (edge: Edge) => boolean): Cycle[] {
  const out = new Map([...graph.out].map(([name, edges]) => [name, edges.filter(waits)]))
  const groups = stronglyConnected(out.keys(), name => out.get(name)!.map(edge => edge.to.name))
  return groups.flatMap(group => {
    const members = [...group].sort()
    const [first] = members
    // Alone in its group, a component is on no circle but the one of a call to itself.
    const isAround = group.length > 1 || out.get(first!)!.some(edge => edge.to.name === first)
    const edges = isAround ? shortestRound(first!, out) : undefined
    return edges ? [{ edges, members }] : []
  })
}

/** Breadth first. */
function shortestRound(start: string, out: ReadonlyMap<string, readonly Edge[]>): Edge[] | undefined {
  const routes = new Map<string, Edge[]>([[start, []]])
  for (const [name, route] of routes) {
    // Of several calls between the same two the hard one says most.
    const edges = [...out.get(name)!].sort((a, b) => Number(b.hard === 'yes') - Number(a.hard === 'yes'))
    const back = edges.find(edge => edge.to.name === start)
    if (back) return [...route, back]
    for (const edge of edges) {
      if (!routes.has(edge.to.name)) routes.set(edge.to.name, [...route, edge])
    }
  }
  return undefined
}
