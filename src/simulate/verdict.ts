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

/** Goodput: the share of the requests that came within a time which were answered, by a fallback too. */
export function verdictOf(source: number, prepared: Prepared, recorder: Recorder): Verdict {
  const { plan } = prepared
  const { interval } = plan
  const { settled } = recorder
  const sum = (of: (interval: number) => number, from: number, to: number) => {
    let all = 0
    for (let i = from; i < to; i++) all += of(i)
    return all
  }
  const came = (i: number) => recorder.sources.at('arrivals', source, i)
  const arrivals = sum(came, 0, settled)
  if (arrivals === 0) return { kind: 'idle', lowest: Number.NaN, last: Number.NaN }
  const width = Math.max(1, Math.min(Math.ceil((fewest * settled) / arrivals), Math.ceil(settled / 5)))
  const goodput = (i: number) =>
    sum(at => recorder.answersTo(source, at), i, i + width) / Math.max(1, sum(came, i, i + width))
  const windows = Array.from({ length: settled - width + 1 }, (_, i) => goodput(i))
  const [lowest, last] = [Math.min(...windows), windows.at(-1)!]
  const isGood = (share: number) => share >= enough
  const seen = { lowest, last }
  const why = () => culpritOf(source, settled - width, prepared, recorder)
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
  if (first > settled - width) return { kind: 'lasts', ...seen, culprit: why() }
  const observed = recorder.kept * interval - end
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
