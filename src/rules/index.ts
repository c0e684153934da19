// Made by `npm run generate`. A rule is listed here because its file exists.
import type { AnyRule } from './define.ts'
import burnRateUnreachable from './alerting/burn-rate-unreachable.ts'
import burnRateWindowMismatch from './alerting/burn-rate-window-mismatch.ts'
import journeyWithoutSlo from './alerting/journey-without-slo.ts'
import lowTrafficSlo from './alerting/low-traffic-slo.ts'
import pageNotActionable from './alerting/page-not-actionable.ts'
import sloTargetInvalid from './alerting/slo-target-invalid.ts'
import sloTighterThanResponse from './alerting/slo-tighter-than-response.ts'
import sloWithoutAlert from './alerting/slo-without-alert.ts'
import cacheFailureModeUndeclared from './caching/cache-failure-mode-undeclared.ts'
import cacheIsLoadBearing from './caching/cache-is-load-bearing.ts'
import cacheNodeLoss from './caching/cache-node-loss.ts'
import evictionPolicyMismatch from './caching/eviction-policy-mismatch.ts'
import expiryStampede from './caching/expiry-stampede.ts'
import personalisedResponsePublicCache from './caching/personalised-response-public-cache.ts'
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
import externalCallUnprotected from './partial-failure/external-call-unprotected.ts'
import failoverConsumesBudget from './partial-failure/failover-consumes-budget.ts'
import journeyLatencyOverTarget from './partial-failure/journey-latency-over-target.ts'
import retryAmplification from './partial-failure/retry-amplification.ts'
import retryWithoutBackoffOrJitter from './partial-failure/retry-without-backoff-or-jitter.ts'
import singleInstanceOnCriticalPath from './partial-failure/single-instance-on-critical-path.ts'
import sloAboveWeakestDependency from './partial-failure/slo-above-weakest-dependency.ts'
import slowDependencyExhaustsCaller from './partial-failure/slow-dependency-exhausts-caller.ts'
import startupExceedsLivenessWindow from './partial-failure/startup-exceeds-liveness-window.ts'
import syncCallCycle from './partial-failure/sync-call-cycle.ts'
import timeoutBelowCalleeLatency from './partial-failure/timeout-below-callee-latency.ts'
import timeoutInversion from './partial-failure/timeout-inversion.ts'
import analyticsOnPrimary from './read-write/analytics-on-primary.ts'
import evenOrTwoNodeQuorum from './read-write/even-or-two-node-quorum.ts'
import noBackupSystemOfRecord from './read-write/no-backup-system-of-record.ts'
import readYourWritesOnReplica from './read-write/read-your-writes-on-replica.ts'
import sharedDatastore from './read-write/shared-datastore.ts'
import weakWriteAcknowledgement from './read-write/weak-write-acknowledgement.ts'
import capacityBelowPeak from './scaling/capacity-below-peak.ts'
import connectionLedgerOverflow from './scaling/connection-ledger-overflow.ts'
import consumerAckDeadline from './scaling/consumer-ack-deadline.ts'
import dlqMissing from './scaling/dlq-missing.ts'
import dlqReceiveCountExtreme from './scaling/dlq-receive-count-extreme.ts'
import dlqRetentionNotLonger from './scaling/dlq-retention-not-longer.ts'
import drainTimeExcessive from './scaling/drain-time-excessive.ts'
import externalQuotaExceeded from './scaling/external-quota-exceeded.ts'
import jobOverlap from './scaling/job-overlap.ts'
import jobRunsOncePerReplica from './scaling/job-runs-once-per-replica.ts'
import localStateWithReplicas from './scaling/local-state-with-replicas.ts'
import poolDeadlock from './scaling/pool-deadlock.ts'
import queueUnstable from './scaling/queue-unstable.ts'
import retentionBelowOutage from './scaling/retention-below-outage.ts'
import visibilityTimeoutTooShort from './scaling/visibility-timeout-too-short.ts'

export const rules: readonly AnyRule[] = [
  burnRateUnreachable,
  burnRateWindowMismatch,
  journeyWithoutSlo,
  lowTrafficSlo,
  pageNotActionable,
  sloTargetInvalid,
  sloTighterThanResponse,
  sloWithoutAlert,
  cacheFailureModeUndeclared,
  cacheIsLoadBearing,
  cacheNodeLoss,
  evictionPolicyMismatch,
  expiryStampede,
  personalisedResponsePublicCache,
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
  externalCallUnprotected,
  failoverConsumesBudget,
  journeyLatencyOverTarget,
  retryAmplification,
  retryWithoutBackoffOrJitter,
  singleInstanceOnCriticalPath,
  sloAboveWeakestDependency,
  slowDependencyExhaustsCaller,
  startupExceedsLivenessWindow,
  syncCallCycle,
  timeoutBelowCalleeLatency,
  timeoutInversion,
  analyticsOnPrimary,
  evenOrTwoNodeQuorum,
  noBackupSystemOfRecord,
  readYourWritesOnReplica,
  sharedDatastore,
  weakWriteAcknowledgement,
  capacityBelowPeak,
  connectionLedgerOverflow,
  consumerAckDeadline,
  dlqMissing,
  dlqReceiveCountExtreme,
  dlqRetentionNotLonger,
  drainTimeExcessive,
  externalQuotaExceeded,
  jobOverlap,
  jobRunsOncePerReplica,
  localStateWithReplicas,
  poolDeadlock,
  queueUnstable,
  retentionBelowOutage,
  visibilityTimeoutTooShort,
]
