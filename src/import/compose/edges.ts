import { addressesIn, isDangling, machinePortsIn, sideOf, type Address, type Setting } from '../hosts.ts'
import { isKnownOutside, type Part } from '../parts.ts'
import type { ImportedEdge, ImportedFact, ImportNote, Source } from '../system.ts'
import type { Place } from './node.ts'
import type { ComposeService, EnvSetting } from './service.ts'
import { settingsIn } from './words.ts'

/** Who addresses whom, by environment and command; and by `depends_on` where no address says so. */

export interface Wiring {
  readonly edges: readonly ImportedEdge[]
  readonly notes: readonly ImportNote[]
  /** Whether all that it addresses is asked for its health: a dashboard. */
  readonly isDashboard: boolean
}

export interface Around {
  readonly part: (name: string) => Part | undefined
  readonly resolve: (host: string) => string | undefined
  /** The service that has published a port of the machine. */
  readonly behindPort: (port: number) => string | undefined
  /** Services that are there but off: nothing dangles that names one. */
  readonly isOff: (name: string) => boolean
}

/** Where an address was read. */
interface Read {
  readonly setting: Setting
  readonly at: Pick<Place, 'file' | 'line'>
  readonly signal: string
}

interface Addressed extends Read {
  readonly address: Address
}

export function wiringOf(service: ComposeService, around: Around): Wiring {
  const addressed = [...inEnvironment(service), ...inCommand(service)]
  const real = addressed.filter(({ address }) => !address.isHealthCheck)
  const others = new Set(addressed.flatMap(({ address }) => around.resolve(address.host) ?? []))
  others.delete(service.name)
  const edges = new Map<string, ImportedEdge>()
  const notes = new Map<string, ImportNote>()
  for (const one of real) {
    const to = around.resolve(one.address.host)
    if (to === service.name) continue
    if (to !== undefined) {
      const edge = edgeTo(service, to, one, around)
      // The first that says it is its source; another one may say more.
      if (edge) edges.set(to, withFacts(edges.get(to), edge))
    } else if (
      isDangling(one.address, one.setting) &&
      !around.isOff(one.address.host) &&
      !isKnownOutside(one.address.host)
    ) {
      const { host, port } = one.address
      const shown = port === undefined ? host : `${host}:${port}`
      const message = `"${service.name}" addresses "${shown}" (${one.signal}), which is not in these files`
      if (!notes.has(message)) notes.set(message, { kind: 'dangling', message, file: one.at.file, line: one.at.line })
    }
  }
  for (const one of throughMachine(service)) {
    const to = around.behindPort(one.port)
    const edge = to === undefined || to === service.name || edges.has(to) ? undefined : edgeTo(service, to, one, around)
    if (edge) edges.set(edge.to, edge)
  }
  return {
    edges: [...edges.values(), ...inferred(service, new Set([...edges.keys()]), around)],
    notes: [...notes.values()],
    isDashboard: others.size >= 2 && real.every(({ address }) => around.resolve(address.host) === undefined),
  }
}

const inEnvironment = (service: ComposeService): Addressed[] =>
  service.env.flatMap(({ key, value, at }) =>
    addressesIn({ key, value }).map(address => ({ setting: { key, value }, address, at, signal: `env ${key}` })),
  )

const throughMachine = (service: ComposeService): (Read & { port: number })[] =>
  service.env.flatMap(({ key, value, at }) =>
    machinePortsIn({ key, value }).map(port => ({ setting: { key, value }, at, signal: `env ${key}`, port })),
  )

function inCommand({ command, commandAt, at }: ComposeService): Addressed[] {
  return settingsIn(command).flatMap(setting =>
    addressesIn(setting).map(address => ({ setting, address, at: commandAt ?? at, signal: `command ${setting.key}` })),
  )
}

function edgeTo(service: ComposeService, to: string, found: Read, around: Around): ImportedEdge | undefined {
  const part = around.part(to)
  // What watches the system is no dependency of it.
  if (!part || part.kind === 'outside') return undefined
  const { file, line } = found.at
  // Clients of a broker are given the address of its ZooKeeper as well; that they speak to it themselves is rare.
  const isIndirect = part.engine?.startsWith('zookeeper') === true
  const source: Source = { file, line, signal: found.signal, confidence: isIndirect ? 'guessed' : 'derived' }
  return {
    from: service.name,
    to,
    kind: isIndirect ? 'unknown' : kindOf(service, part),
    ...(part.kind === 'flags' || isSwitchedOff(service.env, found.setting.key) ? { optional: true } : {}),
    source,
    facts: part.kind === 'store' ? schemaFact(found.setting.value, source) : [],
  }
}

export function kindOf(service: ComposeService, part: Part): ImportedEdge['kind'] {
  if (part.kind !== 'queue') return 'call'
  return sideOf(service.name, [service.command.join(' '), ...service.env.map(({ key }) => key)]) ?? 'unknown'
}

function withFacts(before: ImportedEdge | undefined, edge: ImportedEdge): ImportedEdge {
  if (!before) return edge
  return (before.facts?.length ?? 0) > 0 ? before : { ...before, facts: edge.facts ?? [] }
}

/** `SEARCH_ENABLED=false` says of `SEARCH_HOST` that nobody uses it now. */
function isSwitchedOff(env: readonly EnvSetting[], key: string): boolean {
  const stem = /^(.+?)_(?:HOST|HOSTNAME|URL|URI|ADDR|ADDRESS|ENDPOINT|PORT|SERVER|SERVERS|NODES|HOSTS)$/i.exec(key)?.[1]
  if (stem === undefined) return false
  const switches = new Set([`${stem}_ENABLED`, `ENABLE_${stem}`, `USE_${stem}`].map(one => one.toUpperCase()))
  return env.some(one => switches.has(one.key.toUpperCase()) && /^(?:false|0|no|off)$/i.test(one.value))
}

/** The database within a server, which a connection string names. */
function schemaFact(value: string, source: Source): ImportedFact[] {
  const name =
    /(?:^|;)\s*(?:database|initial catalog|dbname)\s*=\s*([^;]{1,200})/i.exec(value)?.[1] ??
    /(?:^|\s)dbname=(\S{1,200})/.exec(value)?.[1] ??
    /^(?:jdbc:)?(?:postgres(?:ql)?|mysql|mariadb|mongodb|cockroachdb)(?:\+\w+)?:\/\/[^/\s]+\/([\w.-]{1,200})/i.exec(
      value,
    )?.[1]
  return name === undefined ? [] : [{ path: ['schema'], value: name.trim(), source }]
}

/**
 * `depends_on` says in which order containers start, not who calls whom. It is a guess where no address says more, and none
 * where many services share it by an anchor, where it waits for a task to end, or where it leads to what watches the system.
 */
function inferred(service: ComposeService, known: ReadonlySet<string>, around: Around): ImportedEdge[] {
  const guesses = service.dependsOn.flatMap((one): ImportedEdge[] => {
    const part = around.part(one.name)
    if (!part || part.kind === 'outside' || one.name === service.name || known.has(one.name)) return []
    if (one.isShared || one.condition === 'service_completed_successfully') return []
    return [
      {
        from: service.name,
        to: one.name,
        kind: part.kind === 'queue' ? kindOf(service, part) : one.signal === 'links' ? 'call' : 'unknown',
        ...(one.isOptional || part.kind === 'flags' ? { optional: true } : {}),
        source: {
          file: one.at.file,
          line: one.at.line,
          signal: one.signal,
          confidence: one.signal === 'links' ? 'derived' : 'guessed',
        },
      },
    ]
  })
  return guesses.filter(({ to }, i) => guesses.findIndex(one => one.to === to) === i)
}
