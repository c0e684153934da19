import type { Path } from '../finding.ts'
import type { Cache, Component, Model, Service } from '../manifest/model.ts'
import { duration, number, plural, rate, roundUp } from '../units.ts'
import { cacheLossOf } from './cache-loss.ts'
import { carriedBy, holdsCopies } from './caching.ts'
import { sum, type Estimate } from './estimate.ts'
import { decidedBy, type Fault } from './faults.ts'
import { factsOf, type Facts } from './index.ts'
import { withLoad } from './load-factor.ts'
import { added } from './outage-edges.ts'
import { explain, restoreTime } from './recovery.ts'
import { rolloutOf, takesInstancesAway } from './rollout.ts'
import { saturationFaults } from './saturation-faults.ts'
import type { Scenario } from './scenario.ts'
import { beyond } from './spread.ts'
import { zoneFault } from './zone-fate.ts'

/** A system in a scenario: under its load, with what is wrong. */
export interface Situation {
  readonly model: Model
  readonly facts: Facts
  readonly faults: readonly Fault[]
}

/** @param facts of the model as it is stated, which are used again where the load stays the same */
export function situationOf(scenario: Scenario, stated: Model, facts: Facts): Situation {
  const { load } = scenario
  const isSame = load === undefined || Object.values(load).every(factor => factor === 1)
  const model = isSame ? stated : withLoad(stated, load)
  const now = isSame ? facts : factsOf(model)
  const named = (names: readonly string[]) => names.flatMap(name => model.components.get(name) ?? [])
  return {
    model,
    facts: now,
    faults: [
      ...named(scenario.down).map(isDown),
      ...scenario.slow.flatMap(({ component, time }) => named([component]).map(one => isSlow(one, time))),
      ...named(scenario.dataLoss).map(one => lostItsData(one, model)),
      ...flushFaults(named(scenario.cacheFlush), model, now),
      ...(scenario.zoneLoss ? [...model.components.values()].flatMap(one => zoneFault(one, now) ?? []) : []),
      ...scenario.deploy.flatMap(name => deployFault(model.services.get(name), now) ?? []),
      ...(load === undefined ? [] : saturationFaults(model, now)),
    ],
  }
}

const isDown = (component: Component): Fault => ({
  component,
  level: 3,
  missing: [],
  message: `"${component.name}" is down`,
  at: component.path,
})

const isSlow = (component: Component, time: number): Fault => ({
  component,
  level: 0,
  time,
  missing: [],
  message: Number.isFinite(time)
    ? `"${component.name}" answers after ${duration(time)}`
    : `"${component.name}" does not answer`,
  at: component.path,
})

function lostItsData(component: Component, model: Model): Fault {
  const restore = component.kind === 'store' ? restoreTime(component, model) : undefined
  const { low, high } = restore?.total ?? { low: 0, high: undefined }
  return {
    component,
    level: 3,
    missing: [],
    message: `the data of "${component.name}" is gone until it is restored`,
    ...(restore && low > 0 ? { arithmetic: `restored in ${low === high ? '' : 'at least '}${explain(restore)}` } : {}),
    at: component.path,
  }
}

/** Caches that are emptied together send all that they miss to the same origin. */
function flushFaults(flushed: readonly Component[], model: Model, facts: Facts): Fault[] {
  const caches = flushed.filter(component => component.kind === 'cache')
  const losses = caches.flatMap(cache => cacheLossOf(cache, 'peak', model, facts))
  const origins = [...new Set(losses.map(({ origin }) => origin))]
  return [
    ...caches.filter(cache => !holdsCopies(cache)).map(lostItsContents),
    ...origins.flatMap(origin => {
      const mine = losses.filter(loss => loss.origin === origin)
      const warm = facts.load.at(origin.name, 'peak')
      const cold = mine.length === 1 ? mine[0]!.cold : sum([warm, ...mine.map(loss => added(loss.cold, warm))])
      return (
        coldFault(
          origin,
          mine.map(({ cache }) => cache),
          cold,
          facts,
        ) ?? []
      )
    }),
  ]
}

const lostItsContents = (cache: Cache): Fault => ({
  component: cache,
  level: 2,
  missing: [],
  message: `the ${cache.holds ?? 'content'} that "${cache.name}" is the home of is gone`,
  fix: `Keep the ${cache.holds ?? 'content'} where a restart does not lose it: "${cache.name}"`,
  at: [...cache.path, 'holds'],
})

function coldFault(origin: Component, caches: readonly Cache[], cold: Estimate, facts: Facts): Fault | undefined {
  const carries = carriedBy(origin, facts)
  if (!carries) return undefined
  const { possibly, missing } = beyond(cold, carries.most, origin)
  if (!possibly) return undefined
  const names = caches.map(({ name }) => `"${name}"`).join(' and ')
  const most = carries.most.high
  return {
    component: origin,
    level: 3,
    missing,
    message: `"${origin.name}" gets ${rate(cold.low)} while ${names} ${caches.length === 1 ? 'is' : 'are'} empty${most === undefined ? '' : `, and carries ${rate(most)}`}`,
    ...(most === undefined
      ? {}
      : { arithmetic: `${rate(cold.low)} / ${rate(most)} = ${number(most > 0 ? cold.low / most : 0)}` }),
    fix: `Let one request recompute a value for all and cap the misses${most === undefined ? '' : ` below ${rate(most)}`}, or make "${origin.name}" carry ${rate(roundUp(cold.low))}`,
    at: carries.at,
  }
}

/** What a rollout leaves of a service; nothing where new instances come first. */
function deployFault(service: Service | undefined, facts: Facts): Fault | undefined {
  if (!service || service.runtime === 'serverless') return undefined
  const { name, path, deploy, startupTime } = service
  const at = (...keys: string[]): Path => [...path, 'deploy', ...keys]
  const fault = (message: string, place: Path, missing: readonly Path[], fix: string, arithmetic?: string): Fault => ({
    component: service,
    level: 3,
    missing,
    message,
    fix,
    ...(arithmetic === undefined ? {} : { arithmetic }),
    at: place,
  })
  const surge = `Start new instances of "${name}" before the old ones stop (maxUnavailable: 0)`
  const strategy = deploy?.strategy
  if (strategy === undefined)
    return fault(`it is not stated how "${name}" is replaced`, path, [deploy ? at('strategy') : at()], surge)
  if (strategy === 'recreate') {
    const time = startupTime === undefined ? 'until it has started' : `for ${duration(startupTime)}`
    return fault(`"${name}" stops before it starts anew, so that it is down ${time}`, at('strategy'), [], surge)
  }
  if (!takesInstancesAway(service)) return undefined
  const rollout = rolloutOf(service, facts)
  if (!rollout || rollout.isShort === false) return undefined
  const { instances, isShort, use, kind } = rollout
  if (!instances || isShort !== true)
    return fault(
      `it is not known whether "${name}" keeps enough instances`,
      at('maxUnavailable'),
      isShort === true ? [at('maxUnavailable')] : decidedBy(isShort, service),
      surge,
    )
  const { all, left } = instances
  return fault(
    `"${name}" keeps ${number(left)} of ${plural(all, 'instance')} during a rollout, too few at ${kind === 'peak' ? 'the peak' : 'the steady load'}`,
    at('maxUnavailable'),
    deploy?.window === undefined ? [at('window')] : [],
    surge,
    `${use.need()} needed of ${use.supply()} x ${number(left)} / ${number(all)}`,
  )
}
