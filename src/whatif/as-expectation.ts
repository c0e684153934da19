import { stringify } from 'yaml'
import type { Scenario } from '../analysis/scenario.ts'
import type { Model } from '../manifest/model.ts'
import { duration, list } from '../units.ts'
import { formatPath } from '../finding.ts'
import type { WhatIf } from './what-if.ts'

/** YAML for the manifest that states what was found; what is not decided stands as a comment. */
export function asExpectation({ scenario, journeys }: WhatIf, model: Model): string {
  const when = whenOf(scenario, model)
  const lines = journeys.map(({ journey, outcome, missing }) => {
    if (outcome !== 'unknown') return item({ when, journey: journey.name, is: outcome })
    const facts = list(missing.map(({ fact }) => formatPath(fact)))
    return `  # ${journey.name}: not decided, as ${facts || 'facts'} ${missing.length > 1 ? 'are' : 'is'} not stated\n`
  })
  return `expect:\n${lines.join('')}`
}

const item = (expectation: object): string => `  - ${stringify(expectation, { collectionStyle: 'flow', lineWidth: 0 })}`

/** The scenario in the keys of the manifest. */
function whenOf({ down, slow, dataLoss, cacheFlush, deploy, zoneLoss, load }: Scenario, model: Model): object {
  const some = (names: readonly string[]) => (names.length === 1 ? names[0] : [...names])
  const slowed = slow.map(({ component, time }) =>
    Number.isFinite(time) ? { component, latency: duration(time) } : component,
  )
  return {
    ...(down.length > 0 ? { down: some(down) } : {}),
    ...(slow.length > 0 ? { slow: slowed.length === 1 ? slowed[0] : slowed } : {}),
    ...(load === undefined ? {} : { load: loadOf(load, model) }),
    ...(zoneLoss ? { zoneLoss } : {}),
    ...(cacheFlush.length > 0 ? { cacheFlush: some(cacheFlush) } : {}),
    ...(dataLoss.length > 0 ? { dataLoss: some(dataLoss) } : {}),
    ...(deploy.length > 0
      ? { deploy: deploy.length === model.services.size && deploy.length > 1 ? true : some(deploy) }
      : {}),
  }
}

function loadOf(load: NonNullable<Scenario['load']>, { journeys }: Model): unknown {
  const factors = Object.entries(load)
  const [first] = factors
  const isCommon = first && factors.length === journeys.size && factors.every(([, factor]) => factor === first[1])
  if (isCommon) return `${String(first[1])}x`
  const single = factors
    .filter(([, factor]) => factor !== 1)
    .map(([journey, factor]) => ({ journey, factor: `${String(factor)}x` }))
  return single.length === 1 ? single[0] : single
}
