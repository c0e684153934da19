import type { Plan } from './plan.ts'

/** Parts of an octave that latencies are told apart by: a quantile is off by at most 1.1 %. */
const parts = 32
const lowest = -10
const bins = 42 * parts

/** What is counted of a station within one interval. */
export const stationColumns = [
  'arrivals',
  'refused',
  'started',
  'done',
  'waited',
  'held',
  'busyArea',
  'waitingArea',
] as const
/** Of a journey, or of a queue that states its arrivals. */
export const sourceColumns = ['arrivals', 'ok', 'degraded', 'failed', 'latency', 'p50', 'p99'] as const
/** `first`: calls; `attempts`: those and their retries. */
export const callColumns = ['first', 'attempts', 'failed', 'timeouts', 'short'] as const
export const cacheColumns = ['reads', 'hits'] as const

type Column<C extends readonly string[]> = C[number]

/** Values of all elements of a kind, interval by interval. */
export class Series<C extends readonly string[]> {
  readonly now: Readonly<Record<Column<C>, Float64Array>>
  readonly #kept: Record<string, Float64Array>
  readonly #columns: C
  readonly #elements: number

  constructor(columns: C, elements: number, intervals: number) {
    const make = (length: number) =>
      Object.fromEntries(columns.map(name => [name, new Float64Array(length)])) as Record<Column<C>, Float64Array>
    this.now = make(elements)
    this.#kept = make(elements * intervals)
    this.#columns = columns
    this.#elements = elements
  }

  at(column: Column<C>, element: number, interval: number): number {
    return this.#kept[column]![interval * this.#elements + element]!
  }

  keep(interval: number): void {
    for (const name of this.#columns) this.#kept[name]!.set(this.now[name as Column<C>], interval * this.#elements)
    this.reset()
  }

  reset(): void {
    for (const name of this.#columns) this.now[name as Column<C>].fill(0)
  }
}

/** Counts what happens, and keeps it interval by interval from time zero on. */
export class Recorder {
  readonly intervals: number
  /** Intervals that are complete. */
  kept = 0
  readonly stations: Series<typeof stationColumns>
  readonly sources: Series<typeof sourceColumns>
  readonly calls: Series<typeof callColumns>
  readonly caches: Series<typeof cacheColumns>
  /** When the busy slots and the queue of each station changed last. */
  readonly changed: Float64Array
  /** Answers by the interval in which their requests came, one interval after another. */
  readonly #answered: Float64Array
  readonly #sources: number
  readonly #warmUp: number
  readonly #interval: number
  /** Of each source: the interval, then all of them. */
  readonly #now: Int32Array
  readonly #all: Float64Array

  constructor({ stations, sources, calls, caches, duration, warmUp, interval }: Plan) {
    this.intervals = Math.max(1, Math.round(duration / interval))
    this.stations = new Series(stationColumns, stations.length, this.intervals)
    this.sources = new Series(sourceColumns, sources.length, this.intervals)
    this.calls = new Series(callColumns, calls.length, this.intervals)
    this.caches = new Series(cacheColumns, caches.length, this.intervals)
    this.changed = new Float64Array(stations.length)
    this.#answered = new Float64Array(sources.length * this.intervals)
    this.#sources = sources.length
    this.#warmUp = warmUp
    this.#interval = interval
    this.#now = new Int32Array(sources.length * bins)
    this.#all = new Float64Array(sources.length * bins)
  }

  /** An answer that a user got to a request that came at `born`. */
  answered(source: number, born: number, time: number, isDegraded: boolean): void {
    const { now } = this.sources
    const latency = time - born
    const came = Math.floor((born - this.#warmUp) / this.#interval)
    if (came >= 0 && came < this.intervals) this.#answered[came * this.#sources + source]!++
    if (isDegraded) now.degraded[source]!++
    else now.ok[source]!++
    now.latency[source]! += latency
    const bin = Math.floor((Math.log2(latency) - lowest) * parts)
    this.#now[source * bins + (bin < 0 ? 0 : bin >= bins ? bins - 1 : bin)]!++
  }

  /** Forgets the warm-up. */
  begin(): void {
    for (const series of [this.stations, this.sources, this.calls, this.caches]) series.reset()
    this.#now.fill(0)
  }

  keep(): void {
    for (let source = 0; source < this.#sources; source++) {
      const from = source * bins
      this.sources.now.p50[source] = quantile(this.#now, from, 0.5)
      this.sources.now.p99[source] = quantile(this.#now, from, 0.99)
      for (let bin = from; bin < from + bins; bin++) this.#all[bin]! += this.#now[bin]!
    }
    this.#now.fill(0)
    for (const series of [this.stations, this.sources, this.calls, this.caches]) series.keep(this.kept)
    this.kept++
  }

  /** How many of the requests that came in an interval were answered, whenever that was. */
  answersTo(source: number, interval: number): number {
    return this.#answered[interval * this.#sources + source]!
  }

  /**
   * Intervals of which it can be said how many of their requests were answered: those at the end came so late that some would
   * have had their answer a moment later.
   */
  get settled(): number {
    const slowest = Math.max(0, ...Array.from({ length: this.#sources }, (_, i) => this.quantile(i, 0.99) || 0))
    const tail = Math.min(Math.ceil((2 * slowest) / this.#interval), Math.floor(this.kept / 5))
    return this.kept - tail
  }

  /** Of all answers from time zero on; NaN where there was none. */
  quantile(source: number, share: number): number {
    return quantile(this.#all, source * bins, share)
  }
}

function quantile(counts: Int32Array | Float64Array, from: number, share: number): number {
  let total = 0
  for (let bin = from; bin < from + bins; bin++) total += counts[bin]!
  if (total === 0) return Number.NaN
  const wanted = Math.max(1, Math.ceil(share * total))
  let seen = 0
  for (let bin = 0; bin < bins; bin++) {
    seen += counts[from + bin]!
    if (seen >= wanted) return 2 ** ((bin + 0.5) / parts + lowest)
  }
  return Number.NaN
}
