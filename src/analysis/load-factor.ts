import type { Journey, Model } from '../manifest/model.ts'
import type { Manifest } from '../manifest/schema/manifest.ts'
import { toModel } from '../manifest/to-model.ts'

/** Factors by the name of the journey; those that are not named keep their load. */
export type LoadFactors = Readonly<Record<string, number>>

/**
 * The same system under another load. Messages whose load is stated at their queue follow no journey, so they grow only where
 * all journeys grow alike.
 */
export function withLoad(model: Model, factors: LoadFactors): Model {
  const { raw } = model
  const wanted = Object.keys(raw.journeys ?? {}).map(name => factors[name] ?? 1)
  const [common = 1] = wanted
  const all = wanted.every(factor => factor === common) ? common : 1
  const journeys = mapValues(raw.journeys, (journey, name) => {
    const factor = factors[name] ?? 1
    return journey.load === undefined ? journey : { ...journey, load: timesLoad(journey.load, factor) }
  })
  const queues = mapValues(raw.queues, queue => {
    return queue.load === undefined ? queue : { ...queue, load: queue.load * all }
  })
  const scaled: Manifest = { ...raw, ...(journeys ? { journeys } : {}), ...(queues ? { queues } : {}) }
  return toModel(scaled)
}

/** The same system while one journey has this load all the time. */
export function withOneLoad(model: Model, journey: Journey, steady: number): Model {
  return { ...model, journeys: new Map(model.journeys).set(journey.name, { ...journey, load: { steady } }) }
}

function timesLoad(load: NonNullable<Journey['load']>, factor: number): NonNullable<Journey['load']> {
  const { steady, peak, offPeak } = load
  return {
    ...load,
    ...(steady === undefined ? {} : { steady: steady * factor }),
    ...(peak === undefined ? {} : { peak: peak * factor }),
    ...(offPeak === undefined ? {} : { offPeak: offPeak * factor }),
  }
}

function mapValues<T>(map: Readonly<Record<string, T>> | undefined, change: (value: T, name: string) => T) {
  return map && Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value, name)]))
}
