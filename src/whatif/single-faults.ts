import { unaffected, type Cell, type Mode } from '../analysis/blast-radius.ts'
import { cutSetsOf, type CutSets } from '../analysis/cut-sets.ts'
import type { Facts } from '../analysis/index.ts'
import { outcomes, type Outcome } from '../analysis/outcomes.ts'
import { byImportance, rankOf } from '../analysis/reach.ts'
import type { Component, Journey, Model } from '../manifest/model.ts'

/** Every component lost alone, and what it takes to break the journeys that matter most. */
export interface SingleFaults {
  readonly journeys: readonly Journey[]
  /** The most harmful first; components that no journey needs are left out. */
  readonly rows: readonly SingleFault[]
  readonly cutSets: readonly CutSets[]
}

export interface SingleFault {
  readonly component: Component
  /** By the name of the journey. */
  readonly down: ReadonlyMap<string, Outcome | 'unknown'>
  readonly slow: ReadonlyMap<string, Outcome | 'unknown'>
}

/** @param only names of journeys; all where it is empty */
export function singleFaults(model: Model, facts: Facts, only: readonly string[] = []): SingleFaults {
  const asked = [...model.journeys.values()]
    .filter(({ name }) => only.length === 0 || only.includes(name))
    .sort(byImportance)
  const rows = facts.blastRadius.ranking('slow').flatMap(({ component }): SingleFault[] => {
    const column = (mode: Mode) => {
      const { cells } = facts.blastRadius.of(component, mode)
      return new Map(asked.map(({ name }) => [name, outcomeOf(cells.get(name) ?? unaffected)]))
    }
    const [down, slow] = [column('down'), column('slow')]
    const isHarmless = [...down.values(), ...slow.values()].every(outcome => outcome === 'ok')
    return isHarmless ? [] : [{ component, down, slow }]
  })
  return { journeys: asked, rows, cutSets: cutSetsOf(mostImportant(asked), model, facts) }
}

const outcomeOf = ({ effect }: Cell): Outcome | 'unknown' => (effect === 'unknown' ? effect : outcomes[effect])

/** The critical ones; where there are none, those of the highest criticality that there is. */
function mostImportant(journeys: readonly Journey[]): Journey[] {
  const best = Math.min(...journeys.map(({ criticality }) => rankOf(criticality)))
  return journeys.filter(({ criticality }) => rankOf(criticality) === best)
}
