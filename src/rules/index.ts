// Made by `npm run generate`. A rule is listed here because its file exists.
import type { AnyRule } from './define.ts'
import burnRateUnreachable from './alerting/burn-rate-unreachable.ts'
import journeyWithoutSlo from './alerting/journey-without-slo.ts'
import sloWithoutAlert from './alerting/slo-without-alert.ts'
import hotPathUninstrumented from './instrumentation/hot-path-uninstrumented.ts'
import callWithoutTimeout from './partial-failure/call-without-timeout.ts'
import compositeAvailabilityBelowSlo from './partial-failure/composite-availability-below-slo.ts'
import contradictoryFacts from './partial-failure/contradictory-facts.ts'
import criticalityInversion from './partial-failure/criticality-inversion.ts'
import danglingReference from './partial-failure/dangling-reference.ts'
import singleInstanceOnCriticalPath from './partial-failure/single-instance-on-critical-path.ts'
import sloAboveWeakestDependency from './partial-failure/slo-above-weakest-dependency.ts'
import capacityBelowPeak from './scaling/capacity-below-peak.ts'

export const rules: readonly AnyRule[] = [
  burnRateUnreachable,
  journeyWithoutSlo,
  sloWithoutAlert,
  hotPathUninstrumented,
  callWithoutTimeout,
  compositeAvailabilityBelowSlo,
  contradictoryFacts,
  criticalityInversion,
  danglingReference,
  singleInstanceOnCriticalPath,
  sloAboveWeakestDependency,
  capacityBelowPeak,
]
