import type { Path } from '../finding.ts'
import type { Component, Model } from '../manifest/model.ts'
import { number, percent, plural, rate, roundUp } from '../units.ts'
import { exceeds, reaches, type Answer } from './estimate.ts'
import { decidedBy, type Fault } from './faults.ts'
import type { Facts } from './index.ts'
import { groupsOf } from './queue-flow.ts'
import { saturationOf, type Saturation } from './saturation.ts'

/** Limits that hold at their value; what works at ρ = 1 has a queue that grows for ever. */
const holdsAtLimit: readonly Saturation['resource'][] = ['rate limit', 'quota', 'connections']

/** What is beyond its limit at the peak of a load, the first to run out first; and what may be, as its limit is not stated. */
export function saturationFaults(model: Model, facts: Facts): Fault[] {
  const known = saturationOf(model, facts).filter(({ resource }) => resource !== 'cache empty')
  return [...known.flatMap(one => faultOf(one) ?? []), ...unstated(model, facts, known)]
}

export const isBeyond = ({ resource, used, available }: Saturation): Answer =>
  holdsAtLimit.includes(resource) ? exceeds(used, available) : reaches(used, available)

function faultOf(one: Saturation): Fault | undefined {
  const { component, resource, used, available, at } = one
  const beyond = isBeyond(one)
  if (beyond === false) return undefined
  const amount = resource === 'slots' ? (n: number) => plural(n, 'slot') : resource === 'connections' ? number : rate
  const [need, has] = [used.low, available.high ?? 0]
  return {
    component,
    // Messages that are too many wait; requests do not.
    level: resource === 'consumers' ? 1 : 3,
    missing: beyond === true ? [] : decidedBy(beyond, component),
    message: messageOf(one, amount),
    arithmetic: `${number(need)} / ${number(has)} = ${has > 0 ? number(need / has) : 'more than all'}`,
    fix: fixOf(one, amount),
    at,
  }
}

function messageOf({ component, resource, used, available }: Saturation, amount: (n: number) => string): string {
  const { name } = component
  const [need, has] = [used.low, available.high ?? 0]
  const share = percent(Math.round(Math.max(0, 1 - has / need) * 100) / 100)
  switch (resource) {
    case 'rate limit':
      return `"${name}" turns away ${share} of the requests: ${amount(need)} come, and its limit is ${amount(has)}`
    case 'quota':
      return `"${name}" turns away ${share} of the requests: ${amount(need)} come, and its quota is ${amount(has)}`
    case 'consumers':
      return `"${name}" gets ${amount(need)} at the peak, and its consumers handle ${amount(has)}`
    case 'connections':
      return `"${name}" is asked for ${amount(need)} connections, and accepts ${amount(has)}`
    case 'slots':
      return `"${name}" needs ${amount(need)} at the peak, and has ${amount(has)}`
    default:
      return `"${name}" gets ${amount(need)} at the peak, and carries ${amount(has)}`
  }
}

function fixOf({ component, resource, used, available, isLimit }: Saturation, amount: (n: number) => string): string {
  const { name, kind } = component
  const has = available.high ?? 0
  if (resource === 'connections')
    return `Cut the pools of the clients of "${name}", or let it accept ${number(Math.ceil(used.low))} connections`
  if (isLimit) return `Let "${name}" accept ${amount(roundUp(used.low))}, if what is behind it carries that`
  if (resource === 'quota') return `Get a quota of ${amount(roundUp(used.low))} for "${name}", or call it less often`
  if (kind === 'service' && has > 0) {
    const most = component.replicas?.max
    // As many more instances as keep them below what there is, with one to spare at exactly all of it.
    if (most !== undefined)
      return `Let "${name}" grow to at least ${plural(Math.floor((used.low / has) * most) + 1, 'instance')}`
  }
  return `Make "${name}" carry more than ${amount(used.low)}`
}

/** Nobody can say that something holds of which no limit is stated. What has no limit of its own is left out. */
function unstated(model: Model, facts: Facts, known: readonly Saturation[]): Fault[] {
  const stated = new Set(
    known
      .filter(({ resource }) => resource !== 'rate limit' && resource !== 'connections')
      .map(({ component }) => component),
  )
  return [...model.components.values()].flatMap(component => {
    if (stated.has(component) || facts.load.at(component.name, 'peak').high === 0) return []
    const missing = limitFacts(component, model, facts)
    if (missing.length === 0) return []
    return [
      {
        component,
        level: component.kind === 'queue' ? (1 as const) : (3 as const),
        missing,
        message: `it is not stated how much "${component.name}" carries`,
        at: component.path,
      },
    ]
  })
}

function limitFacts(component: Component, model: Model, facts: Facts): readonly Path[] {
  const { path } = component
  switch (component.kind) {
    case 'service': {
      const use = facts.utilisation(component, 'peak')
      if (!use) return []
      const beyond = reaches(use.needed, use.available)
      return typeof beyond === 'boolean' ? [] : beyond.length > 0 ? beyond : [[...path, 'concurrency']]
    }
    case 'store':
    case 'cache':
      return component.capacity?.rps === undefined
        ? [[...path, 'capacity', 'rps']]
        : facts.load.at(component.name, 'peak').missing
    case 'external':
      return component.quota === undefined ? [[...path, 'quota']] : facts.load.at(component.name, 'peak').missing
    case 'queue':
      return groupsOf(component, model).flatMap(({ capacity }) => capacity.missing)
  }
}
