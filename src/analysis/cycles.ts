import { callersFirst } from './callers-first.ts'
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
  // Whatever waits for itself is on a circle of edges of some kind, and most are on none.
  const around = new Set(
    callersFirst(graph)
      .groups.filter(group => group.length > 1 || leadsToItself(group[0]!, graph.out))
      .flat(),
  )
  if (around.size === 0) return []
  const out = new Map<string, Edge[]>()
  for (const name of around)
    out.set(
      name,
      graph.out.get(name)!.filter(edge => around.has(edge.to.name) && waits(edge)),
    )
  const groups = stronglyConnected(around, name => out.get(name)!.map(edge => edge.to.name))
  return groups.flatMap(group => {
    const members = [...group].sort()
    const [first] = members
    // Alone in its group, a component is on no circle but the one of a call to itself.
    const isAround = group.length > 1 || leadsToItself(first!, out)
    const edges = isAround ? shortestRound(first!, out) : undefined
    return edges ? [{ edges, members }] : []
  })
}

const leadsToItself = (name: string, out: Graph['out']): boolean => out.get(name)!.some(edge => edge.to.name === name)

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
