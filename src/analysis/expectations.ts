import type { Path } from '../finding.ts'
import type { Journey, Model } from '../manifest/model.ts'
import type { Manifest } from '../manifest/schema/manifest.ts'
import type { Facts } from './index.ts'
import { outagesOf, type Ending, type Outages } from './outage.ts'
import { outcomeRank, outcomes, type Outcome } from './outcomes.ts'
import { calm, factorsOf, isCalm, type Scenario } from './scenario.ts'
import { situationOf, type Situation } from './situation.ts'

/** The design's own tests: what is expected of a journey when something happens. */

export type Expectation = NonNullable<Manifest['expect']>[number]

export interface Checked {
  readonly expectation: Expectation
  readonly path: Path
  readonly journey: Journey
  readonly scenario: Scenario
  readonly situation: Situation
  readonly ending: Ending
  /** Whether it holds, or the facts that decide. */
  readonly holds: boolean | readonly Path[]
}

/** One for each expectation whose names all stand for something; what does not is reported elsewhere. */
export function checkExpectations(model: Model, facts: Facts): Checked[] {
  const situations = new Map<string, Situation>()
  const runs = new Map<Facts, Outages>()
  return (model.raw.expect ?? []).flatMap((expectation, i): Checked[] => {
    const journey = model.journeys.get(expectation.journey)
    const scenario = scenarioOf(expectation.when, model)
    if (!journey || !scenario) return []
    const key = JSON.stringify(scenario.load ?? 'as stated')
    const under = situations.get(key) ?? situationOf({ ...calm, load: scenario.load }, model, facts)
    situations.set(key, under)
    const situation = situationOf({ ...scenario, load: undefined }, under.model, under.facts)
    const all = { ...situation, faults: [...situation.faults, ...under.faults] }
    const outages = runs.get(under.facts) ?? outagesOf(under.model, under.facts)
    runs.set(under.facts, outages)
    const ending = outages.of(all.faults, under.model.journeys.get(journey.name)!)
    return [
      {
        expectation,
        path: ['expect', i],
        journey,
        scenario,
        situation: all,
        ending,
        holds: holds(expectation.is, ending),
      },
    ]
  })
}

/** At most as bad as expected; that it breaks is expected of what would be worse if it did not. */
function holds(is: Outcome, { least, most, missing }: Ending): boolean | readonly Path[] {
  const [low, high] = [outcomeRank(outcomes[least]), outcomeRank(outcomes[most])]
  const expected = outcomeRank(is)
  if (is === 'broken') return low === expected ? true : high < expected ? false : missing
  return high <= expected ? true : low > expected ? false : missing
}

/** `undefined` where a name stands for nothing of its kind, or nothing happens. */
export function scenarioOf(
  { down = [], slow = [], load, zoneLoss = false, cacheFlush = [], dataLoss = [], deploy = [] }: Expectation['when'],
  model: Model,
): Scenario | undefined {
  const services = deploy === true ? [...model.services.keys()] : deploy === false ? [] : deploy
  const slowed = slow.map(one => ({
    component: one.component,
    time: ('latency' in one ? one.latency : undefined) ?? Number.POSITIVE_INFINITY,
  }))
  const isKnown =
    [...down, ...slowed.map(({ component }) => component)].every(name => model.components.has(name)) &&
    cacheFlush.every(name => model.caches.has(name)) &&
    dataLoss.every(name => model.stores.has(name)) &&
    services.every(name => model.services.has(name)) &&
    (load ?? []).every(({ journey }) => journey === undefined || model.journeys.has(journey))
  if (!isKnown) return undefined
  const factors = load?.map(({ journey, factor }) => ({ journey, factor }))
  const scenario: Scenario = {
    down,
    slow: slowed,
    dataLoss,
    cacheFlush,
    deploy: services,
    zoneLoss,
    load: factors && factorsOf(factors, model),
  }
  return isCalm(scenario) ? undefined : scenario
}
