import type { Model, Service } from '../manifest/model.ts'
import type { Graph } from './graph.ts'

/** Services whose task it is to meet the outside. */
const isGateway = ({ role }: Service): boolean => role === 'gateway' || role === 'edge'

/** For each service that is no gateway itself the nearest gateways that lead to it by calls. */
export function gatewaysBefore(model: Model, graph: Graph): ReadonlyMap<string, readonly string[]> {
  const before = new Map<string, string[]>()
  // All gateways start together, so that each service is visited once and keeps the gateways that came first.
  let wave = [...model.services.values()].filter(isGateway).map(({ name }) => ({ name, gateway: name }))
  const seen = new Set(wave.map(({ name }) => name))
  while (wave.length > 0) {
    const found = new Map<string, Set<string>>()
    for (const { name, gateway } of wave) {
      for (const { kind, to } of graph.out.get(name) ?? []) {
        if (kind !== 'call' || to.kind !== 'service' || seen.has(to.name)) continue
        found.set(to.name, (found.get(to.name) ?? new Set()).add(gateway))
      }
    }
    for (const [name, gateways] of found) {
      seen.add(name)
      before.set(name, [...gateways])
    }
    wave = [...found].map(([name, gateways]) => ({ name, gateway: [...gateways][0] ?? name }))
  }
  return before
}
