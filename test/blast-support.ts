import { unaffected, type Blast, type Cell, type Mode } from '../src/analysis/blast-radius.ts'
import { factsOf } from '../src/analysis/index.ts'
import { formatPath } from '../src/finding.ts'
import { byImportance } from '../src/analysis/reach.ts'
import type { Model } from '../src/manifest/model.ts'
import { modelOf } from './support.ts'

/** What a loss does to each journey, those included to which it does nothing; the most important first. */
export const cellsOf = ({ cells }: Blast, { journeys }: Model): [string, Cell][] =>
  [...journeys.values()].sort(byImportance).map(({ name }) => [name, cells.get(name) ?? unaffected])

/** What is lost with a component of a manifest. */
export const blastOf = (text: string) => {
  const model = modelOf(text)
  const { blastRadius } = factsOf(model)
  return (component: string, mode: Mode) => {
    const blast = blastRadius.of(model.components.get(component)!, mode)
    return { ...blast, cells: new Map(cellsOf(blast, model)) }
  }
}
/** `checkout: fails, browse: unaffected`, and what would decide an unknown one. */
export const effectsOf = (text: string, component: string, mode: Mode = 'down') =>
  [...blastOf(text)(component, mode).cells].map(([journey, { effect, missing }]) =>
    [`${journey}: ${effect}`, ...missing.map(formatPath)].join(' ? '),
  )
