import { baseOf, joined } from '../paths.ts'
import { isSettingsFile, routesIn, type Route } from '../routes.ts'
import type { ImportFile, ImportInput } from '../system.ts'
import { interpolate } from './interpolate.ts'
import { textOf, under, type Node } from './node.ts'
import type { ComposeService } from './service.ts'

/** Files of settings that a service is given: mounted, copied by its Dockerfile, or written in the Compose file itself. */

export interface ServiceRoutes {
  readonly service: string
  readonly file: string
  readonly routes: readonly Route[]
}

/** What a proxy calls its settings, for mounts of whole folders; and what an application calls them. */
const ofProxies = [
  'nginx.conf',
  'default.conf',
  'conf.d/default.conf',
  'templates/default.conf.template',
  'envoy.yaml',
  'envoy.yml',
  'Caddyfile',
  'haproxy.cfg',
  'traefik.yml',
  'dynamic.yml',
]
const ofApplications = [
  'service-config.json',
  'application.yml',
  'appsettings.json',
  'ocelot.json',
  'config.json',
  'config.yaml',
  'config.yml',
]

/** A name that tells by itself what is in the file, so that it may also lie beside the Compose file. */
const tellsByItself = (path: string) => baseOf(path) === 'service-config.json'

export interface Reading {
  readonly input: ImportInput
  /** Files that were named and are no Compose files. */
  readonly beside: readonly ImportFile[]
  /** The `configs` at the top of the Compose file. */
  readonly configs: ReadonlyMap<string, Node>
  /** Files that were read already, also those that are not there: many services share one. */
  readonly known: Map<string, ImportFile | undefined>
}

/** @param isProxy whether it passes requests on; its settings have other names then */
export async function routesOf(service: ComposeService, isProxy: boolean, reading: Reading): Promise<ServiceRoutes[]> {
  const texts = [
    ...(await mountedFiles(service, isProxy, reading)),
    ...(await copiedFiles(service, reading)),
    ...inlineTexts(service, reading),
  ]
  const values = new Map(service.env.map(({ key, value }) => [key, value]))
  const seen = new Set<string>()
  return texts.flatMap(({ name, text }) => {
    if (seen.has(name)) return []
    seen.add(name)
    // Templates of nginx are filled in from the environment; what that does not hold stays as it is.
    const filled = interpolate(text, { get: key => values.get(key) ?? `$${key}` })
    const routes = routesIn(name, filled)
    return routes.length === 0 ? [] : [{ service: service.name, file: name, routes }]
  })
}

async function mountedFiles(
  { mounts, folder }: ComposeService,
  isProxy: boolean,
  reading: Reading,
): Promise<ImportFile[]> {
  const found: ImportFile[] = []
  for (const { source, type } of mounts) {
    const path = type === 'config' && source !== undefined ? textOf(under(reading.configs.get(source), 'file')) : source
    if ((type !== 'bind' && type !== 'config') || path === undefined || path.startsWith('~')) continue
    const whole = joined(folder, path)
    const isFile = isSettingsFile(baseOf(whole))
    const usual = isProxy ? ofProxies : ofApplications
    for (const name of isFile ? [whole] : usual.map(one => joined(whole, one))) {
      const near = isFile || tellsByItself(name) ? joined(folder, baseOf(name)) : undefined
      const file = await readOr(name, near, reading)
      if (file) found.push(file)
    }
  }
  return found
}

/** A file where it should be, among those that were named, or beside the Compose file. */
async function readOr(
  name: string,
  near: string | undefined,
  { input, beside, known }: Reading,
): Promise<ImportFile | undefined> {
  const read = async (one: string) => {
    if (!known.has(one)) known.set(one, await input.read(one))
    return known.get(one)
  }
  return (
    (await read(name)) ??
    beside.find(file => baseOf(file.name) === baseOf(name)) ??
    (near === undefined ? undefined : await read(near))
  )
}

/** `COPY nginx.conf /etc/nginx/` in the Dockerfile of a service that is built here. */
async function copiedFiles({ node, folder }: ComposeService, reading: Reading): Promise<ImportFile[]> {
  const build = under(node, 'build')
  const context = textOf(build) ?? textOf(under(build, 'context')) ?? (build ? '.' : undefined)
  if (context === undefined || /^(?:\w+:\/\/|git@|~)/.test(context)) return []
  const root = joined(folder, context)
  const name = joined(root, textOf(under(build, 'dockerfile')) ?? 'Dockerfile')
  const text = textOf(under(build, 'dockerfile_inline')) ?? (await readKnown(name, reading))?.text
  const found: ImportFile[] = []
  for (const [, words = ''] of (text ?? '').slice(0, 100_000).matchAll(/^\s*(?:COPY|ADD)\s+(.+)$/gim)) {
    const sources = words
      .split(/\s+/)
      .filter(word => word !== '' && !word.startsWith('--'))
      .slice(0, -1)
    if (words.includes('--from=')) continue
    for (const source of sources) {
      if (!/(?:\.conf|\.conf\.template|envoy\S*\.ya?ml|Caddyfile|haproxy\.cfg|ocelot\.json)$/.test(source)) continue
      const file = await readKnown(joined(root, source), reading)
      if (file) found.push(file)
    }
  }
  return found
}

async function readKnown(name: string, { input, known }: Reading): Promise<ImportFile | undefined> {
  if (!known.has(name)) known.set(name, await input.read(name))
  return known.get(name)
}

/** `configs` with `content`, and variables that hold a whole file, such as a Caddyfile. */
function inlineTexts({ mounts, env }: ComposeService, { configs }: Reading): ImportFile[] {
  const contents = mounts.flatMap(({ type, source, target }) => {
    const text = type === 'config' && source !== undefined ? textOf(under(configs.get(source), 'content')) : undefined
    return text === undefined ? [] : [{ name: target, text }]
  })
  const variables = env.flatMap(({ key, value }) =>
    value.includes('\n') && /\b(?:reverse_proxy|proxy_pass|php_fastcgi)\b/.test(value)
      ? [{ name: key, text: value }]
      : [],
  )
  return [...contents, ...variables]
}
