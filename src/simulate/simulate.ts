import { factsOf } from '../analysis/index.ts'
import type { Model } from '../manifest/model.ts'
import { toModel } from '../manifest/to-model.ts'
import { Asked } from './asked.ts'
import { compile, type System } from './compile.ts'
import type { Fault, Missing, Plan } from './plan.ts'
import type { Shape } from './service-times.ts'

/** What is asked of a simulation. Times in milliseconds; those of faults count from the end of the warm-up. */
export interface Options {
  readonly seed: number
  readonly duration: number
  readonly warmUp: number
  readonly shape: Shape
  /** One request in so many is simulated, with slots and limits to match. */
  readonly scale: number
  readonly faults: readonly Fault[]
}

export interface Prepared {
  readonly options: Options
  readonly plan: Plan
  readonly missing: readonly Missing[]
  readonly leftOut: System['leftOut']
}

/** Requests per second of a journey that states no load. */
const usualLoad = 100
const usualHitRatio = 0.8

/** Reads what is simulated from a manifest, and gathers what that does not state. */
export function prepare(model: Model, options: Options): Prepared {
  const { seed, duration, warmUp, shape, scale, faults } = options
  const asked = new Asked()
  const whole = completed(model, asked)
  const { leftOut, ...system } = compile({ model: whole, facts: factsOf(whole), asked, shape, scale })
  const plan: Plan = { ...system, seed, duration, warmUp, faults, interval: intervalOf(duration) }
  return { options, plan, missing: asked.missing, leftOut }
}

/** The same system with a load for each journey and a hit ratio for each cache, from which the load of the rest follows. */
function completed(model: Model, asked: Asked): Model {
  const { raw } = model
  const journeys = Object.fromEntries(
    [...model.journeys.values()].map(({ name, path, load, entry }) => {
      const stated = raw.journeys?.[name] ?? (entry === undefined ? {} : { entry })
      if (load?.steady !== undefined) return [name, stated]
      const { peak } = load ?? {}
      if (entry === undefined) asked.need([...path, 'entry'], 'the journey is left out', 0)
      const steady =
        peak === undefined
          ? asked.need([...path, 'load'], `${usualLoad}/s`, usualLoad)
          : asked.take([...path, 'load', 'steady'], 'the peak', peak)
      return [name, { ...stated, load: { ...load, steady } }]
    }),
  )
  const caches = Object.fromEntries(
    Object.entries(raw.caches ?? {}).map(([name, cache]) => [
      name,
      cache.hitRatio === undefined && (cache.holds ?? 'cache') === 'cache'
        ? { ...cache, hitRatio: asked.need(['caches', name, 'hitRatio'], '80%', usualHitRatio) }
        : cache,
    ]),
  )
  return toModel({ ...raw, journeys, ...(raw.caches ? { caches } : {}) })
}

const steps = [1, 2, 5]

/** A round time, so that there are at most 600 intervals, and at least 20 where a round time can be that short. */
function intervalOf(duration: number): number {
  for (let power = 0; ; power++) {
    for (const step of steps) {
      const interval = step * 10 ** power
      if (duration / interval <= 600) return interval
    }
  }
}
