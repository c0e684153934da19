import { end } from './calls.ts'
import { flag, phase } from './rows.ts'
import type { State } from './state.ts'

/** Calls behind a cache: what it holds need not be asked for, and what is asked for is put into it. */

/**
 * Asks the cache before the call.
 * @returns true where the call is over or waits for another one
 */
export function readCache(s: State, cache: number, row: number): boolean {
  const { caches, instances, recorder, now } = s
  const entries = caches[cache]!
  const { isCollapsed, servesStale, originLimit } = entries.plan
  if (entries.isDown > 0) return false
  recorder.caches.now.reads[cache]!++
  const entry = entries.pick()
  const isOld = entry >= 0 && entries.isStale(entry)
  if (entry >= 0 && (entries.isValid(entry, now) || (servesStale && isOld && entries.isFetching(entry)))) {
    recorder.caches.now.hits[cache]!++
    instances.entry[row] = -1
    end(s, row, 0)
    return true
  }
  if (isCollapsed && entry >= 0 && entries.isFetching(entry)) {
    if (entries.isShared(entry)) {
      instances.phase[row] = phase.following
      instances.next[row] = entries.followers[entry]!
      entries.followers[entry] = row
      return true
    }
  } else if ((isCollapsed || servesStale) && entry >= 0) {
    entries.lead(entry)
    instances.flags[row]! |= leads
  }
  instances.entry[row] = entry
  if (originLimit < Number.POSITIVE_INFINITY && !entries.mayAsk(now)) {
    end(s, row, 1)
    return true
  }
  return false
}

/** Of a call: the first of those that want the same key. */
const leads = 16

/**
 * A call behind the cache has ended: its value is kept, and those that wait for it go on.
 * @returns whether an old value answers in place of a failure
 */
export function settleCache(s: State, cache: number, row: number, isFailed: boolean): boolean {
  const { caches, instances } = s
  const entries = caches[cache]!
  const entry = instances.entry[row]!
  instances.entry[row] = -1
  if (entry < 0) return false
  if (!isFailed) entries.put(entry, s.now)
  const isRescued = isFailed && entries.plan.staleOnError && entries.isStale(entry)
  if (isRescued) instances.flags[row]! |= flag.degraded
  if ((instances.flags[row]! & leads) !== 0) {
    entries.fetched(entry)
    let follower = entries.followers[entry]!
    entries.followers[entry] = -1
    while (follower >= 0) {
      const next = instances.next[follower]!
      instances.phase[follower] = phase.idle
      if (isRescued) instances.flags[follower]! |= flag.degraded
      end(s, follower, isFailed && !isRescued ? 4 : 0)
      follower = next
    }
  }
  return isRescued
}
