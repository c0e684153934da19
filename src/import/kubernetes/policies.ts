import { didYouMean } from '../../manifest/nearest.ts'
import { at, items, root, sourceOf, type Spot } from '../spot.ts'
import type { ImportedEdge, ImportNote } from '../system.ts'
import { addEdge } from './edges.ts'
import { dangling } from './entry.ts'
import type { KubeObject } from './objects.ts'
import type { Member } from './parts.ts'
import { isSelective, sameNamespace, selectorText, selects } from './workload.ts'

/**
 * Edges that NetworkPolicies allow. One that lets a single workload in is written for a call that exists; one that lets in
 * whatever has a common label is a permission, and whether it is used is a guess.
 */
export function edgesFromPolicies(
  objects: readonly KubeObject[],
  members: readonly Member[],
): { edges: ImportedEdge[]; notes: ImportNote[] } {
  const edges: ImportedEdge[] = []
  const notes: ImportNote[] = []
  for (const policy of objects) {
    if (policy.kind !== 'NetworkPolicy') continue
    const spec = at(root(policy), 'spec')
    const chosen = (selector: Spot) => {
      const inNamespace = members.filter(({ workload }) => sameNamespace(workload.namespace, policy.namespace))
      if (!isSelective(selector)) return []
      const found = inNamespace.filter(({ workload }) => selects(selector, workload.labels))
      if (found.length === 0 && inNamespace.length > 0) notes.push(unselected(policy, selector, inNamespace))
      return found
    }
    const connect = (from: readonly Member[], to: readonly Member[], spot: Spot) => {
      const confidence = from.length === 1 && to.length === 1 ? 'derived' : 'guessed'
      const source = sourceOf(spot, `NetworkPolicy ${policy.name}`, confidence)
      for (const one of from) for (const other of to) addEdge(one, other, source, edges)
    }
    const own = chosen(at(spec, 'podSelector'))
    for (const peer of items(at(spec, 'ingress')).flatMap(rule => peersOf(at(rule, 'from'))))
      connect(chosen(peer), own, peer)
    for (const peer of items(at(spec, 'egress')).flatMap(rule => peersOf(at(rule, 'to'))))
      connect(own, chosen(peer), peer)
  }
  return { edges, notes }
}

/** Pods of the policy's own namespace; those of others are chosen by labels that namespaces have, which files rarely state. */
const peersOf = (list: Spot): Spot[] =>
  items(list)
    .filter(peer => at(peer, 'namespaceSelector').value === undefined)
    .map(peer => at(peer, 'podSelector'))
    .filter(selector => selector.value !== undefined)

export function unselected(object: KubeObject, selector: Spot, members: readonly Member[]): ImportNote {
  const text = selectorText(selector)
  const word = /=(.*)$/.exec(text)?.[1] ?? ''
  const meant = didYouMean(
    word,
    members.flatMap(({ workload }) => Object.values(workload.labels)),
  )
  return dangling(
    selector,
    `${object.kind} "${object.name}" selects ${text}, which no workload in these files has${meant}`,
  )
}
