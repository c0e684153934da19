import type { Component, Journey, Model } from '../manifest/model.ts'
import { isSure, partsOf, statedOf, type Part } from './availability.ts'
import { frechet, logShares, series } from './formulas/availability.ts'
import type { Facts } from './index.ts'
import { probabilityOf, worksOf } from './survival.ts'

/** How available a journey can be, of what is stated about the components that it cannot do without. */
export interface Composite {
  /** Components that it surely cannot do without, each once. */
  readonly parts: readonly Part[]
  /** No dependence between failures makes it more available: the least available component (Fréchet). */
  readonly ceiling: number
  /** As far as components fail independently, with fallbacks to other components taken where they are stated. */
  readonly product: number
  /** No dependence between failures makes it less available. */
  readonly floor: number
  /** Shares of the unavailability, largest first: -ln a / Σ -ln a. */
  readonly contributors: readonly { readonly part: Part; readonly share: number }[]
  /** Components of which no availability is stated; they count as always there. */
  readonly unknown: readonly Component[]
  /** The one change that helps most; `undefined` where everything is always there. */
  readonly best: Change | undefined
}

export interface Change {
  readonly part: Part
  /** The product when the journey can do without the component. */
  readonly whenSoft: number
  /** The product when the component gets another nine. */
  readonly withNine: number
}

/** `undefined` for a journey without an entry. */
export function compositeOf(journey: Journey, model: Model, facts: Facts): Composite | undefined {
  const parts = partsOf(journey, model, facts).filter(isSure)
  if (parts.length === 0) return undefined
  const ceilings = parts.map(({ ceiling }) => ceiling)
  const { lower, upper } = frechet(ceilings)
  const product = withFallbacks(journey, parts, model, facts) ?? series(ceilings)
  const shares = logShares(ceilings)
  const contributors = parts
    .flatMap((part, i) => (shares[i]! > 0 ? [{ part, share: shares[i]! }] : []))
    .sort((a, b) => b.share - a.share)
  return {
    parts,
    ceiling: upper,
    // A choice between ways may be worse than every single component that is always needed.
    floor: Math.min(lower, product),
    product,
    contributors,
    unknown: parts.filter(({ basis }) => basis === undefined).map(({ component }) => component),
    best: contributors[0] && changeOf(contributors[0].part, product),
  }
}

/** How available a journey can be while components are lost, with fallbacks to other components; `undefined` without an entry. */
export function availabilityWithout(
  lost: ReadonlySet<string>,
  journey: Journey,
  model: Model,
  facts: Facts,
): number | undefined {
  const parts = partsOf(journey, model, facts).filter(isSure)
  if (parts.length === 0) return undefined
  if (parts.some(({ component }) => lost.has(component.name))) return 0
  return withFallbacks(journey, parts, model, facts, lost) ?? series(parts.map(({ ceiling }) => ceiling))
}

const none: ReadonlySet<string> = new Set()

function withFallbacks(
  journey: Journey,
  parts: readonly Part[],
  model: Model,
  facts: Facts,
  lost = none,
): number | undefined {
  const works = worksOf(journey, model, facts.graph, facts.reach.get(journey.name)!)
  const needed = new Map(parts.map(part => [part.component.name, part.ceiling]))
  const stated = (name: string) => needed.get(name) ?? statedOf(model.components.get(name)!)?.value ?? 1
  return works && probabilityOf(works, name => (lost.has(name) ? 0 : stated(name)))
}

/** Taking the largest contributor out helps most, as contributions add up. */
function changeOf(part: Part, product: number): Change {
  const others = part.ceiling === 0 ? 0 : product / part.ceiling
  return { part, whenSoft: others, withNine: others * (1 - (1 - part.ceiling) / 10) }
}
