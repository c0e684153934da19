import type { Location, Path } from '../../finding.ts'
import { documentsOf, isMap, itemsOf, type EvidenceFile, type Values } from '../yaml.ts'

/** What is read of an OpenAPI document, version 2 to 3.1. */
export interface Api {
  readonly file: string
  /** Names that it may have for the service: `x-service`, its title, its file. */
  readonly names: readonly string[]
  readonly operations: readonly Operation[]
  /** Whether it says anywhere how callers are known. */
  readonly hasSecurity: boolean
  readonly location: Location
}

export interface Operation {
  readonly id: string | undefined
  /** In lower case. */
  readonly method: string
  /** With what the servers have in front of it. */
  readonly path: string
  /** Names of headers that it takes, in lower case. */
  readonly headers: readonly string[]
  /** Status codes that it documents, each with its headers in lower case. */
  readonly responses: ReadonlyMap<string, readonly string[]>
  /** `open`: it asks for nothing. `undefined`: nothing is said. */
  readonly security: 'open' | 'closed' | undefined
  readonly location: Location
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']
export const changes = (method: string): boolean => ['put', 'post', 'delete', 'patch'].includes(method)

/** The documents of a file, or why it holds none. */
export function readApis(file: EvidenceFile): { apis: Api[]; fault?: { message: string; location: Location } } {
  const documents = documentsOf(file)
  const broken = documents.find(({ problems }) => problems.length > 0)?.problems[0]
  if (broken) return { apis: [], fault: { message: broken.message, location: broken.location } }
  const apis = documents.flatMap(({ value, locate }) =>
    isMap(value) && ('openapi' in value || 'swagger' in value) ? [apiOf(value, file.name, locate)] : [],
  )
  if (apis.length > 0) return { apis }
  const start = { line: 1, column: 1, offset: 0 }
  const location = { file: file.name, path: [], start, end: start }
  return { apis, fault: { message: 'This is no OpenAPI document; expected the key openapi', location } }
}

function apiOf(root: Values, file: string, locate: (path: Path) => Location): Api {
  const { info, paths, servers, security, 'x-service': service } = root
  const title = isMap(info) ? info['title'] : undefined
  const bases = ['', ...itemsOf(servers).flatMap(one => (isMap(one) ? [basePath(one['url'])] : []))]
  const base = typeof root['basePath'] === 'string' ? basePath(root['basePath']) : (bases.find(Boolean) ?? '')
  const operations = Object.entries(isMap(paths) ? paths : {}).flatMap(([path, item]) => {
    const shared = resolved(root, item)
    return methods.flatMap((method): Operation[] => {
      const operation = shared?.[method]
      if (!isMap(operation)) return []
      return [
        {
          id: typeof operation['operationId'] === 'string' ? operation['operationId'] : undefined,
          method,
          path: `${base}${path}`,
          headers: headersOf(root, [...itemsOf(shared?.['parameters']), ...itemsOf(operation['parameters'])]),
          responses: responsesOf(root, operation['responses']),
          security: securityOf(operation['security'] ?? security),
          location: locate(['paths', path, method]),
        },
      ]
    })
  })
  const stem = file
    .split('/')
    .at(-1)!
    .replace(/\.[^.]*$/, '')
  return {
    file,
    names: [service, title, stem].filter(name => typeof name === 'string'),
    operations,
    hasSecurity: operations.some(one => one.security !== undefined),
    location: locate(['info']),
  }
}

const basePath = (url: unknown): string =>
  typeof url === 'string' ? url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '').replace(/\/+$/, '') : ''

/** A value or what its `$ref` into the same document leads to. Others are not followed: nothing is read over the network. */
function resolved(root: Values, value: unknown): Values | undefined {
  let found: unknown = value
  for (let i = 0; i < 10 && isMap(found) && typeof found['$ref'] === 'string'; i++) {
    const ref = found['$ref']
    if (!ref.startsWith('#/')) return undefined
    const steps = ref
      .slice(2)
      .split('/')
      .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    found = steps.reduce<unknown>((at, step) => (isMap(at) && Object.hasOwn(at, step) ? at[step] : undefined), root)
  }
  return isMap(found) && !('$ref' in found) ? found : undefined
}

const headersOf = (root: Values, parameters: readonly unknown[]): string[] =>
  parameters.flatMap(parameter => {
    const found = resolved(root, parameter)
    return found?.['in'] === 'header' && typeof found['name'] === 'string' ? [found['name'].toLowerCase()] : []
  })

const responsesOf = (root: Values, responses: unknown): ReadonlyMap<string, readonly string[]> =>
  new Map(
    Object.entries(isMap(responses) ? responses : {}).map(([code, response]) => {
      const headers = resolved(root, response)?.['headers']
      return [code, Object.keys(isMap(headers) ? headers : {}).map(name => name.toLowerCase())]
    }),
  )

/** A list without entries asks for nothing, and so does one with an empty entry. */
function securityOf(security: unknown): Operation['security'] {
  if (!Array.isArray(security)) return undefined
  return security.length === 0 || security.some(one => isMap(one) && Object.keys(one).length === 0) ? 'open' : 'closed'
}
