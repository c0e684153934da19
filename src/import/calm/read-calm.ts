import { plural } from '../../units.ts'
import { documentsOf, isMap } from '../documents.ts'
import { compare } from '../order.ts'
import { at, items, root, sourceOf, type Spot } from '../spot.ts'
import type {
  ImportedElement,
  ImportedFact,
  ImportedSystem,
  ImportFile,
  ImportNote,
  ImportReader,
  Source,
} from '../system.ts'
import { flowsOf } from './flows.ts'
import { nodeOf, type CalmNode } from './nodes.ts'
import { edgeOf, relationOf, type Relation } from './relations.ts'

/** Reads architectures of FINOS CALM, 1.0 to 1.2, and those of the form before it. */
export const readCalm: ImportReader = ({ files }) => architecture(files)

export function architecture(files: readonly ImportFile[]): ImportedSystem {
  const notes: ImportNote[] = []
  const roots: Spot[] = []
  for (const file of [...files].sort((a, b) => compare(a.name, b.name) || compare(a.text, b.text))) {
    const found = documentsOf(file)
    notes.push(...found.notes)
    for (const document of found.documents) {
      if (isMap(document.value) && Array.isArray(document.value['nodes'])) roots.push(root(document))
      else
        notes.push({
          kind: 'skipped',
          message: 'No CALM architecture; expected a map with `nodes`',
          file: file.name,
          line: 1,
        })
    }
  }
  const nodes = new Map<string, CalmNode>()
  for (const spot of roots.flatMap(one => items(at(one, 'nodes')))) {
    const node = nodeOf(spot)
    if (node && !nodes.has(node.id)) nodes.set(node.id, node)
  }
  const relations = roots.flatMap(one => items(at(one, 'relationships'))).flatMap(spot => relationOf(spot) ?? [])
  const kept = keptNodes(nodes, relations)
  const entries = entriesOf(nodes, relations)
  const elements = [...kept.values()].map(node => elementOf(node, entries.get(node.id)))
  const edges = relations.flatMap(relation => edgeOf(relation, kept))
  const flows = flowsOf(roots, relations, kept)
  return {
    elements: elements.sort((a, b) => compare(a.name, b.name)),
    edges: [...new Map(edges.map(edge => [`${edge.from}\0${edge.to}\0${edge.kind}`, edge])).values()].sort(
      (a, b) => compare(a.from, b.from) || compare(a.to, b.to),
    ),
    notes: [...notes, ...danglingNotes(nodes, relations), ...restNotes(nodes, kept, relations)],
    others: flows,
  }
}

/** Nodes that are elements: frames and people are none, and data that nobody connects to is part of something else. */
function keptNodes(nodes: ReadonlyMap<string, CalmNode>, relations: readonly Relation[]): Map<string, CalmNode> {
  const connected = new Set(relations.flatMap(({ source, target }) => [source, target]))
  const frames = new Set(relations.flatMap(({ container }) => (container === undefined ? [] : [container])))
  return new Map(
    [...nodes].filter(([id, { kind, type }]) => {
      if (kind === 'client' || kind === 'group') return false
      if (frames.has(id) && !connected.has(id)) return false
      return !(type.endsWith('data-asset') || type.endsWith('system')) || connected.has(id)
    }),
  )
}

/** Whom people and browsers reach. */
function entriesOf(nodes: ReadonlyMap<string, CalmNode>, relations: readonly Relation[]): Map<string, Source> {
  const found = new Map<string, Source>()
  for (const { spot, source, target, actor, reached } of relations) {
    const isClient = (id: string | undefined) => id !== undefined && nodes.get(id)?.kind === 'client'
    const ids = isClient(actor) ? reached : isClient(source) && target !== undefined ? [target] : []
    for (const id of ids)
      if (nodes.get(id)?.kind === 'service' && !found.has(id))
        found.set(id, sourceOf(spot, `reached by ${actor ?? source ?? ''}`, 'derived'))
  }
  return found
}

function elementOf(node: CalmNode, entry: Source | undefined): ImportedElement {
  const { kind, name, id, spot, facts, confidence, type } = node
  const open: ImportedFact[] = entry ? [{ path: ['public'], value: true, source: entry }] : []
  return {
    kind: kind as ImportedElement['kind'],
    name,
    aliases: name === id ? [] : [id],
    source: sourceOf(spot, `node-type ${type || 'not stated'}`, confidence === 'derived' ? 'stated' : confidence),
    facts: [...open, ...facts],
  }
}

function danglingNotes(nodes: ReadonlyMap<string, CalmNode>, relations: readonly Relation[]): ImportNote[] {
  return relations.flatMap(({ spot, id, source, target, actor, reached, container }) =>
    [source, target, actor, ...reached, container]
      .filter((one): one is string => one !== undefined && !nodes.has(one))
      .map((one): ImportNote => {
        const { file, line, column } = spot.object.place(spot.path)
        return {
          kind: 'dangling',
          message: `Relationship "${id}" names the node "${one}", which is not there`,
          file,
          line,
          column,
        }
      }),
  )
}

/** What CALM says and a manifest does not, in one line. */
function restNotes(
  nodes: ReadonlyMap<string, CalmNode>,
  kept: ReadonlyMap<string, CalmNode>,
  relations: readonly Relation[],
): ImportNote[] {
  const controls = [...nodes.values(), ...relations].filter(
    ({ spot }) => at(spot, 'controls').value !== undefined,
  ).length
  const options = relations.filter(({ type }) => type === 'options').length
  const frames = [...nodes.keys()].filter(id => !kept.has(id) && nodes.get(id)!.kind !== 'client').length
  const words = [
    ...(frames > 0 ? [plural(frames, 'frame or piece of data', 'frames and pieces of data')] : []),
    ...(controls > 0 ? [`controls of ${plural(controls, 'node or relationship', 'nodes and relationships')}`] : []),
    ...(options > 0 ? [plural(options, 'choice between relationships', 'choices between relationships')] : []),
  ]
  return words.length === 0
    ? []
    : [{ kind: 'ignored', message: `Not read, as a manifest has no key for them: ${words.join(', ')}` }]
}
