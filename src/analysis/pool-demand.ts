import type { Call, Service } from '../manifest/model.ts'
import { exactly, largest, product, scale, stated, type Estimate } from './estimate.ts'
import { offeredLoad } from './formulas/capacity.ts'
import type { Facts } from './index.ts'
import type { LoadKind } from './load.ts'
import { instancesAt } from './zone-loss.ts'

/** Connections that the requests of one call keep busy against those in the pools of all instances that run at the load. */
export interface PoolDemand {
  /** Requests that make the call, however many calls one of them makes: it holds its connection once. */
  readonly requests: Estimate
  /** Connections in Erlangs: λ · hold time (Little's law). */
  readonly needed: Estimate
  /** Connections of one process. */
  readonly pool: Estimate
  readonly available: Estimate
}

/** Of a call whose hold time is stated and whose service has instances; `undefined` where no request makes it. */
export function demandOf(call: Call, service: Service, kind: LoadKind, facts: Facts): PoolDemand | undefined {
  const { holdTime = 0, callsPerRequest = 1 } = call
  const edge = facts.journeys.edgeOf(call)
  const requests = scale(edge ? facts.load.requestsOn(edge, kind) : exactly(0), 1 / Math.max(1, callsPerRequest))
  const needed = scale(requests, offeredLoad(1, holdTime))
  if (needed.high === 0) return undefined
  const pool = poolOf(call)
  const instances = instancesAt(service, kind, facts) ?? exactly(0)
  return {
    requests,
    needed,
    pool,
    available: product(pool, scale(instances, service.processes ?? 1)),
  }
}

/** Calls of one service to one store may share a pool; which of the sizes is its own is not said, so the largest counts. */
function poolOf({ from, to }: Call): Estimate {
  const sharing = from.calls.filter(call => call.to === to)
  return largest(sharing.map(({ pool, path }) => stated(pool, [...path, 'pool'], 1)))
}
