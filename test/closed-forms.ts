import { fitLogNormal } from '../src/analysis/formulas/log-normal.ts'
import { meanWait } from '../src/analysis/formulas/waiting.ts'
import { student, type Interval } from '../src/simulate/confidence.ts'
import { resultsOf, type Simulation, type StationResult } from '../src/simulate/results.ts'
import { begin } from '../src/simulate/run.ts'
import { prepare, type Options } from '../src/simulate/simulate.ts'
import { modelOf } from './support.ts'

/** Queues of which textbooks know the answer, each as a manifest, with what the simulation says. */

export const options: Options = {
  seed: 1,
  duration: 300_000,
  warmUp: 30_000,
  shape: 'log-normal',
  scale: 1,
  faults: [],
}

export function simulate(text: string, more: Partial<Options> = {}): Simulation {
  const prepared = prepare(modelOf(text), { ...options, ...more })
  const running = begin(prepared.plan)
  while (!running.go(1_000_000));
  return resultsOf(prepared, running)
}

/** One service of so many slots, each of which needs 10 ms for a request. */
export const desk = (perSecond: number, slots: number, { p99, queueLimit = 'none' }: DeskFacts = {}): string => `
journeys: { ask: { entry: desk, load: ${perSecond}/s } }
services:
  desk:
    replicas: 1
    concurrency: ${slots}
    queueLimit: ${queueLimit}
    serviceTime: { mean: 10ms${p99 === undefined ? '' : `, p99: ${p99}ms`} }
`

interface DeskFacts {
  readonly p99?: number
  readonly queueLimit?: number | 'none'
}

interface Queue {
  readonly name: string
  /** Requests per second. */
  readonly load: number
  readonly slots: number
  readonly shape: Options['shape']
  readonly more?: DeskFacts
  readonly what: string
  readonly exact: number
  readonly simulated: (station: StationResult, result: Simulation) => Interval | undefined
}

const mean = 10
const wait = ({ confidence }: StationResult) => confidence?.wait
const refused = ({ confidence }: StationResult) => confidence?.refused
const length = ({ confidence }: StationResult) => confidence?.waiting
const perSecond = (erlangs: number) => (erlangs * 1000) / mean

/** Erlang's loss formula by its recurrence. */
export function erlangB(erlangs: number, slots: number): number {
  let blocking = 1
  for (let n = 1; n <= slots; n++) blocking = (erlangs * blocking) / (n + erlangs * blocking)
  return blocking
}

/** Pollaczek and Khinchine: ρ S (1 + cs²) / (2 (1 - ρ)). */
export const pollaczekKhinchine = (rho: number, service: number, cs2: number): number =>
  (rho * service * (1 + cs2)) / (2 * (1 - rho))

/** Squared coefficient of variation of a log-normal: e^(σ²) - 1. */
export const cs2Of = (p99: number): number => Math.exp(fitLogNormal({ mean, p99 })!.sigma ** 2) - 1

const queues: readonly Queue[] = [
  ...[0.5, 0.7, 0.9].map((rho): Queue => {
    const exact = (rho * mean) / (1 - rho)
    return {
      name: 'M/M/1',
      load: perSecond(rho),
      slots: 1,
      shape: 'exponential',
      what: 'mean wait',
      exact,
      simulated: wait,
    }
  }),
  ...[0.5, 0.8].map((rho): Queue => {
    const exact = pollaczekKhinchine(rho, mean, 0)
    return {
      name: 'M/D/1',
      load: perSecond(rho),
      slots: 1,
      shape: 'constant',
      what: 'mean wait',
      exact,
      simulated: wait,
    }
  }),
  ...[30, 60].map((p99): Queue => {
    const exact = pollaczekKhinchine(0.7, mean, cs2Of(p99))
    return {
      name: `M/G/1, p99 ${p99}ms (Pollaczek-Khinchine)`,
      load: perSecond(0.7),
      slots: 1,
      shape: 'log-normal',
      more: { p99 },
      what: 'mean wait',
      exact,
      simulated: wait,
    }
  }),
  ...(
    [
      [2, 1.6],
      [10, 8],
      [50, 45],
    ] as const
  ).map(([slots, erlangs]): Queue => {
    const exact = meanWait(erlangs, slots, mean)
    return {
      name: 'M/M/c (Erlang C)',
      load: perSecond(erlangs),
      slots,
      shape: 'exponential',
      what: 'mean wait',
      exact,
      simulated: wait,
    }
  }),
  ...(
    [
      [5, 4],
      [20, 18],
    ] as const
  ).map(([slots, erlangs]): Queue => {
    const exact = erlangB(erlangs, slots)
    return {
      name: 'M/M/c/c (Erlang B)',
      load: perSecond(erlangs),
      slots,
      shape: 'exponential',
      more: { queueLimit: 0 },
      what: 'refused',
      exact,
      simulated: refused,
    }
  }),
  {
    name: 'M/G/5/5 (Erlang B holds for any shape)',
    load: perSecond(4),
    slots: 5,
    shape: 'log-normal',
    more: { p99: 40, queueLimit: 0 },
    what: 'refused',
    exact: erlangB(4, 5),
    simulated: refused,
  },
  {
    name: "M/M/1, Little's law",
    load: perSecond(0.8),
    slots: 1,
    shape: 'exponential',
    what: 'mean queue',
    exact: 0.8 ** 2 / 0.2,
    simulated: length,
  },
]

export interface Row {
  readonly queue: Queue
  readonly rho: number
  readonly exact: number
  readonly simulated: Interval
}

/** Arrivals of one row. */
const arrivals = 200_000

/** Intervals are of 99 %, so that of so many rows hardly one is outside by chance. */
export function closedForms(seed = 1): Row[] {
  return queues.map(queue => {
    const { load, slots, shape, more, exact, simulated } = queue
    const result = simulate(desk(load, slots, more), { seed, shape, duration: Math.ceil(arrivals / load) * 1000 })
    const { mean, half } = simulated(result.stations[0]!, result)!
    return {
      queue,
      rho: (load * 10) / 1000 / slots,
      exact,
      simulated: { mean, half: (half / student['95%']) * student['99%'] },
    }
  })
}
