import type { Path } from '../finding.ts'
import type { Call, Journey, Model, Store } from '../manifest/model.ts'
import { duration } from '../units.ts'
import type { Facts } from './index.ts'
import { groupedByOne } from './indices.ts'

/** Which kind of node answers a read, where it is stated or there is only one. */
export function answers({ readFrom, target }: Call): 'primary' | 'replica' | undefined {
  if (readFrom === 'primary' || (target as Store).replicas === 1) return 'primary'
  return readFrom && 'replica'
}

/** A store that a step writes and a later step reads, and the call that reads. */
export function rereads(journey: Journey, model: Model): { call: Call; store: Store; at: Path }[] {
  const steps = journey.steps ?? []
  return steps.flatMap(({ service, reads }, i) => {
    const store = reads === undefined ? undefined : model.stores.get(reads)
    if (!store || !steps.slice(0, i).some(({ writes }) => writes === reads)) return []
    const calls = (model.services.get(service)?.calls ?? []).filter(
      ({ target, access, serves }) =>
        target === store && access !== 'write' && (serves === undefined || serves.includes(journey.name)),
    )
    // Of several ways to read it the freshest may be the one that is meant.
    const call =
      calls.find(call => answers(call) === 'primary') ?? calls.find(call => answers(call) === undefined) ?? calls[0]
    return call ? [{ call, store, at: [...journey.path, 'steps', i] }] : []
  })
}

/** Whether replicas get a write after it was answered; `undefined` where nothing says so. */
export function isLate({ replication, consistency, replicationLag }: Store): boolean | undefined {
  const lag = replicationLag?.p99 ?? replicationLag?.mean
  if (replication === 'sync' || replication === 'quorum' || consistency === 'strong' || lag === 0) return false
  return replication === 'async' || consistency === 'eventual' || lag !== undefined ? true : undefined
}

/** Reads that the journey surely takes; a call of several journeys belongs to the most important of them. */
export function readsOf(journey: Journey, model: Model, facts: Facts): readonly Call[] {
  let reads = readsByJourney.get(facts)
  if (!reads) readsByJourney.set(facts, (reads = groupedByOne(model.calls, call => readerOf(call, facts))))
  return reads.get(journey.name) ?? []
}

const readsByJourney = new WeakMap<Facts, ReadonlyMap<string, readonly Call[]>>()

function readerOf(call: Call, { journeys }: Facts): string | undefined {
  const edge = journeys.edgeOf(call)
  return edge?.to.kind === 'store' && call.access !== 'write' ? journeys.taking(edge, 'sure')[0]?.name : undefined
}

/** Where it reads, as it is said in a sentence. */
export const nodeOf = ({ readFrom }: Call): string => (readFrom === 'nearest' ? 'the nearest node' : 'a replica')

/** How far the replicas are behind, as it is said in a sentence. */
export function behind({ replicationLag: { p99, mean } = {} }: Store): string {
  if (p99 !== undefined) return `up to ${duration(p99)} behind`
  return mean === undefined ? 'written to later' : `${duration(mean)} behind on average`
}
