import { isMap, type Place, type Steps, type Values, type YamlDocument } from '../documents.ts'
import { at, root, textsOf } from '../spot.ts'

/** A Kubernetes object with what identifies it. */
export interface KubeObject {
  readonly kind: string
  /** `apps`, `networking.k8s.io`; empty for the core group. */
  readonly group: string
  readonly name: string
  /** As stated; absent means whatever namespace it is applied to. */
  readonly namespace: string | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly value: Values
  readonly place: (path: Steps) => Place
}

/** The objects of a document: itself, or the items of a `List`. `undefined` where it is no Kubernetes object. */
export function objectsOf(document: YamlDocument): KubeObject[] | undefined {
  return objectsIn(document.value, [], document)
}

function objectsIn(value: unknown, path: Steps, document: YamlDocument): KubeObject[] | undefined {
  if (!isMap(value) || typeof value['kind'] !== 'string' || typeof value['apiVersion'] !== 'string') return undefined
  if (value['kind'].endsWith('List') && Array.isArray(value['items'])) {
    return value['items'].flatMap((item, i) => objectsIn(item, [...path, 'items', i], document) ?? [])
  }
  return [objectOf(value, steps => document.place([...path, ...steps]))]
}

export function objectOf(value: Values, place: (path: Steps) => Place): KubeObject {
  const metadata = isMap(value['metadata']) ? value['metadata'] : {}
  const version = String(value['apiVersion'])
  const bare = { kind: String(value['kind']), group: version.includes('/') ? version.split('/')[0]! : '' }
  const name = metadata['name'] ?? metadata['generateName']
  const { namespace } = metadata
  const object: KubeObject = {
    ...bare,
    name: typeof name === 'string' || typeof name === 'number' ? String(name).replace(/-$/, '') : '',
    namespace: typeof namespace === 'string' && namespace !== '' ? namespace : undefined,
    labels: {},
    value,
    place,
  }
  return { ...object, labels: textsOf(at(root(object), 'metadata', 'labels')) }
}
