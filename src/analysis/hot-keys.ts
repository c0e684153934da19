import type { Path } from '../finding.ts'
import type { Call, Store } from '../manifest/model.ts'
import { engineOf } from './engine.ts'
import { between, exactly, product, sum, withLow, type Estimate } from './estimate.ts'
import type { Edge } from './graph.ts'
import type { Facts } from './index.ts'

export type Access = 'read' | 'write'

/** What one partition carries, of the kind of work that counts against it. */
export interface PartitionLimit {
  readonly what: string
  /** Work of the whole store. */
  readonly work: Estimate
  readonly most: number
}

/** What DynamoDB lets one partition do in a second: a small item takes one unit for a write or a strongly consistent read. */
const unitsOfDynamo = { write: 1000, read: 3000 } as const

/** What there is to carry, as far as anything is known of it. */
const known = (limits: readonly PartitionLimit[]) => limits.filter(({ work }) => (work.high ?? work.low) > 0)

/** The limits of one partition: documented ones, or the even share of what all partitions carry together. */
export function partitionLimits(store: Store, facts: Facts): { documented: boolean; limits: PartitionLimit[] } {
  const write = rateOf(store, 'write', facts)
  const read = rateOf(store, 'read', facts)
  if (engineOf(store).product === 'dynamodb') {
    const units = { write, read: product(read, unitsOfRead(store, facts)) }
    return {
      documented: true,
      limits: known([
        { what: 'write units', work: units.write, most: unitsOfDynamo.write },
        { what: 'read units', work: units.read, most: unitsOfDynamo.read },
      ]),
    }
  }
  const { capacity, partitions } = store
  if (capacity?.rps === undefined || partitions === undefined || partitions < 2)
    return { documented: false, limits: [] }
  const work = sum([write, read])
  return { documented: false, limits: known([{ what: 'requests', work, most: capacity.rps / partitions }]) }
}

/** An eventually consistent read takes half a unit. The store's word does not count where a reader says otherwise. */
function unitsOfRead({ name, path, consistency }: Store, facts: Facts): Estimate {
  const relaxed = facts.callsTo(name).some(call => call.consistency !== undefined && call.consistency !== 'strong')
  if (consistency === 'eventual') return exactly(0.5)
  return consistency === 'strong' && !relaxed ? exactly(1) : between(0.5, 1, [...path, 'consistency'])
}

/** Reads or writes per second: as measured, or what the journeys make of them at their peak. */
export function rateOf(store: Store, access: Access, { graph, load }: Facts): Estimate {
  const measured = store.rates?.[access]
  if (measured !== undefined) return exactly(measured)
  const at = (edge: Edge, kind: 'steady' | 'peak') => product(load.on(edge, kind), shareOfCall(edge, access, store))
  const edges = graph.in.get(store.name) ?? []
  const peaks = edges.map(edge => at(edge, 'peak'))
  // Peaks need not fall together: at least all is steady, or one edge is at its peak.
  const steady = sum(edges.map(edge => at(edge, 'steady'))).low
  return withLow(sum(peaks), Math.max(steady, ...peaks.map(({ low }) => low)))
}

function shareOfCall({ via }: Edge, access: Access, store: Store): Estimate {
  const call = via as Call
  const does = call.access ?? (call.mutates === false ? 'read' : undefined)
  if (does === 'readWrite') return between(0, 1, [...store.path, 'rates', access])
  return does === undefined ? between(0, 1, [...call.path, 'access']) : exactly(does === access ? 1 : 0)
}

/**
 * The share of the busiest key. Where only the number of keys is stated it is at least an even share; nobody is asked about
 * more than `skew` times that. `undefined` where nothing is stated.
 */
export function hottestShare({ path, keys }: Store, skew: number): Estimate | undefined {
  const fact: Path = [...path, 'keys', 'hotShare']
  if (keys?.hotShare !== undefined) return exactly(keys.hotShare)
  if (keys?.cardinality === undefined) return undefined
  return between(1 / keys.cardinality, Math.min(1, skew / keys.cardinality), fact)
}
