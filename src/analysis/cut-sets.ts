import type { Call, Journey, Model } from '../manifest/model.ts'
import type { Edge } from './graph.ts'
import type { Facts } from './index.ts'
import { outageEdges } from './outage-edges.ts'

/** The fewest components whose loss surely breaks a journey. */
export interface CutSets {
  readonly journey: Journey
  /** Each breaks it alone. */
  readonly singles: readonly string[]
  /** Both together break it, neither does alone. */
  readonly pairs: readonly (readonly [string, string])[]
}

/** A set of at most two components, in the order of their names. */
type Cut = readonly [string] | readonly [string, string]

/**
 * Minimal cuts of each journey, from its entry down: whatever is called and cannot be done without breaks it, and where
 * something else answers instead, one of the cuts of both. Only what is sure counts. Singles are those of the blast radius, so
 * that a fallback which would get more than it carries counts as none.
 */
export function cutSetsOf(journeys: readonly Journey[], model: Model, facts: Facts): CutSets[] {
  const edges = outageEdges(model, facts)
  return journeys.map(journey => {
    const singles = [...model.components.values()].flatMap(component =>
      facts.blastRadius.of(component, 'down').cells.get(journey.name)?.least === 'fails' ? [component.name] : [],
    )
    const single = new Set(singles)
    const known = new Map<string, readonly Cut[]>()
    const cuts = (name: string, above: ReadonlySet<string>): readonly Cut[] => {
      const found = known.get(name)
      if (found) return found
      // What a cycle leads back to adds nothing that is not counted at its start.
      if (above.has(name)) return []
      const below = new Set([...above, name])
      const all: Cut[] = [[name]]
      for (const edge of facts.graph.out.get(name)!) {
        if (edges.takes(edge, journey) === 'yes') all.push(...cutsOf(edge, below))
      }
      const least = minimal(all)
      known.set(name, least)
      return least
    }
    const cutsOf = (edge: Edge, below: ReadonlySet<string>): readonly Cut[] => {
      const { to, via, hard } = edge
      const alternative = to.kind === 'external' ? to.alternative : undefined
      if (alternative !== undefined && hard === 'yes' && model.components.has(alternative))
        return both(cuts(to.name, below), cuts(alternative, below))
      if (edges.passes(edge, false).least === 3) return cuts(to.name, below)
      const standIn = edges.standIn(edge)
      const call = via as Call
      if (!standIn || hard !== 'no' || call.mode === 'async' || call.optional === true) return []
      return both(cuts(to.name, below), cuts(standIn.name, below))
    }
    const entry = journey.entry !== undefined && facts.graph.out.has(journey.entry) ? journey.entry : undefined
    const all = entry === undefined ? [] : cuts(entry, new Set())
    const pairs = all.filter(cut => cut.length === 2).filter(cut => !cut.some(name => single.has(name)))
    return { journey, singles, pairs: [...pairs].sort(byNames) }
  })
}

/** One of each, as far as that makes no more than two. */
function both(first: readonly Cut[], second: readonly Cut[]): Cut[] {
  const found: Cut[] = []
  for (const a of first) {
    for (const b of second) {
      const names = [...new Set([...a, ...b])].sort()
      if (names.length <= 2) found.push(names as unknown as Cut)
    }
  }
  return minimal(found)
}

/** Without pairs of which one component is enough, and each once. */
function minimal(cuts: readonly Cut[]): Cut[] {
  const singles = new Set(cuts.flatMap(cut => (cut.length === 1 ? [cut[0]] : [])))
  const pairs = new Map(
    cuts.flatMap(cut => {
      return cut.length === 2 && !singles.has(cut[0]) && !singles.has(cut[1])
        ? [[cut.join('\u0000'), cut] as const]
        : []
    }),
  )
  return [...[...singles].map((name): Cut => [name]), ...pairs.values()]
}

const byNames = ([a, b]: readonly [string, string], [c, d]: readonly [string, string]): number =>
  a < c ? -1 : a > c ? 1 : b < d ? -1 : b > d ? 1 : 0
