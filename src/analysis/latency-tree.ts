import type { Path } from '../finding.ts'
import type { Call, Component, Journey, Model } from '../manifest/model.ts'
import type { StatedTime } from './formulas/log-normal.ts'
import { cacheBefore, type Edge, type Graph } from './graph.ts'
import type { Reach } from './reach.ts'

/** What a journey waits for, as a tree: own work, then calls one after another or side by side. */
export type Span =
  | { readonly kind: 'work'; readonly component: Component; readonly time: StatedTime; readonly at: Path }
  | { readonly kind: 'sequence'; readonly parts: readonly Span[] }
  | { readonly kind: 'parallel'; readonly parts: readonly Span[] }
  /** Only a share of the requests waits for it. */
  | { readonly kind: 'sometimes'; readonly share: number; readonly part: Span }
  /** `enough` answers of `times` calls are waited for; in turn, that is all of them. */
  | {
      readonly kind: 'repeat'
      readonly times: number
      readonly enough: number
      readonly inTurn: boolean
      readonly part: Span
    }

export interface LatencyTree {
  readonly span: Span
  /** Facts without which a part of the journey is left out, so that all times are lower bounds. */
  readonly missing: readonly Path[]
  /** Facts that were looked at. */
  readonly read: readonly Path[]
  /** A call that leads back to a caller was left out. */
  readonly isCyclic: boolean
}

/** Hops beyond which a tree is cut: nobody reads a latency budget of so many, and a graph of diamonds doubles with each layer. */
const mostSpans = 2000

/** How calls of which it is not stated whether they wait for each other are taken. */
export type Undecided = 'parallel' | 'sequence'

/**
 * The expression tree of a journey. A component whose latency is stated, as its callers see it, stands for all that it waits
 * for; otherwise a service is its own work and its calls. Calls that nobody waits for are not part of it, nor are messages.
 */
export function latencyTree(
  journey: Journey,
  model: Model,
  graph: Graph,
  reach: Reach,
  undecided: Undecided,
): LatencyTree | undefined {
  const entry = journey.entry === undefined ? undefined : model.components.get(journey.entry)
  if (!entry) return undefined
  const missing: Path[] = []
  const read: Path[] = []
  let spans = 0
  let isCyclic = false

  const visit = (component: Component, above: readonly Component[]): Span => {
    spans++
    const latency = component.latency
    const at = [...component.path, 'latency']
    if (latency !== undefined) {
      read.push(at)
      return { kind: 'work', component, time: latency, at }
    }
    if (component.kind !== 'service') {
      missing.push(at)
      return nothing
    }
    const own = component.serviceTime
    const ownAt = [...component.path, 'serviceTime']
    if (own === undefined) missing.push(ownAt)
    else read.push(ownAt)
    const work: Span[] = own === undefined ? [] : [{ kind: 'work', component, time: own, at: ownAt }]
    const chain = [...above, component]
    const calls = graph.out.get(component.name)!.filter(edge => isWaitedFor(edge) && mayTake(edge))
    const open = calls.filter(edge => (edge.via as Call).parallelGroup === undefined)
    if (calls.length > 1) missing.push(...open.map(edge => [...edge.path, 'parallelGroup']))
    return { kind: 'sequence', parts: [...work, ...inOrder(calls, edge => wait(edge, chain), undecided)] }
  }

  const mayTake = (edge: Edge): boolean => {
    const takes = reach.takes(edge)
    // Whether the journey waits here is not known, so it is left out: what is left is a lower bound.
    if (takes === 'maybe') missing.push([...edge.path, 'serves'])
    return takes === 'yes'
  }

  const wait = (edge: Edge, above: readonly Component[]): Span => {
    if (above.includes(edge.to)) {
      isCyclic = true
      return nothing
    }
    if (spans >= mostSpans) return nothing
    const call = edge.via as Call
    return repeated(call, sometimes(call, edge, visit(edge.to, above)))
  }

  /** What a cache answers, and calls that not every request makes. */
  const sometimes = (call: Call, edge: Edge, part: Span): Span => {
    const cache = edge.kind === 'miss' ? model.caches.get(call.to) : cacheBefore(call, model)
    const often = call.callsPerRequest === undefined ? 1 : Math.min(1, call.callsPerRequest)
    const share = (call.probability ?? 1) * often
    if (!cache) return share === 1 ? part : { kind: 'sometimes', share, part }
    const at = [...cache.path, 'hitRatio']
    if (cache.hitRatio === undefined) {
      missing.push(at)
      return nothing
    }
    read.push(at)
    return { kind: 'sometimes', share: share * (1 - cache.hitRatio), part }
  }

  const span = visit(entry, [])
  return { span, missing, read, isCyclic }
}

const nothing: Span = { kind: 'sequence', parts: [] }

const isWaitedFor = ({ kind, via }: Edge): boolean =>
  kind === 'miss' || (kind === 'call' && (via as Call).mode !== 'async' && (via as Call).transport !== 'streaming')

function repeated({ callsPerRequest = 1, sequential, quorum }: Call, part: Span): Span {
  const times = Math.round(callsPerRequest)
  if (times <= 1) return part
  const inTurn = sequential === true
  return { kind: 'repeat', times, enough: inTurn ? times : Math.min(times, quorum ?? times), inTurn, part }
}

/**
 * Calls of one parallel group wait for the slowest of them; groups and other calls wait for each other. Calls that may as well
 * run beside any of those are taken to do so, where the least is asked for.
 */
function inOrder(edges: readonly Edge[], span: (edge: Edge) => Span, undecided: Undecided): Span[] {
  const groups = new Map<string, Span[]>()
  const inTurn: Span[] = []
  const anywhere: Span[] = []
  for (const edge of edges) {
    const { parallelGroup } = edge.via as Call
    const part = span(edge)
    if (parallelGroup === undefined && undecided === 'parallel') anywhere.push(part)
    else if (parallelGroup === undefined || parallelGroup === 'none') inTurn.push(part)
    else if (groups.has(parallelGroup)) groups.get(parallelGroup)!.push(part)
    else {
      groups.set(parallelGroup, [part])
      inTurn.push({ kind: 'parallel', parts: groups.get(parallelGroup)! })
    }
  }
  if (anywhere.length === 0) return inTurn
  return [{ kind: 'parallel', parts: [{ kind: 'sequence', parts: inTurn }, ...anywhere] }]
}
