import { list, plural } from '../../units.ts'
import { isMap } from '../documents.ts'
import { quoted } from '../names.ts'
import { compare, push } from '../order.ts'
import { at, root, textOf } from '../spot.ts'
import { isKnown, type ImportedEdge, type ImportedElement, type ImportNote } from '../system.ts'
import type { KubeObject } from './objects.ts'
import type { Member } from './parts.ts'

/** What is worth a word about a system as a whole, one line each. */

/**
 * What runs once, with how many depend on it: a review only asks about it where it knows how bad the loss is. An autoscaler that
 * may go down to one counts.
 */
export function singleNote(elements: readonly ImportedElement[], edges: readonly ImportedEdge[]): ImportNote[] {
  const counted = elements.flatMap(({ name, facts }) => {
    const fact = facts.find(({ path }) => path.length === 1 && path[0] === 'replicas')
    return fact ? [{ name, source: fact.source, least: leastOf(fact.value) }] : []
  })
  const single = counted.filter(({ least }) => least === 1)
  const [first] = single
  if (!first) return []
  const callers = new Map<string, number>()
  for (const { to, source } of edges) if (isKnown(source)) callers.set(to, (callers.get(to) ?? 0) + 1)
  const shared = single
    .map(({ name }) => ({ name, count: callers.get(name) ?? 0 }))
    .filter(({ count }) => count > 1)
    .sort((a, b) => b.count - a.count || compare(a.name, b.name))
  const isAll = single.length === counted.length && single.length > 1
  const who = isAll
    ? 'Every component runs'
    : `${quoted(single.map(({ name }) => name))} ${single.length === 1 ? 'runs' : 'run'}`
  const most =
    shared.length === 0
      ? ''
      : `; several need ${list(shared.slice(0, 5).map(({ name, count }) => `"${name}" (${count})`))}`
  return [
    {
      kind: 'defect',
      message: `${who} as a single instance, or may go down to one: each restart and each drain of a machine is an outage${most}`,
      file: first.source.file,
      line: first.source.line,
    },
  ]
}

const leastOf = (value: unknown): unknown => (isMap(value) ? value['min'] : value)

/** Callees beyond which the availability of a caller is that of many others. */
const many = 4

/** Which of many calls a request can do without is what a person has to say. */
export function fanNote(edges: readonly ImportedEdge[]): ImportNote[] {
  const callees = new Map<string, ImportedEdge[]>()
  for (const edge of edges) if (edge.kind === 'call' && isKnown(edge.source)) push(callees, edge.from, edge)
  const wide = [...callees].filter(([, calls]) => calls.length >= many).sort(([, a], [, b]) => b.length - a.length)
  const [first] = wide
  if (!first) return []
  const { file, line } = first[1][0]!.source
  const words = list(
    wide
      .slice(0, 8)
      .map(([name, calls], i) => `"${name}" ${i === 0 ? 'calls' : ''} ${calls.length} others`.replace('  ', ' ')),
  )
  return [
    {
      kind: 'defect',
      message: `${words}: which of these calls a request can do without is not stated`,
      file,
      line,
    },
  ]
}

/** Versions that Kubernetes no longer serves, with the first release without them. */
const removed: readonly (readonly [version: RegExp, kinds: RegExp, release: string])[] = [
  [/^extensions\/v1beta1$/, /^Ingress$/, '1.22'],
  [/^(?:extensions\/v1beta1|apps\/v1beta[12])$/, /./, '1.16'],
  [/^networking\.k8s\.io\/v1beta1$/, /^Ingress/, '1.22'],
  [/^(?:batch|policy)\/v1beta1$/, /^(?:CronJob|PodDisruptionBudget)$/, '1.25'],
  [/^autoscaling\/v2beta1$/, /./, '1.25'],
  [/^autoscaling\/v2beta2$/, /./, '1.26'],
]

/** Objects that today's Kubernetes refuses, in one line. */
export function removedNote(objects: readonly KubeObject[]): ImportNote[] {
  const counts = new Map<string, number>()
  const found = objects.filter(object => {
    const { kind, value } = object
    const target = at(root(object), 'spec', 'scaleTargetRef')
    const named = [
      { version: String(value['apiVersion']), of: kind, what: '' },
      {
        version: textOf(at(target, 'apiVersion')) ?? '',
        of: textOf(at(target, 'kind')) ?? '',
        what: ' in scaleTargetRef',
      },
    ]
    const texts = named.flatMap(({ version, of, what }) => {
      const release = removed.find(([versions, kinds]) => versions.test(version) && kinds.test(of))?.[2]
      return release === undefined ? [] : [`${version}${what} (gone in ${release})`]
    })
    for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
    return texts.length > 0
  })
  const [first] = found
  if (!first) return []
  const versions = [...counts].map(([text, count]) => `${count} of ${text}`)
  const { file, line, column } = first.place(['apiVersion'])
  return [
    {
      kind: 'defect',
      message: `Kubernetes no longer serves API versions that ${plural(found.length, 'object names', 'objects name')}: ${list(versions.sort())}`,
      file,
      line,
      column,
    },
  ]
}

/** Parts that are left out, in one line. */
export function outsideNote(members: readonly Member[]): ImportNote[] {
  const outside = members.filter(({ part }) => part.kind === 'outside')
  if (outside.length === 0) return []
  const groups = new Map<string, string[]>()
  for (const { name, part } of outside) push(groups, part.what ?? 'something else', name)
  const words = [...groups].map(([what, names]) => `${quoted(names)} (${what})`)
  return [{ kind: 'ignored', message: `Left out as no part of the system: ${words.join(', ')}` }]
}

/** Where most components have no known edge, graphs of them would mislead. */
export function unwiredNote(elements: readonly ImportedElement[], edges: readonly ImportedEdge[]): ImportNote[] {
  const wired = new Set(edges.filter(({ source }) => isKnown(source)).flatMap(({ from, to }) => [from, to]))
  const own = elements.filter(({ kind }) => kind !== 'external' && kind !== 'job')
  const alone = own.filter(({ name }) => !wired.has(name))
  if (alone.length < 2 || alone.length * 2 <= own.length) return []
  return [
    {
      kind: 'unwired',
      message: `${alone.length} of ${own.length} components have no known calls: their wiring is not in these files`,
    },
  ]
}
