import type { Path } from '../finding.ts'
import type { Model, Publish, Queue, Store } from '../manifest/model.ts'
import { duration, number } from '../units.ts'
import { engineOf, keepsDataForGood } from './engine.ts'
import { indicesOf } from './indices.ts'

/** A confirmed write that can be lost, or a write that cannot be confirmed. */
export interface WeakWrite {
  readonly at: Path
  readonly is: string
  readonly expected: string
  readonly fix?: string
  readonly arithmetic?: string
  readonly evidence?: readonly { label: string; at: Path }[]
  /** Two stated facts contradict each other, or nothing is lost; otherwise it depends on what the data is for. */
  readonly severity?: 'error' | 'warning'
  /** The publication that is at fault, where it is not the broker. */
  readonly about?: Path
}
export interface Doubt {
  readonly ask: Path
  readonly because: string
}

type Found = Generator<WeakWrite | Doubt, void, undefined>

export const isLog = (queue: Queue): boolean => ['kafka', 'redpanda'].includes(engineOf(queue).product ?? '')

export function* weakWritesOf(queue: Queue, model: Model): Found {
  const { name, path, minInsync, replicationFactor: copies } = queue
  const publishes = indicesOf(model)
    .publishesTo(name)
    .filter(({ lossTolerated }) => lossTolerated !== true)
  for (const publish of publishes) yield* ofPublish(publish)
  // Both mean the same by `acks`; the rest is Kafka's own.
  if (engineOf(queue).product !== 'kafka') return
  if (queue.uncleanLeaderElection === true)
    yield {
      at: [...path, 'uncleanLeaderElection'],
      is: `"${name}" lets a copy that is behind become the leader, and what it does not have is gone`,
      expected: 'a leader that has every confirmed message',
      fix: 'Set uncleanLeaderElection to false: the partition waits until a copy that has everything is back',
    }
  if (minInsync === 1) return yield oneCopy(queue)
  if (!publishes.some(({ acks }) => acks === 'all')) return
  if (minInsync === undefined)
    return yield { ask: [...path, 'minInsync'], because: 'without it one copy is enough for `acks: all`' }
  if (copies === undefined)
    return yield {
      ask: [...path, 'replicationFactor'],
      because: `${number(minInsync)} copies must confirm; if there are no more, one broker down stops all writes`,
    }
  if (minInsync === copies)
    yield {
      at: [...path, 'minInsync'],
      is: `"${name}" needs all of its ${number(copies)} copies to confirm a write, so that one broker down stops all writes`,
      expected: 'one copy more than must confirm',
      arithmetic: `brokers that may be down = ${number(copies)} - ${number(minInsync)} = 0`,
      fix: copies > 2 ? `Set minInsync to ${number(copies - 1)}` : 'Set replicationFactor to 3',
      severity: 'warning',
    }
}

function* ofPublish({ name, path, acks }: Publish): Found {
  const at = [...path, 'acks']
  if (acks === undefined) return yield { ask: at, because: 'the leader may be lost before another broker has it' }
  if (acks === 'all') return
  yield {
    at,
    is: `"${name}" counts a message as sent ${acks === '0' ? 'before any broker' : 'when one broker'} has it`,
    expected: '`acks: all`',
    fix: 'Set acks to all, with a minInsync of 2 and 3 copies',
    about: path,
  }
}

function oneCopy({ name, path, replicationFactor: copies }: Queue): WeakWrite {
  const which = copies === undefined ? '1 copy' : `1 of ${number(copies)} copies`
  return {
    at: [...path, 'minInsync'],
    is: `"${name}" counts a message as stored when ${which} has it, and loses it with that broker`,
    expected: 'at least 2 confirmations',
    fix:
      copies !== undefined && copies > 2
        ? 'Set minInsync to 2'
        : 'Set replicationFactor to 3 and minInsync to 2, so that one broker may be down',
  }
}

/** Whether a confirmed write that is lost would be missed: not in what is made from other data. */
export const isMissed = (store: Store): boolean =>
  store.lossTolerated !== true &&
  (store.role === undefined ? keepsDataForGood(store) : ['systemOfRecord', 'objectStore'].includes(store.role))

export function* weakWritesIn(store: Store): Found {
  yield* confirmedByOne(store)
  yield* lostAtFailover(store)
  yield* lostAtCrash(store)
}

/** From MongoDB 5 on a majority confirms where nothing else is said, unless members vote that hold no data. */
export const needsWriteConcern = (store: Store): boolean => {
  const { product, major = 0 } = engineOf(store)
  const { writeConcern, replicas, voters } = store
  if (product !== 'mongodb' || replicas === 1) return false
  return (
    writeConcern === 'one' ||
    (writeConcern === undefined && (major < 5 || replicas === undefined || voters !== replicas))
  )
}

function* confirmedByOne(store: Store): Found {
  const { name, path, role, writeConcern } = store
  if (!needsWriteConcern(store)) return
  if (writeConcern === undefined)
    return yield {
      ask: [...path, 'writeConcern'],
      because: 'older versions, and newer ones with an arbiter, let one node confirm a write',
    }
  if (role === undefined) return yield { ask: [...path, 'role'], because: 'one node confirms a write' }
  yield {
    at: [...path, 'writeConcern'],
    is: `"${name}" confirms a write when one node has it, and a failover rolls it back`,
    expected: 'a majority',
    fix: 'Set writeConcern to majority',
    evidence: [{ label: 'it is the only home of its data', at: [...path, 'role'] }],
  }
}

/** A standby that the provider keeps gets every write before it is confirmed. */
function* lostAtFailover(store: Store): Found {
  const { name, path, objectives: { rpo } = {}, failover, replication, replicationLag = {}, replicas } = store
  const lag = replicationLag.p99 ?? replicationLag.mean ?? 0
  if (rpo === undefined || (rpo > 0 && lag <= rpo) || store.managedStandby === true || replicas === 1) return
  const allowed = rpo === 0 ? 'no data' : `${duration(rpo)} of data`
  const because = `it may lose ${allowed}`
  if (failover === undefined) return yield { ask: [...path, 'failover'], because }
  if (failover === 'none') return
  if (failover.mode === undefined) return yield { ask: [...path, 'failover', 'mode'], because }
  if (failover.mode !== 'automatic') return
  if (replication === undefined) return yield { ask: [...path, 'replication'], because }
  if (replication !== 'async') return
  const loss = lag > 0 ? duration(lag) : 'the last writes'
  yield {
    at: [...path, 'replication'],
    is: `"${name}" may lose ${allowed}, but fails over by itself to a replica that gets writes after they are confirmed`,
    expected: 'a replica that has them before',
    arithmetic: `loss at a failover = replication lag = ${loss} > ${duration(rpo)}`,
    fix: `Replicate synchronously to one standby, or accept the loss of ${loss}`,
    evidence: [
      { label: `rpo ${duration(rpo)}`, at: [...path, 'objectives', 'rpo'] },
      { label: 'it fails over automatically', at: [...path, 'failover', 'mode'] },
    ],
    severity: 'error',
  }
}

/** Copies in the memory of other nodes survive the crash of one. */
function* lostAtCrash(store: Store): Found {
  const { name, path, flushOnCommit, replication, replicas, objectives: { rpo } = {} } = store
  if (flushOnCommit !== false || replication === 'sync' || replication === 'quorum') return
  const because = 'a commit is confirmed before it is on disk'
  if (rpo === undefined) return yield { ask: [...path, 'objectives', 'rpo'], because }
  if (rpo > 0) return
  if (replication === undefined && replicas !== 1) return yield { ask: [...path, 'replication'], because }
  yield {
    at: [...path, 'flushOnCommit'],
    is: `"${name}" may lose no data, but confirms a commit before it is on disk`,
    expected: 'a flush before the answer',
    fix: 'Set flushOnCommit to true, or accept the loss of the last commits when it crashes',
    evidence: [{ label: 'rpo 0s', at: [...path, 'objectives', 'rpo'] }],
    severity: 'error',
  }
}
