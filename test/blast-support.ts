import type { Mode } from '../src/analysis/blast-radius.ts'
import { factsOf } from '../src/analysis/index.ts'
import { formatPath } from '../src/finding.ts'
import { modelOf } from './support.ts'

/** What is lost with a component of a manifest. */
export const blastOf = (text: string) => {
  const model = modelOf(text)
  const { blastRadius } = factsOf(model)
  return (component: string, mode: Mode) => blastRadius.of(model.components.get(component)!, mode)
}
/** `checkout: fails, browse: unaffected`, and what would decide an unknown one. */
export const effectsOf = (text: string, component: string, mode: Mode = 'down') =>
  [...blastOf(text)(component, mode).cells].map(([journey, { effect, missing }]) =>
    [`${journey}: ${effect}`, ...missing.map(formatPath)].join(' ? '),
  )
