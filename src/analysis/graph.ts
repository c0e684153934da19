import type { Path } from '../finding.ts'
import type { Cache, Call, Component, Consume, Model, Publish, Service } from '../manifest/model.ts'
import { memo, perObject } from './memo.ts'

export type Certainty = 'yes' | 'no' | 'maybe'

/** A way from one component to another that requests or messages take. Work of jobs is not part of any journey. */
export interface Edge {
  /** `miss`: what a read-through cache could not answer goes on to its origin. */
  readonly kind: 'call' | 'publish' | 'consume' | 'miss'
  readonly from: Component
  readonly to: Component
  readonly via: Call | Publish | Consume
  /** `web -> orders`. */
  readonly name: string
  readonly path: Path
  /** Journeys that take it by the author's word; `undefined` where it is not stated. */
  readonly serves: readonly string[] | undefined
  /** Journeys that do not take it. */
  readonly except?: readonly string[]
  /** Whether a request that came through `from` fails when `to` does. */
  readonly hard: Certainty
  /** The fact that would settle `hard` where it is `maybe`. */
  readonly hardness: Path
}

export interface Graph {
  readonly edges: readonly Edge[]
  readonly out: ReadonlyMap<string, readonly Edge[]>
  readonly in: ReadonlyMap<string, readonly Edge[]>
}

export function buildGraph(model: Model): Graph {
  const edges = [...model.services.values()].flatMap(service => edgesOf(service, model))
  const group = (end: 'from' | 'to') => {
    const map = new Map<string, Edge[]>([...model.components.keys()].map(name => [name, []]))
    for (const edge of edges) map.get(edge[end].name)!.push(edge)
    return map
  }
  return { edges, out: group('from'), in: group('to') }
}

function edgesOf(service: Service, model: Model): Edge[] {
  return [
    ...service.calls.flatMap(call => [...callEdge(service, call, model), ...missEdge(service, call, model)]),
    ...service.publishes.flatMap(publish => (publish.target ? [publishEdge(service, publish, publish.target)] : [])),
    ...service.consumes.flatMap(consume => (consume.source ? [consumeEdge(service, consume, consume.source)] : [])),
  ]
}

const common = (via: Call | Publish | Consume) => ({ via, name: via.name, path: via.path })

function callEdge(from: Service, call: Call, model: Model): Edge[] {
  if (!call.target) return []
  return [
    {
      kind: 'call',
      from,
      to: call.target,
      ...common(call),
      serves: call.serves,
      ...callHardness(call, call.target, model),
    },
  ]
}

/** Whether the caller does without the answer, wherever that would have come from. */
const isSoft = ({ mode, optional, fallback }: Call): boolean =>
  mode === 'async' || optional === true || (fallback !== undefined && fallback !== 'none')

function callHardness(call: Call, target: Component, model: Model): { hard: Certainty; hardness: Path } {
  const fallback = [...call.path, 'fallback']
  const cache = call.cachedBy === undefined ? undefined : model.caches.get(call.cachedBy)
  const settled = (hard: Certainty, hardness: Path = fallback) => ({ hard, hardness })
  if (isSoft(call)) return settled('no')
  if (call.mustSucceed === true || call.fallback === 'none' || call.optional === false) return settled('yes')
  if (target.kind === 'cache') {
    const hardness = [...target.path, 'onFailure']
    if (target.onFailure === undefined) return settled('maybe', hardness)
    return settled(target.onFailure === 'error' || target.onFailure === 'shed' ? 'yes' : 'no', hardness)
  }
  // An old value may still be served while the origin is down.
  if (cache && cache.staleOnError !== undefined && cache.staleOnError !== 'none') return settled('no')
  return settled('maybe')
}

/** A call to a cache, where the caller does not read from the origin itself: the cache fetches what it misses. */
function missEdge(from: Service, call: Call, model: Model): Edge[] {
  const cache = call.target
  if (cache?.kind !== 'cache' || cache.inFrontOf === undefined) return []
  const origin = model.components.get(cache.inFrontOf)
  const reads = from.calls.filter(({ to, access }) => to === cache.inFrontOf && access !== 'write')
  if (!origin || reads.some(({ serves }) => serves === undefined)) return []
  const stale = cache.staleOnError
  const hard = isSoft(call) ? 'no' : stale === undefined ? 'maybe' : stale === 'none' ? 'yes' : 'no'
  const name = `${from.name} -> ${cache.name} -> ${origin.name}`
  return [
    {
      kind: 'miss',
      from,
      to: origin,
      via: call,
      name,
      path: call.path,
      serves: call.serves,
      except: reads.flatMap(({ serves = [] }) => serves),
      hard,
      hardness: [...cache.path, 'staleOnError'],
    },
  ]
}

function publishEdge(from: Service, publish: Publish, to: Component): Edge {
  const hardness = [...publish.path, 'outbox']
  const hard =
    publish.lossTolerated === true
      ? 'no'
      : publish.outbox === undefined
        ? 'maybe'
        : publish.outbox === 'none' || publish.outbox === 'transaction'
          ? 'yes'
          : 'no'
  return { kind: 'publish', from, to, ...common(publish), serves: publish.serves, hard, hardness }
}

/** Messages flow from the queue to the service; nobody who published waits for it. */
function consumeEdge(by: Service, consume: Consume, source: Component): Edge {
  return {
    kind: 'consume',
    from: source,
    to: by,
    ...common(consume),
    serves: undefined,
    hard: 'no',
    hardness: consume.path,
  }
}

/** The cache that answers before this call, stated or seen from the caller asking both. */
export const cacheBefore = (call: Call, model: Model): Cache | undefined => cachesBefore(model)(call)

const cachesBefore = perObject((model: Model) => memo((call: Call) => findCacheBefore(call, model)))

function findCacheBefore(call: Call, model: Model): Cache | undefined {
  if (call.cachedBy !== undefined) return model.caches.get(call.cachedBy)
  if (call.access === 'write' || call.access === 'readWrite' || call.target?.kind === 'cache') return undefined
  for (const sibling of call.from.calls) {
    if (sibling.target?.kind === 'cache' && sibling.target.inFrontOf === call.to) return sibling.target
  }
  return undefined
}
