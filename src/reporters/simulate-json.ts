import * as z from 'zod'
import { formatPath } from '../finding.ts'
import { culpritWords, verdictWords } from '../simulate/verdict-words.ts'
import type { Simulation } from '../simulate/results.ts'
import { shapes } from '../simulate/service-times.ts'

/** The JSON of `simulate`, under the same promise as that of the report. */

const number = z.number()
const maybe = z.number().nullable()
const series = z.array(maybe)
const interval = z
  .strictObject({
    mean: number,
    half: number.describe('Half of the width of the 95 % confidence interval, by twenty batch means.'),
  })
  .meta({ id: 'Interval', description: 'A mean and how precise it is.' })
const fault = z
  .strictObject({
    kind: z.enum(['down', 'slow', 'load', 'flush']),
    of: z.string().describe('A component, a journey or a cache.'),
    from: number.describe('Milliseconds from the end of the warm-up.'),
    to: maybe.describe('null: it does not end.'),
    time: maybe.optional().describe('slow: milliseconds until it answers; null: never.'),
    factor: number.optional().describe('load: what the load is multiplied by.'),
    share: number.optional().describe('flush: the share of the entries that is gone.'),
  })
  .meta({ id: 'Fault', description: 'What happened, and when.' })
const verdict = z
  .strictObject({
    kind: z
      .enum(['holds', 'recovers', 'stays', 'lasts', 'fails', 'idle'])
      .describe(
        'holds: goodput never fell below 95 % of the offered load. recovers: it did, and came back after the last fault. stays: it did not come back. lasts: the fault did not end. fails: too low without a fault. idle: no request came.',
      ),
    recoversAfter: maybe.describe('Milliseconds from the end of the last fault.'),
    observed: maybe.describe('Milliseconds that were looked at after the end of the last fault.'),
    lowest: maybe.describe('Lowest goodput, as a share of the offered load.'),
    last: maybe.describe('Goodput at the end.'),
    because: z.string().nullable().describe('What keeps it down.'),
    text: z.string(),
  })
  .meta({ id: 'Verdict', description: 'Whether the journey came back.' })
const journey = z
  .strictObject({
    journey: z.string(),
    offered: number.describe('Requests per second.'),
    arrivals: number,
    ok: number,
    degraded: number.describe('Answered by a fallback, or without a part.'),
    failed: number,
    success: maybe.describe('Share of the requests that were answered, degraded too.'),
    failedInterval: interval
      .nullable()
      .describe('Of the share of failures; null where something happened to the system.'),
    mean: maybe.describe('Milliseconds, of answers.'),
    meanInterval: interval.nullable(),
    p50: maybe,
    p99: maybe,
    verdict,
    series: z
      .strictObject({ offered: series, success: series, degraded: series, failed: series, p50: series, p99: series })
      .describe(
        'One value for each interval, from the end of the warm-up on; success is null where requests came too late to tell.',
      ),
  })
  .meta({ id: 'JourneyResult', description: 'What users got.' })
const station = z
  .strictObject({
    name: z.string(),
    kind: z.enum(['service', 'store', 'cache', 'external', 'consumer']),
    slots: maybe.describe('null: no limit.'),
    arrivals: number.describe('Per second.'),
    refused: maybe.describe('Share of the arrivals.'),
    utilisation: maybe.describe('Share of the slots that were busy.'),
    utilisationInterval: interval.nullable(),
    waiting: maybe.describe('Mean length of the queue.'),
    waitingInterval: interval.nullable(),
    mostWaiting: maybe.describe('Longest mean of an interval.'),
    wait: maybe.describe('Mean time in the queue in milliseconds.'),
    waitInterval: interval.nullable(),
    hold: maybe.describe('Mean time that a slot was held in milliseconds.'),
    series: z.strictObject({ arrivals: series, utilisation: series, waiting: series, refused: series }),
  })
  .meta({ id: 'Station', description: 'Where requests were worked on or waited.' })
const call = z
  .strictObject({
    name: z.string(),
    calls: number,
    attempts: number.describe('Calls and their retries.'),
    failed: number.describe('Calls that failed after all attempts.'),
    timeouts: number,
    shortCircuited: number.describe('Calls that a breaker did not let through.'),
    series: z.strictObject({ attempts: series }),
  })
  .meta({ id: 'CallResult', description: 'What became of a call.' })
const cache = z
  .strictObject({ name: z.string(), reads: number, hitRatio: maybe, series: z.strictObject({ hitRatio: series }) })
  .meta({ id: 'CacheResult', description: 'What a cache answered.' })
const document = z.strictObject({
  schemaVersion: z.literal(1).describe('Raised when a key goes away or changes its meaning.'),
  file: z.string().describe('The manifest.'),
  seed: number,
  duration: number.describe('Milliseconds, after the warm-up.'),
  warmUp: number,
  interval: number.describe('Milliseconds that one value of a series stands for.'),
  scale: number.describe('One request in so many was simulated; rates and numbers are those of the smaller system.'),
  times: z.enum(shapes),
  events: number,
  stopped: maybe.describe('Milliseconds at which --max-events ended it; null where it came to its end.'),
  faults: z.array(fault),
  assumed: z.array(
    z.strictObject({
      fact: z.string(),
      taken: z.string(),
      isNeeded: z.boolean().describe('Taken because of --assume.'),
    }),
  ),
  leftOut: z.array(z.string()).describe('Calls that lead back to a caller.'),
  journeys: z.array(journey),
  stations: z.array(station),
  calls: z.array(call),
  caches: z.array(cache),
})

type Document = z.input<typeof document>

export const simulationJsonSchema = (): unknown => ({
  ...z.toJSONSchema(document, { target: 'draft-7' }),
  title: 'scaffold-review simulation',
})

export function simulationJson(result: Simulation, file: string): string {
  const { options, interval, events, stopped, missing, leftOut } = result
  const data: Document = {
    schemaVersion: 1,
    file,
    seed: options.seed,
    duration: options.duration,
    warmUp: options.warmUp,
    interval,
    scale: options.scale,
    times: options.shape,
    events,
    stopped: stopped ?? null,
    faults: options.faults.map(one => ({
      kind: one.kind,
      of: one.kind === 'load' ? one.source : one.kind === 'flush' ? one.cache : one.component,
      from: one.from,
      to: finite(one.to),
      ...(one.kind === 'slow' ? { time: finite(one.time) } : {}),
      ...(one.kind === 'load' ? { factor: one.factor } : {}),
      ...(one.kind === 'flush' ? { share: one.share } : {}),
    })),
    assumed: missing.map(({ fact, taken, isNeeded }) => ({ fact: formatPath(fact), taken, isNeeded })),
    leftOut: [...leftOut],
    journeys: result.journeys.map(one => ({
      journey: one.name,
      offered: one.offered,
      ...one.counts,
      success: finite(one.success),
      failedInterval: one.confidence?.failed ?? null,
      mean: finite(one.latency.mean),
      meanInterval: one.confidence?.latency ?? null,
      p50: finite(one.latency.p50),
      p99: finite(one.latency.p99),
      verdict: {
        kind: one.verdict.kind,
        recoversAfter: one.verdict.after ?? null,
        observed: one.verdict.observed ?? null,
        lowest: finite(one.verdict.lowest),
        last: finite(one.verdict.last),
        because: one.verdict.culprit ? culpritWords(one.verdict.culprit) : null,
        text: verdictWords(one.verdict),
      },
      series: {
        offered: values(one.series.offered),
        success: values(one.series.success),
        degraded: values(one.series.degraded),
        failed: values(one.series.failed),
        p50: values(one.series.p50),
        p99: values(one.series.p99),
      },
    })),
    stations: result.stations.map(one => ({
      name: one.name,
      kind: one.kind,
      slots: finite(one.slots),
      arrivals: one.arrivals,
      refused: finite(one.refused),
      utilisation: Number.isFinite(one.slots) ? finite(one.utilisation) : null,
      utilisationInterval: Number.isFinite(one.slots) ? (one.confidence?.utilisation ?? null) : null,
      waiting: finite(one.waiting),
      waitingInterval: one.confidence?.waiting ?? null,
      mostWaiting: finite(one.mostWaiting),
      wait: finite(one.wait),
      waitInterval: one.confidence?.wait ?? null,
      hold: finite(one.hold),
      series: {
        arrivals: values(one.series.arrivals),
        utilisation: values(one.series.utilisation),
        waiting: values(one.series.waiting),
        refused: values(one.series.refused),
      },
    })),
    calls: result.calls.map(one => ({ ...one, series: { attempts: values(one.series.attempts) } })),
    caches: result.caches.map(one => ({
      ...one,
      hitRatio: finite(one.hitRatio),
      series: { hitRatio: values(one.series.hitRatio) },
    })),
  }
  return `${JSON.stringify(data, undefined, 2)}\n`
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)
/** Six digits say all that a draw does. */
const values = (all: readonly number[]): (number | null)[] =>
  all.map(value => (Number.isFinite(value) ? Number(value.toPrecision(6)) : null))
