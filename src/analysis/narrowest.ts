import type { Path } from '../finding.ts'
import type { Component, Model, Service } from '../manifest/model.ts'
import { rate } from '../units.ts'
import { reaches } from './estimate.ts'
import type { Facts } from './index.ts'
import { indicesOf } from './indices.ts'

/** The part that limits how many requests a service can pass on. */
export interface Narrowest {
  readonly component: Component
  /** Requests of the service per second at which the part is full, with every unknown in the author's favour. */
  readonly carries: number
  /** `900/s of "orders" are 900/s of "gateway"`. */
  readonly arithmetic: string
  readonly at: Path
}

/**
 * The service itself, or what its requests cannot do without, at full scale and with the mix of journeys of the peak. Counts
 * only parts of which all load comes in through the service, as the rest is not the service's to limit, and leaves out parts
 * that are too small for the peak itself: that is another fault. `undefined` where no part has a known capacity.
 */
export function narrowestBehind(service: Service, model: Model, facts: Facts): Narrowest | undefined {
  const parts = [
    ownCapacity(service, facts),
    ...needed(service, model, facts).map(part => scaled(part, service, facts)),
  ]
  return parts.reduce((a, b) => (b && (!a || b.carries < a.carries) ? b : a), undefined)
}

function ownCapacity(service: Service, facts: Facts): Narrowest | undefined {
  const capacity = facts.capacity(service)
  const most = capacity?.perSecond.high
  if (!capacity || most === undefined || reaches(facts.load.requestsAt(service, 'peak'), most) === true)
    return undefined
  return {
    component: service,
    carries: most,
    arithmetic: `capacity = ${capacity.arithmetic} = ${rate(most)}`,
    at: capacity.at,
  }
}

function needed(service: Service, model: Model, facts: Facts): Component[] {
  const own = indicesOf(model).journeysEntering(service.name)
  const names = own.flatMap(({ name }) =>
    [...(facts.reach.get(name)?.hard ?? [])].flatMap(([part, { hard }]) => (hard === 'yes' ? [part] : [])),
  )
  return [...new Set(names)].flatMap(name => {
    const part = model.components.get(name)
    const isOurs = facts.journeys.through(name).every(({ entry }) => entry === service.name)
    return part && part !== service && isOurs ? [part] : []
  })
}

/** As many requests of the service as fill the part: λ / ρ, if both grow alike. */
function scaled(part: Component, service: Service, facts: Facts): Narrowest | undefined {
  const use = facts.utilisation(part, 'peak')
  const arrivals = facts.load.requestsAt(service, 'peak').high
  if (!use || use.available.high === undefined || arrivals === undefined || use.needed.low === 0) return undefined
  if (reaches(use.needed, use.available) !== false) return undefined

  const carries = (arrivals * use.available.high) / use.needed.low
  const full = `${use.need()} / ${use.supply()}`
  return {
    component: part,
    carries,
    arithmetic: `rho of "${part.name}" at ${rate(arrivals)} = ${full}; full at ${rate(carries)}`,
    at: use.at,
  }
}
