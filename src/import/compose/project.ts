import { folderOf, joined } from '../paths.ts'
import type { ImportFile, ImportInput, ImportNote } from '../system.ts'
import { envLines } from './env-file.ts'
import { extended, type Extending } from './extends.ts'
import { interpolate, type Variables } from './interpolate.ts'
import { canonical, merged } from './merge.ts'
import { documentsOf, entriesOf, textsOf, under, type Budget, type Mapping, type Node } from './node.ts'

/** The files of one project read as one model, as `docker compose -f a -f b config` would. */
export interface Project {
  readonly services: ReadonlyMap<string, Placed>
  readonly volumes: ReadonlyMap<string, Node>
  readonly configs: ReadonlyMap<string, Node>
  readonly notes: readonly ImportNote[]
}

/** A service with the folder that its paths start from, and what its variables stand for. */
export interface Placed {
  readonly node: Mapping
  readonly folder: string
  readonly get: Variables['get']
}

/** What the files of a run share. */
export interface Shared {
  readonly input: ImportInput
  readonly budget: Budget
  /** Files on the way of includes that led here. */
  readonly chain: readonly string[]
}

const maxIncludes = 20

/** Reads files over one another, later ones over earlier ones, with what they include and extend. */
export async function projectOf(files: readonly ImportFile[], shared: Shared, folder?: string): Promise<Project> {
  const home = folder ?? folderOf(files[0]?.name ?? '')
  const notes: ImportNote[] = []
  const variables = await variablesOf(home, shared.input)
  const into: Parts = { services: new Map(), volumes: new Map(), configs: new Map() }
  const unset = new Map<string, boolean>()
  const missing = (name: string, required: boolean) => unset.set(name, required || unset.get(name) === true)
  for (const file of files) {
    const { documents, note } = documentsOf(file, shared.budget)
    if (note) notes.push(note)
    for (const raw of documents) {
      const fault = faultOf(raw)
      if (fault) {
        notes.push({ ...fault, ...raw.at })
        continue
      }
      const document = filled(raw, { get: variables, missing }) as Mapping
      await include(document, home, shared, into, notes)
      await addServices(document, { home, get: variables, missing, shared, notes }, into)
      for (const key of ['volumes', 'configs'] as const)
        for (const [name, node] of entriesOf(under(document, key))) into[key].set(name, node)
    }
  }
  const required = [...unset].filter(([, isRequired]) => isRequired).map(([name]) => name)
  if (required.length > 0)
    notes.push({
      kind: 'ignored',
      message: `${required.join(', ')} must be set and ${required.length === 1 ? 'is' : 'are'} not: read as empty. Values come from ".env" beside the file or from --env-file, never from the environment`,
      ...(files[0] ? { file: files[0].name, line: 1 } : {}),
    })
  return { ...into, notes }
}

interface Parts {
  readonly services: Map<string, Placed>
  readonly volumes: Map<string, Node>
  readonly configs: Map<string, Node>
}

/** Variables come from the file that was named, or from `.env`; never from the environment of the process. */
async function variablesOf(folder: string, { envFile, read }: ImportInput): Promise<Variables['get']> {
  const file = envFile ?? (await read(joined(folder, '.env')))
  const values = new Map(file ? envLines(file.text, () => undefined).map(({ key, value }) => [key, value]) : [])
  return name => values.get(name)
}

function faultOf(document: Node): Pick<ImportNote, 'kind' | 'message'> | undefined {
  if (document.is !== 'map')
    return { kind: 'unreadable', message: 'This is no Compose file; expected a map with "services"' }
  if (document.entries.has('apiVersion') && document.entries.has('kind'))
    return { kind: 'skipped', message: 'This is a Kubernetes object; "import kubernetes" reads it' }
  const services = document.entries.get('services')
  if (services && services.is !== 'map' && !(services.is === 'scalar' && services.value === null))
    return { kind: 'unreadable', message: '"services" is no map; expected a map from name to service' }
  return undefined
}

/** Every text of a value with its variables filled in. Keys keep theirs, as in Compose. */
function filled(node: Node, variables: Variables): Node {
  if (node.is === 'list') return { ...node, items: node.items.map(item => filled(item, variables)) }
  if (node.is === 'map')
    return { ...node, entries: new Map([...node.entries].map(([key, value]) => [key, filled(value, variables)])) }
  return typeof node.value === 'string' ? { ...node, value: interpolate(node.value, variables) } : node
}

interface Adding extends Variables {
  readonly home: string
  readonly shared: Shared
  readonly notes: ImportNote[]
}

async function addServices(document: Mapping, how: Adding, { services }: Parts): Promise<void> {
  const named = servicesOf(document)
  const extending: Extending = {
    folder: how.home,
    services: new Map(named),
    read: async name => {
      const file = await how.shared.input.read(name)
      if (!file) return undefined
      const { documents, note } = documentsOf(file, how.shared.budget)
      if (note) how.notes.push(note)
      const [first] = documents
      return first?.is === 'map' ? new Map(servicesOf(filled(first, how) as Mapping)) : new Map<string, Node>()
    },
    say: note => how.notes.push(note),
  }
  for (const [name, raw] of named) {
    if (raw.tag !== 'reset' && (raw.is === 'list' || (raw.is === 'scalar' && raw.value !== null))) {
      how.notes.push({
        kind: 'unreadable',
        message: `The service "${name}" is no map; expected a map with image or build`,
        ...raw.at,
      })
      continue
    }
    const whole = canonical(await extended(name, raw, extending))
    const met = merged(name, services.get(name)?.node, whole)
    if (!met) services.delete(name)
    else services.set(name, { node: asMap(met), folder: services.get(name)?.folder ?? how.home, get: how.get })
  }
}

const asMap = (node: Node): Mapping => (node.is === 'map' ? node : { ...node, is: 'map', entries: new Map() })

/** The services of a document; in the first version of the format they stand at the top. */
function servicesOf(document: Mapping): [string, Node][] {
  if (document.entries.has('services')) return entriesOf(under(document, 'services'))
  const isOld = [...document.entries.values()].some(
    one => one.is === 'map' && (one.entries.has('image') || one.entries.has('build')),
  )
  return isOld ? [...document.entries].filter(([key, { is }]) => is === 'map' && !key.startsWith('x-')) : []
}

async function include(
  document: Mapping,
  home: string,
  shared: Shared,
  into: Parts,
  notes: ImportNote[],
): Promise<void> {
  const list = under(document, 'include')
  for (const item of list?.is === 'list' ? list.items : []) {
    const paths = (item.is === 'map' ? textsOf(under(item, 'path')) : textsOf(item)).map(path => joined(home, path))
    const [first] = paths
    if (first === undefined) continue
    const files: ImportFile[] = []
    for (const path of paths) {
      const problem = shared.chain.includes(path)
        ? 'includes itself'
        : shared.chain.length >= maxIncludes
          ? `is the end of more than ${maxIncludes} includes in a row`
          : undefined
      const file = problem ? undefined : await shared.input.read(path)
      if (file) files.push(file)
      else
        notes.push({
          kind: 'unreadable',
          message: `"${path}", which is included here, ${problem ?? 'is not there or cannot be read'}`,
          ...item.at,
        })
    }
    const [directory] = textsOf(under(item, 'project_directory'))
    const [envPath] = textsOf(under(item, 'env_file'))
    const envFile = envPath === undefined ? undefined : await shared.input.read(joined(home, envPath))
    const project = await projectOf(
      files,
      {
        ...shared,
        input: envFile ? { ...shared.input, envFile } : shared.input,
        chain: [...shared.chain, ...paths],
      },
      directory === undefined ? folderOf(first) : joined(home, directory),
    )
    notes.push(...project.notes)
    for (const key of ['services', 'volumes', 'configs'] as const)
      for (const [name, one] of project[key]) (into[key] as Map<string, unknown>).set(name, one)
  }
}
