import { addressesIn, type Address } from './hosts.ts'

/** An address in a file of settings, with its line. */
export interface Route {
  readonly address: Address
  /** What named it there: `proxy_pass`, a key. */
  readonly key: string
  readonly line: number
  /** How long the file says to wait for an answer, as the manifest writes it. */
  readonly timeout?: string
  /** Most connections to that address. */
  readonly connections?: number
}

/** Longer files are data and not settings. */
const longest = 200_000

/** Files that may hold settings; programs, pages and keys do not. */
export const isSettingsFile = (name: string): boolean =>
  /\.(?:conf|cnf|cfg|config|ini|toml|properties|ya?ml|json|template|tpl|env)$|(?:^|\/)Caddyfile$/i.test(name)

/**
 * The addresses in a file of settings: upstreams of nginx, Caddy, HAProxy, Apache and Envoy, and pairs of key and value in JSON,
 * YAML, properties and the like. Comments are left out, and so are the names of upstreams that the file itself defines.
 */
export function routesIn(name: string, text: string): Route[] {
  if (text.length > longest) return []
  const fromJson = /\.json$/i.test(name) ? jsonRoutes(text) : undefined
  if (fromJson) return fromJson
  const defined = new Set(
    [...text.matchAll(/^\s*(?:upstream|backend)\s+([\w.-]+)/gm)].map(([, one]) => one!.toLowerCase()),
  )
  const isEnvoy = /^\s*(?:-\s*)?["']?socket_?address["']?:/im.test(text)
  return text.split('\n').flatMap((raw, i) => {
    const line = raw.trim()
    if (line === '' || /^(?:#|\/\/|;|<!--)/.test(line) || line.length > 4000) return []
    return lineRoutes(line, isEnvoy)
      .filter(({ address, key }) => key === 'server' || !defined.has(address.host))
      .map(one => ({ ...one, line: i + 1 }))
  })
}

type Found = Pick<Route, 'address' | 'key'>

function lineRoutes(line: string, isEnvoy: boolean): Found[] {
  const found = (key: string, value: string): Found[] =>
    addressesIn({ key: 'upstream', value }).map(address => ({ address, key }))
  const [, pass, target] =
    /(?:^|[{;]\s*)(proxy_pass|fastcgi_pass|grpc_pass|uwsgi_pass|scgi_pass|memcached_pass|php_fastcgi)\s+([^\s;]+)/.exec(
      line,
    ) ?? []
  if (pass !== undefined && target !== undefined) return found(pass, target)
  const [, caddy] = /^reverse_proxy\s+(.*?)\{?$/.exec(line) ?? []
  if (caddy !== undefined)
    return caddy.split(/\s+/).flatMap(word => (/^[/@*]/.test(word) ? [] : found('reverse_proxy', word)))
  // nginx: server orders:80;   HAProxy: server one orders:80 check
  const [, server] = /(?:^|[{;]\s*)server\s+(?:[\w.-]+\s+)?([\w.-]+:\d+|[\w.-]+(?=\s*;))/.exec(line) ?? []
  if (server !== undefined) return found('server', server)
  const [, apache] = /^(?:ProxyPass(?:Match)?|BalancerMember)\s+(?:\S+\s+)??"?(\w+:\/\/[^\s"]+)/i.exec(line) ?? []
  if (apache !== undefined) return found('ProxyPass', apache)
  const [, variable, value] = /^set\s+\$(\w+)\s+"?([^";]+)/.exec(line) ?? []
  if (variable !== undefined && value !== undefined) return found(variable, value)
  if (isEnvoy) {
    const [, envoy] = /(?:^|[{,]\s*)["']?address["']?:\s*["']?([\w.-]+)["']?/.exec(line) ?? []
    return envoy === undefined ? [] : found('socket_address', envoy)
  }
  const [, key, rest] = /^(?:-\s+)?["']?([A-Za-z][\w.-]{0,200})["']?\s*[:=]\s*(\S.*)$/.exec(line) ?? []
  if (key === undefined || rest === undefined) return []
  const plain = rest
    .replace(/[,;]$/, '')
    .replace(/\s#.*$/, '')
    .trim()
  return addressesIn({ key, value: plain }).map(address => ({ address, key }))
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** JSON by its structure: `{ addr, port, timeout_ms, connections }` belongs together. `undefined` where it is no JSON. */
function jsonRoutes(text: string): Route[] | undefined {
  let root: unknown
  try {
    root = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch {
    return undefined
  }
  const lineAt = linesOf(text)
  const routes: Route[] = []
  const visit = (value: unknown, key: string, depth: number): void => {
    if (depth > 50 || routes.length > 5000) return
    if (Array.isArray(value)) for (const item of value) visit(item, key, depth + 1)
    else if (isMap(value)) {
      const group = groupOf(value)
      if (group) routes.push({ ...group, key, line: lineAt(key) })
      for (const [inner, one] of Object.entries(value)) {
        if (group && /^(?:addr|address|host|hostname|port)$/i.test(inner)) continue
        visit(one, inner, depth + 1)
      }
    } else if (typeof value === 'string')
      for (const address of addressesIn({ key, value })) routes.push({ address, key, line: lineAt(key) })
  }
  visit(root, '', 0)
  return routes
}

/** The first line that holds a key; JSON has no places. */
function linesOf(text: string): (key: string) => number {
  const lines = new Map<string, number>()
  for (const [i, line] of text.split('\n').entries())
    for (const [, key] of line.matchAll(/"((?:[^"\\]|\\.){1,200})"\s*:/g)) if (!lines.has(key!)) lines.set(key!, i + 1)
  return key => lines.get(key) ?? 1
}

/** A map that describes one address, and what it says of calls to it. */
function groupOf(map: Record<string, unknown>): Omit<Route, 'key' | 'line'> | undefined {
  const pick = (pattern: RegExp) => Object.entries(map).find(([key]) => pattern.test(key))
  const [, host] = pick(/^(?:addr|address|host|hostname)$/i) ?? []
  const [, given] = pick(/^port$/i) ?? []
  const port = typeof given === 'number' || typeof given === 'string' ? String(given) : ''
  if (typeof host !== 'string' || !/^\d{0,5}$/.test(port)) return undefined
  const [address] = addressesIn({ key: 'host', value: port === '' ? host : `${host}:${port}` })
  if (!address) return undefined
  const [timeoutKey = '', timeout] =
    pick(/^(?:request|read|call)?_?time_?out(?:_?ms|_?millis(?:econds)?|_?s|_?seconds?)?$/i) ?? []
  const [, connections] = pick(/^(?:connections|max_?connections|pool_?size|max_?pool_?size)$/i) ?? []
  return {
    address,
    ...(typeof timeout === 'number' && timeout > 0 && /m/i.test(timeoutKey.replace(/time/i, ''))
      ? { timeout: `${timeout}ms` }
      : typeof timeout === 'number' && timeout > 0 && /s(?:econds?)?$/i.test(timeoutKey)
        ? { timeout: `${timeout}s` }
        : {}),
    ...(typeof connections === 'number' && Number.isInteger(connections) && connections > 0 ? { connections } : {}),
  }
}
