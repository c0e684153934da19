import { addressesIn, isDangling, isTelemetrySetting, sideOf, type Address } from '../hosts.ts'
import { at, items, textOf } from '../spot.ts'
import type { ImportedEdge, ImportedFact, ImportNote, Source } from '../system.ts'
import { nameFor } from '../names.ts'
import { compare } from '../order.ts'
import type { Answer, Network } from './network.ts'
import { isExposed } from './network.ts'
import type { Member } from './parts.ts'
import { settingsOf, type ConfigMaps, type FoundSetting } from './settings.ts'
import type { Workload } from './workload.ts'

export interface Found {
  readonly edges: ImportedEdge[]
  readonly notes: ImportNote[]
  /** What others run, by name, with where it was first addressed. */
  readonly externals: Map<string, Source>
}

export interface World {
  readonly members: ReadonlyMap<Workload, Member>
  readonly network: Network
  readonly maps: ConfigMaps
  /** Host names under which the outside reaches the system itself. */
  readonly ownHosts: ReadonlySet<string>
  /** Whether a name may well be that of something which files make that are not read here: charts, operators. */
  readonly isElsewhere: (name: string) => boolean
}

/** Calls that the settings of workloads tell of. */
export function edgesFromSettings(world: World): Found {
  const found: Found = { edges: [], notes: [], externals: new Map() }
  for (const member of world.members.values()) {
    if (member.part.kind === 'outside') continue
    const told = new Set<string>()
    for (const setting of settingsOf(member.workload, world.maps, world.network))
      for (const address of setting.route ? [setting.route.address] : addressesIn(setting))
        follow(member, setting, address, world, found, told)
  }
  return found
}

function follow(from: Member, setting: FoundSetting, address: Address, world: World, found: Found, told: Set<string>) {
  const { namespace } = from.workload
  const answer = world.network.find(address.host, namespace)
  const note = (text: string) => {
    if ((!setting.isOwn && !passesOn.test(setting.key)) || told.has(text)) return
    told.add(text)
    const { file, line } = setting.source
    found.notes.push({ kind: 'dangling', message: text, file, line })
  }
  if (address.isHealthCheck) return
  if (!answer) {
    if (world.isElsewhere(address.host)) return
    if (isDangling(address, setting))
      note(
        `"${from.name}" addresses ${hostText(address)} (${setting.key}), and no Service of that name is in these files`,
      )
    else if (setting.isOwn && isForeign(address, setting, world))
      addExternal(from, setting, nameFor(address.host), found)
    return
  }
  const { exposure, workloads } = answer
  if (exposure?.external !== undefined) {
    addExternal(from, setting, nameFor(exposure.external), found)
    return
  }
  if (address.isCertain) explain(from, setting, address, answer, note)
  const isPlain = setting.isOwn || passesOn.test(setting.key) || isPlainly(setting, address)
  const confidence = isPlain ? setting.source.confidence : 'guessed'
  const facts = routeFacts(setting)
  for (const workload of workloads) {
    const to = world.members.get(workload)
    if (to) addEdge(from, to, { ...setting.source, confidence }, found.edges, to.part.kind === 'queue' ? [] : facts)
  }
}

/** Directives of proxies: they say in so many words whom requests are passed to. */
const passesOn = /^(?:\w+_pass|reverse_proxy|server|ProxyPass|socket_address)$/

/** What a file of settings says beside an address. */
function routeFacts({ route, source }: FoundSetting): ImportedFact[] {
  const { timeout, connections } = route ?? {}
  return [
    ...(timeout === undefined ? [] : [{ path: ['timeout'], value: timeout, source }]),
    ...(connections === undefined ? [] : [{ path: ['pool'], value: connections, source }]),
  ]
}

/** In a file that is mounted, one word is a host only where its key says so. */
const isPlainly = ({ key }: FoundSetting, { isCertain }: Address): boolean =>
  isCertain ||
  /(?:^|[._-])(?:upstream|address|host|hostname|addr|url|uri|endpoint)s?$|(?<=[a-z])(?:Host|Addr|Address|Url|Uri|Endpoint)$/.test(
    key,
  )

const hostText = ({ host, port }: Address): string => (port === undefined ? host : `${host}:${port}`)

function explain(
  from: Member,
  setting: FoundSetting,
  address: Address,
  { exposure, workloads }: Answer,
  note: (text: string) => void,
) {
  const what = `"${from.name}" addresses ${hostText(address)} (${setting.key})`
  if (!exposure) note(`${what}, but no Service exposes "${workloads[0]!.object.name}" under that name`)
  else if (!isExposed(address, exposure)) note(`${what}, but the Service listens on ${exposure.ports.join(', ')}`)
}

/** A host with a domain that is not ours, addressed as such. */
function isForeign({ host, isCertain, scheme }: Address, { key }: FoundSetting, { ownHosts }: World): boolean {
  if (!isCertain || isTelemetrySetting(key) || isTelemetrySetting(host) || ownHosts.has(host)) return false
  if (
    /^(?:[\d.]+|.*\.(?:local|internal|svc|example|test|invalid|localhost))$|(?:^|\.)example\.(?:com|org|net)$|\.svc\./.test(
      host,
    )
  )
    return false
  if (
    scheme?.startsWith('http') &&
    /(?:docs?|help|home_?page|image|img|logo|icon|asset|avatar|schema|terms|privacy|link|site|public|external|base|frontend|web)(?:$|[_.-])/i.test(
      key,
    )
  )
    return false
  return /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24}$/.test(host)
}

function addExternal(from: Member, { source }: FoundSetting, name: string, { edges, externals }: Found) {
  if (!externals.has(name)) externals.set(name, source)
  edges.push({ from: from.name, to: name, kind: 'call', source })
}

/** A call, or for a queue the side that is known. */
export function addEdge(
  from: Member,
  to: Member,
  source: Source,
  edges: ImportedEdge[],
  facts: readonly ImportedFact[] = [],
): void {
  if (from === to || to.part.kind === 'outside' || from.part.kind === 'outside') return
  const kind = to.part.kind === 'queue' ? (sideOf(from.name, hintsOf(from)) ?? 'unknown') : 'call'
  edges.push({
    from: from.name,
    to: to.name,
    kind,
    ...(to.part.kind === 'flags' ? { optional: true } : {}),
    source,
    ...(facts.length > 0 ? { facts } : {}),
  })
}

/** Commands and names of settings, which may tell a consumer. */
const hintsOf = ({ main }: Member): string[] => [
  ...[...items(at(main, 'command')), ...items(at(main, 'args'))].flatMap(one => textOf(one) ?? []),
  ...items(at(main, 'env')).flatMap(one => textOf(at(one, 'name')) ?? []),
]

const ranks = { stated: 0, derived: 1, likely: 2, guessed: 3 }

/** One edge for each pair and kind: the surest, then the first by place. */
export function distinctEdges(edges: readonly ImportedEdge[]): ImportedEdge[] {
  const best = new Map<string, ImportedEdge>()
  for (const edge of edges) {
    const key = `${edge.from}\0${edge.to}`
    const other = best.get(key)
    if (!other || order(edge, other) < 0) best.set(key, edge)
  }
  return [...best.values()].sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to))
}

const order = (a: ImportedEdge, b: ImportedEdge): number =>
  ranks[a.source.confidence] - ranks[b.source.confidence] ||
  compare(a.source.file, b.source.file) ||
  a.source.line - b.source.line ||
  compare(a.source.signal, b.source.signal)
