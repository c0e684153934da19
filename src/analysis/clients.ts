import type { Call } from '../manifest/model.ts'
import { exactly, product, stated, type Estimate } from './estimate.ts'

/**
 * How many requests of the caller can wait for the callee at the same time, at full scale. Functions are as many as they
 * need to be, which nothing in a manifest bounds.
 */
export function clientsOf({ from, bulkhead, pool, path }: Call): Estimate {
  if (from.kind === 'job') return exactly(pool ?? 1)
  if (from.runtime === 'serverless') return { low: 1, high: undefined, missing: [] }
  const { replicas, concurrency } = from
  const open = bulkhead === 'none' || bulkhead === undefined ? pool : bulkhead
  return product(
    stated(replicas?.max, [...from.path, 'replicas', ...(replicas ? ['max'] : [])], 1),
    open === undefined ? stated(concurrency, [...from.path, 'concurrency'], 1) : stated(open, path),
  )
}
