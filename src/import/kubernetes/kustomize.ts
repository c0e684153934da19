import { isMap, type Steps, type Values, type YamlDocument } from '../documents.ts'
import type { ImportFile, ImportNote } from '../system.ts'
import { list } from '../../units.ts'
import { generatedMaps, patchesOf } from './kustomize-parts.ts'
import { objectsOf, type KubeObject } from './objects.ts'
import { folderOf, joined } from '../paths.ts'
import { transform } from './transform.ts'

/** Files by name; what a kustomization may refer to. */
export interface Inputs {
  readonly files: ReadonlyMap<string, ImportFile>
  readonly documents: (name: string) => readonly YamlDocument[]
}

export const isKustomization = (name: string): boolean =>
  /(?:^|\/)kustomization\.ya?ml$|(?:^|\/)Kustomization$/.test(name)

export interface Built {
  readonly objects: readonly KubeObject[]
  /** Files that are part of a kustomization and must not be read by themselves. */
  readonly used: ReadonlySet<string>
  readonly notes: readonly ImportNote[]
}

/** Keys of a kustomization whose effect is not followed here. */
const unsupported = ['helmCharts', 'helmChartInflationGenerator', 'generators', 'transformers', 'replacements', 'vars']

/**
 * Builds the kustomizations that no other one refers to. Where there are several of them, each is a variant of the same
 * system: then what they share is read, and a note says so.
 */
export function buildAll(names: readonly string[], inputs: Inputs): Built {
  const used = new Set<string>()
  const notes: ImportNote[] = []
  const build = builder(inputs, used, notes)
  const children = new Map(names.map(name => [name, build.childrenOf(name)]))
  const referred = new Set([...children.values()].flat())
  const roots = names.filter(name => !referred.has(name))
  const variants = roots.filter(name => children.get(name)!.length > 0)
  const chosen =
    variants.length > 1 ? roots.flatMap(name => (variants.includes(name) ? children.get(name)! : [name])) : roots
  if (variants.length > 1) {
    const folders = variants.map(name => folderOf(name) || '.')
    notes.push({
      kind: 'skipped',
      message: `${list(folders)} are overlays of the same resources, of which only the base is read; import one of them, rendered with \`kubectl kustomize ${folders[0]!}\``,
    })
    for (const name of variants) build.use(name)
  }
  const objects = [...new Set(chosen)].sort().flatMap(name => build.kustomization(name, []))
  return { objects, used, notes }
}

function builder({ files, documents }: Inputs, used: Set<string>, notes: ImportNote[]) {
  const kustomizationAt = (folder: string): string | undefined =>
    ['kustomization.yaml', 'kustomization.yml', 'Kustomization']
      .map(name => joined(folder, name))
      .find(name => files.has(name))
  const contentOf = (name: string): YamlDocument | undefined => documents(name).find(({ value }) => isMap(value))
  const refs = (document: YamlDocument | undefined, keys: readonly string[]): { text: string; path: Steps }[] =>
    keys.flatMap(key => {
      const value = (document?.value as Values | undefined)?.[key]
      return Array.isArray(value)
        ? value.flatMap((text, i) => (typeof text === 'string' ? [{ text, path: [key, i] }] : []))
        : []
    })
  const resources = (name: string) => refs(contentOf(name), ['resources', 'bases'])
  const childrenOf = (name: string): string[] =>
    [...resources(name), ...refs(contentOf(name), ['components'])].flatMap(
      ({ text }) => kustomizationAt(joined(folderOf(name), text)) ?? [],
    )
  const missing = (document: YamlDocument, path: Steps, what: string) => {
    const { file, line, column } = document.place(path)
    const folder = folderOf(file) || '.'
    notes.push({
      kind: 'skipped',
      message: `${what}; render it with \`kubectl kustomize ${folder}\` and import that`,
      file,
      line,
      column,
    })
  }

  /** Marks what belongs to a kustomization without building it: patches are no objects of their own. */
  const use = (name: string) => {
    used.add(name)
    const document = contentOf(name)
    const patchFiles = refs(document, ['patchesStrategicMerge']).map(({ text }) => text)
    const value = (document?.value ?? {}) as Values
    for (const key of ['patches', 'patchesJson6902']) {
      const own = value[key]
      if (Array.isArray(own))
        patchFiles.push(...own.flatMap(one => (isMap(one) && typeof one['path'] === 'string' ? [one['path']] : [])))
    }
    for (const text of patchFiles) used.add(joined(folderOf(name), text))
  }

  const kustomization = (name: string, above: readonly string[]): KubeObject[] => {
    const document = contentOf(name)
    use(name)
    if (!document || above.includes(name)) return []
    const stack = [...above, name]
    const found = resources(name).flatMap(({ text, path }) => {
      const target = joined(folderOf(name), text)
      const inner = kustomizationAt(target)
      if (inner) return kustomization(inner, stack)
      if (!files.has(target)) {
        missing(document, path, `"${text}" is not among the files`)
        return []
      }
      used.add(target)
      return documents(target).flatMap(one => objectsOf(one) ?? [])
    })
    return finish(document, found, stack)
  }

  /** Generators, components, patches and transformers, in the order in which kustomize runs them. */
  const finish = (document: YamlDocument, found: readonly KubeObject[], stack: readonly string[]): KubeObject[] => {
    const value = document.value as Values
    const odd = unsupported.find(key => value[key] !== undefined)
    if (odd) missing(document, [odd], `What \`${odd}\` does is not followed here`)
    let objects = [...found, ...generatedMaps(document, files)]
    for (const { text } of refs(document, ['components'])) {
      const inner = kustomizationAt(joined(folderOf(document.file), text))
      const component = inner === undefined ? undefined : contentOf(inner)
      if (!inner || !component || stack.includes(inner)) continue
      use(inner)
      const own = refs(component, ['resources', 'bases']).flatMap(({ text }) => {
        const target = joined(folderOf(inner), text)
        const below = kustomizationAt(target)
        used.add(target)
        return below ? kustomization(below, [...stack, inner]) : documents(target).flatMap(one => objectsOf(one) ?? [])
      })
      objects = finish(component, [...objects, ...own], [...stack, inner])
    }
    for (const patch of patchesOf(document, files, documents)) {
      objects = objects.flatMap(object => (patch.concerns(object) ? (patch.apply(object) ?? []) : [object]))
    }
    return transform(objects, document)
  }

  return { childrenOf, kustomization, use }
}
