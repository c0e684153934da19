import { isKnown, type ImportedEdge, type ImportNote } from '../system.ts'
import { isData, listed, nameOf, type Component } from './component.ts'
import type { ServiceRoutes } from './configs.ts'
import { criticalityFact, hasHealthCheck, losesData, memoryLimit } from './facts.ts'
import type { RouteEdges } from './route-edges.ts'
import { sharedServers } from './shared-servers.ts'

/**
 * What a Compose file shows that no key of the manifest can hold, or that no rule looks at: one note for each kind of thing, with
 * the names. Nothing is said of what the format cannot express.
 */

export interface Seen {
  readonly components: readonly Component[]
  readonly edges: readonly ImportedEdge[]
  readonly routes: readonly ServiceRoutes[]
  readonly shared: RouteEdges['shared']
}

export function observations(seen: Seen): ImportNote[] {
  if (seen.components.length === 0) return []
  return [
    unwired(seen),
    unused(seen),
    noVolume(seen),
    singleInstances(seen),
    ...sharedServers(seen),
    noRestart(seen),
    unguardedStart(seen),
    littleMemory(seen),
    dockerSocket(seen),
    lowerLabels(seen),
    ...sameTimeout(seen),
    ...manyConnections(seen),
  ].filter(note => note !== undefined)
}

const at = ({ service }: Component): Pick<ImportNote, 'file' | 'line'> => ({
  file: service.at.file,
  line: service.at.line,
})
const defect = (message: string, first: Component): ImportNote => ({ kind: 'defect', message, ...at(first) })

const isSure = ({ source }: Pick<ImportedEdge, 'source'>) => isKnown(source)

/** Where most components have no edge that is more than a guess, the wiring is somewhere else. */
function unwired({ components, edges }: Seen): ImportNote | undefined {
  const known = edges.filter(isSure)
  const alone = components.filter(one => !known.some(({ from, to }) => from === nameOf(one) || to === nameOf(one)))
  if (components.length < 3 || alone.length * 2 <= components.length) return undefined
  return {
    kind: 'unwired',
    message: `${alone.length} of ${components.length} components have no known edges: their wiring is not in these files, but in code or images. Nothing is concluded from that`,
    ...at(alone[0]!),
  }
}

/** Data that nobody addresses, though those that wait for it address others. */
function unused({ components, edges, shared }: Seen): ImportNote | undefined {
  const known = edges.filter(isSure)
  const speaks = new Set(known.map(({ from }) => from))
  const idle = components.filter(one => {
    if (!isData(one) || known.some(({ to }) => to === nameOf(one))) return false
    const waiting = edges.filter(({ to }) => to === nameOf(one)).map(({ from }) => from)
    // One service may have the address of one store in its code; several that address others in their settings do not.
    if (waiting.length > 0) return waiting.length > 1 && waiting.every(from => speaks.has(from))
    return shared.some(({ names }) => names.size > 3 && !names.has(nameOf(one)))
  })
  const [first] = idle
  if (!first) return undefined
  return {
    kind: 'unwired',
    message: `Nothing in these files addresses ${listed(idle.map(nameOf))}, though others are addressed; ${idle.length === 1 ? 'it may be' : 'they may be'} used by nobody`,
    ...at(first),
  }
}

function noVolume({ components }: Seen): ImportNote | undefined {
  const losing = components.filter(
    one => one.part.kind !== 'cache' && isData(one) && losesData(one.service, one.part) === true,
  )
  const [first] = losing
  return (
    first &&
    defect(
      `No volume holds the data of ${listed(losing.map(nameOf))}: it is gone when the container is made anew`,
      first,
    )
  )
}

function singleInstances({ components, edges }: Seen): ImportNote | undefined {
  const scaled = components.filter(({ service }) => /replicas|scale/.test([...keysOf(service.node)].join(' ')))
  if (scaled.length > 0 || components.length < 2) return undefined
  const callers = components
    .map(one => ({
      one,
      count: edges.filter(edge => isSure(edge) && edge.to === nameOf(one) && !edge.optional).length,
    }))
    .filter(({ count }) => count >= 3)
    .sort((a, b) => b.count - a.count)
    .slice(0, 4)
  const most = callers.map(({ one, count }) => `"${nameOf(one)}" (${count} callers)`)
  const hot = most.length > 0 ? `; most depends on ${most.join(', ')}` : ''
  return defect(`Each of the ${components.length} components is one container${hot}`, components[0]!)
}

function* keysOf(node: Component['service']['node']): Generator<string> {
  if (node.is !== 'map') return
  for (const [key, value] of node.entries) {
    if (key === 'scale') yield key
    if (key === 'deploy' && value.is === 'map' && value.entries.has('replicas')) yield 'replicas'
  }
}

function noRestart({ components }: Seen): ImportNote | undefined {
  const without = components.filter(({ service }) => service.restart === undefined || service.restart === 'no')
  const [first] = without
  if (!first || without.length < components.length / 4) return undefined
  const isAll = without.length === components.length && components.length > 3
  const who = isAll ? `all ${components.length} components` : listed(without.map(nameOf))
  return defect(`No restart policy for ${who}: what crashes stays down`, first)
}

/** `depends_on` of what has no health check waits for the container, not for an answer. */
function unguardedStart({ components }: Seen): ImportNote | undefined {
  const waited = new Set(
    components.flatMap(({ service }) =>
      service.dependsOn.filter(({ signal }) => signal === 'depends_on').map(({ name }) => name),
    ),
  )
  const blind = components.filter(one => waited.has(nameOf(one)) && !hasHealthCheck(one.service))
  const [first] = blind
  return (
    first &&
    defect(
      `No health check in these files for ${listed(blind.map(nameOf))}: "depends_on" waits for the container to start, not for it to answer`,
      first,
    )
  )
}

const little = 32 * 2 ** 20

function littleMemory({ components }: Seen): ImportNote | undefined {
  const small = components.flatMap(one => {
    const limit = memoryLimit(one.service)
    return limit && limit.bytes <= little ? [{ one, limit }] : []
  })
  const [first] = small
  if (!first) return undefined
  const names = small.map(({ one, limit }) => `"${nameOf(one)}" (${limit.text})`)
  return {
    kind: 'defect',
    message: `Very little memory for ${names.slice(0, 8).join(', ')}: expected a limit that was measured under load`,
    file: first.limit.at.file,
    line: first.limit.at.line,
  }
}

function dockerSocket({ components }: Seen): ImportNote | undefined {
  const holders = components.filter(
    ({ service, part }) => !part.isProxy && service.mounts.some(({ source }) => /\/docker\.sock$/.test(source ?? '')),
  )
  const [first] = holders
  return (
    first && defect(`${listed(holders.map(nameOf))} mounts the Docker socket: who takes it over has the machine`, first)
  )
}

const ranks: readonly unknown[] = ['best-effort', 'normal', 'high', 'critical']

/** Labels of criticality against the wiring: what a part needs is about as critical as the part. One step apart is a matter of taste. */
function lowerLabels({ components, edges }: Seen): ImportNote | undefined {
  const rank = new Map(components.map(one => [nameOf(one), ranks.indexOf(criticalityFact(one.service)[0]?.value)]))
  const labelled = (name: string) => rank.get(name) ?? -1
  const lower = edges.filter(
    ({ from, to, optional, kind, ...edge }) =>
      isSure(edge) && !optional && kind !== 'consume' && labelled(to) >= 0 && labelled(to) < labelled(from),
  )
  const gap = ({ from, to }: ImportedEdge) => labelled(from) - labelled(to)
  lower.sort((a, b) => gap(b) - gap(a) || labelled(a.to) - labelled(b.to))
  const [first] = lower
  if (!first) return undefined
  const label = (name: string) => String(ranks[labelled(name)])
  const texts = lower.map(({ from, to }) => `"${from}" (${label(from)}) needs "${to}" (${label(to)})`)
  const more = texts.length > 8 ? ` and ${texts.length - 8} more` : ''
  return {
    kind: 'defect',
    message: `Labels of criticality contradict the wiring: ${texts.slice(0, 8).join(', ')}${more}`,
    file: first.source.file,
    line: first.source.line,
  }
}

/** The same timeout at each hop: when the last one is slow, all give up at the same moment. */
function sameTimeout({ shared }: Seen): ImportNote[] {
  return shared.flatMap(({ routes: { file, routes } }) => {
    const timed = routes.filter(({ timeout }) => timeout !== undefined)
    const [first] = timed
    if (!first || timed.length < 3 || timed.some(({ timeout }) => timeout !== first.timeout)) return []
    return [
      {
        kind: 'defect',
        message: `All ${timed.length} addresses have the same timeout, ${plain(first.timeout!)}: no caller outlives its callee, at any depth; expected less from hop to hop`,
        file,
        line: first.line,
      },
    ]
  })
}

const plain = (timeout: string) => timeout.replace(/^(\d+)000ms$/, '$1s')

function manyConnections({ shared }: Seen): ImportNote[] {
  return shared.flatMap(({ routes: { file, routes }, names }) => {
    const pooled = routes.filter(({ connections }) => connections !== undefined)
    const [first] = pooled
    const most = Math.max(...pooled.map(({ connections }) => connections!))
    if (!first || names.size < 2 || most < 100) return []
    return [
      {
        kind: 'defect',
        message: `Each client may open ${most} connections to each of ${names.size} components that run once: the sum over clients is what a server has to accept`,
        file,
        line: first.line,
      },
    ]
  })
}
