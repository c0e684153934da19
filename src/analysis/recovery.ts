import type { Path } from '../finding.ts'
import type { Cache, Component, Drill, Model, Queue, Store } from '../manifest/model.ts'
import { bytes, duration } from '../units.ts'
import { between, exactly, quotient, scale, smallest, stated, sum, unknown, type Estimate } from './estimate.ts'

/** What a loss costs: how much data, and how long until it is back. Catalogues of objectives call them RPO and RTO. */

/** One part of a time, such as `15m until somebody acts`. */
export interface Part {
  readonly time: Estimate
  readonly what: string
  /** The fact that sets it. */
  readonly at: Path
  /** Whether the number is a default that nobody stated. */
  readonly assumed?: boolean
}

/** A time in its parts, in milliseconds. */
export interface Span {
  readonly total: Estimate
  readonly parts: readonly Part[]
}

const spanOf = (parts: readonly Part[]): Span => ({ total: sum(parts.map(({ time }) => time)), parts })

/** `1h between backups + 12m for one = 72m`; what is not stated counts as nothing. */
export function explain({ total, parts }: Span): string {
  const known = parts.filter(({ time }) => time.low > 0)
  const terms = known.map(({ time, what, assumed }) => `${duration(time.low)} ${what}${assumed ? ' (assumed)' : ''}`)
  if (terms.length === 0) return duration(total.low)
  return terms.length === 1 ? terms.join('') : `${terms.join(' + ')} = ${duration(total.low)}`
}

export interface Recovery {
  readonly store: Store
  /** Most data that is lost when it is restored from a backup; `undefined` where there is none, or none is stated. */
  readonly lossFromBackup: Span | undefined
  /** Most data that is lost when a replica takes over; `undefined` where none does. */
  readonly lossAtFailover: Span | undefined
  /** Time until it is back from a backup; `undefined` where there is none. */
  readonly restore: Span | undefined
  /** Time until a replica has taken over; `undefined` where none does. */
  readonly failover: Span | undefined
  /** What was rehearsed on it, the latest first. */
  readonly drills: readonly Drill[]
}

export const recoveryOf = (store: Store, model: Model): Recovery => ({
  store,
  lossFromBackup: lossFromBackup(store),
  lossAtFailover: lossAtFailover(store),
  restore: restoreTime(store, model),
  failover: failoverTime(store, model),
  drills: drillsOn(store, model),
})

/**
 * A loss just before a backup is complete goes back to the start of the one before: interval + duration. An archive of the
 * log loses only what it has not received yet.
 */
export function lossFromBackup({ backup, path }: Store): Span | undefined {
  if (backup === undefined || backup === 'none') return undefined
  const at = (key: string): Path => [...path, 'backup', key]
  const apart = { time: stated(backup.interval, at('interval')), what: 'between backups', at: at('interval') }
  const one = { time: stated(backup.duration, at('duration')), what: 'for one', at: at('duration') }
  const copies = spanOf([apart, one])
  if (backup.pointInTime === false) return copies
  const lag = stated(backup.archiveLag, at('archiveLag'))
  const archive = { time: lag, what: 'until the log is archived', at: at('archiveLag') }
  if (backup.pointInTime === true) {
    const total = smallest(lag, copies.total)
    return { total, parts: lag.low <= copies.total.low || copies.total.high === undefined ? [archive] : copies.parts }
  }
  const most = copies.total.high
  return { total: between(0, most, [at('pointInTime'), ...copies.total.missing]), parts: copies.parts }
}

/** A replica that confirms no write has not seen the last ones when it takes over. */
export function lossAtFailover(store: Store): Span | undefined {
  const { failover, replication, replicationLag: lag, path } = store
  if (failover === undefined || failover === 'none' || failover.mode === 'none') return undefined
  const at = [...path, 'replicationLag', ...(lag ? ['p99'] : [])]
  const behind = lag?.p99 === undefined ? unknown([at], lag?.mean) : exactly(lag.p99)
  const part = (time: Estimate, key: Path) => spanOf([{ time, what: 'that the replicas are behind', at: key }])
  if (failover.mode === undefined) return part(between(0, behind.high, [[...path, 'failover', 'mode']]), at)
  if (replication === 'async') return part(behind, at)
  if (replication === undefined) return part(between(0, behind.high, [[...path, 'replication']]), at)
  return part(exactly(0), [...path, 'replication'])
}

/** Time until somebody acts on a page. */
function response({ raw: { onCall } }: Model): Part {
  const { respond, acknowledge = 0 } = onCall ?? {}
  const at = ['onCall', respond === undefined && acknowledge > 15 * 60_000 ? 'acknowledge' : 'respond']
  const time = Math.max(respond ?? 15 * 60_000, acknowledge)
  const isAssumed = respond === undefined && acknowledge < time
  return { time: exactly(time), what: 'until somebody acts', at, ...(isAssumed ? { assumed: true } : {}) }
}

/** As long as a drill took in all; else somebody acts, and it is restored for as long as the last test took, else for size over speed. */
export function restoreTime(store: Store, model: Model): Span | undefined {
  const { backup, size, path } = store
  if (backup === undefined || backup === 'none') return undefined
  const drill = drillsOn(store, model).find(
    ({ scenario, measured }) => scenario === 'restore' && measured?.rto !== undefined,
  )
  if (drill) {
    const at = [...drill.path, 'measured', 'rto']
    return spanOf([{ time: exactly(drill.measured!.rto!), what: 'in the last drill', at }])
  }
  const test = backup.lastRestoreTest
  const at: Path = [...path, 'backup', 'restoreThroughput']
  const speed = stated(backup.restoreThroughput, at)
  const copying: Part =
    typeof test === 'object' && test.duration !== undefined
      ? { time: exactly(test.duration), what: 'to restore it', at: [...path, 'backup', 'lastRestoreTest'] }
      : {
          time: scale(quotient(stated(size, [...path, 'size']), speed), 1000),
          what: `for ${bytes(size ?? 0)} at ${bytes(speed.low)}/s`,
          at,
        }
  return spanOf([response(model), copying])
}

type Replicated = Store | Queue | Cache

/** Loss noticed, somebody's decision where it takes one, the switch, and clients that connect again. */
export function failoverTime({ failover, path }: Replicated, model: Model): Span | undefined {
  if (failover === undefined || failover === 'none' || failover.mode === 'none') return undefined
  const part = (key: 'detection' | 'time' | 'reconnect', what: string): Part => {
    const at = [...path, 'failover', key]
    return { time: stated(failover[key], at), what, at }
  }
  return spanOf([
    part('detection', 'to notice'),
    ...(failover.mode === 'manual' ? [response(model)] : []),
    part('time', 'to fail over'),
    part('reconnect', 'to connect again'),
  ])
}

/** Drills on a component, the latest first; those without a date last. */
export const drillsOn = (component: Component, model: Model): Drill[] =>
  [...model.drills.values()]
    .filter(({ on }) => on === component.name)
    .sort((a, b) => compare(b.date ?? '', a.date ?? '') || compare(a.name, b.name))

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
