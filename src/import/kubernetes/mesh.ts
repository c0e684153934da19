import { factOf, at, countOf, items, root, textOf, type Spot } from '../spot.ts'
import type { ImportedFact } from '../system.ts'
import type { Network } from './network.ts'
import type { KubeObject } from './objects.ts'
import type { Workload } from './workload.ts'

/** What Istio and the Gateway API state of the calls to a workload, whoever makes them. */
export interface Mesh {
  /** Keys of a call. */
  readonly calls: Map<Workload, ImportedFact[]>
  /** Keys of the service that is called. */
  readonly services: Map<Workload, ImportedFact[]>
}

export function meshOf(objects: readonly KubeObject[], network: Network): Mesh {
  const mesh: Mesh = { calls: new Map(), services: new Map() }
  const routes = new Map<Workload, ImportedFact[][]>()
  for (const object of objects) {
    const rules = rulesOf(object)
    for (const rule of rules)
      for (const host of rule.hosts)
        for (const workload of answering(host, object, network)) {
          const all = routes.get(workload) ?? []
          routes.set(workload, [...all, rule.facts])
        }
    if (object.kind === 'DestinationRule') {
      for (const workload of answering(at(root(object), 'spec', 'host'), object, network)) {
        const policy = at(root(object), 'spec', 'trafficPolicy')
        mesh.services.set(workload, outlierFacts(policy))
        mesh.calls.set(workload, poolFacts(policy))
      }
    }
  }
  for (const [workload, all] of routes) mesh.calls.set(workload, [...(mesh.calls.get(workload) ?? []), ...common(all)])
  return mesh
}

/** A fact holds for a callee where all routes to it state the same. */
function common(all: readonly (readonly ImportedFact[])[]): ImportedFact[] {
  const [first = [], ...others] = all
  const text = ({ path, value }: ImportedFact) => `${path.join('.')}=${JSON.stringify(value)}`
  return first.filter(fact => others.every(facts => facts.some(one => text(one) === text(fact))))
}

function answering(host: Spot, object: KubeObject, network: Network): readonly Workload[] {
  const text = textOf(host)
  return text === undefined ? [] : (network.find(text.toLowerCase(), object.namespace)?.workloads ?? [])
}

interface Rule {
  readonly hosts: readonly Spot[]
  readonly facts: ImportedFact[]
}

function rulesOf(object: KubeObject): Rule[] {
  const spec = at(root(object), 'spec')
  if (object.kind === 'VirtualService') {
    const gateways = items(at(spec, 'gateways')).map(textOf)
    // Routes of a gateway are for requests from outside.
    if (gateways.length > 0 && !gateways.includes('mesh')) return []
    return items(at(spec, 'http')).map(route => ({
      hosts: items(at(route, 'route')).map(one => at(one, 'destination', 'host')),
      facts: istioFacts(route),
    }))
  }
  if (object.kind !== 'HTTPRoute' && object.kind !== 'GRPCRoute') return []
  const parents = items(at(spec, 'parentRefs'))
  if (parents.length === 0 || !parents.every(one => textOf(at(one, 'kind')) === 'Service')) return []
  return items(at(spec, 'rules')).map(rule => ({
    hosts: items(at(rule, 'backendRefs')).map(one => at(one, 'name')),
    facts: gatewayFacts(rule),
  }))
}

/** `timeout` of a route is over all attempts, `perTryTimeout` of one. Without the latter an attempt may take all of it. */
function istioFacts(route: Spot): ImportedFact[] {
  const retries = at(route, 'retries')
  const attempts = countOf(at(retries, 'attempts'))
  return [
    ...timeoutFacts(at(route, 'timeout'), at(retries, 'perTryTimeout'), 'VirtualService'),
    ...(attempts === undefined
      ? []
      : [factOf(['retries', 'max'], attempts, at(retries, 'attempts'), 'VirtualService', 'stated')]),
    ...(attempts ? retryOnFacts(at(retries, 'retryOn')) : []),
  ]
}

function gatewayFacts(rule: Spot): ImportedFact[] {
  const attempts = at(rule, 'retry', 'attempts')
  const count = countOf(attempts)
  return [
    ...timeoutFacts(at(rule, 'timeouts', 'request'), at(rule, 'timeouts', 'backendRequest'), 'HTTPRoute'),
    ...(count === undefined ? [] : [factOf(['retries', 'max'], count, attempts, 'HTTPRoute', 'stated')]),
  ]
}

function timeoutFacts(all: Spot, each: Spot, signal: string): ImportedFact[] {
  const [total, one] = [durationOf(all), durationOf(each)]
  return [
    ...(one === undefined ? [] : [factOf(['timeout'], one, each, `${signal} per attempt`, 'stated')]),
    ...(total === undefined
      ? []
      : one === undefined
        ? [factOf(['timeout'], total, all, `${signal} timeout`, 'stated')]
        : [factOf(['totalTimeout'], total, all, `${signal} timeout`, 'stated')]),
  ]
}

/** Durations of Go, as a manifest writes them: `1.5s`, `1m30s`. Zero means that there is none, which defaults may fill. */
function durationOf(spot: Spot): string | undefined {
  const text = textOf(spot)
  return text !== undefined && /^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text) && /[1-9]/.test(text) ? text : undefined
}

const classes: Readonly<Record<string, string>> = {
  '5xx': '5xx',
  'gateway-error': '5xx',
  unavailable: '5xx',
  'connect-failure': 'connect',
  'refused-stream': 'connect',
  reset: 'reset',
  'retriable-4xx': 'conflict',
  '429': '429',
  'deadline-exceeded': 'timeout',
}

/** Only where each class is known: leaving one out would say that it is not retried. */
function retryOnFacts(spot: Spot): ImportedFact[] {
  const text = textOf(spot)
  if (text === undefined) return []
  const found = text.split(',').map(one => classes[one.trim()])
  if (found.includes(undefined)) return []
  return [factOf(['retries', 'retryOn'], [...new Set(found)], spot, 'VirtualService', 'stated')]
}

function outlierFacts(policy: Spot): ImportedFact[] {
  const spot = at(policy, 'outlierDetection')
  return spot.value === undefined ? [] : [factOf(['outlierDetection'], true, spot, 'DestinationRule', 'stated')]
}

function poolFacts(policy: Spot): ImportedFact[] {
  const spot = at(policy, 'connectionPool', 'tcp', 'maxConnections')
  const count = countOf(spot)
  return count === undefined || count === 0 ? [] : [factOf(['pool'], count, spot, 'DestinationRule', 'stated')]
}
