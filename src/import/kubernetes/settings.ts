import type { Address, Setting } from '../hosts.ts'
import { at, entries, items, sourceOf, textOf, type Spot } from '../spot.ts'
import { push } from '../order.ts'
import { isSettingsFile, routesIn } from '../routes.ts'
import type { Confidence, Source } from '../system.ts'
import type { Network } from './network.ts'
import type { KubeObject } from './objects.ts'
import { sameNamespace, type Workload } from './workload.ts'

/** A setting of a workload that may hold an address. */
export interface FoundSetting extends Setting {
  readonly source: Source
  /** Whether it was given to this workload as its own setting: only then is a name that resolves to nothing a fault. */
  readonly isOwn: boolean
  /** What a file of settings says of the address; absent where the value is still to be read. */
  readonly route?: { readonly address: Address; readonly timeout?: string; readonly connections?: number }
}

/** ConfigMaps by name, with the workloads that take all of one. */
export class ConfigMaps {
  readonly #maps = new Map<string, KubeObject[]>()
  readonly #readers = new Map<KubeObject, Workload[]>()

  constructor(objects: readonly KubeObject[], workloads: readonly Workload[]) {
    for (const object of objects) {
      if (object.kind !== 'ConfigMap' || object.group !== '') continue
      const list = this.#maps.get(object.name)
      if (list) list.push(object)
      else this.#maps.set(object.name, [object])
    }
    for (const workload of workloads)
      for (const map of new Set([...wholeMaps(workload, this), ...mountedMaps(workload, this).map(({ map }) => map)]))
        push(this.#readers, map, workload)
  }

  find(name: string | undefined, namespace: string | undefined): KubeObject | undefined {
    const all = (this.#maps.get(name ?? '') ?? []).filter(one => sameNamespace(one.namespace, namespace))
    return all.find(one => one.namespace === namespace) ?? all[0]
  }

  /** What many workloads take as a whole holds settings that not each of them uses, unless all of them are one program. */
  confidence(map: KubeObject): Confidence {
    const readers = this.#readers.get(map) ?? []
    const images = new Set(readers.map(({ containers }) => textOf(at(containers[0]!, 'image')) ?? ''))
    return readers.length > mostReaders && images.size > 1 ? 'guessed' : 'derived'
  }
}

const mostReaders = 2

const containersOf = ({ containers, initContainers }: Workload) => [...containers, ...initContainers.filter(isSidecar)]

/** An init container that is restarted runs beside the others. */
const isSidecar = (container: Spot): boolean => textOf(at(container, 'restartPolicy')) === 'Always'

function wholeMaps(workload: Workload, maps: ConfigMaps): KubeObject[] {
  return containersOf(workload).flatMap(container =>
    items(at(container, 'envFrom')).flatMap(
      from => maps.find(textOf(at(from, 'configMapRef', 'name')), workload.namespace) ?? [],
    ),
  )
}

/** Everything by which a workload learns of others: environment, arguments, files that are mounted. */
export function settingsOf(workload: Workload, maps: ConfigMaps, network: Network): FoundSetting[] {
  return [
    ...containersOf(workload).flatMap(container => [
      ...environment(container, workload, maps, network),
      ...commandSettings(container, 'derived'),
    ]),
    ...workload.initContainers
      .filter(one => !isSidecar(one))
      .flatMap(container => commandSettings(container, 'guessed')),
    ...mountedSettings(workload, maps),
  ]
}

function environment(container: Spot, workload: Workload, maps: ConfigMaps, network: Network): FoundSetting[] {
  const known = new Map<string, string>()
  const found: FoundSetting[] = []
  const add = (key: string, raw: string, spot: Spot, signal: string, confidence: Confidence, isOwn = true) => {
    const value = expand(raw, name => known.get(name) ?? network.injected(name, workload.namespace))
    known.set(key, value)
    const source = sourceOf(spot, signal, confidence)
    found.push({ key, value, source, isOwn }, ...properties(value).map(one => ({ ...one, source, isOwn })))
  }
  for (const from of items(at(container, 'envFrom'))) {
    const map = maps.find(textOf(at(from, 'configMapRef', 'name')), workload.namespace)
    if (!map) continue
    const prefix = textOf(at(from, 'prefix')) ?? ''
    const confidence = maps.confidence(map)
    for (const [key, spot] of dataOf(map))
      add(prefix + key, textOf(spot) ?? '', spot, `ConfigMap ${map.name} ${key}`, confidence, confidence === 'derived')
  }
  for (const variable of items(at(container, 'env'))) {
    const name = textOf(at(variable, 'name'))
    if (name === undefined) continue
    const value = at(variable, 'value')
    const text = textOf(value)
    if (text !== undefined) {
      add(name, text, value, `env ${name}`, 'derived')
      continue
    }
    const ref = at(variable, 'valueFrom', 'configMapKeyRef')
    const map = maps.find(textOf(at(ref, 'name')), workload.namespace)
    const spot = map && dataOf(map).find(([key]) => key === textOf(at(ref, 'key')))?.[1]
    if (spot) add(name, textOf(spot) ?? '', spot, `env ${name} from ConfigMap ${map.name}`, 'derived')
  }
  return found
}

const dataOf = (map: KubeObject): [string, Spot][] => entries(at({ value: map.value, path: [], object: map }, 'data'))

/** `$(NAME)` as Kubernetes expands it; `$$` stands for a dollar. */
function expand(text: string, valueOf: (name: string) => string | undefined): string {
  return text.replace(/\$\$|\$\(([\w.-]+)\)/g, (whole, name: string | undefined) =>
    name === undefined ? '$' : (valueOf(name) ?? whole),
  )
}

/** `-Dspring.redis.host=redis` among the options of a virtual machine. */
function properties(value: string): Setting[] {
  if (!value.includes('-D')) return []
  return [...value.slice(0, 16_384).matchAll(/(?:^|\s)-D([\w.-]{1,200})=(\S{1,2000})/g)].map(
    ([, key = '', text = '']) => ({
      key,
      value: text,
    }),
  )
}

/** `--redis-addr=redis:6379`, `--redis-addr redis:6379`, `-redis.host=redis`, and URLs by themselves. */
function commandSettings(container: Spot, confidence: Confidence): FoundSetting[] {
  const signal = confidence === 'guessed' ? 'initContainer' : 'args'
  return ['command', 'args'].flatMap(part => {
    const words = items(at(container, part)).flatMap(spot => {
      const text = textOf(spot) ?? ''
      // A script is one argument with many words.
      return text
        .slice(0, 16_384)
        .split(/\s+/)
        .map(word => ({ word, spot }))
    })
    return words.flatMap(({ word, spot }, i) => {
      const source = sourceOf(spot, signal, confidence)
      const isOwn = confidence === 'derived' && part === 'args'
      const [, flag, value] = /^-{0,2}([A-Za-z][\w.-]{0,200})=(.+)$/.exec(word) ?? []
      if (flag !== undefined && value !== undefined) return [{ key: flag, value, source, isOwn }]
      const before = /^--?([A-Za-z][\w.-]{0,200})$/.exec(words[i - 1]?.word ?? '')?.[1]
      if (before !== undefined && !word.startsWith('-')) return [{ key: before, value: word, source, isOwn }]
      if (/^[a-z][a-z0-9+.-]*:\/\//i.test(word)) return [{ key: 'url', value: word, source, isOwn: false }]
      return waitsFor(words.slice(Math.max(0, i - 4), i + 1).map(one => one.word)).map(value => ({
        key: 'host',
        value,
        source,
        isOwn: false,
      }))
    })
  })
}

/** `nc -z rabbitmq 5672`, as containers do that wait for others. */
function waitsFor(words: readonly string[]): string[] {
  const text = words.join(' ')
  const [, host, port] = /\b(?:nc|ncat|netcat)(?: -\w+)* ([a-z][\w.-]{0,250}) (\d{2,5});?$/.exec(text) ?? []
  return host === undefined ? [] : [`${host}:${port!}`]
}

function mountedMaps(workload: Workload, maps: ConfigMaps): { map: KubeObject; keys: readonly string[] }[] {
  const mounted = new Set(
    containersOf(workload).flatMap(container =>
      items(at(container, 'volumeMounts')).map(one => textOf(at(one, 'name'))),
    ),
  )
  return items(at(workload.pod, 'volumes')).flatMap(volume => {
    if (!mounted.has(textOf(at(volume, 'name')))) return []
    const projected = items(at(volume, 'projected', 'sources')).map(one => at(one, 'configMap'))
    return [at(volume, 'configMap'), ...projected].flatMap(ref => {
      const map = maps.find(textOf(at(ref, 'name')), workload.namespace)
      const keys = items(at(ref, 'items')).flatMap(one => textOf(at(one, 'key')) ?? [])
      return map ? [{ map, keys }] : []
    })
  })
}

function mountedSettings(workload: Workload, maps: ConfigMaps): FoundSetting[] {
  return mountedMaps(workload, maps).flatMap(({ map, keys }) =>
    dataOf(map)
      .filter(([key]) => keys.length === 0 || keys.includes(key))
      .flatMap(([key, spot]) => {
        const text = textOf(spot) ?? ''
        const source = sourceOf(spot, `ConfigMap ${map.name} ${key}`, maps.confidence(map))
        // The text of a block begins in the line below its key.
        const lineOf = (line: number) => source.line + (text.includes('\n') ? line : 0)
        return (isSettingsFile(key) ? routesIn(key, text) : []).map(route => ({
          key: route.key,
          value: '',
          route,
          isOwn: false,
          source: { ...source, line: lineOf(route.line) },
        }))
      }),
  )
}
