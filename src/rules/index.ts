// Made by `npm run generate`. A rule is listed here because its file exists.
import type { AnyRule } from './define.ts'
import callWithoutTimeout from './partial-failure/call-without-timeout.ts'
import retryAmplification from './partial-failure/retry-amplification.ts'
import retryWithoutBackoffOrJitter from './partial-failure/retry-without-backoff-or-jitter.ts'
import singleInstanceOnCriticalPath from './partial-failure/single-instance-on-critical-path.ts'
import slowDependencyExhaustsCaller from './partial-failure/slow-dependency-exhausts-caller.ts'
import syncCallCycle from './partial-failure/sync-call-cycle.ts'
import timeoutBelowCalleeLatency from './partial-failure/timeout-below-callee-latency.ts'
import timeoutInversion from './partial-failure/timeout-inversion.ts'
import capacityBelowPeak from './scaling/capacity-below-peak.ts'

export const rules: readonly AnyRule[] = [
  callWithoutTimeout,
  retryAmplification,
  retryWithoutBackoffOrJitter,
  singleInstanceOnCriticalPath,
  slowDependencyExhaustsCaller,
  syncCallCycle,
  timeoutBelowCalleeLatency,
  timeoutInversion,
  capacityBelowPeak,
]
