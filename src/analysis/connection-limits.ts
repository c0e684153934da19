import type { Path } from '../finding.ts'
import type { Store } from '../manifest/model.ts'
import { number } from '../units.ts'
import type { Ledger } from './connections.ts'
import { exactly, product, stated, type Estimate } from './estimate.ts'

export type Pooler = Exclude<NonNullable<Store['pooler']>, 'none'>

/** One place where connections meet a limit. */
export interface Side {
  readonly key: 'poolSize' | 'maxClientConnections' | 'mode'
  readonly at: Path
  readonly use: Estimate
  readonly limit: Estimate
  /** Facts about the pooler itself, which come before those about its clients. */
  readonly first: readonly Path[]
  readonly what: string
}

/** Clients connect to the pooler, and only the pooler connects to the store. */
export function poolerSides(store: Store, pooler: Pooler, ledger: Ledger) {
  const at = (key: string): Path => [...store.path, 'pooler', key]
  const poolers = stated(pooler.instances, at('instances'), 1)
  const size = stated(pooler.poolSize, at('poolSize'))
  const backend = product(product(poolers, exactly(pooler.pairs ?? 1)), size)
  const accepted = product(poolers, stated(pooler.maxClientConnections, at('maxClientConnections')))
  const side = (key: Side['key'], use: Estimate, limit: Estimate, first: readonly Path[], what: string): Side => ({
    key,
    at: at(key),
    use,
    limit,
    first,
    what,
  })
  const sides = [
    side('poolSize', backend, ledger.limit, [...backend.missing, ...ledger.limit.missing], 'opened by its poolers'),
    side('maxClientConnections', ledger.total, accepted, accepted.missing, 'opened to its poolers'),
  ]
  // In session mode a client keeps its server connection for as long as its pool keeps the connection open.
  if (pooler.mode === 'session' || pooler.mode === undefined)
    sides.push(side('mode', ledger.total, backend, backend.missing, 'held by clients in session mode'))
  return { sides, poolers, size }
}

/** Pools and instances that nothing bounds come first; what a rollout adds matters only when they are known. */
export function firstMissing({ entries }: Ledger): readonly Path[] {
  const unbounded = entries.filter(({ total }) => total.high === undefined)
  if (unbounded.length > 0) return unbounded.flatMap(({ instances, pool }) => [...instances.missing, ...pool.missing])
  return entries.flatMap(({ surge }) => surge.missing)
}

/** One line a client, then the sum. What is not stated counts as nothing. */
export function linesOf({ entries, total }: Ledger, limit: string): string {
  const lines = entries.map(({ call, instances, surge, processes, pool, total }) => {
    const running = surge.low > 0 ? `(${number(instances.low)} + ${number(surge.low)})` : number(instances.low)
    const factors = [running, ...(processes > 1 ? [`${number(processes)} processes`] : []), number(pool.low)]
    return total.low > 0
      ? `${call.name}: ${factors.join(' x ')} = ${number(total.low)}`
      : `${call.name}: not stated, at least 0`
  })
  return [...lines, `total = ${number(total.low)} > ${limit}`].join('\n')
}
