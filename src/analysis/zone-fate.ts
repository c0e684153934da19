import type { Path } from '../finding.ts'
import type { Cache, Component, Queue, Service, Store } from '../manifest/model.ts'
import { number, plural } from '../units.ts'
import type { Fault } from './faults.ts'
import type { Facts } from './index.ts'
import { zoneLossOf } from './zone-loss.ts'

/** What the loss of the zone that hurts it most does to a component; nothing where enough of it is elsewhere. */
export function zoneFault(component: Component, facts: Facts): Fault | undefined {
  if (component.kind === 'external') return undefined
  if (component.kind === 'service') return serviceFault(component, facts)
  return dataFault(component)
}

function serviceFault(service: Service, facts: Facts): Fault | undefined {
  const { name, path, zones, runtime } = service
  // The provider spreads functions over its zones.
  if (runtime === 'serverless') return undefined
  if (zones === 1) return oneZone(service, 'Spread its instances over three zones')
  const loss = zoneLossOf(service, 'peak', facts)
  if (!loss || (loss.shortfall === 0 && loss.missing.length === 0)) return undefined
  const { survivors, needed, enough, instances, missing, shortfall } = loss
  const left = survivors === undefined ? 'an unknown number of' : number(survivors)
  return {
    component: service,
    level: 3,
    missing: shortfall > 0 ? [] : missing,
    message: `"${name}" keeps ${left} of ${plural(instances.low, 'instance')} and needs ${number(needed.low)} at the peak`,
    ...(zones === undefined || survivors === undefined
      ? {}
      : {
          arithmetic: `survivors = ${number(instances.low)} - ceil(${number(instances.low)} / ${number(zones)}) = ${left}`,
        }),
    ...(enough === undefined ? {} : { fix: `Keep at least ${plural(enough, 'instance')} of "${name}" running` }),
    at: [...path, 'replicas'],
  }
}

const oneZone = (component: Service | Store | Queue | Cache, fix: string): Fault => ({
  component,
  level: 3,
  missing: [],
  message: `"${component.name}" runs in one zone only, which may be this one`,
  fix: `${fix}: "${component.name}"`,
  at: [...component.path, 'zones'],
})

/** Copies in several zones, one of which takes over by itself or is not needed for a majority. */
function dataFault(component: Store | Queue | Cache): Fault | undefined {
  const { name, path, zones, replicas, managedStandby, failover } = component
  const fault = (message: string, at: Path, fix: string, missing: readonly Path[] = []): Fault => ({
    component,
    level: 3,
    missing,
    message,
    fix,
    at,
  })
  const standby = `Keep a copy of "${name}" in another zone that takes over by itself`
  if (zones === 1 && managedStandby !== true) return oneZone(component, 'Spread its nodes over three zones')
  if (component.kind === 'queue' && component.replicationFactor !== undefined) return quorumFault(component)
  if (replicas === 1 && managedStandby !== true)
    return fault(`"${name}" is one node, which may be in this zone`, [...path, 'replicas'], standby)
  if (failover === 'none' || (failover !== undefined && failover.mode === 'none'))
    return fault(`nothing takes over from the primary of "${name}"`, [...path, 'failover'], standby)
  if (failover?.mode === 'manual')
    return fault(
      `"${name}" waits until somebody fails it over`,
      [...path, 'failover', 'mode'],
      `Let "${name}" fail over by itself`,
    )
  const missing: Path[] = [
    ...(zones === undefined && managedStandby !== true ? [[...path, 'zones']] : []),
    ...(replicas === undefined && managedStandby !== true ? [[...path, 'replicas']] : []),
    ...(failover === undefined
      ? [[...path, 'failover']]
      : failover.mode === undefined
        ? [[...path, 'failover', 'mode']]
        : []),
  ]
  return missing.length === 0 ? undefined : fault(`"${name}" may not survive the zone`, missing[0]!, standby, missing)
}

/** Copies are spread over the zones; writes need as many of them as must confirm. */
function quorumFault(queue: Queue): Fault | undefined {
  const { name, path, replicationFactor: copies = 1, minInsync, zones } = queue
  const missing: Path[] = [
    ...(zones === undefined ? [[...path, 'zones']] : []),
    ...(minInsync === undefined ? [[...path, 'minInsync']] : []),
  ]
  const left = copies - Math.ceil(copies / (zones ?? 1))
  const needed = minInsync ?? 1
  if (missing.length === 0 && left >= needed) return undefined
  return {
    component: queue,
    level: 3,
    missing,
    message: `"${name}" keeps ${number(left)} of ${plural(copies, 'copy', 'copies')}, and ${number(needed)} must confirm`,
    arithmetic: `left = ${number(copies)} - ceil(${number(copies)} / ${number(zones ?? 1)}) = ${number(left)}`,
    fix: `Keep more copies of "${name}" than one zone holds beyond minInsync`,
    at: [...path, 'replicationFactor'],
  }
}
