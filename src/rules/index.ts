// Made by `npm run generate`. A rule is listed here because its file exists.
import type { AnyRule } from './define.ts'
import burnRateUnreachable from './alerting/burn-rate-unreachable.ts'
import journeyWithoutSlo from './alerting/journey-without-slo.ts'
import sloWithoutAlert from './alerting/slo-without-alert.ts'
import cacheIsLoadBearing from './caching/cache-is-load-bearing.ts'
import expiryStampede from './caching/expiry-stampede.ts'
import ttlExceedsStaleness from './caching/ttl-exceeds-staleness.ts'
import ttlMissing from './caching/ttl-missing.ts'
import atLeastOnceConsumerNotIdempotent from './idempotency/at-least-once-consumer-not-idempotent.ts'
import dualWrite from './idempotency/dual-write.ts'
import retriedMutationNotIdempotent from './idempotency/retried-mutation-not-idempotent.ts'
import hotPathUninstrumented from './instrumentation/hot-path-uninstrumented.ts'
import migrationContractBeforeExpand from './migrations/migration-contract-before-expand.ts'
import migrationIrreversible from './migrations/migration-irreversible.ts'
import migrationWithoutLockTimeout from './migrations/migration-without-lock-timeout.ts'
import callWithoutTimeout from './partial-failure/call-without-timeout.ts'
import compositeAvailabilityBelowSlo from './partial-failure/composite-availability-below-slo.ts'
import contradictoryFacts from './partial-failure/contradictory-facts.ts'
import criticalityInversion from './partial-failure/criticality-inversion.ts'
import danglingReference from './partial-failure/dangling-reference.ts'
import journeyLatencyOverTarget from './partial-failure/journey-latency-over-target.ts'
import retryAmplification from './partial-failure/retry-amplification.ts'
import retryWithoutBackoffOrJitter from './partial-failure/retry-without-backoff-or-jitter.ts'
import singleInstanceOnCriticalPath from './partial-failure/single-instance-on-critical-path.ts'
import sloAboveWeakestDependency from './partial-failure/slo-above-weakest-dependency.ts'
import slowDependencyExhaustsCaller from './partial-failure/slow-dependency-exhausts-caller.ts'
import syncCallCycle from './partial-failure/sync-call-cycle.ts'
import timeoutBelowCalleeLatency from './partial-failure/timeout-below-callee-latency.ts'
import timeoutInversion from './partial-failure/timeout-inversion.ts'
import analyticsOnPrimary from './read-write/analytics-on-primary.ts'
import noBackupSystemOfRecord from './read-write/no-backup-system-of-record.ts'
import readYourWritesOnReplica from './read-write/read-your-writes-on-replica.ts'
import sharedDatastore from './read-write/shared-datastore.ts'
import capacityBelowPeak from './scaling/capacity-below-peak.ts'
import connectionLedgerOverflow from './scaling/connection-ledger-overflow.ts'
import dlqMissing from './scaling/dlq-missing.ts'
import localStateWithReplicas from './scaling/local-state-with-replicas.ts'
import queueUnstable from './scaling/queue-unstable.ts'
import visibilityTimeoutTooShort from './scaling/visibility-timeout-too-short.ts'

export const rules: readonly AnyRule[] = [
  burnRateUnreachable,
  journeyWithoutSlo,
  sloWithoutAlert,
  cacheIsLoadBearing,
  expiryStampede,
  ttlExceedsStaleness,
  ttlMissing,
  atLeastOnceConsumerNotIdempotent,
  dualWrite,
  retriedMutationNotIdempotent,
  hotPathUninstrumented,
  migrationContractBeforeExpand,
  migrationIrreversible,
  migrationWithoutLockTimeout,
  callWithoutTimeout,
  compositeAvailabilityBelowSlo,
  contradictoryFacts,
  criticalityInversion,
  danglingReference,
  journeyLatencyOverTarget,
  retryAmplification,
  retryWithoutBackoffOrJitter,
  singleInstanceOnCriticalPath,
  sloAboveWeakestDependency,
  slowDependencyExhaustsCaller,
  syncCallCycle,
  timeoutBelowCalleeLatency,
  timeoutInversion,
  analyticsOnPrimary,
  noBackupSystemOfRecord,
  readYourWritesOnReplica,
  sharedDatastore,
  capacityBelowPeak,
  connectionLedgerOverflow,
  dlqMissing,
  localStateWithReplicas,
  queueUnstable,
  visibilityTimeoutTooShort,
]
