import { didYouMean } from '../../manifest/nearest.ts'
import { at, items, root, sourceOf, type Spot } from '../spot.ts'
import type { ImportedEdge, ImportNote } from '../system.ts'
import { addEdge } from './edges.ts'
import { dangling } from './entry.ts'
import type { KubeObject } from './objects.ts'
import type { Member } from './parts.ts'
import { isSelective, selectorText, type LabelIndex, type Workload } from './workload.ts'

/**
 * Edges that NetworkPolicies allow. One that lets a single workload in is written for a call that exists; one that lets in
 * whatever has a common label is a permission, and whether it is used is a guess.
 */
export function edgesFromPolicies(
  objects: readonly KubeObject[],
  members: ReadonlyMap<Workload, Member>,
  index: LabelIndex,
): { edges: ImportedEdge[]; notes: ImportNote[] } {
  const edges: ImportedEdge[] = []
  const notes: ImportNote[] = []
  for (const policy of objects) {
    if (policy.kind !== 'NetworkPolicy') continue
    const spec = at(root(policy), 'spec')
    const chosen = (selector: Spot) => {
      if (!isSelective(selector)) return []
      const found = index.selected(selector, policy.namespace)
      if (found.length === 0 && index.has(policy.namespace)) notes.push(unselected(policy, selector, index))
      return found.flatMap(workload => members.get(workload) ?? [])
    }
    const connect = (from: readonly Member[], to: readonly Member[], spot: Spot) => {
      if (from.length * to.length > most) return
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

/** Pairs beyond which a policy is a fence around many and tells of no calls. */
const most = 30

/** Pods of the policy's own namespace; those of others are chosen by labels that namespaces have, which files rarely state. */
const peersOf = (list: Spot): Spot[] =>
  items(list)
    .filter(peer => at(peer, 'namespaceSelector').value === undefined)
    .map(peer => at(peer, 'podSelector'))
    .filter(selector => selector.value !== undefined)

export function unselected(object: KubeObject, selector: Spot, index: LabelIndex): ImportNote {
  const text = selectorText(selector)
  const word = /=(.*)$/.exec(text)?.[1] ?? ''
  const meant = hint(
    word,
    index.in(object.namespace).flatMap(({ labels }) => Object.values(labels)),
  )
  return dangling(
    selector,
    `${object.kind} "${object.name}" selects ${text}, which no workload in these files has${meant}`,
  )
}

/** What was meant, out of as many names as can be compared in no time. */
export const hint = (word: string, known: readonly string[]): string =>
  known.length > 1000 ? '' : didYouMean(word, known)
