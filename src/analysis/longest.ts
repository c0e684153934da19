import type { Call } from '../manifest/model.ts'
import { duration, number } from '../units.ts'
import { attemptLimit } from './attempt.ts'
import { retriesWhenSlow, worstCase } from './durations.ts'
import { exactly, largest, sum, type Estimate } from './estimate.ts'
import { backoffTotal, type Backoff } from './formulas/latency.ts'

/** Longest time of one call. Jitter only shortens the waits between attempts, so it leaves the longest as it is. */
export function longestOf(call: Call): Estimate {
  const all = worstCase(call)
  return all.high !== undefined && all.missing.every(path => path.at(-1) === 'jitter') ? exactly(all.high) : all
}

/** Longest time of several calls. Those of which it is not stated whether they wait for each other may or may not. */
export function longestWait(calls: readonly Call[]): Estimate {
  const names = new Set(calls.map(call => call.parallelGroup))
  const group = (name: string | undefined) => calls.filter(call => call.parallelGroup === name).map(longestOf)
  const turns = [...names].flatMap(name => (name === undefined ? [] : [(name === 'none' ? sum : largest)(group(name))]))
  const open = group(undefined)
  const inTurn = sum([...turns, ...open])
  if (calls.length === 1 || open.length === 0) return inTurn
  const undecided = calls.filter(call => call.parallelGroup === undefined).map(call => [...call.path, 'parallelGroup'])
  const { low } = largest([sum(turns), ...open])
  return { low, high: inTurn.high, missing: [...inTurn.missing, ...undecided] }
}

/** `(1 + 3) x 2s + 200ms + 400ms + 800ms = 9.4s`, with the least that is sure where a part is not stated. */
export function explainLongest(call: Call): string {
  const { max = 0, backoff = 'none', base = 0, cap } = retriesWhenSlow(call) ?? {}
  const longest = longestOf(call)
  const isSure = longest.low === longest.high
  const attempt = attemptLimit({ timeout: call.timeout, totalTimeout: undefined, path: call.path }).time.low
  if (!Number.isFinite(attempt) && call.totalTimeout !== undefined)
    return `all attempts, cut at ${duration(call.totalTimeout)}`
  const once = duration(attempt)
  const all = isSure ? waitsBetween(max, { kind: backoff, base, cap }) : []
  const parts = [max === 0 ? once : `(1 + ${number(max)}) x ${once}`, ...all.map(duration)].join(' + ')
  if (isSure && longest.low === call.totalTimeout) return `${parts}, cut at ${duration(longest.low)}`
  return `${parts}${max === 0 ? '' : ` = ${duration(longest.low)}`}${isSure ? '' : ' at least'}`
}

/** The waits one by one where they are few. */
function waitsBetween(retries: number, backoff: Backoff): number[] {
  const total = backoffTotal(retries, backoff)
  if (retries > 4 || total === 0) return total > 0 ? [total] : []
  return Array.from({ length: retries }, (_, i) => backoffTotal(i + 1, backoff) - backoffTotal(i, backoff))
}
