import { list, plural } from '../../units.ts'
import { documentsOf } from '../documents.ts'
import { nameFor } from '../names.ts'
import { compare } from '../order.ts'
import { partOf, type Part } from '../parts.ts'
import { at, entries, factOf, items, sourceOf, textOf, type Spot } from '../spot.ts'
import type {
  ElementKind,
  ImportedEdge,
  ImportedElement,
  ImportedFact,
  ImportedSystem,
  ImportFile,
  ImportNote,
  ImportReader,
} from '../system.ts'
import { entityOf, refsOf, type Entity } from './entities.ts'

/** Reads the descriptors of a Backstage catalog. */
export const readBackstage: ImportReader = ({ files }) => catalog(files)

interface Member {
  readonly entity: Entity
  readonly name: string
  readonly kind: ElementKind
  readonly part: Part | undefined
}

export function catalog(files: readonly ImportFile[]): ImportedSystem {
  const notes: ImportNote[] = []
  const entities = new Map<string, Entity>()
  let others = 0
  for (const file of [...files].sort((a, b) => compare(a.name, b.name) || compare(a.text, b.text))) {
    const found = documentsOf(file)
    notes.push(...found.notes)
    for (const document of found.documents) {
      const entity = entityOf(document)
      if (!entity) others++
      else if (!entities.has(entity.ref)) entities.set(entity.ref, entity)
    }
  }
  if (others > 0)
    notes.push({
      kind: 'ignored',
      message: `${plural(others, 'document')} without \`apiVersion: backstage.io/v1alpha1\``,
    })
  const members = membersOf([...entities.values()])
  const { edges, notes: more } = edgesOf(members, entities)
  const elements = [...members.values()].map(elementOf).sort((a, b) => compare(a.name, b.name))
  return { elements, edges, notes: [...notes, ...leftOut([...entities.values()], members), ...more], others: [] }
}

function membersOf(entities: readonly Entity[]): Map<string, Member> {
  const members = new Map<string, Member>()
  const taken = new Map<string, number>()
  const sorted = [...entities].sort((a, b) => compare(a.ref, b.ref))
  const found = sorted.flatMap(entity => {
    const is = kindOf(entity)
    return is ? [{ entity, ...is }] : []
  })
  for (const { entity } of found) taken.set(entity.name, (taken.get(entity.name) ?? 0) + 1)
  const used = new Set<string>()
  for (const { entity, kind, part } of found) {
    const plain = nameFor(
      taken.get(entity.name)! > 1 && entity.namespace !== 'default'
        ? `${entity.name}.${entity.namespace}`
        : entity.name,
    )
    let name = plain
    for (let i = 2; used.has(name); i++) name = i === 2 ? `${plain}-${entity.kind.toLowerCase()}` : `${plain}-${i}`
    used.add(name)
    members.set(entity.ref, { entity, name, kind, part })
  }
  return members
}

const componentTypes: Readonly<Record<string, ElementKind>> = {
  service: 'service',
  backend: 'service',
  microservice: 'service',
  api: 'service',
  'backend-service': 'service',
  worker: 'service',
  function: 'service',
  website: 'service',
  frontend: 'service',
  webapp: 'service',
  gateway: 'service',
  job: 'job',
  cronjob: 'job',
  pipeline: 'job',
  'data-pipeline': 'job',
}

const resourceTypes: readonly (readonly [pattern: RegExp, kind: ElementKind])[] = [
  [/cache|redis|memcached|valkey|cdn/, 'cache'],
  [/queue|topic|broker|kafka|rabbit|sqs|sns|pub-?sub|stream|event-?bus|kinesis/, 'queue'],
  [
    /database|(?:^|[-_])db(?:$|[-_])|sql|postgres|mongo|dynamo|rds|bucket|storage|s3|blob|search|elastic|opensearch|warehouse|table/,
    'store',
  ],
  [/saas|third-?party|external|vendor/, 'external'],
]

/** `undefined` for what does not run: libraries, documentation, teams. */
function kindOf(entity: Entity): { kind: ElementKind; part: Part | undefined } | undefined {
  const { kind, name, type } = entity
  if (kind === 'Component') {
    const is = componentTypes[type]
    return is && { kind: is, part: undefined }
  }
  if (kind !== 'Resource') return undefined
  const is = resourceTypes.find(([pattern]) => pattern.test(type))?.[1]
  if (is === undefined || is === 'external') return is && { kind: is, part: undefined }
  const byType = partOf({ name: type })
  const part = byType.engine === undefined ? partOf({ name }) : byType
  return { kind: is, part: part.engine === undefined ? undefined : part }
}

function elementOf({ entity, name, kind, part }: Member): ImportedElement {
  const { spot, type } = entity
  const typeSpot = at(spot, 'spec', 'type')
  const facts: ImportedFact[] = []
  if (kind === 'service' && /^(?:website|frontend|webapp)$/.test(type))
    facts.push(factOf(['role'], 'frontend', typeSpot, `type ${type}`, 'derived'))
  if (kind === 'service' && (type === 'worker' || type === 'gateway'))
    facts.push(factOf(['role'], type, typeSpot, `type ${type}`, 'derived'))
  if (kind === 'store' && /bucket|s3|blob|object/.test(type))
    facts.push(factOf(['role'], 'objectStore', typeSpot, `type ${type}`, 'derived'))
  if (part?.engine !== undefined && kind !== 'service' && kind !== 'job')
    facts.push(factOf(['engine'], part.engine, typeSpot, part.signal, 'guessed'))
  const owner = at(spot, 'spec', 'owner')
  const text = textOf(owner)?.split(/[:/]/).at(-1)
  if (text) facts.push(factOf(['owner'], text, owner, 'owner', 'stated'))
  const runbook = runbookOf(spot)
  if (runbook) facts.push(factOf(['runbook'], textOf(runbook), runbook, 'a link to a runbook', 'stated'))
  const source = sourceOf(at(spot, 'metadata', 'name'), `${entity.kind} of type ${type}`, 'stated')
  return { kind, name, aliases: name === entity.name ? [] : [entity.name], source, facts }
}

function runbookOf(spot: Spot): Spot | undefined {
  const links = items(at(spot, 'metadata', 'links'))
  const link = links.find(one => /runbook/i.test(`${textOf(at(one, 'title')) ?? ''} ${textOf(at(one, 'type')) ?? ''}`))
  if (link && textOf(at(link, 'url'))) return at(link, 'url')
  return entries(at(spot, 'metadata', 'annotations')).find(([key, value]) => /runbook/i.test(key) && textOf(value))?.[1]
}

/**
 * `dependsOn` says that one needs the other, and `consumesApis` that it calls whoever provides the API. An API of events goes
 * through a broker that the catalog does not show, so which way a call goes is unknown.
 */
function edgesOf(members: ReadonlyMap<string, Member>, entities: ReadonlyMap<string, Entity>) {
  const edges = new Map<string, ImportedEdge>()
  const missing: { from: string; text: string; spot: Spot }[] = []
  const providers = new Map<string, Member[]>()
  for (const member of members.values())
    for (const { ref } of refsOf(member.entity, 'providesApis', 'api'))
      providers.set(ref, [...(providers.get(ref) ?? []), member])
  const add = (from: Member, to: Member, spot: Spot, signal: string, isEvent: boolean) => {
    // Only services and jobs call; an edge by an API says more than one that only tells of a need.
    if (from === to || (from.kind !== 'service' && from.kind !== 'job')) return
    const key = `${from.name}\0${to.name}`
    if (edges.has(key)) return
    const kind = isEvent || to.kind === 'queue' ? 'unknown' : 'call'
    edges.set(key, { from: from.name, to: to.name, kind, source: sourceOf(spot, signal, 'derived') })
  }
  for (const member of members.values()) {
    for (const { ref, text, spot } of refsOf(member.entity, 'consumesApis', 'api')) {
      const to = providers.get(ref) ?? []
      for (const one of to) add(member, one, spot, `consumesApis ${text}`, entities.get(ref)?.type === 'asyncapi')
      if (to.length === 0)
        missing.push({ from: member.name, text: `the API "${text}", which nobody in these files provides`, spot })
    }
    for (const { ref, text, spot } of refsOf(member.entity, 'dependsOn', 'component')) {
      const to = members.get(ref)
      if (to) add(member, to, spot, `dependsOn ${text}`, false)
      else if (!entities.has(ref))
        missing.push({ from: member.name, text: `"${text}", which is not in these files`, spot })
    }
    for (const { ref, text, spot } of refsOf(member.entity, 'dependencyOf', 'component')) {
      const from = members.get(ref)
      if (from) add(from, member, spot, `dependencyOf ${text}`, false)
    }
  }
  const notes = missing.map(({ from, text, spot }): ImportNote => {
    const { file, line, column } = spot.object.place(spot.path)
    return { kind: 'dangling', message: `"${from}" needs ${text}`, file, line, column }
  })
  return { edges: [...edges.values()].sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to)), notes }
}

/** Kinds that say who and where, not what runs. */
const quiet = new Set(['System', 'Domain', 'Group', 'User', 'Location', 'API', 'Template'])

function leftOut(entities: readonly Entity[], members: ReadonlyMap<string, Member>): ImportNote[] {
  const counts = new Map<string, number>()
  for (const { kind, type, ref } of entities) {
    if (members.has(ref) || quiet.has(kind)) continue
    const text = `${kind} of type ${type || 'none'}`
    counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  if (counts.size === 0) return []
  const words = [...counts].sort(([a], [b]) => compare(a, b)).map(([text, count]) => `${count} ${text}`)
  return [{ kind: 'ignored', message: `Left out, as they run nothing that is known here: ${list(words)}` }]
}
