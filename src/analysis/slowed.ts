import type { Call, Model } from '../manifest/model.ts'
import type { Manifest } from '../manifest/schema/manifest.ts'
import { toModel } from '../manifest/to-model.ts'
import { worstCase } from './durations.ts'
import type { Graph } from './graph.ts'
import type { Scenario } from './scenario.ts'

/**
 * The same system with the latencies of a scenario, for what is computed from latencies alone. A component that is late takes as
 * long as its most patient caller waits, and caches that hold nothing are always missed. What is stated of a service as its
 * callers see it holds no more where it waits for such a component, so its own work and its calls are looked at instead.
 */
export function slowedModel({ slow, cacheFlush, down }: Scenario, model: Model, graph: Graph): Model {
  const { raw } = model
  const times = new Map(slow.map(({ component, time }) => [component, Math.min(time, patienceFor(component, graph))]))
  const empty = new Set([...cacheFlush, ...down].filter(name => model.caches.has(name)))
  const origins = [...empty].flatMap(name => model.caches.get(name)!.inFrontOf ?? [])
  const above = waitingFor([...times.keys(), ...empty, ...origins], graph)
  const change = <T extends object>(section: Readonly<Record<string, T>> | undefined) =>
    section && mapValues(section, (element, name) => slowed(element, times.get(name)))
  const services =
    raw.services &&
    mapValues(raw.services, (service, name) => {
      const { latency, ...rest } = service
      const isMixed = above.has(name) && !times.has(name) && latency !== undefined && service.serviceTime !== undefined
      return slowed(isMixed ? rest : service, times.get(name))
    })
  const caches =
    raw.caches &&
    mapValues(raw.caches, (cache, name) => {
      return slowed(empty.has(name) ? { ...cache, hitRatio: 0 } : cache, times.get(name))
    })
  const [stores, queues, externals] = [change(raw.stores), change(raw.queues), change(raw.externals)]
  return toModel({
    ...raw,
    ...(services ? { services } : {}),
    ...(caches ? { caches } : {}),
    ...(stores ? { stores } : {}),
    ...(queues ? { queues } : {}),
    ...(externals ? { externals } : {}),
  } as Manifest)
}

const slowed = <T extends object>(element: T, time: number | undefined): T =>
  time === undefined || !Number.isFinite(time) || time <= 0
    ? element
    : { ...element, latency: { mean: time, p50: time, p99: time } }

/** The longest that a caller surely waits, all attempts together. */
function patienceFor(component: string, graph: Graph): number {
  const waits = (graph.in.get(component) ?? []).flatMap(({ kind, via }) =>
    kind === 'call' ? [worstCase(via as Call)] : [],
  )
  if (waits.length === 0 || waits.some(({ high }) => high === undefined)) return Number.POSITIVE_INFINITY
  return Math.max(...waits.map(({ low }) => low))
}

/** Services that wait for one of these, directly or through others. */
function waitingFor(names: readonly string[], graph: Graph): ReadonlySet<string> {
  const found = new Set<string>()
  const todo = [...names]
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    for (const { kind, from, via } of graph.in.get(next) ?? []) {
      if (kind === 'consume' || kind === 'publish' || (via as Call).mode === 'async' || found.has(from.name)) continue
      found.add(from.name)
      todo.push(from.name)
    }
  }
  return found
}

const mapValues = <T, R>(map: Readonly<Record<string, T>>, change: (value: T, name: string) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value, name)]))
