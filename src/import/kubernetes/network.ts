import { at, countOf, items, root, textOf, textsOf } from '../spot.ts'
import type { Address } from '../hosts.ts'
import type { KubeObject } from './objects.ts'
import { push } from '../order.ts'
import { sameNamespace, type LabelIndex, type Workload } from './workload.ts'

/** A Kubernetes Service with the workloads behind it. */
export interface Exposure {
  readonly object: KubeObject
  readonly workloads: readonly Workload[]
  /** Ports that it listens on; none where every port of its pods is reached (headless), or where it lists none. */
  readonly ports: readonly number[]
  readonly selector: Readonly<Record<string, string>>
  /** Where an `ExternalName` leads, or the Service's own name where it has no selector: somebody else answers. */
  readonly external: string | undefined
}

export function exposureOf(object: KubeObject, index: LabelIndex): Exposure | undefined {
  if (object.kind !== 'Service' || object.group !== '' || object.name === '') return undefined
  const spec = at(root(object), 'spec')
  const selector = textsOf(at(spec, 'selector'))
  const wanted = Object.entries(selector)
  const isExternal = textOf(at(spec, 'type')) === 'ExternalName'
  const chosen =
    wanted.length === 0
      ? []
      : index
          .candidates(selector)
          .filter(
            ({ namespace, labels }) =>
              sameNamespace(namespace, object.namespace) && wanted.every(([key, value]) => labels[key] === value),
          )
  const isHeadless = textOf(at(spec, 'clusterIP')) === 'None'
  return {
    object,
    workloads: preferExact(chosen, object.namespace),
    ports: isHeadless ? [] : items(at(spec, 'ports')).flatMap(port => countOf(at(port, 'port')) ?? []),
    selector,
    external: isExternal
      ? (textOf(at(spec, 'externalName')) ?? object.name)
      : wanted.length === 0
        ? object.name
        : undefined,
  }
}

/** Where some are surely in the same namespace, those that only may be are others. */
function preferExact<T extends { namespace: string | undefined }>(
  all: readonly T[],
  namespace: string | undefined,
): T[] {
  const exact = all.filter(one => one.namespace === namespace)
  return exact.length > 0 ? exact : [...all]
}

/** What answers under a host name. */
export interface Answer {
  readonly exposure: Exposure | undefined
  readonly workloads: readonly Workload[]
}

export class Network {
  readonly #exposures = new Map<string, Exposure[]>()
  readonly #workloads = new Map<string, Workload[]>()
  readonly #variables = new Map<string, Exposure[]>()
  readonly #before = new Map<Workload, Exposure[]>()
  readonly all: readonly Exposure[]

  constructor(objects: readonly KubeObject[], workloads: readonly Workload[], index: LabelIndex) {
    this.all = objects.flatMap(object => exposureOf(object, index) ?? [])
    for (const one of this.all) {
      push(this.#exposures, one.object.name.toLowerCase(), one)
      push(this.#variables, one.object.name.toUpperCase().replaceAll('-', '_'), one)
      for (const workload of one.workloads) push(this.#before, workload, one)
    }
    for (const one of workloads) push(this.#workloads, one.object.name.toLowerCase(), one)
  }

  /** The Service of that name as seen from a namespace. */
  service(name: string, namespace: string | undefined): Exposure | undefined {
    const all = (this.#exposures.get(name.toLowerCase()) ?? []).filter(one =>
      sameNamespace(one.object.namespace, namespace),
    )
    return all.find(one => one.object.namespace === namespace) ?? all[0]
  }

  /** Workloads of that name, whatever exposes them; those that surely are in the namespace first. */
  workloads(name: string, namespace: string | undefined): Workload[] {
    const all = (this.#workloads.get(name.toLowerCase()) ?? []).filter(one => sameNamespace(one.namespace, namespace))
    return [...all.filter(one => one.namespace === namespace), ...all.filter(one => one.namespace !== namespace)]
  }

  /**
   * What answers at a host, asked from a namespace: `orders`, `orders.shop`, `orders.shop.svc.cluster.local`, and pods of a
   * StatefulSet such as `kafka-0.kafka-headless`.
   */
  find(host: string, namespace: string | undefined): Answer | undefined {
    const local = host.replace(/\.svc(?:\.[a-z0-9.-]+)?$/, '')
    const [first = '', second, third, ...more] = local.split('.')
    if (more.length > 0) return undefined
    const isQualified = local !== host
    const direct =
      third === undefined && (second === undefined || isQualified || this.service(first, second) !== undefined)
        ? this.service(first, second ?? namespace)
        : undefined
    const ofPod =
      !direct && second !== undefined && /-\d+$/.test(first) ? this.service(second, third ?? namespace) : undefined
    const exposure = direct ?? ofPod
    if (exposure) return { exposure, workloads: exposure.workloads }
    const workload = third === undefined ? this.workloads(first, second ?? namespace)[0] : undefined
    // A dotted name is a workload only where its namespace is stated as such.
    if (!workload || (second !== undefined && workload.namespace !== second)) return undefined
    return { exposure: undefined, workloads: [workload] }
  }

  /** The Services before a workload. */
  before(workload: Workload): readonly Exposure[] {
    return this.#before.get(workload) ?? []
  }

  /** Kubernetes sets `ORDERS_SERVICE_HOST` and `ORDERS_SERVICE_PORT` for each Service of the namespace. */
  injected(variable: string, namespace: string | undefined): string | undefined {
    const [, name, what] = /^(.+)_SERVICE_(HOST|PORT)$/.exec(variable) ?? []
    if (name === undefined) return undefined
    const found = this.#variables.get(name)?.find(({ object }) => sameNamespace(object.namespace, namespace))
    return what === 'HOST' ? found?.object.name : found?.ports[0]?.toString()
  }
}

/** Whether a Service listens on the port of an address, as far as both are known. */
export const isExposed = ({ port }: Address, { ports }: Exposure): boolean =>
  port === undefined || ports.length === 0 || ports.includes(port)
