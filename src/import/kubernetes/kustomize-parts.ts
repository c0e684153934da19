import { documentsOf, isMap, type Steps, type Values, type YamlDocument } from '../documents.ts'
import type { Inputs } from './kustomize.ts'
import { objectOf, type KubeObject } from './objects.ts'
import { jsonPatch, placeIn, strategicMerge, type PlaceOf } from './patch.ts'
import { folderOf, joined } from '../paths.ts'

/** ConfigMaps that a kustomization makes; under their plain names, as references to them are written. */
export function generatedMaps(document: YamlDocument, files: Inputs['files']): KubeObject[] {
  const own = (document.value as Values)['configMapGenerator']
  if (!Array.isArray(own)) return []
  return own.flatMap((one, i) => {
    if (!isMap(one) || typeof one['name'] !== 'string') return []
    const data: Values = {}
    const texts = (key: string) => (Array.isArray(one[key]) ? one[key].filter(text => typeof text === 'string') : [])
    const pair = (text: string) => {
      const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
      if (key !== undefined) data[key.trim()] = value
    }
    texts('literals').forEach(pair)
    for (const path of [...texts('envs'), ...(typeof one['env'] === 'string' ? [one['env']] : [])])
      files
        .get(joined(folderOf(document.file), path))
        ?.text.split(/\r?\n/)
        .forEach(line => {
          if (!line.startsWith('#')) pair(line)
        })
    for (const text of texts('files')) {
      const [key, path = key] = text.split('=') as [string, string?]
      const file = files.get(joined(folderOf(document.file), path))
      if (file) data[key.split('/').at(-1)!] = file.text
    }
    const value = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: one['name'] }, data }
    return [objectOf(value, () => document.place(['configMapGenerator', i]))]
  })
}
interface Patch {
  readonly concerns: (object: KubeObject) => boolean
  readonly apply: (object: KubeObject) => KubeObject | undefined
}

/** Patches of a kustomization, in the order in which it applies them. */
export function patchesOf(document: YamlDocument, files: Inputs['files'], documents: Inputs['documents']): Patch[] {
  const value = document.value as Values
  const listOf = (key: string): unknown[] => (Array.isArray(value[key]) ? (value[key] as unknown[]) : [])
  const fromFile = (path: string, target?: unknown): Patch[] => {
    const name = joined(folderOf(document.file), path)
    return files.has(name) ? documents(name).map(one => patchOf(one.value, placeIn(one), target)) : []
  }
  const inline = (text: string, path: Steps, target?: unknown): Patch[] => {
    const { line } = document.place(path)
    const { documents } = documentsOf({ name: document.file, text })
    return documents.map(one => {
      const shifted: PlaceOf = steps =>
        one.states(steps) ? { ...one.place(steps), line: one.place(steps).line + line } : undefined
      return patchOf(one.value, shifted, target)
    })
  }
  const either = (text: string, path: Steps): Patch[] => (text.includes('\n') ? inline(text, path) : fromFile(text))
  return [
    ...listOf('patchesStrategicMerge').flatMap((one, i) =>
      typeof one === 'string' ? either(one, ['patchesStrategicMerge', i]) : [],
    ),
    ...['patches', 'patchesJson6902'].flatMap(key =>
      listOf(key).flatMap((one, i) => {
        if (!isMap(one)) return []
        const { path, patch, target } = one
        if (typeof path === 'string') return fromFile(path, target)
        return typeof patch === 'string' ? inline(patch, [key, i, 'patch'], target) : []
      }),
    ),
  ]
}

function patchOf(value: unknown, placeOf: PlaceOf, target: unknown): Patch {
  const own = isMap(value) ? objectOf(value, () => ({ file: '', line: 1, column: 1 })) : undefined
  const concerns = (object: KubeObject): boolean => {
    if (isMap(target)) {
      const fits = (key: string, actual: string) => typeof target[key] !== 'string' || matches(target[key], actual)
      const labels = typeof target['labelSelector'] === 'string' ? target['labelSelector'] : ''
      return (
        fits('kind', object.kind) &&
        fits('name', object.name) &&
        labels
          .split(',')
          .filter(Boolean)
          .every(pair => object.labels[pair.split('=')[0]!.trim()] === pair.split('=').at(-1)!.trim())
      )
    }
    return own !== undefined && own.kind === object.kind && own.name === object.name
  }
  const apply = (object: KubeObject) =>
    Array.isArray(value)
      ? jsonPatch(object, value, placeOf)
      : strategicMerge(object, withoutName(value, target), placeOf)
  return { concerns, apply }
}

/** A pattern that must match the whole text. Of the language only `.*` and `|` are used in practice, and a file cannot hang us by them. */
function matches(pattern: string, text: string): boolean {
  return pattern.split('|').some(one => {
    const [first = '', ...rest] = one.replace(/^\^/, '').replace(/\$$/, '').split('.*')
    const last = rest.pop()
    if (last === undefined) return text === first
    if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false
    let from = first.length
    for (const part of rest) {
      const found = text.indexOf(part, from)
      if (found === -1) return false
      from = found + part.length
    }
    return from <= text.length - last.length
  })
}

/** With a target, the name in the patch is a placeholder. */
function withoutName(value: unknown, target: unknown): unknown {
  if (!isMap(target) || !isMap(value)) return value
  const without = (map: Values, keys: readonly string[]) =>
    Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)))
  const { metadata } = value
  const rest = without(value, ['metadata', 'kind', 'apiVersion'])
  return isMap(metadata) ? { ...rest, metadata: without(metadata, ['name']) } : rest
}
