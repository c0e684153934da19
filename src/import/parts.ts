import { engineImages, flagImages, outsideImages, proxyImages, serverKeys, type EngineImage } from './images.ts'
import type { Confidence } from './system.ts'

/** What a container is to the system: a part of it, or something that watches, fills, shows or drives it. */
export interface Part {
  /** `outside`: no part of the system. `flags`: a service that others can do without. */
  readonly kind: 'service' | 'store' | 'queue' | 'cache' | 'flags' | 'outside'
  /** For stores, queues and caches: `postgres@16`, as the manifest writes it; `undefined` where only a name tells that it is one. */
  readonly engine?: string
  /** Folders of the container in which the engine keeps its data; empty where they are not known, or where it has none. */
  readonly data: readonly string[]
  /** For what is outside, in words: `a load generator`. */
  readonly what?: string
  /** Whether it passes requests on, as nginx does. */
  readonly isProxy: boolean
  /** What told: `image postgres:16`, `name orders-db`. */
  readonly signal: string
  readonly confidence: Confidence
}

export interface Container {
  /** The name of the service or workload. */
  readonly name: string
  /** As it is written, tag included, after variables were filled in. */
  readonly image?: string | undefined
  /** Keys of the environment. */
  readonly env?: readonly string[] | undefined
  /** The command and its arguments, as far as it is given. */
  readonly command?: readonly string[] | undefined
}

/** Tells what a container is: by its image, by keys that only a server understands, by its name. */
export function partOf({ name, image, env = [], command = [] }: Container): Part {
  const parsed = image === undefined ? undefined : parseImage(image)
  return (
    (parsed && byImage(parsed, name, command)) ??
    outsideByName(name, parsed) ??
    byServerKeys(name, env) ??
    byName(name, env, parsed) ?? {
      kind: 'service',
      data: [],
      isProxy: /(?:^|[-_.])(?:nginx|envoy|haproxy|traefik|caddy)(?:$|[-_.])/i.test(name),
      signal: image === undefined ? 'build' : `image ${image}`,
      confidence: 'derived',
    }
  )
}

interface Image {
  /** Without registry host, tag and digest: `mssql/server`. */
  readonly path: string
  /** The last part of the path. */
  readonly base: string
  readonly tag: string | undefined
  readonly text: string
}

/** `registry:5000/team/orders:1.2@sha256:...` in parts. */
export function parseImage(text: string): Image {
  const [named = ''] = text.trim().split('@')
  const [, path = named, tag] = /^(.*?)(?::([^/:]*))?$/.exec(named) ?? []
  const parts = path.toLowerCase().split('/')
  const isRegistry = parts.length > 1 && /[.:]|^localhost$/.test(parts[0]!)
  return { path: parts.slice(isRegistry ? 1 : 0).join('/'), base: parts.at(-1)!, tag: tag || undefined, text }
}

const isNamed = ({ path, base }: Image, names: readonly string[]): boolean =>
  names.some(name => (name.includes('/') ? path === name || path.endsWith(`/${name}`) : base === name))

const plainPart = { data: [], isProxy: false } as const

function byImage(image: Image, name: string, command: readonly string[]): Part | undefined {
  const signal = `image ${image.text}`
  const outside = outsideImages.find(({ images }) => isNamed(image, images))
  if (outside) return { ...plainPart, kind: 'outside', what: outside.what, signal, confidence: 'derived' }
  if (isNamed(image, flagImages)) return { ...plainPart, kind: 'flags', signal, confidence: 'derived' }
  if (isNamed(image, proxyImages))
    return { ...plainPart, kind: 'service', isProxy: true, signal, confidence: 'derived' }
  const found = engineImages.find(({ images }) => isNamed(image, images))
  if (!found) return undefined
  if (isClient(command))
    return {
      ...plainPart,
      kind: 'outside',
      what: `a client of ${found.engine} that sets it up`,
      signal: `command ${command[0]!}`,
      confidence: 'derived',
    }
  return engine(found, versionOf(found, image), name, signal, 'derived', command)
}

/** Tools that come in the image of a server: a container that runs one of them is no server. */
function isClient(command: readonly string[]): boolean {
  const text = command.slice(0, 4).join(' ')
  if (/(?:^|[\s/])(?:redis-server|mongod|postgres|mysqld|rabbitmq-server|kafka-server-start(?:\.sh)?)\b/.test(text))
    return false
  return /(?:^|[\s/])(?:redis-cli|valkey-cli|psql|pg_dump|mongosh|mongo|mongodump|mysql|mysqldump|mariadb|kafka-topics(?:\.sh)?|cub|rabbitmqadmin|mc|sqlcmd|cqlsh|etcdctl|nats)\s/.test(
    ` ${text} `,
  )
}

/** @param version behind the `@` of the engine */
function engine(
  { kind, engine: product, data }: EngineImage,
  version: string | undefined,
  name: string,
  signal: string,
  confidence: Confidence,
  command: readonly string[] = [],
): Part {
  const text = version === undefined ? product : `${product}@${version}`
  const isCopy = isInMemory(product) && (/cache/i.test(name) || /allkeys-/.test(command.join(' ')))
  return { kind: isCopy ? 'cache' : kind, engine: text, data, isProxy: false, signal, confidence }
}

const isInMemory = (product: string) => ['redis', 'valkey', 'dragonfly'].includes(product)

/** Distributions count versions of their own: `cp-kafka:7.6` is Kafka 3.6. */
function versionOf({ engine: product }: EngineImage, { base, tag = '' }: Image): string | undefined {
  if (product === 'postgres' && base !== 'postgres' && base !== 'postgresql')
    return /(?:^|[-.])pg(\d+)/.exec(tag)?.[1] ?? (base === 'postgis' ? leadingVersion(tag) : undefined)
  if (/^cp-|^confluent|documentdb|azure-sql-edge|^redis-stack|^spilo|^keydb/.test(base)) return undefined
  return leadingVersion(tag)
}

const leadingVersion = (tag: string) => /^v?(\d{1,4}(?:\.\d{1,4}){0,2})(?![\w.])/.exec(tag)?.[1]

const outsideNames: readonly (readonly [what: string, pattern: RegExp])[] = [
  [
    'a load generator',
    /(?:^|[-_.])(?:load-?gen(?:erator)?|load-?test(?:s|er|ing)?|loadtester|locust|k6|jmeter|gatling|traffic-?gen(?:erator)?|(?:user|customer|client|load|traffic)-?sim(?:ulator)?|virtual-(?:customer|worker|user|client)s?)(?:$|[-_.])/i,
  ],
  ['an exporter of metrics', /[-_.]exporter$/i],
  [
    'a collector or store of telemetry',
    /^(?:otel|opentelemetry|otlp)(?:$|[-_.](?:collector|agent|gateway))|(?:^|[-_.])(?:otel-?col(?:lector)?|prometheus|alertmanager|jaeger|zipkin|loki|promtail|tempo|fluentd|fluent-?bit|logstash|filebeat|metricbeat|statsd|telegraf|cadvisor)(?:$|[-_.](?:server|agent|collector|query|all-in-one))/i,
  ],
  [
    'a user interface for operators',
    /(?:^|[-_.])(?:grafana|kibana|pgadmin|adminer|phpmyadmin|portainer|mailhog|mailpit|redisinsight|kafdrop)\d*$|^(?:flagd|kafka|redis|mongo(?:db)?|postgres|mysql|rabbitmq|temporal|jaeger|elastic(?:search)?)[-_.](?:ui|admin|commander|express|dashboard|gui|console|webui|manager)$|(?:^|[-_.])hystrix-dashboard$/i,
  ],
  ['documentation', /[-_.]docs$/i],
  [
    'a task that runs once',
    /(?:^|[-_.])(?:init|setup|migrate|migrations?|migrator|seed|seeder|provisioner)$|^(?:init|setup|migrate|create)[-_.]/i,
  ],
]

/** Whether a name is one that what watches a system usually has. */
export const isKnownOutside = (name: string): boolean => outsideNames.some(([, pattern]) => pattern.test(name))

function outsideByName(name: string, image: Image | undefined): Part | undefined {
  for (const [what, pattern] of outsideNames) {
    if (pattern.test(name))
      return { ...plainPart, kind: 'outside', what, signal: `name ${name}`, confidence: 'derived' }
    if (image && pattern.test(image.base))
      return { ...plainPart, kind: 'outside', what, signal: `image ${image.text}`, confidence: 'derived' }
  }
  return undefined
}

function byServerKeys(name: string, env: readonly string[]): Part | undefined {
  for (const [product, pattern] of serverKeys) {
    const key = env.find(one => pattern.test(one))
    const known = engineImages.find(one => one.engine === product)
    if (key !== undefined && known) return engine(known, undefined, name, `env ${key}`, 'derived')
  }
  return undefined
}

/** `orders-db`, `redis-2`, `rs-mysql-db`, `kafka-primary`: the engine last, and nothing behind it but its place in a cluster. */
function byName(name: string, env: readonly string[], image: Image | undefined): Part | undefined {
  for (const text of [name, ...(image ? [image.base] : [])]) {
    const signal = text === name ? `name ${name}` : `image ${image!.text}`
    const bare = text
      .toLowerCase()
      .replace(
        /(?:[-_.]?(?:\d+|db|database|server|node|broker|cluster|primary|replica|master|slave|secondary|local))+$/,
        '',
      )
    const last = bare.split(/[-_.]/).at(-1) ?? ''
    const found = engineImages.find(({ engine: product, images }) => product === last || images.includes(last))
    if (found && !ambiguous.includes(last)) return engine(found, undefined, name, signal, 'guessed')
    if (/(?:^|[-_.])(?:db|database|datastore)\d*$/i.test(text)) {
      const product = clientKeys.find(([, keys]) => env.some(key => keys.test(key)))?.[0]
      const known = engineImages.find(one => one.engine === product)
      if (known) return engine(known, undefined, name, signal, 'guessed')
      return { ...plainPart, kind: 'store', signal, confidence: 'guessed' }
    }
  }
  return undefined
}

/** Names that are also plain words, or parts of other products. */
const ambiguous = ['data', 'percona', 'server', 'varnish', 'consul', 'chroma', 'oracle', 'artemis', 'hazelcast', 'solr']

/** Keys that clients set as well: they tell the engine only of what is a database by its name. */
const clientKeys: readonly (readonly [engine: string, keys: RegExp])[] = [
  ['postgres', /^POSTGRES(?:QL)?_/],
  ['mysql', /^MYSQL_/],
  ['mariadb', /^MARIADB_/],
  ['mongodb', /^MONGO/],
]
