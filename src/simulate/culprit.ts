import type { Recorder } from './recorder.ts'
import type { Prepared } from './simulate.ts'

/** What keeps a journey down at the end of a simulation. */
export type Culprit =
  | {
      readonly kind: 'overload'
      readonly component: string
      /** Requests that come, for each that it can carry. */
      readonly times: number
      /** What makes them so many, besides the users. */
      readonly because: 'retries' | 'misses' | 'load'
      /** Attempts for each call, or the cache that misses. */
      readonly attempts: number
      readonly cache: string | undefined
    }
  | { readonly kind: 'timeouts'; readonly call: string; readonly share: number }

const busy = 0.97
/** Attempts for each call from which on retries count as the reason. */
const many = 1.1

/** Looks at the intervals from one on. */
export function culpritOf(source: number, from: number, { plan }: Prepared, recorder: Recorder): Culprit | undefined {
  const { kept } = recorder
  const sum = (at: (interval: number) => number) => {
    let all = 0
    for (let i = from; i < kept; i++) all += at(i)
    return all
  }
  const time = (kept - from) * plan.interval
  const isOnWay = (station: number) => plan.programs[source * plan.stations.length + station] !== undefined
  const loaded = plan.stations.flatMap(({ name, slots, kind }, station) => {
    if (!isOnWay(station) || slots === Number.POSITIVE_INFINITY || kind === 'consumer') return []
    const of = (column: 'arrivals' | 'done' | 'held' | 'busyArea') => sum(i => recorder.stations.at(column, station, i))
    if (of('busyArea') / (time * slots) < busy) return []
    // What it does while all slots are busy is what it can do.
    return [{ station, name, times: of('arrivals') / Math.max(1, of('done')), calls: stepsBelow(source, station) }]
  })
  function stepsBelow(of: number, station: number): number {
    return plan.programs[of * plan.stations.length + station]?.steps.length ?? 0
  }
  // Who waits for others is full because of them.
  const [worst] = loaded.sort((a, b) => Number(a.calls > 0) - Number(b.calls > 0) || b.times - a.times)
  if (worst) {
    const attempts = Math.max(
      1,
      ...plan.calls.map((_, call) => {
        const first = sum(i => recorder.calls.at('first', call, i))
        return first === 0 ? 1 : sum(i => recorder.calls.at('attempts', call, i)) / first
      }),
    )
    const cache = plan.calls.find(({ station, cache }) => station === worst.station && cache >= 0)?.cache ?? -1
    const because = attempts >= many ? 'retries' : cache >= 0 && isCold(cache) ? 'misses' : 'load'
    return {
      kind: 'overload',
      component: worst.name,
      times: worst.times,
      because,
      attempts,
      cache: cache >= 0 ? plan.caches[cache]!.name : undefined,
    }
  }
  function isCold(cache: number): boolean {
    const reads = sum(i => recorder.caches.at('reads', cache, i))
    const hits = sum(i => recorder.caches.at('hits', cache, i))
    const { classes, uncacheable } = plan.caches[cache]!
    const warm = classes.reduce((all, one) => all + one.share * one.warm, 0) * (1 - uncacheable)
    return hits / reads < warm - 0.02
  }
  const late = plan.calls
    .map(({ name }, call) => ({
      call: name,
      share:
        sum(i => recorder.calls.at('timeouts', call, i)) /
        Math.max(
          1,
          sum(i => recorder.calls.at('attempts', call, i)),
        ),
    }))
    .sort((a, b) => b.share - a.share)[0]
  return late && late.share > 0.02 ? { kind: 'timeouts', ...late } : undefined
}
