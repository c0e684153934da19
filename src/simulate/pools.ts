import { send } from './calls.ts'
import { phase } from './rows.ts'
import type { State } from './state.ts'

/** Connection pools: a list of calls that wait, of which any may give up. */

export function waitForPool(s: State, row: number, pool: number): void {
  const { instances, poolsFirst, poolsLast } = s
  instances.phase[row] = phase.pool
  instances.next[row] = -1
  instances.before[row] = poolsLast[pool]!
  if (poolsLast[pool]! < 0) poolsFirst[pool] = row
  else instances.next[poolsLast[pool]!] = row
  poolsLast[pool] = row
}

export function leavePool({ instances, poolsFirst, poolsLast }: State, row: number, pool: number): void {
  const next = instances.next[row]!
  const before = instances.before[row]!
  if (before < 0) poolsFirst[pool] = next
  else instances.next[before] = next
  if (next < 0) poolsLast[pool] = before
  else instances.before[next] = before
}

/** A connection is free for who waits longest. */
export function givePool(s: State, pool: number): void {
  const row = s.poolsFirst[pool]!
  if (row < 0) {
    s.poolsBusy[pool]!--
    return
  }
  leavePool(s, row, pool)
  send(s, row)
}
