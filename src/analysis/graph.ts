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
  readonly except: readonly string[] | undefined
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
  const edges: Edge[] = []
  for (const service of model.services.values()) addEdges(service, model, edges)
  const into = new Map<string, Edge[]>()
  const out = new Map<string, Edge[]>()
  for (const name of model.components.keys()) {
    into.set(name, [])
    out.set(name, [])
  }
  for (const edge of edges) {
    out.get(edge.from.name)!.push(edge)
    into.get(edge.to.name)!.push(edge)
  }
  return { edges, out, in: into }
}

function addEdges(service: Service, model: Model, edges: Edge[]): void {
  for (const call of service.calls) {
    if (!call.target) continue
    edges.push(callEdge(service, call, call.target, model))
    const miss = missEdge(service, call, call.target, model)
    if (miss) edges.push(miss)
  }
  for (const publish of service.publishes) if (publish.target) edges.push(publishEdge(service, publish, publish.target))
  for (const consume of service.consumes) if (consume.source) edges.push(consumeEdge(service, consume, consume.source))
}

type Ends = readonly [from: Component, to: Component]
type Hardness = Pick<Edge, 'hard' | 'hardness'>

/** All edges have one shape: whatever follows from a manifest reads them. */
const edgeOf = (
  kind: Edge['kind'],
  ends: Ends,
  via: Edge['via'],
  { hard, hardness }: Hardness,
  { name = via.name, except }: { name?: string; except?: readonly string[] } = {},
): Edge => ({
  kind,
  from: ends[0],
  to: ends[1],
  via,
  name,
  path: via.path,
  serves: via.kind === 'consume' ? undefined : via.serves,
  except,
  hard,
  hardness,
})

const callEdge = (from: Service, call: Call, to: Component, model: Model): Edge =>
  edgeOf('call', [from, to], call, callHardness(call, to, model))

/** Whether the caller does without the answer, wherever that would have come from. */
const isSoft = ({ mode, optional, fallback }: Call): boolean =>
  mode === 'async' || optional === true || (fallback !== undefined && fallback !== 'none')

function callHardness(call: Call, target: Component, model: Model): Hardness {
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
function missEdge(from: Service, call: Call, cache: Component, model: Model): Edge | undefined {
  if (cache.kind !== 'cache' || cache.inFrontOf === undefined) return undefined
  const origin = model.components.get(cache.inFrontOf)
  const reads = from.calls.filter(({ to, access }) => to === cache.inFrontOf && access !== 'write')
  if (!origin || reads.some(({ serves }) => serves === undefined)) return undefined
  const stale = cache.staleOnError
  const hard = isSoft(call) ? 'no' : stale === undefined ? 'maybe' : stale === 'none' ? 'yes' : 'no'
  const hardness = [...cache.path, 'staleOnError']
  const name = `${from.name} -> ${cache.name} -> ${origin.name}`
  const except = reads.flatMap(({ serves = [] }) => serves)
  return edgeOf('miss', [from, origin], call, { hard, hardness }, { name, except })
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
  return edgeOf('publish', [from, to], publish, { hard, hardness })
}

/** Messages flow from the queue to the service; nobody who published waits for it. */
const consumeEdge = (by: Service, consume: Consume, source: Component): Edge =>
  edgeOf('consume', [source, by], consume, { hard: 'no', hardness: consume.path })

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
