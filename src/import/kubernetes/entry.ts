import { at, countOf, entries, items, root, sourceOf, textOf, type Spot } from '../spot.ts'
import type { ImportNote, Source } from '../system.ts'
import type { Network } from './network.ts'
import type { KubeObject } from './objects.ts'
import type { Workload } from './workload.ts'

/** What is reached from outside, and how that is known. */
export interface Entries {
  readonly public: Map<Workload, Source>
  /** Host names under which the outside knows the system. */
  readonly hosts: Set<string>
  readonly notes: ImportNote[]
}

const internal =
  /(?:aws|azure|gce|oci|alibaba|openstack).*internal|load-balancer-internal|load-balancer-type|loadbalancer-internal|internal-load-balancer/i

/** Balancers, open ports of machines, Ingresses, routes of the Gateway API, of Istio and of OpenShift. */
export function entriesOf(objects: readonly KubeObject[], network: Network): Entries {
  const found: Entries = { public: new Map(), hosts: new Set(), notes: [] }
  const open = (workloads: readonly Workload[], source: Source) => {
    for (const workload of workloads) if (!found.public.has(workload)) found.public.set(workload, source)
  }
  for (const { object, workloads } of network.all) {
    const type = at(root(object), 'spec', 'type')
    const kind = textOf(type)
    if ((kind === 'LoadBalancer' && !isInternal(object)) || kind === 'NodePort')
      open(workloads, sourceOf(type, `Service ${object.name} ${kind}`, kind === 'NodePort' ? 'derived' : 'stated'))
  }
  for (const object of objects) {
    for (const { name, port } of backendsOf(object, found.hosts)) {
      const text = textOf(name)
      if (text === undefined) continue
      const host = text.split('.')
      const exposure = network.service(host[0]!, host[1] ?? object.namespace)
      if (exposure) {
        open(exposure.workloads, sourceOf(name, `${object.kind} ${object.name}`, 'stated'))
        const number = port && countOf(port)
        if (number !== undefined && exposure.ports.length > 0 && !exposure.ports.includes(number))
          found.notes.push(
            dangling(
              port!,
              `${object.kind} "${object.name}" sends to port ${number} of the Service "${text}", which listens on ${exposure.ports.join(', ')}`,
            ),
          )
      } else if (host.length === 1)
        found.notes.push(
          dangling(name, `${object.kind} "${object.name}" sends to the Service "${text}", which is not in these files`),
        )
    }
  }
  return found
}

function isInternal(object: KubeObject): boolean {
  return entries(at(root(object), 'metadata', 'annotations')).some(([key, value]) => {
    const text = textOf(value) ?? ''
    return internal.test(key) && /^(?:true|internal|0\.0\.0\.0\/0|private)$/i.test(text)
  })
}

export function dangling(spot: Spot, message: string): ImportNote {
  const { file, line, column } = spot.object.place(spot.path)
  return { kind: 'dangling', message, file, line, column }
}

interface Backend {
  readonly name: Spot
  readonly port?: Spot
}

function backendsOf(object: KubeObject, hosts: Set<string>): Backend[] {
  const spec = at(root(object), 'spec')
  const note = (spots: readonly Spot[]) => {
    for (const spot of spots) hosts.add((textOf(spot) ?? '').toLowerCase())
  }
  switch (object.kind) {
    case 'Ingress': {
      const rules = items(at(spec, 'rules'))
      note([...rules.map(rule => at(rule, 'host')), ...items(at(spec, 'tls')).flatMap(one => items(at(one, 'hosts')))])
      const paths = rules.flatMap(rule => items(at(rule, 'http', 'paths')).map(path => at(path, 'backend')))
      return [at(spec, 'defaultBackend'), at(spec, 'backend'), ...paths].map(backend =>
        at(backend, 'service').value === undefined
          ? { name: at(backend, 'serviceName'), port: at(backend, 'servicePort') }
          : { name: at(backend, 'service', 'name'), port: at(backend, 'service', 'port', 'number') },
      )
    }
    case 'HTTPRoute':
    case 'GRPCRoute':
    case 'TLSRoute':
    case 'TCPRoute': {
      note(items(at(spec, 'hostnames')))
      const parents = items(at(spec, 'parentRefs'))
      // With a Service as its parent it routes inside the mesh.
      if (parents.length > 0 && parents.every(one => textOf(at(one, 'kind')) === 'Service')) return []
      return items(at(spec, 'rules'))
        .flatMap(rule => items(at(rule, 'backendRefs')))
        .filter(one => (textOf(at(one, 'kind')) ?? 'Service') === 'Service')
        .map(one => ({ name: at(one, 'name'), port: at(one, 'port') }))
    }
    case 'VirtualService': {
      const gateways = items(at(spec, 'gateways')).map(textOf)
      if (!gateways.some(name => name !== 'mesh')) return []
      note(items(at(spec, 'hosts')))
      return ['http', 'tls', 'tcp']
        .flatMap(key => items(at(spec, key)))
        .flatMap(route => items(at(route, 'route')))
        .map(one => ({ name: at(one, 'destination', 'host'), port: at(one, 'destination', 'port', 'number') }))
    }
    case 'IngressRoute':
      return items(at(spec, 'routes'))
        .flatMap(route => items(at(route, 'services')))
        .filter(one => (textOf(at(one, 'kind')) ?? 'Service') === 'Service')
        .map(one => ({ name: at(one, 'name'), port: at(one, 'port') }))
    case 'Route':
      if (object.group !== 'route.openshift.io') return []
      note([at(spec, 'host')])
      return [at(spec, 'to'), ...items(at(spec, 'alternateBackends'))].map(one => ({ name: at(one, 'name') }))
    default:
      return []
  }
}
