// Made by `npm run generate`. A rule is listed here because its file exists.
import type { AnyRule } from './define.ts'
import burnRateUnreachable from './alerting/burn-rate-unreachable.ts'
import burnRateWindowMismatch from './alerting/burn-rate-window-mismatch.ts'
import decisionWithoutAdr from './alerting/decision-without-adr.ts'
import journeyWithoutSlo from './alerting/journey-without-slo.ts'
import lowTrafficSlo from './alerting/low-traffic-slo.ts'
import ownerMissing from './alerting/owner-missing.ts'
import pageNotActionable from './alerting/page-not-actionable.ts'
import runbookMissingOrStale from './alerting/runbook-missing-or-stale.ts'
import sloTargetInvalid from './alerting/slo-target-invalid.ts'
import sloTighterThanResponse from './alerting/slo-tighter-than-response.ts'
import sloWithoutAlert from './alerting/slo-without-alert.ts'
import cacheFailureModeUndeclared from './caching/cache-failure-mode-undeclared.ts'
import cacheIsLoadBearing from './caching/cache-is-load-bearing.ts'
import cacheNodeLoss from './caching/cache-node-loss.ts'
import edgeUnused from './caching/edge-unused.ts'
import evictionPolicyMismatch from './caching/eviction-policy-mismatch.ts'
import expiryStampede from './caching/expiry-stampede.ts'
import personalisedResponsePublicCache from './caching/personalised-response-public-cache.ts'
import ttlExceedsStaleness from './caching/ttl-exceeds-staleness.ts'
import ttlMissing from './caching/ttl-missing.ts'
import atLeastOnceConsumerNotIdempotent from './idempotency/at-least-once-consumer-not-idempotent.ts'
import dualWrite from './idempotency/dual-write.ts'
import idempotencyWindowTooShort from './idempotency/idempotency-window-too-short.ts'
import multiStoreWriteWithoutSaga from './idempotency/multi-store-write-without-saga.ts'
import retriedMutationNotIdempotent from './idempotency/retried-mutation-not-idempotent.ts'
import backgroundWorkWithoutFreshnessSignal from './instrumentation/background-work-without-freshness-signal.ts'
import hotPathUninstrumented from './instrumentation/hot-path-uninstrumented.ts'
import queueUnwatched from './instrumentation/queue-unwatched.ts'
import blockingDdl from './migrations/blocking-ddl.ts'
import canaryBakeTooShort from './migrations/canary-bake-too-short.ts'
import canaryInvisibleToSloAlert from './migrations/canary-invisible-to-slo-alert.ts'
import deployBelowPeak from './migrations/deploy-below-peak.ts'
import drainShorterThanRequest from './migrations/drain-shorter-than-request.ts'
import flagStaleOrUnowned from './migrations/flag-stale-or-unowned.ts'
import lockTimeoutExhaustsPool from './migrations/lock-timeout-exhausts-pool.ts'
import migrationAtStartupRace from './migrations/migration-at-startup-race.ts'
import migrationContractBeforeExpand from './migrations/migration-contract-before-expand.ts'
import migrationIrreversible from './migrations/migration-irreversible.ts'
import migrationWithoutLockTimeout from './migrations/migration-without-lock-timeout.ts'
import noAutomaticRollback from './migrations/no-automatic-rollback.ts'
import azLossCapacity from './partial-failure/az-loss-capacity.ts'
import breakerCannotTrip from './partial-failure/breaker-cannot-trip.ts'
import callWithoutTimeout from './partial-failure/call-without-timeout.ts'
import chattyCall from './partial-failure/chatty-call.ts'
import compositeAvailabilityBelowSlo from './partial-failure/composite-availability-below-slo.ts'
import contradictoryFacts from './partial-failure/contradictory-facts.ts'
import criticalJourneyWithoutDegradedMode from './partial-failure/critical-journey-without-degraded-mode.ts'
import criticalityInversion from './partial-failure/criticality-inversion.ts'
import danglingReference from './partial-failure/dangling-reference.ts'
import drillContradictsObjective from './partial-failure/drill-contradicts-objective.ts'
import expectationFailed from './partial-failure/expectation-failed.ts'
import externalCallUnprotected from './partial-failure/external-call-unprotected.ts'
import failoverConsumesBudget from './partial-failure/failover-consumes-budget.ts'
import failureModeUnrehearsed from './partial-failure/failure-mode-unrehearsed.ts'
import fallbackOverloadsTarget from './partial-failure/fallback-overloads-target.ts'
import fallbackSharesFate from './partial-failure/fallback-shares-fate.ts'
import fanOutTail from './partial-failure/fan-out-tail.ts'
import healthDetectionTooSlow from './partial-failure/health-detection-too-slow.ts'
import hedgeWithoutGuard from './partial-failure/hedge-without-guard.ts'
import internalServiceExposed from './partial-failure/internal-service-exposed.ts'
import journeyLatencyOverTarget from './partial-failure/journey-latency-over-target.ts'
import metastableVulnerable from './partial-failure/metastable-vulnerable.ts'
import noAdmissionControl from './partial-failure/no-admission-control.ts'
import noncriticalWorkOnCriticalPath from './partial-failure/noncritical-work-on-critical-path.ts'
import probeChecksDependency from './partial-failure/probe-checks-dependency.ts'
import publicRouteWithoutAuthn from './partial-failure/public-route-without-authn.ts'
import retryAmplification from './partial-failure/retry-amplification.ts'
import retryWithoutBackoffOrJitter from './partial-failure/retry-without-backoff-or-jitter.ts'
import retryWithoutBudget from './partial-failure/retry-without-budget.ts'
import singleInstanceOnCriticalPath from './partial-failure/single-instance-on-critical-path.ts'
import sloAboveWeakestDependency from './partial-failure/slo-above-weakest-dependency.ts'
import slowDependencyExhaustsCaller from './partial-failure/slow-dependency-exhausts-caller.ts'
import startupExceedsLivenessWindow from './partial-failure/startup-exceeds-liveness-window.ts'
import syncCallCycle from './partial-failure/sync-call-cycle.ts'
import syncChainTooDeep from './partial-failure/sync-chain-too-deep.ts'
import syncOverAsync from './partial-failure/sync-over-async.ts'
import timeoutBelowCalleeLatency from './partial-failure/timeout-below-callee-latency.ts'
import timeoutInversion from './partial-failure/timeout-inversion.ts'
import analyticsOnPrimary from './read-write/analytics-on-primary.ts'
import backupIntervalExceedsRpo from './read-write/backup-interval-exceeds-rpo.ts'
import backupNeverRestored from './read-write/backup-never-restored.ts'
import derivedStoreAsSourceOfTruth from './read-write/derived-store-as-source-of-truth.ts'
import evenOrTwoNodeQuorum from './read-write/even-or-two-node-quorum.ts'
import failoverSlowerThanRto from './read-write/failover-slower-than-rto.ts'
import hotPartition from './read-write/hot-partition.ts'
import invariantOnEventualStore from './read-write/invariant-on-eventual-store.ts'
import noBackupSystemOfRecord from './read-write/no-backup-system-of-record.ts'
import projectionWithoutRebuild from './read-write/projection-without-rebuild.ts'
import readHeavyOnPrimary from './read-write/read-heavy-on-primary.ts'
import readYourWritesOnReplica from './read-write/read-your-writes-on-replica.ts'
import restoreExceedsRto from './read-write/restore-exceeds-rto.ts'
import sharedDatastore from './read-write/shared-datastore.ts'
import weakWriteAcknowledgement from './read-write/weak-write-acknowledgement.ts'
import autoscaleHeadroom from './scaling/autoscale-headroom.ts'
import autoscaleMetricBlind from './scaling/autoscale-metric-blind.ts'
import autoscaleTargetUnreachable from './scaling/autoscale-target-unreachable.ts'
import capacityBelowPeak from './scaling/capacity-below-peak.ts'
import connectionLedgerOverflow from './scaling/connection-ledger-overflow.ts'
import consumerAckDeadline from './scaling/consumer-ack-deadline.ts'
import consumersExceedPartitions from './scaling/consumers-exceed-partitions.ts'
import costAgainstBudget from './scaling/cost-against-budget.ts'
import dlqMissing from './scaling/dlq-missing.ts'
import dlqReceiveCountExtreme from './scaling/dlq-receive-count-extreme.ts'
import dlqRetentionNotLonger from './scaling/dlq-retention-not-longer.ts'
import drainTimeExcessive from './scaling/drain-time-excessive.ts'
import externalQuotaExceeded from './scaling/external-quota-exceeded.ts'
import jobOverlap from './scaling/job-overlap.ts'
import jobRunsOncePerReplica from './scaling/job-runs-once-per-replica.ts'
import localStateWithReplicas from './scaling/local-state-with-replicas.ts'
import orderingContradiction from './scaling/ordering-contradiction.ts'
import partitionsCapThroughput from './scaling/partitions-cap-throughput.ts'
import poolDeadlock from './scaling/pool-deadlock.ts'
import poolSmallerThanDemand from './scaling/pool-smaller-than-demand.ts'
import queueUnstable from './scaling/queue-unstable.ts'
import rateLimitAboveCapacity from './scaling/rate-limit-above-capacity.ts'
import rateLimitBelowPeak from './scaling/rate-limit-below-peak.ts'
import retentionBelowOutage from './scaling/retention-below-outage.ts'
import retryHorizonShorterThanFailover from './scaling/retry-horizon-shorter-than-failover.ts'
import scaleToZeroOnCriticalPath from './scaling/scale-to-zero-on-critical-path.ts'
import utilisationTooHigh from './scaling/utilisation-too-high.ts'
import visibilityTimeoutTooShort from './scaling/visibility-timeout-too-short.ts'

export const rules: readonly AnyRule[] = [
  burnRateUnreachable,
  burnRateWindowMismatch,
  decisionWithoutAdr,
  journeyWithoutSlo,
  lowTrafficSlo,
  ownerMissing,
  pageNotActionable,
  runbookMissingOrStale,
  sloTargetInvalid,
  sloTighterThanResponse,
  sloWithoutAlert,
  cacheFailureModeUndeclared,
  cacheIsLoadBearing,
  cacheNodeLoss,
  edgeUnused,
  evictionPolicyMismatch,
  expiryStampede,
  personalisedResponsePublicCache,
  ttlExceedsStaleness,
  ttlMissing,
  atLeastOnceConsumerNotIdempotent,
  dualWrite,
  idempotencyWindowTooShort,
  multiStoreWriteWithoutSaga,
  retriedMutationNotIdempotent,
  backgroundWorkWithoutFreshnessSignal,
  hotPathUninstrumented,
  queueUnwatched,
  blockingDdl,
  canaryBakeTooShort,
  canaryInvisibleToSloAlert,
  deployBelowPeak,
  drainShorterThanRequest,
  flagStaleOrUnowned,
  lockTimeoutExhaustsPool,
  migrationAtStartupRace,
  migrationContractBeforeExpand,
  migrationIrreversible,
  migrationWithoutLockTimeout,
  noAutomaticRollback,
  azLossCapacity,
  breakerCannotTrip,
  callWithoutTimeout,
  chattyCall,
  compositeAvailabilityBelowSlo,
  contradictoryFacts,
  criticalJourneyWithoutDegradedMode,
  criticalityInversion,
  danglingReference,
  drillContradictsObjective,
  expectationFailed,
  externalCallUnprotected,
  failoverConsumesBudget,
  failureModeUnrehearsed,
  fallbackOverloadsTarget,
  fallbackSharesFate,
  fanOutTail,
  healthDetectionTooSlow,
  hedgeWithoutGuard,
  internalServiceExposed,
  journeyLatencyOverTarget,
  metastableVulnerable,
  noAdmissionControl,
  noncriticalWorkOnCriticalPath,
  probeChecksDependency,
  publicRouteWithoutAuthn,
  retryAmplification,
  retryWithoutBackoffOrJitter,
  retryWithoutBudget,
  singleInstanceOnCriticalPath,
  sloAboveWeakestDependency,
  slowDependencyExhaustsCaller,
  startupExceedsLivenessWindow,
  syncCallCycle,
  syncChainTooDeep,
  syncOverAsync,
  timeoutBelowCalleeLatency,
  timeoutInversion,
  analyticsOnPrimary,
  backupIntervalExceedsRpo,
  backupNeverRestored,
  derivedStoreAsSourceOfTruth,
  evenOrTwoNodeQuorum,
  failoverSlowerThanRto,
  hotPartition,
  invariantOnEventualStore,
  noBackupSystemOfRecord,
  projectionWithoutRebuild,
  readHeavyOnPrimary,
  readYourWritesOnReplica,
  restoreExceedsRto,
  sharedDatastore,
  weakWriteAcknowledgement,
  autoscaleHeadroom,
  autoscaleMetricBlind,
  autoscaleTargetUnreachable,
  capacityBelowPeak,
  connectionLedgerOverflow,
  consumerAckDeadline,
  consumersExceedPartitions,
  costAgainstBudget,
  dlqMissing,
  dlqReceiveCountExtreme,
  dlqRetentionNotLonger,
  drainTimeExcessive,
  externalQuotaExceeded,
  jobOverlap,
  jobRunsOncePerReplica,
  localStateWithReplicas,
  orderingContradiction,
  partitionsCapThroughput,
  poolDeadlock,
  poolSmallerThanDemand,
  queueUnstable,
  rateLimitAboveCapacity,
  rateLimitBelowPeak,
  retentionBelowOutage,
  retryHorizonShorterThanFailover,
  scaleToZeroOnCriticalPath,
  utilisationTooHigh,
  visibilityTimeoutTooShort,
]
