import { isMap, type Values, type YamlDocument } from '../documents.ts'
import { objectOf, type KubeObject } from './objects.ts'

/** What a kustomization does to all of its objects: namespace, names, replicas, images, labels. */
export function transform(objects: readonly KubeObject[], { value }: YamlDocument): KubeObject[] {
  if (!isMap(value)) return [...objects]
  const text = (key: string) => (typeof value[key] === 'string' ? value[key] : '')
  const names = renamed(objects, text('namePrefix'), text('nameSuffix'))
  const namespace = text('namespace')
  const [replicas, images] = [listed(value['replicas']), listed(value['images'])]
  const labels = labelsOf(value)
  return objects.map(object => {
    let result = object.value
    const count = replicas.find(({ name }) => name === object.name)?.['count']
    if (count !== undefined && isMap(result['spec']))
      result = { ...result, spec: { ...result['spec'], replicas: count } }
    if (images.length > 0) result = withImages(result, images) as Values
    result = withLabels(result, labels, object.kind)
    if (names.size > 0) result = withNames(result, names) as Values
    const metadata = isMap(result['metadata']) ? result['metadata'] : {}
    const name = names.get(object.name) ?? object.name
    const place = namespace && !clusterWide.has(object.kind) ? { namespace } : {}
    return objectOf({ ...result, metadata: { ...metadata, name, ...place } }, object.place)
  })
}

const clusterWide = new Set(['Namespace', 'ClusterRole', 'ClusterRoleBinding', 'PersistentVolume', 'StorageClass'])

const listed = (value: unknown): Values[] => (Array.isArray(value) ? value.filter(isMap) : [])

function renamed(objects: readonly KubeObject[], prefix: string, suffix: string): Map<string, string> {
  const names = new Map<string, string>()
  if (prefix + suffix === '') return names
  for (const { kind, name } of objects)
    if (kind !== 'Namespace' && kind !== 'CustomResourceDefinition') names.set(name, prefix + name + suffix)
  return names
}

/** Keys that name another object: by a map with `name`, or by themselves. Addresses in the environment are left alone, as kustomize does. */
const references = new Set([
  'configMapRef',
  'configMapKeyRef',
  'configMap',
  'secretRef',
  'secretKeyRef',
  'scaleTargetRef',
  'service',
  'backendRefs',
])
const namesItself = new Set(['serviceName', 'claimName', 'secretName'])

function withNames(value: unknown, names: ReadonlyMap<string, string>, key = ''): unknown {
  if (Array.isArray(value)) return value.map(item => withNames(item, names, key))
  if (typeof value === 'string') return namesItself.has(key) ? (names.get(value) ?? value) : value
  if (!isMap(value)) return value
  const own = Object.entries(value).map(([name, inner]): [string, unknown] => {
    const isName = name === 'name' && references.has(key) && typeof inner === 'string'
    return [name, isName ? (names.get(inner) ?? inner) : withNames(inner, names, name)]
  })
  return Object.fromEntries(own)
}

function withImages(value: unknown, images: readonly Values[]): unknown {
  if (Array.isArray(value)) return value.map(item => withImages(item, images))
  if (!isMap(value)) return value
  const own = Object.entries(value).map(([key, inner]): [string, unknown] => [
    key,
    key === 'image' && typeof inner === 'string' ? imageFor(inner, images) : withImages(inner, images),
  ])
  return Object.fromEntries(own)
}

function imageFor(image: string, images: readonly Values[]): string {
  const [, name = image, tag = ''] = /^(.*?)((?::[^:/@]+)?(?:@.*)?)$/.exec(image) ?? []
  const found = images.find(one => one['name'] === name)
  if (!found) return image
  const own = (key: string) => {
    const value = found[key]
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
  }
  const [digest, newTag] = [own('digest'), own('newTag')]
  const version = digest !== undefined ? `@${digest}` : newTag !== undefined ? `:${newTag}` : tag
  return (own('newName') ?? name) + version
}

interface Labels {
  readonly labels: Values
  readonly inSelectors: boolean
}

function labelsOf(value: Values): Labels[] {
  const common = isMap(value['commonLabels']) ? [{ labels: value['commonLabels'], inSelectors: true }] : []
  const own = listed(value['labels']).flatMap(({ pairs, includeSelectors }) =>
    isMap(pairs) ? [{ labels: pairs, inSelectors: includeSelectors === true }] : [],
  )
  return [...common, ...own]
}

function withLabels(value: Values, all: readonly Labels[], kind: string): Values {
  let result = value
  for (const { labels, inSelectors } of all) {
    const metadata = isMap(result['metadata']) ? result['metadata'] : {}
    result = { ...result, metadata: { ...metadata, labels: { ...inner(metadata, 'labels'), ...labels } } }
    if (inSelectors && isMap(result['spec'])) result = { ...result, spec: withSelectors(result['spec'], labels, kind) }
  }
  return result
}

const inner = (value: Values, key: string): Values => (isMap(value[key]) ? value[key] : {})

function withSelectors(spec: Values, labels: Values, kind: string): Values {
  if (kind === 'Service')
    return spec['selector'] === undefined ? spec : { ...spec, selector: { ...inner(spec, 'selector'), ...labels } }
  const result = { ...spec }
  for (const key of ['selector', 'podSelector']) {
    const selector = inner(spec, key)
    if (spec[key] !== undefined)
      result[key] = { ...selector, matchLabels: { ...inner(selector, 'matchLabels'), ...labels } }
  }
  const template = inner(spec, 'template')
  if (spec['template'] === undefined) return result
  const metadata = inner(template, 'metadata')
  return {
    ...result,
    template: { ...template, metadata: { ...metadata, labels: { ...inner(metadata, 'labels'), ...labels } } },
  }
}
