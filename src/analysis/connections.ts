import type { Path } from '../finding.ts'
import type { Call, Job, Model, Service, Store } from '../manifest/model.ts'
import { engineOf } from './engine.ts'
import { between, exactly, product, stated, sum, type Estimate } from './estimate.ts'
import { surgeOf } from './formulas/capacity.ts'

/** One line of the connection ledger of a store. */
export interface LedgerEntry {
  readonly client: Service | Job
  readonly call: Call
  readonly instances: Estimate
  readonly surge: Estimate
  readonly processes: number
  readonly pool: Estimate
  readonly total: Estimate
}

export interface Ledger {
  readonly entries: readonly LedgerEntry[]
  readonly total: Estimate
  /** Connections that clients may use. */
  readonly limit: Estimate
}

/** Who may open how many connections at full scale, against what the store accepts. */
export function ledgerOf(store: Store, model: Model, callsTo: (component: string) => readonly Call[]): Ledger {
  const sharing =
    store.cluster === undefined ? [store] : [...model.stores.values()].filter(s => s.cluster === store.cluster)
  // Calls of one client to one store share a pool, so the largest of them counts, once.
  const pools = new Map<string, Call>()
  for (const call of sharing.flatMap(({ name }) => callsTo(name))) {
    // Modules of one deployable run in one process and share its pool.
    const client = (call.from.kind === 'service' ? call.from.deployable : undefined) ?? call.from.name
    const key = JSON.stringify([call.from.kind, client, call.to])
    const known = pools.get(key)
    if (!known || (call.pool ?? -1) > (known.pool ?? -1)) pools.set(key, call)
  }
  const entries = [...pools.values()].map(call => entryOf(call, model))
  const reserved = store.reservedConnections ?? (engineOf(store).product === 'postgres' ? 3 : 0)
  const maxConnections = stated(store.maxConnections, [...store.path, 'maxConnections'])
  const limit = {
    low: maxConnections.low - reserved,
    high: maxConnections.high === undefined ? undefined : maxConnections.high - reserved,
    missing: maxConnections.missing,
  }
  return { entries, total: sum(entries.map(entry => entry.total)), limit }
}

function entryOf(call: Call, model: Model): LedgerEntry {
  const client = call.from
  const instances =
    client.kind === 'job'
      ? exactly(1)
      : stated(client.replicas?.max, [...client.path, 'replicas', ...(client.replicas ? ['max'] : [])])
  const surge = client.kind === 'job' ? exactly(0) : surgeEstimate(client, model)
  const processes = client.processes ?? 1
  const pool = stated(call.pool, [...call.path, 'pool'])
  return {
    client,
    call,
    instances,
    surge,
    processes,
    pool,
    total: product(sum([instances, surge]), product(exactly(processes), pool)),
  }
}

/** Extra instances while a new version arrives. A rolling update on Kubernetes surges by 25 % unless it says otherwise. */
export function surgeEstimate(service: Service, model: Model): Estimate {
  const { deploy, replicas, path } = service
  const max = replicas?.max
  const strategy: Path = [...path, 'deploy', 'strategy']
  if (max === undefined) return exactly(0)
  if (deploy?.strategy === 'recreate' || deploy?.strategy === 'allAtOnce') return exactly(0)
  if (deploy?.strategy === 'blueGreen') return exactly(max)
  if (deploy?.maxSurge !== undefined) return exactly(surgeOf(max, deploy.maxSurge))
  if (deploy?.strategy === undefined) return between(0, max, strategy)
  const usual = model.raw.platform === 'kubernetes' ? surgeOf(max, { share: 0.25 }) : undefined
  return usual === undefined ? between(0, max, [...path, 'deploy', 'maxSurge']) : exactly(usual)
}
