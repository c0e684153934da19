// Made by `npm run generate`. A rule is listed here because its file exists.
import type { AnyRule } from './define.ts'
import callWithoutTimeout from './partial-failure/call-without-timeout.ts'
import contradictoryFacts from './partial-failure/contradictory-facts.ts'
import danglingReference from './partial-failure/dangling-reference.ts'
import singleInstanceOnCriticalPath from './partial-failure/single-instance-on-critical-path.ts'
import capacityBelowPeak from './scaling/capacity-below-peak.ts'

export const rules: readonly AnyRule[] = [
  callWithoutTimeout,
  contradictoryFacts,
  danglingReference,
  singleInstanceOnCriticalPath,
  capacityBelowPeak,
]
