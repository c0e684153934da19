/** How a value of a setting becomes addresses: URLs, connection strings, lists of hosts. Whole host names only. */

export interface Address {
  /** In lower case, without a dot at the end: `orders`, `orders.shop.svc.cluster.local`. */
  readonly host: string
  readonly port?: number
  /** Of a URL, in lower case: `amqp`. */
  readonly scheme?: string
  /** Only asks whether the other side is up, as the URLs of a health dashboard do: no dependency. */
  readonly isHealthCheck: boolean
  /** `true` where the value is an address whatever it names: a URL, or a host with a port. */
  readonly isCertain: boolean
}

/** A setting: an environment variable, a flag of a command, a key of a file. */
export interface Setting {
  readonly key: string
  readonly value: string
}

/** Longer values are keys, certificates and files: no parser of addresses is asked about more than their beginning. */
const longest = 16_384

/** Settings whose value is no address to call, whatever it looks like. */
const neverCalled =
  /(?:^|[_.-])(?:no_?proxy|allowed_?hosts?|cors\w*|(?:allowed_?)?origins?|trusted\w*|virtual_?hosts?|letsencrypt\w*|listen(?:er|ers)?|advertised\w*|bind(?:_?addr(?:ess)?)?|redirect\w*|call_?back\w*|self_?(?:url|addr)|aspnetcore_urls|jwks?|issuer|audience|java_opts|java_tool_options|_java_options)(?:$|[_.-])|(?:redirect|callback|origin|issuer|selfurl)(?:uri|url|s)?$/i

const namesImage = /(?:^|[_.-])(?:images?|tag|version)(?:[_.-](?:name|tag|version|repo|repository|registry|url))?$/i

/** Settings whose value is a name: it may be that of a component by chance. */
const isName = (key: string) =>
  namesSomething.test(key) ||
  /[a-z](?:Name|User|Username|UserName|Password|Secret|Database|Schema|Queue|Topic|Key|Token|Type|Mode|Path)$/.test(key)
const namesSomething =
  /(?:^|[_.-])(?:name|user|username|user_?name|pass|passwd|password|secret|db|database|schema|keyspace|bucket|queue|topic|exchange|vhost|collection|table|index|group|group_?id|client_?id|key|token|role|env|environment|profiles?(?:_active)?|level|mode|type|driver|dialect|provider|engine|domain|realm|zone|region|app|tags?|labels?|namespace|project|path|prefix|dir|file)$/i

/** Settings whose value is a host when it is one word. */
const namesHost =
  /(?:hosts?|host_?names?|addr|address|addresses|ur[li]s?|endpoints?|servers?|connection|connection_?strings?|brokers?|bootstrap|nodes?|upstreams?|backends?|targets?|peers?|masters?|primary|replicas?|contact_?points?|seeds?|dsn|services?|svc|proxy|gateway|redis|rabbit(?:mq)?|kafka|mongo(?:db)?|postgres|mysql|memcached|elasticsearch|amqp)$/i

const asksForHealth = /HC$|(?:^|[_.-])(?:hc|health\w*|liveness|readiness|probe)(?:$|[_.-])|health_?checks?/i

/** Addresses that lead nowhere in particular: the container itself, any interface, the machine below. */
const nowhere =
  /^(?:localhost|localhost\.localdomain|0\.0\.0\.0|127\.\d+\.\d+\.\d+|::1?|host\.docker\.internal|gateway\.docker\.internal|docker\.for\..*|host-gateway|kubernetes(?:\.default.*)?)$/

const hostPattern = /^[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?\.?$/i

/** What a setting addresses, in the order of the text. Never throws; text that is no address gives none. */
export function addressesIn({ key, value }: Setting): Address[] {
  if (neverCalled.test(key) || namesImage.test(key)) return []
  const text = unquoted(value.slice(0, longest).trim())
  const isHealthCheck = asksForHealth.test(key)
  const found = text.includes('://')
    ? text.split(/,(?=[a-z][\w+.-]{0,30}:\/\/)/i).flatMap(urlsIn)
    : [...withoutScheme(text), ...(isName(key) || !namesHost.test(key) ? [] : bareHosts(text))]
  return found
    .map(one => ({ ...one, isHealthCheck: isHealthCheck || one.isHealthCheck }))
    .filter(({ host }, i, all) => !nowhere.test(host) && all.findIndex(one => one.host === host) === i)
}

/** What a browser is given: the machine in it is the one that the containers run on. */
const forBrowsers = /^(?:REACT_APP|VITE|NEXT_PUBLIC|NUXT_PUBLIC|PUBLIC|VUE_APP|EXPO_PUBLIC|GATSBY|NG_APP)_/

/** Lists of those who may come back here, and addresses for people: nothing that is called. */
const namesCallers = /client|callback|redirect|logout|origin/i

/**
 * Ports of the machine that a setting addresses, which another container may have published: `http://host.docker.internal:5105`
 * anywhere, and `http://localhost:8000` in what a browser is given. The address of a certain page is none.
 */
export function machinePortsIn({ key, value }: Setting): number[] {
  if (neverCalled.test(key) || namesCallers.test(key) || asksForHealth.test(key)) return []
  const hosts = forBrowsers.test(key)
    ? 'localhost|127\\.0\\.0\\.1|host\\.docker\\.internal'
    : '(?:host|gateway)\\.docker\\.internal|docker\\.for\\.(?:mac|win|linux)\\.localhost'
  const pattern = new RegExp(`^(?:(?:https?|wss?)://)?(?:${hosts}):(\\d{2,5})(?:/?|/(?:api|graphql|v\\d+)/?)$`, 'i')
  const [, port] = pattern.exec(unquoted(value.trim())) ?? []
  return port === undefined ? [] : [Number(port)]
}

const unquoted = (text: string) => (/^(["']).*\1$/s.test(text) ? text.slice(1, -1).trim() : text)

function urlsIn(text: string): Address[] {
  return [
    ...text.matchAll(/([a-z][a-z0-9+.-]{0,30}):\/\/([^\s/?#"'`<>;|\\)]{1,2000})([^\s"'`<>;|?#]{0,500})/gi),
  ].flatMap(([, scheme = '', authority = '', path = '']) => {
    // A password with a slash in it hides where the host begins.
    if (/^(?:file|unix|npipe|data)$/i.test(scheme) || /@[\w.-]+(?::\d+)?(?:\/|$)/.test(path)) return []
    const hosts = authority.slice(authority.lastIndexOf('@') + 1).split(',')
    const isHealthCheck = /\/(?:hc|health\w*|ready\w*|live|livez|liveness|readiness)\/?$/i.test(path)
    return hosts.flatMap(host => hostAndPort(host, { scheme: scheme.toLowerCase(), isHealthCheck, isCertain: true }))
  })
}

type Rest = Pick<Address, 'isHealthCheck' | 'isCertain'> & { readonly scheme?: string }
const certain: Rest = { isHealthCheck: false, isCertain: true }

/** `orders`, `orders:8080`; `orders:` where the port is a variable that is not set. */
function hostAndPort(text: string, rest: Rest): Address[] {
  const [, host = '', digits] = /^([^:\s]+)(?::(\d{0,5}))?$/.exec(text.trim()) ?? []
  if (!hostPattern.test(host)) return []
  const port = digits === undefined || digits === '' ? undefined : Number(digits)
  return [{ host: host.toLowerCase().replace(/\.$/, ''), ...(port === undefined ? {} : { port }), ...rest }]
}

function withoutScheme(text: string): Address[] {
  const found: Address[] = []
  // Go: user:password@tcp(db:3306)/shop
  for (const [, inner = ''] of text.matchAll(/\b(?:tcp|tcp4|tcp6)\(([^)]{1,300})\)/g))
    found.push(...hostAndPort(inner, certain))
  // .NET, ODBC, libpq: Server=tcp:db,1433;Database=shop   host=db port=5432
  const connection =
    /(?:^|[;\s,])(?:server|data source|datasource|address|addr|host|hostname|network address|bootstrap\.servers)\s?=\s?"?([^;"\s]{1,500})/gi
  for (const [, inner = ''] of text.matchAll(connection)) {
    const hosts = inner.replace(/^(?:tcp|np|lpc|admin):/i, '').replace(/\\.*$/, '')
    found.push(...hosts.split(',').flatMap(host => (/^\d+$/.test(host) ? [] : hostAndPort(host, certain))))
  }
  // Oracle: jdbc:oracle:thin:@db:1521:shop
  const [, oracle] = /^jdbc:oracle:thin:[^@]{0,200}@(?:\/\/)?([\w.-]{1,253}:\d{1,5})/i.exec(text) ?? []
  if (oracle !== undefined) found.push(...hostAndPort(oracle, certain))
  // Lists: kafka-1:9092,kafka-2:9092   redis:6379,abortConnect=false   user:password@rabbitmq:5672/shop
  for (const token of text.split(/[\s,;]+/)) {
    const [, authority = ''] = /^(?:[^\s@/]{1,500}@)?([\w.-]{1,253}:\d{2,5})(?:\/\S*)?$/.exec(token) ?? []
    const [address] = hostAndPort(authority, certain)
    // `redis:7` is an image, `12:30` a time.
    if (address && address.port! > 20 && address.port! < 65_536 && /[a-z]/.test(address.host)) found.push(address)
  }
  return found
}

/** Words that may be hosts, by the name of the setting: `orders`, `redis-1,redis-2`. */
function bareHosts(text: string): Address[] {
  const tokens = text.split(/\s*,\s*/)
  if (tokens.length > 20) return []
  return tokens.flatMap(token =>
    /^[a-z_][\w.-]*$/i.test(token) ? hostAndPort(token, { isHealthCheck: false, isCertain: false }) : [],
  )
}

export interface Named {
  readonly name: string
  readonly aliases: readonly string[]
}

/**
 * Finds components by host. Knows names and aliases as they are, the DNS names of Kubernetes Services (`orders.shop.svc`), pods of
 * a StatefulSet (`kafka-0.kafka-headless`) and Swarm's `tasks.orders`. A name wins over an alias; an alias that two components
 * have names neither.
 */
export function resolverOf(components: readonly Named[]): (host: string) => string | undefined {
  const byName = new Map(components.map(({ name }) => [name.toLowerCase(), name]))
  const byAlias = new Map<string, string | undefined>()
  for (const { name, aliases } of components) {
    for (const alias of new Set(aliases.map(one => one.toLowerCase())))
      byAlias.set(alias, byAlias.has(alias) && byAlias.get(alias) !== name ? undefined : name)
  }
  const find = (host: string) => byName.get(host) ?? byAlias.get(host)
  return host => {
    const plain = host
      .toLowerCase()
      .replace(/\.$/, '')
      .replace(/^tasks\./, '')
    const local = plain.replace(/\.svc(?:\.cluster\.local)?$/, '')
    const pod = /^[\w-]+-\d+\.(.+)$/.exec(local)?.[1]
    const found = find(plain) ?? find(local) ?? (pod === undefined ? undefined : find(pod))
    // With its namespace, where the readers of the files know no namespaces.
    if (found !== undefined || (local === plain && pod === undefined)) return found
    return find((pod ?? local).split('.')[0]!)
  }
}

const telemetry =
  /otel|otlp|opentelemetry|telemetry|tracing|(?:^|[_.-])(?:trace|traces|metrics|statsd|jaeger|zipkin|datadog|dd|sentry|newrelic|new_relic|apm|loki|tempo|prometheus|grafana|pyroscope|fluentd?|logstash|graylog|seq|kibana|collector|instana|honeycomb|signoz)(?:$|[_.-])|^(?:jaeger|zipkin|grafana|prometheus|loki|tempo|seq|kibana)/i

/**
 * Whether an address that resolves to nothing is worth a word: one that surely is an address, of one label as the names of
 * components are (`ai-service:5001`), and not one of telemetry, which runs elsewhere more often than not.
 */
export function isDangling({ host, isCertain, isHealthCheck }: Address, { key }: Setting): boolean {
  if (!isCertain || isHealthCheck || telemetry.test(key) || telemetry.test(host)) return false
  return /^[a-z_][\w-]*$/.test(host) || /\.svc(?:\.cluster\.local)?$/.test(host)
}

/** Whether a setting is about telemetry. */
export const isTelemetrySetting = (key: string): boolean => telemetry.test(key)

/**
 * The side of a broker that a service is on, by its name and by what its command and the keys of its settings say; `undefined`
 * where nothing tells, or both are said.
 */
export function sideOf(name: string, texts: readonly string[]): 'publish' | 'consume' | undefined {
  const words = (text: string) => text.replaceAll(/([a-z\d])([A-Z])/g, '$1-$2').toLowerCase()
  const all = [name, ...texts].map(words)
  const runs = texts.map(words).join(' ')
  const consumes =
    /(?:^|[-_.])workers?(?:$|[-_.])/.test(words(name)) ||
    /\b(?:celery\s.*\bworker|rq worker|sidekiq|queue:work|rake jobs:work)\b/.test(runs) ||
    all.some(text => /(?:^|[^a-z])(?:consumers?|consume|subscribers?)(?:$|[^a-z])|group[-_. ]id(?:$|[^a-z])/.test(text))
  const publishes = all.some(text => /(?:^|[^a-z])(?:producers?|publishers?)(?:$|[^a-z])/.test(text))
  if (consumes === publishes) return undefined
  return consumes ? 'consume' : 'publish'
}
