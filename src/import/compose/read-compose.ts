import { number } from '../../units.ts'
import { resolverOf } from '../hosts.ts'
import { partOf, type Part } from '../parts.ts'
import { folderOf } from '../paths.ts'
import { weighed } from './start-order.ts'
import {
  isKnown,
  type ImportedEdge,
  type ImportedElement,
  type ImportedSystem,
  type ImportFile,
  type ImportInput,
  type ImportNote,
} from '../system.ts'
import { routesOf, type Reading, type ServiceRoutes } from './configs.ts'
import { wiringOf, type Around, type Wiring } from './edges.ts'
import { listed, type Component } from './component.ts'
import { entryJourneys } from './entries.ts'
import { factsOf } from './facts.ts'
import { observations } from './observations.ts'
import { freshBudget, type Node } from './node.ts'
import { projectOf, type Project } from './project.ts'
import { routeEdges } from './route-edges.ts'
import { serviceOf, type ComposeService } from './service.ts'
import { isSwitchedOff } from './switched-off.ts'

/**
 * Reads Compose files. Those that were named are layers of one project, later ones over earlier ones; those found in a folder
 * are one project for each folder.
 */
export async function readCompose(input: ImportInput): Promise<ImportedSystem> {
  const isYaml = (file: ImportFile) => /\.(?:ya?ml|json)$/i.test(file.name) && !isSettings(file)
  const beside = input.files.filter(file => !isYaml(file))
  const files = input.files.filter(isYaml)
  const groups = new Map<string, ImportFile[]>()
  for (const file of files) {
    const key = file.folder === undefined ? '' : `in ${folderOf(file.name)}`
    groups.set(key, [...(groups.get(key) ?? []), file])
  }
  const budget = freshBudget()
  const projects: Project[] = []
  for (const group of groups.values()) projects.push(await projectOf(group, { input, budget, chain: [] }))
  return systemOf(projects, { input, beside })
}

/** A file of settings that was named among the Compose files: Envoy's, or what an application reads. */
function isSettings({ name, text }: ImportFile): boolean {
  if (/\.json$/i.test(name)) return !/"services"\s*:\s*\{/.test(text)
  return /^(?:static_resources|dynamic_resources|admin|routers|http):/m.test(text) && !/^services:/m.test(text)
}

/** Ten times the largest system that anybody starts by one file. */
const maxServices = 2000

async function systemOf(
  projects: readonly Project[],
  { input, beside }: Pick<Reading, 'input' | 'beside'>,
): Promise<ImportedSystem> {
  const notes: ImportNote[] = projects.flatMap(project => project.notes)
  const placed = new Map(projects.flatMap(({ services }) => [...services]))
  if (placed.size > maxServices)
    return {
      elements: [],
      edges: [],
      others: [],
      notes: [
        ...notes,
        {
          kind: 'unreadable',
          message: `${number(placed.size)} services; expected at most ${number(maxServices)}. Import fewer files at once`,
        },
      ],
    }
  const all: ComposeService[] = []
  for (const [name, one] of placed) all.push(await serviceOf(name, one, input))
  const off = all.filter(service => isSwitchedOff(service, all, input.profiles ?? []))
  const on = all.filter(service => !off.includes(service))
  if (off.length > 0) notes.push(offNote(off))

  const runOnce = new Set(
    on
      .flatMap(({ dependsOn }) => dependsOn.filter(one => one.condition === 'service_completed_successfully'))
      .map(one => one.name),
  )
  const first = on.map((service): Component => ({ service, part: roleOf(service, runOnce) }))
  const configs = new Map<string, Node>(projects.flatMap(project => [...project.configs]))
  const routes = await allRoutes(first, { input, beside, configs, known: new Map() })
  const wired = wireUp(first, off)
  const components = first.map((one, i): Component =>
    one.part.kind === 'service' && wired[i]!.isDashboard && isIdle(one, routes)
      ? { ...one, part: { ...one.part, kind: 'outside', what: 'a dashboard of health checks' } }
      : one,
  )
  const inside = components.filter(({ part }) => part.kind !== 'outside')
  const names = new Set(inside.map(({ service }) => service.name))
  const callers = new Set(inside.filter(({ part }) => isCaller(part)).map(({ service }) => service.name))
  const isPart = ({ from, to }: ImportedEdge) => callers.has(from) && names.has(to)
  const fromRoutes = routeEdges(routes, inside, resolverFor(components))
  const found = joinedEdges([...wired.flatMap(one => one.edges), ...fromRoutes.edges].filter(isPart))
  const edges = weighed(found, inside.length)
  const dangling = wired.flatMap(({ notes: own }, i) =>
    callers.has(first[i]!.service.name) && components[i]!.part.kind !== 'outside' ? own : [],
  )
  const outside = components.filter(({ part }) => part.kind === 'outside')
  if (outside.length > 0) notes.push(outsideNote(outside))
  notes.push(
    ...dangling,
    ...fromRoutes.notes,
    ...observations({ components: inside, edges, routes, shared: fromRoutes.shared }),
  )
  const entries = entryJourneys(inside, edges)
  return {
    elements: inside.map(one => elementOf(one, inside, entries.public)),
    edges,
    notes,
    others: entries.journeys,
  }
}

function roleOf(service: ComposeService, runOnce: ReadonlySet<string>): Part {
  const { name, image, env, command } = service
  const part = partOf({ name, image, env: env.map(({ key }) => key), command })
  if (part.kind !== 'service' || !runOnce.has(name)) return part
  return { ...part, kind: 'outside', what: 'a task that runs once', signal: 'service_completed_successfully' }
}

const isCaller = ({ kind }: Part) => kind === 'service' || kind === 'flags'

async function allRoutes(components: readonly Component[], reading: Reading): Promise<ServiceRoutes[]> {
  const found: ServiceRoutes[] = []
  for (const { service, part } of components)
    if (part.kind === 'service') found.push(...(await routesOf(service, part.isProxy, reading)))
  return found
}

const isIdle = ({ service }: Component, routes: readonly ServiceRoutes[]) =>
  !routes.some(one => one.service === service.name)

const resolverFor = (components: readonly Component[]) =>
  resolverOf(components.map(({ service }) => ({ name: service.name, aliases: service.aliases })))

function wireUp(components: readonly Component[], off: readonly ComposeService[]): Wiring[] {
  const parts = new Map(components.map(({ service, part }) => [service.name, part]))
  const resolve = resolverFor(components)
  const published = new Map(
    components.flatMap(({ service }) =>
      service.ports.map(port => [Number(port.published ?? Number.NaN), service.name]),
    ),
  )
  const isOff = resolverOf(off.map(({ name, aliases }) => ({ name, aliases })))
  return components.map(({ service }) => {
    const links = new Map(
      service.dependsOn.flatMap(({ alias, name }) => (alias === undefined ? [] : [[alias, name] as const])),
    )
    const around: Around = {
      part: name => parts.get(name),
      resolve: host => links.get(host) ?? resolve(host),
      behindPort: port => published.get(port),
      isOff: host => isOff(host) !== undefined,
    }
    return wiringOf(service, around)
  })
}

/** One edge between two components: what is known wins over what is guessed, and facts of both stay. */
function joinedEdges(edges: readonly ImportedEdge[]): ImportedEdge[] {
  const found = new Map<string, ImportedEdge>()
  for (const edge of edges) {
    const key = `${edge.from}\n${edge.to}`
    const before = found.get(key)
    if (!before) found.set(key, edge)
    else {
      const [better, other] = !isKnown(before.source) && isKnown(edge.source) ? [edge, before] : [before, edge]
      const facts = [...(better.facts ?? []), ...(other.facts ?? [])]
      found.set(key, {
        ...better,
        facts: facts.filter(({ path }, i) => facts.findIndex(one => one.path.join('.') === path.join('.')) === i),
      })
    }
  }
  return [...found.values()]
}

function elementOf(
  { service, part }: Component,
  all: readonly Component[],
  isPublic: ReadonlySet<string>,
): ImportedElement {
  const { name, aliases, at } = service
  const kind = part.kind === 'flags' || part.kind === 'outside' ? 'service' : part.kind
  const port = service.ports.find(({ published }) => published !== undefined)
  const open =
    port && isPublic.has(name)
      ? [
          {
            path: ['public'],
            value: true,
            source: { file: port.at.file, line: port.at.line, signal: 'ports', confidence: 'derived' as const },
          },
        ]
      : []
  return {
    kind,
    name,
    aliases: aliases.filter(alias => alias !== name),
    source: { file: at.file, line: at.line, signal: part.signal, confidence: part.confidence },
    facts: [...factsOf(service, part, isOneOfSeveral(service, part, all)), ...open],
  }
}

/** `kafka-1` where there is a `kafka-2` of the same kind: nodes of a cluster, of which none is the whole. */
function isOneOfSeveral({ name }: ComposeService, { kind, engine }: Part, all: readonly Component[]): boolean {
  const stem = (text: string) => text.replace(/[-_.]?(?:\d+|primary|replica|master|slave|secondary)$/, '')
  if (kind === 'service' || kind === 'flags' || stem(name) === name) return false
  return all.some(
    one => one.service.name !== name && one.part.engine === engine && stem(one.service.name) === stem(name),
  )
}

function offNote(off: readonly ComposeService[]): ImportNote {
  const [first] = off
  return {
    kind: 'ignored',
    message: `Left out, as a profile that is off or a scale of 0 keeps them from starting: ${listed(off.map(({ name }) => name))}. --profile takes them in`,
    file: first!.at.file,
    line: first!.at.line,
  }
}

function outsideNote(outside: readonly Component[]): ImportNote {
  const groups = new Map<string, string[]>()
  for (const { service, part } of outside) {
    const what = part.what ?? 'no part of the system'
    groups.set(what, [...(groups.get(what) ?? []), service.name])
  }
  const texts = [...groups].map(([what, some]) => `${listed(some)} (${what})`)
  const { at } = outside[0]!.service
  return { kind: 'ignored', message: `No part of the system: ${texts.join('; ')}`, file: at.file, line: at.line }
}
