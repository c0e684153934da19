import { outwards } from '../analysis/amplification.ts'
import { holdsCopies } from '../analysis/caching.ts'
import { cacheBefore, type Edge } from '../analysis/graph.ts'
import type { Cache, Call, Component, Publish, Queue } from '../manifest/model.ts'
import { cachePlan } from './cache-plans.ts'
import { callPlan, fallbackPlan } from './call-plans.ts'
import { readersOf } from './messages.ts'
import { originsOf, type Origin } from './origins.ts'
import type { CallPlan, Plan, Pool, Program, Publication, Station } from './plan.ts'
import { Registry } from './registry.ts'
import {
  consumerStation,
  externalStation,
  instancesOf,
  scaled,
  serviceStation,
  storeStation,
  type Reading,
} from './stations.ts'
import { mostTimes, stepsOf } from './steps.ts'

/** What follows from the manifest alone. */
export type System = Pick<Plan, 'sources' | 'stations' | 'calls' | 'pools' | 'caches' | 'programs'> & {
  /** Calls and messages that lead back to where they came from. */
  readonly leftOut: readonly string[]
}

/** Follows every journey through the manifest, and reads what its way says. */
export const compile = (reading: Reading): System => new Compiler(reading).system()

/** A station with what is done there. */
interface Place {
  readonly station: number
  readonly component: Component
}

class Compiler {
  readonly #reading: Reading
  readonly #stations = new Registry<Station>()
  readonly #calls = new Registry<CallPlan>()
  readonly #pools = new Registry<Pool>()
  readonly #caches = new Registry<{ cache: Cache; reads: number }>()
  readonly #leftOut = new Set<string>()
  readonly #leads: (edge: Edge) => boolean

  constructor(reading: Reading) {
    this.#reading = reading
    this.#leads = outwards(reading.model, reading.facts.graph).leads
  }

  system(): System {
    const origins = originsOf(this.#reading)
    const entries = origins.flatMap(origin => this.#entriesOf(origin))
    const walked = entries.map(({ origin, place }) => this.#walk(origin, place))
    const stations = this.#stations.list
    const programs = walked.flatMap(found => stations.map((_, station) => found.get(station)))
    return {
      sources: entries.map(({ origin, place, share }) => ({
        name: origin.name,
        isJourney: origin.isJourney,
        station: place.station,
        rate: origin.rate * share,
      })),
      stations,
      calls: this.#calls.list,
      pools: this.#pools.list,
      caches: this.#caches.list.map(({ cache, reads }) =>
        cachePlan(cache, this.#stations.find(cache.name), reads, this.#reading),
      ),
      programs,
      leftOut: [...this.#leftOut],
    }
  }

  /** Messages that follow no journey come to each group of readers. */
  #entriesOf(origin: Origin): { origin: Origin; place: Place; share: number }[] {
    const { entry } = origin
    if (entry.kind !== 'queue') return [{ origin, place: this.#placeOf(entry), share: 1 }]
    return this.#readers(entry).flatMap(group => group.map(({ place, share }) => ({ origin, place, share })))
  }

  /** What requests of an origin do at each station that they come to. */
  #walk(origin: Origin, from: Place): Map<number, Program> {
    const programs = new Map<number, Program>()
    const todo = [from]
    for (let place = todo.pop(); place; place = todo.pop()) {
      if (programs.has(place.station)) continue
      const edges = this.#edgesFrom(place.component, origin)
      const calls = edges.filter(({ to }) => to.kind !== 'queue')
      const messages = edges.filter(({ to }) => to.kind === 'queue' && to.load === undefined)
      const publishes = messages.flatMap(edge => this.#publications(edge))
      programs.set(place.station, { steps: stepsOf(calls, edge => this.#call(edge), this.#reading), publishes })
      for (const edge of calls) todo.push(this.#placeOf(edge.to), ...this.#fallbackOf(edge))
      for (const { to } of messages)
        for (const group of this.#readers(to as Queue)) todo.push(...group.map(({ place }) => place))
    }
    return programs
  }

  #edgesFrom(component: Component, origin: Origin): Edge[] {
    const taken = (this.#reading.facts.graph.out.get(component.name) ?? []).filter(edge => origin.takes(edge))
    for (const edge of taken) if (!this.#leads(edge)) this.#leftOut.add(edge.name)
    return taken.filter(this.#leads)
  }

  #placeOf(component: Component): Place {
    const station = this.#stations.at(component.name, () => {
      switch (component.kind) {
        case 'service':
          return serviceStation(component, this.#makesCalls(component), this.#reading)
        case 'external':
          return externalStation(component, this.#reading)
        case 'queue':
          throw new Error(`"${component.name}" is a queue, where messages wait and no request is answered`)
        default:
          return storeStation(component, this.#reading)
      }
    })
    return { station, component }
  }

  #makesCalls(component: Component): boolean {
    return this.#reading.facts.graph.out.get(component.name)!.some(({ kind }) => kind === 'call' || kind === 'miss')
  }

  #readers(queue: Queue): { place: Place; share: number }[][] {
    return readersOf(queue, this.#reading.model).map(group =>
      group.map(({ consume, share }) => ({
        place: {
          station: this.#stations.at(`${queue.name} -> ${consume.by.name}`, () =>
            consumerStation(queue, consume, this.#reading),
          ),
          component: consume.by,
        },
        share,
      })),
    )
  }

  #publications({ to, via, hard, path }: Edge): Publication[] {
    const { perRequest, callsPerRequest, probability = 1 } = via as Partial<Publish & Call>
    const times = perRequest ?? callsPerRequest ?? 1
    if (times > mostTimes) this.#reading.asked.take([...path, 'perRequest'], String(mostTimes), 0)
    return this.#readers(to as Queue).map(group => ({
      to: group.map(({ place, share }) => ({ station: place.station, share })),
      times: Math.min(mostTimes, Math.max(1, Math.round(times))),
      probability: probability * Math.min(1, times),
      isHard: hard === 'yes',
    }))
  }

  #call(edge: Edge): number {
    const call = edge.via as Call
    const key = `${edge.kind} ${edge.path.join(' ')}`
    return this.#calls.at(key, () => {
      const cache = this.#cacheOf(edge)
      const [instead] = this.#fallbackOf(edge)
      return callPlan(
        call,
        {
          name: this.#unique(edge.name),
          station: this.#placeOf(edge.to).station,
          pool: this.#poolOf(call, edge.to.name),
          cache: cache === undefined ? -1 : this.#read(cache, edge),
          fallback: instead
            ? this.#calls.at(`instead ${key}`, () =>
                fallbackPlan(
                  call,
                  this.#unique(`${call.from.name} -> ${instead.component.name}`),
                  instead.station,
                  this.#reading,
                ),
              )
            : -1,
        },
        this.#reading,
      )
    })
  }

  /** Where the call is made that stands in for one that failed. */
  #fallbackOf({ via }: Edge): Place[] {
    const { fallback } = via as Call
    const to = typeof fallback === 'object' ? this.#reading.model.components.get(fallback.to ?? '') : undefined
    return to && to.kind !== 'queue' ? [this.#placeOf(to)] : []
  }

  #cacheOf({ kind, via }: Edge): Cache | undefined {
    const { model } = this.#reading
    const call = via as Call
    const cache = kind === 'miss' ? model.caches.get(call.to) : cacheBefore(call, model)
    return cache && holdsCopies(cache) ? cache : undefined
  }

  /** Counts how often a cache is read at the load that is simulated first, which its keys follow from. */
  #read(cache: Cache, edge: Edge): number {
    const { facts, scale } = this.#reading
    const index = this.#caches.at(cache.name, () => ({ cache, reads: 0 }))
    const missed = facts.load.on(edge, 'steady')
    const { hitRatio = 0 } = cache
    const { callsPerRequest = 1, probability = 1 } = edge.via as Call
    const { low, high = low } = facts.load.at(edge.from.name, 'steady')
    const reads = hitRatio < 1 ? (missed.high ?? missed.low) / (1 - hitRatio) : high * callsPerRequest * probability
    this.#caches.list[index]!.reads += reads / scale
    return index
  }

  /** Calls of one service to one component share its largest pool. */
  #poolOf({ from }: Call, to: string): number {
    if (from.kind !== 'service') return -1
    const sizes = from.calls.flatMap(call => (call.to === to && call.pool !== undefined ? [call.pool] : []))
    if (sizes.length === 0) return -1
    const size = Math.max(...sizes) * instancesOf(from, this.#reading) * (from.processes ?? 1)
    if (size === Number.POSITIVE_INFINITY) return -1
    const name = `${from.name} -> ${to}`
    return this.#pools.at(name, () => ({ name, size: scaled(size, this.#reading.scale) }))
  }

  #unique(name: string): string {
    const same = this.#calls.list.filter(call => call.name === name || call.name.startsWith(`${name} #`)).length
    return same === 0 ? name : `${name} #${same + 1}`
  }
}
