import { intervalOf, type Interval } from './confidence.ts'
import type { Missing, Station } from './plan.ts'
import type { Recorder, Series } from './recorder.ts'
import type { Running } from './run.ts'
import type { Options, Prepared } from './simulate.ts'
import { enough, verdictOf, type Verdict } from './verdict.ts'

/** What came of a simulation. Rates per second, times in milliseconds; NaN where nothing was counted. */
export interface Simulation {
  readonly options: Options
  /** Milliseconds that one value of a series stands for. */
  readonly interval: number
  readonly events: number
  /** Milliseconds from time zero at which it was stopped before its end. */
  readonly stopped: number | undefined
  readonly missing: readonly Missing[]
  readonly leftOut: readonly string[]
  readonly journeys: readonly JourneyResult[]
  readonly stations: readonly StationResult[]
  readonly calls: readonly CallResult[]
  readonly caches: readonly CacheResult[]
}

export interface JourneyResult {
  readonly name: string
  readonly offered: number
  readonly counts: {
    readonly arrivals: number
    readonly ok: number
    readonly degraded: number
    readonly failed: number
  }
  /** Share of the requests that were answered, by a fallback too. */
  readonly success: number
  readonly latency: { readonly mean: number; readonly p50: number; readonly p99: number }
  /** Only of a system that nothing happens to. */
  readonly confidence: { readonly failed: Interval; readonly latency: Interval } | undefined
  readonly series: Readonly<Record<'offered' | 'success' | 'degraded' | 'failed' | 'p50' | 'p99', readonly number[]>>
  readonly verdict: Verdict
}

export interface StationResult {
  readonly name: string
  readonly kind: Station['kind']
  readonly slots: number
  readonly arrivals: number
  readonly refused: number
  readonly utilisation: number
  readonly waiting: number
  readonly mostWaiting: number
  /** Mean time in the queue, of those that came out of it or did not wait. */
  readonly wait: number
  /** Mean time that a slot was held. */
  readonly hold: number
  readonly confidence:
    | {
        readonly utilisation: Interval
        readonly waiting: Interval
        readonly wait: Interval | undefined
        readonly refused: Interval | undefined
      }
    | undefined
  readonly series: Readonly<Record<'arrivals' | 'utilisation' | 'waiting' | 'refused', readonly number[]>>
}

export interface CallResult {
  readonly name: string
  readonly calls: number
  readonly attempts: number
  readonly failed: number
  readonly timeouts: number
  /** Calls that a breaker did not let through. */
  readonly shortCircuited: number
  readonly series: Readonly<Record<'attempts', readonly number[]>>
}

export interface CacheResult {
  readonly name: string
  readonly reads: number
  readonly hitRatio: number
  readonly series: Readonly<Record<'hitRatio', readonly number[]>>
}

export function resultsOf(prepared: Prepared, running: Running): Simulation {
  const { plan, options, missing, leftOut } = prepared
  const { recorder } = running
  const { kept } = recorder
  const isComplete = kept === recorder.intervals
  const isCalm = plan.faults.length === 0 && isSteady(prepared, recorder)
  const journeys = plan.sources.flatMap((source, i) =>
    source.isJourney ? [journeyOf(i, prepared, recorder, isCalm)] : [],
  )
  return {
    options,
    interval: plan.interval,
    events: running.events,
    stopped: isComplete ? undefined : kept * plan.interval,
    missing,
    leftOut,
    journeys,
    stations: plan.stations.map((_, i) => stationOf(i, prepared, recorder, isCalm)),
    calls: plan.calls.map((_, i) => callOf(i, prepared, recorder)),
    caches: plan.caches.map((_, i) => cacheOf(i, prepared, recorder)),
  }
}

/** Whether as many requests ended as came; where queues only grow, a mean has no precision. */
function isSteady({ plan }: Prepared, recorder: Recorder): boolean {
  return plan.sources.every(({ isJourney }, source) => {
    const of = columnsOf(recorder.sources, source, recorder.kept)
    const ended = total(of('ok')) + total(of('degraded')) + total(of('failed'))
    return !isJourney || ended >= enough * total(of('arrivals'))
  })
}

/** A column of one element, interval by interval. */
type Columns<C extends string> = (column: C) => readonly number[]

function columnsOf<const C extends readonly string[]>(
  series: Series<C>,
  element: number,
  kept: number,
): Columns<C[number]> {
  return column => Array.from({ length: kept }, (_, i) => series.at(column, element, i))
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
const quotients = (a: readonly number[], b: readonly number[]): number[] => a.map((value, i) => value / b[i]!)

/** Of two columns, with what is said of its precision where nothing happens to the system. */
function ratioOf(a: readonly number[], b: readonly number[], isCalm: boolean): Interval | undefined {
  return isCalm
    ? intervalOf(
        i => a[i]!,
        i => b[i]!,
        a.length,
      )
    : undefined
}

function journeyOf(source: number, prepared: Prepared, recorder: Recorder, isCalm: boolean): JourneyResult {
  const { plan } = prepared
  const { interval } = plan
  const of = columnsOf(recorder.sources, source, recorder.kept)
  const [arrivals, ok, degraded, failed, latency] = [
    of('arrivals'),
    of('ok'),
    of('degraded'),
    of('failed'),
    of('latency'),
  ]
  const ended = ok.map((value, i) => value + degraded[i]!)
  const { settled } = recorder
  const answers = arrivals.map((_, i) => (i < settled ? recorder.answersTo(source, i) : Number.NaN))
  const counts = { arrivals: total(arrivals), ok: total(ok), degraded: total(degraded), failed: total(failed) }
  const lost = ratioOf(failed, arrivals, isCalm)
  const time = ratioOf(latency, ended, isCalm)
  return {
    name: plan.sources[source]!.name,
    offered: (counts.arrivals * 1000) / (interval * recorder.kept),
    counts,
    success: total(answers.slice(0, settled)) / total(arrivals.slice(0, settled)),
    latency: {
      mean: total(latency) / total(ended),
      p50: recorder.quantile(source, 0.5),
      p99: recorder.quantile(source, 0.99),
    },
    confidence: lost && time ? { failed: lost, latency: time } : undefined,
    series: {
      offered: arrivals.map(n => (n * 1000) / interval),
      success: quotients(answers, arrivals),
      degraded: quotients(degraded, arrivals),
      failed: quotients(failed, arrivals),
      p50: of('p50'),
      p99: of('p99'),
    },
    verdict: verdictOf(source, prepared, recorder),
  }
}

function stationOf(station: number, { plan }: Prepared, recorder: Recorder, isCalm: boolean): StationResult {
  const { interval } = plan
  const { name, kind, slots } = plan.stations[station]!
  const of = columnsOf(recorder.stations, station, recorder.kept)
  const [arrivals, refused, started, waited] = [of('arrivals'), of('refused'), of('started'), of('waited')]
  const [busy, waiting] = [of('busyArea'), of('waitingArea')]
  const time = busy.map(() => interval)
  const room = busy.map(() => interval * slots)
  const lengths = waiting.map(area => area / interval)
  const [use, length] = [ratioOf(busy, room, isCalm), ratioOf(waiting, time, isCalm)]
  return {
    name,
    kind,
    slots,
    arrivals: (total(arrivals) * 1000) / (interval * recorder.kept),
    refused: total(refused) / total(arrivals),
    utilisation: total(busy) / total(room),
    waiting: total(waiting) / total(time),
    mostWaiting: Math.max(0, ...lengths),
    wait: total(waited) / total(started),
    hold: total(of('held')) / total(of('done')),
    confidence:
      use && length
        ? {
            utilisation: use,
            waiting: length,
            wait: ratioOf(waited, started, isCalm),
            refused: ratioOf(refused, arrivals, isCalm),
          }
        : undefined,
    series: {
      arrivals: arrivals.map(n => (n * 1000) / interval),
      utilisation: quotients(busy, room),
      waiting: lengths,
      refused: refused.map(n => (n * 1000) / interval),
    },
  }
}

function callOf(call: number, { plan }: Prepared, recorder: Recorder): CallResult {
  const of = columnsOf(recorder.calls, call, recorder.kept)
  const attempts = of('attempts')
  return {
    name: plan.calls[call]!.name,
    calls: total(of('first')),
    attempts: total(attempts),
    failed: total(of('failed')),
    timeouts: total(of('timeouts')),
    shortCircuited: total(of('short')),
    series: { attempts: attempts.map(n => (n * 1000) / plan.interval) },
  }
}

function cacheOf(cache: number, { plan }: Prepared, recorder: Recorder): CacheResult {
  const of = columnsOf(recorder.caches, cache, recorder.kept)
  const [reads, hits] = [of('reads'), of('hits')]
  return {
    name: plan.caches[cache]!.name,
    reads: total(reads),
    hitRatio: total(hits) / total(reads),
    series: { hitRatio: quotients(hits, reads) },
  }
}
