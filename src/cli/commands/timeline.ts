import type { Model } from '../../manifest/model.ts'
import type { Fault } from '../../simulate/plan.ts'
import { duration as words } from '../../units.ts'
import { known } from '../reading/known-names.ts'
import type { Timed, TimedFlush, TimedLoad, TimedSlowdown } from './timeline-option.ts'
import { UserError } from '../world.ts'

/** What happens in a simulation, as it was asked for. */
export interface Timeline {
  readonly down: readonly Timed[]
  readonly slow: readonly TimedSlowdown[]
  readonly load: readonly TimedLoad[]
  readonly cacheFlush: readonly TimedFlush[]
  readonly duration: number
}

/** The faults of a time line, by names that the manifest has. */
export function faultsOf({ down, slow, load, cacheFlush, duration }: Timeline, model: Model): Fault[] {
  for (const { name } of [...down, ...slow]) known(name, 'component', model)
  for (const { name } of cacheFlush) known(name, 'cache', model)
  for (const { journey } of load) if (journey !== undefined) known(journey, 'journey', model)
  for (const { name, from } of [...down, ...slow, ...load, ...cacheFlush])
    if (from >= duration)
      throw new UserError(
        `What happens to "${name}" begins at ${words(from)}, and the simulation ends at ${words(duration)}; expected it before, or a longer --duration`,
      )
  for (const one of slow) {
    const other = slow.find(({ name, from, to }) => name === one.name && from < one.to && one.from < to)
    if (other !== one)
      throw new UserError(`"${one.name}" has two times at once; expected slow times that do not overlap`)
  }
  return [
    ...down.map(({ name, from, to }): Fault => ({ kind: 'down', component: name, from, to })),
    ...slow.map(({ name, time, from, to }): Fault => ({ kind: 'slow', component: name, time, from, to })),
    ...load.flatMap(one => loads(one, model)),
    ...cacheFlush.map(({ name, share, from }): Fault => ({ kind: 'flush', cache: name, share, from, to: from })),
  ]
}

function loads({ journey, factor, from, to }: TimedLoad, model: Model): Fault[] {
  const names = journey === undefined ? [...model.journeys.keys()] : [journey]
  return names.map(source => {
    if (factor !== 'peak') return { kind: 'load', source, factor, from, to }
    const { steady, peak } = model.journeys.get(source)!.load ?? {}
    if (steady === undefined || peak === undefined || steady === 0)
      throw new UserError(`"${source}" does not state a steady load and a peak; expected both, or a factor such as 3x`)
    return { kind: 'load', source, factor: peak / steady, from, to }
  })
}
