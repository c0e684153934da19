import type { Call, Component, Journey, Model } from '../manifest/model.ts'
import type { Edge, Graph } from './graph.ts'
import type { Reach } from './reach.ts'

/**
 * When a journey succeeds, as a function of what is up: all components that it cannot do without, and one of the ways wherever
 * it has several. A component counts once, however many routes lead to it.
 */
export interface Works {
  readonly all: ReadonlySet<string>
  readonly oneOf: readonly (readonly Works[])[]
}

/** Ways beyond which the function is not built: it doubles with each choice that holds another. */
const mostWays = 200

/** `undefined` for a journey without an entry, or with more ways than anybody has. */
export function worksOf(journey: Journey, model: Model, graph: Graph, reach: Reach): Works | undefined {
  const entry = journey.entry === undefined ? undefined : model.components.get(journey.entry)
  if (!entry) return undefined
  let ways = 0

  /** Nothing leads to what only stands in for something, so what it calls is judged by the author's word alone. */
  const takes = (edge: Edge): boolean =>
    reach.touches.has(edge.from.name)
      ? reach.takes(edge) === 'yes'
      : (edge.serves?.includes(journey.name) ?? true) && edge.except?.includes(journey.name) !== true

  const closure = (start: Component, above: ReadonlySet<string>): Works => {
    const all = new Set<string>()
    const oneOf: Works[][] = []
    const open = [start]
    for (let next = open.pop(); next; next = open.pop()) {
      if (all.has(next.name) || above.has(next.name)) continue
      all.add(next.name)
      const seen = new Set([...above, ...all])
      for (const edge of graph.out.get(next.name)!) {
        if (!takes(edge)) continue
        if (edge.hard === 'yes') open.push(edge.to)
        const fallback = fallbackOf(edge, model)
        if (fallback && ways++ < mostWays) oneOf.push([closure(edge.to, seen), closure(fallback, seen)])
      }
    }
    return { all, oneOf }
  }

  const works = closure(entry, new Set())
  return ways < mostWays ? works : undefined
}

/** The component that a call falls back to, where it names one. What only some requests need is taken to be there. */
function fallbackOf({ kind, via }: Edge, model: Model): Component | undefined {
  const { fallback, probability = 1, callsPerRequest = 1 } = via as Call
  if (kind !== 'call' || probability < 1 || callsPerRequest < 1) return undefined
  if (typeof fallback !== 'object' || fallback.to === undefined) return undefined
  return model.components.get(fallback.to)
}

/** Steps beyond which the exact value is not computed. */
const mostSteps = 20_000

/**
 * The probability that it works, components failing independently: pivotal decomposition, A = a · A(up) + (1 - a) · A(down), over
 * the components that several ways share; ways that share nothing multiply. `undefined` where that would take too long.
 * @param availability of a component; 1 where it is not known, so that the result is a ceiling
 */
export function probabilityOf(works: Works, availability: (name: string) => number): number | undefined {
  let steps = 0

  const given = (all: readonly Works[], up: ReadonlySet<string>, down: ReadonlySet<string>): number => {
    if (++steps > mostSteps) return Number.NaN
    // What every part needs is needed once; the rest is conditioned on it.
    const needed = new Set(all.flatMap(part => [...part.all]).filter(name => !up.has(name)))
    if ([...needed].some(name => down.has(name))) return 0
    const certain = [...needed].reduce((product, name) => product * availability(name), 1)
    const known = new Set([...up, ...needed])
    const choices = all.flatMap(part => part.oneOf).map(ways => ways.map(way => rest(way, known)))
    const open = choices.filter(ways => !ways.some(isDone))
    const pivot = sharedBy(open.flat().map(namesIn)).find(name => !down.has(name) && !known.has(name))
    if (pivot === undefined) return open.reduce((product, ways) => product * (1 - noneOf(ways, known, down)), certain)
    const a = availability(pivot)
    const parts: Works[] = open.map(ways => ({ all: new Set(), oneOf: [ways] }))
    return (
      certain *
      (a * given(parts, new Set([...known, pivot]), down) + (1 - a) * given(parts, known, new Set([...down, pivot])))
    )
  }

  const noneOf = (ways: readonly Works[], up: ReadonlySet<string>, down: ReadonlySet<string>): number =>
    ways.reduce((product, way) => product * (1 - given([way], up, down)), 1)

  const result = given([works], new Set(), new Set())
  return Number.isNaN(result) ? undefined : result
}

const rest = (works: Works, up: ReadonlySet<string>): Works => ({
  all: new Set([...works.all].filter(name => !up.has(name))),
  oneOf: works.oneOf,
})

const isDone = ({ all, oneOf }: Works): boolean => all.size === 0 && oneOf.length === 0

function namesIn({ all, oneOf }: Works): ReadonlySet<string> {
  return new Set([...all, ...oneOf.flatMap(ways => ways.flatMap(way => [...namesIn(way)]))])
}

/** Names that several of these sets hold. */
function sharedBy(sets: readonly ReadonlySet<string>[]): string[] {
  const times = new Map<string, number>()
  for (const names of sets) for (const name of names) times.set(name, (times.get(name) ?? 0) + 1)
  return [...times].flatMap(([name, count]) => (count > 1 ? [name] : []))
}
