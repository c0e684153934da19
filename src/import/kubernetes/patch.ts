import { isMap, type Place, type Steps, type Values, type YamlDocument } from '../documents.ts'
import { objectOf, type KubeObject } from './objects.ts'

/** Patches as kustomize applies them: strategic merge, and JSON Patch (RFC 6902). They make new objects and change none. */

/** What tells the items of a list apart, by the list's key. Lists that are not here are replaced as a whole. */
const listKeys: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  volumes: ['name'],
  env: ['name'],
  volumeMounts: ['mountPath'],
  ports: ['containerPort', 'port'],
  topologySpreadConstraints: ['topologyKey'],
  imagePullSecrets: ['name'],
}

/** `undefined`: the patch deletes the object. */
export function strategicMerge(object: KubeObject, patch: unknown, placeOf: PlaceOf): KubeObject | undefined {
  if (!isMap(patch)) return object
  const merged = mergeMaps(object.value, patch)
  if (merged === undefined) return undefined
  const inPatch = (path: Steps): Place | undefined => {
    const there = sameItem(path, merged, patch)
    return there && placeOf(there)
  }
  return changed(object, merged, inPatch)
}

/** The place of a path that the patch itself states. */
export type PlaceOf = (path: Steps) => Place | undefined

export const placeIn =
  (document: YamlDocument, prefix: Steps = []): PlaceOf =>
  path =>
    document.states([...prefix, ...path]) ? document.place([...prefix, ...path]) : undefined

function changed(object: KubeObject, value: Values, inPatch: PlaceOf): KubeObject {
  return objectOf(value, path => inPatch(path) ?? object.place(path))
}

function mergeMaps(base: Values, patch: Values): Values | undefined {
  if (patch['$patch'] === 'delete') return undefined
  const { $patch, ...own } = patch
  if ($patch === 'replace') return own
  const merged = new Map(Object.entries(base))
  for (const [key, value] of Object.entries(own)) {
    const result = mergeValues(key, merged.get(key), value)
    if (result === undefined || value === null) merged.delete(key)
    else merged.set(key, result)
  }
  return Object.fromEntries(merged)
}

function mergeValues(key: string, base: unknown, patch: unknown): unknown {
  if (isMap(patch)) return mergeMaps(isMap(base) ? base : {}, patch)
  const names = listKeys[key]
  if (Array.isArray(patch) && Array.isArray(base) && names) return mergeLists(base, patch, names)
  return patch
}

function mergeLists(base: readonly unknown[], patch: readonly unknown[], names: readonly string[]): unknown[] {
  if (patch.some(item => isMap(item) && item['$patch'] === 'replace'))
    return patch.filter(item => !(isMap(item) && item['$patch'] === 'replace'))
  const merged: unknown[] = [...base]
  for (const item of patch) {
    const index = merged.findIndex(other => isSame(other, item, names))
    if (index === -1) {
      if (!(isMap(item) && item['$patch'] === 'delete')) merged.push(item)
      continue
    }
    const result = mergeMaps(merged[index] as Values, item as Values)
    if (result === undefined) merged.splice(index, 1)
    else merged[index] = result
  }
  return merged
}

const isSame = (a: unknown, b: unknown, names: readonly string[]): boolean =>
  isMap(a) && isMap(b) && names.some(name => a[name] !== undefined && a[name] === b[name])

/** The path under which the patch has what the merged value has under `path`: items of lists have other numbers there. */
function sameItem(path: Steps, merged: unknown, patch: unknown): Steps | undefined {
  const there: (string | number)[] = []
  let [here, other, key] = [merged, patch, '']
  for (const step of path) {
    if (typeof step === 'number') {
      const names = listKeys[key] ?? []
      const item = Array.isArray(here) ? (here as unknown[])[step] : undefined
      const index = Array.isArray(other) ? other.findIndex(one => one === item || isSame(one, item, names)) : -1
      if (index === -1) return undefined
      ;[here, other] = [item, (other as unknown[])[index]]
      there.push(index)
    } else {
      ;[here, other, key] = [isMap(here) ? here[step] : undefined, isMap(other) ? other[step] : undefined, step]
      there.push(step)
    }
  }
  return there
}

/** Operations that cannot be applied, as where the path is not there, change nothing. */
export function jsonPatch(object: KubeObject, operations: readonly unknown[], placeOf: PlaceOf): KubeObject {
  let result = object
  for (const [i, operation] of operations.entries()) {
    if (!isMap(operation) || typeof operation['path'] !== 'string') continue
    const path = atEnd(result.value, pointer(operation['path']))
    const from = typeof operation['from'] === 'string' ? pointer(operation['from']) : []
    const op = operation['op']
    const taken = op === 'copy' || op === 'move' ? valueAt(result.value, from) : operation['value']
    let value: unknown = op === 'move' ? replaced(result.value, from, undefined, 'remove') : result.value
    if (op === 'remove') value = replaced(value, path, undefined, 'remove')
    else if (op === 'replace') value = replaced(value, path, taken, 'replace')
    else if (op === 'add' || op === 'copy' || op === 'move') value = replaced(value, path, taken, 'add')
    if (!isMap(value)) continue
    const start = path.join('/')
    const inPatch: PlaceOf = steps => {
      const here = steps.slice(0, path.length).join('/') === start
      return here ? placeOf([i, 'value', ...steps.slice(path.length)]) : undefined
    }
    result = changed(result, value, inPatch)
  }
  return result
}

const pointer = (text: string): string[] =>
  text
    .split('/')
    .slice(1)
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'))

/** `-` stands for the place behind the last item of a list. */
function atEnd(value: unknown, path: readonly string[]): string[] {
  return path.map((step, i) => {
    const list = step === '-' ? valueAt(value, path.slice(0, i)) : undefined
    return Array.isArray(list) ? String(list.length) : step
  })
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  for (const step of path) value = Array.isArray(value) ? value[Number(step)] : isMap(value) ? value[step] : undefined
  return value
}

function replaced(value: unknown, [step, ...rest]: readonly string[], by: unknown, how: string): unknown {
  if (step === undefined) return how === 'remove' ? value : by
  if (Array.isArray(value)) {
    const index = Number(step)
    if (!Number.isInteger(index) || index < 0 || index > value.length) return value
    const copy: unknown[] = [...(value as unknown[])]
    if (rest.length > 0) copy[index] = replaced(copy[index], rest, by, how)
    else if (how === 'remove') copy.splice(index, 1)
    else copy.splice(index, how === 'add' ? 0 : 1, by)
    return copy
  }
  if (!isMap(value)) return value
  const { [step]: inner, ...others } = value
  if (rest.length === 0) return how === 'remove' ? others : { ...value, [step]: by }
  return inner === undefined ? value : { ...value, [step]: replaced(inner, rest, by, how) }
}
