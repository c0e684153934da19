import { documentsOf, isMap } from '../documents.ts'
import type { ImportFile, ImportInput } from '../system.ts'
import { isKustomization } from './kustomize.ts'
import { folderOf, joined } from '../paths.ts'

/** Files that kustomizations may draw in beyond those that were named. */
const most = 1000

/** The files of the input, and those that their kustomizations refer to, directly or through others. */
export async function gather({ files, read }: ImportInput): Promise<ImportFile[]> {
  const found = new Map(files.map(file => [file.name, file]))
  const open = [...found.values()].filter(({ name }) => isKustomization(name))
  const asked = new Set<string>()
  const take = async (name: string): Promise<boolean> => {
    if (found.has(name)) return true
    if (asked.has(name) || found.size > files.length + most) return false
    asked.add(name)
    const file = await read(name)
    if (!file) return false
    found.set(name, { ...file, name })
    if (isKustomization(name)) open.push({ ...file, name })
    return true
  }
  for (let file = open.pop(); file; file = open.pop()) {
    for (const path of pathsIn(file)) {
      const name = joined(folderOf(file.name), path)
      if (
        /\.(?:ya?ml|json|env|properties|conf|txt|ini|toml)$/i.test(name) ||
        !/^[^.]*$/.test(name.split('/').at(-1)!)
      ) {
        if (await take(name)) continue
      }
      for (const base of ['kustomization.yaml', 'kustomization.yml', 'Kustomization'])
        if (await take(joined(name, base))) break
    }
  }
  return [...found.values()]
}

const listed = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

function pathsIn(file: ImportFile): string[] {
  const value = documentsOf(file).documents.find(one => isMap(one.value))?.value
  if (!isMap(value)) return []
  const plain = ['resources', 'bases', 'components', 'patchesStrategicMerge'].flatMap(key => listed(value[key]))
  const patches = ['patches', 'patchesJson6902'].flatMap(key =>
    listed(value[key]).map(one => (isMap(one) ? one['path'] : undefined)),
  )
  const generators = listed(value['configMapGenerator']).flatMap(one =>
    isMap(one) ? [...listed(one['files']), ...listed(one['envs']), one['env']] : [],
  )
  return [...plain, ...patches, ...generators].flatMap(one =>
    typeof one === 'string' && !one.includes('\n') && !one.includes('://') ? [one.replace(/^[^=/]*=/, '')] : [],
  )
}
