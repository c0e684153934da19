import type { Path } from '../finding.ts'
import type { Call, Consume, Journey, Model } from '../manifest/model.ts'
import { callersFirst } from './callers-first.ts'
import { between, distinct, exactly, unknown, type Estimate } from './estimate.ts'
import { attemptsPerRequest } from './formulas/latency.ts'
import type { Edge, Graph } from './graph.ts'
import { perObject } from './memo.ts'
import { distances } from './order.ts'
import type { Reach } from './reach.ts'

/** How often one request is tried at a component while it fails: the worst path R = Π (1 + r) that leads to it. */
export interface Amplification {
  readonly factor: Estimate
  /** The worst path, from its start: the worst that is sure, or where none multiplies the worst that is possible. */
  readonly route: readonly Edge[]
  /** Edges of the route that multiply. */
  readonly tiers: readonly Edge[]
  /** The worst path that is possible, with the facts that are missing. */
  readonly possible: { readonly route: readonly Edge[]; readonly tiers: readonly Edge[] }
  /** How often a message on the route is delivered, on a slower clock: executions in all are `factor` times this. */
  readonly deliveries: number
}

/** A way that one journey takes to a component, as its last edge and the way before it: few are ever shown. */
interface Chain {
  readonly factor: number
  readonly missing: readonly Path[]
  readonly last?: { readonly edge: Edge; readonly multiplies: boolean; readonly before: Chain }
}

interface Chains {
  /** Attempts that are sure if the journey comes here. */
  readonly sure: Chain
  readonly possible: Chain
}

const start: Chain = { factor: 1, missing: [] }

/**
 * For every component the path with the largest product of attempts that one journey takes, over the graph without cycles
 * (an edge that closes a cycle is left out: `sync-call-cycle` reports it). A failure travels up only while it makes the
 * request fail: beyond a fallback, a message or a call that nobody waits for, the callers see none and try nothing again.
 */
export function amplificationOf(
  model: Model,
  graph: Graph,
  reach: ReadonlyMap<string, Reach>,
): ReadonlyMap<string, Amplification> {
  const { order, leads } = outwards(model, graph)
  const place = new Map(order.map((name, i) => [name, i]))
  const arriving = new Map<string, (Chains & { readonly comes: boolean })[]>(order.map(name => [name, []]))
  for (const journey of model.journeys.values()) {
    const known = reach.get(journey.name)!
    const visited = [...known.touches.keys()].sort((a, b) => place.get(a)! - place.get(b)!)
    for (const [name, { sure, possible }] of chainsOf(visited, leads, graph, known))
      arriving.get(name)!.push({ sure, possible, comes: comesTo(name, journey, graph, known) })
  }
  return new Map(
    order.map(name => {
      let certain: Chain | undefined
      let mildest: Chain | undefined
      let possible: Chain | undefined
      for (const here of arriving.get(name)!) {
        if (here.comes) certain = worse(certain, here.sure)
        mildest = milder(mildest, here.sure)
        possible = worse(possible, here.possible)
      }
      // Where it is not stated which of several journeys comes here, at least the mildest of them does.
      return [name, combine(certain ?? mildest ?? start, possible ?? start, model)]
    }),
  )
}

/**
 * Callers before callees. Inside a cycle only edges that lead further away from the entries count, so that neither names nor
 * the order of the manifest decide which edge closes it.
 */
export const outwards = (model: Model, graph: Graph): Outwards => waysOut(graph)(model)

interface Outwards {
  readonly order: readonly string[]
  readonly leads: (edge: Edge) => boolean
}

const waysOut = perObject((graph: Graph) => perObject((model: Model) => findOutwards(model, graph)))

function findOutwards(model: Model, graph: Graph): Outwards {
  const next = (name: string) => graph.out.get(name)!.map(edge => edge.to.name)
  const { groups, groupOf } = callersFirst(graph)
  const entries = [...model.journeys.values()].flatMap(({ entry = '' }) => (graph.out.has(entry) ? [entry] : []))
  const sources = [...graph.in].flatMap(([name, edges]) => (edges.length === 0 ? [name] : []))
  const steps = distances([...entries, ...sources], next)
  const far = (name: string) => steps.get(name) ?? Number.POSITIVE_INFINITY
  const nearest = (a: string, b: string) => (far(a) < far(b) ? -1 : far(a) > far(b) ? 1 : 0)
  return {
    order: groups.flatMap(group => (group.length === 1 ? group : [...group].sort(nearest))),
    leads: ({ from, to }) => groupOf(from.name) !== groupOf(to.name) || far(from.name) < far(to.name),
  }
}

/** The worse of the worst so far and another; of equals the first. */
const worse = (a: Chain | undefined, b: Chain): Chain => (a === undefined || b.factor > a.factor ? b : a)

const milder = (a: Chain | undefined, b: Chain): Chain => (a === undefined || b.factor < a.factor ? b : a)

/** Work on messages and calls that nobody waits for are operations of their own. */
const operationOf = ({ kind, via }: Edge): string | undefined =>
  kind === 'call' && via.kind === 'call' && via.mode !== 'async' ? via.operation : ` ${kind}`

function combine(sure: Chain, possible: Chain, model: Model): Amplification {
  const worst = stepsOf(possible)
  const shown = sure.factor > 1 ? stepsOf(sure) : worst
  const high = Number.isFinite(possible.factor) ? possible.factor : undefined
  return {
    factor: { low: sure.factor, high, missing: distinct(possible.missing) },
    route: shown.route,
    tiers: shown.tiers,
    possible: worst,
    deliveries: shown.route.reduce((n, edge) => n * deliveriesOn(edge, model), 1),
  }
}

/** The edges of a chain from its start, and those of them that multiply. */
function stepsOf(chain: Chain): { route: readonly Edge[]; tiers: readonly Edge[] } {
  const [route, tiers]: [Edge[], Edge[]] = [[], []]
  for (let { last } = chain; last; last = last.before.last) {
    route.push(last.edge)
    if (last.multiplies) tiers.push(last.edge)
  }
  return { route: route.reverse(), tiers: tiers.reverse() }
}

/** A journey surely does work here, or an edge says so. */
const comesTo = (name: string, journey: Journey, graph: Graph, { touches }: Reach): boolean =>
  touches.get(name) === 'yes' || graph.in.get(name)!.some(edge => edge.serves?.includes(journey.name))

/** @param visited what the journey comes through, callers first */
function chainsOf(
  visited: readonly string[],
  leads: (edge: Edge) => boolean,
  graph: Graph,
  reach: Reach,
): Map<string, Chains> {
  const atLeaf = new Map<string, Chains>()
  /** The same where the component fails because of something below it, which not every retry answers. */
  const passing = new Map<string, Chains>()
  for (const name of visited) {
    const edges = graph.in.get(name)!.filter(edge => reach.takes(edge) !== 'no')
    const inbound = edges.filter(leads)
    const isOnly = edges.length === 1
    const extend = (attempts: (edge: Edge) => Estimate, mildest: boolean): Chains => {
      let sure: Chain | undefined
      let possible: Chain | undefined
      for (const edge of inbound) {
        const through = chainThrough(edge, passing.get(edge.from.name), attempts(edge), reach, isOnly)
        sure = mildest ? milder(sure, through.sure) : worse(sure, through.sure)
        possible = worse(possible, through.possible)
      }
      return { sure: sure ?? start, possible: possible ?? start }
    }
    const here = extend(attemptsOn, false)
    atLeaf.set(name, here)
    if (graph.out.get(name)!.length === 0) continue
    // Nothing says which of several operations goes on to what is below, so only the mildest of them surely does.
    const isMixed = inbound.some(edge => operationOf(edge) !== operationOf(inbound[0]!))
    const isSame = !isMixed && inbound.every(answersFailuresBelow)
    passing.set(
      name,
      isSame ? here : extend(edge => (answersFailuresBelow(edge) ? attemptsOn(edge) : exactly(1)), isMixed),
    )
  }
  return atLeaf
}

function chainThrough(
  edge: Edge,
  above: Chains | undefined,
  attempts: Estimate,
  reach: Reach,
  isOnly: boolean,
): Chains {
  const isCut = edge.hard === 'no' || !above
  const sureBase = isCut || edge.hard === 'maybe' ? start : above.sure
  const base = isCut ? start : above.possible
  const taken = reach.takes(edge) === 'yes'
  const isSure = isOnly || taken
  const doubts: Path[] = [
    ...(edge.hard === 'maybe' && base.factor > 1 ? [edge.hardness] : []),
    ...(taken ? [] : [[...edge.path, 'serves']]),
  ]
  return {
    sure: isSure ? join(sureBase, edge, attempts.low, []) : start,
    possible: join(base, edge, attempts.high ?? Number.POSITIVE_INFINITY, [...attempts.missing, ...doubts]),
  }
}

const join = (base: Chain, edge: Edge, attempts: number, missing: readonly Path[]): Chain => ({
  factor: base.factor * attempts,
  missing: missing.length === 0 ? base.missing : [...base.missing, ...missing],
  last: { edge, multiplies: attempts > 1, before: base },
})

const attemptsOn = (edge: Edge): Estimate => (edge.kind === 'call' ? attemptsOf(edge.via as Call) : exactly(1))

/** What fails below arrives as an error of the callee or as a timeout, not as a refused or reset connection. */
export const answersFailuresBelow = ({ via }: Edge): boolean =>
  via.kind !== 'call' || (via.retries?.retryOn?.some(failure => failure === 'timeout' || failure === '5xx') ?? true)

function deliveriesOn(edge: Edge, model: Model): number {
  if (edge.kind !== 'consume') return 1
  const dlq = model.queues.get((edge.via as Consume).from)?.dlq
  return dlq === undefined || dlq === 'none' ? 1 : (dlq.maxReceive ?? 1)
}

/** Attempts for one request while the callee hangs or fails. Retries of refused connections do not answer a slow callee. */
export function attemptsOf(call: Call): Estimate {
  const { retries, path } = call
  if (retries === undefined) return unknown([[...path, 'retries']], 1)
  if (retries.max === 0 || retries.retryOn?.every(failure => failure === 'connect')) return exactly(1)
  if (retries.budget === undefined) return between(1, 1 + retries.max, [[...path, 'retries', 'budget']])
  return exactly(attemptsPerRequest(retries.max, retries.budget === 'none' ? undefined : retries.budget))
}
