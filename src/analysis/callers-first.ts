import type { Graph } from './graph.ts'
import { memo, perObject } from './memo.ts'
import { stronglyConnected } from './order.ts'

/** Groups of components that lead to each other, callers before callees. */
export interface CallersFirst {
  readonly groups: readonly (readonly string[])[]
  /** Which of the groups a component is in, from 0. */
  readonly groupOf: (component: string) => number
  /**
   * The groups that requests can come to which come in at a component, by whatever edge. A journey comes through few of the
   * components of a large system: what follows it walks these, not all.
   */
  readonly from: (component: string) => readonly (readonly string[])[]
  /** The components from which requests can come to one, by whatever edge, itself included. */
  readonly leadingTo: (component: string) => ReadonlySet<string>
}

/** Computed once for each graph. */
export const callersFirst = perObject<Graph, CallersFirst>(({ out, in: into }) => {
  const groups = stronglyConnected(out.keys(), name => out.get(name)!.map(edge => edge.to.name)).reverse()
  const groupOf = new Map<string, number>()
  for (const [i, group] of groups.entries()) for (const name of group) groupOf.set(name, i)
  const from = memo((component: string) => {
    const start = groupOf.get(component)
    if (start === undefined) return []
    // A set takes new members while it is walked.
    const reached = new Set([start])
    for (const i of reached)
      for (const name of groups[i]!) for (const { to } of out.get(name)!) reached.add(groupOf.get(to.name)!)
    return [...reached].sort((a, b) => a - b).map(i => groups[i]!)
  })
  const leadingTo = memo((component: string) => {
    const found = new Set([component])
    for (const name of found) for (const { from } of into.get(name)!) found.add(from.name)
    return found
  })
  return { groups, groupOf: component => groupOf.get(component)!, from, leadingTo }
})
