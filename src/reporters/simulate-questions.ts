import { formatPath } from '../finding.ts'
import { metaOf, schemaAt } from '../manifest/walk-schema.ts'
import type { Missing } from '../simulate/plan.ts'
import { plural } from '../units.ts'
import { visible, wrap } from './text.ts'

/** Facts that are asked for in one go. */
const most = 20

/** What a manifest has to state before it can be simulated. */
export function simulationQuestions(missing: readonly Missing[], width: number): string {
  const questions = missing.slice(0, most).flatMap(({ fact, taken }) => {
    const schema = schemaAt(fact)
    const { ask, doc, example } = (schema && metaOf(schema)) ?? {}
    const how = example === undefined ? '' : ` For example ${String(fact.at(-1))}: ${example}`
    return [
      visible(`  ? ${formatPath(fact)}`),
      wrap(visible(`${ask ?? doc ?? 'It is not stated.'}${how}`), width, '      '),
      wrap(visible(`--assume takes: ${taken}`), width, '      '),
    ]
  })
  return `${[
    wrap(`A simulation needs ${plural(missing.length, 'fact')} that the manifest does not state:`, width),
    ...questions,
    ...(missing.length > most ? [`  and ${plural(missing.length - most, 'more fact')}`] : []),
    wrap('State them, or let --assume take these values; the output then says so.', width),
  ].join('\n')}\n`
}
