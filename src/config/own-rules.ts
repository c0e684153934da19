import { compilePolicy } from '../policies/compile.ts'
import type { AnyRule } from '../rules/define.ts'
import { placeIn, type Layer } from './layers.ts'
import { problemAt, type ConfigProblem } from './read.ts'

/** The policies of all layers as rules. An id that is given twice is a mistake, wherever the two stand. */
export function policyRules(layers: readonly Layer[]): { rules: AnyRule[]; problems: ConfigProblem[] } {
  const rules: AnyRule[] = []
  const problems: ConfigProblem[] = []
  const first = new Map<string, string>()
  for (const layer of layers) {
    const { source, config } = layer
    if (!source) continue
    for (const [i, policy] of (config.policies ?? []).entries()) {
      const path = ['policies', i]
      const before = first.get(policy.id)
      if (before !== undefined)
        problems.push(
          problemAt(source, [...path, 'id'], `The policy "${policy.id}" is defined twice, first at ${before}`),
        )
      else first.set(policy.id, placeIn(layer, [...path, 'id']))
      const { rule, faults = [] } = { rule: undefined, ...compilePolicy(policy) }
      if (rule) rules.push(rule)
      problems.push(...faults.map(fault => problemAt(source, [...path, ...fault.path], fault.message)))
    }
  }
  return { rules, problems }
}
