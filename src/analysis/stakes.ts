import type { Path } from '../finding.ts'
import type { Component, Journey, Model, Slo } from '../manifest/model.ts'
import { partsOf } from './availability.ts'
import { between, exactly, type Estimate } from './estimate.ts'
import type { Edge } from './graph.ts'
import type { Facts } from './index.ts'
import { indicesOf } from './indices.ts'

/** What an SLO has at stake in one component: the requests it counts that fail when the component does. */
export interface Stake {
  readonly slo: Slo
  readonly component: Component
  readonly hard: 'yes' | 'maybe'
  /** Share of the counted requests that need it. */
  readonly share: Estimate
  /** The edges from where the requests enter. */
  readonly route: readonly Edge[]
  /** Facts on the route that would settle `hard`. */
  readonly missing: readonly Path[]
}

/** The journeys whose requests an SLO counts: its own, or those that enter through its service. */
export function countedJourneys({ journey, service }: Slo, model: Model): readonly Journey[] {
  const entering = service === undefined ? [] : indicesOf(model).journeysEntering(service)
  const own = journey === undefined ? undefined : model.journeys.get(journey)
  if (!own) return entering
  return entering.length === 0
    ? [own]
    : [...model.journeys.values()].filter(one => one === own || entering.includes(one))
}

/** Whether a request that fails is bad in the eyes of an SLO; `undefined` where its indicator is not stated. */
export const countsFailures = ({ indicator }: Slo): boolean | undefined =>
  indicator === undefined ? undefined : indicator === 'availability'

/** The SLO's own service first. Of several journeys only what all of them need is at stake, by the least share. */
export function stakesOf(slo: Slo, model: Model, facts: Facts): Stake[] {
  const [first, ...others] = countedJourneys(slo, model).map(
    journey =>
      new Map(
        partsOf(journey, model, facts).map(
          ({ component, dependency: { hard, route, missing }, share }): [string, Stake] => [
            component.name,
            { slo, component, hard, route, missing, share },
          ],
        ),
      ),
  )
  const service = model.services.get(slo.service ?? '')
  if (!first)
    return service ? [{ slo, component: service, hard: 'yes', share: exactly(1), route: [], missing: [] }] : []
  return [...first.values()].flatMap(stake => {
    const all = [stake, ...others.map(other => other.get(stake.component.name))]
    return all.every(one => one !== undefined) ? [all.reduce(lesser)] : []
  })
}

/** Of two routes to one component the doubtful one counts, and the share that is surely lost on both. */
function lesser(a: Stake, b: Stake): Stake {
  const surest = a.hard === 'maybe' ? a : b
  const highs = [a.share.high, b.share.high]
  const high = highs.includes(undefined) ? undefined : Math.max(...(highs as number[]))
  const missing = [...a.share.missing, ...b.share.missing]
  return { ...surest, share: between(Math.min(a.share.low, b.share.low), high, missing) }
}
