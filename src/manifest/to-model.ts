import type { Path } from '../finding.ts'
import {
  isEntryRole,
  type Call,
  type Component,
  type Consume,
  type Job,
  type Journey,
  type Model,
  type Publish,
  type Queue,
  type Service,
} from './model.ts'
import { emptyLike } from './own-map.ts'
import { componentSections, type Manifest } from './schema/manifest.ts'

type Named<T> = Readonly<Record<string, T>>
type Defaults = NonNullable<Manifest['defaults']>

/** Turns a validated manifest into named things that know each other and the path they came from. */
export function toModel(raw: Manifest): Model {
  const defaults: Defaults = raw.defaults ?? {}
  const plain = <K extends string, T extends object>(
    kind: K,
    section: string,
    elements: Named<T> | undefined,
    common?: object,
  ) => byName(elements, (name, stated) => made(stated, common, { kind, name, path: [section, name] as Path }))

  const stores = plain('store', 'stores', raw.stores, defaults.stores)
  const queues = plain('queue', 'queues', raw.queues, defaults.queues)
  const caches = plain('cache', 'caches', raw.caches, defaults.caches)
  const externals = plain('external', 'externals', raw.externals, defaults.externals)
  // Services and their calls point at each other, so services are made first and `link` puts in their edges.
  const services = byName(raw.services, (name, stated): Service =>
    made(stated, defaults.services, {
      kind: 'service',
      name,
      path: ['services', name],
      calls: [],
      publishes: [],
      consumes: [],
    }),
  )
  const jobs = byName(raw.jobs, (name, stated): Job =>
    made(stated, defaults.jobs, { kind: 'job', name, path: ['jobs', name], calls: [], publishes: [] }),
  )
  const components = new Map<string, Component>([...services, ...stores, ...queues, ...caches, ...externals])
  for (const [name, service] of services) link(service, raw.services![name]!, components, queues, defaults)
  for (const [name, job] of jobs) link(job, raw.jobs![name]!, components, queues, defaults)

  const owners = [...services.values(), ...jobs.values()]
  return {
    path: [],
    raw,
    services,
    stores,
    queues,
    caches,
    externals,
    components,
    journeys: journeysOf(raw, services, defaults),
    slos: plain('slo', 'slos', raw.slos, defaults.slos),
    alerts: plain('alert', 'alerts', raw.alerts),
    jobs,
    drills: plain('drill', 'drills', raw.drills),
    decisions: plain('decision', 'decisions', raw.decisions),
    flags: plain('flag', 'flags', raw.flags),
    calls: owners.flatMap(o => o.calls),
    publishes: owners.flatMap(o => o.publishes),
    consumes: [...services.values()].flatMap(s => s.consumes),
  }
}

/** In the order of names, not of the file: what is said must not depend on the order of keys. */
function byName<T, R>(elements: Named<T> | undefined, make: (name: string, stated: T) => R): Map<string, R> {
  const inOrder = Object.entries(elements ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  return new Map(inOrder.map(([name, stated]) => [name, make(name, stated)]))
}

/**
 * What an element does not state, its kind's defaults state for it. Facts are taken whole, not merged key by key. `own` is what
 * only the model knows of it. Filled key by key, because Node 20 gives an object that begins with a copy of another a layout of
 * its own, and then nothing that reads elements is fast.
 */
function made<T extends object, const O extends object>(
  stated: T,
  defaults: object | undefined,
  own: O,
): Omit<T, keyof O> & O {
  const element = emptyLike(stated)
  Object.assign(element, defaults)
  for (const key in stated) if (stated[key] !== undefined) element[key] = stated[key]
  return Object.assign(element, own) as Omit<T, keyof O> & O
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type RawOwner = Pick<NonNullable<Manifest['services']>[string], 'calls' | 'publishes' | 'consumes'>

function link(
  owner: Service | Job,
  raw: RawOwner,
  components: Map<string, Component>,
  queues: Map<string, Queue>,
  defaults: Defaults,
) {
  const timesCalled = new Map<string, number>()
  for (const { to } of raw.calls ?? []) timesCalled.set(to, (timesCalled.get(to) ?? 0) + 1)
  const nameOf = (to: string, operation: string | undefined) =>
    `${owner.name} -> ${to}${operation !== undefined && timesCalled.get(to)! > 1 ? ` (${operation})` : ''}`

  const edges = owner as Mutable<Service>
  edges.calls = (raw.calls ?? []).map((call, i): Call =>
    made(call, defaults.calls, {
      kind: 'call',
      name: nameOf(call.to, call.operation),
      path: [...owner.path, 'calls', i],
      from: owner,
      target: components.get(call.to),
    }),
  )
  edges.publishes = (raw.publishes ?? []).map((publish, i): Publish =>
    made(publish, defaults.publishes, {
      kind: 'publish',
      name: `${owner.name} -> ${publish.to}`,
      path: [...owner.path, 'publishes', i],
      from: owner,
      target: queues.get(publish.to),
    }),
  )
  if (owner.kind === 'service') {
    edges.consumes = (raw.consumes ?? []).map((consume, i): Consume =>
      made(consume, defaults.consumes, {
        kind: 'consume',
        name: `${consume.from} -> ${owner.name}`,
        path: [...owner.path, 'consumes', i],
        by: owner,
        source: queues.get(consume.from),
      }),
    )
  }
}

/** The stated journeys; where there are none, each entry point as one, of unstated criticality and load. */
function journeysOf(raw: Manifest, services: Map<string, Service>, defaults: Defaults): Map<string, Journey> {
  const stated = byName(raw.journeys, (name, journey): Journey =>
    made(journey, defaults.journeys, { kind: 'journey', name, path: ['journeys', name], implied: false }),
  )
  if (stated.size > 0) return stated
  const called = new Set(
    [...services.values()].flatMap(({ name, calls }) => calls.map(({ to }) => to).filter(to => to !== name)),
  )
  const roots = [...services.values()].filter(s => isEntryRole(s) || (!called.has(s.name) && s.consumes.length === 0))
  // Where all call each other, requests come in somewhere: silence must not excuse all of them. Workers wait for messages.
  const entries = roots.length > 0 ? roots : [...services.values()].filter(({ consumes }) => consumes.length === 0)
  return new Map(
    entries.map(({ name }) => [name, { kind: 'journey', name, path: ['journeys', name], entry: name, implied: true }]),
  )
}

/** Names that stand in more than one of the maps whose elements can be called. */
export function ambiguousNames(raw: Partial<Record<string, unknown>>): { first: Path; second: Path; name: string }[] {
  const seen = new Map<string, Path>()
  const found: { first: Path; second: Path; name: string }[] = []
  for (const section of componentSections) {
    for (const name of Object.keys((raw[section] as object | undefined) ?? {})) {
      const first = seen.get(name)
      if (first) found.push({ first, second: [section, name], name })
      else seen.set(name, [section, name])
    }
  }
  return found
}
