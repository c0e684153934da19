import type { Bucket } from '../../analysis/formulas/histogram.ts'
import { isMap, type YamlDocument } from '../documents.ts'
import type { Sample } from './samples.ts'

/** What was seen of the calls from one service to another. */
export interface Observed {
  readonly from: string
  readonly to: string
  /** Empty for an ordinary call; `database`, `messaging_system`, `virtual_node` as the service graph connector says. */
  readonly connection: string
  readonly file: string
  readonly line: number
  calls: number
  failed: number | undefined
  /** Seconds over which the calls were counted. */
  seconds: number | undefined
  /** By upper bound in seconds; as the callee and as the caller measured them. */
  readonly server: Map<number, number>
  readonly client: Map<number, number>
}

export type Observations = Map<string, Observed>

function observedOf(
  all: Observations,
  from: string,
  to: string,
  connection: string,
  file: string,
  line: number,
): Observed {
  const key = `${from}\0${to}`
  const known = all.get(key)
  if (known) return known
  const made: Observed = {
    from,
    to,
    connection,
    file,
    line,
    calls: 0,
    failed: undefined,
    seconds: undefined,
    server: new Map(),
    client: new Map(),
  }
  all.set(key, made)
  return made
}

const metric =
  /^traces_service_graph_(?:request_)?(total|failed_total|(?:server|client)_(?:seconds|milliseconds)_bucket)$/

/** Adds what samples of the service graph metrics say; other metrics are left out. */
export function addSamples(samples: readonly Sample[], file: string, all: Observations): number {
  let used = 0
  for (const { name, labels, value, seconds, line } of samples) {
    const what = metric.exec(name.replace(/^traces_service_graph_request_(?=request_)/, 'traces_service_graph_'))?.[1]
    const { client, server } = labels
    if (what === undefined || !client || !server || !(value >= 0) || !Number.isFinite(value)) continue
    used++
    const edge = observedOf(all, client, server, labels['connection_type'] ?? '', file, line)
    if (what === 'total') {
      edge.calls += value
      edge.seconds = seconds ?? edge.seconds
    } else if (what === 'failed_total') edge.failed = (edge.failed ?? 0) + value
    else addBucket(what.startsWith('server') ? edge.server : edge.client, what, labels['le'], value)
  }
  return used
}

function addBucket(buckets: Map<number, number>, what: string, le: string | undefined, count: number): void {
  const bound = le === '+Inf' ? Infinity : Number(le)
  if (le === undefined || Number.isNaN(bound)) return
  const seconds = what.includes('milliseconds') ? bound / 1000 : bound
  buckets.set(seconds, (buckets.get(seconds) ?? 0) + count)
}

export const bucketsOf = (counts: ReadonlyMap<number, number>): Bucket[] =>
  [...counts].map(([le, count]) => ({ le, count }))

/** Jaeger's and Zipkin's dependencies: a list, or a map with it as `data`. `undefined` where it is something else. */
export function addDependencies(document: YamlDocument, all: Observations): boolean {
  const { value, file } = document
  const path = isMap(value) ? ['data'] : []
  const list: unknown = isMap(value) ? value['data'] : value
  if (!Array.isArray(list)) return false
  const links = list.map((one, i) => ({ one: one as unknown, i }))
  if (!links.every(({ one }) => isMap(one) && typeof one['parent'] === 'string' && typeof one['child'] === 'string'))
    return false
  for (const { one, i } of links) {
    const { parent, child, callCount, errorCount } = one as Record<string, unknown>
    const edge = observedOf(all, String(parent), String(child), '', file, document.place([...path, i]).line)
    if (typeof callCount === 'number' && callCount >= 0 && Number.isFinite(callCount)) edge.calls += callCount
    if (typeof errorCount === 'number' && errorCount >= 0) edge.failed = (edge.failed ?? 0) + errorCount
    // Zipkin leaves the number out where there was no error; Jaeger never counts them.
  }
  return true
}
