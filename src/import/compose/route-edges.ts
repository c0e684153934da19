import { isDangling } from '../hosts.ts'
import { isKnownOutside } from '../parts.ts'
import type { ImportedEdge, ImportedFact, ImportNote, Source } from '../system.ts'
import type { ServiceRoutes } from './configs.ts'
import { kindOf } from './edges.ts'
import type { Component } from './component.ts'

/** A file that more services read than this is a list of all there is: whom each of them calls it does not say. */
const mostReaders = 2

export interface RouteEdges {
  readonly edges: readonly ImportedEdge[]
  readonly notes: readonly ImportNote[]
  /** Files that many services read, each once, with the components that they name. */
  readonly shared: readonly { readonly routes: ServiceRoutes; readonly names: ReadonlySet<string> }[]
}

/** Edges from files of settings that are a service's own, and what files that many share name in vain. */
export function routeEdges(
  all: readonly ServiceRoutes[],
  components: readonly Component[],
  resolve: (host: string) => string | undefined,
): RouteEdges {
  const byName = new Map(components.map(one => [one.service.name, one]))
  const readers = (file: string) => new Set(all.filter(one => one.file === file).map(({ service }) => service)).size
  const own = all.filter(({ file }) => readers(file) <= mostReaders)
  const shared = all.filter(
    ({ file }, i) => readers(file) > mostReaders && all.findIndex(one => one.file === file) === i,
  )
  const edges = own.flatMap(({ service, file, routes }) => {
    const from = byName.get(service)
    return routes.flatMap((route): ImportedEdge[] => {
      const to = resolve(route.address.host)
      const target = to === undefined ? undefined : byName.get(to)
      if (!from || !target || to === service || to === undefined || route.address.isHealthCheck) return []
      const source: Source = { file, line: route.line, signal: route.key, confidence: 'derived' }
      const facts: ImportedFact[] = [
        ...(route.timeout === undefined ? [] : [{ path: ['timeout'], value: route.timeout, source }]),
        ...(route.connections === undefined || target.part.kind === 'queue'
          ? []
          : [{ path: ['pool'], value: route.connections, source }]),
      ]
      return [
        {
          from: service,
          to,
          kind: kindOf(from.service, target.part),
          ...(target.part.kind === 'flags' ? { optional: true } : {}),
          source,
          facts,
        },
      ]
    })
  })
  return {
    edges,
    notes: [...own, ...shared].flatMap(one => danglingNote(one, resolve) ?? []),
    shared: shared.map(routes => ({
      routes,
      names: new Set(routes.routes.flatMap(({ address }) => resolve(address.host) ?? [])),
    })),
  }
}

/** One note for each file, as a shared one may name many. */
function danglingNote(
  { file, routes }: ServiceRoutes,
  resolve: (host: string) => string | undefined,
): ImportNote | undefined {
  const missing = routes.filter(
    ({ address, key }) =>
      resolve(address.host) === undefined && isDangling(address, { key, value: '' }) && !isKnownOutside(address.host),
  )
  const [first] = missing
  if (!first) return undefined
  const names = [...new Set(missing.map(({ address }) => `"${address.host}"`))]
  return {
    kind: 'dangling',
    message: `Settings address ${names.join(', ')}, which ${names.length === 1 ? 'is' : 'are'} not in these files`,
    file,
    line: first.line,
  }
}
