import type { Part } from '../parts.ts'
import type { Confidence, ImportedFact } from '../system.ts'
import { textOf, under, type Node, type Place } from './node.ts'
import type { ComposeService } from './service.ts'

/** What a Compose file says of one service, as facts of the manifest. What it does not say stays unstated. */

const fact = (
  path: ImportedFact['path'],
  value: unknown,
  signal: string,
  { file, line }: Pick<Place, 'file' | 'line'>,
  confidence: Confidence = 'stated',
): ImportedFact => ({ path, value, source: { file, line, signal, confidence } })

/** @param isOneOfSeveral whether it is a node of a cluster whose members stand as services of their own (`kafka-1`, `kafka-2`) */
export function factsOf(service: ComposeService, part: Part, isOneOfSeveral: boolean): ImportedFact[] {
  const own = [...engineFact(service, part), ...(isOneOfSeveral ? [] : replicaFacts(service))]
  if (part.kind === 'store' || part.kind === 'queue' || part.kind === 'cache')
    return [
      ...own,
      ...(part.kind === 'queue' ? brokerFacts(service) : persistenceFacts(service, part)),
      ...criticalityFact(service),
    ]
  return [...own, ...healthFacts(service), ...resourceFacts(service), ...criticalityFact(service)]
}

function engineFact(service: ComposeService, { engine, signal, confidence }: Part): ImportedFact[] {
  if (engine === undefined) return []
  return [fact(['engine'], engine, signal, under(service.node, 'image')?.at ?? service.at, confidence)]
}

/** One container where nothing else is said: `docker compose up` starts no more. */
function replicaFacts({ node, at }: ComposeService): ImportedFact[] {
  const deploy = under(node, 'deploy')
  // One on each machine of a Swarm: how many machines is not known here.
  if (textOf(under(deploy, 'mode')) === 'global') return []
  const stated = under(deploy, 'replicas') ?? under(node, 'scale')
  const count = Number(textOf(stated) ?? Number.NaN)
  if (stated && Number.isInteger(count) && count >= 0 && count <= 1e9)
    return [fact(['replicas'], count, 'replicas', stated.at)]
  return [fact(['replicas'], 1, 'no replicas, so one container', at, 'derived')]
}

/** Where a mount holds the data of an engine: on its folder, above it or below it. */
export function dataMounts({ mounts }: ComposeService, { data }: Part) {
  const isWithin = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`)
  return mounts.filter(
    ({ target, type, source }) =>
      (type === 'volume' ||
        (type === 'bind' && !/\.(?:sql|sh|js|conf|cnf|ya?ml|json|ini|toml|acl)$/i.test(source ?? ''))) &&
      data.some(folder => isWithin(target.replace(/\/$/, ''), folder) || isWithin(folder, target.replace(/\/$/, ''))),
  )
}

/**
 * Whether the data of an engine goes with its container. `undefined` where that cannot be told: the folder is moved by a setting,
 * or an image of one's own may keep it anywhere.
 */
export function losesData(service: ComposeService, part: Part): boolean | undefined {
  if (part.data.length === 0) return undefined
  if (dataMounts(service, part).length > 0) return false
  const isMoved =
    service.env.some(({ key }) =>
      /^(?:PGDATA|.*_DATA_DIR(?:ECTORY)?|.*_LOG_DIRS?|MINIO_VOLUMES|.*DATADIR)$/.test(key),
    ) || service.command.some(word => /^--?(?:datadir|dbpath|data-dir|dir)\b/.test(word))
  const hasOtherVolume = service.mounts.some(
    ({ type, source }) => type === 'volume' || (type === 'bind' && /data/i.test(source ?? '')),
  )
  return isMoved && hasOtherVolume ? undefined : !hasOtherVolume ? true : undefined
}

function persistenceFacts(service: ComposeService, part: Part): ImportedFact[] {
  const at = service.commandAt ?? service.at
  const words = service.command.join(' ')
  const isRedis = /^(?:redis|valkey|dragonfly)/.test(part.engine ?? '')
  const policy = /--maxmemory-policy[ =](\S+)/.exec(words)?.[1]
  const eviction = policy === undefined ? [] : [fact(['eviction'], policy, 'maxmemory-policy', at)]
  const lost = losesData(service, part)
  if (lost === true && part.kind === 'store')
    return [...eviction, fact(['persistence'], 'none', 'no volume for the data', service.at, 'derived')]
  if (!isRedis) return []
  if (/--appendonly[ =]"?yes/.test(words)) return [...eviction, fact(['persistence'], 'appendOnly', 'appendonly', at)]
  if (/--save(?:[ =]"")?(?: --|$)|--save[ =]''/.test(words))
    return [...eviction, fact(['persistence'], 'none', 'save', at)]
  return eviction
}

/** Settings of Kafka that its image takes from the environment. */
function brokerFacts({ env }: ComposeService): ImportedFact[] {
  return env.flatMap(({ key, value, at }) => {
    const number = /^\d{1,6}$/.test(value) ? Number(value) : undefined
    const name = key.replace(/^KAFKA_(?:CFG_)?/, '')
    if (name === key || number === undefined) return []
    const signal = `env ${key}`
    if (name === 'NUM_PARTITIONS' && number > 0) return [fact(['partitions'], number, signal, at)]
    if (name === 'DEFAULT_REPLICATION_FACTOR' && number > 0) return [fact(['replicationFactor'], number, signal, at)]
    if (name === 'MIN_INSYNC_REPLICAS' && number > 0) return [fact(['minInsync'], number, signal, at)]
    if (name === 'LOG_RETENTION_HOURS' && number > 0) return [fact(['retention'], `${number}h`, signal, at)]
    return []
  })
}

/** Compose's durations (`1m30s`, `1.5s`, `500ms`, `20us`) as the manifest writes them; `undefined` for none and for zero. */
function duration(node: Node | undefined): string | undefined {
  const text = textOf(node)
  if (text === undefined || !/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text)) return undefined
  return /[1-9]/.test(text) ? text : undefined
}

/**
 * A health check tells the others when to start; Compose neither restarts by it nor takes the container out of the way. It is
 * stated as readiness. Without one the image may still have its own, so nothing is stated.
 */
function healthFacts({ node }: ComposeService): ImportedFact[] {
  const check = under(node, 'healthcheck')
  if (!check || check.is !== 'map' || isDisabled(check)) return []
  const failures = Number(textOf(under(check, 'retries')) ?? Number.NaN)
  const facts = {
    interval: duration(under(check, 'interval')),
    timeout: duration(under(check, 'timeout')),
    failures: Number.isInteger(failures) && failures > 0 && failures < 1e9 ? failures : undefined,
    initialDelay: duration(under(check, 'start_period')),
  }
  const stated = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
  return [fact(['health', 'readiness'], stated, 'healthcheck', check.at, 'derived')]
}

export function isDisabled(check: Node): boolean {
  const test = under(check, 'test')
  return (
    textOf(under(check, 'disable')) === 'true' ||
    (test?.is === 'list' ? textOf(test.items[0]) === 'NONE' : textOf(test) === 'NONE')
  )
}

export const hasHealthCheck = ({ node }: ComposeService): boolean => {
  const check = under(node, 'healthcheck')
  return check !== undefined && check.is === 'map' && !isDisabled(check)
}

function resourceFacts({ node }: ComposeService): ImportedFact[] {
  const resources = under(under(node, 'deploy'), 'resources')
  const cores = (value: Node | undefined) => {
    const number = Number(textOf(value) ?? Number.NaN)
    return number > 0 && number <= 1e6 ? number : undefined
  }
  const limit = under(under(resources, 'limits'), 'cpus') ?? under(node, 'cpus')
  const request = under(under(resources, 'reservations'), 'cpus')
  const grace = under(node, 'stop_grace_period')
  return [
    ...(cores(request) ? [fact(['cpu', 'request'], cores(request), 'resources.reservations', request!.at)] : []),
    ...(cores(limit) ? [fact(['cpu', 'limit'], cores(limit), 'resources.limits', limit!.at)] : []),
    ...(duration(grace) ? [fact(['terminationGrace'], duration(grace), 'stop_grace_period', grace!.at)] : []),
  ]
}

/** Most memory of one container, in bytes. */
export function memoryLimit({ node }: ComposeService): { bytes: number; at: Place; text: string } | undefined {
  const limit = under(under(under(under(node, 'deploy'), 'resources'), 'limits'), 'memory') ?? under(node, 'mem_limit')
  const text = textOf(limit)
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s?([kmgb]?)(?:i?b)?$/i.exec(text ?? '') ?? []
  if (!limit || text === undefined || amount === undefined) return undefined
  const factor = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }[unit.toLowerCase()] ?? 1
  return { bytes: Number(amount) * factor, at: limit.at, text }
}

const levels: Readonly<Record<string, string>> = {
  critical: 'critical',
  high: 'high',
  medium: 'normal',
  normal: 'normal',
  low: 'best-effort',
}

/** OpenTelemetry's resource attribute `service.criticality`. */
export function criticalityFact({ env }: ComposeService): ImportedFact[] {
  for (const { key, value, at } of env) {
    const [, level = ''] =
      key === 'OTEL_RESOURCE_ATTRIBUTES' ? (/(?:^|,)service\.criticality=(\w+)/.exec(value) ?? []) : []
    const known = levels[level]
    if (known !== undefined) return [fact(['criticality'], known, `env ${key}`, at)]
  }
  return []
}
