import { joined } from '../paths.ts'
import type { ImportFile, ImportInput } from '../system.ts'
import { envLines } from './env-file.ts'
import { volumeParts } from './merge.ts'
import { entriesOf, itemsOf, textOf, textsOf, under, type Node, type Place } from './node.ts'
import type { Placed } from './project.ts'
import { wordsOf } from './words.ts'

/** A service of a Compose file in one form, whichever of the several it was written in. */
export interface ComposeService {
  readonly name: string
  readonly at: Place
  readonly node: Node
  readonly folder: string
  readonly image: string | undefined
  readonly isBuilt: boolean
  /** Host names under which others reach it, besides its name. */
  readonly aliases: readonly string[]
  readonly env: readonly EnvSetting[]
  /** Entry point and command, as far as they are given. */
  readonly command: readonly string[]
  readonly commandAt: Place | undefined
  readonly dependsOn: readonly Dependency[]
  readonly ports: readonly Port[]
  readonly mounts: readonly Mount[]
  readonly profiles: readonly string[]
  /** `no`, `always`, `on-failure`, `unless-stopped`; `undefined` where nothing is said. */
  readonly restart: string | undefined
  /** Whether it shares the network of the host or of another container. */
  readonly networkOf: string | undefined
}

export interface EnvSetting {
  readonly key: string
  readonly value: string
  readonly at: Pick<Place, 'file' | 'line'>
  /** Whether it came by an anchor, as settings that many services share do. */
  readonly isShared: boolean
}

export interface Dependency {
  readonly name: string
  /** The name by which a link reaches it. */
  readonly alias?: string
  /** `depends_on`, `links`, `volumes_from`. */
  readonly signal: string
  /** `service_started`, `service_healthy`, `service_completed_successfully`. */
  readonly condition: string
  readonly isOptional: boolean
  readonly isShared: boolean
  readonly at: Place
}

export interface Port {
  /** Of the machine; `undefined` where any free one is taken. */
  readonly published: string | undefined
  readonly target: string
  /** Whether other machines reach it. */
  readonly isOpen: boolean
  readonly at: Place
}

export interface Mount {
  /** A volume's name, or a path of the machine; `undefined` where the volume has no name. */
  readonly source: string | undefined
  readonly target: string
  readonly type: 'volume' | 'bind' | 'tmpfs' | 'config'
  readonly at: Place
}

export async function serviceOf(name: string, placed: Placed, { read }: ImportInput): Promise<ComposeService> {
  const { node, folder } = placed
  const image = textOf(under(node, 'image'))
  const words = ['entrypoint', 'command'].flatMap(key => wordsOf(under(node, key)))
  return {
    name,
    at: node.at,
    node,
    folder,
    image: image === '' ? undefined : image,
    isBuilt: under(node, 'build') !== undefined,
    aliases: aliasesOf(node),
    env: lastOfEach([...(await envFiles(placed, read)), ...environment(placed)]),
    command: words,
    commandAt: (under(node, 'command') ?? under(node, 'entrypoint'))?.at,
    dependsOn: dependencies(node),
    ports: itemsOf(under(node, 'ports')).flatMap(portOf),
    mounts: mountsOf(node),
    profiles: textsOf(under(node, 'profiles')),
    restart:
      textOf(under(node, 'restart')) ?? textOf(under(under(under(node, 'deploy'), 'restart_policy'), 'condition')),
    networkOf: /^(?:service|container):(.+)$/.exec(textOf(under(node, 'network_mode')) ?? '')?.[1],
  }
}

/** What is set last holds, in the place of the first. */
const lastOfEach = (settings: readonly EnvSetting[]): EnvSetting[] => [
  ...new Map(settings.map(one => [one.key, one])).values(),
]

function aliasesOf(node: Node): string[] {
  const networks = entriesOf(under(node, 'networks')).flatMap(([, network]) => textsOf(under(network, 'aliases')))
  const own = ['container_name', 'hostname'].flatMap(key => textOf(under(node, key)) ?? [])
  return [...new Set([...own, ...networks])].filter(alias => alias !== '')
}

function environment({ node, get }: Placed): EnvSetting[] {
  return entriesOf(under(node, 'environment')).flatMap(([key, value]) => {
    // A key alone takes what the variable of its name has.
    const text = textOf(value) ?? (value.is === 'scalar' ? get(key) : undefined)
    return text === undefined ? [] : [{ key, value: text, at: value.at, isShared: value.isShared }]
  })
}

async function envFiles({ node, folder, get }: Placed, read: ImportInput['read']): Promise<EnvSetting[]> {
  const value = under(node, 'env_file')
  const found: EnvSetting[] = []
  for (const item of value?.is === 'list' ? value.items : value ? [value] : []) {
    const path = textOf(item) ?? textOf(under(item, 'path'))
    const file: ImportFile | undefined = path === undefined ? undefined : await read(joined(folder, path))
    if (!file) continue
    const isRaw = textOf(under(item, 'format')) === 'raw'
    for (const { key, value: text, line } of envLines(file.text, get, isRaw))
      found.push({ key, value: text, at: { file: file.name, line }, isShared: true })
  }
  return found
}

function dependencies(node: Node): Dependency[] {
  const declared = entriesOf(under(node, 'depends_on')).map(([name, how]): Dependency => ({
    name,
    signal: 'depends_on',
    condition: textOf(under(how, 'condition')) ?? 'service_started',
    isOptional: textOf(under(how, 'required')) === 'false',
    isShared: how.isShared,
    at: how.at,
  }))
  const others = ['links', 'volumes_from'].flatMap(signal =>
    textsOf(under(node, signal)).map((text): Dependency => {
      const [name = '', alias] = text.split(':')
      const at = under(node, signal)!.at
      return {
        name,
        ...(signal === 'links' && alias ? { alias } : {}),
        signal,
        condition: 'service_started',
        isOptional: false,
        isShared: false,
        at,
      }
    }),
  )
  return [...declared, ...others.filter(({ signal }) => signal === 'links')]
}

/** `80`, `8080:80`, `127.0.0.1:8080:80/tcp`, `[::1]:8080:80`, and the long form. */
function portOf(item: Node): Port[] {
  const text = textOf(item)
  if (text === undefined) {
    const target = textOf(under(item, 'target'))
    const host = textOf(under(item, 'host_ip'))
    if (target === undefined) return []
    return [{ published: textOf(under(item, 'published')), target, isOpen: !isLocal(host), at: item.at }]
  }
  const [, host, published, target] =
    /^(?:(\[[^\]]*\]|[^:]*):(?=[^:]*:))?(?:([^:]*):)?([^:]+)$/.exec(text.replace(/\/\w+$/, '')) ?? []
  if (target === undefined) return []
  return [{ published: published || undefined, target, isOpen: !isLocal(host), at: item.at }]
}

const isLocal = (host: string | undefined) => host !== undefined && /^(?:127\.|\[?::1\]?$|localhost$)/.test(host)

function mountsOf(node: Node): Mount[] {
  const volumes = itemsOf(under(node, 'volumes')).flatMap((item): Mount[] => {
    const parts = volumeParts(textOf(item))
    if (parts) {
      const isPath = parts.source !== undefined && /^(?:[./~\\]|[A-Za-z]:[\\/])/.test(parts.source)
      return [
        { source: parts.source || undefined, target: parts.target, type: isPath ? 'bind' : 'volume', at: item.at },
      ]
    }
    const [target, source, type] = ['target', 'source', 'type'].map(key => textOf(under(item, key)))
    if (target === undefined) return []
    return [{ source, target, type: type === 'bind' ? 'bind' : type === 'tmpfs' ? 'tmpfs' : 'volume', at: item.at }]
  })
  const tmpfs = (under(node, 'tmpfs') ? [under(node, 'tmpfs')!] : []).flatMap(value =>
    textsOf(value).map((text): Mount => ({
      source: undefined,
      target: text.split(':')[0]!,
      type: 'tmpfs',
      at: value.at,
    })),
  )
  const configs = itemsOf(under(node, 'configs')).flatMap((item): Mount[] => {
    const source = textOf(item) ?? textOf(under(item, 'source'))
    if (source === undefined) return []
    return [{ source, target: textOf(under(item, 'target')) ?? `/${source}`, type: 'config', at: item.at }]
  })
  return [...volumes, ...tmpfs, ...configs]
}
