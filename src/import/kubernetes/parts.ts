import { at, items, textOf, type Spot } from '../spot.ts'
import { nameFor } from '../names.ts'
import { partOf, type Part } from '../parts.ts'
import type { KubeObject } from './objects.ts'
import { sameNamespace, type Workload } from './workload.ts'

/** A workload with what it is to the system. */
export interface Member {
  readonly workload: Workload
  /** Unique in the system: with its namespace where another has the same name. */
  readonly name: string
  readonly part: Part
  /** The container that makes it what it is; the others run beside it. */
  readonly main: Spot
}

const sidecarNames =
  /^(?:istio-proxy|istio-init|linkerd-proxy|envoy-sidecar|cloud-?sql-proxy|cloudsql-proxy|vault-agent|fluent-?bit|fluentd|filebeat|promtail|jaeger-agent|datadog-agent|otel-agent|config-reloader|oauth2?-proxy|dapr[d]?)$/

/** What each workload is; those that are no part of the system come as `outside`. */
export function membersOf(workloads: readonly Workload[]): Member[] {
  const taken = new Map<string, number>()
  for (const { object } of workloads) taken.set(object.name, (taken.get(object.name) ?? 0) + 1)
  const used = new Set<string>()
  return workloads.map(workload => {
    const parts = workload.containers.map(container => partOfContainer(container, workload))
    const index = mainIndex(workload.containers, parts)
    const part = ofCluster(workload, workloads) ?? parts[index]!
    return { workload, name: uniqueName(workload, taken, used), part, main: workload.containers[index]! }
  })
}

/** Namespaces of what every cluster has, whatever runs in it. */
const clusterNamespaces =
  /^(?:kube-(?:system|public|node-lease)|[\w-]+-system|cert-manager|ingress-nginx|linkerd(?:-\w+)?|monitoring|observability|logging|argocd|keda|kubernetes-dashboard|external-secrets)$/

/** What runs in a namespace of the cluster's own is no part of the system, unless nothing else is there. */
function ofCluster({ namespace }: Workload, all: readonly Workload[]): Part | undefined {
  if (!clusterNamespaces.test(namespace ?? '') || all.every(one => clusterNamespaces.test(one.namespace ?? '')))
    return undefined
  const signal = `namespace ${namespace!}`
  return { kind: 'outside', what: 'a part of the cluster', data: [], isProxy: false, signal, confidence: 'derived' }
}

function mainIndex(containers: readonly Spot[], parts: readonly Part[]): number {
  const isOwn = (i: number) =>
    !sidecarNames.test(textOf(at(containers[i]!, 'name')) ?? '') && parts[i]!.kind !== 'outside'
  const own = containers.findIndex((_, i) => isOwn(i))
  return own === -1 ? 0 : own
}

/** By its image first; the name of the workload says more than that of a container, which is often `server` or `app`. */
function partOfContainer(container: Spot, { object, containers }: Workload): Part {
  const own = textOf(at(container, 'name')) ?? object.name
  return partOf({
    name:
      containers.length === 1 || own === object.name ? object.name : containers[0] === container ? object.name : own,
    image: textOf(at(container, 'image')),
    env: items(at(container, 'env')).flatMap(one => textOf(at(one, 'name')) ?? []),
    command: [...items(at(container, 'command')), ...items(at(container, 'args'))].flatMap(one => textOf(one) ?? []),
  })
}

function uniqueName({ object }: Workload, taken: ReadonlyMap<string, number>, used: Set<string>): string {
  const plain = nameFor(object.name)
  const many = taken.get(object.name)! > 1
  let name = many && object.namespace !== undefined ? `${plain}.${object.namespace}` : plain
  if (used.has(name)) name = `${name}-${object.kind.toLowerCase()}`
  for (let i = 2; used.has(name); i++) name = `${plain}-${i}`
  used.add(name)
  return name
}

/** Of objects that are defined twice, the first by file and line counts; the others are told. */
export function withoutTwins(objects: readonly KubeObject[]): {
  kept: KubeObject[]
  twins: [KubeObject, KubeObject][]
} {
  const kept: KubeObject[] = []
  const twins: [KubeObject, KubeObject][] = []
  const byId = new Map<string, KubeObject[]>()
  for (const object of objects) {
    const id = `${object.kind} ${object.name}`
    const known = byId.get(id) ?? []
    const twin = object.name === '' ? undefined : known.find(one => sameNamespace(one.namespace, object.namespace))
    if (twin) twins.push([twin, object])
    else {
      byId.set(id, [...known, object])
      kept.push(object)
    }
  }
  return { kept, twins }
}
