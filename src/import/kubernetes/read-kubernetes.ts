import { plural } from '../../units.ts'
import { documentsOf, type YamlDocument } from '../documents.ts'
import type { ImportedSystem, ImportFile, ImportNote, ImportReader } from '../system.ts'
import { danglingNotes, defectNotes } from './checks.ts'
import { compare, push } from '../order.ts'
import { distinctEdges, edgesFromSettings } from './edges.ts'
import { elementsOf } from './elements.ts'
import { entriesOf } from './entry.ts'
import { gather } from './gather.ts'
import { buildAll, isKustomization } from './kustomize.ts'
import { meshOf } from './mesh.ts'
import { Network } from './network.ts'
import { objectsOf, type KubeObject } from './objects.ts'
import { membersOf, withoutTwins } from './parts.ts'
import { edgesFromPolicies } from './policies.ts'
import { scalerOf, type Scaler } from './scaling.ts'
import { ConfigMaps } from './settings.ts'
import { fanNote, outsideNote, removedNote, singleNote, unwiredNote } from './summary.ts'
import { isTemplate, templateNotes } from './templates.ts'
import { LabelIndex, runsPods, workloadOf } from './workload.ts'

/** Reads Kubernetes manifests, plain kustomize overlays included. */
export const readKubernetes: ImportReader = async input => readObjects(await gather(input))

/** The same for files of which none refers to another that is not among them. The order of the files does not matter. */
export function readObjects(files: readonly ImportFile[]): ImportedSystem {
  const { objects, notes, unread } = load(files)
  const isElsewhere = elsewhere(objects, unread)
  const { kept, twins } = withoutTwins(objects)
  const workloads = kept.flatMap(object => workloadOf(object) ?? [])
  const members = membersOf(workloads)
  const index = new LabelIndex(workloads)
  const network = new Network(kept, workloads, index)
  const entries = entriesOf(kept, network)
  const world = {
    members: new Map(members.map(member => [member.workload, member])),
    network,
    maps: new ConfigMaps(kept, workloads),
    ownHosts: entries.hosts,
    isElsewhere,
  }
  const called = edgesFromSettings(world)
  const allowed = edgesFromPolicies(kept, world.members, index)
  const scalers = kept.flatMap(object => scalerOf(object) ?? [])
  const mesh = meshOf(kept, network)
  const byName = new Map(members.map(member => [member.name, member]))
  const byTarget = new Map<string, Scaler[]>()
  for (const scaler of scalers) push(byTarget, scaler.target.name, scaler)
  const edges = distinctEdges([...called.edges, ...allowed.edges]).map(edge => {
    const target = byName.get(edge.to)
    const meshed = target && edge.kind === 'call' ? (mesh.calls.get(target.workload) ?? []) : []
    // What the mesh does happens to whatever the caller itself is set to; the caller's own setting is the closer one.
    const own = edge.facts ?? []
    const facts = [...own, ...meshed.filter(one => !own.some(({ path }) => path.join('.') === one.path.join('.')))]
    return facts.length > 0 ? { ...edge, facts } : edge
  })
  const elements = elementsOf({ members, network, entries, scalers: byTarget, mesh, externals: called.externals })
  const all = [
    ...notes,
    ...twinNotes(twins),
    ...called.notes,
    ...allowed.notes,
    ...entries.notes,
    ...danglingNotes(kept, scalers, network, index, isElsewhere),
    ...defectNotes(members),
    ...singleNote(elements, edges),
    ...fanNote(edges),
    ...removedNote(objects),
    ...outsideNote(members),
    ...unwiredNote(elements, edges),
  ]
  return { elements, edges, notes: inOrder(all), others: [] }
}

/** Documentation, settings of tools and values of charts stand beside manifests. */
const noObjects =
  /(?:^|\/)(?:Chart\.(?:ya?ml|lock)|values[\w.-]*\.ya?ml|skaffold[\w.-]*\.ya?ml|package(?:-lock)?\.json)$/

function load(files: readonly ImportFile[]): { objects: KubeObject[]; notes: ImportNote[]; unread: ImportFile[] } {
  const sorted = [...files].sort((a, b) => compare(a.name, b.name))
  const templates = sorted.filter(isTemplate)
  const plain = new Map(sorted.filter(file => !templates.includes(file)).map(file => [file.name, file]))
  const notes: ImportNote[] = templateNotes(templates, sorted)
  const read = new Map<string, readonly YamlDocument[]>()
  const documents = (name: string): readonly YamlDocument[] => {
    const known = read.get(name)
    if (known) return known
    const file = plain.get(name)
    if (!file) return []
    const found = documentsOf(file, isSilent)
    notes.push(...found.notes)
    read.set(name, found.documents)
    return found.documents
  }
  const kustomizations = [...plain.keys()].filter(isKustomization)
  const built = buildAll(kustomizations, { files: plain, documents })
  notes.push(...built.notes)
  const objects = [...built.objects]
  let others = 0
  for (const name of plain.keys()) {
    if (built.used.has(name) || isKustomization(name) || noObjects.test(name)) continue
    for (const document of documents(name)) {
      const found = objectsOf(document)
      if (found) objects.push(...found)
      else others++
    }
  }
  if (others > 0)
    notes.push({
      kind: 'ignored',
      message: `${plural(others, 'document')} without apiVersion and kind: no Kubernetes objects`,
    })
  const broken = new Set(notes.flatMap(({ kind, file }) => (kind === 'unreadable' && file ? [file] : [])))
  const unread = [...templates, ...sorted.filter(({ name }) => broken.has(name))]
  return { objects, notes: [...notes, ...unknownNote(objects)], unread }
}

/** Kinds that can be large and say nothing of a design: not even parsed. */
const silent = new Set(['CustomResourceDefinition', 'Secret', 'SealedSecret', 'ClusterRole', 'Role', 'PrometheusRule'])

const isSilent = (text: string): boolean => silent.has(/^kind:[ \t]*["']?(\w+)/m.exec(text)?.[1] ?? '')

const groupsOfKubernetes = /^(?:|apps|batch|extensions|policy|autoscaling|[\w.-]+\.k8s\.io)$/
const groupsThatAreRead =
  /^(?:argoproj\.io|keda\.sh|networking\.istio\.io|security\.istio\.io|(?:apps|route|image|build|template)\.openshift\.io|traefik\.(?:io|containo\.us)|kustomize\.config\.k8s\.io)$/

const isCustom = ({ group }: KubeObject): boolean => !groupsOfKubernetes.test(group) && !groupsThatAreRead.test(group)

/** Names that operators may have made of a custom resource, by beginning like it, and names in files that could not be read. */
function elsewhere(objects: readonly KubeObject[], unread: readonly ImportFile[]): (name: string) => boolean {
  const custom = new Set(objects.filter(isCustom).map(({ name }) => name.toLowerCase()))
  const words = new Set(unread.flatMap(({ text }) => text.toLowerCase().split(/[^a-z0-9-]+/)))
  return name => {
    const [first = ''] = name.toLowerCase().split('.')
    const parts = first.split('-')
    return words.has(first) || parts.some((_, i) => custom.has(parts.slice(0, i + 1).join('-')))
  }
}

/** Custom resources, in one line: an operator may make whole databases of one. */
function unknownNote(objects: readonly KubeObject[]): ImportNote[] {
  const counts = new Map<string, number>()
  for (const { kind } of objects.filter(isCustom)) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  if (counts.size === 0) return []
  const words = [...counts].sort(([a], [b]) => compare(a, b)).map(([kind, count]) => `${kind} (${count})`)
  return [{ kind: 'ignored', message: `Kinds that are not known here were left out: ${words.join(', ')}` }]
}

/** Only of what says something of the design; where whole folders are variants of others, in one line. */
function twinNotes(twins: readonly (readonly [KubeObject, KubeObject])[]): ImportNote[] {
  const told = twins.filter(([{ kind }]) => runsPods(kind) || kind === 'Service')
  const [first] = told
  if (!first) return []
  const [a, b] = [first[0].place(['metadata', 'name']), first[1].place(['metadata', 'name'])]
  const others = told.length > 1 ? `, and ${plural(told.length - 1, 'other object')} too` : ''
  const { kind, name } = first[1]
  return [
    {
      kind: 'ignored',
      message: `${kind} "${name}" is defined twice${others}; the first is read, here ${a.file}:${a.line}`,
      file: b.file,
      line: b.line,
      column: b.column,
    },
  ]
}

function inOrder(notes: readonly ImportNote[]): ImportNote[] {
  const key = ({ file = '', line = 0, kind, message }: ImportNote) =>
    [file, String(line).padStart(9, '0'), kind, message].join('\0')
  const byKey = new Map(notes.map(note => [key(note), note]))
  return [...byKey].sort(([a], [b]) => compare(a, b)).map(([, note]) => note)
}
