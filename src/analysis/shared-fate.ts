import type { Path } from '../finding.ts'
import type { Call, Component, Journey, Model } from '../manifest/model.ts'
import type { Edge, Graph } from './graph.ts'
import type { Facts } from './index.ts'
import { groupedBy } from './indices.ts'
import { memo, perObject } from './memo.ts'
import { standInOf, type Passes, type Step } from './spread.ts'

/**
 * What a call and its fallback both need takes both down. By the name of the caller: a step to each such component, for one
 * journey.
 */
export function sharedFate(
  journey: Journey,
  model: Model,
  facts: Facts,
  passes: (edge: Edge) => Passes,
): ReadonlyMap<string, readonly Step[]> {
  const reach = facts.reach.get(journey.name)!
  const steps = new Map<string, Step[]>()
  const below = memo((root: string) => neededBy(root, facts, edge => crossing(edge)))
  /** Whether a failure crosses an edge, if this journey comes there. To a fallback no journey of its own may come; then all that fall back do. */
  const crossing = (edge: Edge): Crossing => {
    const { least, most, missing } = passes(edge)
    if (most !== 3 || edge.serves?.includes(journey.name) === false) return 'no'
    const comes =
      edge.serves !== undefined || reach.takes(edge) === 'yes' || facts.journeys.through(edge.from.name).length === 0
    const open = [...(comes ? [] : [[...edge.path, 'serves']]), ...(least === 3 ? [] : missing)]
    return open.length === 0 ? 'yes' : open
  }
  const backed = backedCalls(facts.graph)(model)
  for (const { edge, standIn } of [...reach.touches.keys()].flatMap(name => backed.get(name) ?? [])) {
    const taken = reach.takes(edge)
    if (taken === 'no') continue
    const [first, second] = [below(edge.to.name), below(standIn.name)]
    const doubt = taken === 'yes' ? [] : [[...edge.path, 'serves']]
    for (const [name, open] of first) {
      const others = second.get(name)
      if (!others) continue
      const missing = [...doubt, ...open, ...others]
      const step: Step = { to: name, edge, passes: { least: missing.length === 0 ? 3 : 0, most: 3, missing } }
      steps.set(edge.from.name, [...(steps.get(edge.from.name) ?? []), step])
    }
  }
  return steps
}

interface Backed {
  readonly edge: Edge
  /** What answers instead. */
  readonly standIn: Component
}

/** Calls that something else answers for while their end is down, by the name of the caller; the same for each journey. */
const backedCalls = perObject(({ edges }: Graph) =>
  perObject((model: Model) =>
    groupedBy(
      edges.flatMap((edge): Backed[] => {
        const { mode, optional } = edge.via as Call
        const standIn = edge.hard === 'no' ? standInOf(edge, model) : undefined
        return standIn && mode !== 'async' && optional !== true ? [{ edge, standIn }] : []
      }),
      ({ edge }) => [edge.from.name],
    ),
  ),
)

/** `yes`, `no`, or the facts that decide. */
type Crossing = 'yes' | 'no' | readonly Path[]

/** Everything without which `root` fails or may fail, itself included, with the facts that decide; first what is sure. */
function neededBy(
  root: string,
  { graph }: Facts,
  crossing: (edge: Edge) => Crossing,
): ReadonlyMap<string, readonly Path[]> {
  const found = new Map<string, readonly Path[]>([[root, []]])
  for (const pass of ['sure', 'possible'] as const) {
    for (const [name, open] of found) {
      for (const edge of graph.out.get(name)!) {
        const answer = crossing(edge)
        if (answer === 'no' || found.has(edge.to.name) || (pass === 'sure' && answer !== 'yes')) continue
        found.set(edge.to.name, answer === 'yes' ? open : [...open, ...answer])
      }
    }
  }
  return found
}
