import type { Recorder } from './recorder.ts'
import type { Prepared } from './simulate.ts'
import { culpritOf, type Culprit } from './culprit.ts'

/** Goodput that counts as recovered, as a share of what is offered. */
export const enough = 0.95

/**
 * What becomes of a journey over the time that was simulated.
 * `holds`: goodput never falls below 95 % of the offered load. `recovers`: it does, and is back after the last fault has ended.
 * `stays`: it does, and is not back at the end. `lasts`: it does, and the fault does not end. `fails`: it is too low with no fault.
 */
export interface Verdict {
  readonly kind: 'holds' | 'recovers' | 'stays' | 'lasts' | 'fails' | 'idle'
  /** Milliseconds from the end of the last fault until goodput is back for good. */
  readonly after?: number
  /** Milliseconds that were looked at after the end of the last fault. */
  readonly observed?: number
  /** The lowest and the last goodput, as shares of what is offered. */
  readonly lowest: number
  readonly last: number
  readonly culprit?: Culprit | undefined
}

/** Requests that a window should have, so that chance does not make it look bad. */
const fewest = 1000
/**
 * The same for requests that are under way where a window begins and ends: their number varies by about its root, so goodput
 * varies by sqrt(2 T / λ) / window. This keeps it to 1 %.
 */
const precision = 0.01

export function verdictOf(source: number, prepared: Prepared, recorder: Recorder): Verdict {
  const { plan } = prepared
  const { interval } = plan
  const { kept } = recorder
  const sum = (column: 'arrivals' | 'ok' | 'degraded', from: number, to: number) => {
    let all = 0
    for (let i = from; i < to; i++) all += recorder.sources.at(column, source, i)
    return all
  }
  const arrivals = sum('arrivals', 0, kept)
  if (arrivals === 0 || kept === 0) return { kind: 'idle', lowest: Number.NaN, last: Number.NaN }
  const rate = arrivals / kept
  const time = (recorder.quantile(source, 0.5) || 0) / interval
  const wanted = Math.max(fewest / rate, Math.sqrt((2 * time) / rate) / precision)
  const width = Math.max(1, Math.min(Math.ceil(wanted), Math.ceil(kept / 5)))
  const goodput = (i: number) =>
    (sum('ok', i, i + width) + sum('degraded', i, i + width)) / Math.max(1, sum('arrivals', i, i + width))
  const windows = Array.from({ length: kept - width + 1 }, (_, i) => goodput(i))
  const [lowest, last] = [Math.min(...windows), windows.at(-1)!]
  const isGood = (share: number) => share >= enough
  const seen = { lowest, last }
  const why = () => culpritOf(source, kept - width, prepared, recorder)
  const begin = Math.min(...plan.faults.map(({ from }) => from))
  const isBadBefore = !isGood(goodputBefore(windows, begin / interval, width))
  if (plan.faults.length === 0)
    return isGood(last) && isGood(mean(windows))
      ? { kind: 'holds', ...seen }
      : { kind: 'fails', ...seen, culprit: why() }
  if (isBadBefore && !isGood(last)) return { kind: 'fails', ...seen, culprit: why() }
  const end = Math.max(...plan.faults.map(({ kind, from, to }) => (kind === 'flush' ? from : to)))
  const first = Math.ceil(end / interval)
  if (windows.every(isGood)) return { kind: 'holds', ...seen }
  if (first > kept - width) return { kind: 'lasts', ...seen, culprit: why() }
  const observed = kept * interval - end
  const lastBad = windows.findLastIndex(share => !isGood(share))
  if (lastBad === windows.length - 1) return { kind: 'stays', observed, ...seen, culprit: why() }
  // The last window that is too bad may be so because of its beginning alone.
  return { kind: 'recovers', after: Math.max(0, (lastBad + 1) * interval - end), observed, ...seen }
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

/** Of the windows that end before something happens; 1 where there is none. */
function goodputBefore(windows: readonly number[], begin: number, width: number): number {
  const before = windows.slice(0, Math.max(0, Math.floor(begin) - width + 1))
  return before.length === 0 ? 1 : mean(before)
}
