import type { ImportedEdge, ImportedElement, ImportedSystem } from '../../import/system.ts'
import type { Call, Component, Consume, Job, Model, Publish } from '../../manifest/model.ts'

/** Which element of the files is which of the manifest. */
export interface Matched {
  readonly pairs: ReadonlyMap<ImportedElement, Component | Job>
  /** By every name and alias that the files use. */
  readonly byName: ReadonlyMap<string, ImportedElement>
}

type Edge = Call | Publish | Consume

/**
 * By name first, then by an alias, then by the name without what says only that it is one: `orders`, `orders-service` and
 * `ordersservice` are one where nothing else is called so. An element of the manifest is paired once.
 */
export function matched({ elements }: ImportedSystem, model: Model): Matched {
  const own = new Map<string, Component | Job>([...model.components, ...model.jobs])
  const pairs = new Map<ImportedElement, Component | Job>()
  const taken = new Set<Component | Job>()
  const pair = (element: ImportedElement, found: Component | Job | undefined) => {
    if (!found || pairs.has(element) || taken.has(found)) return
    pairs.set(element, found)
    taken.add(found)
  }
  for (const element of elements) pair(element, own.get(element.name))
  for (const element of elements) for (const alias of element.aliases) pair(element, own.get(alias))
  const loose = unique([...own.values()].map(one => [loosely(one), one] as const))
  const looseElements = unique(elements.map(one => [loosely(one), one] as const))
  for (const [name, element] of looseElements) pair(element, loose.get(name))
  return {
    pairs,
    byName: new Map(elements.flatMap(one => [one.name, ...one.aliases].map(name => [name, one] as const))),
  }
}

/** Of one kind: `orders-db-service` is no store. */
const loosely = ({ kind, name }: { readonly kind: string; readonly name: string }): string => `${kind} ${plain(name)}`

const plain = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '')
    .replace(/(?<=.)(?:service|svc)$/, '')

/** Entries whose key no other has. */
function unique<T>(entries: readonly (readonly [string, T])[]): ReadonlyMap<string, T> {
  const counts = new Map<string, number>()
  for (const [key] of entries) counts.set(key, (counts.get(key) ?? 0) + 1)
  return new Map(entries.filter(([key]) => counts.get(key) === 1))
}

/** The call, publication or consumption of the manifest that an edge of the files is; several calls may go the same way. */
export function edgesLike(edge: ImportedEdge, { pairs, byName }: Matched, model: Model): readonly Edge[] | undefined {
  const ends = [edge.from, edge.to].map(name => {
    const element = byName.get(name)
    return element && pairs.get(element)
  })
  const [from, to] = ends
  if (!from || !to) return undefined
  return edgesBetween(from, to, model)
}

/** Whatever the manifest has between two elements; messages flow both ways of a queue. */
export function edgesBetween(from: Component | Job, to: Component | Job, model: Model): readonly Edge[] {
  const ways = waysOf(model)
  return [...(ways.get(key(from, to)) ?? []), ...(ways.get(key(to, from))?.filter(({ kind }) => kind !== 'call') ?? [])]
}

const key = (a: { readonly name: string }, b: { readonly name: string }) => `${a.name}\u0000${b.name}`

const known = new WeakMap<Model, ReadonlyMap<string, readonly Edge[]>>()

function waysOf(model: Model): ReadonlyMap<string, readonly Edge[]> {
  let ways = known.get(model)
  if (ways) return ways
  const found = new Map<string, Edge[]>()
  const add = (from: string, to: string, edge: Edge) => {
    const at = key({ name: from }, { name: to })
    const list = found.get(at)
    if (list) list.push(edge)
    else found.set(at, [edge])
  }
  for (const call of model.calls) add(call.from.name, call.to, call)
  for (const publish of model.publishes) add(publish.from.name, publish.to, publish)
  // A consumer may reach for its queue, and so may what answers for the queue.
  for (const consume of model.consumes) add(consume.by.name, consume.from, consume)
  known.set(model, (ways = found))
  return ways
}
