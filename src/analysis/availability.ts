import type { Path } from '../finding.ts'
import type { Call, Component, External, Journey, Model, Publish, Slo } from '../manifest/model.ts'
import { between, exactly, product, type Estimate } from './estimate.ts'
import { parallel } from './formulas/availability.ts'
import { cacheBefore, type Edge } from './graph.ts'
import type { Facts } from './index.ts'
import type { Dependency } from './reach.ts'

/** Keys that decide how available a journey can be. */
export const availabilityKeys = [
  'services.availability',
  'services.measuredAvailability',
  'stores.availability',
  'stores.measuredAvailability',
  'queues.availability',
  'queues.measuredAvailability',
  'caches.availability',
  'caches.measuredAvailability',
  'caches.hitRatio',
  'caches.onFailure',
  'caches.staleOnError',
  'externals.availability',
  'externals.measuredAvailability',
  'externals.sla',
  'externals.alternative',
  'calls.fallback',
  'calls.optional',
  'calls.probability',
  'calls.callsPerRequest',
  'calls.serves',
  'publishes.outbox',
]

/** What one hard dependency leaves of a journey's availability at most. */
export interface Part {
  readonly component: Component
  readonly dependency: Dependency
  /** `measured` and `promised` can be relied on; a `contract` only says what is refunded. */
  readonly basis: 'measured' | 'promised' | 'contract' | undefined
  /** Of it and of what can do the same; 1 where nothing is known of one of them. */
  readonly availability: number
  /** Share of the journey's requests that need it. */
  readonly share: Estimate
  /** 1 - share · (1 - availability), with the least share. */
  readonly ceiling: number
  readonly evidence: readonly { label: string; at: Path }[]
}

/** Hard dependencies of a journey, those that may be hard included, each once however many routes lead to it. */
export function partsOf(journey: Journey, model: Model, facts: Facts): Part[] {
  return [...facts.reach.get(journey.name)!.hard.values()].map(dependency => {
    const { component, route } = dependency
    const own = statedOf(component)
    const other = component.kind === 'external' ? alternativeOf(component, model) : undefined
    const share = route.map(edge => shareOf(edge, model)).reduce(product, exactly(1))
    const availability = own && other !== 'unknown' ? parallel([own.value, other?.value ?? 0]) : 1
    return {
      component,
      dependency,
      basis: [own?.basis, other !== 'unknown' && other?.basis].includes('contract') ? 'contract' : own?.basis,
      availability,
      share,
      ceiling: ceilingOf(share.low, availability),
      evidence: [own, other].flatMap(one => (one && one !== 'unknown' ? [one.evidence] : [])),
    }
  })
}

export const ceilingOf = (share: number, availability: number): number => 1 - share * (1 - availability)

/** Whether a promise is surely missed; equal numbers that binary fractions tell apart are equal. */
export const isBelow = (availability: number, objective: number): boolean => availability < objective - 1e-12

export const isSure = ({ dependency }: Part): boolean => dependency.hard === 'yes'

/** The journey whose availability an SLO promises. */
export function promisedJourney({ indicator, journey }: Slo, model: Model): Journey | undefined {
  const promisesIt = indicator === undefined || indicator === 'availability'
  return promisesIt && journey !== undefined ? model.journeys.get(journey) : undefined
}

/**
 * Facts that could make an objective unreachable: first whether a dependency that is not available enough is hard, and how
 * many requests need it; then the availability of what others run. Nobody is asked for that of each own component.
 */
export function decidingFacts(parts: readonly Part[], objective: number): { fact: Path; part: Part }[] {
  const relevant = parts.filter(({ availability }) => isBelow(availability, objective))
  const doubts = relevant
    .filter(({ share, availability }) => isBelow(ceilingOf(share.high ?? 1, availability), objective))
    .flatMap(part => {
      const [fact] = [...part.dependency.missing, ...part.share.missing]
      return fact === undefined ? [] : [{ fact, part }]
    })
  const unstated = parts
    .filter(part => isSure(part) && part.component.kind === 'external' && part.basis === undefined)
    .filter(({ component }) => (component as External).alternative === undefined)
    .map(part => ({ fact: [...part.component.path, 'availability'], part }))
  return doubts.length > 0 ? doubts : unstated
}

export interface StatedAvailability {
  value: number
  basis: NonNullable<Part['basis']>
  evidence: { label: string; at: Path }
}

/** What was measured counts before what is promised, and that before what a contract refunds. */
export function statedOf(component: Component): StatedAvailability | undefined {
  const { name, path, measuredAvailability, availability } = component
  const from = (value: number, key: string, basis: StatedAvailability['basis'], words: string): StatedAvailability => ({
    value,
    basis,
    evidence: { label: `${words} of "${name}"`, at: [...path, key] },
  })
  if (measuredAvailability !== undefined)
    return from(measuredAvailability, 'measuredAvailability', 'measured', 'measured availability')
  if (availability !== undefined) return from(availability, 'availability', 'promised', 'availability')
  if (component.kind !== 'external' || component.sla === undefined) return undefined
  return from(component.sla, 'sla', 'contract', 'contract')
}

/** What can do the same as an external; it may be as good as one wishes where nothing is known of it. */
function alternativeOf({ alternative }: External, model: Model): StatedAvailability | 'unknown' | undefined {
  if (alternative === undefined) return undefined
  const other = model.components.get(alternative)
  return (other && statedOf(other)) ?? 'unknown'
}

/** Share of the requests at the start of an edge that need its end. What a cache answers does not need the origin. */
function shareOf(edge: Edge, model: Model): Estimate {
  const { probability = 1 } = edge.via as Call | Publish
  const times = edge.kind === 'publish' ? (edge.via as Publish).perRequest : (edge.via as Call).callsPerRequest
  // Fewer calls than requests: most requests make none.
  const share = exactly(probability * Math.min(1, times ?? 1))
  if (edge.kind === 'publish') return share
  const call = edge.via as Call
  const cache = edge.kind === 'miss' ? model.caches.get(call.to) : cacheBefore(call, model)
  if (!cache) return share
  const { hitRatio, path } = cache
  return product(share, hitRatio === undefined ? between(0, 1, [...path, 'hitRatio']) : exactly(1 - hitRatio))
}
